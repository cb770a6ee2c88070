# frozen_string_literal: true

require_relative "helper"
require "bigdecimal"
require "delegate"
require "pathname"

# The way from a key to a token.
class StoryTest < Minitest::Test
  def test_a_client_shows_its_options_as_given_or_resolved
    client = Endpoint.client
    assert_equal "client-es256", client.get("client_id")
    assert_equal "ES256", client.get(:algorithm)
    assert_equal Endpoint::READY["token_endpoint"], client.get("audience")
    assert_nil client.get("private_key_file_that_is_no_option")
  end

  def test_an_assertion_has_its_parts
    assertion = Endpoint.client.assertion(audience: "https://audience", assertion_lifetime: 60, claims: { tenant: "acme" })
    assert_equal 3, assertion.jwt.split(".").size
    assert_equal({ "alg" => "ES256", "typ" => "JWT", "kid" => "key-es256" }, assertion.header)
    assert_equal "acme", assertion.claims["tenant"]
    assert_equal "https://audience", assertion.aud
    parts = { "jti" => assertion.jti, "aud" => assertion.aud, "iat" => assertion.iat, "exp" => assertion.exp }
    assert_equal parts, assertion.claims.slice(*parts.keys)
    assert_in_delta Time.now.to_i + 60, assertion.exp, 30
  end

  def test_each_assertion_is_fresh
    client = Endpoint.client
    refute_equal client.assertion.jti, client.assertion.jti
  end

  def test_a_code_becomes_a_token_that_is_refreshed
    client = Endpoint.client
    token = client.exchange(
      grant_type: "authorization_code", code: "code-1", redirect_uri: Endpoint::READY["redirect_uri"], scope: nil
    )
    assert_equal "bearer", token.token_type.downcase
    refute_empty token.access_token
    assert_in_delta Time.now.to_i + 600, token.expires_at.to_i, 60
    assert_in_delta 600, token.seconds_left, 60
    renewed = client.exchange(grant_type: "refresh_token", refresh_token: token.refresh_token)
    refute_equal token.access_token, renewed.access_token
  end

  def test_a_token_shows_every_member_of_the_response
    token = Endpoint.client(faults: "set.sid=%22s1%22,set.deep=%7B%22a%22:1%7D,set.id_token=%22i%22")
                    .exchange(grant_type: :client_credentials, scope: "a b")
    assert_equal "s1", token.get("sid")
    assert_equal '{"a":1}', token.get(:deep)
    assert_equal "i", token.id_token
    assert_equal "a b", token.scope
    assert_nil token.get("absent")
    assert_nil token.refresh_token
    assert_equal({ "a" => 1 }, JSON.parse(token.json)["deep"])
  end

  def test_a_member_that_the_server_left_out_is_nil
    token = Endpoint.client(faults: "omit=expires_in").exchange(grant_type: "client_credentials")
    assert_nil token.expires_at
    assert_nil token.seconds_left
  end

  def test_parameters_reach_the_server
    request = echoed(scope: "read", params: { resource: "https://api", "audience" => "x" }, claims: { tenant: "acme" })
    assert_includes request, "https://api"
    assert_includes request, "acme"
    assert_includes request, "read"
  end

  def test_values_may_be_of_many_ruby_classes
    client = TalkdeskAuth::Client.new(
      **Endpoint.options, private_key_file: Pathname(Endpoint.entry("ES256")["private_key_file"]),
                          algorithm: :ES256, timeout: 1.5, connect_timeout: Rational(1, 2), assertion_lifetime: 60.0,
                          allow_http: true, proxy: nil
    )
    shown = %w[algorithm timeout connect_timeout assertion_lifetime allow_http].map { |name| client.get(name) }
    assert_equal %w[ES256 1.5 0.5 60 true], shown
    { 0.00005 => "0.00005", 1e-20 => "0.00000000000000000001", -1.23456789012e-10 => "-0.000000000123456789012", -0.0 => "0",
      1.2345678901234568e+16 => "12345678901234568", 1e23 => "1#{"0" * 23}", 2.0 => "2", 0.1 => "0.1",
      BigDecimal("12345678901234567.89") => "12345678901234567.89", BigDecimal("1e30") => "1#{"0" * 30}",
      Rational(9_007_199_254_740_993) => "9007199254740993", 0.5r => "0.5" }.each do |number, digits|
      assert_equal digits, JSON.parse(echoed(params: { number: number }))["form"]["number"]
    end
  end

  # Forwards is_a?, as ActiveSupport::Duration does.
  class Duration < SimpleDelegator
    def is_a?(kind) = __getobj__.is_a?(kind)
  end

  def test_durations_and_decimals_are_numbers
    client = Endpoint.client(timeout: Duration.new(90), connect_timeout: BigDecimal("2.5"))
    assert_equal %w[90 2.5], [client.get("timeout"), client.get("connect_timeout")]
  end

  def test_open_closes_after_the_block_and_returns_its_value
    inside = nil
    value = TalkdeskAuth::Client.open(**Endpoint.options) do |client|
      inside = client
      client.assertion.aud
    end
    assert_equal Endpoint::READY["token_endpoint"], value
    assert_predicate inside, :closed?
    refute_predicate TalkdeskAuth::Client.open(**Endpoint.options), :closed?
  end

  private

  def echoed(**parameters)
    Endpoint.client(faults: "echo=1").exchange(grant_type: "client_credentials", **parameters).get("request")
  end
end
