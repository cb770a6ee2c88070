export { Client } from './client.cjs';
export { Assertion } from './assertion.cjs';
export { Token } from './token.cjs';
export { TalkdeskAuthError } from './error.cjs';
export * from './generated/errors.mjs';
