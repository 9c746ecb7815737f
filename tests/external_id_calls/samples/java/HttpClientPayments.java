package shop.payments;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;

public class HttpClientPayments {
    private static final String BASE = "https://api.mintcash.me";
    private final HttpClient client = HttpClient.newHttpClient();
    private final ObjectMapper mapper = new ObjectMapper();

    public String pay(Order order) throws Exception {
        Map<String, Object> body = new HashMap<>();
        body.put("amount", order.getCents());
        body.put("currency", "USD");
        body.put("externalId", order.getReference());
        HttpRequest request = HttpRequest.newBuilder()
                .uri(URI.create(BASE + "/payments"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(mapper.writeValueAsString(body)))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    public String refund(String paymentId, long cents) throws Exception {
        String json = "{\"amount\": " + cents + ", \"reason\": \"customer_request\"}";
        HttpRequest request = HttpRequest.newBuilder(URI.create(BASE + "/payments/" + paymentId + "/refund"))
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        return client.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }
}
