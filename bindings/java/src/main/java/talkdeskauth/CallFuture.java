package talkdeskauth;

import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;

/** The future of a call. If it is completed before the call has ended, by a cancellation or {@code orTimeout}, it ends the call. */
final class CallFuture extends CompletableFuture<Token> {
    private final CompletableFuture<Call> started = new CompletableFuture<>();
    /** The outcome, once it is taken; guarded by {@code started}. */
    private Token token;
    private Throwable failure;

    /** Starts a call. The function takes the code to run when the call has ended. */
    CallFuture(Function<Runnable, Call> start) {
        try {
            started.complete(start.apply(this::hasEnded));
        } catch (TalkdeskAuthException e) {
            failure = e;
            super.completeExceptionally(e);
        }
    }

    /** Completes this future on another thread than the queue's, because code that hangs on the future may block. */
    private void hasEnded() {
        try {
            defaultExecutor().execute(() -> settle(null));
        } catch (RejectedExecutionException | OutOfMemoryError noThreadIsLeft) {
            settle(null);
        }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
        settle(new CancellationException());
        return isCancelled();
    }

    /** {@code orTimeout} calls this method, too. */
    @Override
    public boolean completeExceptionally(Throwable reason) {
        return settle(Objects.requireNonNull(reason));
    }

    @Override
    public boolean complete(Token other) {
        boolean isFirst = super.complete(other);
        if (isFirst) {
            started.join().cancel();
        }
        return isFirst;
    }

    /** Completes this future with the outcome of the call. A reason ends the call; tells whether the reason became the outcome. */
    private boolean settle(Throwable reason) {
        boolean isFirst;
        synchronized (started) {
            isFirst = token == null && failure == null;
            if (isFirst) {
                take(reason);
            }
        }
        if (failure == null) {
            super.complete(token);
        } else {
            super.completeExceptionally(failure);
        }
        return isFirst && failure == reason;
    }

    private void take(Throwable reason) {
        Call call = started.join();
        if (reason != null) {
            call.cancel();
        }
        try {
            token = call.take();
        } catch (CancelledException | OutcomeUnknownException e) {
            failure = reason == null ? e : because(reason, e);
        } catch (Throwable e) {
            failure = e;
        }
    }

    /** The reason, whose cause says whether the request was sent. */
    private static Throwable because(Throwable reason, TalkdeskAuthException error) {
        try {
            return reason.initCause(error);
        } catch (IllegalStateException hasCause) {
            return reason;
        }
    }
}
