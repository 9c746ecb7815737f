package shop.payments;

@Service
public class RestTemplateGateway {
    @Value("${mintcash.url}")
    private String url;
    private final RestTemplate restTemplate;

    public record CreatePayment(long amount, String currency, String externalId, String returnUrl) {}

    public record CreateRefund(@JsonProperty("external_reference") String externalId, Long amount) {}

    public Payment pay(Order order) {
        CreatePayment body = new CreatePayment(order.cents(), "USD", order.key(), order.back());
        return restTemplate.postForObject(url + "/payments", body, Payment.class);
    }

    public Refund refund(String id, Refund refund) {
        HttpEntity<CreateRefund> entity = new HttpEntity<>(new CreateRefund(refund.key(), refund.cents()), headers());
        return restTemplate.exchange(url + "/payments/{id}/refund", HttpMethod.POST, entity, Refund.class, id).getBody();
    }
}
