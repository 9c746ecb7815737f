package shop;

public class ApacheGateway {
    public String pay(Order order) throws IOException {
        HttpPost post = new HttpPost("https://api.mintcash.me/payments");
        JSONObject json = new JSONObject();
        json.put("amount", order.getCents());
        json.put("currency", "USD");
        json.put("externalId", order.getId());
        post.setEntity(new StringEntity(json.toString(), ContentType.APPLICATION_JSON));
        post.setHeader("Authorization", auth);
        try (CloseableHttpResponse response = client.execute(post)) {
            return EntityUtils.toString(response.getEntity());
        }
    }
}
