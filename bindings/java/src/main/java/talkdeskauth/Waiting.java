package talkdeskauth;

import java.math.BigDecimal;

/** How long a call may wait for its turn, and how the library is told how long it did; what follows from that, the library decides. */
final class Waiting {
    private Waiting() {
    }

    /** The nanoseconds after which nothing is left of the call's time; 0 where what was given is no number, which the library refuses. */
    static long most(ExchangeParameters parameters, String timeoutOfClient) {
        double seconds = seconds(parameters.given("timeout"), timeoutOfClient) - seconds(parameters.given("waited"), "0");
        return (long) Math.ceil(Math.max(0, seconds) * 1e9);
    }

    /** The names and values for a call that waited so many nanoseconds, to which the library adds what its caller says of it. */
    static Pairs pairs(ExchangeParameters parameters, long waited) {
        return waited == 0 ? parameters.pairs() : parameters.pairs("waited", BigDecimal.valueOf(waited, 9).toPlainString());
    }

    private static double seconds(String given, String otherwise) {
        try {
            return Double.parseDouble(given == null ? otherwise : given);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }
}
