'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { afterWait, patience } = require('../lib/waiting.cjs');

const pairs = (waited) => ['scope', 'waited', 'waited', waited, 'timeout', '9', null];

test('a call may wait for its timeout or the client\'s, less what its caller waited', () => {
  assert.equal(patience([null], '2.5'), 2.5);
  assert.equal(patience(['waited', '2', null], '2.5'), 0.5);
  assert.equal(patience(pairs('8.5'), '2.5'), 0.5);
  assert.equal(patience(pairs('3600'), '2.5'), 0);
});

test('nobody waits for a call that the library will refuse', () => {
  for (const wrong of ['', 'soon', '1.2.3', 'NaN']) assert.equal(patience(['timeout', wrong, null], '2.5'), 0, wrong);
  assert.equal(patience(pairs('soon'), '2.5'), 0);
});

test('the wait is told rounded up, in plain digits, beside what the caller tells', () => {
  for (const wait of [1e-9, 0.0014, 0.25, 3600.1]) {
    const [name, told, ...rest] = afterWait(pairs('0.5'), wait);
    assert.deepEqual([name, rest], ['waited', pairs('0.5')]);
    assert.match(told, /^\d+\.\d{6}$/);
    assert.ok(told > wait && told < wait + 2e-6, told);
  }
});
