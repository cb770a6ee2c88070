/** The type declarations, as an ES module sees them. */

import { Client, InvalidOptionError, TalkdeskAuthError, type ExchangeParameters, type Token } from 'talkdesk-auth';

const parameters: ExchangeParameters = { grant_type: 'client_credentials', params: { resource: 'x', flag: true }, timeout: 3 };
using client = new Client({ token_endpoint: 'https://acme.example/oauth/token' });
const token: Token = await client.exchange(parameters, { signal: AbortSignal.timeout(1000) });
const left: number | null = token.seconds_left;
const member: string | null = token.get('scope');
const error: TalkdeskAuthError = new InvalidOptionError('no', { option: 'scope', cause: left });
console.log(member, error);

// @ts-expect-error A member may be absent.
const scope: string = token.scope;
console.log(scope);
