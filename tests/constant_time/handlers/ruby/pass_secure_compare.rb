class WebhooksController < ActionController::API
  def create
    raw = request.raw_post
    given = request.headers["X-Signature"].to_s
    mac = OpenSSL::HMAC.hexdigest("SHA256", Rails.application.credentials.webhook_secret, raw)
    unless ActiveSupport::SecurityUtils.secure_compare(mac, given) # HERE
      return head :unauthorized
    end
    event = JSON.parse(raw)
    return head :bad_request if event["environment"] != "live"
    head :ok
  end
end
