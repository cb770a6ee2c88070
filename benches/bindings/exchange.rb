# frozen_string_literal: true

# Makes exchanges with one library. `exchanges.py` explains the arguments.

require_relative "bench"

JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

EXCHANGES = {
  "talkdesk_auth" => lambda do |token_endpoint, ca_file, client_id, key_id, pem|
    require "talkdesk_auth"
    client = TalkdeskAuth::Client.new(
      token_endpoint: token_endpoint, ca_file: ca_file, client_id: client_id, key_id: key_id, private_key: pem
    )
    exchange = lambda do
      token = client.exchange(grant_type: "client_credentials")
      token.access_token
      token.close
    end
    [-> { client.assertion.close }, exchange]
  end,
  # ruby-jwt signs.
  "Net::HTTP" => lambda do |token_endpoint, ca_file, client_id, key_id, pem|
    require "json"
    require "net/http"
    uri = URI(token_endpoint)
    http = Net::HTTP.new(uri.host, uri.port)
    http.use_ssl = true
    http.ca_file = ca_file
    http.keep_alive_timeout = 60
    http.start
    sign = CONTENDERS.fetch("ruby-jwt").call(token_endpoint, client_id, key_id, pem, "ES256", true)
    exchange = lambda do
      request = Net::HTTP::Post.new(uri, "accept" => "application/json")
      request.set_form_data(
        grant_type: "client_credentials", client_id: client_id, client_assertion_type: JWT_BEARER, client_assertion: sign.call
      )
      answer = http.request(request)
      answer.value
      JSON.parse(answer.body).fetch("access_token")
    end
    [sign, exchange]
  end
}.freeze

contender, token_endpoint, ca_file, client_id, key_id, key_file = ARGV
sign, exchange = EXCHANGES.fetch(contender).call(token_endpoint, ca_file, client_id, key_id, File.read(key_file))
while (line = $stdin.gets)
  what, times = line.split
  call = { "sign" => sign, "exchange" => exchange }.fetch(what)
  times.to_i.times { call.call }
  puts "done"
end
