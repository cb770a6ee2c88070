'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { dirname, join } = require('node:path');
const { after, before, test } = require('node:test');
const { promisify } = require('node:util');
const { version } = require('../package.json');
const { ROOT, CREDENTIALS, Endpoint } = require('./support.cjs');

const execute = promisify(execFile);
const HERE = join(__dirname, '..');

let endpoint;
let folder;
before(async () => {
  endpoint = await Endpoint.start();
  folder = mkdtempSync(join(tmpdir(), 'talkdesk-auth-'));
});
after(() => {
  endpoint.stop();
  rmSync(folder, { recursive: true });
});

/** A changed copy of this package. */
function changed(name, change) {
  const copy = join(folder, name);
  for (const part of ['lib', 'package.json']) cpSync(join(HERE, part), join(copy, part), { recursive: true });
  symlinkSync(join(HERE, 'node_modules'), join(copy, 'node_modules'));
  change(copy);
  return copy;
}

test('the example of the README works in an empty project with an empty environment', async () => {
  const project = join(folder, 'project');
  const home = join(folder, 'home');
  for (const path of [project, home]) mkdirSync(path);
  const options = { cwd: project, env: { HOME: home, PATH: `${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin` } };
  const npm = (...args) => execute('npm', args, options);
  // koffi is packed from the modules of the tests, so that no network is needed.
  const modules = join(HERE, 'node_modules');
  const koffi = ['koffi', ...readdirSync(join(modules, '@koromix')).map((name) => `@koromix/${name}`)].map((name) => join(modules, name));
  await npm('pack', '--ignore-scripts', ...koffi);
  const dependencies = readdirSync(project).map((name) => `./${name}`);
  await npm('init', '-y');
  await npm('install', '--offline', '--no-audit', join(ROOT, 'dist', `talkdesk-auth-${version}.tgz`), ...dependencies);

  const [, example] = readFileSync(join(HERE, 'README.md'), 'utf8').match(/```js\n(.*?)```/s);
  const required = example.replace(/import (.*) from '(.*)';\n(.*)/s, "const $1 = require('$2');\n(async () => {\n$3})();");
  const { token_endpoint, client_id, key_id, private_key_file } = endpoint.options();
  for (const [number, [file, text]] of [['example.mjs', example], ['example.cjs', required]].entries()) {
    writeFileSync(join(project, file), text);
    for (const grant of [[`code-${number + 1}`, endpoint.redirect_uri], []]) {
      const args = [file, token_endpoint, client_id, key_id, private_key_file, ...grant];
      const { stdout, stderr } = await execute(process.execPath, args, options);
      assert.match(stdout, /^Bearer \S+ \d+\n$/);
      assert.equal(stderr, '');
    }
  }
  const installed = JSON.parse(readFileSync(join(project, 'node_modules/talkdesk-auth/package.json')));
  assert.deepEqual([installed.os, installed.cpu, installed.libc], [['linux'], [process.arch], ['glibc']]);
  for (const file of ['LICENSE', 'OPTIONS.md', 'ERRORS.md', 'THIRD-PARTY.txt']) assert.ok(readFileSync(join(project, 'node_modules/talkdesk-auth', file)).length > 0);
});

test('import and require give the same objects under the same names', async () => {
  const required = require('talkdesk-auth');
  const imported = await import('talkdesk-auth');
  assert.deepEqual(Object.keys(imported).sort(), Object.keys(required).sort());
  for (const name of Object.keys(required)) assert.equal(imported[name], required[name]);
});

test('a library of another version is refused', async () => {
  const copy = changed('other-version', (path) => {
    const file = join(path, 'package.json');
    writeFileSync(file, readFileSync(file, 'utf8').replace(`"version": "${version}"`, '"version": "9.9.9"'));
  });
  assert.throws(() => require(copy), { message: /talkdesk-auth 9\.9\.9 found version .* of its library in .*; reinstall the package/ });
});

test('the package looks for its library only in its own folder', () => {
  const copy = changed('no-library', (path) => rmSync(join(path, 'lib/libtalkdesk_auth.so')));
  assert.throws(() => require(copy), { message: /no-library\/lib\/libtalkdesk_auth\.so/ });
});

test('two copies of the package work in one process', () => {
  const copy = require(changed('second-copy', () => {}));
  assert.notEqual(copy.Client, require('talkdesk-auth').Client);
  assert.equal(new copy.Client(endpoint.options()).get('algorithm'), 'ES256');
});

test('it works in a Node without cleanup hooks', async () => {
  const copy = require(changed('no-hooks', (path) => {
    const file = join(path, 'lib/thread.cjs');
    writeFileSync(file, readFileSync(file, 'utf8').replace('25AddEnvironmentCleanupHookE', '12AnAbsentHookE'));
  }));
  assert.ok((await new copy.Client(endpoint.options()).exchange(CREDENTIALS)).access_token);
});
