// Rendered from src/error.rs and src/protocol/repetition.rs; `make generate` rewrites it.
package talkdeskauth;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The token endpoint refused the request with an OAuth error (RFC 6749 §5.2).
 *
 * <p>When it is safe to repeat: for status 429; with grant_type client_credentials also for status 408 and for status 500, 502, 503 and 504.
 */
public final class OauthException extends TalkdeskAuthException {
    /** The stable code. */
    public static final int CODE = 8;
    private static final long serialVersionUID = 1;

    OauthException(String message, boolean retryable, Map<String, String> fields) {
        super(CODE, "oauth_error", message, retryable, fields);
    }

    /**
     * The error code of RFC 6749 §5.2, for example {@code invalid_client}.
     *
     * @return the field, if this error has it
     */
    public Optional<String> error() {
        return get("error");
    }

    /**
     * The server's explanation; the library removes the secrets of the request from it.
     *
     * @return the field, if this error has it
     */
    public Optional<String> errorDescription() {
        return get("error_description");
    }

    /**
     * The URI of a page about the error; the library removes the secrets of the request from it.
     *
     * @return the field, if this error has it
     */
    public Optional<String> errorUri() {
        return get("error_uri");
    }

    /**
     * Seconds by which the server's clock is ahead of this machine's, negative if behind; only if they differ by more than 30.
     *
     * @return the field, if this error has it
     */
    public OptionalLong clockOffset() {
        return get("clock_offset").map(Long::valueOf).map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }
}
