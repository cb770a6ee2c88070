'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const { join } = require('node:path');
const { after, before, test } = require('node:test');
const { promisify } = require('node:util');
const { Endpoint } = require('./support.cjs');

let endpoint;
before(async () => {
  endpoint = await Endpoint.start();
});
after(() => endpoint.stop());

for (const kind of ['client', 'assertion', 'error', 'token']) {
  for (const way of kind === 'error' ? ['dropped'] : ['closed', 'dropped']) {
    test(`${kind}s that are ${way} leak no memory`, async () => {
      // The tokens are padded, because 8,000 plain ones would fit into the limit.
      const task = JSON.stringify([kind, way, endpoint.options('huge=2048')]);
      const { stdout } = await promisify(execFile)(process.execPath, [join(__dirname, 'memory.cjs'), task]);
      assert.ok(Number(stdout) < 8 * 1024 * 1024, `grew by ${stdout} bytes`);
    });
  }
}
