# frozen_string_literal: true

require "json"
require "minitest/autorun"
require "net/http"
require "talkdesk_auth"

# The embedded token endpoint, which ends with this process.
module Endpoint
  PROCESS = IO.popen([ENV.fetch("TOKEN_ENDPOINT"), "--until-stdin-closes"], "r+")
  READY = JSON.parse(PROCESS.gets)

  class << self
    # The options of the endpoint's client for this algorithm. The faults are the endpoint's, like `delay_ms=100`.
    def options(algorithm = "ES256", faults: nil)
      entry = READY["clients"].fetch(algorithm)
      {
        token_endpoint: faults ? "#{READY["http"]}/with/#{faults}/oauth/token" : READY["token_endpoint"],
        client_id: entry["client_id"],
        key_id: entry["key_id"],
        private_key_file: entry["private_key_file"]
      }
    end

    def client(algorithm = "ES256", faults: nil, **more)
      TalkdeskAuth::Client.new(**options(algorithm, faults: faults), **more)
    end

    def entry(algorithm) = READY["clients"].fetch(algorithm)

    # How many requests the endpoint has seen.
    def requests = JSON.parse(Net::HTTP.get(URI("#{READY["http"]}/seen")))["requests"]

    # Starts the block in a thread, and returns the thread when its request has arrived.
    def in_flight(&exchange)
      before = requests
      thread = Thread.new(&exchange)
      thread.report_on_exception = false
      sleep 0.005 while requests == before && thread.alive?
      thread
    end
  end
end

# Records the calls into the library.
module Calls
  NATIVE = TalkdeskAuth.const_get(:Library)
  LOG = [] # rubocop:disable Style/MutableConstant
  HOOKS = {} # rubocop:disable Style/MutableConstant

  NATIVE.singleton_class.prepend(
    Module.new do
      (NATIVE.singleton_methods.grep(/\Atd_/) - [:td_free] + [:call_io]).each do |function|
        define_method(function) do |*arguments|
          answer = super(*arguments)
          HOOKS.key?(function) ? HOOKS[function].call(answer) : answer
        ensure
          # The value of an out-parameter at this moment.
          seen = arguments.map { |argument| argument.is_a?(FFI::Pointer) ? argument.get_uint64(0) : argument }
          LOG << [function, seen, answer]
        end
      end

      # An exception that arrives in here takes effect at the end of the free or of its record, never between or before. Nothing
      # else returns here, even if a TracePoint turns all operators into calls.
      def td_free(object)
        super
      ensure
        LOG << [:td_free, [object]]
      end
    end
  )

  class << self
    # The calls that the block made: functions with their arguments.
    def during
      LOG.clear
      yield
      LOG.dup
    end

    # Runs the block. After each call of the function, the hook gets its result. It raises, or its value replaces the result.
    def hooked(function, hook)
      HOOKS[function] = hook
      yield
    ensure
      HOOKS.delete(function)
    end

    # The addresses that these calls freed; by default, all calls so far.
    def freed(calls = LOG) = calls.filter_map { |function, arguments| arguments.first if function == :td_free } - [0]

    # The addresses of the errors that {td_assertion_new} returned.
    def errors(calls) = calls.filter_map { |called, _, answer| answer if called == :td_assertion_new } - [0]

    # The addresses that this constructor wrote.
    def made(function, calls = LOG) = calls.filter_map { |called, arguments| arguments.last if called == function } - [0]
  end
end
