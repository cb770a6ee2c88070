package talkdeskauth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.jsonwebtoken.Claims;
import io.jsonwebtoken.Jws;
import io.jsonwebtoken.Jwts;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class AssertionTest {
    static Iterable<String> algorithms() {
        Set<String> names = new HashSet<>();
        Endpoint.READY.get("clients").fieldNames().forEachRemaining(names::add);
        // jjwt knows this name of RFC 9864 only as EdDSA. A case of tests/cases.json exchanges with it.
        assertTrue(names.remove("Ed25519"));
        assertEquals(10, names.size());
        return names;
    }

    @ParameterizedTest
    @MethodSource("algorithms")
    void jjwtVerifiesEveryAlgorithm(String algorithm) throws Exception {
        JsonNode entry = Endpoint.READY.get("clients").get(algorithm);
        String pem = Files.readString(Path.of(entry.get("public_key_pem_file").asText())).replaceAll("-----.*-----|\\s", "");
        String family = algorithm.startsWith("ES") ? "EC" : algorithm.equals("EdDSA") ? "Ed25519" : "RSA";
        PublicKey key = KeyFactory.getInstance(family).generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(pem)));
        try (Client client = Endpoint.builder(algorithm).build(); Assertion assertion = client.assertion()) {
            Jws<Claims> jws = Jwts.parser().verifyWith(key).build().parseSignedClaims(assertion.jwt());
            assertEquals(algorithm, jws.getHeader().getAlgorithm());
            assertEquals(entry.get("key_id").asText(), jws.getHeader().getKeyId());
            assertEquals(entry.get("client_id").asText(), jws.getPayload().getSubject());
            assertEquals(Set.of(assertion.aud()), jws.getPayload().getAudience());
            assertEquals(assertion.jti(), jws.getPayload().getId());
            assertEquals(assertion.exp(), jws.getPayload().getExpiration().toInstant());
        }
    }

    @Test
    void theGettersMatchTheJwt() {
        try (Client client = Endpoint.builder("ES256").build(); Assertion assertion = client.assertion()) {
            String[] parts = assertion.jwt().split("\\.");
            assertEquals(new String(Base64.getUrlDecoder().decode(parts[0])), assertion.header());
            assertEquals(new String(Base64.getUrlDecoder().decode(parts[1])), assertion.claims());
            JsonNode claims = Endpoint.json(assertion.claims());
            assertEquals(claims.get("aud").asText(), assertion.aud());
            assertEquals(Instant.ofEpochSecond(claims.get("iat").asLong()), assertion.iat());
            assertEquals(Instant.ofEpochSecond(claims.get("exp").asLong()), assertion.exp());
        }
    }

    @Test
    void theAssertionHasTheOptionsOfTheCall() {
        String odd = "Grüße, 世界 🔑";
        String tall = "ä".repeat(50_000);
        try (Client client = Endpoint.builder("ES256").build();
            Assertion assertion = client.assertion(new AssertionOptions().audience("urn:x").assertionLifetime(Duration.ofMinutes(1))
                .claims(new TreeMap<>(Map.of(odd, odd, "tall", tall))).claim("empty", ""))) {
            JsonNode claims = Endpoint.json(assertion.claims());
            assertEquals("urn:x", assertion.aud());
            assertTrue(Duration.between(assertion.iat(), assertion.exp()).getSeconds() <= 65);
            assertEquals(odd, claims.get(odd).asText());
            assertEquals(tall, claims.get("tall").asText());
            assertEquals("", claims.get("empty").asText());
        }
    }

    @Test
    void aClaimThatIsNoTextStaysWhatItIs() {
        Map<String, Object> members = new TreeMap<>();
        members.put("big", BigInteger.TWO.pow(70));
        members.put("list", Arrays.asList(1, "zwei \"2\"\n", null, List.of(true), new BigDecimal("0.50")));
        members.put("map", Map.of("größe", Map.of("deep", List.of(1e-7, 1e21))));
        members.put("nbf", 5L);
        try (Client client = Endpoint.builder("ES256").build();
            Assertion assertion = client.assertion(new AssertionOptions().claims(members).claim("truth", false).claim("text", "7")
                .claim("twice", 1).claim("twice", "x").claim("again", "x").set("claim.again", List.of()))) {
            JsonNode claims = Endpoint.json(assertion.claims());
            assertEquals(BigInteger.TWO.pow(70), claims.get("big").bigIntegerValue());
            assertEquals("[1,\"zwei \\\"2\\\"\\u000a\",null,[true],0.50]",
                assertion.claims().replaceFirst(".*\"list\":(.*),\"map\".*", "$1"));
            assertEquals(1e-7, claims.get("map").get("größe").get("deep").get(0).doubleValue());
            assertEquals(1e21, claims.get("map").get("größe").get("deep").get(1).doubleValue());
            assertEquals(5, claims.get("nbf").intValue());
            assertTrue(claims.get("truth").isBoolean() && claims.get("text").isTextual());
            assertEquals("x", claims.get("twice").asText());
            assertTrue(claims.get("again").isArray());
        }
    }

    @Test
    void aValueThatJsonCannotSayIsRefused() {
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        for (Object value : List.of(Double.NaN, Float.POSITIVE_INFINITY, List.of(new Object()), Map.of(1, "x"), cycle)) {
            InvalidOptionException e = assertThrows(InvalidOptionException.class, () -> new AssertionOptions().claim("secret", value));
            assertEquals("claim.NAME: a value that JSON can't say; give text, finite numbers, booleans, collections and maps of these",
                e.getMessage());
        }
    }

    @Test
    void aScopeMayBeACollection() {
        try (Client client = Endpoint.client("echo=1");
            Token token = client.exchange(new ExchangeParameters().grantType("client_credentials").scope(List.of("a:read", "b:write")))) {
            assertEquals("a:read b:write", Endpoint.json(token.get("request").orElseThrow()).get("form").get("scope").asText());
        }
        for (String blank : List.of("", "a b", "a\n")) {
            InvalidOptionException e = assertThrows(InvalidOptionException.class,
                () -> new ExchangeParameters().scope(List.of("a", blank)));
            assertEquals("scope: element 2 is empty or has a blank in it; give one word in each", e.getMessage());
        }
    }

    @Test
    void aChoiceMayBeAConstant() {
        try (Client client = Endpoint.builder("ES256").algorithm(Algorithm.ES256).build()) {
            assertEquals("ES256", client.get("algorithm").orElseThrow());
        }
        assertEquals("EdDSA Ed25519 us", Algorithm.EDDSA + " " + Algorithm.ED25519 + " " + Region.US);
    }

    @Test
    void eachAssertionIsFresh() {
        try (Client client = Endpoint.builder("ES256").build(); Assertion one = client.assertion(); Assertion other = client.assertion()) {
            assertNotEquals(one.jti(), other.jti());
        }
    }
}
