/*
 * Signs an assertion, exchanges a code for a token, and refreshes the token, in JavaScript.
 *
 *     npm install dist/talkdesk-auth-VERSION.tgz
 *     node example.mjs TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE CODE REDIRECT_URI WRONG_KEY_FILE
 *
 * `make packages` builds the file that npm installs.
 */
import { readFileSync } from 'node:fs';
import { Client, TalkdeskAuthError } from 'talkdesk-auth';

if (process.argv.length !== 9) {
  console.error('usage: node example.mjs TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE CODE REDIRECT_URI WRONG_KEY_FILE');
  process.exit(2);
}
const [token_endpoint, client_id, client_key_id, key_file, code, redirect_uri, wrong_key_file] = process.argv.slice(2);

// Sign the assertion, as the vendor's example does and with its names: five lines, imports included.
const private_key = readFileSync(key_file, 'utf8');
const client = new Client({ token_endpoint, client_id, key_id: client_key_id, private_key });
const { header, claims: payload, jwt: token } = client.assertion();

console.log(`sign the assertion
    header  ${JSON.stringify(header)}
    claims  ${JSON.stringify(payload)}
    jwt     ${token.slice(0, 40)}...`);

// Get the token: `exchange` makes its own assertion.
const granted = await client.exchange({ grant_type: 'authorization_code', code, redirect_uri });
show('exchange a code', granted);

const refreshed = await client.exchange({ grant_type: 'refresh_token', refresh_token: granted.refresh_token });
show('refresh', refreshed);

const wrong_client = new Client({ token_endpoint, client_id, key_id: client_key_id, private_key_file: wrong_key_file });
try {
  await wrong_client.exchange({ grant_type: 'client_credentials' });
  process.exitCode = 1;
} catch (error) {
  if (!(error instanceof TalkdeskAuthError)) throw error;
  console.log(`a wrong key: ${error.name} (code ${error.code})\n    ${error.message}`);
}

function show(step, { token_type, access_token, scope, seconds_left }) {
  console.log(`${step}\n    ${token_type} ${access_token}\n    scope   ${scope}\n    expires in ${seconds_left} s`);
}
