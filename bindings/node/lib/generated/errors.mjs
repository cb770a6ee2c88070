// Rendered from src/error.rs and src/protocol/repetition.rs; `make generate` rewrites it.

export {
  InvalidArgumentError,
  InvalidOptionError,
  InvalidKeyError,
  ConnectionFailedError,
  TlsFailedError,
  DeadlineExceededError,
  OutcomeUnknownError,
  OauthError,
  InvalidResponseError,
  InternalError,
  CancelledError,
} from './errors.cjs';
