// Rendered from src/error.rs and src/protocol/repetition.rs; `make generate` rewrites it.
package talkdeskauth;

import java.util.List;
import java.util.Map;

/** The class of each code. */
final class ErrorTable {
    /** Each field that an error may have. */
    static final List<String> FIELDS = List.of(
        "clock_offset", "error", "error_description", "error_uri", "http_status", "option", "retry_after");

    private ErrorTable() {
    }

    static TalkdeskAuthException exception(int code, String name, String message, boolean retryable, Map<String, String> fields) {
        switch (code) {
            case InvalidArgumentException.CODE:
                return new InvalidArgumentException(message, retryable, fields);
            case InvalidOptionException.CODE:
                return new InvalidOptionException(message, retryable, fields);
            case InvalidKeyException.CODE:
                return new InvalidKeyException(message, retryable, fields);
            case ConnectionFailedException.CODE:
                return new ConnectionFailedException(message, retryable, fields);
            case TlsFailedException.CODE:
                return new TlsFailedException(message, retryable, fields);
            case DeadlineExceededException.CODE:
                return new DeadlineExceededException(message, retryable, fields);
            case OutcomeUnknownException.CODE:
                return new OutcomeUnknownException(message, retryable, fields);
            case OauthException.CODE:
                return new OauthException(message, retryable, fields);
            case InvalidResponseException.CODE:
                return new InvalidResponseException(message, retryable, fields);
            case InternalException.CODE:
                return new InternalException(message, retryable, fields);
            case CancelledException.CODE:
                return new CancelledException(message, retryable, fields);
            default:
                return new TalkdeskAuthException(code, name, message, retryable, fields);
        }
    }
}
