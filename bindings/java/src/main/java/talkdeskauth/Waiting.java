package talkdeskauth;

import java.math.BigDecimal;

/** How long a call may wait for its turn. The library learns how long it waited, and decides what follows. */
final class Waiting {
    private Waiting() {
    }

    /** How many nanoseconds the call may wait; 0 if a given time is no number, which the library refuses. */
    static long most(ExchangeParameters parameters, String timeoutOfClient) {
        double seconds = seconds(parameters.given("timeout"), timeoutOfClient) - seconds(parameters.given("waited"), "0");
        return (long) Math.ceil(Math.max(0, seconds) * 1e9);
    }

    /** The names and values for a call that waited this many nanoseconds. The library adds the {@code waited} of the caller. */
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
