require 'net/http'
require 'json'

def subscribe(plan)
  uri = URI('https://api.mintcash.me/subscriptions')
  request = Net::HTTP::Post.new(uri, 'Content-Type' => 'application/json')
  request.basic_auth ENV['MC_PUBLIC'], ENV['MC_SECRET']
  request.body = JSON.generate('amount' => plan.cents, 'currency' => 'USD', 'externalId' => "sub-#{plan.id}", 'billingIntervalDays' => 30)
  Net::HTTP.start(uri.host, uri.port, use_ssl: true) { |http| http.request(request) }
end

def pay(cents)
  uri = URI.parse("https://api.mintcash.me/payments")
  Net::HTTP.post(uri, { amount: cents, currency: 'USD' }.to_json, 'Content-Type' => 'application/json')
end
