# frozen_string_literal: true

require_relative "helper"
require "jwt"
require "rbnacl"

# An independent library accepts every signature: ruby-jwt, with rbnacl for EdDSA.
class AlgorithmsTest < Minitest::Test
  ALGORITHMS = %w[ES256 ES384 ES512 PS256 PS384 PS512 RS256 RS384 RS512 EdDSA].freeze

  ALGORITHMS.each do |algorithm|
    define_method("test_#{algorithm.downcase}_is_verified_by_another_library") do
      client = Endpoint.client(algorithm, algorithm: algorithm)
      assertion = client.assertion(claims: { tenant: "größe" })
      claims, header = JWT.decode(assertion.jwt, public_key(algorithm), true, algorithm: algorithm)
      assert_equal [algorithm, client.get("key_id")], header.values_at("alg", "kid")
      assert_equal [client.get("client_id"), assertion.jti, "größe"], claims.values_at("sub", "jti", "tenant")
      assert_raises(JWT::DecodeError) { JWT.decode(tampered(assertion.jwt), public_key(algorithm), true, algorithm: algorithm) }
    end
  end

  def test_the_list_holds_every_algorithm_of_the_endpoint
    # ruby-jwt knows the name Ed25519 of RFC 9864 only as EdDSA. A case of tests/cases.json exchanges with it.
    assert_equal Endpoint::READY["clients"].keys.sort, [*ALGORITHMS, "Ed25519"].sort
  end

  private

  def public_key(algorithm)
    pem = File.read(Endpoint.entry(algorithm)["public_key_pem_file"])
    return OpenSSL::PKey.read(pem) unless algorithm == "EdDSA"

    # The last 32 bytes of the SubjectPublicKeyInfo are the key (RFC 8410 §4).
    RbNaCl::Signatures::Ed25519::VerifyKey.new(pem.lines.grep_v(/-----/).join.unpack1("m")[-32..])
  end

  # The same JWT with another character in the middle of its claims.
  def tampered(jwt)
    header, claims, signature = jwt.split(".")
    middle = claims.size / 2
    claims[middle] = claims[middle] == "A" ? "B" : "A"
    [header, claims, signature].join(".")
  end
end
