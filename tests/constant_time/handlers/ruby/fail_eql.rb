class Webhook
  def initialize(secret)
    @secret = secret
  end

  def genuine?(body, given)
    @mac = Base64.strict_encode64(OpenSSL::HMAC.digest("sha256", @secret, body))
    @mac.eql?(given) # HERE
  end
end
