# frozen_string_literal: true

require_relative "helper"
require "timeout"

# While a call waits, other threads work. An exception that arrives meanwhile takes effect when the call has ended, and leaks
# nothing.
class ThreadsTest < Minitest::Test
  def test_other_threads_work_while_one_waits
    thread = Endpoint.in_flight { Endpoint.client(faults: "delay_ms=2000").exchange(grant_type: "client_credentials") }
    worked = 20.times.count { Endpoint.requests.positive? }
    assert_predicate thread, :alive?, "the exchange ended before the others had worked"
    assert_equal 20, worked
    refute_empty thread.value.access_token
  end

  def test_one_client_serves_many_threads
    client = Endpoint.client
    threads = Array.new(16) do
      Thread.new { Array.new(20) { client.assertion.jti + client.exchange(grant_type: "client_credentials").access_token } }
    end
    assert_equal 320, threads.flat_map(&:value).uniq.size
  end

  # Threads may read it at once, so no reader may freeze or change it. Ruby's error message about that would show the JWT.
  def test_no_reader_changes_what_an_assertion_holds
    assertion = Endpoint.client.assertion(claims: { tenant: "größe" })
    jwt = assertion.jwt
    assert_predicate jwt, :frozen?
    assert_equal "größe", assertion.claims["tenant"]
    assert_same jwt, assertion.jwt
  end

  def test_a_timeout_takes_effect_after_the_call_and_frees_its_result
    interrupted(Timeout::Error) { |exchange| Timeout.timeout(0.1) { exchange.call } }
  end

  def test_a_killed_thread_frees_its_result
    interrupted(nil) do |exchange|
      thread = Endpoint.in_flight(&exchange)
      thread.kill
      assert_nil thread.value
    end
  end

  def test_an_exception_from_another_thread_frees_the_result
    interrupted(ArgumentError) do |exchange|
      thread = Endpoint.in_flight(&exchange)
      thread.raise(ArgumentError, "from outside")
      thread.value
    end
  end

  def test_ctrl_c_frees_the_result
    # A shell starts background programs with SIGINT ignored.
    previous = trap("INT", "DEFAULT")
    interrupted(Interrupt) { |exchange| signalled("INT", &exchange) }
  ensure
    trap("INT", previous)
  end

  def test_an_exception_of_a_signal_handler_frees_the_result
    previous = trap("USR1") { raise ArgumentError, "from the handler" }
    interrupted(ArgumentError) { |exchange| signalled("USR1", &exchange) }
  ensure
    trap("USR1", previous)
  end

  def test_an_exception_right_after_a_signature_frees_it
    client = Endpoint.client
    calls = Calls.during do
      assert_raises(ArgumentError) { Calls.hooked(:td_assertion_new, -> { raise ArgumentError }) { client.assertion } }
    end
    assert_equal 1, Calls.made(:td_assertion_new, calls).size
    # A collection may free other objects, too.
    assert_empty Calls.made(:td_assertion_new, calls) - Calls.freed(calls)
    refute_empty client.assertion.jwt
  end

  # A lock that all threads share would stay locked for ever.
  def test_exceptions_that_arrive_in_short_calls_leave_the_client_usable
    client = Endpoint.client
    works = [-> { client.assertion.close }, -> { client.get("client_id") }, -> { refused_claim(client) }]
    works.each { |work| interrupt(work, 20) }
    asking = Thread.new { client.get("client_id") }
    refute_nil asking.join(20), "the client is locked"
  end

  def test_exceptions_that_arrive_in_short_calls_leak_nothing
    client = Endpoint.client
    [-> { client.assertion }, -> { refused_claim(client) }].each do |work|
      calls = Calls.during { interrupt(work, 20) }
      made = (Calls.made(:td_assertion_new, calls) + Calls.errors(calls)).tally
      freed = Calls.freed(calls).tally
      assert_operator made.values.sum, :>, 20
      assert_empty(made.reject { |object, times| freed.fetch(object, 0) >= times })
    end
  end

  def test_threads_that_sign_all_the_time_let_other_threads_work
    shared = Endpoint.client
    signers = Array.new(2) { Thread.new { loop { shared.assertion.jwt } } }
    [shared, Endpoint.client].each do |client|
      exchanging = Thread.new { Array.new(3) { granted(client).seconds_left } }
      refute_nil exchanging.join(60), "they wait for ever"
      assert_equal 3, exchanging.value.compact.size
    end
  ensure
    signers.each(&:kill).each(&:join)
  end

  def test_an_interrupted_call_that_fails_frees_its_error
    client = Endpoint.client(faults: "delay_ms=500,error=invalid_scope")
    calls = Calls.during { assert_raises(Timeout::Error) { Timeout.timeout(0.1) { granted(client) } } }
    error = calls.find { |function,| function == :td_error_code }[1].first
    assert_includes Calls.freed(calls), error
  end

  def test_a_signal_handler_may_use_a_client_and_close_it
    client = Endpoint.client
    texts = []
    # As before the first use of JSON.
    TalkdeskAuth::Assertion.instance_variable_set(:@json, nil)
    previous = trap("USR2") do
      texts << client.get("client_id") << client.assertion.jti << granted(client).access_token
      client.close
    end
    client.instance_variable_get(:@handle).hold do
      Process.kill("USR2", Process.pid)
      sleep 0.01 until client.closed?
    end
    assert_equal [false] * 3, texts.map(&:empty?)
  ensure
    trap("USR2", previous)
  end

  def test_exceptions_of_a_signal_handler_leak_no_client_and_no_token
    client = Endpoint.client
    works = { td_client_new: -> { Endpoint.client.close }, td_token_exchange: -> { granted(client).close } }
    works.each do |constructor, work|
      calls = Calls.during { storm(work, 500) }
      assert_empty lost(constructor, calls)
    end
  end

  # GC.start runs finalizers where a signal handler may raise, and a finalizer runs only once.
  def test_exceptions_of_a_signal_handler_in_a_collection_leak_no_client
    options = Endpoint.options
    collecting = false
    # If a finalizer raises, Ruby does not run it again.
    previous = trap("URG") { raise ArgumentError, "from the handler" if collecting && caller.any?(/handle\.rb/) }
    # A limited number for each line: a process that handles signals all the time does nothing else.
    signaller = IO.popen("while read _; do i=0; while [ $i -lt 3000 ]; do kill -URG #{Process.pid}; i=$((i+1)); done; done", "w")
    calls = Calls.during do
      10.times do
        # In a thread of their own, so that no reference stays on the stack.
        Thread.new { 200.times { TalkdeskAuth::Client.new(**options) } }.join
        collecting = true
        signaller.puts
        quietly { GC.start }
        collecting = false
      end
    end
    assert_empty lost(:td_client_new, calls)
  ensure
    signaller.close
    trap("URG", previous)
  end

  # Switches threads wherever Ruby can. A program that puts a method in the place of an operator adds such places.
  def test_a_client_is_freed_after_its_last_use_wherever_threads_switch
    client = Endpoint.client
    switches = TracePoint.trace(:call, :return, :c_call, :c_return, :b_return) { Thread.pass }
    uses = Array.new(4) { Thread.new { 200.times { client.get("client_id") } } }
    uses.each(&:join)
    switches.disable
    client.close
    assert_nil client.instance_variable_get(:@handle).instance_variable_get(:@owned).object
  end

  def test_a_timeout_in_the_callers_own_conversion_takes_effect_there
    options = Endpoint.options
    path = Object.new
    path.define_singleton_method(:to_path) do
      Timeout.timeout(0.05) { sleep 5 }
    rescue Timeout::Error
      options[:private_key_file]
    end
    assert_equal "ES256", TalkdeskAuth::Client.new(**options, private_key_file: path).get("algorithm")
  end

  def test_signals_do_not_stretch_the_deadline
    previous = trap("URG") { nil }
    signaller = Thread.new { loop { Process.kill("URG", Process.pid) && sleep(0.002) } }
    assert_raises(TalkdeskAuth::OutcomeUnknownError) do
      Timeout.timeout(15) do
        Endpoint.client(faults: "delay_ms=60000").exchange(grant_type: "client_credentials", timeout: 0.5)
      end
    end
  ensure
    signaller&.kill&.join
    trap("URG", previous)
  end

  private

  Owned = TalkdeskAuth.const_get(:Handle).const_get(:Owned)
  private_constant :Owned

  # Repeats the work while signals arrive, until the handler has raised in it this many times. The signal is one that is ignored
  # by default, because one may still arrive when the handler is gone.
  def storm(work, times)
    armed = false
    previous = trap("URG") do
      if armed
        armed = false
        raise ArgumentError, "from the handler"
      end
    end
    signaller = Thread.new { loop { Process.kill("URG", Process.pid) && sleep(rand * 0.001) } }
    times.times do
      armed = true
      loop { work.call }
    rescue ArgumentError
      armed = false
    end
  ensure
    armed = false
    signaller.kill.join
    trap("URG", previous)
  end

  # The objects that this constructor made in these calls (the last ones recorded) and that nobody will free.
  def lost(constructor, calls)
    3.times { Thread.new { GC.start }.join }
    # An object that was neither closed nor collected still has an owner, which will free it.
    owned = ObjectSpace.each_object(Owned).map { |owner| owner.object || owner.instance_variable_get(:@out)&.get_uint64(0) }
    freed = Calls.freed.tally # includes later calls
    Calls.made(constructor, calls).tally.filter_map do |object, times|
      object if times > freed.fetch(object, 0) + owned.count(object)
    end
  end

  # Ruby reports exceptions in finalizers on stderr.
  def quietly
    errors = $stderr
    $stderr = StringIO.new
    yield
  ensure
    $stderr = errors
  end

  def refused_claim(client)
    client.assertion(claims: { iss: "x" })
  rescue TalkdeskAuth::InvalidOptionError
    nil
  end

  # Repeats the work until this many exceptions have arrived in it.
  def interrupt(work, times)
    started = Queue.new
    arrived = 0
    victim = Thread.new do
      Thread.handle_interrupt(ArgumentError => :never) do
        started << true
        arrived += 1 while arrived < times && raised?(work)
      end
    end
    started.pop
    times.times do |count|
      sleep(rand * 0.001)
      victim.raise(ArgumentError)
      Thread.pass while victim.alive? && arrived <= count
    end
    victim.value
  end

  def raised?(work)
    Thread.handle_interrupt(ArgumentError => :immediate) { loop { work.call } }
  rescue ArgumentError
    true
  end

  def interrupted(error)
    before = Endpoint.requests
    calls = Calls.during do
      TalkdeskAuth::Client.open(**Endpoint.options(faults: "delay_ms=700")) do |client|
        exchange = -> { granted(client) }
        error ? assert_raises(error) { yield exchange } : yield(exchange)
      end
    end
    assert_equal before + 1, Endpoint.requests
    assert_equal 1, Calls.made(:td_token_exchange, calls).size
    assert_empty Calls.made(:td_token_exchange, calls) - Calls.freed(calls)
    assert_empty Calls.made(:td_client_new, calls) - Calls.freed(calls)
  end

  def granted(client) = client.exchange(grant_type: "client_credentials")

  # Sends this process a signal while the block's request is under way.
  def signalled(name)
    before = Endpoint.requests
    signaller = Thread.new do
      sleep 0.005 while Endpoint.requests == before
      Process.kill(name, Process.pid)
    end
    yield
  ensure
    signaller.join
  end
end
