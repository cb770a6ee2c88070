'use strict';

/** Runs linter, type checker and tests, the tests on every interpreter that is here, and counts. */

const { spawn } = require('node:child_process');
const { existsSync, readdirSync } = require('node:fs');
const { join } = require('node:path');

const HERE = join(__dirname, '..');
const ROOT = join(HERE, '../..');
const INTERPRETERS = join(ROOT, 'target/node/interpreters/node_modules');
const tests = readdirSync(__dirname).filter((name) => name.endsWith('.test.cjs')).map((name) => join('test', name));
/** A minute and a half, and nothing in it hangs on the interpreter's version. */
const LONG = join('test', 'memory.test.cjs');

let passed = 0;
let failed = 0;

/** The status of a command; each line that it prints goes to `line`. */
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

async function suite(interpreter, files) {
  let counted = false;
  const status = await run(interpreter, ['--test-reporter=tap', '--test', ...files], (line) => {
    console.log(line);
    const [, what, count] = line.match(/^# (pass|fail|cancelled) (\d+)$/) ?? [];
    if (what === 'pass') passed += Number(count);
    else if (what) failed += Number(count);
    counted ||= what === 'fail';
  });
  if (status !== 0 && !counted) failed += 1;
}

async function main() {
  const lint = ['--max-warnings=0', '--config', join(HERE, 'eslint.config.mjs'), HERE, 'examples/node', 'tests/conformance/node'];
  await check('eslint', join(HERE, 'node_modules', '.bin', 'eslint'), lint, ROOT);
  await check('tsc', join('node_modules', '.bin', 'tsc'), ['--project', '.']);
  console.log(`# node ${process.version}`);
  await suite(process.execPath, tests);
  for (const major of [18, 20, 22, 24].filter((one) => !process.version.startsWith(`v${one}.`))) {
    const interpreter = join(INTERPRETERS, `node-${major}`, 'bin', 'node');
    console.log(`# node ${major}${existsSync(interpreter) ? '' : ' is absent'}`);
    if (existsSync(interpreter)) await suite(interpreter, tests.filter((file) => file !== LONG));
  }
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

main();
