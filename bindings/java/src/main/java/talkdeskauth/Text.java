package talkdeskauth;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Converts strings to C strings and back, as UTF-8. */
final class Text {
    private Text() {
    }

    /** Copies a C string into a Java string; null for NULL. */
    static String copy(long address) {
        return address == 0 ? null : new Pointer(address).getString(0, "UTF-8");
    }

    /** The name as the bytes of a C string. */
    static ByteBuffer name(String name) {
        return encode(name, "name", name);
    }

    /** The value as the bytes of a C string; an error names {@code option}. */
    static ByteBuffer value(String option, String value) {
        return encode(option, "value", value);
    }

    private static ByteBuffer encode(String option, String part, String text) {
        if (text.indexOf('\0') >= 0) {
            throw refused(option, "a NUL inside the " + part + "; remove it");
        }
        try {
            return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw refused(option, "holds half of a surrogate pair; give whole characters");
        }
    }

    /**
     * A name may be a secret in the wrong place. So the name of a claim or field, after the dot, is not shown, as in the library's
     * messages, and neither is a name with a NUL, which may be a key in DER. Clojure writes the library's mark before a name.
     */
    static InvalidOptionException refused(String option, String complaint) {
        String shown = option.replaceFirst("^=", "").replaceFirst("(?s)[.].*", ".NAME");
        if (shown.indexOf('\0') >= 0) {
            return new InvalidOptionException("an option: " + complaint, false, Map.of());
        }
        return new InvalidOptionException(shown + ": " + complaint, false, Map.of("option", shown));
    }

    static Memory pack(ByteBuffer text) {
        Memory memory = new Memory(text.remaining() + 1L);
        write(memory, 0, text);
        return memory;
    }

    /** Writes the text and a NUL; the position after them. */
    static long write(Memory memory, long at, ByteBuffer text) {
        memory.write(at, text.array(), text.arrayOffset(), text.remaining());
        long end = at + text.remaining();
        memory.setByte(end, (byte) 0);
        return end + 1;
    }
}
