package talkdeskauth;

import java.io.File;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Names and values for one function. */
abstract class Options<T extends Options<T>> {
    // generated: families
    /** The prefix of a family, and the prefix of the names whose values are JSON. */
    private static final Map<String, String> JSON_FAMILIES = Map.of("claim.", "claim_json.");
    // end of generated

    private final Map<String, String> values = new LinkedHashMap<>();

    /**
     * Sets an option by its name. The other methods do the same. The last value counts; null means not given.
     *
     * @param name the name
     * @param value text, or a value that becomes text: a boolean, a number, a {@link Duration}, a {@link Path} or {@link File}, an enum,
     *     or a collection of words; a claim that is a boolean, a number, a collection or a map stays one
     * @return this
     */
    @SuppressWarnings("unchecked")
    public T set(String name, Object value) {
        String json = inJsonFamily(Objects.requireNonNull(name, "name"));
        values.remove(name);
        values.remove(json);
        if (json != null && Json.isJson(value)) {
            values.put(json, Json.of(name, value));
        } else if (value != null) {
            values.put(name, text(name, value));
        }
        return (T) this;
    }

    /** Sets an option of a family, where the user chooses the names. */
    T member(String prefix, String name, Object value) {
        return set(prefix + Objects.requireNonNull(name, "name"), value);
    }

    /** The name under which a claim that is no text is JSON; null for any other option. Clojure writes the library's mark before it. */
    private static String inJsonFamily(String name) {
        String mark = name.startsWith("=") ? "=" : "";
        for (Map.Entry<String, String> family : JSON_FAMILIES.entrySet()) {
            if (name.startsWith(mark + family.getKey())) {
                return mark + family.getValue() + name.substring(mark.length() + family.getKey().length());
            }
        }
        return null;
    }

    /** The names and values in native memory. */
    Pairs pairs() {
        return new Pairs(values.entrySet());
    }

    /** Shows the names, but no value. */
    @Override
    public String toString() {
        return getClass().getSimpleName() + values.keySet();
    }

    private static String text(String name, Object value) {
        if (value instanceof Duration) {
            Duration duration = (Duration) value;
            return plain(BigDecimal.valueOf(duration.getSeconds()).add(BigDecimal.valueOf(duration.getNano(), 9)));
        }
        if (value instanceof Integer || value instanceof Long) {
            return value.toString();
        }
        if (value instanceof Number) {
            return number((Number) value);
        }
        if (value instanceof CharSequence || value instanceof Boolean || value instanceof Path || value instanceof File
            || value instanceof Enum) {
            return value.toString();
        }
        if (value instanceof Collection) {
            return joined(name, (Collection<?>) value);
        }
        throw Text.refused(name, "a value of " + value.getClass() + "; give text, a boolean, a number, a Duration, a Path or a File");
    }

    private static String joined(String name, Collection<?> words) {
        StringBuilder all = new StringBuilder();
        int position = 0;
        for (Object word : words) {
            position++;
            if (!(word instanceof CharSequence)) {
                throw Text.refused(name, "element " + position + " is not text; give text");
            }
            String text = word.toString();
            if (text.isEmpty() || text.chars().anyMatch(Character::isWhitespace)) {
                throw Text.refused(name, "element " + position + " is empty or has a blank in it; give one word in each");
            }
            all.append(position == 1 ? "" : " ").append(text);
        }
        return all.toString();
    }

    private static String number(Number value) {
        try {
            return plain(new BigDecimal(value.toString()));
        } catch (NumberFormatException e) {
            return value.toString();
        }
    }

    private static String plain(BigDecimal number) {
        return number.stripTrailingZeros().toPlainString();
    }
}
