/** Acts as a user with a browser: follows the redirects of an authorization request to the code. */
import http from 'node:http';
import https from 'node:https';
import { createHash, randomBytes } from 'node:crypto';

/** Logs in through the provider's real `/auth` with PKCE (RFC 7636, S256). Returns the parameters that the exchange needs. */
export async function obtainCode({ authorizationEndpoint, clientId, redirectUri, scope, ca }) {
  const verifier = randomBytes(32).toString('base64url');
  const request = new URL(authorizationEndpoint);
  request.search = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
  });

  const callback = await follow(request, redirectUri, ca);
  const code = callback.searchParams.get('code');
  if (!code) throw new Error(`the login ended without a code: ${callback.search}`);
  return { code, code_verifier: verifier, redirect_uri: redirectUri };
}

/** Follows redirects, with cookies, until one goes to the client. */
async function follow(start, redirectUri, ca) {
  const cookies = new Map();
  let location = start;
  while (!location.href.startsWith(redirectUri)) {
    const response = await get(location, cookies, ca);
    if (!response.headers.location) throw new Error(`${location.pathname} answered ${response.statusCode}, not a redirect`);
    keepCookies(cookies, response);
    location = new URL(response.headers.location, location);
  }
  return location;
}

function get(url, cookies, ca) {
  const { request } = url.protocol === 'https:' ? https : http;
  const headers = { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') };
  return new Promise((resolve, reject) => {
    request(url, { agent: false, ca, headers }, (response) => resolve(response.resume())).on('error', reject).end();
  });
}

function keepCookies(cookies, response) {
  for (const cookie of response.headers['set-cookie'] ?? []) {
    const [name, value] = cookie.split(';', 1)[0].split('=');
    cookies.set(name, value);
  }
}
