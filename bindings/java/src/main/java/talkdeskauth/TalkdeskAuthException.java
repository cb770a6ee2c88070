package talkdeskauth;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

// generated: base
/**
 * The reason why a call failed.
 *
 * <p>It holds no key, assertion, token, code or other secret, so you may log it. Each code has a class of its own. If this version
 * does not know a code, its errors have this base class.
 */
public class TalkdeskAuthException extends RuntimeException {
    // end of generated

    private static final long serialVersionUID = 1;

    /** The stable code. */
    private final int code;
    /** The name of the code. */
    private final String name;
    /** Whether the call may be repeated. */
    private final boolean retryable;
    /** The fields, as text. */
    private final TreeMap<String, String> fields;

    TalkdeskAuthException(int code, String name, String message, boolean retryable, Map<String, String> fields) {
        super(message);
        this.code = code;
        this.name = name;
        this.retryable = retryable;
        this.fields = new TreeMap<>(fields);
    }

    /**
     * The stable code.
     *
     * @return the code
     */
    public int code() {
        return code;
    }

    /**
     * The name of the code, the same in every language.
     *
     * @return the name
     */
    public String name() {
        return name;
    }

    /**
     * Whether you may repeat the call, because that can't spend a grant twice.
     *
     * @return whether you may
     */
    public boolean retryable() {
        return retryable;
    }

    /**
     * A field of the error, as text.
     *
     * @param field its name
     * @return the field, if this error has it
     */
    public Optional<String> get(String field) {
        return Optional.ofNullable(fields.get(field));
    }

    // generated: fields
    /**
     * The HTTP status code of the answer.
     *
     * @return the field, if this error has it
     */
    public OptionalLong httpStatus() {
        return get("http_status").map(Long::valueOf).map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }

    /**
     * Seconds to wait, from the answer's Retry-After header (RFC 9110 §10.2.3).
     *
     * @return the field, if this error has it
     */
    public OptionalLong retryAfter() {
        return get("retry_after").map(Long::valueOf).map(OptionalLong::of).orElseGet(OptionalLong::empty);
    }
    // end of generated
}
