import io.jsonwebtoken.Jwts;
import io.jsonwebtoken.security.SignatureAlgorithm;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.util.Date;
import java.util.UUID;
import java.util.concurrent.Callable;

/** jjwt. */
final class Jjwt implements Callable<String> {
    private final Request request;
    private final PrivateKey key;
    private final SignatureAlgorithm algorithm;

    Jjwt(Request request, boolean held) throws GeneralSecurityException {
        this.request = request;
        key = held ? request.key() : null;
        algorithm = (SignatureAlgorithm) Jwts.SIG.get().forKey(request.algorithm);
    }

    @Override
    public String call() throws GeneralSecurityException {
        Date now = new Date();
        return Jwts.builder().header().keyId(request.keyId).type("JWT").and()
            .issuer(request.clientId).subject(request.clientId).audience().single(request.audience)
            .id(UUID.randomUUID().toString()).issuedAt(now).expiration(new Date(now.getTime() + 300_000))
            .signWith(key == null ? request.key() : key, algorithm).compact();
    }
}
