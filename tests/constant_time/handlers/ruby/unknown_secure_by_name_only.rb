class WebhooksController < ApplicationController
  include Acme::Strings

  def verify
    mac = OpenSSL::HMAC.hexdigest("SHA256", ENV["SECRET"], request.raw_post)
    head :unauthorized unless secure_compare(mac, request.headers["X-Signature"].to_s) # HERE
  end
end
