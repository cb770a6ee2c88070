'use strict';

const assert = require('node:assert/strict');
const { once } = require('node:events');
const { after, before, test } = require('node:test');
const { Worker } = require('node:worker_threads');
const { CREDENTIALS, Endpoint, Stalled, descriptors, run, until } = require('./support.cjs');

const CALLS = 20;

/** Starts calls and says so, then ends as it is told to. */
const CALLING = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { Client } = require('talkdesk-auth');
  const [options, count] = workerData;
  const client = new Client(options);
  for (let call = 0; call < count; call += 1) client.exchange({ grant_type: 'client_credentials' });
  parentPort.once('message', () => process.exit(0));
  parentPort.postMessage('started');`;

/** Uses the library without a pause. */
const BUSY = `
  const { parentPort, workerData } = require('node:worker_threads');
  const { Client } = require('talkdesk-auth');
  const [options, use] = workerData;
  const client = new Client(options);
  const uses = {
    sign: () => client.assertion({ claims: { tenant: 'acme', user: 'ann' } }).close(),
    start: () => {
      const controller = new AbortController();
      client.exchange({ grant_type: 'client_credentials', scope: 'a b' }, { signal: controller.signal }).catch(() => {});
      controller.abort();
    },
  };
  parentPort.postMessage('started');
  const turn = () => {
    for (let times = 0; times < 100; times += 1) uses[use]();
    setImmediate(turn);
  };
  turn();`;

let endpoint;
before(async () => {
  endpoint = await Endpoint.start();
});
after(() => endpoint.stop());

async function started(code, workerData) {
  const worker = new Worker(code, { eval: true, workerData });
  await once(worker, 'message');
  return worker;
}

test('a worker makes its own client, and ends when its calls have ended', async () => {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { Client } = require('talkdesk-auth');
    const client = new Client(workerData);
    client.exchange({ grant_type: 'client_credentials' }).then((token) => parentPort.postMessage(token.token_type));`;
  const worker = new Worker(code, { eval: true, workerData: endpoint.options() });
  const exit = once(worker, 'exit');
  assert.deepEqual(await once(worker, 'message'), ['Bearer']);
  assert.deepEqual(await exit, [0]);
});

for (const [way, end] of [
  ['is terminated', (worker) => worker.terminate()],
  ['exits', (worker) => {
    worker.postMessage('exit');
    return once(worker, 'exit');
  }],
]) {
  test(`when a worker ${way}, its calls are cancelled, and nothing of it stays`, async (context) => {
    const stalled = await Stalled.start(context, endpoint.options());
    let open;
    for (let round = 1; round <= 5; round += 1) {
      const worker = await started(CALLING, [stalled.options, CALLS]);
      await stalled.arrived(round * CALLS);
      await end(worker);
      await until(() => stalled.broken === round * CALLS);
      open ??= descriptors();
    }
    await until(() => descriptors() <= open);
    assert.ok((await endpoint.client().exchange(CREDENTIALS)).access_token);
  });
}

for (const use of ['sign', 'start']) {
  test(`a worker may be terminated at any moment, also while its calls ${use}`, async () => {
    const code = `
      const { Worker } = require('node:worker_threads');
      const { once } = require('node:events');
      const [code, workerData] = JSON.parse(process.argv[1]);
      (async () => {
        for (let round = 0; round < 60; round += 1) {
          const worker = new Worker(code, { eval: true, workerData });
          await once(worker, 'message');
          await new Promise((resolve) => setTimeout(resolve, Math.random() * 5));
          await worker.terminate();
        }
        console.log('alive');
      })();`;
    assert.equal(await run(code, [JSON.stringify([BUSY, [endpoint.options(), use]])]), 'alive\n');
  });
}
