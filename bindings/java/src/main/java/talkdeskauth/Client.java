package talkdeskauth;

import java.lang.ref.Reference;
import java.util.Map;
import java.util.Objects;
// generated: imports
import java.util.Optional;
// end of generated
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;

// generated: Client
/**
 * A registered client, with its parsed private key and its token endpoint.
 *
 * <p>Make one client and keep it, because it holds connections and the trust store. Any number of threads may use it at once.
 */
public final class Client extends Closable {
    // end of generated

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
     * value may change if a later version of the library reloads a changed key.
     *
     * @param name its name
     * @return its value; empty if the option is secret, unset or unknown
     */
    public Optional<String> get(String name) {
        return member(Library::td_client_get, name);
    }

    /**
     * The seconds by which the token endpoint's clock is ahead of this machine's, negative if behind, or 0.
     *
     * <p>The library learns them if the server refuses an assertion because of the clock, and accepts one that was signed by its
     * own clock (see {@code clock_correction}). It then signs by that clock. All clients of the endpoint in this process share the
     * value.
     *
     * @return the clock offset
     */
    public long clockOffset() {
        return number(Library::td_client_clock_offset);
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
     * <p>The call blocks this thread until the answer arrives or the deadline ({@code timeout}) passes. An interrupt cancels the
     * call, and the thread stays interrupted. A virtual thread that waits holds no carrier thread.
     *
     * @param parameters the grant, and the values that differ from the client's
     * @return the token
     * @throws InvalidOptionException if an option or parameter is unknown, missing, malformed, given twice, or contradicts another
     * @throws ConnectionFailedException if the library could not connect to the token endpoint; nothing was sent
     * @throws TlsFailedException if the TLS handshake failed; the server processed no request
     * @throws DeadlineExceededException if the deadline passed before anything was sent
     * @throws OutcomeUnknownException if the request was sent, but no complete answer came; a code or a refresh token may be spent
     * @throws OauthException if the token endpoint refused the request with an OAuth error (RFC 6749 §5.2)
     * @throws InvalidResponseException if the answer is neither a token nor an OAuth error
     * @throws InternalException if something failed inside the library, or the operating system refused a resource
     * @throws CancelledException if an interrupt came before anything was sent
     */
    public Token exchange(ExchangeParameters parameters) {
        // end of generated
        Objects.requireNonNull(parameters, "parameters");
        if (Thread.currentThread().isInterrupted()) {
            throw new CancelledException("the thread was interrupted before the call; nothing was sent", true, Map.of());
        }
        CountDownLatch ended = new CountDownLatch(1);
        Call call = start(parameters, ended::countDown);
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            call.cancel();
        }
        return call.take();
    }

    /**
     * Starts an exchange as {@link #exchange} makes it, and returns at once. The deadline counts from now. Any number of calls may be in
     * flight; one daemon thread of this package waits for all of them. The future completes on the default executor of
     * {@link CompletableFuture}, the common pool, so code that hangs on the future may block.
     *
     * <p>If you cancel the future, you cancel the call; {@code orTimeout} cancels it too. The cause of the
     * {@link java.util.concurrent.CancellationException} or {@link java.util.concurrent.TimeoutException} is then a
     * {@link CancelledException} if nothing was sent, or else an {@link OutcomeUnknownException}: a code or a refresh token may be spent.
     * If the call had ended before, the future completes with its outcome instead. A {@code get} with a time limit and a closing of the
     * client end no call.
     *
     * @param parameters the grant; later changes of the parameters don't affect the call
     * @return the token, or a {@link TalkdeskAuthException}
     */
    public CompletableFuture<Token> exchangeAsync(ExchangeParameters parameters) {
        Objects.requireNonNull(parameters, "parameters");
        return new CallFuture(hasEnded -> start(parameters, hasEnded));
    }

    private Call start(ExchangeParameters parameters, Runnable hasEnded) {
        try {
            long client = handle().enter();
            try (Pairs pairs = parameters.pairs()) {
                return Queue.start(client, pairs.address(), hasEnded);
            } finally {
                handle().leave();
            }
        } finally {
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
