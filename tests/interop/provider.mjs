/**
 * Runs oidc-provider, a certified OpenID provider, for the tests: `node provider.mjs --dir FOLDER`.
 *
 * There are two instances, over HTTP and over TLS with a private CA. Both have one `private_key_jwt` client
 * for each algorithm. The first line on stdout is JSON with the URLs, files and clients; keys and certificates
 * are files in FOLDER. The control server answers in JSON:
 *
 *   GET /code?transport=http|https&client_id=ID    a fresh authorization code, its PKCE verifier and redirect URI
 *   GET /cause?trace=TEXT                          why the token request that carried trace=TEXT was refused
 *
 * The process ends when its stdin closes.
 */
import http from 'node:http';
import https from 'node:https';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Provider from 'oidc-provider';
import { ALGORITHMS, makeCertificate, makeKey, privateJwk, publicJwk, writeKey } from './keys.mjs';
import { obtainCode } from './login.mjs';
import { unboundedStore } from './store.mjs';

const REDIRECT_URI = 'https://app.example.com/callback';
const SCOPE = 'openid calls:read calls:write';

// oidc-provider 9 is made for Node 22. On Node 20 only this function is missing.
URL.parse ??= (url, base) => (URL.canParse(url, base) ? new URL(url, base) : null);
// Otherwise its notices would come before the first line.
console.info = console.error;

/** The private key files and the registration of a client that signs with `algorithm`. */
function makeClient(algorithm, folder) {
  const clientId = `client-${algorithm}`;
  const keyId = `key-${algorithm}`;
  const key = makeKey(algorithm);

  return {
    files: {
      client_id: clientId,
      key_id: keyId,
      private_key_file: writeKey(join(folder, `${algorithm}.pem`), key),
      // A key of the right kind that isn't registered.
      stray_key_file: writeKey(join(folder, `${algorithm}-stray.pem`), makeKey(algorithm)),
    },
    registration: {
      client_id: clientId,
      token_endpoint_auth_method: 'private_key_jwt',
      token_endpoint_auth_signing_alg: algorithm,
      jwks: { keys: [publicJwk(key, algorithm, keyId)] },
      id_token_signed_response_alg: algorithm,
      grant_types: ['authorization_code', 'refresh_token', 'client_credentials'],
      response_types: ['code'],
      redirect_uris: [REDIRECT_URI],
    },
  };
}

function configuration(clients) {
  return {
    adapter: unboundedStore(),
    clients,
    cookies: { keys: ['not a secret'] },
    enabledJWA: { clientAuthSigningAlgValues: ALGORITHMS, idTokenSigningAlgValues: ALGORITHMS },
    features: { clientCredentials: { enabled: true }, devInteractions: { enabled: false } },
    findAccount: async (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id }) }),
    issueRefreshToken: async () => true,
    jwks: { keys: ALGORITHMS.map((algorithm) => privateJwk(makeKey(algorithm), algorithm, `provider-${algorithm}`)) },
    loadExistingGrant: grantEverything,
    pkce: { required: () => true },
    rotateRefreshToken: true,
    scopes: SCOPE.split(' '),
  };
}

/** The user consents to every scope. */
async function grantEverything({ oidc }) {
  const grant = new oidc.provider.Grant({ accountId: oidc.session.accountId, clientId: oidc.client.clientId });
  grant.addOIDCScope(oidc.params.scope);
  await grant.save();
  return grant;
}

/** Starts one instance. Its issuer is the address that it listens on. */
async function startInstance(server, scheme, clients, causes) {
  const issuer = `${scheme}://127.0.0.1:${await listen(server)}`;
  const provider = new Provider(issuer, configuration(clients));
  provider.use(logInAtOnce(provider));
  for (const event of ['grant.error', 'server_error']) {
    provider.on(event, (ctx, error) => causes.set(ctx.oidc?.body?.trace, causeOf(error)));
  }
  server.on('request', provider.callback());

  return { issuer, token_endpoint: `${issuer}/token`, authorization_endpoint: `${issuer}/auth`, jwks_uri: `${issuer}/jwks` };
}

async function listen(server) {
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server.address().port;
}

function logInAtOnce(provider) {
  return async (ctx, next) => {
    if (!ctx.path.startsWith('/interaction/')) return next();
    ctx.respond = false;
    return provider.interactionFinished(ctx.req, ctx.res, { login: { accountId: 'user' } });
  };
}

/** The cause of an error. The answer doesn't tell it: there, every `invalid_client` has the same description. */
function causeOf(error) {
  return {
    error: error.error ?? 'server_error',
    status: error.statusCode ?? 500,
    cause: error.error_detail ?? error.cause?.message ?? error.message,
  };
}

async function startControl(instances, causes, ca) {
  const answers = {
    '/cause': ({ trace }) => causes.get(trace),
    '/code': ({ transport, client_id: clientId }) => obtainCode({
      authorizationEndpoint: instances[transport].authorization_endpoint,
      clientId,
      redirectUri: REDIRECT_URI,
      scope: SCOPE,
      ca,
    }),
  };
  const server = http.createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://control');
    try {
      const answer = await answers[pathname]?.(Object.fromEntries(searchParams));
      response.statusCode = answer ? 200 : 404;
      response.end(JSON.stringify(answer ?? null));
    } catch (error) {
      response.statusCode = 500;
      response.end(JSON.stringify({ message: error.message }));
    }
  });
  return `http://127.0.0.1:${await listen(server)}`;
}

async function main() {
  const { values: { dir } } = parseArgs({ options: { dir: { type: 'string' } } });
  if (!dir) throw new Error('usage: node provider.mjs --dir FOLDER');

  const clients = Object.fromEntries(ALGORITHMS.map((algorithm) => [algorithm, makeClient(algorithm, dir)]));
  const registrations = Object.values(clients).map(({ registration }) => registration);
  const { caFile, ...tls } = makeCertificate(dir);
  const causes = new Map();
  const instances = {
    http: await startInstance(http.createServer(), 'http', registrations, causes),
    https: await startInstance(https.createServer(tls), 'https', registrations, causes),
  };

  console.log(JSON.stringify({
    ...instances,
    ca_file: caFile,
    control: await startControl(instances, causes, tls.ca),
    clients: Object.fromEntries(ALGORITHMS.map((algorithm) => [algorithm, clients[algorithm].files])),
  }));
  process.stdin.resume().on('end', () => process.exit());
}

await main();
