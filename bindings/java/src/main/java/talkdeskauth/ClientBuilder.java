// Rendered from src/options/table.rs; `make generate` rewrites it.
package talkdeskauth;

import java.nio.file.Path;
import java.time.Duration;

/** The options of a client. null means not given. */
public final class ClientBuilder extends Options<ClientBuilder> {
    ClientBuilder() {
    }

    /**
     * Makes a client.
     *
     * <p>It checks all options, above all the key. It sends nothing and makes no connection. It reads HTTPS_PROXY, ALL_PROXY,
     * NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR from the environment; later calls do not read them. In a set-user-ID program, or in
     * one with file capabilities, it ignores them.
     *
     * @return the client
     * @throws InvalidOptionException if an option or parameter is unknown, missing, malformed, given twice, or contradicts another
     * @throws InvalidKeyException if the private key can't be read, or can't be used with the given options
     * @throws InternalException if something failed inside the library, or the operating system refused a resource
     */
    public Client build() {
        return new Client(this);
    }

    /**
     * The account's name, as in {@code https://ACCOUNT.talkdeskid.com}; together with {@code region}, it determines the token endpoint.
     *
     * @param value one label of a domain name
     * @return this
     */
    public ClientBuilder account(String value) {
        return set("account", value);
    }

    /**
     * The account's region; required with {@code account}.
     *
     * @param value {@code us}, {@code eu}, {@code ca}, {@code au}
     * @return this
     */
    public ClientBuilder region(String value) {
        return set("region", value);
    }

    /**
     * The account's region; required with {@code account}.
     *
     * @param value {@code us}, {@code eu}, {@code ca}, {@code au}
     * @return this
     */
    public ClientBuilder region(Region value) {
        return set("region", value);
    }

    /**
     * The URL of the token endpoint, instead of {@code account} and {@code region}; by default, it is also the audience, exactly as given.
     *
     * @param value text on one line
     * @return this
     */
    public ClientBuilder tokenEndpoint(String value) {
        return set("token_endpoint", value);
    }

    /**
     * The client id (RFC 6749 §2.2); required unless the credentials contain it.
     *
     * @param value text on one line
     * @return this
     */
    public ClientBuilder clientId(String value) {
        return set("client_id", value);
    }

    /**
     * The key id, which is sent as {@code kid}; required unless the credentials or the JWK contain it.
     *
     * @param value text on one line
     * @return this
     */
    public ClientBuilder keyId(String value) {
        return set("key_id", value);
    }

    /**
     * The signature algorithm (RFC 7518 §3.1); by default, the algorithm that fits the key (PS256 for RSA).
     *
     * @param value {@code ES256}, {@code ES384}, {@code ES512}, {@code PS256}, {@code PS384}, {@code PS512}, {@code RS256}, {@code RS384}, {@code RS512}, {@code EdDSA}, {@code Ed25519}
     * @return this
     */
    public ClientBuilder algorithm(String value) {
        return set("algorithm", value);
    }

    /**
     * The signature algorithm (RFC 7518 §3.1); by default, the algorithm that fits the key (PS256 for RSA).
     *
     * @param value {@code ES256}, {@code ES384}, {@code ES512}, {@code PS256}, {@code PS384}, {@code PS512}, {@code RS256}, {@code RS384}, {@code RS512}, {@code EdDSA}, {@code Ed25519}
     * @return this
     */
    public ClientBuilder algorithm(Algorithm value) {
        return set("algorithm", value);
    }

    /**
     * The private key in any common form: the vendor's bare base64, PEM or JWK.
     *
     * @param value text; secret
     * @return this
     */
    public ClientBuilder privateKey(String value) {
        return set("private_key", value);
    }

    /**
     * The path of a file that contains the private key, in a form of {@code private_key} or as DER.
     *
     * @param value path of a file
     * @return this
     */
    public ClientBuilder privateKeyFile(String value) {
        return set("private_key_file", value);
    }

    /**
     * The path of a file that contains the private key, in a form of {@code private_key} or as DER.
     *
     * @param value path of a file
     * @return this
     */
    public ClientBuilder privateKeyFile(Path value) {
        return set("private_key_file", value);
    }

    /**
     * The passphrase of an encrypted private key.
     *
     * @param value any text, which may be empty; secret
     * @return this
     */
    public ClientBuilder privateKeyPassphrase(String value) {
        return set("private_key_passphrase", value);
    }

    /**
     * The JSON that the vendor provides: the OAuth client file or the app.installed event.
     *
     * @param value text; secret
     * @return this
     */
    public ClientBuilder credentials(String value) {
        return set("credentials", value);
    }

    /**
     * The path of a file that contains the JSON of {@code credentials}.
     *
     * @param value path of a file
     * @return this
     */
    public ClientBuilder credentialsFile(String value) {
        return set("credentials_file", value);
    }

    /**
     * The path of a file that contains the JSON of {@code credentials}.
     *
     * @param value path of a file
     * @return this
     */
    public ClientBuilder credentialsFile(Path value) {
        return set("credentials_file", value);
    }

    /**
     * The assertion's {@code aud}; by default the client's {@code audience}, or else the token endpoint exactly as given.
     *
     * @param value text on one line
     * @return this
     */
    public ClientBuilder audience(String value) {
        return set("audience", value);
    }

    /**
     * The assertion's {@code typ} header; newer drafts require {@code client-authentication+jwt}.
     *
     * @param value text on one line; by default {@code JWT}
     * @return this
     */
    public ClientBuilder assertionTypeHeader(String value) {
        return set("assertion_type_header", value);
    }

    /**
     * Whole seconds from now until the assertion expires; {@code exp} is never more than 3600 s after {@code iat}.
     *
     * @param value whole seconds, 1 to 3600; by default {@code 300}
     * @return this
     */
    public ClientBuilder assertionLifetime(Duration value) {
        return set("assertion_lifetime", value);
    }

    /**
     * How many seconds making a connection may take (name resolution, TCP and TLS), each time it is tried; the client's {@code timeout} limits them. All addresses of a name share this time; after 0.3 s, the library also tries the addresses of the other family (IPv4 or IPv6).
     *
     * @param value seconds, 0.001 to 3600; by default {@code 10}
     * @return this
     */
    public ClientBuilder connectTimeout(Duration value) {
        return set("connect_timeout", value);
    }

    /**
     * How many seconds the whole exchange may take, including waiting.
     *
     * @param value seconds, 0.001 to 3600; by default {@code 30}
     * @return this
     */
    public ClientBuilder timeout(Duration value) {
        return set("timeout", value);
    }

    /**
     * The URL of an HTTP proxy, instead of HTTPS_PROXY and ALL_PROXY from the environment; it may contain a user and a password. The library never uses a proxy for loopback (localhost, 127.0.0.0/8, ::1).
     *
     * @param value text on one line; secret
     * @return this
     */
    public ClientBuilder proxy(String value) {
        return set("proxy", value);
    }

    /**
     * The hosts to reach without a proxy, separated by commas, instead of NO_PROXY from the environment. Each is a name (which includes all names below it), an address, or a range like 10.0.0.0/8; a name or an address may have a port (HOST:PORT); {@code *} turns proxies off.
     *
     * @param value any text, which may be empty
     * @return this
     */
    public ClientBuilder noProxy(String value) {
        return set("no_proxy", value);
    }

    /**
     * The path of a PEM file with certificate authorities to trust in addition to the system's.
     *
     * @param value path of a file
     * @return this
     */
    public ClientBuilder caFile(String value) {
        return set("ca_file", value);
    }

    /**
     * The path of a PEM file with certificate authorities to trust in addition to the system's.
     *
     * @param value path of a file
     * @return this
     */
    public ClientBuilder caFile(Path value) {
        return set("ca_file", value);
    }

    /**
     * The request's User-Agent header.
     *
     * @param value text on one line; by default {@code talkdesk_auth/VERSION}
     * @return this
     */
    public ClientBuilder userAgent(String value) {
        return set("user_agent", value);
    }

    /**
     * Whether an assertion that the server refused is signed and sent once more by the server's clock, if this machine's clock is wrong.
     *
     * @param value {@code true} or {@code false}; by default {@code true}
     * @return this
     */
    public ClientBuilder clockCorrection(boolean value) {
        return set("clock_correction", value);
    }

    /**
     * How often a call may send its request again after a failure that spends no grant, while its {@code timeout} lasts. Before each time, it waits: half a second at most at first, then longer, and at least as long as the server asks for (Retry-After).
     *
     * @param value whole number, 0 to 10; by default {@code 2}
     * @return this
     */
    public ClientBuilder maxRetries(int value) {
        return set("max_retries", value);
    }

    /**
     * Whether a token endpoint outside loopback may use plain HTTP; tokens then cross the network unencrypted.
     *
     * @param value {@code true} or {@code false}; by default {@code false}
     * @return this
     */
    public ClientBuilder allowHttp(boolean value) {
        return set("allow_http", value);
    }
}
