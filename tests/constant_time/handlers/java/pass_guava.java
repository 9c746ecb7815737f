import com.google.common.hash.HashCode;
import com.google.common.hash.Hashing;

class GuavaWebhook {
    boolean webhookMatches(byte[] body, String given) {
        HashCode expected = Hashing.hmacSha256(secret).hashBytes(body);
        return expected.equals(HashCode.fromString(given)); // HERE
    }
}
