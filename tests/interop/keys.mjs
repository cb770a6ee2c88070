/** The keys of the clients, of the provider, and of its TLS certificate. */
import { execFileSync } from 'node:child_process';
import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The arguments of `generateKeyPairSync`. */
const RECIPES = {
  ES256: ['ec', { namedCurve: 'P-256' }],
  ES512: ['ec', { namedCurve: 'P-521' }],
  PS256: ['rsa', { modulusLength: 2048 }],
  RS256: ['rsa', { modulusLength: 2048 }],
  EdDSA: ['ed25519', {}],
};

export const ALGORITHMS = Object.keys(RECIPES);

/** A private key as PEM PKCS#8. It is generated as PEM because in Node 20 the export of a new key object can hang. */
export function makeKey(algorithm) {
  const [type, options] = RECIPES[algorithm];
  return generateKeyPairSync(type, {
    ...options,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey;
}

export function writeKey(file, pem) {
  writeFileSync(file, pem, { mode: 0o600 });
  return file;
}

export function publicJwk(pem, algorithm, keyId) {
  return jwk(createPublicKey(pem), algorithm, keyId);
}

export function privateJwk(pem, algorithm, keyId) {
  return jwk(createPrivateKey(pem), algorithm, keyId);
}

function jwk(key, algorithm, keyId) {
  return { ...key.export({ format: 'jwk' }), alg: algorithm, kid: keyId, use: 'sig' };
}

/** A private CA, and a certificate by it for 127.0.0.1. Both are valid for a day. */
export function makeCertificate(folder) {
  const file = (name) => join(folder, name);
  certify('ca', 'Interop CA', file('ca.key'), file('ca.pem'));
  certify('server', '127.0.0.1', file('server.key'), file('server.pem'), ['-CA', file('ca.pem'), '-CAkey', file('ca.key')]);

  return {
    caFile: file('ca.pem'),
    ca: readFileSync(file('ca.pem')),
    key: readFileSync(file('server.key')),
    cert: readFileSync(file('server.pem')),
  };
}

function certify(extensions, name, keyFile, certificateFile, issuer = []) {
  execFileSync('openssl', [
    'req', '-x509', '-config', fileURLToPath(new URL('openssl.cnf', import.meta.url)),
    '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc', '-days', '1',
    '-extensions', extensions, '-subj', `/CN=${name}`,
    '-keyout', keyFile, '-out', certificateFile, ...issuer,
  ], { stdio: ['ignore', 'ignore', 'pipe'] });
}
