package shop;

@Service
public class ChargeService {
    @Retryable(maxAttempts = 3)
    public Payment charge(Order order) {
        Map<String, Object> body = Map.of("amount", order.cents(), "currency", "USD", "externalId", UUID.randomUUID());
        return restTemplate.postForEntity("https://api.mintcash.me/payments", new HttpEntity<>(body, headers), Payment.class).getBody();
    }
}
