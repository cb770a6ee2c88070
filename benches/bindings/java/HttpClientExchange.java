import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** Java's own HTTP client. {@link ByHand} signs. It only looks whether the answer has a token, because Java has no JSON parser. */
final class HttpClientExchange implements Exchange.Calls {
    private static final String JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

    private final Request request;
    private final ByHand assertion;
    private final HttpClient client;

    HttpClientExchange(Request request, String caFile) throws Exception {
        this.request = request;
        assertion = new ByHand(request, true);
        client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).sslContext(trusting(caFile)).build();
    }

    private static SSLContext trusting(String caFile) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream file = Files.newInputStream(Path.of(caFile))) {
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(file));
        }
        TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        managers.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    @Override
    public void sign() throws Exception {
        assertion.call();
    }

    @Override
    public void exchange() throws Exception {
        String form = "grant_type=client_credentials&client_id=" + encoded(request.clientId) + "&client_assertion_type="
            + encoded(JWT_BEARER) + "&client_assertion=" + assertion.call();
        HttpResponse<String> answer = client.send(
            HttpRequest.newBuilder(URI.create(request.audience)).timeout(Duration.ofSeconds(30))
                .header("accept", "application/json").header("content-type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form)).build(),
            HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200 || !answer.body().contains("\"access_token\"")) {
            throw new IllegalStateException(answer.body());
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
