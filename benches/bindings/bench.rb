# frozen_string_literal: true

# Signs assertions with one library. `run.py` explains the arguments and the output.

CONTENDERS = {
  "nothing" => ->(*) { -> { "" } },
  "talkdesk_auth" => lambda do |audience, client_id, key_id, pem, algorithm, _held|
    require "talkdesk_auth"
    client = TalkdeskAuth::Client.new(
      token_endpoint: audience, client_id: client_id, key_id: key_id, private_key: pem, algorithm: algorithm
    )
    lambda do
      assertion = client.assertion
      jwt = assertion.jwt
      assertion.close
      jwt
    end
  end,
  "ruby-jwt" => lambda do |audience, client_id, key_id, pem, algorithm, held|
    require "jwt"
    require "securerandom"
    key = OpenSSL::PKey.read(pem)
    lambda do
      now = Time.now.to_i
      claims = { iss: client_id, sub: client_id, aud: audience, jti: SecureRandom.uuid, iat: now, exp: now + 300 }
      JWT.encode(claims, held ? key : OpenSSL::PKey.read(pem), algorithm, { kid: key_id, typ: "JWT" })
    end
  end
}.freeze

def seconds = Process.clock_gettime(Process::CLOCK_MONOTONIC)

def turns(sign)
  while (line = $stdin.gets)
    count = 0
    start = now = seconds
    while now < start + line.to_f
      10.times { sign.call }
      count += 10
      now = seconds
    end
    puts "{\"count\": #{count}, \"seconds\": #{now - start}}"
  end
end

def main(contender, key, audience, client_id, key_id, key_file, algorithm, continues = nil)
  sign = CONTENDERS.fetch(contender).call(audience, client_id, key_id, File.read(key_file), algorithm, key == "held")
  puts sign.call
  turns(sign) if continues
end

$stdout.sync = true
main(*ARGV) if __FILE__ == $PROGRAM_NAME
