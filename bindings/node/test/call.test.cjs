'use strict';

const assert = require('node:assert/strict');
const dns = require('node:dns/promises');
const { getEventListeners } = require('node:events');
const { readFile } = require('node:fs/promises');
const { after, before, beforeEach, test } = require('node:test');
const { DeadlineExceededError, OutcomeUnknownError } = require('talkdesk-auth');
const library = require('../lib/library.cjs');
const { CREDENTIALS, Endpoint, Stalled, run, silent, until } = require('./support.cjs');

const REFRESH = { grant_type: 'refresh_token', refresh_token: 'refresh-1' };

let endpoint;
before(async () => {
  endpoint = await Endpoint.start();
});
beforeEach(() => endpoint.reset());
after(() => endpoint.stop());

const stall = (context) => Stalled.start(context, endpoint.options());
const isReason = (reason) => (error) => error === reason;

test('200 calls wait at once, and the event loop, timers, file access and name resolution go on', async (context) => {
  const servers = await Promise.all(Array.from({ length: 5 }, () => stall(context)));
  let ended = 0;
  const calls = servers.flatMap((server) => {
    const client = server.client();
    return Array.from({ length: 40 }, () => client.exchange(CREDENTIALS).then(() => (ended += 1)));
  });
  await Promise.all(servers.map((server) => server.arrived(40)));
  for (let done = 0; done < 50; done += 1) {
    assert.ok(await readFile(__filename));
    assert.ok(await dns.lookup('localhost'));
    await new Promise(setImmediate);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.equal(ended, 0);
  for (const server of servers) server.release();
  await Promise.all(calls);
});

test('further calls wait in line for a host that gets no more connections, and all end', async () => {
  const client = endpoint.client();
  const tokens = await Promise.all(Array.from({ length: 1000 }, () => client.exchange(CREDENTIALS)));
  assert.equal(new Set(tokens.map((token) => token.access_token)).size, 1000);
});

test('a program makes more calls at once than libuv has threads, also where it has one', async (context) => {
  const stalled = await stall(context);
  const code = `
    const { Client } = require('talkdesk-auth');
    const client = new Client(JSON.parse(process.argv[1]));
    const calls = Array.from({ length: 10 }, () => client.exchange({ grant_type: 'client_credentials' }));
    Promise.all(calls).then((tokens) => console.log(tokens.length));`;
  const ended = run(code, [JSON.stringify(stalled.options)], { env: { ...process.env, UV_THREADPOOL_SIZE: '1' } });
  await stalled.arrived(10);
  stalled.release();
  assert.equal(await ended, '10\n', 'running calls keep the process alive, and an idle queue does not');
});

test('a signal that is aborted before the call sends nothing', async () => {
  const reason = new Error('changed my mind');
  const signal = AbortSignal.abort(reason);
  await assert.rejects(endpoint.client().exchange(CREDENTIALS, { signal }), isReason(reason));
  assert.equal((await endpoint.seen()).requests, 0);
});

test('a call that is aborted while its parameters are read sends nothing', async () => {
  const client = endpoint.client();
  const controller = new AbortController();
  const parameters = {
    ...CREDENTIALS,
    get scope() {
      controller.abort();
      return 'a';
    },
  };
  await assert.rejects(client.exchange(parameters, { signal: controller.signal }), { name: 'AbortError' });
  assert.equal((await endpoint.seen()).requests, 0);
});

test('a call that is aborted before its request is sent rejects with the reason, whatever its grant', async (context) => {
  const client = endpoint.client('', { token_endpoint: await silent(context) });
  for (const parameters of [CREDENTIALS, REFRESH]) {
    const controller = new AbortController();
    const call = client.exchange(parameters, { signal: controller.signal });
    await new Promise(setImmediate);
    const reason = new Error('stop');
    controller.abort(reason);
    await assert.rejects(call, isReason(reason));
  }
  const signal = AbortSignal.timeout(20);
  await assert.rejects(client.exchange(REFRESH, { signal }), { name: 'TimeoutError' });
});

test('a call that is aborted after its request was sent says whether a code or a refresh token may be spent', async (context) => {
  const stalled = await stall(context);
  const client = stalled.client();
  const reason = new Error('stop');
  const aborted = async (parameters, count) => {
    const controller = new AbortController();
    const call = client.exchange(parameters, { signal: controller.signal });
    await stalled.arrived(count);
    controller.abort(reason);
    return call;
  };
  const unknown = { constructor: OutcomeUnknownError, code: 7, name: 'outcome_unknown', retryable: false, cause: reason };
  await assert.rejects(aborted(REFRESH, 1), unknown);
  await assert.rejects(aborted(CREDENTIALS, 2), isReason(reason));
  const code = { grant_type: 'authorization_code', code: 'code-1', redirect_uri: endpoint.redirect_uri };
  await assert.rejects(aborted(code, 3), unknown);
  await until(() => stalled.broken === 3);
});

test('an abort after the end of the call changes nothing', async (context) => {
  const start = context.mock.method(library, 'token_exchange_start');
  for (const [faults, settled] of [['', 'fulfilled'], ['error=invalid_client', 'rejected']]) {
    const controller = new AbortController();
    const call = endpoint.client(faults).exchange(CREDENTIALS, { signal: controller.signal });
    const [pointer] = start.mock.calls.at(-1).arguments.at(-1);
    // The event loop stands still, so nobody hears of the end before the abort.
    assert.equal(library.call_wait(pointer, -1n), 1);
    controller.abort();
    const [{ status, value, reason }] = await Promise.allSettled([call]);
    assert.equal(status, settled);
    assert.equal((value ?? reason).token_type ?? reason.error, settled === 'fulfilled' ? 'Bearer' : 'invalid_client');
    assert.equal(reason?.cause, undefined);
  }
});

test('one signal aborts all its calls with one listener, which goes with the last of them', async (context) => {
  const stalled = await stall(context);
  const client = stalled.client();
  const controller = new AbortController();
  const { signal } = controller;
  const calls = Array.from({ length: 12 }, () => client.exchange(CREDENTIALS, { signal }));
  assert.equal(getEventListeners(signal, 'abort').length, 1, 'Node warns at more than ten');
  await stalled.arrived(12);
  const unaffected = client.exchange(CREDENTIALS, { signal: new AbortController().signal });
  controller.abort();
  for (const call of calls) await assert.rejects(call, { name: 'AbortError' });
  assert.equal(getEventListeners(signal, 'abort').length, 0);
  stalled.release();
  assert.ok((await unaffected).access_token);
});

test('a signal that never aborts changes nothing and keeps no listener', async () => {
  const { signal } = new AbortController();
  await endpoint.client().exchange(CREDENTIALS, { signal });
  await assert.rejects(endpoint.client('html=1').exchange(CREDENTIALS, { signal }), { name: 'invalid_response' });
  await assert.rejects(endpoint.client().exchange({ ...CREDENTIALS, timeout: 'soon' }, { signal }), { option: 'timeout' });
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('a call whose request is not sent ends by its deadline', async (context) => {
  const client = endpoint.client('', { token_endpoint: await silent(context) });
  await assert.rejects(client.exchange({ ...REFRESH, timeout: 0.1 }), { constructor: DeadlineExceededError, retryable: true });
});

test('a wrong call fails at once, and the calls that wait notice nothing', async (context) => {
  const stalled = await stall(context);
  const client = stalled.client();
  const earlier = client.exchange(CREDENTIALS);
  for (const [name, value] of [['scope', {}], ['timeout', 'soon'], ['timeout', 1e9]]) {
    await assert.rejects(client.exchange({ ...CREDENTIALS, [name]: value }), { name: 'invalid_option', option: name });
  }
  const later = client.exchange(CREDENTIALS);
  stalled.release();
  await Promise.all([earlier, later]);
});

test('where no descriptor is left, a call rejects, and the next one works', async () => {
  const code = `
    const { closeSync, openSync } = require('node:fs');
    const { Client } = require('talkdesk-auth');
    const client = new Client(JSON.parse(process.argv[1]));
    const call = () => client.exchange({ grant_type: 'client_credentials' });
    const exchange = () => call().then((token) => token.token_type, (error) => error.name);
    (async () => {
      const taken = [];
      try {
        for (;;) taken.push(openSync('/dev/null'));
      } catch {}
      const names = [];
      // The queue needs two descriptors, and the socket one.
      for (const left of [0, 2]) {
        taken.splice(0, left).forEach(closeSync);
        names.push(await exchange());
      }
      taken.forEach(closeSync);
      console.log(...names, await exchange());
    })();`;
  const limited = await run(code, [JSON.stringify(endpoint.options())], { most_descriptors: 64 });
  assert.equal(limited, 'internal internal Bearer\n');
});

test('the queue does not hold what the first call held', async () => {
  const code = `
    const { AsyncLocalStorage } = require('node:async_hooks');
    const { Client } = require('talkdesk-auth');
    const { collected, until } = require('./support.cjs');
    const client = new Client(JSON.parse(process.argv[1]));
    const store = new AsyncLocalStorage();
    const request = () => {
      const held = { name: 'the first request' };
      return store.run(held, async () => {
        await client.exchange({ grant_type: 'client_credentials' });
        return [store.getStore().name, new WeakRef(held)];
      });
    };
    request().then(async ([name, held]) => {
      await until(async () => {
        await collected();
        return held.deref() === undefined;
      });
      console.log(name);
    });`;
  assert.equal(await run(code, [JSON.stringify(endpoint.options())]), 'the first request\n');
});
