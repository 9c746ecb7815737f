package shop;

@Data
@Builder
class NewPayment {
    private long amount;
    private String currency;
    private String externalId;
}

class MintCashService {
    Payment pay(Order order) {
        NewPayment body = NewPayment.builder().amount(order.getCents()).currency("USD").externalId(order.getKey()).build();
        return restTemplate.postForObject(baseUrl + "/payments", body, Payment.class);
    }
}
