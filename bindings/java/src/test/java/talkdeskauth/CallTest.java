package talkdeskauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calls that a future stands for, and the thread that waits for them. */
class CallTest {
    private static final ExchangeParameters CREDENTIALS = new ExchangeParameters().grantType("client_credentials");

    @Test
    void aFutureGivesTheTokenOrTheError() {
        try (Client client = Endpoint.builder("ES256").build(); Client wrong = Endpoint.client("error=invalid_grant")) {
            client.exchangeAsync(CREDENTIALS).join().close();
            assertInstanceOf(OauthException.class, failureOf(wrong.exchangeAsync(CREDENTIALS)));
            for (ExchangeParameters bad : List.of(new ExchangeParameters().code("\0"), new ExchangeParameters().grantType(""))) {
                CompletableFuture<Token> call = client.exchangeAsync(bad);
                assertInstanceOf(InvalidOptionException.class, failureOf(call));
                assertFalse(call.cancel(true));
                assertFalse(call.complete(null));
            }
        }
    }

    @Test
    void whatIsSetAfterTheCallDoesNotCount() {
        try (Client client = Endpoint.client("delay_ms=300")) {
            ExchangeParameters parameters = new ExchangeParameters().grantType("client_credentials").scope("first");
            CompletableFuture<Token> call = client.exchangeAsync(parameters);
            parameters.scope("later");
            try (Token token = call.join()) {
                assertEquals(Optional.of("first"), token.scope());
            }
        }
    }

    @Test
    void oneDaemonThreadWaitsForTwoHundredCalls() throws Exception {
        int before = Endpoint.seen("requests");
        try (Client client = Endpoint.client("delay_ms=1000")) {
            List<CompletableFuture<Token>> calls = start(client, 200);
            Endpoint.awaitRequests(before + 40);
            List<Thread> threads = threads();
            assertEquals(1, threads.size(), threads.toString());
            assertTrue(threads.get(0).isDaemon());
            assertTrue(calls.stream().noneMatch(CompletableFuture::isDone));
            for (CompletableFuture<Token> call : calls) {
                call.join().close();
            }
        }
    }

    @Test
    void whereNoCallIsInFlightThereIsSoonNoThread() throws Exception {
        try (Client client = Endpoint.builder("ES256").build()) {
            for (int round = 0; round < 2; round++) {
                client.exchange(CREDENTIALS).close();
                assertEquals(1, threads().size());
                awaitNoThread();
            }
        }
    }

    /** The continuation blocks its thread until others are done, of which one waits by a future too. */
    @Test
    void aContinuationMayBlock() {
        try (Client client = Endpoint.builder("ES256").build()) {
            String blocked = client.exchangeAsync(CREDENTIALS).thenApply(token -> {
                token.close();
                client.exchange(CREDENTIALS).close();
                try (Token other = client.exchangeAsync(CREDENTIALS).join()) {
                    return other.accessToken();
                }
            }).join();
            assertFalse(blocked.isEmpty());
        }
    }

    @Test
    void aCancellationEndsTheCallAndItsCauseSaysWhetherTheRequestWasSent() throws Exception {
        int before = Endpoint.seen("requests");
        try (Silent silent = new Silent(); Client early = silent.client(); Client late = Endpoint.client("delay_ms=3600000")) {
            CompletableFuture<Token> unsent = early.exchangeAsync(credentials(3600));
            CompletableFuture<Token> sent = late.exchangeAsync(credentials(3600));
            CompletableFuture<Throwable> seen = sent.handle((token, failure) -> failure);
            Endpoint.awaitRequests(before + 1);
            for (CompletableFuture<Token> call : List.of(unsent, sent)) {
                assertTrue(call.cancel(true));
                assertTrue(call.cancel(true));
                assertTrue(call.isCancelled());
            }
            assertInstanceOf(CancelledException.class, causeOf(assertThrows(CancellationException.class, unsent::join)));
            assertInstanceOf(OutcomeUnknownException.class, causeOf(assertThrows(CancellationException.class, sent::get)));
            assertInstanceOf(OutcomeUnknownException.class, causeOf(seen.join()));
            awaitNoThread();
        }
    }

    @Test
    void whatEndsAFutureOtherwiseEndsTheCall() throws Exception {
        int before = Endpoint.seen("requests");
        try (Silent silent = new Silent(); Client early = silent.client(); Client late = Endpoint.client("delay_ms=3600000")) {
            CompletableFuture<Token> unsent = early.exchangeAsync(credentials(3600)).orTimeout(300, TimeUnit.MILLISECONDS);
            assertInstanceOf(CancelledException.class, assertInstanceOf(TimeoutException.class, failureOf(unsent)).getCause());
            CompletableFuture<Token> sent = late.exchangeAsync(credentials(3600));
            Endpoint.awaitRequests(before + 1);
            IllegalStateException reason = new IllegalStateException("given up");
            assertTrue(sent.completeExceptionally(reason));
            assertEquals(reason, failureOf(sent));
            assertInstanceOf(OutcomeUnknownException.class, reason.getCause());
            IllegalStateException explained = new IllegalStateException("given up", reason);
            CompletableFuture<Token> other = late.exchangeAsync(credentials(3600));
            assertTrue(other.completeExceptionally(explained));
            assertEquals(reason, failureOf(other).getCause());
            CompletableFuture<Token> replaced = late.exchangeAsync(credentials(3600));
            assertTrue(replaced.complete(null));
            assertFalse(replaced.cancel(true));
            awaitNoThread();
        }
    }

    @Test
    void aGetWithATimeLimitLeavesTheCall() throws Exception {
        try (Client client = Endpoint.client("delay_ms=1000")) {
            CompletableFuture<Token> call = client.exchangeAsync(CREDENTIALS);
            assertThrows(TimeoutException.class, () -> call.get(1, TimeUnit.MILLISECONDS));
            call.join().close();
            assertFalse(call.cancel(true));
            assertFalse(call.completeExceptionally(new TimeoutException()));
            assertFalse(call.isCompletedExceptionally());
        }
    }

    /** Whenever the cancellation comes, a code is spent only if there is a token or the outcome is said to be unknown. */
    @Test
    void aCancellationAtAnyMomentLosesNoCode() throws Exception {
        int before = Endpoint.seen("codes_used");
        int done = 0;
        int unknown = 0;
        try (Client client = Endpoint.builder("ES256").build()) {
            for (int number = 0; number < 300; number++) {
                CompletableFuture<Token> call = client.exchangeAsync(new ExchangeParameters().grantType("authorization_code")
                    .code(Endpoint.code()).redirectUri(Endpoint.text("redirect_uri")));
                TimeUnit.NANOSECONDS.sleep(number * 10_000L);
                if (call.cancel(true)) {
                    unknown += causeOf(failureOf(call)) instanceof OutcomeUnknownException ? 1 : 0;
                } else {
                    call.join().close();
                    done++;
                }
            }
        }
        int used = Endpoint.seen("codes_used") - before;
        assertTrue(done <= used && used <= done + unknown, done + " done, " + unknown + " unknown, " + used + " used");
    }

    /** What runs on the thread of the queue must not end the calls of others when it fails. */
    @Test
    void callsEndThoughTheirThreadDies() throws Exception {
        try (Client client = Endpoint.client("delay_ms=300"); Pairs pairs = CREDENTIALS.pairs()) {
            CompletableFuture<Token> call = client.exchangeAsync(credentials(3600));
            AtomicReference<Throwable> fatal = new AtomicReference<>();
            CountDownLatch died = new CountDownLatch(1);
            threads().get(0).setUncaughtExceptionHandler((thread, error) -> {
                fatal.set(error);
                died.countDown();
            });
            Call failing = Queue.start(client.handle().enter(), pairs.address(), () -> {
                throw new OutOfMemoryError("made up");
            });
            client.handle().leave();
            died.await();
            assertInstanceOf(OutOfMemoryError.class, fatal.get());
            failing.take().close();
            call.join().close();
            client.exchangeAsync(CREDENTIALS).join().close();
        }
        awaitNoThread();
    }

    /** Makes calls that are in flight when the process ends. */
    static final class Leaving {
        private Leaving() {
        }

        public static void main(String[] arguments) {
            Client client = Client.builder().tokenEndpoint(arguments[0]).clientId(arguments[1]).keyId(arguments[2])
                .privateKeyFile(arguments[3]).build();
            client.exchangeAsync(CREDENTIALS).join();
            Client slow = Client.builder().tokenEndpoint(arguments[4]).clientId(arguments[1]).keyId(arguments[2])
                .privateKeyFile(arguments[3]).build();
            for (int call = 0; call < 100; call++) {
                slow.exchangeAsync(credentials(3600));
            }
            System.out.println("left");
            if (arguments.length > 5) {
                System.exit(0);
            }
        }
    }

    @Test
    void callsInFlightKeepNoProcessAlive(@TempDir Path folder) {
        List<String> arguments = Stream.concat(Endpoint.arguments(Endpoint.text("token_endpoint")).stream(),
            Stream.of(Endpoint.with("delay_ms=3600000"))).collect(Collectors.toList());
        List<String> exits = Stream.concat(arguments.stream(), Stream.of("exit")).collect(Collectors.toList());
        for (List<String> ending : List.of(arguments, exits)) {
            String output = new Program(folder).java(List.of(), Leaving.class, ending);
            assertTrue(output.endsWith("left\n"), output);
        }
    }

    private static List<CompletableFuture<Token>> start(Client client, int count) {
        return Stream.generate(() -> client.exchangeAsync(CREDENTIALS)).limit(count).collect(Collectors.toList());
    }

    private static ExchangeParameters credentials(int timeout) {
        return new ExchangeParameters().grantType("client_credentials").set("timeout", timeout);
    }

    private static Throwable failureOf(CompletableFuture<Token> call) {
        try {
            call.get();
        } catch (CancellationException e) {
            return e;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
        throw new AssertionError("the call did not fail");
    }

    /** The error of the library behind what Java's futures throw. */
    private static Throwable causeOf(Throwable thrown) {
        return thrown instanceof CancellationException || thrown instanceof CompletionException ? causeOf(thrown.getCause()) : thrown;
    }

    private static List<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().equals("talkdeskauth"))
            .collect(Collectors.toList());
    }

    private static void awaitNoThread() throws InterruptedException {
        while (!threads().isEmpty()) {
            Thread.sleep(10);
        }
    }
}
