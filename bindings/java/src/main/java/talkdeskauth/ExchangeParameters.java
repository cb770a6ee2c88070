// Rendered from src/options/table.rs; `make generate` rewrites it.
package talkdeskauth;

import java.time.Duration;
import java.util.Collection;
import java.util.Map;

/** The parameters of an exchange. null means not given. */
public final class ExchangeParameters extends Options<ExchangeParameters> {
    /** Makes an object in which nothing is set. */
    public ExchangeParameters() {
    }

    /**
     * The assertion's {@code aud}; by default the client's {@code audience}, or else the token endpoint exactly as given.
     *
     * @param value text on one line
     * @return this
     */
    public ExchangeParameters audience(String value) {
        return set("audience", value);
    }

    /**
     * Whole seconds from now until the assertion expires; {@code exp} is never more than 3600 s after {@code iat}.
     *
     * @param value whole seconds, 1 to 3600; by default the client's value
     * @return this
     */
    public ExchangeParameters assertionLifetime(Duration value) {
        return set("assertion_lifetime", value);
    }

    /**
     * How many seconds the whole exchange may take, including waiting.
     *
     * @param value seconds, 0.001 to 3600; by default the client's value
     * @return this
     */
    public ExchangeParameters timeout(Duration value) {
        return set("timeout", value);
    }

    /**
     * A further claim of the assertion; it can't replace a claim of RFC 7523 §3.
     *
     * @param name its name
     * @param value text, a number, true or false, a list or a map
     * @return this
     */
    public ExchangeParameters claim(String name, Object value) {
        return member("claim.", name, value);
    }

    /**
     * A further claim of the assertion; it can't replace a claim of RFC 7523 §3.
     *
     * @param members names and their values; a value is text, a number, true or false, a list or a map
     * @return this
     */
    public ExchangeParameters claims(Map<String, ?> members) {
        if (members != null) {
            members.forEach((name, value) -> member("claim.", name, value));
        }
        return this;
    }

    /**
     * The grant type: {@code authorization_code}, {@code refresh_token}, {@code client_credentials}, or another one that the server knows; required.
     *
     * @param value text on one line
     * @return this
     */
    public ExchangeParameters grantType(String value) {
        return set("grant_type", value);
    }

    /**
     * The authorization code (RFC 6749 §4.1.3).
     *
     * @param value text on one line; secret
     * @return this
     */
    public ExchangeParameters code(String value) {
        return set("code", value);
    }

    /**
     * The redirect URI; it must be identical to the one in the authorization request.
     *
     * @param value text on one line
     * @return this
     */
    public ExchangeParameters redirectUri(String value) {
        return set("redirect_uri", value);
    }

    /**
     * The PKCE code verifier (RFC 7636 §4.1): 43 to 128 letters, digits or {@code -._~}.
     *
     * @param value text on one line; secret
     * @return this
     */
    public ExchangeParameters codeVerifier(String value) {
        return set("code_verifier", value);
    }

    /**
     * The refresh token (RFC 6749 §6).
     *
     * @param value text on one line; secret
     * @return this
     */
    public ExchangeParameters refreshToken(String value) {
        return set("refresh_token", value);
    }

    /**
     * The requested scopes, separated by spaces.
     *
     * @param value words on one line, separated by spaces, or a list of them
     * @return this
     */
    public ExchangeParameters scope(String value) {
        return set("scope", value);
    }

    /**
     * The requested scopes, separated by spaces.
     *
     * @param value words on one line, separated by spaces, or a list of them
     * @return this
     */
    public ExchangeParameters scope(Collection<String> value) {
        return set("scope", value);
    }

    /**
     * A further field of the token request; it can't replace a field that the library sets.
     *
     * @param name its name
     * @param value any text, which may be empty; secret
     * @return this
     */
    public ExchangeParameters param(String name, String value) {
        return member("param.", name, value);
    }

    /**
     * A further field of the token request; it can't replace a field that the library sets.
     *
     * @param members names and their values; a value is any text, which may be empty; secret
     * @return this
     */
    public ExchangeParameters params(Map<String, ?> members) {
        if (members != null) {
            members.forEach((name, value) -> member("param.", name, value));
        }
        return this;
    }
}
