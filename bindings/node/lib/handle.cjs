'use strict';

const { inspect } = require('node:util');
const library = require('./library.cjs');

/** Whoever has it may wrap a pointer; it never leaves this package. */
const KEY = Symbol('talkdesk-auth');

const dropped = new FinalizationRegistry(library.free);

/**
 * Made in the present job. To watch an object for the collector costs more than most of them do while they live, so that only those
 * are watched that are open when the job ends.
 */
const young = [];
let growing = false;

let watch;
let pointerOf;
let borrow;
let giveBack;

/** An object of the library, freed once: by `close`, when the last call that borrowed it ends, or when it is collected. */
class Handle {
  #pointer;
  #closed = false;
  #borrowed = 0;

  static {
    watch = () => {
      growing = false;
      for (const handle of young) if (!handle.#closed) dropped.register(handle, handle.#pointer, handle);
      young.length = 0;
    };
    pointerOf = (handle) => {
      if (handle.#closed) throw new ReferenceError(`This ${handle.constructor.name} is closed`);
      return handle.#pointer;
    };
    borrow = (handle) => {
      const pointer = pointerOf(handle);
      handle.#borrowed += 1;
      return pointer;
    };
    giveBack = (handle) => {
      handle.#borrowed -= 1;
      handle.#freeWhenDone();
    };
  }

  constructor(key, pointer) {
    if (key !== KEY) throw new TypeError(`${new.target.name}: it comes from a call of a Client`);
    this.#pointer = pointer;
    young.push(this);
    if (!growing) {
      growing = true;
      queueMicrotask(watch);
    }
  }

  get closed() {
    return this.#closed;
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#freeWhenDone();
  }

  #freeWhenDone() {
    if (!this.#closed || this.#borrowed > 0) return;
    if (young.at(-1) === this) young.pop();
    else dropped.unregister(this);
    library.free(this.#pointer);
  }

  /** What may be shown of it: nothing secret. */
  _shown() {
    return {};
  }

  [inspect.custom](_depth, options, show) {
    // What wraps one, as a Proxy does, has no pointer.
    if (!(#pointer in this)) return `${this.constructor.name} {}`;
    return `${this.constructor.name} ${show(this.#closed ? { closed: true } : this._shown(), options)}`;
  }
}

// Node 18 may lack the symbol.
if (Symbol.dispose) Handle.prototype[Symbol.dispose] = Handle.prototype.close;

module.exports = { KEY, Handle, pointerOf, borrow, giveBack };
