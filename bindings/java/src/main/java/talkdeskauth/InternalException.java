// Rendered from src/error.rs; `make generate` rewrites it.
package talkdeskauth;

import java.util.Map;

/**
 * Something failed inside the library, or the operating system refused a resource.
 *
 * <p>When it is safe to repeat: never.
 */
public final class InternalException extends TalkdeskAuthException {
    /** The stable code. */
    public static final int CODE = 10;
    private static final long serialVersionUID = 1;

    InternalException(String message, boolean retryable, Map<String, String> fields) {
        super(CODE, "internal", message, retryable, fields);
    }
}
