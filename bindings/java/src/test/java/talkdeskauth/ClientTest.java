package talkdeskauth;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

class ClientTest {
    @Test
    void aGetterShowsGivenResolvedAndDefaultValuesButNoSecret() throws IOException {
        String key = Files.readString(Path.of(Endpoint.arguments("").get(3)));
        try (Client client = Endpoint.builder("ES256").privateKeyFile((String) null).privateKey(key).build()) {
            assertEquals(Optional.of("client-es256"), client.get("client_id"));
            assertEquals(Optional.of("ES256"), client.get("algorithm"));
            assertEquals(Optional.of(Endpoint.text("token_endpoint")), client.get("audience"));
            assertEquals(Optional.empty(), client.get("private_key"));
            assertEquals(Optional.empty(), client.get("nonsense"));
        }
    }

    @Test
    void booleansNumbersDurationsAndPathsBecomeText() {
        try (Client client = Endpoint.builder("ES256").allowHttp(true).timeout(Duration.ofMillis(1500))
            .connectTimeout(Duration.ofSeconds(7)).set("assertion_lifetime", 60.0)
            .privateKeyFile(Path.of(Endpoint.arguments("").get(3))).build()) {
            assertEquals(Optional.of("true"), client.get("allow_http"));
            assertEquals(Optional.of("1.5"), client.get("timeout"));
            assertEquals(Optional.of("7"), client.get("connect_timeout"));
            assertEquals(Optional.of("60"), client.get("assertion_lifetime"));
        }
    }

    @Test
    void impossibleValuesAreRefused() {
        for (Object value : new Object[] {Duration.ofMillis(-500), Duration.ofSeconds(Long.MAX_VALUE), Double.NaN, 1e300, new Object()}) {
            assertEquals("timeout", assertThrows(InvalidOptionException.class,
                () -> Endpoint.builder("ES256").set("timeout", value).build()).option().orElseThrow());
        }
    }

    @Test
    void nullMeansNotGiven() {
        try (Client client = Endpoint.builder("ES256").region((String) null).userAgent(null).set("account", null).build()) {
            assertEquals(Optional.empty(), client.get("region"));
            client.assertion(new AssertionOptions().audience(null).claim("a", null).claims(null)).close();
        }
    }

    @Test
    void aNameIsNeverNull() {
        for (Executable use : List.<Executable>of(() -> new AssertionOptions().claim(null, "x"),
            () -> new AssertionOptions().claims(Collections.singletonMap(null, "x")), () -> new ExchangeParameters().param(null, "x"),
            () -> new ExchangeParameters().set(null, "x"))) {
            assertEquals("name", assertThrows(NullPointerException.class, use).getMessage());
        }
    }

    @Test
    void aNullArgumentIsRefusedByItsName() {
        try (Client client = Endpoint.builder("ES256").build()) {
            assertEquals("name", assertThrows(NullPointerException.class, () -> client.get(null)).getMessage());
            assertEquals("options", assertThrows(NullPointerException.class, () -> client.assertion(null)).getMessage());
            for (Executable use : List.<Executable>of(() -> client.exchange(null), () -> client.exchangeAsync(null))) {
                assertEquals("parameters", assertThrows(NullPointerException.class, use).getMessage());
            }
        }
    }

    @Test
    void anUnknownOptionIsRefusedAndTheNearestSuggested() {
        InvalidOptionException e = assertThrows(InvalidOptionException.class, () -> Client.builder().set("client_idd", "x").build());
        assertEquals(Optional.of("client_idd"), e.option());
        assertTrue(e.getMessage().contains("client_id"), e.getMessage());
    }

    @Test
    void aNulIsRefusedBeforeTheLibrarySeesIt() {
        InvalidOptionException e = assertThrows(InvalidOptionException.class, () -> Client.builder().privateKey("secret\0secret").build());
        assertEquals(Optional.of("private_key"), e.option());
        assertEquals("private_key: a NUL inside the value; remove it", e.getMessage());
        try (Client client = Endpoint.builder("ES256").build()) {
            e = assertThrows(InvalidOptionException.class, () -> client.assertion(new AssertionOptions().claim("a\0b", "c")));
            assertEquals(Optional.of("claim.NAME"), e.option());
            assertEquals("claim.NAME: a NUL inside the name; remove it", e.getMessage());
            assertThrows(InvalidOptionException.class, () -> client.exchange(new ExchangeParameters().code("a\0b")));
            e = assertThrows(InvalidOptionException.class, () -> client.get("client_id\0"));
            assertEquals("an option: a NUL inside the name; remove it", e.getMessage());
            assertEquals(Optional.empty(), e.option());
        }
    }

    @Test
    void halfASurrogatePairIsRefused() {
        assertEquals(Optional.of("client_id"), assertThrows(InvalidOptionException.class,
            () -> Client.builder().clientId("\ud83d").build()).option());
    }

    @Test
    void aKeyThatCantBeUsedFailsWhenTheClientIsMade() {
        InvalidKeyException e = assertThrows(InvalidKeyException.class,
            () -> Endpoint.builder("ES256").privateKeyFile(Endpoint.text("ca_file")).build());
        assertEquals(InvalidKeyException.CODE, e.code());
        assertEquals("invalid_key", e.name());
        assertEquals(Optional.of("private_key_file"), e.option());
        assertFalse(e.retryable());
    }

    @Test
    void aFileMayHaveAnyName(@TempDir Path folder) throws IOException {
        Path file = Files.copy(Path.of(Endpoint.arguments("").get(3)), folder.resolve("ключ 🔑.pem"));
        try (Client client = Endpoint.builder("ES256").privateKeyFile(file).build()) {
            assertEquals(Optional.of(file.toString()), client.get("private_key_file"));
        }
        try (Client client = Endpoint.builder("ES256").set("private_key_file", file.toFile()).build()) {
            assertEquals(Optional.of(file.toString()), client.get("private_key_file"));
        }
    }

    @Test
    void anErrorThatThisVersionDoesNotKnowGivesTheBaseClass() {
        TalkdeskAuthException e = ErrorTable.exception(999, "new_error", "words", true, Map.of("error", "field"));
        assertEquals(TalkdeskAuthException.class, e.getClass());
        assertAll(() -> assertEquals(999, e.code()), () -> assertEquals("new_error", e.name()), () -> assertTrue(e.retryable()),
            () -> assertEquals("words", e.getMessage()), () -> assertEquals(Optional.of("field"), e.get("error")));
    }

    @Test
    void theClassOfEachCodeHasItsCodeAndName() {
        for (int code = 1; code <= 10; code++) {
            TalkdeskAuthException e = ErrorTable.exception(code, "", "", false, new TreeMap<>());
            assertEquals(code, e.code());
            String words = e.name().replaceAll("_error$", "").replace("_", "");
            assertEquals(words + "exception", e.getClass().getSimpleName().toLowerCase());
        }
    }

    @Test
    void printingShowsNoSecret() throws IOException {
        String key = Files.readString(Path.of(Endpoint.arguments("").get(3))).strip();
        ClientBuilder builder = Endpoint.builder("ES256").privateKeyFile((String) null).privateKey(key);
        ExchangeParameters parameters = new ExchangeParameters().grantType("client_credentials").param("resource", "hush");
        assertEquals("ExchangeParameters[grant_type, param.resource]", parameters.toString());
        try (Client client = builder.build(); Assertion assertion = client.assertion(); Token token = client.exchange(parameters)) {
            String printed = builder + " " + client + " " + assertion + " " + token;
            assertTrue(printed.contains("client-es256"), printed);
            for (String secret : new String[] {key, assertion.jwt(), token.accessToken()}) {
                assertFalse(printed.contains(secret), printed);
            }
        }
    }
}
