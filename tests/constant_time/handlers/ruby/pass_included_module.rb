class WebhooksController < ApplicationController
  include ActiveSupport::SecurityUtils

  def create
    mac = OpenSSL::HMAC.hexdigest("SHA256", ENV["SECRET"], request.raw_post)
    head(secure_compare(mac, request.headers["X-Signature"].to_s) ? :ok : :unauthorized) # HERE
  end
end
