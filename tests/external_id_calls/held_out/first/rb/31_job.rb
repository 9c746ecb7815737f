class ChargeJob < ApplicationJob
  retry_on Faraday::Error, attempts: 5

  def perform(order)
    HTTP.basic_auth(user: PK, pass: SK).post('https://api.mintcash.me/payments', json: {
      amount: order.cents,
      currency: 'USD',
      externalId: SecureRandom.hex(12)
    })
  end
end
