class Handmade {
    static boolean slowEquals(byte[] a, byte[] b) {
        int diff = a.length ^ b.length;
        for (int i = 0; i < a.length && i < b.length; i++) {
            diff |= a[i] ^ b[i]; // HERE
        }
        return diff == 0;
    }

    boolean webhook(byte[] body, byte[] given) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(key);
        return slowEquals(mac.doFinal(body), given);
    }
}
