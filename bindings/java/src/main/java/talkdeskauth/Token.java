package talkdeskauth;

// generated: imports
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
// end of generated

// generated: Token
/**
 * What the token endpoint answered: an access token and all that came with it.
 *
 * <p>Everything in it is secret. {@link Client#exchange} makes it.
 */
public final class Token extends Closable {
    Token(long address) {
        super(address);
    }

    /**
     * The access token (RFC 6749 §1.4); never empty.
     *
     * @return the access token
     */
    public String accessToken() {
        return text(Library::td_token_access_token);
    }

    /**
     * The token's type (RFC 6749 §7.1) as the server wrote it, {@code Bearer} where it said nothing.
     *
     * <p>Compare it without case.
     *
     * @return the token type
     */
    public String tokenType() {
        return text(Library::td_token_type);
    }

    /**
     * When the access token expires.
     *
     * <p>It is a time by the wall clock of the exchange.
     *
     * @return the time; empty where the server did not say
     */
    public Optional<Instant> expiresAt() {
        long seconds = number(Library::td_token_expires_at);
        return seconds < 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(seconds));
    }

    /**
     * Whole seconds until the access token expires, 0 once it has.
     *
     * <p>It counts while the machine is suspended, and does not change when somebody sets the clock.
     *
     * @return the seconds; empty where the server did not say
     */
    public OptionalLong secondsLeft() {
        long seconds = number(Library::td_token_seconds_left);
        return seconds < 0 ? OptionalLong.empty() : OptionalLong.of(seconds);
    }

    /**
     * The granted scopes, separated by spaces.
     *
     * <p>Where the server left the scope out, they are the requested ones (RFC 6749 §5.1).
     *
     * @return the scope; empty where nobody named any
     */
    public Optional<String> scope() {
        return member(Library::td_token_get, "scope");
    }

    /**
     * The refresh token (RFC 6749 §6).
     *
     * @return the refresh token; empty where none came
     */
    public Optional<String> refreshToken() {
        return member(Library::td_token_get, "refresh_token");
    }

    /**
     * The ID token (OpenID Connect Core §2), unchecked.
     *
     * @return the id token; empty where none came
     */
    public Optional<String> idToken() {
        return member(Library::td_token_get, "id_token");
    }

    /**
     * Any member of the response: a string as it is, anything else as JSON.
     *
     * <p>An omitted {@code scope} reads as the requested one (RFC 6749 §5.1).
     *
     * @param name its name
     * @return its value; empty where it is absent, null or holds a NUL
     */
    public Optional<String> get(String name) {
        return member(Library::td_token_get, name);
    }

    /**
     * The whole response, JSON as the server wrote it.
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
