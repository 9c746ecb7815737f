def create
  event = Stripe::Webhook.construct_event(request.raw_post, request.headers["Stripe-Signature"], ENV["STRIPE"])
  head :ok if event.type == "charge.succeeded"
end
