require 'faraday'

module Payments
  class MintCash
    BASE = 'https://api.mintcash.me'

    def initialize(public_key, secret_key)
      @conn = Faraday.new(url: BASE) do |f|
        f.request :authorization, :basic, public_key, secret_key
        f.request :json
        f.response :json
      end
    end

    def create(order)
      @conn.post('/payments', {
        amount: order.total_cents,
        currency: order.currency,
        externalId: order.payment_reference,
        returnUrl: order.return_url
      })
    end

    def refund(payment_id, cents)
      @conn.post("/payments/#{payment_id}/refund") do |req|
        req.headers['Content-Type'] = 'application/json'
        req.body = { amount: cents, reason: 'customer_request' }.to_json
      end
    end
  end
end
