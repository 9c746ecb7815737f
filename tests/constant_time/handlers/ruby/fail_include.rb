def verify_signature(body, header, keys)
  macs = keys.map { |key| OpenSSL::HMAC.hexdigest("SHA256", key, body) }
  macs.include?(header) # HERE
end
