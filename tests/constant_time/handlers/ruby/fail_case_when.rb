post "/webhooks/mintcash" do
  digest = OpenSSL::HMAC.hexdigest("SHA256", ENV.fetch("MINTCASH_WEBHOOK_SECRET"), request.body.read)
  case request.env["HTTP_X_SIGNATURE"] # HERE
  when digest then 200
  else 401
  end
end
