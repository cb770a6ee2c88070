import java.nio.file.Files;
import java.nio.file.Path;
import talkdeskauth.Assertion;
import talkdeskauth.Client;
import talkdeskauth.ExchangeParameters;
import talkdeskauth.TalkdeskAuthException;
import talkdeskauth.Token;

/**
 * Signs an assertion, exchanges a code for a token, and refreshes the token, in Java.
 *
 * <pre>java -cp talkdesk-auth.jar:jna.jar Example.java TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE CODE REDIRECT_URI WRONG_KEY_FILE</pre>
 */
final class Example {
    private Example() {
    }

    /** Signs an assertion, for a program that sends the request itself. The names are those of the vendor's documentation. */
    private static Client sign(String tokenUrl, String clientId, String clientKeyId, String key) {
        Client client = Client.builder().tokenEndpoint(tokenUrl).clientId(clientId).keyId(clientKeyId).privateKey(key).build();
        try (Assertion assertion = client.assertion()) {
            String token = assertion.jwt();
            System.out.printf("sign the assertion%n    header  %s%n    claims  %s%n    jwt     %.40s...%n",
                assertion.header(), assertion.claims(), token);
        }
        return client;
    }

    private static void show(String step, Token granted) {
        System.out.printf("%s%n    %s %s%n    scope   %s%n    expires in %d s%n", step, granted.tokenType(), granted.accessToken(),
            granted.scope().orElse(""), granted.secondsLeft().orElseThrow());
    }

    public static void main(String[] arguments) throws Exception {
        if (arguments.length != 7) {
            System.err.println("usage: Example TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE CODE REDIRECT_URI WRONG_KEY_FILE");
            System.exit(2);
        }
        String tokenUrl = arguments[0];
        String clientId = arguments[1];
        String clientKeyId = arguments[2];
        String key = Files.readString(Path.of(arguments[3]));
        String code = arguments[4];
        String redirectUri = arguments[5];
        String wrongKeyFile = arguments[6];

        try (Client client = sign(tokenUrl, clientId, clientKeyId, key);
            Token granted = client.exchange(
                new ExchangeParameters().grantType("authorization_code").code(code).redirectUri(redirectUri))) {
            show("exchange a code", granted);
            try (Token refreshed = client.exchange(
                new ExchangeParameters().grantType("refresh_token").refreshToken(granted.refreshToken().orElseThrow()))) {
                show("refresh", refreshed);
            }
        }

        try (Client wrongClient =
            Client.builder().tokenEndpoint(tokenUrl).clientId(clientId).keyId(clientKeyId).privateKeyFile(wrongKeyFile).build()) {
            wrongClient.exchange(new ExchangeParameters().grantType("client_credentials"));
            System.exit(1);
        } catch (TalkdeskAuthException e) {
            System.out.printf("a wrong key: %s (code %d)%n    %s%n", e.name(), e.code(), e.getMessage());
        }
    }
}
