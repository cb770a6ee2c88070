# frozen_string_literal: true

require "etc"
require_relative "lib/talkdesk_auth/version"

Gem::Specification.new do |gem|
  gem.name = "talkdesk_auth"
  gem.version = TalkdeskAuth::VERSION
  gem.summary = "Turns a Talkdesk client key into access tokens"
  gem.description = "Signs private_key_jwt client assertions (RFC 7523) and exchanges them for Talkdesk access tokens. " \
                    "Independent of Talkdesk and not endorsed by it."
  gem.authors = ["The libtalkdesk_auth authors"]
  gem.license = "MIT"
  # The gem contains the library, so installing it compiles nothing.
  gem.platform = Gem::Platform.new([Etc.uname[:machine], "linux"])
  gem.files = Dir["lib/**/*.{rb,so}", "sig/*.rbs", "{README,OPTIONS,ERRORS}.md", "LICENSE", "THIRD-PARTY.txt", ".yardopts"]
  gem.required_ruby_version = ">= 3.0"
  gem.add_dependency "ffi", ">= 1.15", "< 2"
  gem.metadata = { "rubygems_mfa_required" => "true" }
end
