'use strict';

const { inspect } = require('node:util');
const library = require('./library.cjs');

/** Only code that has this key can wrap a pointer; the key never leaves this package. */
const KEY = Symbol('talkdesk-auth');

const dropped = new FinalizationRegistry(library.free);

/**
 * The objects that were made in the current job. To register an object with the collector costs more than most objects cost in
 * their whole life, so only those are registered that are still open when the job ends.
 */
const young = [];
let growing = false;

let watch;
let pointerOf;

/**
 * An object of the library, freed once: by `close`, or when it is collected. A call keeps its client alive in the library. A class
 * says in `uncopied`, a symbol, what to copy instead of its objects.
 */
class Handle {
  #pointer;
  #closed = false;
  /** `structuredClone` and messages to other threads refuse a symbol, and quote it. Without it, the copy would be `{}`. */
  uncopied = this.constructor.uncopied;

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
  }

  constructor(key, pointer) {
    if (key !== KEY) throw new TypeError(`${new.target.name}: comes from a Client; you can't make one yourself`);
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

  /** `JSON.stringify` calls it. Without it, the text would be `{}`. */
  toJSON() {
    throw new TypeError(this.constructor.uncopied.description);
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    if (young.at(-1) === this) young.pop();
    else dropped.unregister(this);
    library.free(this.#pointer);
  }

  /** The values that `inspect` shows; none is secret. */
  _shown() {
    return {};
  }

  [inspect.custom](_depth, options, show) {
    // An object that wraps a handle, like a Proxy, has no pointer.
    if (!(#pointer in this)) return `${this.constructor.name} {}`;
    return `${this.constructor.name} ${show(this.#closed ? { closed: true } : this._shown(), options)}`;
  }
}

// Node 18 may lack the symbol.
if (Symbol.dispose) Handle.prototype[Symbol.dispose] = Handle.prototype.close;

module.exports = { KEY, Handle, pointerOf };
