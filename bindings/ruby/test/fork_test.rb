# frozen_string_literal: true

require_relative "helper"
require "io/wait"
require "socket"
require "tmpdir"

# A client that was made and used before a fork works on both sides.
class ForkTest < Minitest::Test
  REQUESTS = 40
  LIB = File.expand_path("../lib", __dir__)

  def test_forty_requests_on_both_sides
    client = Endpoint.client
    client.exchange(grant_type: "client_credentials")
    child = in_child { forty(client) }
    assert_equal REQUESTS, forty(client)
    assert_equal REQUESTS, child.call
  end

  def test_forty_requests_while_other_threads_were_in_a_call
    client = Endpoint.client
    waiting = Endpoint.client(faults: "delay_ms=1500")
    slow = Array.new(3) { Endpoint.in_flight { waiting.exchange(grant_type: "client_credentials") } }
    busy = Array.new(3) { Thread.new { forty(client) } }
    children = Array.new(3) { in_child { forty(client) } }
    assert(slow.all?(&:alive?))
    assert_equal [REQUESTS] * 3, children.map(&:call)
    assert_equal [REQUESTS] * 3, busy.map(&:value)
    slow.each { |thread| refute_empty thread.value.access_token }
  end

  def test_a_child_may_close_and_drop_what_it_inherited
    client = Endpoint.client(faults: "delay_ms=1000")
    token = Endpoint.client.exchange(grant_type: "client_credentials")
    slow = Endpoint.in_flight { client.exchange(grant_type: "client_credentials") }
    child = in_child do
      client.close
      token.close
      GC.start
      1
    end
    assert_equal 1, child.call
    refute_empty token.access_token
    refute_empty slow.value.access_token
    refute_predicate client, :closed?
  end

  # At exit, a child runs all finalizers, including those of objects that it inherited.
  def test_the_exit_of_a_child_does_not_disturb_the_parent
    script = <<~RUBY
      client = TalkdeskAuth::Client.new(**JSON.parse(ARGV.first, symbolize_names: true))
      token = client.exchange(grant_type: "client_credentials")
      statuses = Array.new(3) { Process.wait2(fork { client.exchange(grant_type: "client_credentials") }).last }
      print token.access_token.empty?, statuses.all?(&:success?), client.assertion.jwt.empty?
    RUBY
    command = [RbConfig.ruby, "-I", LIB, "-r", "json", "-r", "talkdesk_auth", "-e", script, JSON.dump(Endpoint.options)]
    assert_equal "falsetruefalse", IO.popen(command, err: %i[child out], &:read)
  end

  def test_a_puma_cluster_with_a_preloaded_client
    Dir.mktmpdir do |folder|
      write_app(folder)
      puma = spawn_puma(folder)
      answers = Array.new(REQUESTS) { ask("#{folder}/puma.sock") }
      assert_equal REQUESTS, answers.map(&:last).uniq.size
      refute_includes answers.map(&:first), puma.to_s, "the workers answer, not the master"
    ensure
      Process.kill("TERM", puma)
      Process.wait(puma)
    end
  end

  private

  def forty(client)
    Array.new(REQUESTS) { client.exchange(grant_type: "client_credentials").access_token }.uniq.size
  end

  # Runs the block in a child. Returns a lambda that waits for the block's value, for a minute at most.
  def in_child
    reader, writer = IO.pipe
    pid = fork do
      reader.close
      writer.write(Marshal.dump(yield))
      writer.close
      exit!(0)
    end
    writer.close
    lambda do
      reader.wait_readable(60) || Process.kill(:KILL, pid)
      answer = reader.read
      Process.wait(pid)
      Marshal.load(answer) # rubocop:disable Security/MarshalLoad
    end
  end

  def write_app(folder)
    File.write("#{folder}/options.json", JSON.dump(Endpoint.options))
    File.write("#{folder}/config.ru", <<~RUBY)
      require "json"
      require "talkdesk_auth"

      client = TalkdeskAuth::Client.new(**JSON.parse(File.read("#{folder}/options.json"), symbolize_names: true))
      client.exchange(grant_type: "client_credentials")
      run ->(_) { [200, {}, ["\#{Process.pid} \#{client.exchange(grant_type: "client_credentials").access_token}"]] }
    RUBY
    File.write("#{folder}/puma.rb", <<~RUBY)
      bind "unix://#{folder}/puma.sock"
      workers 2
      threads 2, 2
      preload_app!
    RUBY
  end

  def spawn_puma(folder)
    log = "#{folder}/puma.log"
    pid = Process.spawn({ "RUBYLIB" => LIB }, "puma", "--quiet", "-C", "#{folder}/puma.rb", "#{folder}/config.ru",
                        chdir: folder, out: log, err: log)
    sleep 0.05 until File.exist?("#{folder}/puma.sock") || Process.wait(pid, Process::WNOHANG)
    pid
  end

  # The process id and the access token in the app's answer.
  def ask(path)
    UNIXSocket.open(path) do |socket|
      socket.write("GET / HTTP/1.0\r\n\r\n")
      socket.read.split("\r\n\r\n").last.split
    end
  end
end
