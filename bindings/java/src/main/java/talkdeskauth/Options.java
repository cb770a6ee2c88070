package talkdeskauth;

import java.io.File;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Names and values for one function. */
abstract class Options<T extends Options<T>> {
    private final Map<String, String> values = new LinkedHashMap<>();

    /**
     * Sets an option by its name. The other methods do the same. The last value counts; null means not given.
     *
     * @param name the name
     * @param value text, or a value that becomes text: a boolean, a number, a {@link Duration}, a {@link Path} or {@link File}
     * @return this
     */
    @SuppressWarnings("unchecked")
    public T set(String name, Object value) {
        Objects.requireNonNull(name, "name");
        if (value == null) {
            values.remove(name);
        } else {
            values.put(name, text(name, value));
        }
        return (T) this;
    }

    /** Sets an option of a family, where the user chooses the names. */
    T member(String prefix, String name, Object value) {
        return set(prefix + Objects.requireNonNull(name, "name"), value);
    }

    /** The text of an option; null if it is not set. */
    String given(String name) {
        return values.get(name);
    }

    /** Copies the other options into these. */
    @SuppressWarnings("unchecked")
    T with(Options<T> others) {
        values.putAll(others.values);
        return (T) this;
    }

    /** The names and values in native memory. */
    Pairs pairs() {
        return new Pairs(values.entrySet());
    }

    /** The names and values in native memory, with one more pair. */
    Pairs pairs(String name, String value) {
        List<Map.Entry<String, String>> all = new ArrayList<>(values.entrySet());
        all.add(Map.entry(name, value));
        return new Pairs(all);
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
        if (value instanceof CharSequence || value instanceof Boolean || value instanceof Path || value instanceof File) {
            return value.toString();
        }
        throw Text.refused(name, "a value of " + value.getClass() + "; give text, a boolean, a number, a Duration, a Path or a File");
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
