class HookVerifier {
    static boolean check(String a, String b) {
        return a.compareTo(b) == 0; // HERE
    }

    boolean onWebhook(String body, String sig) {
        String mac = Hashing.hmacSha256(secret).hashString(body, UTF_8).toString();
        return check(mac, sig);
    }
}
