import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Function;
import talkdeskauth.Assertion;
import talkdeskauth.AssertionOptions;
import talkdeskauth.Client;
import talkdeskauth.ClientBuilder;
import talkdeskauth.ExchangeParameters;
import talkdeskauth.TalkdeskAuthException;
import talkdeskauth.Token;

/** Runs the conformance cases through the Java package: Runner CASES. One line a case; status 1 where one failed. */
final class Runner {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Runner() {
    }

    public static void main(String[] arguments) throws IOException {
        boolean failed = false;
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        for (JsonNode test : JSON.readTree(new File(arguments[0]))) {
            String told;
            try {
                told = line(test);
            } catch (RuntimeException e) {
                told = "FAILED " + test.get("name").asText() + ": " + e;
            }
            failed |= !told.startsWith("ok ");
            out.println(told);
        }
        System.exit(failed ? 1 : 0);
    }

    /** The case's line. */
    private static String line(JsonNode test) throws IOException {
        only(test, Set.of("name", "call", "client", "options", "checks"));
        String name = test.get("name").asText();
        long started = Instant.now().getEpochSecond();
        Map<String, Function<String, Optional<?>>> answers = call(test);
        long ended = Instant.now().getEpochSecond();
        List<String> told = new ArrayList<>();
        for (JsonNode check : test.get("checks")) {
            only(check, Set.of("path", "is", "value"));
            List<String> path = new ArrayList<>();
            check.get("path").forEach(part -> path.add(part.asText()));
            String kind = check.get("is").asText();
            if (!answers.containsKey(path.get(0))) {
                return "FAILED " + name + ": " + (answers.containsKey("error") ? answers.get("error").apply("message").get() : "no error");
            }
            String actual = found(answers, path);
            if (!holds(kind, check.get("value"), actual, started, ended)) {
                return "FAILED " + name + ": " + check + ", but it is " + actual;
            }
            told.add(String.join(".", path) + " " + (Set.of("literal", "shown").contains(kind) ? actual : kind));
        }
        return "ok " + name + ": " + String.join("; ", told);
    }

    private static void only(JsonNode object, Set<String> names) {
        Set<String> present = new TreeSet<>();
        object.fieldNames().forEachRemaining(present::add);
        if (!present.equals(names)) {
            throw new IllegalArgumentException("unknown members in " + object);
        }
    }

    /** What answers for the first word of a path. */
    private static Map<String, Function<String, Optional<?>>> call(JsonNode test) throws IOException {
        try {
            ClientBuilder builder = Client.builder();
            give(test.get("client"), builder::set, Map.of());
            Client client = builder.build();
            switch (test.get("call").asText()) {
                case "client":
                    return Map.of("client", client::get);
                case "assertion":
                    AssertionOptions options = new AssertionOptions();
                    give(test.get("options"), options::set, Map.of("claims", options::claims));
                    Assertion made = client.assertion(options);
                    return Map.of("assertion", name -> Optional.ofNullable(member(made, name)),
                        "header", memberOf(JSON.readTree(made.header())), "claims", memberOf(JSON.readTree(made.claims())));
                case "exchange":
                    ExchangeParameters parameters = new ExchangeParameters();
                    give(test.get("options"), parameters::set, Map.of("claims", parameters::claims, "params", parameters::params));
                    Token token = client.exchange(parameters);
                    JsonNode request = JSON.readTree(token.get("request").orElse("{}"));
                    return Map.of("token", name -> member(token, name), "request", memberOf(request));
                default:
                    throw new IllegalArgumentException("unknown call in " + test.get("name"));
            }
        } catch (TalkdeskAuthException e) {
            return Map.of("error", name -> member(e, name));
        }
    }

    /** Sets each option; a map goes to the method of its family. */
    private static void give(JsonNode options, BiConsumer<String, Object> set, Map<String, Function<Map<String, ?>, ?>> families) {
        for (Iterator<Map.Entry<String, JsonNode>> all = options.fields(); all.hasNext();) {
            Map.Entry<String, JsonNode> option = all.next();
            if (option.getValue().isObject()) {
                families.get(option.getKey()).apply(JSON.convertValue(option.getValue(), new TypeReference<Map<String, Object>>() { }));
            } else {
                set.accept(option.getKey(), JSON.convertValue(option.getValue(), Object.class));
            }
        }
    }

    private static Function<String, Optional<?>> memberOf(JsonNode object) {
        return name -> Optional.ofNullable(object.get(name));
    }

    private static Object member(Assertion assertion, String name) {
        switch (name) {
            case "jwt":
                return assertion.jwt();
            case "jti":
                return assertion.jti();
            case "aud":
                return assertion.aud();
            case "iat":
                return assertion.iat();
            case "exp":
                return assertion.exp();
            default:
                return null;
        }
    }

    private static Optional<?> member(Token token, String name) {
        switch (name) {
            case "access_token":
                return Optional.of(token.accessToken());
            case "token_type":
                return Optional.of(token.tokenType());
            case "json":
                return Optional.of(token.json());
            case "expires_at":
                return token.expiresAt();
            case "seconds_left":
                return token.secondsLeft().isPresent() ? Optional.of(token.secondsLeft().getAsLong()) : Optional.empty();
            case "scope":
                return token.scope();
            case "refresh_token":
                return token.refreshToken();
            case "id_token":
                return token.idToken();
            default:
                return token.get(name);
        }
    }

    private static Optional<?> member(TalkdeskAuthException error, String name) {
        switch (name) {
            case "code":
                return Optional.of(error.code());
            case "name":
                return Optional.of(error.name());
            case "message":
                return Optional.of(error.getMessage());
            case "retryable":
                return Optional.of(error.retryable());
            default:
                return error.get(name);
        }
    }

    /** What stands at the path, as text; null where nothing does. */
    private static String found(Map<String, Function<String, Optional<?>>> answers, List<String> path) {
        Object value = answers.get(path.get(0)).apply(path.get(1)).orElse(null);
        for (String step : path.subList(2, path.size())) {
            value = (value == null ? MissingNode.getInstance() : (JsonNode) value).path(step);
        }
        if (value instanceof Instant) {
            return String.valueOf(((Instant) value).getEpochSecond());
        }
        if (value instanceof JsonNode) {
            return ((JsonNode) value).isMissingNode() ? null : ((JsonNode) value).asText();
        }
        return value == null ? null : value.toString();
    }

    private static boolean holds(String kind, JsonNode expected, String actual, long started, long ended) {
        switch (kind) {
            case "absent":
                return actual == null;
            case "present":
            case "shown":
                return actual != null && !actual.isEmpty();
            case "contains":
                return actual != null && actual.contains(expected.asText());
            case "near_now":
                long seconds = actual == null ? 0 : Long.parseLong(actual) - expected.asLong();
                return started <= seconds && seconds <= ended;
            case "literal":
            case "hidden":
                return expected.asText().equals(actual);
            default:
                throw new IllegalArgumentException("unknown kind of check " + kind);
        }
    }
}
