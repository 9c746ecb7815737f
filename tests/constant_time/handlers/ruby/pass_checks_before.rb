class Hook
  attr_reader :secret

  def valid_webhook?(body, given)
    mac = OpenSSL::HMAC.hexdigest("SHA256", secret, body)
    return false if given.nil? || mac.nil? || mac.empty? || mac.length != given.length || mac == ""
    Rack::Utils.secure_compare(mac, given) # HERE
  end
end
