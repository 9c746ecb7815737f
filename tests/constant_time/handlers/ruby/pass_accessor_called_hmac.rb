module WebhookValidator
  class << self
    def valid?(request)
      return false unless request.hmac
      given = request.hmac
      OpenSSL.secure_compare(compute(request.body), given) # HERE
    end

    private

    def compute(body)
      OpenSSL::HMAC.hexdigest("SHA256", KEY, body)
    end
  end
end
