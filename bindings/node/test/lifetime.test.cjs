'use strict';

const assert = require('node:assert/strict');
const { execFile } = require('node:child_process');
const { once } = require('node:events');
const { after, before, beforeEach, test } = require('node:test');
const { CREDENTIALS, Endpoint, Stalled, collected, run, until } = require('./support.cjs');

/** An exchange makes a call and a token, or an error; the others make one object. */
const MADE = { tokens: 6, 'aborted calls': 6 };

let endpoint;
before(async () => {
  endpoint = await Endpoint.start();
});
beforeEach(() => endpoint.reset());
after(() => endpoint.stop());

/** Every way to use an object. */
const uses = {
  Client: [(client) => client.get('client_id'), (client) => client.assertion(), (client) => client.exchange(CREDENTIALS)],
  Assertion: ['jwt', 'jti', 'aud', 'iat', 'exp', 'header', 'claims'].map((name) => (assertion) => assertion[name]),
  Token: [
    ...['access_token', 'token_type', 'expires_at', 'seconds_left', 'scope', 'refresh_token', 'id_token', 'json'].map((name) => (token) => token[name]),
    (token) => token.get('scope'),
  ],
};

test('closing twice does nothing, and use after close never enters the library', async () => {
  const client = endpoint.client();
  const objects = [client.assertion(), await client.exchange(CREDENTIALS), client];
  for (const object of objects) {
    assert.equal(object.closed, false);
    for (const use of uses[object.constructor.name]) await use(object);
    object.close();
    object.close();
    assert.equal(object.closed, true);
    for (const use of uses[object.constructor.name]) {
      await assert.rejects(async () => use(object), { name: 'ReferenceError', message: /is closed/ });
    }
  }
});

test('each object is freed once, in whatever way it was closed or dropped, and so is each error', async () => {
  const code = `
    const library = require('../lib/library.cjs');
    const { free } = library;
    let freed = 0;
    library.free = (object) => {
      if (object !== null) freed += 1;
      free(object);
    };
    const { Client } = require('talkdesk-auth');
    const { CREDENTIALS, collected } = require('./support.cjs');
    const client = new Client(JSON.parse(process.argv[1]));
    const made = () => [client.assertion(), client.assertion(), client.assertion()];
    const close = (objects) => objects.forEach((object) => object.close());
    const ways = {
      closed: () => close(made()),
      'closed in reverse order': () => close(made().reverse()),
      'closed in part': () => made()[1].close(),
      'closed later': async () => {
        const objects = made();
        await null;
        close(objects);
      },
      dropped: () => { made(); },
      tokens: async () => {
        const tokens = await Promise.all([1, 2, 3].map(() => client.exchange(CREDENTIALS)));
        close(tokens.slice(1));
      },
      'aborted calls': async () => {
        const controller = new AbortController();
        const calls = [1, 2, 3].map(() => client.exchange(CREDENTIALS, { signal: controller.signal }));
        controller.abort();
        await Promise.allSettled(calls);
      },
      errors: () => {
        for (const audience of ['', ' ', '\\n']) try { client.assertion({ audience }); } catch {}
      },
    };
    (async () => {
      const counts = {};
      for (const [way, go] of Object.entries(ways)) {
        freed = 0;
        await go();
        for (let turn = 0; turn < 20; turn += 1) await collected();
        counts[way] = freed;
      }
      console.log(JSON.stringify(counts));
    })();`;
  const counts = JSON.parse(await run(code, [JSON.stringify(endpoint.options())]));
  assert.equal(Object.keys(counts).length, 8);
  for (const [way, count] of Object.entries(counts)) assert.equal(count, MADE[way] ?? 3, way);
});

test('an assertion and a token outlive their client', async () => {
  const client = endpoint.client();
  const assertion = client.assertion();
  const token = await client.exchange(CREDENTIALS);
  client.close();
  assert.ok(assertion.jwt);
  assert.ok(token.access_token);
});

test('if a getter of the options closes the client, the call is refused', async () => {
  const closing = (client) => ({
    get tenant() {
      client.close();
      return 'acme';
    },
  });
  const [signing, exchanging] = [endpoint.client(), endpoint.client()];
  assert.throws(() => signing.assertion({ claims: closing(signing) }), ReferenceError);
  await assert.rejects(exchanging.exchange({ ...CREDENTIALS, claims: closing(exchanging) }), ReferenceError);
});

test('a client can be disposed', () => {
  const client = endpoint.client();
  client[Symbol.dispose]();
  assert.equal(client.closed, true);
});

test('closing during calls lets them finish', async (context) => {
  const stalled = await Stalled.start(context, endpoint.options());
  const client = stalled.client();
  const calls = [1, 2, 3].map(() => client.exchange(CREDENTIALS));
  client.close();
  await stalled.arrived(3);
  stalled.release();
  for (const token of await Promise.all(calls)) assert.ok(token.access_token);
});

test('a client may be dropped while a call uses it, and is collected afterwards', async (context) => {
  const stalled = await Stalled.start(context, endpoint.options());
  const [gone, call] = (() => {
    const temporary = stalled.client();
    return [new WeakRef(temporary), temporary.exchange(CREDENTIALS)];
  })();
  await stalled.arrived(1);
  for (let turn = 0; turn < 10; turn += 1) await collected();
  stalled.release();
  assert.ok((await call).access_token);
  await until(async () => {
    await collected();
    return gone.deref() === undefined;
  });
});

for (const way of ['kept', 'dropped']) {
  test(`2,000 used clients, ${way}, fit into 256 descriptors`, async () => {
    const code = `
      const { Client } = require('talkdesk-auth');
      const { CREDENTIALS, collected, descriptors } = require('./support.cjs');
      const [way, options] = JSON.parse(process.argv[1]);
      const refs = [];
      const kept = [];
      const use = async () => {
        const client = new Client(options);
        await client.exchange(CREDENTIALS);
        refs.push(new WeakRef(client));
        if (way === 'kept') kept.push(client);
      };
      (async () => {
        await use();
        const before = descriptors();
        for (let used = 1; used < 2000; used += 1) await use();
        const more = descriptors() - before;
        await collected();
        const left = refs.filter((client) => client.deref() !== undefined).length;
        await Promise.all(kept.map((client) => client.exchange(CREDENTIALS)));
        console.log(JSON.stringify({ more, left }));
      })();`;
    const over_tls = { token_endpoint: endpoint.token_endpoint_https, ca_file: endpoint.ca_file };
    const options = { ...endpoint.options(), ...over_tls };
    const { more, left } = JSON.parse(await run(code, [JSON.stringify([way, options])], { most_descriptors: 256 }));
    // The library may renew its connection and its network meanwhile.
    assert.ok(more < 20, `${more} more descriptors`);
    if (way === 'kept') assert.equal(left, 2000);
    else assert.ok(left < 10, `${left} are not collected`);
  });
}

test('a process may exit while 200 calls run', async (context) => {
  const stalled = await Stalled.start(context, endpoint.options());
  const code = `
    const { Client } = require('talkdesk-auth');
    const client = new Client(JSON.parse(process.argv[1]));
    for (let call = 0; call < 200; call += 1) client.exchange({ grant_type: 'client_credentials' });
    process.stdin.on('data', () => process.exit(0));`;
  const child = execFile(process.execPath, ['-e', code, '--', JSON.stringify(stalled.options)], { cwd: __dirname });
  await stalled.arrived(1);
  child.stdin.write('exit');
  const [status, signal] = await once(child, 'exit');
  assert.deepEqual([status, signal], [0, null]);
});
