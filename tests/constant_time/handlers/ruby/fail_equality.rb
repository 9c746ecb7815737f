require "sinatra"
require "openssl"

post "/webhook" do
  request.body.rewind
  payload = request.body.read
  digest = OpenSSL::HMAC.hexdigest("SHA256", ENV.fetch("SECRET"), payload)
  halt 401 unless digest == request.env["HTTP_X_SIGNATURE"] # HERE
  status 204
end
