'use strict';

const assert = require('node:assert/strict');
const { createPrivateKey, createPublicKey } = require('node:crypto');
const fs = require('node:fs');
const { after, before, test } = require('node:test');
const { URL, pathToFileURL } = require('node:url');
const { inspect } = require('node:util');
const { serialize } = require('node:v8');
const auth = require('talkdesk-auth');
const { CREDENTIALS, Endpoint } = require('./support.cjs');

const { Client, InvalidKeyError, InvalidOptionError, TalkdeskAuthError } = auth;

let endpoint;
before(async () => {
  endpoint = await Endpoint.start();
});
after(() => endpoint.stop());

test('a client shows its resolved options, but no secret', () => {
  const client = new Client({ ...endpoint.options(), private_key_file: null, private_key: endpoint.key() });
  assert.equal(client.get('algorithm'), 'ES256');
  assert.equal(client.get('audience'), endpoint.token_endpoint);
  assert.equal(client.get('private_key'), null);
  assert.equal(client.get('no such option'), null);
});

test('numbers and booleans become the text that the library takes', () => {
  const client = new Client({ ...endpoint.options(), timeout: 2.5, assertion_lifetime: 60, allow_http: true });
  assert.equal(client.get('timeout'), '2.5');
  assert.equal(client.get('assertion_lifetime'), '60');
  assert.equal(client.get('allow_http'), 'true');
});

test('a number is written in digits, without an exponent', async () => {
  const client = endpoint.client('echo=1');
  const written = async (number) => JSON.parse((await client.exchange({ ...CREDENTIALS, params: { number } })).get('request')).form.number;
  for (const [number, text] of [
    [1e21, '1000000000000000000000'], [-1e21, '-1000000000000000000000'], [1e-7, '0.0000001'], [-2.5e-7, '-0.00000025'],
    [1e-30, `0.${'0'.repeat(29)}1`],
    [1e23, `1${'0'.repeat(23)}`], [-1.23456789012e-10, '-0.000000000123456789012'],
    [0.1, '0.1'], [1500, '1500'], [2n ** 70n, '1180591620717411303424'],
  ]) assert.equal(await written(number), text);
});

test('a claim that is no string stays what it is', () => {
  const client = endpoint.client();
  for (const value of [7, -0.25, 1e-7, 1e21, true, false, [], [1, 'zwei', null, [true]], {}, { größe: { deep: [0.5] }, 'a\n': null }]) {
    const { claims } = client.assertion({ claims: { value, text: '7' } });
    assert.deepEqual([claims.value, claims.text], [value, '7']);
  }
  assert.ok(Buffer.from(client.assertion({ claims: { n: 2n ** 70n } }).jwt.split('.')[1], 'base64url').includes('"n":1180591620717411303424'));
  assert.equal(client.assertion({ claims: { nbf: 5 } }).claims.nbf, 5);
  const cycle = [];
  cycle.push(cycle);
  for (const value of [NaN, Infinity, [5n], cycle]) {
    assert.throws(() => client.assertion({ claims: { value } }), { option: 'claim.NAME', message: /^claim\.NAME: a value that JSON can't say; give / });
  }
  for (const value of [new Date(), new Map(), () => {}]) assert.throws(() => client.assertion({ claims: { value } }), { option: 'claim.NAME' });
  assert.throws(() => client.assertion({ claims: { exp: 5 } }), { name: 'invalid_option', message: /sets/ });
});

test('a scope may be an array of words', async () => {
  const token = await endpoint.client('echo=1').exchange({ ...CREDENTIALS, scope: ['a:read', 'b:write'] });
  assert.equal(JSON.parse(token.get('request')).form.scope, 'a:read b:write');
  for (const [scope, says] of [[['a', ''], 'element 2 is empty'], [['a b'], 'element 1 is empty or has a blank'], [['a', 5], 'element 2 is not a string']]) {
    await assert.rejects(endpoint.client().exchange({ ...CREDENTIALS, scope }), { option: 'scope', message: new RegExp(`^scope: ${says}`) });
  }
});

test('a key may be a Buffer, a KeyObject or a JWK, a URL a URL, and a file the URL or the Buffer of its path', () => {
  const { private_key_file: file, token_endpoint, ...options } = endpoint.options();
  const pem = fs.readFileSync(endpoint.clients.ES256.private_key_pem_file);
  const key = createPrivateKey(pem);
  const der = key.export({ format: 'der', type: 'pkcs8' });
  const jwk = key.export({ format: 'jwk' });
  for (const private_key of [fs.readFileSync(file), pem, new Uint8Array(pem), der, key, jwk, { keys: [jwk] }]) {
    new Client({ ...options, token_endpoint: new URL(token_endpoint), private_key }).assertion().close();
  }
  for (const private_key_file of [pathToFileURL(file), Buffer.from(file)]) {
    const client = new Client({ ...options, token_endpoint: new URL(token_endpoint), private_key_file });
    assert.deepEqual([client.get('private_key_file'), client.get('token_endpoint')], [file, token_endpoint]);
  }
  const credentials = { id: 'c', key_id: 'k', private_key: pem.toString() };
  new Client({ token_endpoint, credentials }).assertion().close();
  const given = (private_key) => () => new Client({ ...options, token_endpoint, private_key });
  assert.throws(given(createPublicKey(pem)), { option: 'private_key', message: /^private_key: a KeyObject of the type public; give the private key/ });
  for (const value of [['x'], new Map(), new Date()]) assert.throws(given(value), { option: 'private_key' });
  assert.throws(() => new Client({ ...options, token_endpoint, private_key: pem, user_agent: {} }), { option: 'user_agent' });
});

test('a timeout of 1000 or more is asked about: it may be milliseconds', async () => {
  for (const name of ['timeout', 'connect_timeout']) {
    assert.throws(() => endpoint.client('', { [name]: 5000 }), { option: name, message: `${name}: 5000 seconds; did you mean milliseconds? Give 5` });
    endpoint.client('', { [name]: 999.5 }).close();
  }
  await assert.rejects(endpoint.client().exchange({ ...CREDENTIALS, timeout: 1000 }), { option: 'timeout', message: /did you mean milliseconds/ });
  endpoint.client('', { assertion_lifetime: 3600, timeout: '3600' }).close();
});

test('undefined and null mean not given', () => {
  const client = new Client({ ...endpoint.options(), timeout: undefined, proxy: null });
  assert.equal(client.get('timeout'), '30');
  client.assertion({ audience: undefined, claims: null }).close();
});

test('the properties of an assertion match its JWT', () => {
  const assertion = endpoint.client().assertion({ claims: { tenant: 'acme', note: '' }, assertion_lifetime: 60 });
  const { client_id, key_id } = endpoint.clients.ES256;
  const { header, claims } = assertion;
  assert.deepEqual(header, { alg: 'ES256', kid: key_id, typ: 'JWT' });
  assert.deepEqual(claims, {
    iss: client_id, sub: client_id, aud: endpoint.token_endpoint, jti: assertion.jti, iat: assertion.iat, exp: assertion.exp,
    tenant: 'acme', note: '',
  });
  assert.equal(assertion.aud, endpoint.token_endpoint);
  assert.ok(Math.abs(assertion.exp - (Date.now() / 1000 + 60)) < 30);
  const [first, second] = assertion.jwt.split('.');
  assert.deepEqual([first, second].map((part) => JSON.parse(Buffer.from(part, 'base64url'))), [header, claims]);
});

test('each assertion is a new one', () => {
  const client = endpoint.client();
  assert.notEqual(client.assertion().jti, client.assertion().jti);
});

test('an error has a class per name, a code, a name, a message and its fields', () => {
  assert.throws(() => endpoint.client('', { tiemout: 3 }), (error) => {
    assert.ok(error instanceof InvalidOptionError && error instanceof TalkdeskAuthError && error instanceof Error);
    assert.deepEqual({ ...error }, { code: 2, retryable: false, option: 'tiemout' });
    assert.equal(error.name, 'invalid_option');
    assert.match(error.message, /^tiemout: .*timeout/);
    assert.match(error.stack, /^invalid_option: tiemout/);
    return true;
  });
  assert.throws(() => new Client({ ...endpoint.options(), private_key_file: __filename }), InvalidKeyError);
  assert.throws(() => endpoint.client().assertion({ claims: { iss: 'me' } }), { name: 'invalid_option', option: 'claim.iss' });
});

test('each code has an error class, and an unknown code gives the base class', () => {
  const { classOf } = require('../lib/error.cjs');
  const classes = Object.values(auth).filter((Class) => Class.prototype instanceof TalkdeskAuthError);
  assert.equal(classes.length, 11);
  for (const Class of classes) assert.equal(classOf(Class.code), Class);
  const error = new (classOf(4711))('later', { code: 4711, name: 'from_the_future' });
  assert.equal(error.constructor, TalkdeskAuthError);
  assert.equal(error.code, 4711);
  assert.equal(error.name, 'from_the_future');
});

test('missing options and options that are no object are refused with a clear error', () => {
  assert.throws(() => new Client(), InvalidOptionError);
  for (const options of [null, 'text', 3]) assert.throws(() => new Client(options), TypeError);
  for (const proxy of [{}, [], () => {}, Symbol('x'), Buffer.from('x')]) {
    assert.throws(() => endpoint.client('', { proxy }), { name: 'invalid_option', option: 'proxy' });
  }
});

test('a name must be a string, because koffi would take a number for an address', async () => {
  const client = endpoint.client();
  const token = await client.exchange(CREDENTIALS);
  for (const object of [client, token]) {
    for (const name of [5, 5n, 0, true, null, undefined, {}, ['scope'], Symbol('x'), Buffer.from('scope')]) {
      assert.throws(() => object.get(name), { constructor: TypeError, message: /^A name must be a string/ });
    }
  }
});

test('claims and params must be objects of names and values; anything else is refused', async () => {
  const client = endpoint.client();
  for (const value of [new Map([['tenant', 'acme']]), new Set(['x']), ['x'], [], 5, 5n, true, false, 'xy', '', new Date(), () => {}]) {
    const refused = (option) => ({ constructor: InvalidOptionError, option, message: new RegExp(`^${option}: not an object`) });
    assert.throws(() => client.assertion({ claims: value }), refused('claims'));
    await assert.rejects(client.exchange({ ...CREDENTIALS, params: value }), refused('params'));
  }
  for (const options of [new Map(), []]) assert.throws(() => client.assertion(options), TypeError);
  const claims = Object.assign(Object.create(null), { tenant: 'acme' });
  assert.equal(client.assertion({ claims }).claims.tenant, 'acme');
});

test('a NUL is refused, because the library would cut the text there', async () => {
  const client = endpoint.client();
  const refused = (option, part = 'value') => ({
    constructor: InvalidOptionError,
    option,
    message: `${option ?? 'an option'}: a NUL inside the ${part}; remove it`,
  });
  assert.throws(() => endpoint.client('', { user_agent: 'a\0b' }), refused('user_agent'));
  assert.throws(() => endpoint.client('', { 'user_agent\0x': 'a' }), refused(null, 'name'));
  assert.throws(() => client.assertion({ claims: { tenant: 'a\0b' } }), refused('claim.NAME'));
  assert.throws(() => client.assertion({ claims: { 'tenant\0x': 'a' } }), refused('claim.NAME', 'name'));
  await assert.rejects(client.exchange({ ...CREDENTIALS, scope: 'a\0b' }), refused('scope'));
  await assert.rejects(client.exchange({ ...CREDENTIALS, params: { resource: '\0' } }), refused('param.NAME'));
  const token = await client.exchange(CREDENTIALS);
  for (const object of [client, token]) {
    assert.throws(() => object.get('client_id\0x'), refused(null, 'name'));
    assert.throws(() => object.get('\ud800'), { constructor: InvalidOptionError, option: null });
  }
});

test('half a surrogate pair is refused, because UTF-8 cannot encode it', () => {
  const refused = (option) => ({ option, message: `${option ?? 'an option'}: holds half of a surrogate pair; give whole characters` });
  assert.throws(() => endpoint.client('', { user_agent: 'a\ud800b' }), refused('user_agent'));
  assert.throws(() => endpoint.client().assertion({ claims: { 'a\ud800': 'b' } }), refused('claim.NAME'));
  assert.throws(() => endpoint.client().assertion({ '\ud800': 'b' }), refused(null));
});

test('every string arrives unchanged', async () => {
  const long = 'ä€😀'.repeat(100_000 / 9);
  const assertion = endpoint.client('', { key_id: 'Schlüssel-😀' }).assertion({ claims: { ключ: long, empty: '' } });
  assert.equal(assertion.header.kid, 'Schlüssel-😀');
  assert.equal(assertion.claims.ключ, long);
  assert.equal(assertion.claims.empty, '');
  const client = endpoint.client('echo=1');
  const token = await client.exchange({ ...CREDENTIALS, scope: 'désk:läs 読む', params: { ресурс: long } });
  assert.equal(token.scope, 'désk:läs 読む');
  assert.ok(token.json.includes(long) || token.get('request').includes(long));
  const megabyte = 'x'.repeat(1 << 20);
  assert.equal(client.assertion({ claims: { megabyte } }).claims.megabyte, megabyte);
  assert.throws(() => client.assertion({ claims: { more: `${megabyte}x` } }), { option: 'claim.NAME' });
});

test('nothing secret is shown', async () => {
  const client = endpoint.client('', { private_key_file: null, private_key: endpoint.key(), proxy: 'http://user:pass-word@127.0.0.1:9' });
  const assertion = client.assertion();
  const token = await client.exchange(CREDENTIALS);
  const secrets = [endpoint.key(), 'pass-word', assertion.jwt, token.access_token];
  for (const object of [client, assertion, token]) {
    for (const text of [inspect(object, { depth: 9, showHidden: true }), String(object), inspect(Object.entries(object))]) {
      for (const secret of secrets) assert.ok(!text.includes(secret), text);
    }
  }
  assert.match(inspect(client), /^Client \{.*client_id: 'client-es256'/s);
  assert.match(inspect(assertion), /^Assertion \{.*exp: /s);
  assert.match(inspect(token), /^Token \{.*seconds_left: /s);
  client.close();
  assert.equal(inspect(client), 'Client { closed: true }');
});

test('an object refuses to be copied, and says what to copy', async () => {
  const client = endpoint.client();
  const token = await client.exchange(CREDENTIALS);
  for (const [object, instead] of [[token, /copy token\.json/], [client.assertion(), /copy assertion\.jwt/], [client, /make another one/]]) {
    for (const copy of [JSON.stringify, structuredClone, (object) => structuredClone({ within: [object] }), serialize]) {
      assert.throws(() => copy(object), instead);
    }
    assert.throws(() => JSON.stringify({ within: [object] }), { name: 'TypeError', message: instead });
  }
  assert.throws(() => Object.create(token).access_token, TypeError);
});

test('a proxy of a client can be shown', () => {
  assert.equal(inspect(new Proxy(endpoint.client(), {})), 'Client {}');
});

test('a program cannot make an assertion or a token itself', () => {
  assert.throws(() => new auth.Token(1n, 2n), TypeError);
  assert.throws(() => new auth.Assertion(), TypeError);
});
