# An application as Rack calls it (env in, status, headers and body out) on a small server.
require "json"
require "openssl"
require "socket"
require "stringio"

module Signed
  SECRET = ENV.fetch("WEBHOOK_SECRET")

  def self.new(app)
    lambda do |env|
      raw = env["rack.input"].read
      env["rack.input"].rewind
      digest = OpenSSL::HMAC.digest("SHA256", SECRET, raw)
      sent = [env["HTTP_X_SIGNATURE"].to_s].pack("H*")
      same = env["HTTP_X_SIGNATURE"].to_s.match?(/\A\h{64}\z/) &&
             OpenSSL.fixed_length_secure_compare(sent, digest)
      same ? app.call(env) : [403, {}, ["Forbidden"]]
    end
  end
end

App = lambda do |env|
  event = JSON.parse(env["rack.input"].read)
  next [422, {}, ["not live"]] unless event["environment"] == "live"

  [200, { "content-type" => "application/json" }, ['{"received":true}']]
end

STACK = Signed.new(App)

def serve(client)
  client.gets
  env = {}
  while (line = client.gets.to_s.chomp) != ""
    name, value = line.split(/:\s*/, 2)
    env["HTTP_#{name.upcase.tr('-', '_')}"] = value
  end
  env["rack.input"] = StringIO.new(client.read(env["HTTP_CONTENT_LENGTH"].to_i).to_s)
  status, headers, body = STACK.call(env)
  text = body.join
  client.write("HTTP/1.1 #{status} -\r\n")
  headers.each { |name, value| client.write("#{name}: #{value}\r\n") }
  client.write("content-length: #{text.bytesize}\r\nconnection: close\r\n\r\n#{text}")
ensure
  client.close
end

server = TCPServer.new("127.0.0.1", 0)
puts server.addr[1]
$stdout.flush
Thread.new { $stdin.read; exit! }
loop { Thread.new(server.accept) { |client| serve(client) } }
