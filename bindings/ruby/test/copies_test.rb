# frozen_string_literal: true

require_relative "helper"
require "yaml"

# A secret has one owner, which doesn't show it.
class CopiesTest < Minitest::Test
  def setup
    @client = Endpoint.client
    @objects = [@client, @client.assertion, @client.exchange(grant_type: "client_credentials")]
  end

  def test_copies_are_refused
    [:dup.to_proc, :clone.to_proc, Marshal.method(:dump), YAML.method(:dump)].each do |copy|
      refused_by(TypeError) { |object| copy.call(object) }.each { |error| assert_match(/can't be copied/, error.message) }
    end
  end

  def test_rails_writes_no_secret_into_json
    @objects.each { |object| assert_equal object.inspect, object.as_json(only: :jwt) }
  end

  def test_objects_cannot_be_sent_to_a_ractor
    previous = Warning[:experimental]
    Warning[:experimental] = false
    refused_by(TypeError) { |object| Ractor.new(object) { |copy| copy } }
    ractor = Ractor.new { Ractor.receive }
    refused_by(Ractor::Error) { |object| ractor.send(object, move: true) }
  ensure
    Warning[:experimental] = previous
  end

  def test_objects_refuse_to_be_made_shareable_and_can_be_closed_afterwards
    jwt = @objects[1].jwt
    refused_by(TypeError) { |object| Ractor.make_shareable(object) }.each { |error| refute_includes error.full_message, jwt }
    @objects.each(&:close)
    assert(@objects.all?(&:closed?))
  end

  def test_assertions_and_tokens_are_frozen_values
    _, assertion, token = @objects
    assert_predicate assertion, :frozen?
    assert_predicate token, :frozen?
    assert_predicate assertion.claims, :frozen?
    assert_predicate assertion.header["alg"], :frozen?
    assert_raises(FrozenError) { token.instance_variable_set(:@handle, nil) }
  end

  def test_only_a_client_makes_assertions_and_tokens
    [TalkdeskAuth::Assertion, TalkdeskAuth::Token].each { |kind| assert_raises(NoMethodError) { kind.new(nil) } }
  end

  def test_nothing_shows_a_secret
    _, assertion, token = @objects
    secrets = [assertion.jwt, token.access_token, File.read(Endpoint.entry("ES256")["private_key_file"])[0, 40]]
    @objects.each do |object|
      [object.inspect, object.to_s, capture_io { pp object }.first].each do |shown|
        secrets.each { |secret| refute_includes shown, secret }
        assert_includes shown, object.class.name
      end
      # Some tools show an object's variables instead of the object.
      object.instance_variables.each do |name|
        shown = object.instance_variable_get(name).then { |value| value.inspect + value.pretty_inspect }
        secrets.each { |secret| refute_includes shown, secret }
      end
    end
  end

  def test_objects_cannot_be_allocated
    [TalkdeskAuth::Client, TalkdeskAuth::Assertion, TalkdeskAuth::Token].each do |kind|
      assert_raises(NoMethodError) { kind.allocate }
      assert_raises(NoMethodError) { YAML.unsafe_load("--- !ruby/object:#{kind} {}") }
    end
  end

  def test_inspect_shows_what_is_not_secret
    ["client_id=.client-es256.*key_id=.*token_endpoint=", "aud=.*exp=", "seconds_left="].zip(@objects) do |shown, object|
      assert_match(/\A#<#{object.class} #{shown}/, object.inspect)
    end
  end

  def test_closed_objects_can_be_shown
    @objects.each(&:close)
    @objects.each { |object| assert_equal "#<#{object.class} (closed)>", object.inspect }
  end

  def test_no_error_shows_a_secret
    code = "a-very-secret-code"
    error = assert_raises(TalkdeskAuth::OauthError) do
      Endpoint.client(faults: "leak=1").exchange(grant_type: "authorization_code", code: code)
    end
    refute_includes error.full_message + error.inspect + error.fields.inspect, code
  end

  private

  # The block must raise for each object and leave it open; returns the errors.
  def refused_by(*errors)
    @objects.map do |object|
      assert_raises(*errors) { yield object }.tap { refute_match(/closed/, object.inspect) }
    end
  end
end
