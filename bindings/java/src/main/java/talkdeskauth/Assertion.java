package talkdeskauth;

// generated: imports
import java.time.Instant;
// end of generated

// generated: Assertion
/**
 * A signed JWT client assertion (RFC 7523 §2.2), for one request before it expires.
 *
 * <p>It is a secret. {@link Client#assertion} makes it.
 */
public final class Assertion extends Closable {
    Assertion(long address) {
        super(address);
    }

    /**
     * The JWT as it is sent, in JWS compact serialisation (RFC 7515 §7.1).
     *
     * <p>It is the value of {@code client_assertion}. It is a secret.
     *
     * @return the jwt
     */
    public String jwt() {
        return text(Library::td_assertion_jwt);
    }

    /**
     * The assertion's identifier, fresh and random.
     *
     * @return the jti
     */
    public String jti() {
        return member(Library::td_assertion_get, "jti").orElseThrow();
    }

    /**
     * The audience.
     *
     * @return the aud
     */
    public String aud() {
        return member(Library::td_assertion_get, "aud").orElseThrow();
    }

    /**
     * The time at which the assertion was issued.
     *
     * <p>It is 5 s in the past, because clocks differ.
     *
     * @return the time
     */
    public Instant iat() {
        return Instant.ofEpochSecond(Long.parseLong(member(Library::td_assertion_get, "iat").orElseThrow()));
    }

    /**
     * The time at which the assertion expires.
     *
     * @return the time
     */
    public Instant exp() {
        return Instant.ofEpochSecond(Long.parseLong(member(Library::td_assertion_get, "exp").orElseThrow()));
    }

    /**
     * The whole header (RFC 7515 §4).
     *
     * @return JSON
     */
    public String header() {
        return member(Library::td_assertion_get, "header").orElseThrow();
    }

    /**
     * All claims (RFC 7519 §4).
     *
     * @return JSON
     */
    public String claims() {
        return member(Library::td_assertion_get, "claims").orElseThrow();
    }
    // end of generated

    @Override
    String summary() {
        return "aud=" + aud() + ", exp=" + exp();
    }
}
