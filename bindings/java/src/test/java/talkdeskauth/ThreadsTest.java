package talkdeskauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Calls that block their thread, a platform thread or a virtual one. */
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

    /** Forty calls hold up none of a hundred other threads. The server holds all forty at once. */
    private static void othersWorkWhileSomeWait(Consumer<Runnable> start) throws Exception {
        int before = Endpoint.seen("requests");
        CountDownLatch ended = new CountDownLatch(40);
        CountDownLatch worked = new CountDownLatch(100);
        try (Client client = Endpoint.client("delay_ms=3000")) {
            for (int call = 0; call < 40; call++) {
                start.accept(() -> {
                    client.exchange(CREDENTIALS).close();
                    ended.countDown();
                });
            }
            Endpoint.awaitRequests(before + 40);
            for (int work = 0; work < 100; work++) {
                start.accept(worked::countDown);
            }
            worked.await();
            assertEquals(40, ended.getCount());
            ended.await();
        }
    }

    @Test
    @Tag("virtual")
    void twoHundredVirtualThreadsExchangeAtOnce() throws Exception {
        Set<String> tokens = ConcurrentHashMap.newKeySet();
        CountDownLatch ended = new CountDownLatch(200);
        try (Client client = Endpoint.client("delay_ms=300")) {
            for (int call = 0; call < 200; call++) {
                startVirtual(() -> {
                    try (Token token = client.exchange(CREDENTIALS)) {
                        tokens.add(token.accessToken());
                    } finally {
                        ended.countDown();
                    }
                });
            }
            ended.await();
        }
        assertEquals(200, tokens.size());
    }

    @Test
    void anInterruptEndsACallAndIsKept() throws Exception {
        anInterruptEndsACall(work -> new Thread(work).start());
    }

    @Test
    @Tag("virtual")
    void anInterruptEndsACallOfAVirtualThread() throws Exception {
        anInterruptEndsACall(ThreadsTest::startVirtual);
    }

    private static void anInterruptEndsACall(Consumer<Runnable> start) throws Exception {
        int before = Endpoint.seen("requests");
        ExchangeParameters code = new ExchangeParameters().grantType("authorization_code").code(Endpoint.code())
            .redirectUri(Endpoint.text("redirect_uri"));
        try (Silent silent = new Silent(); Client early = silent.client(); Client late = Endpoint.client("delay_ms=60000")) {
            Throwable cancelled = thrownAfterInterrupt(start, () -> early.exchange(code), () -> Thread.sleep(300));
            assertTrue(assertInstanceOf(CancelledException.class, cancelled).retryable());
            Throwable unknown = thrownAfterInterrupt(start, () -> late.exchange(code), () -> Endpoint.awaitRequests(before + 1));
            assertTrue(!assertInstanceOf(OutcomeUnknownException.class, unknown).retryable());
        }
    }

    /** A part of a test that may wait. */
    private interface Waiting {
        void run() throws Exception;
    }

    /** What the call throws when its thread is interrupted after the wait. The thread is still interrupted then. */
    private static Throwable thrownAfterInterrupt(Consumer<Runnable> start, Runnable call, Waiting wait) throws Exception {
        CompletableFuture<Thread> caller = new CompletableFuture<>();
        CompletableFuture<Void> result = new CompletableFuture<>();
        start.accept(() -> {
            caller.complete(Thread.currentThread());
            try {
                call.run();
                result.complete(null);
            } catch (Throwable e) {
                result.completeExceptionally(Thread.interrupted() ? e : new AssertionError("the thread is no longer interrupted", e));
            }
        });
        Thread thread = caller.get();
        wait.run();
        thread.interrupt();
        return assertThrows(ExecutionException.class, result::get).getCause();
    }

    @Test
    void anInterruptedThreadSendsNothing() throws Exception {
        int before = Endpoint.seen("requests");
        try (Client client = Endpoint.builder("ES256").build()) {
            Thread.currentThread().interrupt();
            assertThrows(CancelledException.class, () -> client.exchange(CREDENTIALS));
            assertTrue(Thread.interrupted());
            client.exchange(CREDENTIALS).close();
        }
        assertEquals(before + 1, Endpoint.seen("requests"));
    }

    /** Whenever the interrupt comes, a code is spent only if the caller has the token or is told that the outcome is unknown. */
    @Test
    void anInterruptAtAnyMomentLosesNoCode() throws Exception {
        int before = Endpoint.seen("codes_used");
        int done = 0;
        int unknown = 0;
        try (Client client = Endpoint.builder("ES256").build()) {
            for (int call = 0; call < 200; call++) {
                ExchangeParameters code = new ExchangeParameters().grantType("authorization_code").code(Endpoint.code())
                    .redirectUri(Endpoint.text("redirect_uri"));
                AtomicReference<Object> outcome = new AtomicReference<>();
                Thread thread = new Thread(() -> {
                    try (Token token = client.exchange(code)) {
                        outcome.set(token);
                    } catch (TalkdeskAuthException e) {
                        outcome.set(e);
                    }
                });
                thread.start();
                TimeUnit.NANOSECONDS.sleep(call * 20_000L);
                thread.interrupt();
                thread.join();
                done += outcome.get() instanceof Token ? 1 : 0;
                unknown += outcome.get() instanceof OutcomeUnknownException ? 1 : 0;
                assertTrue(outcome.get() instanceof Token || outcome.get() instanceof OutcomeUnknownException
                    || outcome.get() instanceof CancelledException, String.valueOf(outcome.get()));
            }
        }
        int used = Endpoint.seen("codes_used") - before;
        assertTrue(done <= used && used <= done + unknown, done + " done, " + unknown + " unknown, " + used + " used");
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
