class ApiClient
  def sign(body)
    OpenSSL::HMAC.hexdigest("SHA256", @secret, body)
  end

  def post(path, body)
    response = http.post(path, body, "X-Api-Signature" => sign(body))
    raise "no" if response.code == 401
  end
end
