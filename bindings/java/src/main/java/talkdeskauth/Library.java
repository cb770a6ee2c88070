package talkdeskauth;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import com.sun.jna.Pointer;
import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * The functions of the shared library in this jar. Pointers are {@code long}, because JNA's direct mapping is fastest with it.
 *
 * <p>Call {@link #ready} before the first function.
 */
final class Library {
    private static final String FILE =
        "/talkdeskauth/" + Platform.RESOURCE_PREFIX + "/libtalkdesk_auth.so." + Version.VALUE;
    private static final UnsatisfiedLinkError FAILURE = load();
    private static final ThreadLocal<Memory> OUT = new ThreadLocal<>() {
        @Override
        protected Memory initialValue() {
            return new Memory(Native.POINTER_SIZE);
        }
    };

    private Library() {
    }

    // generated: functions
    static native void td_free(long object);

    static native long td_client_new(long options, long client);
    static native long td_client_get(long client, long name);
    static native int td_client_clock_offset(long client);

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

    static native long td_token_exchange_start(long client, long parameters, long queue, long tag, long call);
    static native int td_call_wait(long call, long milliseconds);
    static native int td_call_fd(long call);
    static native long td_call_token(long call, long token);
    static native void td_call_cancel(long call);

    static native long td_queue_new(long queue);
    static native int td_queue_fd(long queue);
    static native long td_queue_next(long queue);

    static native int td_error_code(long error);
    static native long td_error_name(long error);
    static native long td_error_message(long error);
    static native int td_error_is_retryable(long error);
    static native long td_error_get(long error, long name);
    // end of generated

    // The C library has these two. The shared library is linked to it.
    static native int poll(long descriptors, long count, int milliseconds);
    static native int close(int descriptor);

    /** The memory where a function writes the object that it makes; each thread has its own. */
    static long out() {
        return Pointer.nativeValue(OUT.get());
    }

    /** The object that the function wrote into {@link #out}; throws the error if the function returned one. */
    static long made(long error) {
        if (error != 0) {
            throw Failure.take(error);
        }
        return OUT.get().getLong(0);
    }

    /** Fails with the same message each time, if the library could not be loaded. */
    static void ready() {
        if (FAILURE != null) {
            throw (Error) new UnsatisfiedLinkError(FAILURE.getMessage()).initCause(FAILURE.getCause());
        }
    }

    private static UnsatisfiedLinkError load() {
        if (Library.class.getResource(FILE) == null) {
            return new UnsatisfiedLinkError("this jar of talkdeskauth holds no shared library for " + Platform.RESOURCE_PREFIX
                + "; you can build one on Linux with glibc, on x86-64 or aarch64");
        }
        try {
            NativeLibrary library = open();
            String version = library.getFunction("td_version").invokePointer(new Object[0]).getString(0);
            if (!version.equals(Version.VALUE)) {
                return new UnsatisfiedLinkError(
                    "talkdeskauth " + Version.VALUE + " holds a shared library of version " + version + "; rebuild the jar");
            }
            Native.register(Library.class, library);
            return null;
        } catch (IOException | RuntimeException | LinkageError cause) {
            UnsatisfiedLinkError failure = new UnsatisfiedLinkError(
                "talkdeskauth can't load its shared library " + FILE + ": JNA unpacks it, and a library of its own, into a folder that"
                + " must be writable and allow execution; set it with -Djna.tmpdir=FOLDER. If Java denies native access, allow it with"
                + " --enable-native-access=ALL-UNNAMED, or with --enable-native-access=com.sun.jna on the module path. Cause: " + cause);
            failure.initCause(cause);
            return failure;
        }
    }

    private static NativeLibrary open() throws IOException {
        ClassLoader loader = Library.class.getClassLoader();
        File folder = folderOfJna();
        File file = folder == null ? Native.extractFromResourcePath(FILE, loader) : unpack(folder);
        if (file == null) {
            throw new IOException("-Djna.nounpack forbids unpacking it");
        }
        boolean unpacked = !file.getName().equals(FILE.substring(FILE.lastIndexOf('/') + 1));
        try {
            return NativeLibrary.getInstance(file.getAbsolutePath(), loader);
        } finally {
            if (unpacked && !file.delete()) {
                file.deleteOnExit();
            }
        }
    }

    /** The folder where JNA has just unpacked its own library; null if JNA loaded that from elsewhere. */
    private static File folderOfJna() {
        String path = Native.POINTER_SIZE == 0 || System.getProperty("jna.boot.library.path") != null
            ? null : System.getProperty("jnidispatch.path");
        return path == null ? null : new File(path).getParentFile();
    }

    /** Unpacks the library in a fraction of the time that JNA takes, which copies it kilobyte by kilobyte. */
    private static File unpack(File folder) throws IOException {
        File file = File.createTempFile("talkdeskauth", null, folder);
        try (InputStream library = Library.class.getResourceAsStream(FILE); OutputStream copy = new FileOutputStream(file)) {
            byte[] part = new byte[1 << 16];
            for (int length = library.read(part); length > 0; length = library.read(part)) {
                copy.write(part, 0, length);
            }
            return file;
        } catch (IOException | RuntimeException e) {
            file.delete();
            throw e;
        }
    }
}
