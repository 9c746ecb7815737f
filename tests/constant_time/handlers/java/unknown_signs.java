class ApiClient {
    String signRequest(String body) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(key);
        return Base64.getEncoder().encodeToString(mac.doFinal(body.getBytes()));
    }

    void send(String body) throws Exception {
        http.header("X-Api-Signature", signRequest(body)).post(body);
    }
}
