package shop;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.*;

@RestController
public class WebhookController {
    @PostMapping("/webhook")
    public ResponseEntity<Void> receive(@RequestBody byte[] body, @RequestHeader("X-Signature") String signature) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(secret.getBytes(), "HmacSHA256"));
        String expected = bytesToHex(mac.doFinal(body));
        if (!expected.equals(signature)) { // HERE
            return ResponseEntity.status(401).build();
        }
        return ResponseEntity.ok().build();
    }

    private static String bytesToHex(byte[] bytes) {
        StringBuilder sb = new StringBuilder();
        for (byte b : bytes) {
            sb.append(String.format("%02x", b));
        }
        return sb.toString();
    }
}
