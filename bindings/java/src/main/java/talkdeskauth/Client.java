package talkdeskauth;

import java.lang.ref.Reference;
import java.util.Objects;
// generated: imports
import java.util.Optional;
// end of generated
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A registered client: its private key, parsed once, and its token endpoint.
 *
 * <p>Make one and keep it: it holds open connections and the trust store. Any number of threads may use it at once.
 */
public final class Client extends Closable {
    Client(ClientBuilder options) {
        super(create(options));
    }

    private static long create(ClientBuilder options) {
        Library.ready();
        try (Pairs pairs = options.pairs()) {
            return Library.made(Library.td_client_new(pairs.address(), Library.out()));
        }
    }

    /**
     * Begins to make a client.
     *
     * @return a builder without options
     */
    public static ClientBuilder builder() {
        return new ClientBuilder();
    }

    // generated: getters
    /**
     * The given, resolved or default value of a client option.
     *
     * <p>{@code algorithm}, {@code audience}, {@code client_id}, {@code key_id} and {@code token_endpoint} always have a value. A
     * value may change if a later version of the library reloads a changed key. A string that was given out stays valid and
     * unchanged as long as the client lives.
     *
     * @param name its name
     * @return its value; empty if the option is secret, unset or unknown
     */
    public Optional<String> get(String name) {
        return member(Library::td_client_get, name);
    }
    // end of generated

    // generated: assertion
    /**
     * Signs a fresh assertion, for a program that sends the token request itself.
     *
     * <p>The program puts two fields into its form (RFC 7523 §2.2): {@code client_assertion_type}, which is {@code
     * urn:ietf:params:oauth:client-assertion-type:jwt-bearer}, and {@code client_assertion}, which is the JWT. {@link
     * Client#exchange} makes its own assertion.
     *
     * @return the assertion
     * @throws InvalidOptionException if an option or parameter is unknown, missing, malformed, given twice, or contradicts another
     * @throws InternalException if something failed inside the library, or the operating system refused a resource
     */
    public Assertion assertion() {
        return assertion(0);
    }

    /**
     * Signs a fresh assertion, for a program that sends the token request itself.
     *
     * <p>The program puts two fields into its form (RFC 7523 §2.2): {@code client_assertion_type}, which is {@code
     * urn:ietf:params:oauth:client-assertion-type:jwt-bearer}, and {@code client_assertion}, which is the JWT. {@link
     * Client#exchange} makes its own assertion.
     *
     * @param options the values that differ from the client's
     * @return the assertion
     * @throws InvalidOptionException if an option or parameter is unknown, missing, malformed, given twice, or contradicts another
     * @throws InternalException if something failed inside the library, or the operating system refused a resource
     */
    public Assertion assertion(AssertionOptions options) {
        // end of generated
        try (Pairs pairs = Objects.requireNonNull(options, "options").pairs()) {
            return assertion(pairs.address());
        }
    }

    private Assertion assertion(long options) {
        try {
            long client = handle().enter();
            try {
                return new Assertion(Library.made(Library.td_assertion_new(client, options, Library.out())));
            } finally {
                handle().leave();
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    // generated: exchange
    /**
     * Exchanges a grant for a token, and authenticates the client with a fresh assertion (RFC 7523 §2.2).
     *
     * <p>After {@link OutcomeUnknownException}, a code or a refresh token may be spent.
     *
     * <p>The call blocks this thread until the answer arrives or the deadline ({@code timeout}) passes. Nothing can interrupt it,
     * not even {@link Thread#interrupt}. On a virtual thread, the call runs as {@link #exchangeAsync} does, so that other virtual
     * threads can run meanwhile.
     *
     * @param parameters the grant, and the values that differ from the client's
     * @return the token
     * @throws InvalidOptionException if an option or parameter is unknown, missing, malformed, given twice, or contradicts another
     * @throws ConnectionFailedException if the library could not connect to the token endpoint; nothing was sent
     * @throws TlsFailedException if the TLS handshake failed; nothing was sent
     * @throws DeadlineExceededException if the deadline passed before anything was sent
     * @throws OutcomeUnknownException if the request was sent, but no complete answer came; a code or a refresh token may be spent
     * @throws OauthException if the token endpoint refused the request with an OAuth error (RFC 6749 §5.2)
     * @throws InvalidResponseException if the answer is neither a token nor an OAuth error
     * @throws InternalException if something failed inside the library, or the operating system refused a resource
     */
    public Token exchange(ExchangeParameters parameters) {
        // end of generated
        Objects.requireNonNull(parameters, "parameters");
        return Workers.isVirtual() ? Workers.join(exchangeAsync(parameters)) : exchange(handle().enter(), parameters, 0);
    }

    /**
     * Does the same as {@link #exchange}, on one of 64 threads of this package. These are daemon threads, and so is one more,
     * which keeps the time. If all are busy, the call waits for its turn. The wait counts as part of the timeout. If the turn has
     * not come by the deadline, the call ends with a {@link DeadlineExceededException}.
     *
     * <p>If you cancel the future before the call's turn, nothing is sent. If you cancel it later, only the wait ends: the call
     * goes on, its result is freed, and a code or a refresh token may be spent. If you close the client, the call still finishes.
     * Code that you attach to the future runs on a thread of this package and must not block it. Run code that may block on your
     * own threads, for example with {@code thenApplyAsync}.
     *
     * @param parameters the grant; later changes of the parameters don't affect the call
     * @return the token, or a {@link TalkdeskAuthException}
     */
    public CompletableFuture<Token> exchangeAsync(ExchangeParameters parameters) {
        ExchangeParameters copy = new ExchangeParameters().with(Objects.requireNonNull(parameters, "parameters"));
        long patience = Waiting.most(copy, get("timeout").orElse(null));
        long address = handle().enter();
        return Workers.run(waited -> exchange(address, copy, waited), handle()::leave, patience);
    }

    /** Exchanges in a call that has already entered the handle, and leaves the handle. */
    private Token exchange(long client, ExchangeParameters parameters, long waited) {
        try (Pairs pairs = Waiting.pairs(parameters, waited)) {
            return new Token(Library.made(Library.td_token_exchange(client, pairs.address(), Library.out())));
        } finally {
            handle().leave();
            Reference.reachabilityFence(this);
        }
    }

    @Override
    String summary() {
        return Stream.of("client_id", "key_id", "token_endpoint")
                .map(name -> name + "=" + get(name).orElse(""))
                .collect(Collectors.joining(", "));
    }
}
