class MintcashService
  BASE_URL = ENV.fetch('MINTCASH_URL', 'https://api.mintcash.me')

  def charge(order)
    response = connection.post('payments') do |req|
      req.body = {
        amount: order.amount_cents,
        currency: order.currency,
        externalId: order.number
      }
    end
    response.body
  end

  def refund(payment_id, amount:)
    connection.post("payments/#{payment_id}/refund", { amount: amount }).body
  end

  private

  def connection
    @connection ||= Faraday.new(BASE_URL) do |f|
      f.request :json
      f.response :json
    end
  end
end
