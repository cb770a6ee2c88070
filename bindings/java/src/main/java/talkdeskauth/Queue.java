package talkdeskauth;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The calls in flight, and the daemon thread that learns from a queue of the library which of them have ended.
 *
 * <p>There is one for each class loader, from the first call until soon after the last. Only this thread waits in native code, because
 * a virtual thread that waits there holds up others.
 */
final class Queue implements Runnable {
    private static final int LINGER_MS = 2_000;
    private static final short POLLIN = 1;
    /** Guarded by the class, like all fields that change. */
    private static Queue current;

    private final Map<Long, Runnable> inFlight = new HashMap<>();
    private long lastTag;
    private final long address;
    private final int descriptor;

    private Queue() {
        address = Library.made(Library.td_queue_new(Library.out()));
        descriptor = Library.td_queue_fd(address);
        if (descriptor < 0) {
            Library.td_free(address);
            throw new InternalException("no descriptor is left for the queue of calls; close some, or raise the limit", false, Map.of());
        }
    }

    /**
     * Starts an exchange of a client. When it has ended, the thread runs {@code hasEnded}, possibly before this method returns. The thread
     * tells of no other call while {@code hasEnded} runs.
     */
    static Call start(long client, long parameters, Runnable hasEnded) {
        Queue queue;
        long tag;
        synchronized (Queue.class) {
            queue = running();
            tag = ++queue.lastTag;
            queue.inFlight.put(tag, hasEnded);
        }
        try {
            long call = Library.made(Library.td_token_exchange_start(client, parameters, queue.address, tag, Library.out()));
            return new Call(call, () -> queue.remove(tag));
        } catch (Throwable e) {
            queue.remove(tag);
            throw e;
        }
    }

    /** The queue whose thread runs. If there is none, this makes one. */
    private static Queue running() {
        if (current == null) {
            Queue queue = new Queue();
            try {
                queue.startThread();
            } catch (Throwable e) {
                queue.free();
                throw e;
            }
            current = queue;
        }
        return current;
    }

    private void startThread() {
        Thread thread = new Thread(null, this, "talkdeskauth", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        thread.start();
    }

    /** The code to run at the end of this call; null if it ran, or if the outcome is taken. */
    private Runnable remove(long tag) {
        synchronized (Queue.class) {
            return inFlight.remove(tag);
        }
    }

    @Override
    public void run() {
        try (Memory watched = new Memory(8)) { // struct pollfd
            watched.setInt(0, descriptor);
            watched.setShort(4, POLLIN);
            do {
                tell();
            } while (Library.poll(Pointer.nativeValue(watched), 1, LINGER_MS) != 0 || !isIdle());
        } finally {
            end();
        }
    }

    private void tell() {
        for (long tag = Library.td_queue_next(address); tag != 0; tag = Library.td_queue_next(address)) {
            Runnable hasEnded = remove(tag);
            if (hasEnded != null) {
                hasEnded.run();
            }
        }
    }

    /** Whether no call is in flight. If so, this queue takes no further call. */
    private boolean isIdle() {
        synchronized (Queue.class) {
            if (inFlight.isEmpty()) {
                current = null;
            }
            return inFlight.isEmpty();
        }
    }

    /** Frees the queue. If an error ended the thread, for example a lack of memory, the owners of the calls in flight wait themselves. */
    private void end() {
        List<Runnable> left;
        synchronized (Queue.class) {
            current = current == this ? null : current;
            left = List.copyOf(inFlight.values());
        }
        if (left.isEmpty()) {
            free();
        }
        left.forEach(Runnable::run);
    }

    private void free() {
        Library.td_free(address);
        Library.close(descriptor);
    }
}
