// Rendered from src/error.rs and src/protocol/repetition.rs; `make generate` rewrites it.
package talkdeskauth;

import java.util.Map;

/**
 * The library could not connect to the token endpoint; nothing was sent.
 *
 * <p>When it is safe to repeat: if no connection was made; not if the proxy refuses or localhost is another machine.
 */
public final class ConnectionFailedException extends TalkdeskAuthException {
    /** The stable code. */
    public static final int CODE = 4;
    private static final long serialVersionUID = 1;

    ConnectionFailedException(String message, boolean retryable, Map<String, String> fields) {
        super(CODE, "connection_failed", message, retryable, fields);
    }
}
