package shop.web;

@RestController
public class Controller {
    // Calls MintCash through the queue.
    @PostMapping("/payments")
    public Payment create(@RequestBody CreatePayment body) {
        return queue.send(body);
    }
}
