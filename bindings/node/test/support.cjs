'use strict';

/** Helpers of the tests: the embedded token endpoint, garbage collection on demand, other processes. */

const { execFile, spawn } = require('node:child_process');
const { once } = require('node:events');
const { readFileSync, readdirSync } = require('node:fs');
const { createServer } = require('node:http');
const net = require('node:net');
const { join } = require('node:path');
const readline = require('node:readline');
const { promisify } = require('node:util');
const v8 = require('node:v8');
const vm = require('node:vm');
const { Client } = require('talkdesk-auth');

const ROOT = join(__dirname, '../../..');

class Endpoint {
  static async start() {
    const process = spawn(join(ROOT, 'target/debug/examples/token-endpoint'), ['--until-stdin-closes'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const [line] = await new Promise((resolve, reject) => {
      process.on('error', reject);
      readline.createInterface(process.stdout).once('line', (...lines) => resolve(lines));
    });
    return new Endpoint(process, JSON.parse(line));
  }

  constructor(process, ready) {
    this.process = process;
    Object.assign(this, ready);
  }

  stop() {
    this.process.stdin.end();
  }

  /** The options of the client that signs with this algorithm. The endpoint's help lists the possible `faults`. */
  options(faults = '', algorithm = this.default_client) {
    const { client_id, key_id, private_key_file } = this.clients[algorithm];
    const token_endpoint = faults ? `${this.http}/with/${faults}/oauth/token` : this.token_endpoint;
    return { token_endpoint, client_id, key_id, private_key_file };
  }

  client(faults, more = {}) {
    return new Client({ ...this.options(faults), ...more });
  }

  key(algorithm = this.default_client) {
    return readFileSync(this.clients[algorithm].private_key_file, 'utf8').trim();
  }

  async seen() {
    return (await fetch(`${this.http}/seen`)).json();
  }

  async reset() {
    await fetch(`${this.http}/seen/reset`, { method: 'POST' });
  }
}

/** A token endpoint that answers when the test says so, so that no test depends on how long something takes. */
class Stalled {
  #server = createServer((request, response) => {
    request.resume();
    this.requests += 1;
    this.#waiting.push(response);
    response.on('close', () => {
      if (!response.writableFinished) this.broken += 1;
    });
    if (this.#released) this.answer();
  });
  #waiting = [];
  #released = false;
  requests = 0;
  /** The requests whose caller went away before the answer. */
  broken = 0;

  /** Starts an endpoint for a client with these options; it stops at the end of the test. */
  static async start(context, options) {
    const stalled = new Stalled();
    await once(stalled.#server.listen(0, '127.0.0.1'), 'listening');
    context.after(() => {
      stalled.#server.close();
      stalled.#server.closeAllConnections();
    });
    stalled.options = { ...options, token_endpoint: `http://127.0.0.1:${stalled.#server.address().port}/token` };
    return stalled;
  }

  client(more = {}) {
    return new Client({ ...this.options, ...more });
  }

  async arrived(count) {
    await until(() => this.requests >= count);
  }

  /** Answers the requests that have arrived. */
  answer() {
    for (const response of this.#waiting.splice(0)) {
      response.setHeader('Content-Type', 'application/json').end('{"access_token":"late","token_type":"Bearer"}');
    }
  }

  /** Answers all requests from now on. */
  release() {
    this.#released = true;
    this.answer();
  }
}

/** The URL of a server that never takes part in the TLS handshake, so that no call sends its request. It ends with the test. */
async function silent(context) {
  const sockets = [];
  const server = net.createServer((socket) => sockets.push(socket.on('error', () => {})));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  context.after(() => {
    server.close();
    for (const socket of sockets) socket.destroy();
  });
  return `https://127.0.0.1:${server.address().port}/token`;
}

/** How many descriptors this process has open. */
function descriptors() {
  return readdirSync('/proc/self/fd').length;
}

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc');

/** Collects dropped objects and lets their finalizers run. */
async function collected() {
  for (let turn = 0; turn < 3; turn += 1) {
    collect();
    await new Promise(setImmediate);
  }
}

/** What the code prints, run by this interpreter in a process of its own, which may have so many descriptors. */
async function run(code, args = [], { most_descriptors: most, ...options } = {}) {
  const command = [process.execPath, '-e', code, '--', ...args];
  const [file, ...rest] = most === undefined ? command : ['/bin/sh', '-c', `ulimit -n ${most}; exec "$0" "$@"`, ...command];
  const { stdout } = await promisify(execFile)(file, rest, { cwd: __dirname, ...options });
  return stdout;
}

/** Resolves when `condition` holds; rejects after half a minute. */
async function until(condition) {
  for (const patience = Date.now() + 30_000; !(await condition()); ) {
    if (Date.now() > patience) throw new Error(`never came true: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const CREDENTIALS = { grant_type: 'client_credentials' };

module.exports = { ROOT, CREDENTIALS, Endpoint, Stalled, collected, descriptors, run, silent, until };
