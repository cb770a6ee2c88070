/** Runs the conformance cases through the Node package: runner.mjs CASES. One line a case; status 1 where one failed. */

import { readFileSync } from 'node:fs';
import { Client, TalkdeskAuthError } from 'talkdesk-auth';

/** What `get` of a token does not answer, or answers too. */
const PROPERTIES = ['access_token', 'token_type', 'expires_at', 'seconds_left', 'scope', 'refresh_token', 'id_token', 'json'];

const now = () => Math.floor(Date.now() / 1000);
const memberOf = (object) => (name) => (Object.hasOwn(object, name) ? object[name] : null);

function only(object, names) {
  if (Object.keys(object).sort().join() !== names.sort().join()) throw new Error(`unknown members in ${JSON.stringify(object)}`);
}

/** What answers for the first word of a path. */
async function call(test) {
  try {
    const client = new Client(test.client);
    if (test.call === 'client') return { client: (name) => client.get(name) };
    if (test.call === 'assertion') {
      const assertion = client.assertion(test.options);
      return { assertion: (name) => assertion[name], header: memberOf(assertion.header), claims: memberOf(assertion.claims) };
    }
    if (test.call === 'exchange') {
      const token = await client.exchange(test.options);
      return {
        token: (name) => (PROPERTIES.includes(name) ? token[name] : token.get(name)),
        request: memberOf(JSON.parse(token.get('request') ?? '{}')),
      };
    }
  } catch (error) {
    if (error instanceof TalkdeskAuthError) return { error: (name) => error[name] };
    throw error;
  }
  throw new Error(`unknown call ${test.call}`);
}

function found(answers, [part, name, ...deeper]) {
  return deeper.reduce((value, step) => value?.[step], answers[part](name)) ?? null;
}

function holds(kind, expected, actual, [started, ended]) {
  switch (kind) {
    case 'absent':
      return actual === null;
    case 'present':
    case 'shown':
      return actual !== null && actual !== '';
    case 'contains':
      return typeof actual === 'string' && actual.includes(expected);
    case 'near_now':
      return typeof actual === 'number' && started <= actual - expected && actual - expected <= ended;
    case 'literal':
    case 'hidden':
      return actual === expected;
    default:
      throw new Error(`unknown kind of check ${kind}`);
  }
}

/** The case's line. */
async function line(test) {
  only(test, ['name', 'call', 'client', 'options', 'checks']);
  const started = now();
  const answers = await call(test);
  const times = [started, now()];
  const told = [];
  for (const check of test.checks) {
    only(check, ['path', 'is', 'value']);
    const { path, is, value } = check;
    if (!(path[0] in answers)) return `FAILED ${test.name}: ${answers.error?.('message') ?? 'no error'}`;
    const actual = found(answers, path);
    if (!holds(is, value, actual, times)) return `FAILED ${test.name}: ${JSON.stringify(check)}, but it is ${actual}`;
    told.push(`${path.join('.')} ${is === 'literal' || is === 'shown' ? actual : is}`);
  }
  return `ok ${test.name}: ${told.join('; ')}`;
}

for (const test of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  const told = await line(test).catch((problem) => `FAILED ${test.name}: ${problem}`);
  if (!told.startsWith('ok ')) process.exitCode = 1;
  console.log(told);
}
