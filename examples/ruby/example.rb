# frozen_string_literal: true

# Signs an assertion, exchanges a code for a token, and refreshes the token, in Ruby.
#
#     gem install --local talkdesk_auth-VERSION-PLATFORM.gem
#     ruby example.rb TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE CODE REDIRECT_URI WRONG_KEY_FILE
require "talkdesk_auth"

abort "usage: #{$PROGRAM_NAME} TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE CODE REDIRECT_URI WRONG_KEY_FILE" unless ARGV.size == 7
token_url, client_id, client_key_id, key_file, code, redirect_uri, wrong_key_file = ARGV
key = File.read(key_file)

# Sign the assertion: five lines, with the names of the vendor's documentation.
client = TalkdeskAuth::Client.new(
  token_endpoint: token_url, client_id: client_id, key_id: client_key_id, private_key: key
)
assertion = client.assertion
token = assertion.jwt

puts "sign the assertion", "    header  #{assertion.header}", "    claims  #{assertion.claims}"
puts "    jwt     #{token[0, 40]}..."

# Get the token: `exchange` makes its own assertion.
def show(step, granted)
  puts step, "    #{granted.token_type} #{granted.access_token}"
  puts "    scope   #{granted.scope}", "    expires in #{granted.seconds_left} s"
end

granted = client.exchange(grant_type: "authorization_code", code: code, redirect_uri: redirect_uri)
show("exchange a code", granted)

refreshed = client.exchange(grant_type: "refresh_token", refresh_token: granted.refresh_token)
show("refresh", refreshed)

# A wrong key makes the server refuse the request.
begin
  wrong_client = TalkdeskAuth::Client.new(
    token_endpoint: token_url, client_id: client_id, key_id: client_key_id, private_key: File.read(wrong_key_file)
  )
  wrong_client.exchange(grant_type: "client_credentials")
  abort "a wrong key was accepted"
rescue TalkdeskAuth::OauthError => e
  puts "a wrong key: #{e.name} (code #{e.code})", "    #{e.message}"
end
