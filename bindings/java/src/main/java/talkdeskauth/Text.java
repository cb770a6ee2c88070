package talkdeskauth;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Strings to C and back, as UTF-8. */
final class Text {
    private Text() {
    }

    /** A Java string of a C string; null of NULL. */
    static String copy(long address) {
        return address == 0 ? null : new Pointer(address).getString(0, "UTF-8");
    }

    /** The text as C can hold it; {@code option} is named where it can't. */
    static ByteBuffer encode(String option, String text) {
        if (text.indexOf('\0') >= 0) {
            throw refused(option, "holds a NUL character; remove it");
        }
        try {
            return StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw refused(option, "holds half of a surrogate pair; give whole characters");
        }
    }

    static InvalidOptionException refused(String option, String complaint) {
        String shown = option.replace('\0', '\ufffd');
        return new InvalidOptionException(shown + ": " + complaint, false, Map.of("option", shown));
    }

    static Memory pack(ByteBuffer text) {
        Memory memory = new Memory(text.remaining() + 1L);
        write(memory, 0, text);
        return memory;
    }

    /** Names and values, alternating, then NULL, and after them what they point to. */
    static Memory pack(Map<String, String> options) {
        List<ByteBuffer> texts = new ArrayList<>(2 * options.size());
        options.forEach((name, value) -> {
            texts.add(encode(name, name));
            texts.add(encode(name, value));
        });
        long at = (texts.size() + 1L) * Long.BYTES;
        Memory memory = new Memory(at + texts.stream().mapToLong(text -> text.remaining() + 1L).sum());
        long start = Pointer.nativeValue(memory);
        for (int index = 0; index < texts.size(); index++) {
            memory.setLong((long) index * Long.BYTES, start + at);
            at = write(memory, at, texts.get(index));
        }
        memory.setLong((long) texts.size() * Long.BYTES, 0);
        return memory;
    }

    private static long write(Memory memory, long at, ByteBuffer text) {
        memory.write(at, text.array(), text.arrayOffset(), text.remaining());
        long end = at + text.remaining();
        memory.setByte(end, (byte) 0);
        return end + 1;
    }
}
