'use strict';

/**
 * `worker.terminate()` ends a thread at once, and no `finally` and no finalizer runs. So Node itself frees the calls and the queue
 * of that thread. This file uses the cleanup hooks that Node offers to addons (`node::AddEnvironmentCleanupHook`).
 */

const koffi = require('koffi');
const library = require('./library.cjs');

const hooks = load();

function load() {
  const node = koffi.load(null);
  const hook = (symbol) => node.func(symbol, 'void', ['void *', 'void *', 'void *']);
  try {
    return {
      add: hook('_ZN4node25AddEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_'),
      remove: hook('_ZN4node28RemoveEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_'),
      isolate: node.func('_ZN2v87Isolate10GetCurrentEv', 'void *', [])(),
    };
  } catch {
    // This Node has no such hooks. The calls of a terminated thread then go on, and its queue stays.
    return null;
  }
}

/** Frees an object of the library when this thread ends, unless {@link freeNow} did so before. */
function freeAtEnd(pointer) {
  hooks?.add(hooks.isolate, library.address_of_free, pointer);
}

function freeNow(pointer) {
  hooks?.remove(hooks.isolate, library.address_of_free, pointer);
  library.free(pointer);
}

module.exports = { freeAtEnd, freeNow };
