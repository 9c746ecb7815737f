import javax.crypto.Mac;
import java.util.Objects;

public class WebhookServlet extends HttpServlet {
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    protected void doPost(HttpServletRequest req, HttpServletResponse resp) throws IOException {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(KEY);
            String hex = hex(mac.doFinal(req.getInputStream().readAllBytes()));
            if (!Objects.equals(hex, req.getHeader("X-Signature"))) { // HERE
                resp.setStatus(401);
            }
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String hex(byte[] data) {
        char[] out = new char[data.length * 2];
        for (int i = 0; i < data.length; i++) {
            int v = data[i] & 0xFF;
            out[i * 2] = HEX[v >>> 4];
            out[i * 2 + 1] = HEX[v & 0x0F];
        }
        return new String(out);
    }
}
