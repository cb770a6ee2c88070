package talkdeskauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
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

    /** Twice as many calls as there are processors hold up none of a hundred others. */
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
    void moreThanTheThreadsCanTakeWaitForTheirTurn() {
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
