class WebhooksController < ApplicationController
  skip_before_action :verify_authenticity_token
  before_action :check_signature

  def create
    head :ok
  end

  private

  def check_signature
    head :unauthorized if signature.blank? || expected_signature != signature # HERE
  end

  def signature
    request.headers["X-Signature"]
  end

  def expected_signature
    OpenSSL::HMAC.hexdigest(OpenSSL::Digest.new("sha256"), secret, request.raw_post)
  end
end
