package talkdeskauth;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongFunction;
import java.util.stream.Stream;

/** The threads on which calls wait for the network, so that they don't block threads of the program. */
final class Workers {
    private static final int MOST = 64;
    private static final MethodHandle IS_VIRTUAL = findIsVirtual();
    private static final ThreadPoolExecutor POOL =
        new ThreadPoolExecutor(MOST, MOST, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Workers::thread);

    private static final ScheduledThreadPoolExecutor TIMER = new ScheduledThreadPoolExecutor(1, Workers::thread);

    static {
        POOL.allowCoreThreadTimeOut(true);
        TIMER.setKeepAliveTime(10, TimeUnit.SECONDS);
        TIMER.allowCoreThreadTimeOut(true);
        TIMER.setRemoveOnCancelPolicy(true);
    }

    private Workers() {
    }

    /**
     * Runs the call once: when its turn comes, or at the latest after {@code patience} nanoseconds. The call gets the number of
     * nanoseconds that it waited. If the future is completed earlier, for example by a cancellation, a call that has not begun is
     * dropped and {@code withdrawn} runs; the result of a call that has begun is closed.
     */
    static CompletableFuture<Token> run(LongFunction<Token> call, Runnable withdrawn, long patience) {
        Queued queued = new Queued(call, withdrawn);
        try {
            queued.timer = TIMER.schedule(queued::giveUp, patience, TimeUnit.NANOSECONDS);
            POOL.execute(queued);
        } catch (Error e) {
            if (queued.withdraw()) {
                throw e;
            }
        }
        return queued.future;
    }

    /** Waits, even if interrupted. Throws the error of the call, with this thread's stack below the call's stack. */
    static Token join(CompletableFuture<Token> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            Throwable cause = e.getCause();
            cause.setStackTrace(Stream.of(cause.getStackTrace(), new Throwable().getStackTrace()).flatMap(Stream::of)
                .toArray(StackTraceElement[]::new));
            if (cause instanceof Error) {
                throw (Error) cause;
            }
            throw (RuntimeException) cause;
        }
    }

    /** Whether this is a virtual thread. The Java version of this package's source doesn't know them yet. */
    static boolean isVirtual() {
        try {
            return IS_VIRTUAL != null && (boolean) IS_VIRTUAL.invokeExact(Thread.currentThread());
        } catch (Throwable e) {
            throw new LinkageError("Thread.isVirtual", e);
        }
    }

    private static MethodHandle findIsVirtual() {
        try {
            return MethodHandles.publicLookup().findVirtual(Thread.class, "isVirtual", MethodType.methodType(boolean.class));
        } catch (NoSuchMethodException | IllegalAccessException e) {
            return null;
        }
    }

    private static Thread thread(Runnable work) {
        Thread thread = new Thread(null, work, "talkdeskauth", 0, false);
        thread.setDaemon(true);
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        return thread;
    }

    /** A call that waits for its turn, for the end of its patience or for its withdrawal; the first of these ends the wait. */
    private static final class Queued implements Runnable {
        private final CompletableFuture<Token> future = new CompletableFuture<>();
        private final AtomicBoolean begun = new AtomicBoolean();
        private final long start = System.nanoTime();
        private final LongFunction<Token> call;
        private final Runnable withdrawn;
        private volatile Future<?> timer;

        Queued(LongFunction<Token> call, Runnable withdrawn) {
            this.call = call;
            this.withdrawn = withdrawn;
            future.whenComplete((token, failure) -> withdraw());
        }

        @Override
        public void run() {
            if (begins()) {
                timer.cancel(false);
                finish();
            }
        }

        void giveUp() {
            if (begins()) {
                POOL.remove(this);
                finish();
            }
        }

        /** Whether it had not begun. */
        boolean withdraw() {
            boolean first = begins();
            if (first) {
                POOL.remove(this);
                Future<?> scheduled = timer;
                if (scheduled != null) { // else there was no thread for it
                    scheduled.cancel(false);
                }
                withdrawn.run();
            }
            return first;
        }

        private boolean begins() {
            return begun.compareAndSet(false, true);
        }

        private void finish() {
            try {
                Token token = call.apply(System.nanoTime() - start);
                if (!future.complete(token)) {
                    token.close();
                }
            } catch (Throwable e) {
                future.completeExceptionally(e);
            }
        }
    }
}
