/* Makes exchanges with one library. `exchanges.py` explains the arguments. */

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { contenders } from './bench.mjs';

const JWT_BEARER = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';

const exchanges = {
  async 'talkdesk-auth'({ token_endpoint, ca_file, client_id, key_id, pem }) {
    const { Client } = await import('talkdesk-auth');
    const client = new Client({ token_endpoint, ca_file, client_id, key_id, private_key: pem });
    return {
      sign: () => client.assertion().close(),
      async exchange() {
        const token = await client.exchange({ grant_type: 'client_credentials' });
        token.access_token;
        token.close();
      },
    };
  },

  // jsonwebtoken signs.
  async undici({ token_endpoint, ca_file, client_id, key_id, pem }) {
    const { Agent, request } = await import('undici');
    const dispatcher = new Agent({ connect: { ca: readFileSync(ca_file) }, keepAliveTimeout: 60_000 });
    const sign = await contenders.jsonwebtoken({ audience: token_endpoint, client_id, key_id, pem, algorithm: 'ES256', held: true });
    return {
      sign,
      async exchange() {
        const form = { grant_type: 'client_credentials', client_id, client_assertion_type: JWT_BEARER, client_assertion: sign() };
        const { statusCode, body } = await request(token_endpoint, {
          method: 'POST',
          headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams(form).toString(),
          dispatcher,
        });
        const { access_token } = await body.json();
        if (statusCode !== 200 || !access_token) throw new Error(`status ${statusCode}`);
      },
    };
  },
};

const [contender, token_endpoint, ca_file, client_id, key_id, key_file] = process.argv.slice(2);
const pem = readFileSync(key_file, 'utf8');
const calls = await exchanges[contender]({ token_endpoint, ca_file, client_id, key_id, pem });
for await (const line of createInterface({ input: process.stdin })) {
  const [what, times] = line.split(' ');
  for (let call = 0; call < Number(times); call += 1) await calls[what]();
  console.log('done');
}
process.exit();
