package talkdeskauth;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/** The address of a native object, and how many calls use it. A closed handle refuses new calls, and its last call frees it. */
final class Handle implements Runnable {
    private static final AtomicIntegerFieldUpdater<Handle> CALLS = AtomicIntegerFieldUpdater.newUpdater(Handle.class, "calls");
    private static final int CLOSED = Integer.MIN_VALUE;

    private final long address;
    private volatile int calls;

    Handle(long address) {
        this.address = address;
    }

    /** Begins a call; the address is valid until {@link #leave}. */
    long enter() {
        int before;
        do {
            before = calls;
            if (before < 0) {
                throw new IllegalStateException("closed");
            }
        } while (!CALLS.compareAndSet(this, before, before + 1));
        return address;
    }

    void leave() {
        if (CALLS.decrementAndGet(this) == CLOSED) {
            Library.td_free(address);
        }
    }

    boolean isFreed() {
        return calls == CLOSED;
    }

    int enteredBy() {
        return calls & ~CLOSED;
    }

    /** Closes the handle. The cleaner calls it once. */
    @Override
    public void run() {
        int before;
        do {
            before = calls;
        } while (!CALLS.compareAndSet(this, before, before | CLOSED));
        if (before == 0) {
            Library.td_free(address);
        }
    }
}
