/** The type declarations, as a CommonJS module sees them. */

import { createPrivateKey } from 'node:crypto';
import auth = require('talkdesk-auth');

const options: auth.ClientOptions = { account: 'acme', region: 'eu', timeout: 2.5, allow_http: false, proxy: null, ca_file: undefined };
const client: auth.Client = new auth.Client(options);
const assertion: auth.Assertion = client.assertion({ claims: { tenant: 'acme' } });
const parts: [string, string, string, number, number] = [assertion.jwt, assertion.jti, assertion.aud, assertion.iat, assertion.exp];

try {
  assertion.close();
} catch (error) {
  if (error instanceof auth.TalkdeskAuthError) {
    const status: number | null = error.http_status;
    const retryable: boolean = error.retryable;
    const seconds: number | null = error.retry_after;
    console.log(status, seconds, retryable, error.code, error.name);
  }
}

const key = createPrivateKey('');
new auth.Client({ token_endpoint: new URL('https://a.example'), private_key: key, ca_file: Buffer.from('ca.pem'), algorithm: 'ES256' });
new auth.Client({ private_key: key.export({ format: 'jwk' }), credentials: { id: 'c' } });
client.assertion({ claims: { level: 7, admin: true, roles: ['a', 1], deep: { a: [null] } } });
void client.exchange({ grant_type: 'client_credentials', scope: ['a', 'b'] });

// @ts-expect-error A region is one of the choices.
new auth.Client({ region: 'mars' });
// @ts-expect-error An algorithm is one of the choices.
new auth.Client({ algorithm: 'HS256' });
// @ts-expect-error An exchange needs a grant type.
void client.exchange({ scope: 'a' });

// @ts-expect-error A region is a string.
new auth.Client({ region: 5 });
// @ts-expect-error A name is a string.
client.get(5);
// @ts-expect-error Claims are an object of names and values.
client.assertion({ claims: 'tenant' });
// @ts-expect-error There is no such option.
new auth.Client({ tiemout: 3 });
// @ts-expect-error An exchange needs parameters.
client.exchange();
// @ts-expect-error A token comes from an exchange.
new auth.Token();
// @ts-expect-error The properties of an assertion are read-only.
assertion.jwt = 'x';
console.log(parts);
