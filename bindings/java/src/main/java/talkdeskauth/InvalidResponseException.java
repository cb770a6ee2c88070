// Rendered from src/error.rs and src/protocol/repetition.rs; `make generate` rewrites it.
package talkdeskauth;

import java.util.Map;

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
}
