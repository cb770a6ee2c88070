# frozen_string_literal: true

require_relative "helper"
require "open3"

# The RBS signatures are valid, and they match the types at run time.
class SignaturesTest < Minitest::Test
  FOLDER = File.expand_path("..", __dir__)

  def test_they_are_valid
    gem "rbs"
    command = [RbConfig.ruby, Gem.bin_path("rbs", "rbs"), "-I", "sig", "validate", "--silent"]
    output, status = Open3.capture2e(*command, chdir: FOLDER)
    assert_predicate status, :success?, output
  end

  def test_they_hold_at_run_time
    output, status = checked(<<~RUBY)
      TalkdeskAuth::Client.open(**OPTIONS, algorithm: :ES256, timeout: 5, connect_timeout: 2.5, allow_http: false, proxy: nil) do |client|
        client.get(:algorithm)
        client.inspect
        assertion = client.assertion(claims: { a: "b", n: [1, { "x" => nil }] }, assertion_lifetime: 60)
        %i[jwt jti aud iat exp header claims inspect].each { |name| assertion.public_send(name) }
        token = client.exchange(grant_type: "client_credentials", scope: ["a", :b], params: { "resource" => "b" })
        %i[access_token token_type expires_at seconds_left scope refresh_token id_token json inspect].each { |name| token.public_send(name) }
        token.get("scope")
        [assertion, token].each(&:close).each(&:closed?)
      end
      begin
        TalkdeskAuth::Client.new(**OPTIONS, timeout: 0)
      rescue TalkdeskAuth::InvalidOptionError => error
        [error.option, error.code, error.name, error.fields, error.retryable?]
      end
      puts "done"
    RUBY
    assert_predicate status, :success?, output
    assert_equal "done", output.lines.last.chomp
  end

  def test_they_notice_a_wrong_type
    [
      "TalkdeskAuth::Client.new(**OPTIONS).exchange(grant_type: :client_credentials, scope: 5)",
      'TalkdeskAuth::Client.new(**OPTIONS).exchange(scope: "a")',
      'TalkdeskAuth::Client.new(**OPTIONS, algorithm: "HS256")'
    ].each do |program|
      output, status = checked(program)
      refute_predicate status, :success?
      assert_match(/TypeError|ArgumentError/, output, program)
    end
  end

  private

  # Runs a program, and checks each of its calls of this gem against the signatures.
  def checked(program)
    environment = { "RBS_TEST_TARGET" => "TalkdeskAuth::*", "RBS_TEST_OPT" => "-I sig", "RBS_TEST_LOGLEVEL" => "error" }
    options = "OPTIONS = JSON.parse(ARGV.first, symbolize_names: true)\n"
    Open3.capture2e(environment, RbConfig.ruby, "-I", "lib", "-r", "json", "-r", "rbs/test/setup", "-r", "talkdesk_auth",
                    "-e", options + program, JSON.dump(Endpoint.options), chdir: FOLDER)
  end
end
