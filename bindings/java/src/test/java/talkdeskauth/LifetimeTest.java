package talkdeskauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LifetimeTest {
    private static final ExchangeParameters CREDENTIALS = new ExchangeParameters().grantType("client_credentials");

    @Test
    void closingTwiceDoesNothingAndAClosedObjectRefusesEveryUse() {
        Client client = Endpoint.builder("ES256").build();
        Assertion assertion = client.assertion();
        Token token = client.exchange(CREDENTIALS);
        List<Executable> uses = List.of(client::assertion, () -> client.assertion(new AssertionOptions()), () -> client.get("client_id"),
            () -> client.exchange(CREDENTIALS), () -> client.exchangeAsync(CREDENTIALS), assertion::jwt, assertion::jti, assertion::exp,
            token::accessToken, token::tokenType, token::expiresAt, token::secondsLeft, token::json, () -> token.get("scope"));
        for (AutoCloseable object : List.of(client, assertion, token)) {
            for (int times = 0; times < 3; times++) {
                assertClosed(object);
            }
        }
        for (Executable use : uses) {
            assertEquals("closed", assertThrows(IllegalStateException.class, use).getMessage());
        }
        assertEquals("Client[closed]", client.toString());
    }

    /** A program that logs an object can't know whether another thread closes it meanwhile. */
    @Test
    void anObjectThatIsClosedWhileItIsShownIsShownAsClosed() {
        class Shown extends Closable {
            Shown() {
                super(0);
            }

            @Override
            String summary() {
                close();
                return Long.toString(number(address -> address));
            }
        }
        assertEquals("Shown[closed]", new Shown().toString());
    }

    private static void assertClosed(AutoCloseable object) {
        org.junit.jupiter.api.Assertions.assertDoesNotThrow(object::close);
    }

    @Test
    void objectsMayBeClosedInAnyOrder() {
        Client client = Endpoint.builder("ES256").build();
        Assertion assertion = client.assertion();
        client.close();
        assertFalse(assertion.jwt().isEmpty());
        assertion.close();
    }

    @Test
    void closingDuringACallLetsItFinish() throws Exception {
        int before = Endpoint.seen("requests");
        Client client = Endpoint.client("delay_ms=1000");
        CompletableFuture<Token> call = new CompletableFuture<>();
        Thread thread = new Thread(() -> call.complete(client.exchange(CREDENTIALS)));
        thread.start();
        Endpoint.awaitRequests(before + 1);
        client.close();
        assertThrows(IllegalStateException.class, client::assertion);
        while (!client.handle().isFreed()) { // the request may arrive before the start returns
            Thread.sleep(1);
        }
        assertFalse(call.isDone());
        try (Token token = call.get()) {
            assertFalse(token.accessToken().isEmpty());
        }
    }

    @Test
    void aCallThatWasAcceptedBeforeTheCloseStillRuns() {
        CompletableFuture<Token> call;
        try (Client client = Endpoint.client("delay_ms=100")) {
            call = client.exchangeAsync(CREDENTIALS);
        }
        try (Token token = call.join()) {
            assertFalse(token.accessToken().isEmpty());
        }
    }

    @Test
    void theCollectorDoesNotFreeWhatACallUses() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Thread collector = new Thread(() -> {
            while (!done.get()) {
                System.gc();
            }
        });
        collector.start();
        try {
            for (int call = 0; call < 5; call++) {
                assertFalse(Endpoint.client("delay_ms=200").exchange(CREDENTIALS).accessToken().isEmpty());
                assertFalse(Endpoint.client("delay_ms=200").exchangeAsync(CREDENTIALS).join().accessToken().isEmpty());
            }
            for (int call = 0; call < 2000; call++) {
                assertFalse(Endpoint.builder("ES256").build().assertion().jwt().isEmpty());
            }
        } finally {
            done.set(true);
            collector.join();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kept", "dropped"})
    void twoThousandUsedClientsFitInto256Descriptors(String way, @TempDir Path folder) {
        List<String> arguments = new ArrayList<>(Endpoint.arguments(Endpoint.text("token_endpoint_https")));
        arguments.addAll(List.of(Endpoint.text("ca_file"), way));
        String output = new Program(folder).javaWithDescriptors(256, Clients.class, arguments);
        // The library may renew its connection meanwhile, and the virtual machine opens files of its own.
        String more = output.lines().reduce("", (earlier, line) -> line);
        assertTrue(Long.parseLong(more) < 20, output);
    }

    @Test
    void theMemoryOfOptionsIsWipedBeforeItIsFreed() throws IOException {
        String secret = "wiped".repeat(2000);
        Pairs pairs = new Pairs(Set.of(Map.entry("code", secret)));
        assertTrue(memory(pairs.address()).contains(secret.substring(8000)));
        long address = pairs.address();
        pairs.close();
        assertFalse(memory(address).contains("wiped"));
    }

    /** The bytes of this process at the address. It reads them through the operating system, which can also read freed memory. */
    private static String memory(long address) throws IOException {
        byte[] bytes = new byte[10_000];
        try (RandomAccessFile memory = new RandomAccessFile("/proc/self/mem", "r")) {
            memory.seek(address);
            memory.readFully(bytes);
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
