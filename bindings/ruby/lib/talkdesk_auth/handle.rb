# frozen_string_literal: true

module TalkdeskAuth
  # What closing changes: it can't be frozen, so that what leads to it stays as it is and can still be closed.
  #
  # @private
  module Closing
    # Ractor.make_shareable asks for this.
    def freeze
      raise TypeError, "what can be closed can't be made shareable"
    end
  end
  private_constant :Closing

  # Owns one object of the library: no use overlaps its end, which comes once, by {#close} or with the collection of the handle.
  #
  # @private
  class Handle
    include Closing

    # One lock for all handles, since it is held for moments only. `synchronize` gives it back whatever arrives meanwhile, which
    # `lock` and `unlock` do not.
    LOCK = Mutex.new
    # Ruby refuses to move a lock to another Ractor, and with it all that leads to this.
    UNMOVABLE = LOCK
    private_constant :LOCK

    # An object's address, taken from where the library wrote it; called, it frees the object. It is its handle's finalizer, so it
    # must not know the handle.
    #
    # @private
    class Owned
      attr_reader :object

      def initialize(out)
        @object = out.get_uint64(0)
        out.put_uint64(0, 0)
        @unmovable = UNMOVABLE
      end

      def call(_handle_id = nil)
        object = @object
        return if object.zero?

        @object = 0
        Native.td_free(object)
      end
    end
    private_constant :Owned

    class << self
      # Runs a constructor that releases the interpreter's lock: yields where it writes, and raises the error that it answers.
      #
      # What arrives meanwhile (a timeout, Thread#kill, Ctrl-C) takes effect when the constructor has ended, and ends its result.
      # What the handler of a signal raises can't be held back: it loses an error that the library answers just then, some hundred
      # bytes without a secret.
      def create_waiting
        out = FFI::MemoryPointer.new(:pointer)
        handle = nil
        kept = undisturbed { handle = take(out, yield(out)) }
      ensure
        handle&.close unless kept
        discard(out) if out
      end

      # Holds back what arrives until the block has ended: an error that the library answers at that moment would be lost, and its
      # memory with it.
      def undisturbed(&block)
        Thread.handle_interrupt(Object => :never, &block)
      end

      # The handle of what a constructor wrote, which is the handle's from then on.
      def take(out, error)
        raise Error.take(error) unless error.zero?

        new(out)
      end

      # Frees what a constructor wrote, where an exception kept {take} from it.
      def discard(out)
        Owned.new(out).call
      end
    end

    def initialize(out)
      @owned = Owned.new(out)
      @users = 0
      @closed = false
      ObjectSpace.define_finalizer(self, @owned)
    end

    # Yields the object's address to a call that keeps the interpreter's lock.
    def hold
      LOCK.synchronize do
        check
        yield @owned.object
      end
    end

    # Yields the object's address to a call that may wait; a {#close} meanwhile takes effect afterwards.
    def hold_waiting
      held = false
      LOCK.synchronize do
        check
        @users += 1
        held = true
      end
      yield @owned.object
    ensure
      release if held
    end

    # Frees the object, once the last use of it has ended.
    def close
      LOCK.synchronize do
        @closed = true
        free if @users.zero?
      end
    end

    def closed? = @closed

    private

    def check
      raise IOError, "already closed" if @closed
    end

    def release
      LOCK.synchronize do
        @users -= 1
        free if @closed && @users.zero?
      end
    end

    def free
      @owned.call
      ObjectSpace.undefine_finalizer(self)
    end
  end
  private_constant :Handle
end
