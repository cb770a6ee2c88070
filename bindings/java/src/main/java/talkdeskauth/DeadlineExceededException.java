// Rendered from src/error.rs; `make generate` rewrites it.
package talkdeskauth;

import java.util.Map;

/**
 * The deadline passed before anything was sent.
 *
 * <p>When it is safe to repeat: always.
 */
public final class DeadlineExceededException extends TalkdeskAuthException {
    /** The stable code. */
    public static final int CODE = 6;
    private static final long serialVersionUID = 1;

    DeadlineExceededException(String message, boolean retryable, Map<String, String> fields) {
        super(CODE, "deadline_exceeded", message, retryable, fields);
    }
}
