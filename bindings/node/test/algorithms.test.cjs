'use strict';

const assert = require('node:assert/strict');
const { readFileSync } = require('node:fs');
const { after, before, test } = require('node:test');
const { Client } = require('talkdesk-auth');
const { CREDENTIALS, Endpoint } = require('./support.cjs');

// jose needs this global, which Node 18 lacks.
globalThis.crypto ??= require('node:crypto').webcrypto;

let endpoint;
before(async () => {
  endpoint = await Endpoint.start();
});
after(() => endpoint.stop());

test('jose and the endpoint verify every algorithm', async () => {
  const jose = await import('jose');
  const algorithms = Object.keys(endpoint.clients);
  assert.equal(algorithms.length, 11);
  for (const algorithm of algorithms) {
    const { client_id, key_id, public_key_pem_file } = endpoint.clients[algorithm];
    const client = new Client({ ...endpoint.options('', algorithm), algorithm });
    const { jwt, claims } = client.assertion();
    const key = await jose.importSPKI(readFileSync(public_key_pem_file, 'utf8'), algorithm);
    const verified = await jose.jwtVerify(jwt, key, {
      algorithms: [algorithm], issuer: client_id, subject: client_id, audience: endpoint.token_endpoint,
    });
    assert.deepEqual(verified.payload, claims);
    assert.deepEqual(verified.protectedHeader, { alg: algorithm, kid: key_id, typ: 'JWT' });
    const other = `${jwt.slice(0, -8)}${jwt.slice(-8) === 'AAAAAAAA' ? 'BBBBBBBB' : 'AAAAAAAA'}`;
    await assert.rejects(jose.jwtVerify(other, key), { code: 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED' });
    assert.ok((await client.exchange(CREDENTIALS)).access_token);
  }
});
