import java.util.Arrays;
import javax.crypto.Mac;

class Signatures {
    boolean verify(byte[] body, byte[] given) throws Exception {
        return Arrays.equals(compute(body), given); // HERE
    }

    byte[] compute(byte[] body) throws Exception {
        Mac hmac = Mac.getInstance("HmacSHA256");
        hmac.init(key);
        hmac.update(body);
        return hmac.doFinal();
    }
}
