# frozen_string_literal: true

# Turns a Talkdesk client key into access tokens: signs `private_key_jwt` client assertions (RFC 7523) and exchanges them at
# the token endpoint (RFC 6749).
#
#     client = TalkdeskAuth::Client.new(account: "acme", region: "us", client_id: id, key_id: kid, private_key: key)
#     token = client.exchange(grant_type: "client_credentials")
#     token.access_token
#
# Every call that fails raises a subclass of {Error}. Any thread may use the objects, and so may both sides of a fork.
module TalkdeskAuth
end

require_relative "talkdesk_auth/version"
require_relative "talkdesk_auth/library"
require_relative "talkdesk_auth/error"
require_relative "talkdesk_auth/errors"
require_relative "talkdesk_auth/failure"
require_relative "talkdesk_auth/options"
require_relative "talkdesk_auth/handle"
require_relative "talkdesk_auth/closable"
require_relative "talkdesk_auth/assertion"
require_relative "talkdesk_auth/token"
require_relative "talkdesk_auth/client"
