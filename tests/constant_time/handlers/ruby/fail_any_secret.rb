def valid_webhook?(body, given, secrets)
  secrets.any? { |secret| "sha256=#{OpenSSL::HMAC.hexdigest('sha256', secret, body)}" == given } # HERE
end
