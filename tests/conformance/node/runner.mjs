/** Runs the conformance cases through the Node package: runner.mjs CASES. Prints a line per case; exits with 1 if one failed. */

import { readFileSync } from 'node:fs';
import { Assertion, Client, TalkdeskAuthError, Token } from 'talkdesk-auth';

/** The values of a token that have a getter of their own; `get` finds the others. */
const PROPERTIES = ['access_token', 'token_type', 'expires_at', 'seconds_left', 'scope', 'refresh_token', 'id_token', 'json'];

const now = () => Math.floor(Date.now() / 1000);
const memberOf = (object) => (name) => (Object.hasOwn(object, name) ? object[name] : null);

/** The calls that a step can make on an object, with options. */
const CALLS = new Map([
  ['client', (_, options) => new Client(options)],
  ['assertion', (client, options) => client.assertion(options)],
  ['exchange', (client, options) => client.exchange(options)],
  ['read', (on) => on],
  ['close', (on) => on.close()],
]);

/** The functions that read the members of each part; a path begins with a part. */
const PARTS = new Map([
  [Client, (client) => ({ client: (name) => client.get(name) })],
  [Assertion, (assertion) => ({
    assertion: (name) => assertion[name],
    header: memberOf(assertion.header),
    claims: memberOf(assertion.claims),
  })],
  [Token, (token) => ({
    token: (name) => (PROPERTIES.includes(name) ? token[name] : token.get(name)),
    request: memberOf(JSON.parse(token.get('request') ?? '{}')),
  })],
  [TalkdeskAuthError, (error) => ({ error: (name) => error[name] })],
]);

function only(object, names) {
  if (Object.keys(object).sort().join() !== names.sort().join()) throw new Error(`unknown members in ${JSON.stringify(object)}`);
}

function found(made, [part, name, ...deeper]) {
  const [, parts] = [...PARTS].find(([kind]) => made instanceof kind);
  return deeper.reduce((value, step) => value?.[step], parts(made)[part](name)) ?? null;
}

/** The value of an earlier object. */
function answer(objects, [name, ...path]) {
  return found(objects.get(name), path);
}

/** The result of the step's call, or its error. */
async function outcome(step, objects) {
  const answers = Object.entries(step.from).map(([name, path]) => [name, answer(objects, path)]);
  const options = { ...step.options, ...Object.fromEntries(answers) };
  try {
    return await CALLS.get(step.call)(objects.get(step.on), options);
  } catch (error) {
    if (error instanceof TalkdeskAuthError) return error;
    throw error;
  }
}

function holds({ is, value }, actual, objects, [started, ended]) {
  switch (is) {
    case 'absent':
      return actual === null;
    case 'present':
    case 'shown':
      return actual !== null && actual !== '';
    case 'contains':
      return typeof actual === 'string' && actual.includes(value);
    case 'near_now':
      return typeof actual === 'number' && started <= actual - value && actual - value <= ended;
    case 'literal':
    case 'hidden':
      return actual === value;
    case 'same_as':
    case 'other_than': {
      const other = answer(objects, value);
      return actual !== null && other !== null && (actual === other) === (is === 'same_as');
    }
    default:
      throw new Error(`unknown kind of check ${is}`);
  }
}

/** Checks the step and returns the part of the line about it. Fails if a check does not hold. */
async function told(step, objects) {
  only(step, ['step', 'call', 'on', 'as', 'options', 'from', 'fails', 'checks']);
  const started = now();
  const made = await outcome(step, objects);
  const times = [started, now()];
  const failed = made instanceof TalkdeskAuthError;
  if (failed !== step.fails) throw new Error(`step ${step.step}: ${failed ? made.message : 'no error'}`);
  if (step.as !== null) objects.set(step.as, made);
  return step.checks.map((check) => {
    only(check, ['path', 'is', 'value']);
    const { path, is } = check;
    const actual = found(made, path);
    if (!holds(check, actual, objects, times)) throw new Error(`step ${step.step}: ${JSON.stringify(check)}, but it is ${actual}`);
    return `${path.join('.')} ${is === 'literal' || is === 'shown' ? actual : is}`;
  });
}

/** The line about the case. */
async function line(test) {
  only(test, ['name', 'steps']);
  const objects = new Map();
  const lines = [];
  for (const step of test.steps) lines.push(...(await told(step, objects)));
  return `ok ${test.name}: ${lines.join('; ')}`;
}

for (const test of JSON.parse(readFileSync(process.argv[2], 'utf8'))) {
  const told = await line(test).catch((problem) => `FAILED ${test.name}: ${problem}`);
  if (!told.startsWith('ok ')) process.exitCode = 1;
  console.log(told);
}
