import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.interfaces.ECPrivateKey;
import java.util.Date;
import java.util.UUID;
import java.util.concurrent.Callable;

/** nimbus-jose-jwt. */
final class Nimbus implements Callable<String> {
    private final Request request;
    private final JWSSigner signer;
    private final JWSHeader header;

    Nimbus(Request request, boolean held) throws GeneralSecurityException, JOSEException {
        this.request = request;
        signer = held ? signer(request.key()) : null;
        header = new JWSHeader.Builder(JWSAlgorithm.parse(request.algorithm)).keyID(request.keyId).type(JOSEObjectType.JWT).build();
    }

    @Override
    public String call() throws GeneralSecurityException, JOSEException {
        Date now = new Date();
        JWTClaimsSet claims = new JWTClaimsSet.Builder().issuer(request.clientId).subject(request.clientId).audience(request.audience)
            .jwtID(UUID.randomUUID().toString()).issueTime(now).expirationTime(new Date(now.getTime() + 300_000)).build();
        SignedJWT jwt = new SignedJWT(header, claims);
        jwt.sign(signer == null ? signer(request.key()) : signer);
        return jwt.serialize();
    }

    private static JWSSigner signer(PrivateKey key) throws JOSEException {
        return key instanceof ECPrivateKey ? new ECDSASigner((ECPrivateKey) key) : new RSASSASigner(key);
    }
}
