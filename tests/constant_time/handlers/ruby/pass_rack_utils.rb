require "rack"

module Signature
  module_function

  def valid?(body, header, secret)
    return false if header.nil? || header == ""
    Rack::Utils.secure_compare(compute(body, secret), header) # HERE
  end

  def compute(body, secret)
    hmac = OpenSSL::HMAC.new(secret, "SHA256")
    hmac << body
    hmac.hexdigest
  end
end
