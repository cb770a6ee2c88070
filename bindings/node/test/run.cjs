'use strict';

/**
 * Runs the linter, the type checker and the tests, and counts them. The tests run on this interpreter, and on those of the versions
 * that `make test` gives, if they are installed.
 */

const { spawn } = require('node:child_process');
const { existsSync, readdirSync } = require('node:fs');
const { availableParallelism } = require('node:os');
const { join } = require('node:path');

const HERE = join(__dirname, '..');
const ROOT = join(HERE, '../..');
const INTERPRETERS = join(ROOT, 'target/node/interpreters/node_modules');
const tests = readdirSync(__dirname).filter((name) => name.endsWith('.test.cjs')).map((name) => join('test', name));
/** These tests take a minute and a half and don't depend on the interpreter's version, so they run on one only. */
const LONG = join('test', 'memory.test.cjs');

let passed = 0;
let failed = 0;

/** Runs a command and passes each line that it prints to `line`; its status. */
function run(command, args, line, cwd = HERE) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
    let rest = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop();
      lines.forEach(line);
    });
    child.on('error', reject).on('close', resolve);
  });
}

async function check(name, command, args, cwd) {
  const status = await run(command, args, console.log, cwd);
  if (status === 0) passed += 1;
  else failed += 1;
  console.log(`${status === 0 ? 'ok' : 'FAILED'}: ${name}`);
}

/** Runs the tests on this interpreter: their output, and how many passed and failed. */
async function suite(interpreter, files) {
  const outcome = { lines: [], passed: 0, failed: 0 };
  const status = await run(interpreter, ['--test-reporter=tap', '--test', ...files], (line) => {
    outcome.lines.push(line);
    const [, what, count] = line.match(/^# (pass|fail|cancelled|skipped|todo) (\d+)$/) ?? [];
    if (what === 'pass') outcome.passed += Number(count);
    else if (what) outcome.failed += Number(count);
    // Node reports a file in which no test ran as a test that passed.
    if (/^ok \d+ - .*\.test\.cjs$/.test(line)) outcome.failed += 1;
  });
  if (status !== 0 || outcome.passed === 0) outcome.failed ||= 1;
  return outcome;
}

/** Runs the functions, as many at a time as there are processors; their outcomes. */
async function inLanes(functions) {
  const outcomes = [];
  const waiting = functions.entries();
  const lane = async () => {
    for (const [index, next] of waiting) outcomes[index] = await next();
  };
  await Promise.all(Array.from({ length: availableParallelism() }, lane));
  return outcomes;
}

async function main() {
  const lint = ['--max-warnings=0', '--config', join(HERE, 'eslint.config.mjs'), HERE, 'examples/node', 'tests/conformance/node'];
  await check('eslint', join(HERE, 'node_modules', '.bin', 'eslint'), lint, ROOT);
  await check('tsc', join('node_modules', '.bin', 'tsc'), ['--project', '.']);
  const interpreters = [
    { name: process.version, path: process.execPath, files: tests },
    ...process.argv.slice(2).map((major) => ({
      name: major,
      path: join(INTERPRETERS, `node-${major}`, 'bin', 'node'),
      files: tests.filter((file) => file !== LONG),
    })),
  ];
  const found = interpreters.filter(({ path }) => existsSync(path));
  const outcomes = await inLanes(found.map(({ path, files }) => () => suite(path, files)));
  for (const [index, outcome] of outcomes.entries()) {
    console.log([`# node ${found[index].name}`, ...outcome.lines].join('\n'));
    passed += outcome.passed;
    failed += outcome.failed;
  }
  const absent = interpreters.filter((one) => !found.includes(one)).map(({ name }) => name);
  console.log(`Node: ${found.map(({ name }) => name).join(', ')}${absent.length ? `; absent: ${absent.join(', ')}` : ''}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

main();
