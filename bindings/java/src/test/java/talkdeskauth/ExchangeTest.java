package talkdeskauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ExchangeTest {
    private static final ExchangeParameters CREDENTIALS = new ExchangeParameters().grantType("client_credentials");

    @Test
    void aCodeGivesATokenAndItsRefreshTokenTheNext() {
        try (Client client = Endpoint.builder("ES256").build();
            Token token = client.exchange(new ExchangeParameters().grantType("authorization_code").code(Endpoint.code())
                .redirectUri(Endpoint.text("redirect_uri")));
            Token next = client.exchange(new ExchangeParameters().grantType("refresh_token")
                .refreshToken(token.refreshToken().orElseThrow()))) {
            assertEquals("bearer", token.tokenType().toLowerCase());
            assertFalse(token.accessToken().isEmpty());
            assertFalse(next.accessToken().isEmpty());
            long left = token.secondsLeft().orElseThrow();
            assertTrue(left > 0 && left <= 600, "" + left);
            assertTrue(Duration.between(Instant.now(), token.expiresAt().orElseThrow()).abs().getSeconds() <= 600);
            assertEquals(token.accessToken(), Endpoint.json(token.json()).get("access_token").asText());
            assertEquals(Optional.of("600"), token.get("expires_in"));
            assertEquals(Optional.empty(), token.get("nonsense"));
            assertEquals(Optional.empty(), token.idToken());
        }
    }

    @Test
    void aMemberThatTheServerLeftOutIsEmpty() {
        try (Client client = Endpoint.client("omit=expires_in"); Token token = client.exchange(CREDENTIALS)) {
            assertEquals(OptionalLong.empty(), token.secondsLeft());
            assertEquals(Optional.empty(), token.expiresAt());
        }
    }

    @Test
    void everyStringArrivesUnchanged() {
        String odd = "Grüße 世界 🔑";
        String tall = "ä".repeat(50_000);
        try (Client client = Endpoint.client("echo=1");
            Token token = client.exchange(new ExchangeParameters().grantType("client_credentials").scope(odd).param("odd ☂", odd)
                .param("tall", tall).param("empty", ""))) {
            JsonNode form = Endpoint.json(token.get("request").orElseThrow()).get("form");
            assertEquals(odd, form.get("scope").asText());
            assertEquals(odd, form.get("odd ☂").asText());
            assertEquals(tall, form.get("tall").asText());
            // A field without a value counts as omitted (RFC 6749 §3.2).
            assertEquals("", form.path("empty").asText());
            assertEquals(Optional.of(odd), token.scope());
        }
    }

    @Test
    void anOauthErrorHasItsFields() {
        try (Client client = Endpoint.client("error=invalid_grant,error_description=%C3%BC%20gone,status=429,retry_after=7")) {
            OauthException e = assertThrows(OauthException.class, () -> client.exchange(CREDENTIALS));
            TalkdeskAuthException base = e;
            assertEquals(OptionalLong.of(7), base.retryAfter());
            assertEquals(Optional.of("invalid_grant"), e.error());
            assertEquals(Optional.of("ü gone"), e.errorDescription());
            assertEquals(Optional.empty(), e.errorUri());
            assertEquals(OptionalLong.of(429), e.httpStatus());
            assertEquals(OptionalLong.of(7), e.retryAfter());
            assertEquals(Optional.of("429"), e.get("http_status"));
            assertTrue(e.retryable());
        }
    }

    @Test
    void aWrongKeyIsRefusedByTheServer() {
        try (Client client = Endpoint.builder("ES256").privateKeyFile(Endpoint.text("wrong_private_key_file")).build()) {
            OauthException e = assertThrows(OauthException.class, () -> client.exchange(CREDENTIALS));
            assertEquals(Optional.of("invalid_client"), e.error());
            assertFalse(e.retryable());
        }
    }

    @Test
    void anAnswerThatIsNoTokenIsAnInvalidResponse() {
        try (Client client = Endpoint.client("html=1")) {
            InvalidResponseException e = assertThrows(InvalidResponseException.class, () -> client.exchange(CREDENTIALS));
            assertEquals(OptionalLong.of(502), e.httpStatus());
        }
    }

    @Test
    void aRefusedConnectionFails() {
        try (Client client = Endpoint.builder("ES256").tokenEndpoint("http://127.0.0.1:1/oauth/token").build()) {
            assertTrue(assertThrows(ConnectionFailedException.class, () -> client.exchange(CREDENTIALS)).retryable());
        }
    }

    @Test
    void anUntrustedCertificateIsRefusedAndACaFileMakesItTrusted() {
        ClientBuilder builder = Endpoint.builder("ES256").tokenEndpoint(Endpoint.text("token_endpoint_https"));
        try (Client client = builder.build()) {
            assertThrows(TlsFailedException.class, () -> client.exchange(CREDENTIALS));
        }
        try (Client client = builder.caFile(Endpoint.text("ca_file")).build(); Token token = client.exchange(CREDENTIALS)) {
            assertFalse(token.accessToken().isEmpty());
        }
    }

    @Test
    void aCallEndsByItsDeadline() {
        try (Client client = Endpoint.client("delay_ms=60000")) {
            Instant start = Instant.now();
            assertThrows(OutcomeUnknownException.class, () -> client.exchange(new ExchangeParameters().grantType("authorization_code")
                .code(Endpoint.code()).timeout(Duration.ofSeconds(2))));
            assertTrue(Duration.between(start, Instant.now()).getSeconds() < 30);
        }
    }
}
