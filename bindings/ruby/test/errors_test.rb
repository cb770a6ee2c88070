# frozen_string_literal: true

require_relative "helper"

# Each failure raises the class of its name, with its fields.
class ErrorsTest < Minitest::Test
  def test_each_code_has_a_class_that_is_called_like_its_name
    classes = TalkdeskAuth::Error::CLASSES
    assert_equal (1..classes.size).to_a, classes.keys
    classes.each_value do |kind|
      assert_operator kind, :<, TalkdeskAuth::Error
      assert_equal kind.name, "TalkdeskAuth::#{kind::NAME.delete_suffix("_error").split("_").map(&:capitalize).join}Error"
    end
  end

  def test_an_invalid_option_is_named_and_the_nearest_suggested
    error = assert_raises(TalkdeskAuth::InvalidOptionError) { TalkdeskAuth::Client.new(acount: "acme") }
    assert_equal [2, "invalid_option", "acount", false], [error.code, error.name, error.option, error.retryable?]
    assert_match(/did you mean account/, error.message)
    assert_equal({ option: "acount" }, error.fields)
  end

  def test_an_option_of_another_function_is_refused
    error = assert_raises(TalkdeskAuth::InvalidOptionError) { Endpoint.client(claims: { a: "b" }) }
    assert_match(/give it to the assertion/, error.message)
  end

  def test_an_unusable_key
    error = assert_raises(TalkdeskAuth::InvalidKeyError) { Endpoint.client(private_key_file: nil, private_key: "nonsense") }
    assert_equal "private_key", error.option
    refute_includes error.message, "nonsense"
  end

  def test_an_oauth_error_of_the_server
    error = assert_raises(TalkdeskAuth::OauthError) { exchange("error=slow_down,status=429,retry_after=7") }
    assert_equal ["slow_down", 429, 7, true], [error.error, error.http_status, error.retry_after, error.retryable?]
    error = assert_raises(TalkdeskAuth::OauthError) { exchange("error=invalid_client,status=401,error_description=who%3F") }
    assert_equal ["invalid_client", "who?", 401, nil, false],
                 [error.error, error.error_description, error.http_status, error.retry_after, error.retryable?]
  end

  def test_an_invalid_response
    error = assert_raises(TalkdeskAuth::InvalidResponseError) { exchange("html=1") }
    assert_equal 502, error.http_status
  end

  def test_no_connection
    error = assert_raises(TalkdeskAuth::ConnectionFailedError) do
      Endpoint.client(token_endpoint: "http://127.0.0.1:1/oauth/token").exchange(grant_type: "client_credentials")
    end
    assert_predicate error, :retryable?
    assert_equal [nil, nil], [error.http_status, error.retry_after], "a handler of all errors may ask for them"
  end

  def test_an_untrusted_certificate_and_a_trusted_one
    options = { token_endpoint: "#{Endpoint::READY["https"]}/oauth/token" }
    assert_raises(TalkdeskAuth::TlsFailedError) { Endpoint.client(**options).exchange(grant_type: "client_credentials") }
    trusting = Endpoint.client(**options, ca_file: Endpoint::READY["ca_file"])
    refute_empty trusting.exchange(grant_type: "client_credentials").access_token
  end

  def test_an_answer_that_does_not_come_in_time
    error = assert_raises(TalkdeskAuth::OutcomeUnknownError) do
      Endpoint.client(faults: "delay_ms=20000").exchange(grant_type: "refresh_token", refresh_token: "r", timeout: 0.3)
    end
    refute_predicate error, :retryable?
  end

  def test_an_unknown_code_raises_the_base_class
    error = Calls.hooked(:td_error_code, ->(_) { 99 }) do
      assert_raises(TalkdeskAuth::Error) { TalkdeskAuth::Client.new(acount: "acme") }
    end
    assert_instance_of TalkdeskAuth::Error, error
    assert_equal [99, "invalid_option", {}], [error.code, error.name, error.fields]
    assert_match(/acount/, error.message)
  end

  def test_a_program_can_raise_the_errors_in_its_own_tests
    error = assert_raises(TalkdeskAuth::DeadlineExceededError) { raise TalkdeskAuth::DeadlineExceededError, "too late" }
    assert_equal ["too late", 6, "deadline_exceeded"], [error.message, error.code, error.name]
  end

  private

  def exchange(faults) = Endpoint.client(faults: faults).exchange(grant_type: "client_credentials")
end
