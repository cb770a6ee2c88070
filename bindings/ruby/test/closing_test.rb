# frozen_string_literal: true

require_relative "helper"

# Each object of the library is freed once, after its last use.
class ClosingTest < Minitest::Test
  METHODS = {
    client: %i[assertion exchange], assertion: %i[jwt jti aud iat exp header claims],
    token: %i[access_token token_type expires_at seconds_left scope refresh_token id_token json]
  }.freeze

  def test_closing_frees_once_and_closing_again_does_nothing
    objects.except(:assertion).each_value do |object|
      address = address_of(object)
      calls = Calls.during { 2.times { assert_nil object.close } }
      assert_equal [address], Calls.freed(calls)
      assert_predicate object, :closed?
    end
  end

  def test_an_assertion_leaves_nothing_in_the_library
    assertion = nil
    calls = Calls.during { assertion = Endpoint.client.assertion }
    assert_equal 1, Calls.made(:td_assertion_new, calls).size
    assert_empty Calls.made(:td_assertion_new, calls) - Calls.freed(calls)
    2.times { assert_nil assertion.close }
    assert_predicate assertion, :closed?
  end

  def test_use_after_close_raises_without_entering_the_library
    objects.each do |kind, object|
      object.close
      calls = Calls.during do
        METHODS.fetch(kind).each { |method| assert_raises(IOError, method.to_s) { object.public_send(method) } }
        assert_raises(IOError) { object.get("scope") } unless kind == :assertion
      end
      assert_empty calls
    end
  end

  def test_objects_may_be_closed_in_any_order
    client, assertion, token = objects.values
    client.close
    refute_empty assertion.jwt
    refute_empty token.access_token
  end

  def test_closing_a_client_during_a_call_frees_it_after_the_call
    client = Endpoint.client(faults: "delay_ms=700")
    address = address_of(client)
    token = nil
    calls = Calls.during do
      thread = Endpoint.in_flight { client.exchange(grant_type: "client_credentials") }
      client.close
      assert_predicate thread, :alive?
      assert_raises(IOError) { client.assertion }
      refute_includes Calls.freed, address
      token = thread.value
    end
    refute_empty token.access_token
    assert_includes Calls.freed(calls), address
  end

  def test_a_collection_does_not_free_what_a_call_uses
    thread = Endpoint.in_flight do
      Endpoint.client(faults: "delay_ms=700").exchange(grant_type: "client_credentials", scope: "a" * 1000)
    end
    collections = 0
    while thread.alive?
      GC.start
      GC.compact if GC.respond_to?(:compact)
      collections += 1
    end
    assert_operator collections, :>, 0
    assert_equal "a" * 1000, thread.value.scope
  end

  def test_a_collection_frees_what_was_dropped
    client = Endpoint.client
    makers = [-> { Endpoint.client }, -> { client.exchange(grant_type: "client_credentials") }]
    makers.each do |maker|
      # All live at once, so that no address occurs twice. They are made in a thread, so that no reference stays on the stack.
      addresses = Thread.new { Array.new(50) { maker.call }.map { |object| address_of(object) } }.value
      assert_empty addresses - Calls.freed(Calls.during { GC.start })
    end
  end

  # At exit, Ruby runs finalizers in the order in which they were defined.
  def test_a_finalizer_that_runs_at_exit_may_find_the_client_closed
    assert_equal "[true, IOError, \"#<TalkdeskAuth::Client (closed)>\"]\n", run_script(<<~RUBY)
      kept = Object.new
      ObjectSpace.define_finalizer(kept, proc { p [$client.closed?, ($client.assertion rescue $!.class), $client.inspect] })
      $client = TalkdeskAuth::Client.new(**OPTIONS)
    RUBY
  end

  def test_a_signal_handler_shows_an_assertion_without_loading_a_library
    assert_equal "#<TalkdeskAuth::Assertion>\n", run_script(<<~RUBY)
      assertion = TalkdeskAuth::Client.new(**OPTIONS).assertion
      shown = nil
      trap("USR1") { shown = assertion.inspect }
      Process.kill("USR1", Process.pid)
      sleep 0.001 until shown
      puts shown
    RUBY
  end

  def test_an_error_is_freed
    calls = Calls.during { assert_raises(TalkdeskAuth::Error) { TalkdeskAuth::Client.new(acount: "acme") } }
    address = calls.find { |function,| function == :td_error_code }[1].first
    assert_includes Calls.freed(calls), address
  end

  private

  # Runs a script in a process of its own, where only the gem is loaded; its output.
  def run_script(script)
    script = "OPTIONS = #{Endpoint.options}\n#{script}"
    IO.popen([RbConfig.ruby, "-W0", "-I", File.expand_path("../lib", __dir__), "-r", "talkdesk_auth", "-e", script],
             err: %i[child out], &:read)
  end

  def objects
    client = Endpoint.client
    { client: client, assertion: client.assertion, token: client.exchange(grant_type: "client_credentials") }
  end

  def address_of(object) = object.instance_variable_get(:@handle).hold { |address| address }
end
