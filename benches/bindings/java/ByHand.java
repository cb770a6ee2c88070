import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import java.util.UUID;
import java.util.concurrent.Callable;

/** Java's own signatures, with a JWT that is written by hand. */
final class ByHand implements Callable<String> {
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final Request request;
    private final PrivateKey key;
    private final String header;

    ByHand(Request request, boolean held) throws GeneralSecurityException {
        this.request = request;
        key = held ? request.key() : null;
        header = "{\"alg\":\"" + request.algorithm + "\",\"kid\":\"" + request.keyId + "\",\"typ\":\"JWT\"}";
    }

    @Override
    public String call() throws GeneralSecurityException {
        long now = System.currentTimeMillis() / 1000;
        String claims = "{\"iss\":\"" + request.clientId + "\",\"sub\":\"" + request.clientId + "\",\"aud\":\"" + request.audience
            + "\",\"jti\":\"" + UUID.randomUUID() + "\",\"iat\":" + now + ",\"exp\":" + (now + 300) + "}";
        String message = encoded(header) + "." + encoded(claims);
        Signature signature = signature(request.algorithm);
        signature.initSign(key == null ? request.key() : key);
        signature.update(message.getBytes(StandardCharsets.US_ASCII));
        return message + "." + BASE64.encodeToString(signature.sign());
    }

    private static String encoded(String json) {
        return BASE64.encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    private static Signature signature(String algorithm) throws GeneralSecurityException {
        switch (algorithm) {
            case "ES256":
                return Signature.getInstance("SHA256withECDSAinP1363Format");
            case "RS256":
                return Signature.getInstance("SHA256withRSA");
            default:
                Signature signature = Signature.getInstance("RSASSA-PSS");
                signature.setParameter(new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
                return signature;
        }
    }
}
