class Hook {
    boolean verifyWebhook(byte[] body, byte[] given) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(key);
        return com.acme.Safe.sameBytes(mac.doFinal(body), given); // HERE
    }
}
