# WEBrick, OpenSSL.fixed_length_secure_compare, JSON only after the signature.
require "json"
require "openssl"
require "webrick"

SECRET = ENV.fetch("WEBHOOK_SECRET")

class Webhook < WEBrick::HTTPServlet::AbstractServlet
  def do_POST(request, response)
    raw = request.body.to_s
    return refuse(response, 401) unless genuine?(raw, request["X-Signature"].to_s)

    event = JSON.parse(raw)
    return refuse(response, 400) unless event["environment"] == "live"

    response.status = 204
  end

  private

  def genuine?(raw, sent)
    expected = OpenSSL::HMAC.hexdigest("SHA256", SECRET, raw)
    sent.bytesize == expected.bytesize && OpenSSL.fixed_length_secure_compare(sent, expected)
  end

  def refuse(response, status)
    response.status = status
    response.body = JSON.generate(error: "refused")
  end
end

server = WEBrick::HTTPServer.new(
  BindAddress: "127.0.0.1", Port: 0, AccessLog: [], Logger: WEBrick::Log.new(File::NULL)
)
server.mount("/webhooks/mintcash", Webhook)

puts server.listeners.first.addr[1]
$stdout.flush
Thread.new { $stdin.read; exit! }
server.start
