'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { inTurn } = require('../lib/turns.cjs');

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
  const failing = [1, 2].map(() => call('failing', log, { start: () => Promise.reject(new Error('no')) }));
  const next = call('next', log);
  for (const { result } of failing) await assert.rejects(result, { message: 'no' });
  assert.ok(log.includes('next starts'));
  next.end();
  assert.equal(await next.result, 'next');
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
