'use strict';

/** The queue of this thread. It tells the event loop which calls have ended, and keeps the thread alive only while calls run. */

const { AsyncResource } = require('node:async_hooks');
const { closeSync } = require('node:fs');
const { Socket } = require('node:net');
const library = require('./library.cjs');
const { InternalError } = require('./generated/errors.cjs');
const { made, out } = require('./failure.cjs');
const { freeAtEnd } = require('./thread.cjs');

/** For each call that runs: its tag, and the function that tells of its end. */
const running = new Map();
let lastTag = 0;

let queue = null;
let socket;

/** The socket outlives the first call. Without this, it would hold the async context of that call for ever. */
const context = new AsyncResource('talkdesk-auth');

/** Starts a call on the queue. Returns the call, and a promise of its end. */
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

/** A socket that watches a new descriptor of the queue, which the socket closes itself. The bytes that it reads mean nothing. */
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

/** Tells which calls have ended. It returns true, so that the socket goes on reading. */
function tell() {
  for (let tag = library.queue_next(queue); tag !== 0; tag = library.queue_next(queue)) {
    running.get(tag)();
    running.delete(tag);
  }
  if (running.size === 0) socket.unref();
  return true;
}

module.exports = { begin };
