/* Signs assertions with one library. `run.py` explains the arguments and the output. */

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export const contenders = {
  nothing: () => () => '',

  async 'talkdesk-auth'({ audience, client_id, key_id, pem, algorithm }) {
    const { Client } = await import('talkdesk-auth');
    const client = new Client({ token_endpoint: audience, client_id, key_id, private_key: pem, algorithm });
    return () => {
      const assertion = client.assertion();
      const { jwt } = assertion;
      assertion.close();
      return jwt;
    };
  },

  async jsonwebtoken({ audience, client_id, key_id, pem, algorithm, held }) {
    const { default: jwt } = await import('jsonwebtoken');
    const { createPrivateKey, randomUUID } = await import('node:crypto');
    const key = held ? createPrivateKey(pem) : pem;
    return () => jwt.sign(claims(audience, client_id, randomUUID()), key, { algorithm, keyid: key_id });
  },

  async jose({ audience, client_id, key_id, pem, algorithm, held }) {
    const { SignJWT, importPKCS8 } = await import('jose');
    const { randomUUID } = await import('node:crypto');
    const key = await importPKCS8(pem, algorithm);
    const header = { alg: algorithm, kid: key_id, typ: 'JWT' };
    return async () => new SignJWT(claims(audience, client_id, randomUUID()))
      .setProtectedHeader(header)
      .sign(held ? key : await importPKCS8(pem, algorithm));
  },
};

function claims(audience, client_id, jti) {
  const now = Math.floor(Date.now() / 1000);
  return { iss: client_id, sub: client_id, aud: audience, jti, iat: now, exp: now + 300 };
}

async function turns(sign) {
  const { createInterface } = await import('node:readline');
  for await (const line of createInterface({ input: process.stdin })) {
    const start = performance.now();
    const end = start + Number(line) * 1000;
    let count = 0;
    let now = start;
    for (; now < end; now = performance.now()) {
      for (let call = 0; call < 10; call += 1) {
        const made = sign();
        // Wait only for libraries that sign asynchronously.
        if (made.then) await made;
      }
      count += 10;
    }
    console.log(JSON.stringify({ count, seconds: (now - start) / 1000 }));
  }
}

async function main(contender, key, audience, client_id, key_id, key_file, algorithm, continues) {
  const pem = readFileSync(key_file, 'utf8');
  const sign = await contenders[contender]({ audience, client_id, key_id, pem, algorithm, held: key === 'held' });
  console.log(await sign());
  if (continues) await turns(sign);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main(...process.argv.slice(2));
