// Rendered from src/options/table.rs; `make generate` rewrites it.
package talkdeskauth;

import java.time.Duration;
import java.util.Map;

/** The options of an assertion. null means not given. */
public final class AssertionOptions extends Options<AssertionOptions> {
    /** Makes an object in which nothing is set. */
    public AssertionOptions() {
    }

    /**
     * The assertion's {@code aud}; by default the client's {@code audience}, or else the token endpoint exactly as given.
     *
     * @param value text on one line
     * @return this
     */
    public AssertionOptions audience(String value) {
        return set("audience", value);
    }

    /**
     * Whole seconds from now until the assertion expires; {@code exp} is never more than 3600 s after {@code iat}.
     *
     * @param value whole seconds, 1 to 3600; by default the client's value
     * @return this
     */
    public AssertionOptions assertionLifetime(Duration value) {
        return set("assertion_lifetime", value);
    }

    /**
     * A further claim of the assertion; it can't replace a claim of RFC 7523 §3.
     *
     * @param name its name
     * @param value text, a number, true or false, a list or a map
     * @return this
     */
    public AssertionOptions claim(String name, Object value) {
        return member("claim.", name, value);
    }

    /**
     * A further claim of the assertion; it can't replace a claim of RFC 7523 §3.
     *
     * @param members names and their values; a value is text, a number, true or false, a list or a map
     * @return this
     */
    public AssertionOptions claims(Map<String, ?> members) {
        if (members != null) {
            members.forEach((name, value) -> member("claim.", name, value));
        }
        return this;
    }
}
