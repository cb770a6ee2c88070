'use strict';

const assert = require('node:assert/strict');
const dns = require('node:dns/promises');
const { once } = require('node:events');
const { readFile } = require('node:fs/promises');
const { after, before, beforeEach, test } = require('node:test');
const { setTimeout: sleep } = require('node:timers/promises');
const { Worker } = require('node:worker_threads');
const { DeadlineExceededError, OauthError, OutcomeUnknownError } = require('talkdesk-auth');
const koffi = require('koffi');
const library = require('../lib/library.cjs');
const { CREDENTIALS, Endpoint, Stalled, run, until } = require('./support.cjs');

/** The most stack that an exchange over TLS needs, in bytes. */
const NEEDED = 96 * 1024;
/** Half of libuv's four threads. */
const IN_FLIGHT = 2;

/** Makes `count` exchanges at once, and prints how many tokens came. */
const EXCHANGES = `
  const { Client } = require('talkdesk-auth');
  const [options, count] = JSON.parse(process.argv[1]);
  const client = new Client(options);
  const calls = Array.from({ length: count }, () => client.exchange({ grant_type: 'client_credentials' }));
  Promise.all(calls).then((tokens) => console.log(tokens.length));`;

let endpoint;
before(async () => {
  endpoint = await Endpoint.start();
});
beforeEach(() => endpoint.reset());
after(() => endpoint.stop());

const stall = (context) => Stalled.start(context, endpoint.options());

/** Waits until the server has `count` requests, and checks for a while that no further one arrives. */
async function staysAt(stalled, count) {
  await stalled.arrived(count);
  for (let look = 0; look < 10; look += 1) {
    assert.equal((await endpoint.seen()).requests, 0);
    assert.equal(stalled.requests, count);
  }
}

test('a code gives a token, and its refresh token gives the next', async () => {
  const client = endpoint.client();
  const code = { grant_type: 'authorization_code', code: 'code-1', redirect_uri: endpoint.redirect_uri };
  const token = await client.exchange(code);
  assert.equal(token.token_type, 'Bearer');
  assert.ok(token.access_token);
  assert.ok(token.seconds_left > 500 && token.seconds_left <= 600);
  assert.ok(Math.abs(token.expires_at - (Date.now() / 1000 + 600)) < 60);
  assert.equal(token.get('access_token'), token.access_token);
  assert.equal(token.get('expires_in'), '600');
  assert.equal(token.get('absent'), null);
  assert.equal(JSON.parse(token.json).access_token, token.access_token);

  const refreshed = await client.exchange({ grant_type: 'refresh_token', refresh_token: token.refresh_token });
  assert.notEqual(refreshed.access_token, token.access_token);
  await assert.rejects(client.exchange(code), { constructor: OauthError, error: 'invalid_grant', http_status: 400, retry_after: null });
});

test('a member that the server left out is null', async () => {
  const token = await endpoint.client('omit=expires_in,omit=scope').exchange(CREDENTIALS);
  assert.equal(token.expires_at, null);
  assert.equal(token.seconds_left, null);
  assert.equal(token.scope, null);
  assert.equal(token.id_token, null);
});

test('an error of the server has its fields', async () => {
  const client = endpoint.client('error=invalid_client,status=401,error_description=no,retry_after=7');
  await assert.rejects(client.exchange(CREDENTIALS), (error) => {
    const expected = { code: 8, retryable: false, error: 'invalid_client', error_description: 'no', error_uri: null, http_status: 401, retry_after: 7 };
    assert.deepEqual({ ...error }, expected);
    assert.match(error.stack, /exchange\.test\.cjs/, 'the stack leads to the caller');
    return true;
  });
  await assert.rejects(endpoint.client('html=1').exchange(CREDENTIALS), { name: 'invalid_response', http_status: 502 });
});

test('a wrong call rejects its promise', async () => {
  const client = endpoint.client();
  await assert.rejects(client.exchange(), { name: 'invalid_option' });
  await assert.rejects(client.exchange(null), TypeError);
  await assert.rejects(client.exchange({ grant_type: Symbol('x') }), { name: 'invalid_option' });
  await assert.rejects(client.exchange({ ...CREDENTIALS, timeout: 'soon' }), { name: 'invalid_option', option: 'timeout' });
});

test('wrong options of a call and a wrong signal are refused with a clear error', async () => {
  const client = endpoint.client();
  for (const options of [null, 5, 'signal', true]) {
    await assert.rejects(client.exchange(CREDENTIALS, options), { constructor: TypeError, message: /options of a call must be an object/ });
  }
  const bare = new AbortController().signal;
  await assert.rejects(client.exchange(CREDENTIALS, bare), { constructor: TypeError, message: /like \{ signal \}/ });
  await assert.rejects(client.exchange(CREDENTIALS, { timeout: 5 }), { constructor: TypeError, message: /signal is the only option/ });
  for (const signal of [{}, 5, 'x', false, new AbortController(), { aborted: true }]) {
    await assert.rejects(client.exchange(CREDENTIALS, { signal }), { constructor: TypeError, message: 'signal must be an AbortSignal' });
  }
  for (const signal of [null, undefined]) await client.exchange(CREDENTIALS, { signal });
  assert.equal((await endpoint.seen()).requests, 2);
});

test('a call ends by its deadline', async () => {
  const client = endpoint.client('delay_ms=60000');
  await assert.rejects(client.exchange({ ...CREDENTIALS, timeout: 1.5 }), OutcomeUnknownError);
});

test('a first exchange over TLS fits on the stack', async () => {
  const options = { ...endpoint.options(), token_endpoint: endpoint.token_endpoint_https, ca_file: endpoint.ca_file };
  const code = `
    const { Client } = require('talkdesk-auth');
    const client = new Client(JSON.parse(process.argv[1]));
    client.exchange({ grant_type: 'client_credentials' }).then((token) => console.log(token.token_type));`;
  const { async_stack_size } = koffi.config();
  assert.ok(async_stack_size >= 2 * NEEDED, `${async_stack_size} bytes`);
  const refused = "require('koffi').load('libc.so.6');";
  assert.equal(await run(code, [JSON.stringify(options)]), 'Bearer\n');
  assert.equal(await run(refused + code, [JSON.stringify(options)]), 'Bearer\n', 'on the default stack of koffi');
});

test('the event loop, file access and name resolution work while exchanges wait', async (context) => {
  const stalled = await stall(context);
  const client = stalled.client();
  let ended = 0;
  const exchanges = Array.from({ length: 6 }, () => client.exchange(CREDENTIALS).then(() => (ended += 1)));
  await stalled.arrived(IN_FLIGHT);
  for (let done = 0; done < 50; done += 1) {
    assert.ok(await readFile(__filename));
    assert.ok(await dns.lookup('localhost'));
    await new Promise(setImmediate);
  }
  assert.equal(ended, 0);
  assert.equal(stalled.requests, IN_FLIGHT);
  stalled.release();
  await Promise.all(exchanges);
});

test('exchanges use half of the threads that the program asked for, and at least one', async (context) => {
  for (const [threads, expected] of [['1', 1], ['6', 3], ['8', 4], ['nonsense', 1]]) {
    const stalled = await stall(context);
    const ended = run(EXCHANGES, [JSON.stringify([stalled.options, expected + 1])], {
      env: { ...process.env, UV_THREADPOOL_SIZE: threads },
    });
    await staysAt(stalled, expected);
    stalled.release();
    assert.equal(await ended, `${expected + 1}\n`);
  }
});

test('calls beyond the limit of koffi wait for their turn', async () => {
  const env = { ...process.env, UV_THREADPOOL_SIZE: '1024' };
  assert.equal(await run(EXCHANGES, [JSON.stringify([endpoint.options('delay_ms=300'), 600])], { env }), '600\n');
});

test('a worker thread uses half of the threads that its own environment asks for', async (context) => {
  const stalled = await stall(context);
  const code = `
    const { parentPort, workerData } = require('node:worker_threads');
    const { Client } = require('talkdesk-auth');
    const client = new Client(workerData);
    Promise.all([1, 2].map(() => client.exchange({ grant_type: 'client_credentials' }))).then(() => parentPort.postMessage('ended'));`;
  const worker = new Worker(code, { eval: true, workerData: stalled.options, env: { ...process.env, UV_THREADPOOL_SIZE: 2 } });
  const ended = once(worker, 'message');
  await staysAt(stalled, 1);
  stalled.release();
  await ended;
});

test('a call sends its parameters as they were when it was made', async () => {
  const client = endpoint.client('echo=1,delay_ms=200');
  const parameters = { ...CREDENTIALS, params: {} };
  const calls = [];
  for (const number of [1, 2, 3, 4, 5]) {
    parameters.params.number = number;
    calls.push(client.exchange(parameters));
  }
  parameters.grant_type = {};
  const sent = (await Promise.all(calls)).map((token) => JSON.parse(token.get('request')).form.number);
  assert.deepEqual(sent, ['1', '2', '3', '4', '5']);
});

test('a wrong call fails at once and does not disturb the calls that wait', async (context) => {
  const stalled = await stall(context);
  const client = stalled.client();
  const before = [1, 2, 3].map(() => client.exchange(CREDENTIALS));
  const wrong = assert.rejects(client.exchange({ ...CREDENTIALS, scope: {} }), { name: 'invalid_option', option: 'scope' });
  const refused = assert.rejects(client.exchange({ ...CREDENTIALS, timeout: 'soon' }), { name: 'invalid_option', option: 'timeout' });
  const tooLong = assert.rejects(client.exchange({ ...CREDENTIALS, timeout: 1e9 }), { name: 'invalid_option', option: 'timeout' });
  const after = client.exchange(CREDENTIALS);
  await Promise.all([wrong, refused]);
  stalled.release();
  await tooLong;
  await Promise.all([...before, after]);
});

test('the wait for a turn counts as part of the timeout', async (context) => {
  const stalled = await stall(context);
  const client = stalled.client({ timeout: 0.2 });
  const first = [1, 2].map(() => client.exchange({ ...CREDENTIALS, timeout: 30 }));
  await stalled.arrived(IN_FLIGHT);
  const late = (seconds) => ({
    constructor: DeadlineExceededError, code: 6, retryable: true, message: new RegExp(`turn did not come within its timeout of ${seconds} s; nothing was sent`),
  });
  await Promise.all([
    assert.rejects(client.exchange(CREDENTIALS), late(0.2)),
    assert.rejects(client.exchange({ ...CREDENTIALS, timeout: 0.1 }), late(0.1)),
    // These calls waited before, in a queue of the caller.
    assert.rejects(client.exchange({ ...CREDENTIALS, timeout: 60, waited: 59.9 }), late(60)),
    assert.rejects(client.exchange({ ...CREDENTIALS, timeout: 1, waited: 60 }), late(1)),
    assert.rejects(client.exchange({ ...CREDENTIALS, timeout: 0.1, grant_type: '' }), { name: 'invalid_option', option: 'grant_type' }),
  ]);
  assert.equal(stalled.requests, IN_FLIGHT);
  // This call has four seconds and starts after three. If it had four more, it would end after seven.
  const started = performance.now();
  const begunLate = assert.rejects(client.exchange({ ...CREDENTIALS, timeout: 4 }), OutcomeUnknownError);
  await sleep(3000);
  stalled.answer();
  await Promise.all([...first, begunLate]);
  assert.ok(performance.now() - started < 6500);
  assert.equal(stalled.requests, IN_FLIGHT + 1);
});

test('a call that is aborted before its start sends nothing', async () => {
  const reason = new Error('changed my mind');
  const signal = AbortSignal.abort(reason);
  await assert.rejects(endpoint.client().exchange(CREDENTIALS, { signal }), (error) => error === reason);
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

test('a call that is aborted while it waits sends nothing and gives up its place', async () => {
  const client = endpoint.client('delay_ms=500');
  const first = [client.exchange(CREDENTIALS), client.exchange(CREDENTIALS)];
  const controller = new AbortController();
  const aborted = client.exchange(CREDENTIALS, { signal: controller.signal });
  const last = client.exchange(CREDENTIALS);
  controller.abort();
  await assert.rejects(aborted, { name: 'AbortError' });
  await Promise.all([...first, last]);
  assert.equal((await endpoint.seen()).requests, 3);
});

test('a call that is aborted while it runs rejects at once as outcome unknown, and its late token is freed', async (context) => {
  const stalled = await stall(context);
  const client = stalled.client();
  const free = context.mock.method(library, 'free');
  const controller = new AbortController();
  const aborted = client.exchange(CREDENTIALS, { signal: controller.signal });
  await stalled.arrived(1);
  const reason = new Error('stop');
  controller.abort(reason);
  await assert.rejects(aborted, { constructor: OutcomeUnknownError, code: 7, name: 'outcome_unknown', retryable: false, cause: reason });
  assert.equal(free.mock.callCount(), 0);
  stalled.release();
  await until(() => free.mock.callCount() === 2);
  const freed = free.mock.calls.map((call) => call.arguments[0]);
  assert.deepEqual(freed.map((object) => typeof object).sort(), ['bigint', 'object'], 'a token, and null for the error');
});

test('a signal that never aborts changes nothing and keeps no listener', async () => {
  const { getEventListeners } = require('node:events');
  const { signal } = new AbortController();
  const client = endpoint.client();
  const calls = Array.from({ length: 12 }, () => client.exchange(CREDENTIALS, { signal }));
  assert.equal(getEventListeners(signal, 'abort').length, 1, 'Node warns at more than ten');
  assert.equal((await Promise.all(calls)).length, 12);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
  await assert.rejects(endpoint.client('html=1').exchange(CREDENTIALS, { signal }), { name: 'invalid_response' });
});
