package talkdeskauth;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** The threads on which calls wait for the network, so that they hold up none of the program's. */
final class Workers {
    private static final int MOST = 64;
    private static final MethodHandle IS_VIRTUAL = findIsVirtual();
    private static final ThreadPoolExecutor POOL =
        new ThreadPoolExecutor(MOST, MOST, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Workers::thread);

    static {
        POOL.allowCoreThreadTimeOut(true);
    }

    private Workers() {
    }

    /** Runs the call; its result is closed where the future is done already, by a cancellation for example. */
    static CompletableFuture<Token> run(Supplier<Token> call) {
        CompletableFuture<Token> future = new CompletableFuture<>();
        POOL.execute(() -> {
            try {
                Token token = call.get();
                if (!future.complete(token)) {
                    token.close();
                }
            } catch (Throwable e) {
                future.completeExceptionally(e);
            }
        });
        return future;
    }

    /** Waits, also through an interrupt, and throws what the call threw. */
    static Token join(CompletableFuture<Token> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof Error) {
                throw (Error) e.getCause();
            }
            throw (RuntimeException) e.getCause();
        }
    }

    /** Whether this is a virtual thread, which the Java of this package's source has not heard of. */
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
}
