// Rendered from src/error.rs and src/protocol/repetition.rs; `make generate` rewrites it.
package talkdeskauth;

import java.util.Map;
import java.util.OptionalLong;

/**
 * The answer is neither a token nor an OAuth error.
 *
 * <p>When it is safe to repeat: for status 429; with grant_type client_credentials also for status 408 and for status 500, 502, 503 and 504.
 */
public final class InvalidResponseException extends TalkdeskAuthException {
    /** The stable code. */
    public static final int CODE = 9;
    private static final long serialVersionUID = 1;

    InvalidResponseException(String message, boolean retryable, Map<String, String> fields) {
        super(CODE, "invalid_response", message, retryable, fields);
    }

    /**
     * The HTTP status code of the answer.
     *
     * @return the field, if this error has it
     */
    public OptionalLong httpStatus() {
        return get("http_status").map(Long::valueOf).map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    /**
     * Seconds to wait, from the answer's Retry-After header (RFC 9110 §10.2.3).
     *
     * @return the field, if this error has it
     */
    public OptionalLong retryAfter() {
        return get("retry_after").map(Long::valueOf).map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }
}
