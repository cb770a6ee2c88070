package talkdeskauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ThreadsTest {
    private static final ExchangeParameters CREDENTIALS = new ExchangeParameters().grantType("client_credentials");

    @Test
    void platformThreadsWorkWhileOthersWait() throws Exception {
        othersWorkWhileSomeWait(work -> new Thread(work).start());
    }

    @Test
    @Tag("virtual")
    void virtualThreadsWorkWhileOthersWait() throws Exception {
        othersWorkWhileSomeWait(ThreadsTest::startVirtual);
    }

    /** Twice as many calls as there are processors don't block any of a hundred other threads. */
    private static void othersWorkWhileSomeWait(Consumer<Runnable> start) throws Exception {
        int waiting = 2 * Runtime.getRuntime().availableProcessors();
        CountDownLatch begun = new CountDownLatch(waiting);
        CountDownLatch ended = new CountDownLatch(waiting);
        CountDownLatch worked = new CountDownLatch(100);
        try (Client client = Endpoint.client("delay_ms=3000")) {
            for (int call = 0; call < waiting; call++) {
                start.accept(() -> {
                    begun.countDown();
                    client.exchange(CREDENTIALS).close();
                    ended.countDown();
                });
            }
            begun.await();
            while (client.handle().enteredBy() < waiting) {
                Thread.sleep(1);
            }
            for (int work = 0; work < 100; work++) {
                start.accept(worked::countDown);
            }
            worked.await();
            assertEquals(waiting, ended.getCount());
            assertTrue(ended.await(60, TimeUnit.SECONDS));
        }
    }

    @Test
    void anInterruptEndsNoCallAndIsKept() throws Exception {
        anInterruptEndsNoCall(work -> new Thread(work).start());
    }

    @Test
    @Tag("virtual")
    void anInterruptEndsNoCallOfAVirtualThread() throws Exception {
        anInterruptEndsNoCall(ThreadsTest::startVirtual);
    }

    private static void anInterruptEndsNoCall(Consumer<Runnable> start) throws Exception {
        CompletableFuture<Boolean> kept = new CompletableFuture<>();
        start.accept(() -> {
            Thread.currentThread().interrupt();
            try (Client client = Endpoint.builder("ES256").build(); Token token = client.exchange(CREDENTIALS)) {
                kept.complete(Thread.interrupted() && !token.accessToken().isEmpty());
            } catch (Throwable e) {
                kept.completeExceptionally(e);
            }
        });
        assertTrue(kept.get());
    }

    @Test
    @Tag("virtual")
    void aVirtualThreadGetsTheSameError() throws Exception {
        CompletableFuture<Throwable> thrown = new CompletableFuture<>();
        startVirtual(() -> {
            try (Client client = Endpoint.client("error=invalid_grant")) {
                thrown.complete(assertThrows(OauthException.class, () -> client.exchange(CREDENTIALS)));
            } catch (Throwable e) {
                thrown.completeExceptionally(e);
            }
        });
        assertInstanceOf(OauthException.class, thrown.get());
        assertTrue(Stream.of(thrown.get().getStackTrace()).anyMatch(frame -> frame.getClassName().equals(ThreadsTest.class.getName())));
    }

    @Test
    void aFutureRunsOnDaemonThreadsAndGivesTheTokenOrTheError() {
        try (Client client = Endpoint.builder("ES256").build(); Client wrong = Endpoint.client("error=invalid_grant")) {
            client.exchangeAsync(CREDENTIALS).join().close();
            assertTrue(Thread.getAllStackTraces().keySet().stream().filter(thread -> thread.getName().equals("talkdeskauth"))
                .allMatch(Thread::isDaemon));
            CompletionException e = assertThrows(CompletionException.class, () -> wrong.exchangeAsync(CREDENTIALS).join());
            assertInstanceOf(OauthException.class, e.getCause());
            e = assertThrows(CompletionException.class, () -> client.exchangeAsync(new ExchangeParameters().code("\0")).join());
            assertInstanceOf(InvalidOptionException.class, e.getCause());
        }
    }

    @Test
    void sixtyFourCallsWaitForTheNetworkAtOnce() {
        ExchangeParameters parameters = new ExchangeParameters().grantType("client_credentials").timeout(Duration.ofSeconds(5));
        try (Client client = Endpoint.client("delay_ms=3000")) {
            fill(client, parameters).forEach(call -> call.join().close());
        }
    }

    @Test
    void aCallThatWaitsForItsTurnEndsByItsDeadline() {
        try (Client client = Endpoint.client("delay_ms=3000");
            Client hasty = Endpoint.builder("ES256").timeout(Duration.ofMillis(300)).build()) {
            List<CompletableFuture<Token>> ahead = fill(client, CREDENTIALS);
            CompletableFuture<Token> served = client.exchangeAsync(timed(4));
            for (CompletableFuture<Token> call : List.of(client.exchangeAsync(timed(0.3)), hasty.exchangeAsync(CREDENTIALS),
                client.exchangeAsync(timed(100).waited(Duration.ofMillis(99_700))),
                client.exchangeAsync(timed(10).waited(Duration.ofSeconds(20))))) {
                TalkdeskAuthException e = assertInstanceOf(DeadlineExceededException.class, thrownBy(call));
                assertTrue(e.retryable());
                assertTrue(e.getMessage().contains("turn did not come"), e.getMessage());
            }
            assertTrue(ahead.stream().noneMatch(CompletableFuture::isDone));
            // Its turn comes after 3 s. The time that is left then is too short for the answer.
            assertInstanceOf(TalkdeskAuthException.class, thrownBy(served));
            ahead.forEach(call -> call.join().close());
        }
    }

    @Test
    void aCallRunsOnceWhoeverComesFirst() {
        AtomicInteger runs = new AtomicInteger();
        List<CompletableFuture<Token>> calls = new ArrayList<>();
        for (int call = 0; call < 5000; call++) {
            calls.add(Workers.run(waited -> {
                runs.incrementAndGet();
                return null;
            }, () -> { }, 0));
        }
        calls.forEach(CompletableFuture::join);
        assertEquals(5000, runs.get());
    }

    @Test
    void aCallThatIsCancelledBeforeItsTurnSendsNothing() {
        try (Client client = Endpoint.client("delay_ms=3000")) {
            List<CompletableFuture<Token>> ahead = fill(client, CREDENTIALS);
            CompletableFuture<Token> spared = client.exchangeAsync(timed(30));
            CompletableFuture<Token> late = client.exchangeAsync(CREDENTIALS).orTimeout(1, TimeUnit.MILLISECONDS);
            assertTrue(spared.cancel(true));
            assertInstanceOf(TimeoutException.class, thrownBy(late));
            while (client.handle().enteredBy() > ahead.size()) { // the future completes before the code attached to it runs
                Thread.onSpinWait();
            }
            assertTrue(ahead.stream().noneMatch(CompletableFuture::isDone));
            ahead.forEach(call -> call.join().close());
        }
    }

    @Test
    void aCallIsEitherRunOrWithdrawn() {
        AtomicInteger runs = new AtomicInteger();
        AtomicInteger withdrawn = new AtomicInteger();
        for (int call = 0; call < 5000; call++) {
            Workers.run(waited -> {
                runs.incrementAndGet();
                return null;
            }, withdrawn::incrementAndGet, call % 2 == 0 ? 0 : Long.MAX_VALUE / 2).cancel(false);
        }
        while (runs.get() + withdrawn.get() < 5000) {
            Thread.onSpinWait();
        }
        assertTrue(withdrawn.get() > 0);
    }

    @Test
    @Tag("virtual")
    void aCallOfAVirtualThreadThatWaitsForItsTurnEndsByItsDeadline() throws Exception {
        CompletableFuture<Token> call = new CompletableFuture<>();
        try (Client client = Endpoint.client("delay_ms=3000")) {
            List<CompletableFuture<Token>> ahead = fill(client, CREDENTIALS);
            startVirtual(() -> {
                try {
                    call.complete(client.exchange(timed(0.3)));
                } catch (Throwable e) {
                    call.completeExceptionally(e);
                }
            });
            assertInstanceOf(DeadlineExceededException.class, thrownBy(call));
            assertTrue(ahead.stream().noneMatch(CompletableFuture::isDone));
            ahead.forEach(other -> other.join().close());
        }
    }

    @Test
    void waitedIsCheckedEvenIfTheCallItselfWaits() {
        try (Client client = Endpoint.builder("ES256").build()) {
            for (String waited : List.of("nonsense", "-1", "1e2", "5.", "")) {
                Throwable thrown = thrownBy(client.exchangeAsync(timed(30).set("waited", waited)));
                assertEquals(Optional.of("waited"), assertInstanceOf(InvalidOptionException.class, thrown, waited).option());
            }
            client.exchangeAsync(timed(30).waited(Duration.ofNanos(20_123_456_789L))).join().close();
            client.exchangeAsync(timed(30).waited(Duration.ZERO)).join().close();
            assertInstanceOf(InvalidOptionException.class, thrownBy(client.exchangeAsync(timed(1e300))));
        }
    }

    @Test
    void parametersThatAreSetAfterTheCallDoNotCount() {
        try (Client client = Endpoint.client("delay_ms=300")) {
            List<CompletableFuture<Token>> ahead = fill(client, CREDENTIALS);
            ExchangeParameters parameters = new ExchangeParameters().grantType("client_credentials").scope("first");
            CompletableFuture<Token> call = client.exchangeAsync(parameters);
            parameters.scope("later");
            try (Token token = call.join()) {
                assertEquals(Optional.of("first"), token.scope());
            }
            assertEquals("ExchangeParameters[grant_type, scope]", parameters.toString());
            ahead.forEach(other -> other.join().close());
        }
    }

    /** Starts as many calls as there are threads for them. */
    private static List<CompletableFuture<Token>> fill(Client client, ExchangeParameters parameters) {
        return Stream.generate(() -> client.exchangeAsync(parameters)).limit(64).collect(Collectors.toList());
    }

    private static ExchangeParameters timed(double seconds) {
        return new ExchangeParameters().grantType("client_credentials").set("timeout", seconds);
    }

    private static Throwable thrownBy(CompletableFuture<Token> call) {
        return assertThrows(ExecutionException.class, call::get).getCause();
    }

    @Test
    void moreCallsThanThreadsWaitForTheirTurn() {
        try (Client client = Endpoint.builder("ES256").build()) {
            List<CompletableFuture<Token>> calls = new ArrayList<>();
            for (int call = 0; call < 200; call++) {
                calls.add(client.exchangeAsync(CREDENTIALS));
            }
            for (CompletableFuture<Token> call : calls) {
                try (Token token = call.join()) {
                    assertFalse(token.accessToken().isEmpty());
                }
            }
        }
    }

    @Test
    void oneClientServesManyThreads() throws Exception {
        AtomicInteger signed = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        try (Client client = Endpoint.builder("ES256").build()) {
            for (int number = 0; number < 8; number++) {
                Thread thread = new Thread(() -> {
                    for (int call = 0; call < 200; call++) {
                        try (Assertion assertion = client.assertion()) {
                            signed.addAndGet(Math.min(1, assertion.jwt().length()));
                        }
                    }
                });
                thread.start();
                threads.add(thread);
            }
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertEquals(1600, signed.get());
    }

    private static void startVirtual(Runnable work) {
        try {
            Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, work);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }
}
