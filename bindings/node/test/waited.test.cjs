'use strict';

const assert = require('node:assert/strict');
const { test } = require('node:test');
const { afterWait, patience } = require('../lib/waited.cjs');

const pairs = (waited) => ['scope', 'waited', 'waited', waited, 'timeout', '9', null];

test('a call may wait for its timeout or the client\'s, less what its caller waited', () => {
  assert.equal(patience([null], '2.5'), 2.5);
  assert.equal(patience(['waited', '2', null], '2.5'), 0.5);
  assert.equal(patience(pairs('8.5'), '2.5'), 0.5);
  assert.equal(patience(pairs('3600'), '2.5'), 0);
  for (const wrong of ['0', '', '-1', '1e1', '0x1', ' 1', '3601', 'soon', '1.2.3']) {
    assert.equal(patience(pairs(wrong), '2.5'), NaN, wrong);
    assert.equal(patience(['timeout', wrong, null], '2.5'), NaN, wrong);
  }
});

test('the wait is told in whole milliseconds, rounded up, within what the library takes', () => {
  const told = (seconds) => {
    const [name, value, ...rest] = afterWait(['scope', 'waited', null], seconds);
    assert.deepEqual([name, ...rest], ['waited', 'scope', 'waited', null]);
    return value;
  };
  assert.deepEqual([1e-9, 0.0014, 0.25, 1.0001, 3600.1].map(told), ['0.001', '0.002', '0.25', '1.001', '3600']);
});

test('the wait is added to the one that the caller tells, whose parameters stay as they are', () => {
  const given = pairs('0.5');
  assert.deepEqual(afterWait(given, 1), pairs('1.5'));
  assert.deepEqual(afterWait(given, 3600), pairs('3600'));
  assert.deepEqual(given, pairs('0.5'));
  for (const wrong of ['0', '0x1', '3601', 'soon']) assert.deepEqual(afterWait(pairs(wrong), 1), pairs(wrong), 'for the library to refuse');
});
