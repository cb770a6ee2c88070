// Rendered from src/error.rs; `make generate` rewrites it.
package talkdeskauth;

import java.util.Map;

/**
 * The request was sent, but no complete answer came; a code or a refresh token may be spent.
 *
 * <p>When it is safe to repeat: with grant_type client_credentials.
 */
public final class OutcomeUnknownException extends TalkdeskAuthException {
    /** The stable code. */
    public static final int CODE = 7;
    private static final long serialVersionUID = 1;

    OutcomeUnknownException(String message, boolean retryable, Map<String, String> fields) {
        super(CODE, "outcome_unknown", message, retryable, fields);
    }
}
