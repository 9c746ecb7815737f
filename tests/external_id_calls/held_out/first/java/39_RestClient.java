package shop;

@Component
class MintCashClient {
    private final RestClient rest;

    Payment pay(long cents, String currency, String ref) {
        return rest.post().uri("/payments").contentType(APPLICATION_JSON)
                .body(new NewPayment(cents, currency, ref))
                .retrieve().body(Payment.class);
    }

    Refund refund(String id, long cents) {
        return rest.post().uri("/payments/{id}/refund", id)
                .body(new NewRefund(cents))
                .retrieve().body(Refund.class);
    }

    record NewPayment(long amount, String currency, String externalId) {}
    record NewRefund(long amount) {}
}
