def secure_equal(a, b)
  return false unless a.bytesize == b.bytesize
  l = a.unpack("C*")
  res = 0
  b.each_byte { |byte| res |= byte ^ l.shift } # HERE
  res == 0
end

def on_webhook(body, given)
  secure_equal(OpenSSL::HMAC.hexdigest("SHA256", KEY, body), given)
end
