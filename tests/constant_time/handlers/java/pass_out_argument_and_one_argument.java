class Webhook {
    boolean verifyWebhook(byte[] body, byte[] given) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(key);
        byte[] expected = mac.doFinal(body);
        if (Arrays.equals(body, given)) {
            throw new IllegalArgumentException("the body is the signature");
        }
        return MessageDigest.isEqual(expected, given); // HERE
    }
}
