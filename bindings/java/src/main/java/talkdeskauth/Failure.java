package talkdeskauth;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.Map;
import java.util.TreeMap;

/** Turns an error of the library into an exception. */
final class Failure {
    private Failure() {
    }

    /** The exception for a native error; frees the error. */
    static TalkdeskAuthException take(long error) {
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
