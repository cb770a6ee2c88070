// Rendered from src/error.rs; `make generate` rewrites it.
package talkdeskauth;

import java.util.Map;

/**
 * The call was cancelled before anything was sent.
 *
 * <p>When it is safe to repeat: always.
 */
public final class CancelledException extends TalkdeskAuthException {
    /** The stable code. */
    public static final int CODE = 11;
    private static final long serialVersionUID = 1;

    CancelledException(String message, boolean retryable, Map<String, String> fields) {
        super(CODE, "cancelled", message, retryable, fields);
    }
}
