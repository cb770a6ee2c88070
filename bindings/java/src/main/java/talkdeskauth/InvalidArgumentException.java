// Rendered from src/error.rs; `make generate` rewrites it.
package talkdeskauth;

import java.util.Map;

/**
 * A pointer that must not be NULL was NULL.
 *
 * <p>When it is safe to repeat: never.
 */
public final class InvalidArgumentException extends TalkdeskAuthException {
    /** The stable code. */
    public static final int CODE = 1;
    private static final long serialVersionUID = 1;

    InvalidArgumentException(String message, boolean retryable, Map<String, String> fields) {
        super(CODE, "invalid_argument", message, retryable, fields);
    }
}
