# frozen_string_literal: true

require "io/wait"

module TalkdeskAuth
  # A started call. It goes on by itself, on a thread of the library. To close it while it runs cancels it.
  #
  # @private
  class Call
    # Says so if an exception arrives together with the answer.
    LOST = "the answer came at the moment when the wait for it was interrupted, and was lost; a code or refresh token may be " \
           "spent: log in again if a new attempt is refused"
    private_constant :LOST

    # Starts an exchange of the client at this address, waits for it and gives the token. Whatever ends the wait early ends the
    # call.
    def self.exchange(client, parameters)
      # Before the start, so that the call has an owner from the first moment.
      call = new
      call.exchange(client, parameters)
    ensure
      call&.close
    end

    def initialize
      @handle = Handle.new
      @io = nil
    end

    # An exception that arrives meanwhile is raised again, and its cause tells if the outcome is unknown.
    def exchange(client, parameters)
      start(client, parameters)
      wait
      token = take_over
      ended = true
      token
    rescue Exception => e # rubocop:disable Lint/RescueException -- it is raised again
      ended = true
      unknown = abandon unless e.is_a?(Error)
      raise unless unknown

      raise e, cause: caused(unknown, e.cause)
    ensure
      leave unless ended
    end

    def close
      @io&.close
    ensure
      @handle.close
    end

    private

    def start(client, parameters)
      @handle.make { |out| Library.td_token_exchange_start(client, parameters, 0, 0, out) }
    end

    # Waits until the call has ended. If a fiber scheduler stops waiting without an exception, as async 1.30 does after its own
    # timeout, cancels the call.
    def wait
      @handle.hold do |call|
        next if ended?(call)

        Handle.undisturbed { @io = Library.call_io(call) }
        if @io.nil?
          # The process has no descriptor left.
          sleep 0.01 until ended?(call)
        elsif !@io.wait_readable
          Library.td_call_cancel(call)
        end
      end
    end

    def take_over
      Token.own(Handle.create_waiting { |token| take(token) })
    end

    # Cancels the call. Gives the error that it ended with, or nil if nothing was sent.
    def abandon
      return if @handle.closed?

      @handle.hold { |call| Library.td_call_cancel(call) }
      token = Handle.new
      failure = token.attempt { |out| take(out) }
      case failure
      when CancelledError then nil
      # The second one says that the token was taken before.
      when nil, InvalidArgumentError then OutcomeUnknownError.new(LOST)
      else failure
      end
    ensure
      token&.close
    end

    def take(token)
      @handle.hold { |call| Library.td_call_token(call, token) }
    end

    # This error with this cause.
    def caused(error, cause)
      raise error, cause: cause
    rescue Error => e
      e
    end

    # Thread#kill or a throw ends the call, which no `rescue` sees. Up to Ruby 3.1, Timeout throws and then raises an exception
    # without a cause. If the outcome is unknown, this raises that exception instead, with the cause.
    def leave
      return if Thread.current.status == "aborting" || !timeout_throws?

      unknown = abandon
      raise ::Timeout::Error, "execution expired", cause: unknown if unknown
    end

    # Whether this runs in the block of a Timeout that throws.
    def timeout_throws?
      return false unless defined?(::Timeout::Error) && ::Timeout::Error.method_defined?(:thread)

      file, = ::Timeout.method(:timeout).source_location
      caller_locations.any? { |location| location.path == file }
    end

    def ended?(call) = Library.td_call_wait(call, 0) == 1
  end
  private_constant :Call
end
