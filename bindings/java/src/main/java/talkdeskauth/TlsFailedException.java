// Rendered from src/error.rs and src/protocol/repetition.rs; `make generate` rewrites it.
package talkdeskauth;

import java.util.Map;

/**
 * The TLS handshake failed; the server processed no request.
 *
 * <p>When it is safe to repeat: if the handshake broke off; not if one side refused the other.
 */
public final class TlsFailedException extends TalkdeskAuthException {
    /** The stable code. */
    public static final int CODE = 5;
    private static final long serialVersionUID = 1;

    TlsFailedException(String message, boolean retryable, Map<String, String> fields) {
        super(CODE, "tls_failed", message, retryable, fields);
    }
}
