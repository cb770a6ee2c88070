package talkdeskauth;

/** Signs twice with the client of the four arguments. Prints whether the claim arrived, or the error. */
final class Sign {
    private Sign() {
    }

    /** TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE. */
    public static void main(String[] arguments) {
        for (int times = 0; times < 2; times++) {
            try (Client client = Client.builder().tokenEndpoint(arguments[0]).clientId(arguments[1]).keyId(arguments[2])
                .privateKeyFile(arguments[3]).build();
                Assertion assertion = client.assertion(new AssertionOptions().claim("odd", "Grüße 世界 🔑"))) {
                String claims = assertion.claims();
                System.out.println("signed " + claims.contains("\"Grüße 世界 🔑\""));
            } catch (UnsatisfiedLinkError e) {
                System.out.println("failed " + e.getMessage());
            }
        }
    }
}
