post "/webhook" do
  halt 401 if request.env["HTTP_X_SIGNATURE"] != ENV["SIGNATURE"]
end
