package talkdeskauth;

import java.time.Instant;

/** A signed JWT client assertion (RFC 7523 §2.2): good for one request, until it expires. A secret. */
public final class Assertion extends NativeObject {
    Assertion(long address) {
        super(address);
    }

    /**
     * The assertion as it is sent, in JWS compact serialisation (RFC 7515 §7.1). A secret.
     *
     * @return the JWT
     */
    public String jwt() {
        return text(Library::td_assertion_jwt);
    }

    /**
     * Its identifier.
     *
     * @return the claim
     */
    public String jti() {
        return part("jti");
    }

    /**
     * Its audience.
     *
     * @return the claim
     */
    public String aud() {
        return part("aud");
    }

    /**
     * When it was issued: 5 s before it was, since clocks differ.
     *
     * @return the claim
     */
    public Instant iat() {
        return time("iat");
    }

    /**
     * When it expires.
     *
     * @return the claim
     */
    public Instant exp() {
        return time("exp");
    }

    /**
     * The whole header.
     *
     * @return JSON
     */
    public String header() {
        return part("header");
    }

    /**
     * All claims.
     *
     * @return JSON
     */
    public String claims() {
        return part("claims");
    }

    @Override
    String summary() {
        return "aud=" + aud() + ", exp=" + exp();
    }

    private Instant time(String name) {
        return Instant.ofEpochSecond(Long.parseLong(part(name)));
    }

    private String part(String name) {
        return member(Library::td_assertion_get, name).orElseThrow();
    }
}
