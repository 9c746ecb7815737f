class MintCashApi
  include HTTParty
  base_uri 'https://api.mintcash.me'

  def pay(order)
    body = payment_for(order)
    self.class.post('/payments', body: body.to_json, headers: HEADERS, basic_auth: auth)
  end

  def pay_anything(params)
    self.class.post('/payments', body: params.to_json, headers: HEADERS)
  end

  private

  def payment_for(order)
    {
      amount: order.cents,
      currency: 'USD',
      externalId: order.uuid
    }.compact
  end
end
