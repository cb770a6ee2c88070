package talkdeskauth;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** The project's token endpoint, which ends with this process. */
final class Endpoint {
    static final ObjectMapper JSON = new ObjectMapper();
    static final Path ROOT = Path.of(System.getProperty("root")).toAbsolutePath().normalize();
    /** The first line that it prints: URLs, files and clients. */
    static final JsonNode READY = start();
    private static final AtomicInteger CODES = new AtomicInteger();

    private Endpoint() {
    }

    private static JsonNode start() {
        try {
            Process process = new ProcessBuilder(ROOT.resolve("target/debug/examples/token-endpoint").toString(), "--until-stdin-closes")
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
            BufferedReader lines = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
            return JSON.readTree(lines.readLine());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static String text(String name) {
        return READY.get(name).asText();
    }

    /** The token endpoint with these faults. */
    static String with(String faults) {
        return text("http") + "/with/" + faults + "/oauth/token";
    }

    static String code() {
        return "code-" + CODES.incrementAndGet();
    }

    /** A client that signs with this algorithm. */
    static ClientBuilder builder(String algorithm) {
        JsonNode entry = READY.get("clients").get(algorithm);
        return Client.builder().tokenEndpoint(text("token_endpoint")).clientId(entry.get("client_id").asText())
            .keyId(entry.get("key_id").asText()).algorithm(algorithm).privateKeyFile(entry.get("private_key_file").asText());
    }

    static Client client(String faults) {
        return builder("ES256").tokenEndpoint(with(faults)).build();
    }

    /** The arguments of the examples and of the tests' programs: token endpoint, client id, key id and key file. */
    static List<String> arguments(String tokenEndpoint) {
        JsonNode entry = READY.get("clients").get("ES256");
        return List.of(tokenEndpoint, entry.get("client_id").asText(), entry.get("key_id").asText(),
            entry.get("private_key_file").asText());
    }

    static JsonNode json(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
