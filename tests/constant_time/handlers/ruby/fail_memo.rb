class MintcashEvent
  def initialize(body, signature)
    @body = body
    @signature = signature
  end

  def genuine?
    @signature.eql?(expected_signature) # HERE
  end

  private

  def expected_signature
    @expected_signature ||= OpenSSL::HMAC.hexdigest("SHA256", ENV.fetch("MINTCASH_WEBHOOK_SECRET"), @body)
  end
end
