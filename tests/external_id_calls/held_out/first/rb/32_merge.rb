class Gateway
  def pay(order, options = {})
    params = default_params.merge(options).merge(externalId: order.token)
    RestClient.post("#{Settings.mintcash.url}/payments", params.to_json, headers)
  end

  def pay_raw(params)
    RestClient.post("#{Settings.mintcash.url}/payments", params.to_json, headers)
  end
end
