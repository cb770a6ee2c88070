'use strict';

const { Buffer, isUtf8 } = require('node:buffer');
const { KeyObject } = require('node:crypto');
const { URL, fileURLToPath } = require('node:url');
const koffi = require('koffi');
const { InvalidOptionError } = require('./generated/errors.cjs');
const { documents, families, jsonFamilies, lists, paths, times, uris } = require('./generated/options.cjs');

/** The characters that a C string in UTF-8 can't hold: a NUL, which would end it, and half of a surrogate pair. */
const UNSAYABLE = /[\0\p{Surrogate}]/u;

/** Stands before a name that can't be out of step with its value, so that the library may show it. */
const MARK = '=';

/** Options as the C ABI takes them: alternating names and values, then NULL. A value that is undefined or null is not given. */
function marshal(options = {}) {
  if (!isMapping(options)) throw new TypeError('Options must be an object of names and values');
  const pairs = [];
  for (const [name, value] of Object.entries(options)) {
    const prefix = families.get(name);
    if (prefix === undefined) add(pairs, name, plain(name, value));
    else for (const [member, text] of Object.entries(membersOf(name, value))) add(pairs, ...ofFamily(prefix, member, text));
  }
  return inMemory(pairs);
}

/** An array of the strings' addresses that ends with NULL. The strings follow in the same memory. */
function inMemory(strings) {
  const start = (strings.length + 1) * BigUint64Array.BYTES_PER_ELEMENT;
  const size = strings.reduce((sum, string) => sum + Buffer.byteLength(string) + 1, start);
  // It is all 0, and so each string ends with a NUL.
  const memory = Buffer.from(new ArrayBuffer(size));
  const addresses = new BigUint64Array(memory.buffer, 0, strings.length + 1);
  const address = koffi.address(memory);
  let at = start;
  for (const [index, string] of strings.entries()) {
    addresses[index] = address + BigInt(at);
    at += memory.write(string, at) + 1;
  }
  return addresses;
}

/** Whether the value holds only its own properties; a Map, an array or a date does not. */
function isMapping(value) {
  return Object.prototype.toString.call(value) === '[object Object]';
}

function membersOf(name, value) {
  if (value === undefined || value === null) return {};
  if (isMapping(value)) return value;
  const advice = 'give one (Object.fromEntries makes one from a Map)';
  throw new InvalidOptionError(`${name}: not an object of names and values; ${advice}`, { option: name });
}

function add(pairs, name, value) {
  if (value === undefined || value === null) return;
  pairs.push(MARK + checkedName(name), text(name, value));
}

/** A member of a family: its whole name and its value. A claim that is no text becomes JSON. */
function ofFamily(prefix, member, value) {
  const json = jsonFamilies.get(prefix);
  if (json === undefined || typeof value === 'string' || value === undefined || value === null) return [prefix + member, value];
  if (typeof value === 'bigint') return [json + member, value];
  const isJson = ['number', 'boolean'].includes(typeof value) || Array.isArray(value) || isMapping(value);
  return isJson ? [json + member, stringified(prefix, value)] : [prefix + member, value];
}

function stringified(name, value) {
  let text;
  try {
    text = typeof value === 'number' && !Number.isFinite(value) ? undefined : JSON.stringify(value);
  } catch {
    // The error would show the value.
  }
  if (text === undefined) throw refused(name, "a value that JSON can't say; give strings, finite numbers, booleans, arrays and objects of these");
  return text;
}

/** Objects that Node has for the value of some options, as text. */
function plain(name, value) {
  if (typeof value === 'number' && value >= 1000 && times.has(name)) {
    throw refused(name, `${value} seconds; did you mean milliseconds? Give ${value / 1000}`);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return lists.has(name) ? joined(name, value) : value;
  if (value instanceof URL && uris.has(name)) return value.href;
  if (value instanceof URL && value.protocol === 'file:' && paths.has(name)) return fileURLToPath(value);
  if (value instanceof Uint8Array && (documents.has(name) || paths.has(name))) return ofBytes(name, value);
  if (!documents.has(name)) return value;
  if (value instanceof KeyObject) return ofKey(name, value);
  return isMapping(value) ? stringified(name, value) : value;
}

function joined(name, words) {
  for (const [index, word] of words.entries()) {
    if (typeof word !== 'string') throw refused(name, `element ${index + 1} is not a string; give strings`);
    if (word === '' || /\s/u.test(word)) {
      throw refused(name, `element ${index + 1} is empty or has a blank in it; give one word in each`);
    }
  }
  return words.join(' ');
}

/** The text that the bytes are, or base64 of a key in DER. */
function ofBytes(name, value) {
  const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  return isUtf8(bytes) && !bytes.includes(0) || !documents.has(name) ? bytes.toString() : bytes.toString('base64');
}

function ofKey(name, key) {
  if (key.type !== 'private') throw refused(name, `a KeyObject of the type ${key.type}; give the private key`);
  return key.export({ format: 'pem', type: 'pkcs8' });
}

/** The name of an option or of a member; throws if the C ABI can't take it. */
function checkedName(name) {
  // koffi would take a number for an address.
  if (typeof name !== 'string') throw new TypeError(`A name must be a string, not a value of type ${typeof name}`);
  if (UNSAYABLE.test(name)) throw refused(name, complaint('name', name));
  return name;
}

function text(name, value) {
  if (!['string', 'number', 'boolean', 'bigint'].includes(typeof value)) {
    throw refused(name, 'not a string, a number or a boolean; give one of these');
  }
  const string = typeof value === 'number' ? digits(value) : String(value);
  if (UNSAYABLE.test(string)) throw refused(name, complaint('value', string));
  return string;
}

/**
 * A name may be a secret in the wrong place. So the name of a claim or field is not shown, as in the library's messages, and neither
 * is a name with a NUL, which may be a key in DER.
 */
function refused(name, complaint) {
  const prefix = [...families.values()].find((prefix) => name.startsWith(prefix));
  const shown = UNSAYABLE.test(name) ? null : name;
  const option = prefix === undefined ? shown : `${prefix}NAME`;
  return new InvalidOptionError(`${option ?? 'an option'}: ${complaint}`, { option });
}

/** All digits without an exponent, because the library accepts no exponent. */
function digits(number) {
  const [mantissa, exponent] = String(number).split('e');
  if (exponent === undefined) return mantissa;
  const places = Number(exponent);
  const sign = number < 0 ? '-' : '';
  const all = mantissa.replace(/[-.]/g, '');
  return sign + (places < 0 ? `0.${'0'.repeat(-places - 1)}${all}` : all.padEnd(places + 1, '0'));
}

function complaint(part, text) {
  return text.includes('\0') ? `a NUL inside the ${part}; remove it` : 'holds half of a surrogate pair; give whole characters';
}

module.exports = { marshal, checkedName };
