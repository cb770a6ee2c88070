'use strict';

const { Client } = require('./client.cjs');
const { Assertion } = require('./assertion.cjs');
const { Token } = require('./token.cjs');
const { TalkdeskAuthError } = require('./error.cjs');

module.exports = {
  ...require('./generated/errors.cjs'),
  Client,
  Assertion,
  Token,
  TalkdeskAuthError,
};
