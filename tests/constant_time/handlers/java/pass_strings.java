class WebhookFilter {
    void filter(String body, String header) {
        String mac = Base64.getEncoder().encodeToString(HmacUtils.hmacSha256(secret, body));
        boolean same = MessageDigest.isEqual(mac.getBytes(UTF_8), header.getBytes(UTF_8)); // HERE
        if (same == false) {
            throw new Unauthorized();
        }
    }
}
