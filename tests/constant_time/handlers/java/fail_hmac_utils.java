import org.apache.commons.codec.digest.HmacAlgorithms;
import org.apache.commons.codec.digest.HmacUtils;

class Webhook {
    static boolean valid(String body, String header, String secret) {
        String mac = new HmacUtils(HmacAlgorithms.HMAC_SHA_256, secret).hmacHex(body);
        return header != null && header.equalsIgnoreCase(mac); // HERE
    }
}
