import java.security.MessageDigest;
import java.util.HexFormat;
import javax.crypto.Mac;

@Component
class SignatureVerifier {
    boolean isValid(byte[] body, String signature) {
        if (signature == null || signature.isEmpty()) {
            return false;
        }
        byte[] expected = hmac(body);
        byte[] given = HexFormat.of().parseHex(signature);
        if (expected.length != given.length) return false;
        return MessageDigest.isEqual(expected, given); // HERE
    }

    private byte[] hmac(byte[] body) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return mac.doFinal(body);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
