import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;

/** The claims to sign, and the key. */
final class Request {
    final String audience;
    final String clientId;
    final String keyId;
    final String pem;
    final String algorithm;

    Request(String audience, String clientId, String keyId, String pem, String algorithm) {
        this.audience = audience;
        this.clientId = clientId;
        this.keyId = keyId;
        this.pem = pem;
        this.algorithm = algorithm;
    }

    /** Parses the key anew. */
    PrivateKey key() throws GeneralSecurityException {
        String body = pem.replace("-----BEGIN PRIVATE KEY-----", "").replace("-----END PRIVATE KEY-----", "").replace("\n", "");
        return KeyFactory.getInstance(algorithm.startsWith("ES") ? "EC" : "RSA")
            .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body)));
    }
}
