'use strict';

/** The queue of this thread. It tells the event loop which calls have ended, and keeps the thread alive only while calls run. */

const { AsyncResource } = require('node:async_hooks');
const { closeSync } = require('node:fs');
const { Socket } = require('node:net');
const library = require('./library.cjs');
const { InternalError } = require('./generated/errors.cjs');
const { made, out } = require('./failure.cjs');
const { freeAtEnd } = require('./thread.cjs');

/** The calls that run, by their tags: each with the function that tells of its end. */
const running = new Map();
let lastTag = 0;

let queue = null;
let socket;

/** The socket lives on. Without this, it would hold the async context of the first call for ever. */
const context = new AsyncResource('talkdesk-auth');

/** Starts a call on the queue; the call, and a promise of its end. */
function begin(start) {
  if (queue === null) context.runInAsyncScope(open);
  const tag = lastTag + 1;
  const call = made(start(queue, tag, out));
  lastTag = tag;
  freeAtEnd(call);
  if (running.size === 0) socket.ref();
  return [call, new Promise((resolve) => running.set(tag, resolve))];
}

function open() {
  const pointer = made(library.queue_new(out));
  try {
    socket = socketOf(pointer);
  } catch (problem) {
    library.free(pointer);
    throw problem;
  }
  queue = pointer;
  freeAtEnd(queue);
}

/** Watches a descriptor of its own, since a socket closes its descriptor itself. Its bytes mean nothing. */
function socketOf(pointer) {
  const fd = library.queue_fd(pointer);
  if (fd < 0) throw new InternalError('no descriptor is left for the queue');
  try {
    return new Socket({ fd, writable: false, onread: { buffer: Buffer.alloc(64), callback: tell } }).unref();
  } catch (problem) {
    closeSync(fd);
    throw problem;
  }
}

/** Tells which calls have ended. Answers that the socket shall go on reading. */
function tell() {
  for (let tag = library.queue_next(queue); tag !== 0; tag = library.queue_next(queue)) {
    running.get(tag)();
    running.delete(tag);
  }
  if (running.size === 0) socket.unref();
  return true;
}

module.exports = { begin };
