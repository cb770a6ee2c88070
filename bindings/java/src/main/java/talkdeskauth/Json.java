package talkdeskauth;

import java.util.Iterator;
import java.util.Map;

/** Writes values as JSON text (RFC 8259). */
final class Json {
    /** A value may contain itself. */
    private static final int DEEPEST = 100;

    private final String option;
    private final StringBuilder text = new StringBuilder();

    private Json(String option) {
        this.option = option;
    }

    /** Whether the value is one of JSON's, and no string. */
    static boolean isJson(Object value) {
        return value instanceof Boolean || value instanceof Number || value instanceof Map || value instanceof Iterable;
    }

    /** The value as JSON; an error names {@code option}. */
    static String of(String option, Object value) {
        Json json = new Json(option);
        json.add(value, 0);
        return json.text.toString();
    }

    private void add(Object value, int depth) {
        if (value == null || value instanceof Boolean) {
            text.append(value);
        } else if (value instanceof CharSequence || value instanceof Enum) {
            string(value.toString());
        } else if (value instanceof Number) {
            number((Number) value);
        } else if (value instanceof Map && depth < DEEPEST) {
            object((Map<?, ?>) value, depth + 1);
        } else if (value instanceof Iterable && depth < DEEPEST) {
            list((Iterable<?>) value, depth + 1);
        } else {
            throw refused();
        }
    }

    private void number(Number value) {
        String number = value.toString();
        if (!number.matches("-?[0-9]+([.][0-9]+)?(E[-+]?[0-9]+)?")) {
            throw refused();
        }
        text.append(number);
    }

    private void object(Map<?, ?> members, int depth) {
        text.append('{');
        String separator = "";
        for (Map.Entry<?, ?> member : members.entrySet()) {
            if (!(member.getKey() instanceof CharSequence)) {
                throw refused();
            }
            text.append(separator);
            string(member.getKey().toString());
            text.append(':');
            add(member.getValue(), depth);
            separator = ",";
        }
        text.append('}');
    }

    private void list(Iterable<?> elements, int depth) {
        text.append('[');
        for (Iterator<?> element = elements.iterator(); element.hasNext();) {
            add(element.next(), depth);
            text.append(element.hasNext() ? "," : "");
        }
        text.append(']');
    }

    private void string(String value) {
        text.append('"');
        for (int index = 0; index < value.length(); index++) {
            char character = value.charAt(index);
            if (character == '"' || character == '\\') {
                text.append('\\').append(character);
            } else if (character < ' ') {
                text.append(String.format("\\u%04x", (int) character));
            } else {
                text.append(character);
            }
        }
        text.append('"');
    }

    private InvalidOptionException refused() {
        return Text.refused(option, "a value that JSON can't say; give text, finite numbers, booleans, collections and maps of these");
    }
}
