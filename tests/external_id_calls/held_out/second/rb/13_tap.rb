class Charger
  def call(order)
    body = { amount: order.cents, currency: 'USD' }
    body[:externalId] = order.reference unless order.reference.nil?
    client.post('/payments', body)
  end

  def client = MintCash::Client.new
end
