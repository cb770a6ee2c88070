# frozen_string_literal: true

require_relative "helper"

# Every string arrives unchanged. A string that can't is refused with the option's name, before it enters the library.
class StringsTest < Minitest::Test
  def test_text_beyond_ascii
    assertion = Endpoint.client.assertion(claims: { "größe" => "naïve 東京 🔑", empty: "" })
    assert_equal ["naïve 東京 🔑", ""], assertion.claims.values_at("größe", "empty")
    request = echo(scope: "größe 東京", params: { "näme" => "wért" })
    assert_equal "größe 東京", request["form"]["scope"]
    assert_equal "wért", request["form"]["näme"]
  end

  def test_long_values
    long = "é" * 50_000
    assert_equal long, Endpoint.client.assertion(claims: { long: long }).claims["long"]
    assert_equal long, echo(params: { long: long })["form"]["long"]
  end

  def test_returned_strings_are_utf8_and_frozen
    client = Endpoint.client
    token = client.exchange(grant_type: "client_credentials", scope: "größe")
    assertion = client.assertion
    texts = [client.get("client_id"), assertion.jwt, assertion.jti, assertion.aud,
             token.access_token, token.token_type, token.scope, token.json]
    texts.each { |text| assert_equal [Encoding::UTF_8, true, true], [text.encoding, text.valid_encoding?, text.frozen?] }
    message = assert_raises(TalkdeskAuth::Error) { Endpoint.client(key_id: "") }.message
    assert_equal Encoding::UTF_8, message.encoding
  end

  def test_text_in_another_encoding_is_converted
    claims = { latin: "größe".encode("ISO-8859-1"), wide: "größe".encode("UTF-16LE"), bytes: "größe".b }
    assert_equal %w[größe größe größe], Endpoint.client.assertion(claims: claims).claims.values_at("latin", "wide", "bytes")
    client = Endpoint.client("timeout".encode("UTF-16LE") => 5)
    assert_equal "5", client.get("timeout".encode("UTF-16BE"))
    assert_equal "b", client.assertion("claims" => { "a" => "b" }).claims["a"]
  end

  def test_a_nul_is_refused
    refused("private_key", /NUL/) { Endpoint.client(private_key_file: nil, private_key: "s3cret\0") }
    refused("scope", /NUL/) { Endpoint.client.exchange(grant_type: "client_credentials", scope: "a\0b") }
    refused("claim.NAME", /NUL/) { Endpoint.client.assertion(claims: { x: "a\0b" }) }
    refused("claim.NAME", /NUL/) { Endpoint.client.assertion(claims: { "x\0y" => "a" }) }
    refused("private_key_file", /NUL/) { Endpoint.client(private_key_file: Struct.new(:to_path).new("/a\0b")) }
    refused(nil, /\Aan option: a NUL inside the name/) { Endpoint.client.get("s3cret\0") }
    # The name and the key are exchanged by mistake.
    refused(nil, /\Aan option: a NUL inside the name/) { TalkdeskAuth::Client.new("s3cret\0" => "private_key") }
  end

  def test_a_value_of_the_wrong_class_is_refused
    refused("key_id", /Array/) { Endpoint.client(key_id: %w[a b]) }
    refused("claim.NAME", /Object/) { Endpoint.client.assertion(claims: { x: Object.new }) }
    refused("private_key", /class Object/) { Endpoint.client(private_key: Object.new) }
    refused("timeout", /Complex.*a number/) { Endpoint.client(timeout: Complex(1, 2)) }
  end

  def test_a_claim_that_is_no_text_stays_what_it_is
    values = [7, -(2**70), 0.25, 1e-7, 1e21, true, false, [], [1, "zwei", nil, [true]], {}, { "größe" => { "deep" => [0.5] } }]
    values.each do |value|
      claims = Endpoint.client.assertion(claims: { n: value, text: "7" }).claims
      assert_equal [value, value.class, "7"], [claims["n"], claims["n"].class, claims["text"]]
    end
    claims = Endpoint.client.assertion(claims: { symbols: [:a, { b: :c }], ratio: 1/2r, nbf: 5 }).claims
    assert_equal [["a", { "b" => "c" }], 0.5, 5], claims.values_at("symbols", "ratio", "nbf")
    error = assert_raises(TalkdeskAuth::InvalidOptionError) { Endpoint.client.assertion(claims: { exp: 5 }) }
    assert_equal "claim_json.exp", error.option
  end

  def test_a_value_that_json_cannot_say_is_refused_without_being_shown
    cycle = []
    cycle << cycle
    [Float::NAN, -Float::INFINITY, [Float::NAN], cycle, ["\xff"]].each do |value|
      says = /\Aclaim\.NAME: a value that JSON can't say; give text/
      refused("claim.NAME", says) { Endpoint.client.assertion(claims: { x: value }) }
    end
  end

  def test_a_scope_may_be_a_list
    [%w[a:read b:write], %i[a:read b:write]].each { |scope| assert_equal "a:read b:write", echo(scope: scope)["form"]["scope"] }
    { ["a", ""] => "element 2 is empty or has a blank in it", ["a b"] => "element 1 is empty or has a blank in it",
      ["a", 5] => "element 2 is of the class Integer" }.each do |scope, says|
      refused("scope", /\Ascope: #{says}/) { Endpoint.client.exchange(grant_type: "client_credentials", scope: scope) }
    end
  end

  def test_claims_and_params_must_be_hashes
    [[%w[a b]], "a", 1, false].each do |value|
      refused("claims", /#{value.class}; give a Hash/) { Endpoint.client.assertion(claims: value) }
      refused("params", /Hash/) { Endpoint.client.exchange(grant_type: "client_credentials", params: value) }
    end
  end

  def test_names_of_claims_must_be_text
    [5, nil, Object.new].each do |name|
      refused("claims", /a name of the class/) { Endpoint.client.assertion(claims: { name => "a" }) }
    end
  end

  def test_text_that_cannot_be_converted_is_refused_and_not_shown
    error = refused("private_key", /UTF-8/) { Endpoint.client(private_key: "s\xFF".dup.force_encoding("Shift_JIS")) }
    assert_nil error.cause
  end

  def test_broken_utf8_is_refused
    error = assert_raises(TalkdeskAuth::InvalidOptionError) { Endpoint.client.assertion(claims: { x: "\xFF" }) }
    assert_match(/UTF-8/, error.message)
  end

  def test_a_name_in_broken_utf8_is_refused_and_not_shown
    error = assert_raises(TalkdeskAuth::InvalidOptionError) { TalkdeskAuth::Client.new("\xFFs3cret" => "x") }
    refute_includes error.message, "s3cret"
  end

  def test_a_conversion_that_returns_no_text_is_refused
    value = Object.new
    value.define_singleton_method(:to_str) { nil }
    refused("claim.NAME", /a value of the class Object/) { Endpoint.client.assertion(claims: { x: value }) }
  end

  # Otherwise the library would read memory beyond the text.
  def test_a_subclass_of_string_is_taken_by_its_bytes
    text = Class.new(String) do
      def bytesize = 1
      def include?(*) = false
      def to_s = "other"
    end
    assert_equal "A" * 22, Endpoint.client.assertion(claims: { x: text.new("A" * 22) }).claims["x"]
    refused("claim.NAME", /a NUL/) { Endpoint.client.assertion(claims: { x: text.new("a\0b") }) }
  end

  # Here a conversion changes the text; another thread could do the same.
  def test_text_that_changes_later_is_taken_as_it_was
    text = +"A"
    later = Object.new
    later.define_singleton_method(:to_str) { text.replace("B" * 100) }
    claims = Endpoint.client.assertion(claims: { x: text, y: later }).claims
    assert_equal ["A", "B" * 100], claims.values_at("x", "y")
  end

  def test_memory_that_was_lent_to_the_library_is_wiped
    freed = []
    spy = Module.new do
      define_method(:free) do
        freed << get_bytes(0, size)
        super()
      end
    end
    FFI::MemoryPointer.prepend(spy)
    Endpoint.client.assertion(claims: { x: "s3cret" })
    assert_equal 2, freed.size
    freed.each { |bytes| assert_equal bytes.bytesize, bytes.count("\0") }
  end

  private

  def refused(option, message, &call)
    error = nil
    calls = Calls.during { error = assert_raises(TalkdeskAuth::InvalidOptionError, &call) }
    assert_equal [option], [error.option]
    assert_match message, error.message
    refute_includes error.message, "s3cret"
    refused_before_it_entered(calls)
    error
  end

  def refused_before_it_entered(calls)
    made = calls.map(&:first)
    assert_empty made & %i[td_assertion_new td_token_exchange_start]
    assert_operator made.count(:td_client_new), :<=, 1
  end

  def echo(**parameters)
    token = Endpoint.client(faults: "echo=1").exchange(grant_type: "client_credentials", **parameters)
    JSON.parse(token.get("request"))
  end
end
