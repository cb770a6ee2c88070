// Rendered from src/error.rs; `make generate` rewrites it.

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
