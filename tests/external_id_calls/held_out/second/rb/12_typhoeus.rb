def subscribe(plan)
  Typhoeus.post(
    "https://api.mintcash.me/subscriptions",
    userpwd: "#{PK}:#{SK}",
    headers: { 'Content-Type' => 'application/json' },
    body: { amount: plan.cents, currency: 'USD', billingIntervalDays: 30, externalId: plan.key }.to_json
  )
end
