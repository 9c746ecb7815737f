def webhook_ok?(body, header)
  mac = OpenSSL::HMAC.digest("SHA256", KEY, body)
  given = [header].pack("H*")
  mac.bytesize == given.bytesize && OpenSSL.fixed_length_secure_compare(mac, given) # HERE
end
