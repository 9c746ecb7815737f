class Webhook {
    static boolean same(byte[] a, byte[] b) {
        int wrong = a.length == b.length ? 0 : 1;
        for (int i = 0; i < b.length; i++) {
            if (a[i] != b[i]) { // HERE
                wrong++;
            }
        }
        return wrong == 0;
    }

    boolean verifyWebhook(byte[] body, byte[] given) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(key);
        return same(mac.doFinal(body), given);
    }
}
