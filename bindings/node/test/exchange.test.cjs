'use strict';

const assert = require('node:assert/strict');
const { after, before, beforeEach, test } = require('node:test');
const { OauthError, OutcomeUnknownError } = require('talkdesk-auth');
const { CREDENTIALS, Endpoint } = require('./support.cjs');

let endpoint;
before(async () => {
  endpoint = await Endpoint.start();
});
beforeEach(() => endpoint.reset());
after(() => endpoint.stop());

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
    const expected = { code: 8, retryable: false, error: 'invalid_client', error_description: 'no', error_uri: null, http_status: 401, retry_after: 7, clock_offset: null };
    assert.deepEqual({ ...error }, expected);
    assert.match(error.stack, /exchange\.test\.cjs/, 'the stack leads to the caller');
    return true;
  });
  await assert.rejects(endpoint.client('html=1').exchange(CREDENTIALS), { name: 'invalid_response', http_status: 502 });
  await assert.rejects(client.exchange({}), { name: 'invalid_option', http_status: null, retry_after: null });
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

test('an exchange over TLS gives a token', async () => {
  const options = { token_endpoint: endpoint.token_endpoint_https, ca_file: endpoint.ca_file };
  assert.equal((await endpoint.client('', options).exchange(CREDENTIALS)).token_type, 'Bearer');
});
