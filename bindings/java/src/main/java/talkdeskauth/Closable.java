package talkdeskauth;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/** What a client, an assertion and a token have in common: a native object, which is freed when it is closed or collected. */
abstract class Closable implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();

    private final Handle handle;
    private final Cleaner.Cleanable cleanable;

    Closable(long address) {
        handle = new Handle(address);
        cleanable = CLEANER.register(this, handle);
    }

    /** Wipes and frees the object. If calls of other threads still use it, they end first. Closing twice does nothing. */
    @Override
    public void close() {
        cleanable.clean();
    }

    /** Shows no secret. */
    @Override
    public String toString() {
        String shown;
        try {
            shown = summary();
        } catch (IllegalStateException closed) { // another thread may close it right now
            shown = "closed";
        }
        return getClass().getSimpleName() + "[" + shown + "]";
    }

    abstract String summary();

    Handle handle() {
        return handle;
    }

    /** Calls the function with the object, which is not freed meanwhile; the number that the function returns. */
    final long number(LongUnaryOperator function) {
        try {
            long address = handle.enter();
            try {
                return function.applyAsLong(address);
            } finally {
                handle.leave();
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Calls the getter with the object; a copy of its string. */
    final String text(LongUnaryOperator getter) {
        try {
            long address = handle.enter();
            try {
                return Text.copy(getter.applyAsLong(address));
            } finally {
                handle.leave();
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Calls the getter with the object and a name; a copy of its string. A name with a NUL is refused. */
    final Optional<String> member(LongBinaryOperator getter, String name) {
        try (Memory text = Text.pack(Text.name(Objects.requireNonNull(name, "name")))) {
            return Optional.ofNullable(text(address -> getter.applyAsLong(address, Pointer.nativeValue(text))));
        }
    }
}
