import talkdeskauth.Client;
import talkdeskauth.ExchangeParameters;
import talkdeskauth.Token;

/** The package under test. */
final class TalkdeskAuthExchange implements Exchange.Calls {
    private final Client client;

    TalkdeskAuthExchange(Request request, String caFile) {
        client = Client.builder().tokenEndpoint(request.audience).caFile(caFile).clientId(request.clientId).keyId(request.keyId)
            .privateKey(request.pem).build();
    }

    @Override
    public void sign() {
        client.assertion().close();
    }

    @Override
    public void exchange() {
        try (Token token = client.exchange(new ExchangeParameters().grantType("client_credentials"))) {
            if (token.accessToken().isEmpty()) {
                throw new IllegalStateException();
            }
        }
    }
}
