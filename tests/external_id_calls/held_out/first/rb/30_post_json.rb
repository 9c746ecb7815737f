require 'net/http'
module Mintcash
  def self.post_json(path, payload)
    uri = URI.join('https://api.mintcash.me', path)
    req = Net::HTTP::Post.new(uri)
    req['Content-Type'] = 'application/json'
    req.body = payload.to_json
    Net::HTTP.start(uri.hostname, uri.port, use_ssl: true) { |h| h.request(req) }
  end

  def self.subscribe(account)
    post_json('/subscriptions', 'externalId' => account.subscription_key, 'amount' => 900, 'currency' => 'USD', 'billingIntervalDays' => 30)
  end

  def self.donate(cents)
    post_json('/payments', amount: cents, currency: 'USD')
  end
end
