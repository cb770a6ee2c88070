package talkdeskauth;

/** A started call. Its native object is freed when its outcome is taken. */
final class Call {
    private final Handle handle;
    private final Runnable leaveQueue;

    Call(long address, Runnable leaveQueue) {
        handle = new Handle(address);
        this.leaveQueue = leaveQueue;
    }

    /** Ends the call now, if it has not ended. Another thread may take the outcome meanwhile. */
    void cancel() {
        long address;
        try {
            address = handle.enter();
        } catch (IllegalStateException taken) {
            return;
        }
        try {
            Library.td_call_cancel(address);
        } finally {
            handle.leave();
        }
    }

    /** Takes the outcome, once. If the call has not ended, this thread waits in native code, where nothing interrupts it. */
    Token take() {
        long address = handle.enter();
        try {
            return new Token(Library.made(Library.td_call_token(address, Library.out())));
        } finally {
            handle.leave();
            handle.run();
            leaveQueue.run();
        }
    }
}
