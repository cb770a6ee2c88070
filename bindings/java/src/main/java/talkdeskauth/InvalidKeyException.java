// Rendered from src/error.rs; `make generate` rewrites it.
package talkdeskauth;

import java.util.Map;
import java.util.Optional;

/**
 * The private key can't be read, or can't be used with the given options.
 *
 * <p>When it is safe to repeat: never.
 */
public final class InvalidKeyException extends TalkdeskAuthException {
    /** The stable code. */
    public static final int CODE = 3;
    private static final long serialVersionUID = 1;

    InvalidKeyException(String message, boolean retryable, Map<String, String> fields) {
        super(CODE, "invalid_key", message, retryable, fields);
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
