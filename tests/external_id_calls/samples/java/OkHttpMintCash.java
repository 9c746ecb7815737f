package shop.payments;

public class OkHttpMintCash {
    private static final MediaType JSON = MediaType.get("application/json");
    private final OkHttpClient http = new OkHttpClient();
    private final String baseUrl;

    public OkHttpMintCash(String baseUrl) {
        this.baseUrl = baseUrl;
    }

    public Response subscribe(Plan plan) throws IOException {
        String json = new JSONObject()
                .put("amount", plan.cents())
                .put("currency", "EUR")
                .put("billingIntervalDays", 30)
                .put("externalId", plan.key())
                .toString();
        RequestBody body = RequestBody.create(json, JSON);
        Request request = new Request.Builder().url(baseUrl + "/subscriptions").post(body).build();
        return http.newCall(request).execute();
    }

    public Response pay(PaymentBody payment) throws IOException {
        RequestBody body = RequestBody.create(new Gson().toJson(payment), JSON);
        return http.newCall(new Request.Builder().url(baseUrl + "/payments").post(body).build()).execute();
    }
}
