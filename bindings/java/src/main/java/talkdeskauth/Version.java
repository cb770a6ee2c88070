// Rendered from Cargo.toml; `make generate` rewrites it.
package talkdeskauth;

/** The version of this package, and of the shared library inside it. */
final class Version {
    static final String VALUE = "0.1.0";

    private Version() {
    }
}
