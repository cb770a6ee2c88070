package talkdeskauth;

import java.math.BigDecimal;
import java.math.RoundingMode;

/** How long a call may wait for its turn, and what the library is told of it; what follows from that, the library decides. */
final class Waiting {
    private static final BigDecimal LEAST = new BigDecimal("0.001");
    private static final BigDecimal MOST = new BigDecimal("3600");

    private Waiting() {
    }

    /** The nanoseconds after which nothing is left of the call's time. */
    static long most(ExchangeParameters parameters, String timeoutOfClient) {
        BigDecimal timeout = seconds(parameters.given("timeout"), seconds(timeoutOfClient, MOST));
        BigDecimal waited = seconds(parameters.given("waited"), BigDecimal.ZERO);
        return timeout.subtract(waited).max(BigDecimal.ZERO).movePointRight(9).longValue();
    }

    /** Adds what the call waited to what its caller says of it, unless the library has to refuse that. */
    static ExchangeParameters add(long nanoseconds, ExchangeParameters parameters) {
        String given = parameters.given("waited");
        BigDecimal before = given == null ? BigDecimal.ZERO : seconds(given, null);
        return before == null ? parameters : parameters.set("waited",
            before.add(BigDecimal.valueOf(nanoseconds, 9)).setScale(3, RoundingMode.CEILING).max(LEAST).min(MOST));
    }

    /** The seconds of the text, where the library takes it. */
    private static BigDecimal seconds(String text, BigDecimal otherwise) {
        if (text == null || text.length() > 20 || !text.matches("\\d+(\\.\\d+)?")) {
            return otherwise;
        }
        BigDecimal number = new BigDecimal(text);
        return number.compareTo(LEAST) < 0 || number.compareTo(MOST) > 0 ? otherwise : number;
    }
}
