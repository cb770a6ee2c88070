# frozen_string_literal: true

require_relative "helper"
require "async"
require "open3"
require "socket"
require "timeout"
require_relative "scheduler"

# Whatever ends the wait of an exchange ends its call at once, and leaks nothing. Meanwhile, fibers go on.
class CallTest < Minitest::Test
  UNKNOWN = TalkdeskAuth::OutcomeUnknownError

  def test_a_timeout_ends_the_call_and_its_cause_is_that_the_outcome_is_unknown
    assert_unknown(interrupted(Timeout::Error) { |exchange| Timeout.timeout(1) { exchange.call } })
  end

  def test_a_timeout_with_a_class_of_its_own_ends_the_call
    assert_unknown(interrupted(KeyError) { |exchange| Timeout.timeout(1, KeyError) { exchange.call } })
  end

  # Each timeout is raised where its own block was called.
  def test_the_outer_one_of_two_timeouts_ends_the_call
    reached = []
    assert_unknown(interrupted(Timeout::Error) do |exchange|
      Timeout.timeout(1) do
        Timeout.timeout(60) { exchange.call }
        reached << :after
      end
    end)
    assert_empty reached
  end

  def test_a_killed_thread_ends_the_call
    interrupted(nil) do |exchange|
      thread = Endpoint.in_flight(&exchange)
      thread.kill
      assert_nil thread.value
    end
  end

  def test_a_thread_that_is_killed_within_a_timeout_raises_nothing
    interrupted(nil) do |exchange|
      thread = Endpoint.in_flight { Timeout.timeout(60) { exchange.call } }
      thread.kill
      assert_nil thread.value
    end
  end

  def test_an_exception_from_another_thread_ends_the_call
    assert_unknown(interrupted(ArgumentError) { |exchange| raised_in_flight(exchange, ArgumentError.new("from outside")) })
  end

  def test_an_exception_keeps_the_cause_that_it_had
    error = interrupted(ArgumentError) do |exchange|
      raise KeyError, "the reason"
    rescue KeyError
      raised_in_flight(exchange, ArgumentError.new("from outside"))
    end
    assert_unknown(error)
    assert_instance_of KeyError, error.cause.cause
  end

  def test_the_backtrace_of_an_exception_leads_to_the_caller
    error = interrupted(Timeout::Error) { |exchange| Timeout.timeout(1) { exchange.call } }
    assert(error.backtrace.any? { |line| line.start_with?("#{__FILE__}:") }, error.backtrace.join("\n"))
    error = interrupted(ArgumentError) { |exchange| raised_in_flight(exchange, ArgumentError.new("from outside")) }
    assert(error.backtrace.any? { |line| line.start_with?("#{__FILE__}:") }, error.backtrace.join("\n"))
  end

  def test_ctrl_c_ends_the_call
    # A shell starts background programs with SIGINT ignored.
    previous = trap("INT", "DEFAULT")
    assert_unknown(interrupted(Interrupt) { |exchange| signalled("INT", &exchange) })
  ensure
    trap("INT", previous)
  end

  def test_an_exception_of_a_signal_handler_ends_the_call
    handling("USR1", -> { raise ArgumentError, "from the handler" }) do
      assert_unknown(interrupted(ArgumentError) { |exchange| signalled("USR1", &exchange) })
    end
  end

  def test_a_signal_handler_may_throw_out_of_the_call
    handling("USR1", -> { throw :stop, :thrown }) do
      interrupted(nil) { |exchange| assert_equal :thrown, catch(:stop) { signalled("USR1", &exchange) } }
    end
  end

  def test_a_signal_handler_may_end_the_program_from_within_the_call
    handling("USR1", -> { exit 3 }) do
      assert_unknown(interrupted(SystemExit) { |exchange| signalled("USR1", &exchange) })
    end
  end

  def test_an_exception_has_no_cause_if_nothing_was_sent
    silent = TCPServer.new("127.0.0.1", 0)
    client = Endpoint.client(token_endpoint: "https://127.0.0.1:#{silent.addr[1]}/")
    error = assert_raises(Timeout::Error) { Timeout.timeout(0.3) { granted(client) } }
    assert_nil error.cause
  ensure
    silent.close
  end

  def test_an_exception_that_the_caller_defers_stays_deferred
    client = Endpoint.client(faults: "delay_ms=500")
    token = nil
    thread = Endpoint.in_flight do
      Thread.handle_interrupt(ArgumentError => :never) { token = granted(client) }
    end
    thread.raise(ArgumentError)
    assert_raises(ArgumentError) { thread.value }
    refute_empty token.access_token
  end

  def test_an_exception_that_arrives_with_the_answer_says_that_the_answer_is_lost
    client = Endpoint.client
    # Once, when the token is taken, and not again when the call is given up.
    arrival = lambda do |answer|
      Calls::HOOKS.delete(:td_call_token)
      Thread.current.raise(ArgumentError)
      answer
    end
    calls = Calls.during do
      error = assert_raises(ArgumentError) do
        Calls.hooked(:td_call_token, arrival) { granted(client) }
      end
      assert_instance_of UNKNOWN, error.cause
      assert_match(/was lost/, error.cause.message)
    end
    assert_freed(:td_call_token, calls)
    assert_freed(:td_token_exchange_start, calls)
  end

  def test_an_exception_right_after_the_start_ends_the_call
    client = Endpoint.client(faults: "delay_ms=60000")
    calls = Calls.during do
      assert_raises(ArgumentError) do
        Calls.hooked(:td_token_exchange_start, ->(_) { raise ArgumentError }) { granted(client) }
      end
    end
    assert_freed(:td_token_exchange_start, calls)
  end

  def test_interrupted_calls_leave_no_descriptor
    client = Endpoint.client(faults: "delay_ms=60000")
    granted(Endpoint.client)
    before = descriptors
    20.times do
      thread = Endpoint.in_flight { granted(client) }
      thread.kill.join
    end
    assert_descriptors(before)
  end

  def test_an_exception_that_arrives_with_the_descriptor_leaves_no_descriptor
    client = Endpoint.client(faults: "delay_ms=60000")
    granted(Endpoint.client)
    before = descriptors
    arrival = ->(descriptor) { Thread.current.raise(ArgumentError) || descriptor }
    20.times { assert_raises(ArgumentError) { Calls.hooked(:call_io, arrival) { granted(client) } } }
    assert_descriptors(before)
  end

  # Ruby can't defer them.
  def test_exceptions_of_a_signal_handler_at_any_moment_leave_no_descriptor
    output, status = run_script(<<~RUBY)
      granted = -> { CLIENT.exchange(grant_type: "client_credentials") }
      sockets = lambda do
        GC.start
        Dir.children("/proc/self/fd").count { |number| File.readlink("/proc/self/fd/\#{number}").start_with?("socket") rescue false }
      end
      granted.call
      before = sockets.call
      armed = false
      trap("URG") do
        next unless armed
        armed = false
        raise ArgumentError
      end
      # A process of its own, since a thread sends only while this one waits for its turn. It ends with this one.
      parent = Process.pid
      signaller = fork { loop { Process.kill("URG", parent) && sleep(rand * 0.0005) } }
      3000.times do
        armed = true
        loop(&granted)
      rescue ArgumentError
        armed = false
      end
      Process.kill("KILL", signaller)
      Thread.new { granted.call }.join
      print sockets.call - before
    RUBY
    assert_predicate status, :success?, output
    # Some may still be on the stack. Half a hundred would be lost without care.
    assert_operator Integer(output), :<, 10
  end

  # Its connection is kept, so the call itself needs no descriptor.
  def test_a_call_needs_no_descriptor_of_its_own
    output, status = run_script(<<~RUBY)
      CLIENT.exchange(grant_type: "client_credentials")
      taken = []
      begin
        Process.setrlimit(:NOFILE, 64)
        loop { taken << File.open(File::NULL) }
      rescue Errno::EMFILE
        token = CLIENT.exchange(grant_type: "client_credentials")
        taken.each(&:close)
        print token.access_token.empty?
      end
    RUBY
    assert_equal "false", output
    assert_predicate status, :success?
  end

  def test_two_thousand_used_clients_fit_into_256_descriptors_and_keep_working
    over_tls = { token_endpoint: Endpoint::READY["token_endpoint_https"], ca_file: Endpoint::READY["ca_file"] }
    output, status = run_script(<<~RUBY, **over_tls)
      Process.setrlimit(:NOFILE, 256)
      granted = ->(client) { client.exchange(grant_type: "client_credentials").access_token }
      used = -> { TalkdeskAuth::Client.new(**OPTIONS).tap(&granted) }
      descriptors = -> { Dir.children("/proc/self/fd").size }
      clients = [used.call]
      before = descriptors.call
      1999.times { clients << used.call }
      print descriptors.call - before, " ", clients.each_slice(100).map { |few| granted.call(few.first) }.uniq.size
    RUBY
    assert_predicate status, :success?, output
    more, tokens = output.split.map(&:to_i)
    # The library may renew its connection meanwhile.
    assert_operator more, :<, 20
    assert_equal 20, tokens
  end

  def test_two_hundred_threads_at_once
    client = Endpoint.client(faults: "delay_ms=300")
    threads = Array.new(200) { Thread.new { granted(client).access_token } }
    assert_equal 200, threads.map(&:value).uniq.size
  end

  def test_two_hundred_fibers_of_a_scheduler_at_once
    most, tokens, ticks = in_fibers(200, Endpoint.client(faults: "delay_ms=1000"))
    assert_equal 200, most
    assert_equal 200, tokens.uniq.size
    assert_operator ticks, :>, 10, "the other fiber stood still"
  end

  def test_two_hundred_tasks_of_async_at_once
    client = Endpoint.client(faults: "delay_ms=1000")
    running = most = ticks = 0
    tokens = []
    Async do |task|
      200.times do
        task.async do
          most = [most, running += 1].max
          tokens << granted(client).access_token
          running -= 1
        end
      end
      while running.positive?
        task.sleep(0.01)
        ticks += 1
      end
    end
    assert_equal [200, 200], [most, tokens.uniq.size]
    assert_operator ticks, :>, 10, "the other task stood still"
  end

  def test_a_task_of_async_that_is_stopped_ends_the_call
    seen = nil
    interrupted(nil) do |exchange|
      Async do |task|
        exchanging = task.async do
          exchange.call
        rescue Async::Stop => e
          seen = e
          raise
        end
        await_request
        exchanging.stop
      end
    end
    assert_unknown(seen)
  end

  # Async 1.30 hides its own timeout from the call.
  def test_a_timeout_of_async_ends_the_call
    error = interrupted(UNKNOWN) do |exchange|
      Sync { |task| task.with_timeout(1) { exchange.call } }
    end
    assert_match(/cancel/, error.message)
  end

  def test_a_fiber_that_is_raised_in_ends_the_call
    error = nil
    interrupted(nil) do |exchange|
      in_scheduler do
        exchanging = Fiber.schedule do
          exchange.call
        rescue ArgumentError => e
          error = e
        end
        Fiber.schedule do
          await_request
          exchanging.raise(ArgumentError)
        end
      end
    end
    assert_unknown(error)
  end

  def test_a_signal_handler_that_forks_in_a_call_leaves_the_child_without_an_outcome_and_the_parent_whole
    output, status = run_script(<<~RUBY, faults: "delay_ms=1500")
      child = nil
      trap("USR1") { child = fork || 0 }
      Thread.new { sleep 0.5; Process.kill("USR1", Process.pid) }
      begin
        said = CLIENT.exchange(grant_type: "client_credentials").access_token.empty?
      rescue TalkdeskAuth::Error => e
        said = e.name
      end
      Process.wait(child) if child != 0
      $stdout.syswrite("\#{said} ")
      exit!(0) if child == 0
    RUBY
    assert_equal "outcome_unknown false ", output
    assert_predicate status, :success?
  end

  def test_a_child_may_exchange_while_the_parents_calls_go_on
    output, status = run_script(<<~RUBY, faults: "delay_ms=1500")
      calls = Array.new(20) { Thread.new { CLIENT.exchange(grant_type: "client_credentials").access_token } }
      sleep 0.5
      child = fork { exit!(CLIENT.exchange(grant_type: "client_credentials").access_token.empty? ? 1 : 0) }
      print Process.wait2(child).last.success?, calls.map(&:value).uniq.size
    RUBY
    assert_equal "true20", output
    assert_predicate status, :success?
  end

  def test_the_end_of_the_process_waits_for_no_call
    output, status = run_script(<<~RUBY, faults: "delay_ms=3600000")
      50.times { Thread.new { CLIENT.exchange(grant_type: "client_credentials", timeout: 3600) } }
      sleep 0.5
      print :ended
    RUBY
    assert_equal "ended", output
    assert_predicate status, :success?
  end

  private

  def assert_unknown(error)
    assert_instance_of UNKNOWN, error.cause
    assert_match(/cancel/, error.cause.message)
  end

  def assert_freed(constructor, calls)
    made = Calls.made(constructor, calls)
    refute_empty made
    # A collection may free other objects, too.
    assert_empty made - Calls.freed(calls)
  end

  # Interrupts an exchange that is under way, which the block gets: the error that it raises, if it raises one. The answer would
  # come after the deadline.
  def interrupted(error)
    @before = Endpoint.requests
    raised = nil
    calls = Calls.during do
      TalkdeskAuth::Client.open(**Endpoint.options(faults: "delay_ms=60000")) do |client|
        exchange = -> { granted(client) }
        raised = error ? assert_raises(error) { yield exchange } : yield(exchange)
      end
    end
    assert_equal @before + 1, Endpoint.requests
    assert_freed(:td_token_exchange_start, calls)
    assert_freed(:td_client_new, calls)
    raised
  end

  def granted(client) = client.exchange(grant_type: "client_credentials")

  def raised_in_flight(exchange, error)
    thread = Endpoint.in_flight(&exchange)
    thread.raise(error)
    thread.value
  end

  # In a thread, so that a fiber scheduler has no more to do than to wait for it.
  def await_request
    Thread.new { sleep 0.005 while Endpoint.requests == @before }.join
  end

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

  def handling(signal, handler)
    previous = trap(signal) { handler.call }
    yield
  ensure
    trap(signal, previous)
  end

  # Runs the block in a thread that has a scheduler, until all its fibers have ended.
  def in_scheduler
    Thread.new do
      Fiber.set_scheduler(Scheduler.new)
      yield
    end.join
  end

  # How many exchanges ran at once, their tokens, and how often another fiber had its turn.
  def in_fibers(count, client)
    running = most = ticks = 0
    tokens = []
    in_scheduler do
      count.times do
        Fiber.schedule do
          most = [most, running += 1].max
          tokens << granted(client).access_token
          running -= 1
        end
      end
      Fiber.schedule { (ticks += 1) && sleep(0.01) while running.positive? }
    end
    [most, tokens, ticks]
  end

  def descriptors = Dir.children("/proc/self/fd").size

  # The library closes connections on a thread of its own.
  def assert_descriptors(expected)
    2000.times { descriptors > expected ? sleep(0.005) : break }
    assert_operator descriptors, :<=, expected
  end

  # What the script printed, and its status. It has OPTIONS and a CLIENT; it must end within a minute.
  def run_script(script, faults: nil, **more)
    options = { **Endpoint.options(faults: faults), **more }
    script = "OPTIONS = #{options}\nCLIENT = TalkdeskAuth::Client.new(**OPTIONS)\n#{script}"
    lib = File.expand_path("../lib", __dir__)
    Open3.capture2e("timeout", "60", RbConfig.ruby, "-W0", "-I", lib, "-r", "talkdesk_auth", "-e", script)
  end
end
