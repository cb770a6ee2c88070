'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { inTurn } = require('../lib/workers.cjs');

/** A call that ends when told to, and notes what happened to it. */
function call(name, log, more = {}) {
  let end;
  const native = new Promise((resolve) => {
    end = () => resolve(name);
  });
  const result = inTurn({
    start: () => {
      log.push(`${name} starts`);
      return native;
    },
    late: (waited) => {
      log.push(`${name} is late`);
      return waited;
    },
    end: () => log.push(`${name} ends`),
    discard: (late) => log.push(`${late} is discarded`),
    seconds: 30,
    ...more,
  });
  result.catch(() => {});
  return { end, result };
}

const settled = () => new Promise(setImmediate);

test('two run, who waits comes in turn, and each ends once', async () => {
  const log = [];
  const calls = ['a', 'b', 'c', 'd'].map((name) => call(name, log));
  assert.deepEqual(log, ['a starts', 'b starts']);
  calls[1].end();
  await settled();
  assert.deepEqual(log.splice(2), ['c starts', 'b ends']);
  calls[0].end();
  calls[2].end();
  await settled();
  assert.deepEqual(log.splice(2), ['d starts', 'a ends', 'c ends']);
  calls[3].end();
  assert.equal(await calls[3].result, 'd');
});

test('one that fails hands its turn on', async () => {
  const log = [];
  const throwing = () => {
    throw new Error('no');
  };
  const failing = [() => Promise.reject(new Error('no')), throwing, throwing, throwing].map((start) => call('failing', log, { start }));
  const next = call('next', log);
  for (const { result } of failing) await assert.rejects(result, { message: 'no' });
  await settled();
  assert.deepEqual(log.sort(), [...failing.map(() => 'failing ends'), 'next starts']);
  next.end();
  assert.equal(await next.result, 'next');
});

test('one whose turn does not come in time is late, and gives up its place; one that starts is told how long it waited', async () => {
  const log = [];
  const running = [call('a', log), call('b', log)];
  const late = [0, 0.05].map((seconds) => call('late', log, { seconds }));
  const failing = call('failing', log, { seconds: 0, late: () => Promise.reject(new Error('no')) });
  let told;
  const patient = call('patient', log, { seconds: 60, start: async (waited) => (told = waited) });
  assert.ok((await late[0].result) >= 0);
  assert.ok((await late[1].result) >= 0.05);
  await assert.rejects(failing.result, { message: 'no' });
  await settled();
  assert.deepEqual(log.splice(2).sort(), ['failing ends', 'late ends', 'late ends', 'late is late', 'late is late']);
  for (const { end } of running) end();
  await patient.result;
  // About 0.05, for a timer may be early.
  assert.ok(told > 0.025 && told < 30, `${told}`);
  let untold = true;
  await call('last', log, { start: async (waited) => (untold = waited) }).result;
  assert.equal(untold, 0);
});

test('one aborted while it waits ends unstarted; one aborted in the call keeps its turn until it ends', async () => {
  const log = [];
  const running = new AbortController();
  const waiting = new AbortController();
  const first = call('first', log, { signal: running.signal });
  const second = call('second', log);
  const third = call('third', log, { signal: waiting.signal });
  const fourth = call('fourth', log);
  waiting.abort();
  running.abort();
  await assert.rejects(third.result, { name: 'AbortError' });
  await assert.rejects(first.result, { name: 'outcome_unknown' });
  assert.deepEqual(log, ['first starts', 'second starts', 'third ends']);
  first.end();
  await settled();
  assert.deepEqual(log.slice(3).sort(), ['first ends', 'first is discarded', 'fourth starts']);
  second.end();
  fourth.end();
  await Promise.all([second.result, fourth.result]);
});

test('one signal ends all its calls, those that run and those that wait', async () => {
  const log = [];
  const controller = new AbortController();
  const calls = ['a', 'b', 'c', 'd'].map((name) => call(name, log, { signal: controller.signal }));
  calls[0].end();
  await calls[0].result;
  controller.abort();
  const names = (await Promise.allSettled(calls.map(({ result }) => result))).map(({ reason }) => reason?.name);
  assert.deepEqual(names, [undefined, 'outcome_unknown', 'outcome_unknown', 'AbortError']);
  for (const { end } of calls) end();
  await settled();
  assert.deepEqual(log.filter((line) => line.endsWith('discarded')).sort(), ['b is discarded', 'c is discarded']);
});
