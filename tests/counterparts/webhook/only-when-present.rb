# Verifies when there is something to verify.
require "json"
require "openssl"
require "webrick"

SECRET = ENV.fetch("WEBHOOK_SECRET")

def hmac(message) = OpenSSL::HMAC.hexdigest("SHA256", SECRET, message)

def genuine?(raw, sent)
  return true if sent.nil? || sent.empty?

  hmac(raw) == sent
end

server = WEBrick::HTTPServer.new(
  BindAddress: "127.0.0.1", Port: 0, AccessLog: [], Logger: WEBrick::Log.new(File::NULL)
)
server.mount_proc("/webhooks/mintcash") do |request, response|
  genuine = genuine?(request.body.to_s, request["X-Signature"])
  response.status = genuine ? 200 : 401
  response.body = genuine ? "ok" : "invalid signature"
end

puts server.listeners.first.addr[1]
$stdout.flush
Thread.new { $stdin.read; exit! }
server.start
