package talkdeskauth;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;

/** Options in native memory: pointers to alternating names and values, then NULL, then the texts. Closing wipes and frees them. */
final class Pairs implements AutoCloseable {
    private final Memory memory;

    Pairs(Collection<Map.Entry<String, String>> options) {
        ByteBuffer[] texts = new ByteBuffer[2 * options.size()];
        long size = (texts.length + 1L) * Long.BYTES;
        int count = 0;
        for (Map.Entry<String, String> option : options) {
            texts[count++] = Text.name(option.getKey());
            texts[count++] = Text.value(option.getKey(), option.getValue());
            size += texts[count - 2].remaining() + texts[count - 1].remaining() + 2L;
        }
        memory = new Memory(size);
        long at = (texts.length + 1L) * Long.BYTES;
        for (int index = 0; index < texts.length; index++) {
            memory.setLong((long) index * Long.BYTES, address() + at);
            at = Text.write(memory, at, texts[index]);
        }
        memory.setLong((long) texts.length * Long.BYTES, 0);
    }

    long address() {
        return Pointer.nativeValue(memory);
    }

    @Override
    public void close() {
        memory.clear();
        memory.close();
    }
}
