package talkdeskauth;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.io.File;
import java.io.IOException;

/**
 * The functions of the shared library that lies in this jar. Pointers are {@code long}, with which JNA's direct mapping is fastest.
 *
 * <p>{@link #ready} comes before the first call of a function.
 */
final class Library {
    private static final String FILE =
        "/talkdeskauth/" + Platform.RESOURCE_PREFIX + "/libtalkdesk_auth.so." + Version.VALUE;
    private static final UnsatisfiedLinkError FAILURE = load();
    private static final ThreadLocal<Memory> OUT = ThreadLocal.withInitial(() -> new Memory(Native.POINTER_SIZE));

    private Library() {
    }

    static native void td_free(long object);

    static native long td_client_new(long options, long client);

    static native long td_client_get(long client, long name);

    static native long td_assertion_new(long client, long options, long assertion);

    static native long td_assertion_jwt(long assertion);

    static native long td_assertion_get(long assertion, long name);

    static native long td_token_exchange(long client, long parameters, long token);

    static native long td_token_access_token(long token);

    static native long td_token_type(long token);

    static native long td_token_expires_at(long token);

    static native long td_token_seconds_left(long token);

    static native long td_token_get(long token, long name);

    static native long td_token_json(long token);

    static native int td_error_code(long error);

    static native long td_error_name(long error);

    static native long td_error_message(long error);

    static native int td_error_is_retryable(long error);

    static native long td_error_get(long error, long name);

    /** A function that gives an object through its last parameter, and returns an error or 0. */
    interface Constructor {
        long call(long out);
    }

    /** The object that the function gives; its error is thrown. */
    static long create(Constructor function) {
        Memory out = OUT.get();
        long error = function.call(Pointer.nativeValue(out));
        if (error != 0) {
            throw TalkdeskAuthException.take(error);
        }
        return out.getLong(0);
    }

    /** Fails, each time with the same words, where the library could not be loaded. */
    static void ready() {
        if (FAILURE != null) {
            throw (Error) new UnsatisfiedLinkError(FAILURE.getMessage()).initCause(FAILURE.getCause());
        }
    }

    private static UnsatisfiedLinkError load() {
        if (Library.class.getResource(FILE) == null) {
            return new UnsatisfiedLinkError("this jar of talkdeskauth holds no shared library for " + Platform.RESOURCE_PREFIX
                + "; build one there, on Linux with glibc on x86-64 or aarch64");
        }
        try {
            NativeLibrary library = open();
            String version = library.getFunction("td_version").invokePointer(new Object[0]).getString(0);
            if (!version.equals(Version.VALUE)) {
                return new UnsatisfiedLinkError(
                    "talkdeskauth " + Version.VALUE + " holds a shared library of version " + version + "; build the jar anew");
            }
            Native.register(Library.class, library);
            return null;
        } catch (IOException | LinkageError cause) {
            UnsatisfiedLinkError failure = new UnsatisfiedLinkError(
                "talkdeskauth can't load its shared library " + FILE + ": JNA unpacks it, and a library of its own, into a folder that"
                + " must be writable and allow execution; name one by -Djna.tmpdir=FOLDER. The cause: " + cause);
            failure.initCause(cause);
            return failure;
        }
    }

    private static NativeLibrary open() throws IOException {
        File file = Native.extractFromResourcePath(FILE, Library.class.getClassLoader());
        boolean unpacked = !file.getName().equals(FILE.substring(FILE.lastIndexOf('/') + 1));
        try {
            return NativeLibrary.getInstance(file.getAbsolutePath(), Library.class.getClassLoader());
        } finally {
            if (unpacked && !file.delete()) {
                file.deleteOnExit();
            }
        }
    }
}
