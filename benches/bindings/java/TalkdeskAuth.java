import java.util.concurrent.Callable;
import talkdeskauth.Assertion;
import talkdeskauth.Client;

/** The package under test. */
final class TalkdeskAuth implements Callable<String> {
    private final Client client;

    TalkdeskAuth(Request request) {
        client = Client.builder().tokenEndpoint(request.audience).clientId(request.clientId).keyId(request.keyId)
            .privateKey(request.pem).algorithm(request.algorithm).build();
    }

    @Override
    public String call() {
        try (Assertion assertion = client.assertion()) {
            return assertion.jwt();
        }
    }
}
