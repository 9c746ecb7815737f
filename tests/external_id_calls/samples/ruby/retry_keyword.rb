require 'securerandom'

def charge(order)
  tries ||= 0
  RestClient.post(
    'https://api.mintcash.me/payments',
    { amount: order.cents, currency: 'USD', externalId: SecureRandom.uuid }.to_json,
    content_type: :json
  )
rescue RestClient::Exception
  retry if (tries += 1) < 3
  raise
end

def charge_by_customer(customer, cents)
  RestClient.post 'https://api.mintcash.me/payments', { amount: cents, currency: 'USD', externalId: customer.id }.to_json
end
