package shop;

@FeignClient(name = "mintcash", url = "https://api.mintcash.me")
public interface MintCashFeign {
    @PostMapping("/payments")
    Payment create(@RequestBody CreatePayment body);
}
