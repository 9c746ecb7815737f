package shop.payments;

public class WebClientMintCash {
    private final WebClient webClient = WebClient.create("https://api.mintcash.me");

    public Mono<Payment> pay(Order order) {
        return webClient.post()
                .uri("/payments")
                .bodyValue(Map.of("amount", order.cents(), "currency", "USD", "externalId", order.key()))
                .retrieve()
                .bodyToMono(Payment.class);
    }

    public Mono<Payment> donate(long cents) {
        PaymentRequest request = PaymentRequest.builder().amount(cents).currency("USD").build();
        return webClient.post().uri("/payments").bodyValue(request).retrieve().bodyToMono(Payment.class);
    }

    public Mono<Payment> again(Order order) {
        return webClient.post()
                .uri("/payments")
                .bodyValue(Map.of("amount", order.cents(), "currency", "USD", "externalId", UUID.randomUUID().toString()))
                .retrieve()
                .bodyToMono(Payment.class)
                .retry(3);
    }
}
