// Rendered from src/error.rs; `make generate` rewrites it.
package talkdeskauth;

import java.util.Map;
import java.util.Optional;

/**
 * An option or parameter is unknown, missing, malformed, given twice, or contradicts another.
 *
 * <p>When it is safe to repeat: never.
 */
public final class InvalidOptionException extends TalkdeskAuthException {
    /** The stable code. */
    public static final int CODE = 2;
    private static final long serialVersionUID = 1;

    InvalidOptionException(String message, boolean retryable, Map<String, String> fields) {
        super(CODE, "invalid_option", message, retryable, fields);
    }

    /**
     * The name of the option or parameter that caused the error, if one did.
     *
     * @return the field, if this error has it
     */
    public Optional<String> option() {
        return get("option");
    }
}
