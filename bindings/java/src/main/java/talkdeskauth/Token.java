package talkdeskauth;

import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;

/** What the token endpoint answered: an access token and all that came with it. Everything in it is secret. */
public final class Token extends NativeObject {
    Token(long address) {
        super(address);
    }

    /**
     * The access token (RFC 6749 §1.4): never empty.
     *
     * @return the access token
     */
    public String accessToken() {
        return text(Library::td_token_access_token);
    }

    /**
     * Its type (RFC 6749 §7.1) as the server wrote it: compare it without case.
     *
     * @return the type
     */
    public String tokenType() {
        return text(Library::td_token_type);
    }

    /**
     * When the access token expires, by the wall clock of the exchange.
     *
     * @return the time, where the server said it
     */
    public Optional<Instant> expiresAt() {
        long seconds = number(Library::td_token_expires_at);
        return seconds < 0 ? Optional.empty() : Optional.of(Instant.ofEpochSecond(seconds));
    }

    /**
     * Whole seconds until the access token expires, 0 once it has. Counts while the machine is suspended, and does not care when somebody
     * sets the clock.
     *
     * @return the seconds, where the server said them
     */
    public OptionalLong secondsLeft() {
        long seconds = number(Library::td_token_seconds_left);
        return seconds < 0 ? OptionalLong.empty() : OptionalLong.of(seconds);
    }

    /**
     * The granted scopes, separated by spaces; the requested ones where the server did not say (RFC 6749 §5.1).
     *
     * @return the scopes
     */
    public Optional<String> scope() {
        return get("scope");
    }

    /**
     * The refresh token (RFC 6749 §6).
     *
     * @return the refresh token, where one came
     */
    public Optional<String> refreshToken() {
        return get("refresh_token");
    }

    /**
     * The ID token, unchecked.
     *
     * @return the ID token, where one came
     */
    public Optional<String> idToken() {
        return get("id_token");
    }

    /**
     * Any member of the response.
     *
     * @param name its name
     * @return a string as it is, anything else as JSON; empty where it is absent or null
     */
    public Optional<String> get(String name) {
        return member(Library::td_token_get, name);
    }

    /**
     * The whole response, as the server wrote it.
     *
     * @return JSON
     */
    public String json() {
        return text(Library::td_token_json);
    }

    @Override
    String summary() {
        OptionalLong left = secondsLeft();
        return "seconds_left=" + (left.isPresent() ? left.getAsLong() : "unknown");
    }
}
