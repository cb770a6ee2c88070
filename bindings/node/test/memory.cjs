'use strict';

/**
 * Makes 100,000 objects of one kind (10,000 tokens) in batches of 1,000, and closes or drops them. Prints by how many bytes the
 * process grew after the first fifth.
 */

const { Client } = require('talkdesk-auth');
const { CREDENTIALS, collected } = require('./support.cjs');

const BATCH = 1000;
const [kind, way, options] = JSON.parse(process.argv[2]);
const client = new Client(options);

const kinds = {
  client: [100_000, () => new Client(options)],
  assertion: [100_000, () => client.assertion()],
  error: [100_000, () => {
    try {
      client.assertion({ audience: ' ' });
    } catch {
      return undefined;
    }
    throw new Error('white space is no audience');
  }],
  token: [10_000, () => client.exchange(CREDENTIALS)],
};

async function main() {
  const [count, make] = kinds[kind];
  let before;
  for (let made = 0; made < count; made += BATCH) {
    if (made === count / 5) before = process.memoryUsage.rss();
    for (let number = 0; number < BATCH; number += 1) {
      const making = make();
      const object = making instanceof Promise ? await making : making;
      if (way === 'closed') object?.close();
    }
    await collected();
  }
  console.log(process.memoryUsage.rss() - before);
}

main();
