package talkdeskauth;

// generated: imports
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
// end of generated

// generated: Token
/**
 * The answer of the token endpoint: an access token and everything that came with it.
 *
 * <p>Everything in it is secret. {@link Client#exchange} makes it.
 */
public final class Token extends Closable {
    Token(long address) {
        super(address);
    }

    /**
     * The access token (RFC 6749 §1.4); it is never empty.
     *
     * @return the access token
     */
    public String accessToken() {
        return text(Library::td_token_access_token);
    }

    /**
     * The token's type (RFC 6749 §7.1) as the server wrote it, or {@code Bearer} if the answer has none.
     *
     * <p>Ignore case when you compare it.
     *
     * @return the token type
     */
    public String tokenType() {
        return text(Library::td_token_type);
    }

    /**
     * The time at which the access token expires.
     *
     * <p>It is computed from the wall clock at the exchange.
     *
     * @return the time; empty if the server did not say
     */
    public Optional<Instant> expiresAt() {
        long seconds = number(Library::td_token_expires_at);
        return seconds < 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(seconds));
    }

    /**
     * The whole seconds until the access token expires, or 0 if it has expired.
     *
     * <p>The countdown continues while the machine is suspended. It does not change when somebody sets the clock.
     *
     * @return the seconds; empty if the server did not say
     */
    public OptionalLong secondsLeft() {
        long seconds = number(Library::td_token_seconds_left);
        return seconds < 0 ? OptionalLong.empty() : OptionalLong.of(seconds);
    }

    /**
     * The granted scopes, separated by spaces.
     *
     * <p>If the server left the scope out, they are the requested ones (RFC 6749 §5.1).
     *
     * @return the scope; empty if neither the answer nor the request has any
     */
    public Optional<String> scope() {
        return member(Library::td_token_get, "scope");
    }

    /**
     * The refresh token (RFC 6749 §6).
     *
     * @return the refresh token; empty if the answer has none
     */
    public Optional<String> refreshToken() {
        return member(Library::td_token_get, "refresh_token");
    }

    /**
     * The ID token (OpenID Connect Core §2), which the library does not check.
     *
     * @return the id token; empty if the answer has none
     */
    public Optional<String> idToken() {
        return member(Library::td_token_get, "id_token");
    }

    /**
     * A member of the response: a string as it is, anything else as JSON.
     *
     * @param name its name
     * @return its value; empty if it is absent or null, or has a NUL
     */
    public Optional<String> get(String name) {
        return member(Library::td_token_get, name);
    }

    /**
     * The whole response, as the JSON text that the server wrote.
     *
     * @return JSON
     */
    public String json() {
        return text(Library::td_token_json);
    }
    // end of generated

    @Override
    String summary() {
        OptionalLong left = secondsLeft();
        return "seconds_left=" + (left.isPresent() ? left.getAsLong() : "unknown");
    }
}
