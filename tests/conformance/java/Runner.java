import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
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

/** Runs the conformance cases through the Java package: Runner CASES. Prints a line per case; exits with 1 if one failed. */
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
            } catch (Exception e) {
                told = "FAILED " + test.get("name").asText() + ": " + e;
            }
            failed |= !told.startsWith("ok ");
            out.println(told);
        }
        System.exit(failed ? 1 : 0);
    }

    /** A call that a step makes on an object, with options. The result may be null. */
    private interface Call {
        Object make(Object on, JsonNode options) throws Exception;
    }

    /** The seconds in which a call started and ended. */
    private static final class Times {
        private final long started;
        private final long ended;

        Times(long started, long ended) {
            this.started = started;
            this.ended = ended;
        }
    }

    /** The calls that a step can make. */
    private static final Map<String, Call> CALLS = Map.of(
        "client", (none, options) -> {
            ClientBuilder builder = Client.builder();
            give(options, builder::set, Map.of());
            return builder.build();
        },
        "assertion", (client, options) -> {
            AssertionOptions given = new AssertionOptions();
            give(options, given::set, Map.of("claims", given::claims));
            return ((Client) client).assertion(given);
        },
        "exchange", (client, options) -> {
            ExchangeParameters given = new ExchangeParameters();
            give(options, given::set, Map.of("claims", given::claims, "params", given::params));
            return ((Client) client).exchange(given);
        },
        "read", (on, options) -> on,
        "close", (on, options) -> {
            ((AutoCloseable) on).close();
            return null;
        });

    /** The functions that read the members of each part; a path begins with a part. */
    private static Map<String, Function<String, Optional<?>>> parts(Object made) throws IOException {
        if (made instanceof Client) {
            return Map.of("client", ((Client) made)::get);
        }
        if (made instanceof Assertion) {
            Assertion assertion = (Assertion) made;
            return Map.of("assertion", name -> Optional.ofNullable(member(assertion, name)),
                "header", memberOf(assertion.header()), "claims", memberOf(assertion.claims()));
        }
        if (made instanceof Token) {
            Token token = (Token) made;
            return Map.of("token", name -> member(token, name), "request", memberOf(token.get("request").orElse("{}")));
        }
        return Map.of("error", name -> member((TalkdeskAuthException) made, name));
    }

    /** The line about the case. */
    private static String line(JsonNode test) throws Exception {
        only(test, Set.of("name", "steps"));
        Map<String, Object> objects = new HashMap<>();
        List<String> told = new ArrayList<>();
        for (JsonNode step : test.get("steps")) {
            only(step, Set.of("step", "call", "on", "as", "options", "from", "fails", "checks"));
            told.addAll(told(step, objects));
        }
        return "ok " + test.get("name").asText() + ": " + String.join("; ", told);
    }

    /** Checks the step and returns the part of the line about it. Fails if a check does not hold. */
    private static List<String> told(JsonNode step, Map<String, Object> objects) throws Exception {
        long started = Instant.now().getEpochSecond();
        Object made = outcome(step, objects);
        Times times = new Times(started, Instant.now().getEpochSecond());
        boolean failed = made instanceof TalkdeskAuthException;
        check(failed == step.get("fails").asBoolean(), step, failed ? ((TalkdeskAuthException) made).getMessage() : "no error");
        if (!step.get("as").isNull()) {
            objects.put(step.get("as").asText(), made);
        }
        List<String> told = new ArrayList<>();
        for (JsonNode check : step.get("checks")) {
            only(check, Set.of("path", "is", "value"));
            List<String> path = texts(check.get("path"));
            String kind = check.get("is").asText();
            String actual = found(made, path);
            check(holds(check, actual, objects, times), step, check + ", but it is " + actual);
            told.add(String.join(".", path) + " " + (Set.of("literal", "shown").contains(kind) ? actual : kind));
        }
        return told;
    }

    private static void check(boolean holds, JsonNode step, String complaint) {
        if (!holds) {
            throw new IllegalStateException("step " + step.get("step") + ": " + complaint);
        }
    }

    /** The result of the step's call, or its error. */
    private static Object outcome(JsonNode step, Map<String, Object> objects) throws Exception {
        ObjectNode options = step.get("options").deepCopy();
        for (Iterator<Map.Entry<String, JsonNode>> all = step.get("from").fields(); all.hasNext();) {
            Map.Entry<String, JsonNode> option = all.next();
            options.put(option.getKey(), answer(objects, option.getValue()));
        }
        try {
            return CALLS.get(step.get("call").asText()).make(objects.get(step.get("on").asText()), options);
        } catch (TalkdeskAuthException e) {
            return e;
        }
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static void only(JsonNode object, Set<String> names) {
        Set<String> present = new TreeSet<>();
        object.fieldNames().forEachRemaining(present::add);
        if (!present.equals(names)) {
            throw new IllegalArgumentException("unknown members in " + object);
        }
    }

    /** Sets each option, marked as in a language with keywords. A map is passed to the method of its family. */
    private static void give(JsonNode options, BiConsumer<String, Object> set, Map<String, Function<Map<String, ?>, ?>> families) {
        for (Iterator<Map.Entry<String, JsonNode>> all = options.fields(); all.hasNext();) {
            Map.Entry<String, JsonNode> option = all.next();
            if (option.getValue().isObject()) {
                families.get(option.getKey()).apply(JSON.convertValue(option.getValue(), new TypeReference<Map<String, Object>>() { }));
            } else {
                set.accept("=" + option.getKey(), JSON.convertValue(option.getValue(), Object.class));
            }
        }
    }

    private static Function<String, Optional<?>> memberOf(String json) throws IOException {
        JsonNode object = JSON.readTree(json);
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

    /** The value of an earlier object, as text. */
    private static String answer(Map<String, Object> objects, JsonNode path) throws IOException {
        List<String> names = texts(path);
        return found(objects.get(names.get(0)), names.subList(1, names.size()));
    }

    /** The value at the path, as text; null if there is none. */
    private static String found(Object made, List<String> path) throws IOException {
        Object value = parts(made).get(path.get(0)).apply(path.get(1)).orElse(null);
        for (String step : path.subList(2, path.size())) {
            value = (value == null ? MissingNode.getInstance() : (JsonNode) value).path(step);
        }
        if (value instanceof Instant) {
            return String.valueOf(((Instant) value).getEpochSecond());
        }
        if (value instanceof JsonNode) {
            JsonNode node = (JsonNode) value;
            return node.isMissingNode() ? null : node.isContainerNode() ? node.toString() : node.asText();
        }
        return value == null ? null : value.toString();
    }

    private static boolean holds(JsonNode check, String actual, Map<String, Object> objects, Times times) throws IOException {
        JsonNode expected = check.get("value");
        String kind = check.get("is").asText();
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
                return times.started <= seconds && seconds <= times.ended;
            case "literal":
            case "hidden":
                return expected.asText().equals(actual);
            case "same_as":
            case "other_than":
                String other = answer(objects, expected);
                return actual != null && other != null && actual.equals(other) == kind.equals("same_as");
            default:
                throw new IllegalArgumentException("unknown kind of check " + kind);
        }
    }
}
