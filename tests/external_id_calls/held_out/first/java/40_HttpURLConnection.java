package shop;

public class Legacy {
    static String subscribe(String key, int cents) throws IOException {
        URL url = new URL("https://api.mintcash.me/subscriptions");
        HttpURLConnection con = (HttpURLConnection) url.openConnection();
        con.setRequestMethod("POST");
        con.setDoOutput(true);
        String json = String.format("{\"amount\": %d, \"currency\": \"USD\", \"billingIntervalDays\": 30, \"externalId\": \"%s\"}", cents, key);
        try (OutputStream os = con.getOutputStream()) {
            os.write(json.getBytes(StandardCharsets.UTF_8));
        }
        return new String(con.getInputStream().readAllBytes());
    }
}
