package talkdeskauth;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;

/** What a client, an assertion and a token have in common: a native object that is freed when it is closed, or else when it is dropped. */
abstract class Closable implements AutoCloseable {
    private static final Cleaner CLEANER = Cleaner.create();

    private final Handle handle;
    private final Cleaner.Cleanable cleanable;

    Closable(long address) {
        handle = new Handle(address);
        cleanable = CLEANER.register(this, handle);
    }

    /** Wipes and frees it. A call that another thread has in it ends first. Closing twice does nothing. */
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
        } catch (IllegalStateException closed) { // maybe by another thread, just now
            shown = "closed";
        }
        return getClass().getSimpleName() + "[" + shown + "]";
    }

    abstract String summary();

    Handle handle() {
        return handle;
    }

    /** Calls the function; nothing frees the object meanwhile. */
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

    /** The string that the getter lends. */
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

    /** The string that the getter lends for this name; none has a name with a NUL in it. */
    final Optional<String> member(LongBinaryOperator getter, String name) {
        try (Memory text = Text.pack(Text.name(Objects.requireNonNull(name, "name")))) {
            return Optional.ofNullable(text(address -> getter.applyAsLong(address, Pointer.nativeValue(text))));
        }
    }
}
