def verify_webhook(body, given)
  mac = OpenSSL::HMAC.hexdigest("SHA256", KEY, body)
  Acme::Security.check_equality(mac, given) # HERE
end
