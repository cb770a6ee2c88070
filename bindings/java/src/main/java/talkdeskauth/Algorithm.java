// Rendered from src/options/table.rs; `make generate` rewrites it.
package talkdeskauth;

/** The choices of the option {@code algorithm}. */
public enum Algorithm {
    /** {@code ES256}. */
    ES256("ES256"),

    /** {@code ES384}. */
    ES384("ES384"),

    /** {@code ES512}. */
    ES512("ES512"),

    /** {@code PS256}. */
    PS256("PS256"),

    /** {@code PS384}. */
    PS384("PS384"),

    /** {@code PS512}. */
    PS512("PS512"),

    /** {@code RS256}. */
    RS256("RS256"),

    /** {@code RS384}. */
    RS384("RS384"),

    /** {@code RS512}. */
    RS512("RS512"),

    /** {@code EdDSA}. */
    EDDSA("EdDSA"),

    /** {@code Ed25519}. */
    ED25519("Ed25519");

    private final String text;

    Algorithm(String text) {
        this.text = text;
    }

    /** The text of the option. */
    @Override
    public String toString() {
        return text;
    }
}
