package talkdeskauth;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.util.Map;
import java.util.TreeMap;

/** An error of the library becomes an exception. */
final class Failure {
    private static final ThreadLocal<Memory> OUT = new ThreadLocal<>() {
        @Override
        protected Memory initialValue() {
            return new Memory(Native.POINTER_SIZE);
        }
    };

    private Failure() {
    }

    /** Where a function of this thread writes the object that it makes. */
    static long out() {
        return Pointer.nativeValue(OUT.get());
    }

    /** The object that the function wrote there; the error that it returned, if it did, is thrown. */
    static long made(long error) {
        if (error != 0) {
            throw take(error);
        }
        return OUT.get().getLong(0);
    }

    /** The exception of a native error, which it frees. */
    private static TalkdeskAuthException take(long error) {
        try {
            Map<String, String> fields = new TreeMap<>();
            for (String field : ErrorTable.FIELDS) {
                try (Memory name = Text.pack(Text.name(field))) {
                    String value = Text.copy(Library.td_error_get(error, Pointer.nativeValue(name)));
                    if (value != null) {
                        fields.put(field, value);
                    }
                }
            }
            String name = Text.copy(Library.td_error_name(error));
            String message = Text.copy(Library.td_error_message(error));
            boolean retryable = Library.td_error_is_retryable(error) != 0;
            return ErrorTable.exception(Library.td_error_code(error), name, message, retryable, fields);
        } finally {
            Library.td_free(error);
        }
    }
}
