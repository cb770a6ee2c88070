'use strict';

const { InvalidOptionError } = require('./generated/errors.cjs');
const { families } = require('./generated/options.cjs');

/** What a C string of UTF-8 can't hold: a NUL, which would end it, and half of a surrogate pair. */
const UNSAYABLE = /[\0\p{Surrogate}]/u;

/** Whether the C ABI can be told the text whole. */
function sayable(text) {
  return !UNSAYABLE.test(text);
}

/** Options as the C ABI takes them: names and values, alternating, then null. What is undefined or null is not given. */
function marshal(options = {}) {
  if (options === null || typeof options !== 'object') throw new TypeError('Options are an object of names and values');
  const pairs = [];
  for (const [name, value] of Object.entries(options)) {
    const prefix = families.get(name);
    if (prefix === undefined) add(pairs, name, value);
    else for (const [member, text] of Object.entries(value ?? {})) add(pairs, prefix + member, text);
  }
  pairs.push(null);
  return pairs;
}

function add(pairs, name, value) {
  if (value === undefined || value === null) return;
  if (!sayable(name)) throw new InvalidOptionError(`An option name ${complaint(name)}`, { option: null });
  pairs.push(name, text(name, value));
}

function text(name, value) {
  if (!['string', 'number', 'boolean', 'bigint'].includes(typeof value)) {
    throw new InvalidOptionError(`${name}: neither a string nor a number nor a boolean; give one of these`, { option: name });
  }
  const string = String(value);
  if (!sayable(string)) throw new InvalidOptionError(`${name}: ${complaint(string)}`, { option: name });
  return string;
}

function complaint(string) {
  const at = string.search(UNSAYABLE);
  return `holds ${string[at] === '\0' ? 'a NUL character' : 'half a surrogate pair'} at index ${at}; remove it`;
}

module.exports = { marshal, sayable };
