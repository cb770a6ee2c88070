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
  # No lock is held during a use. Ruby switches threads at the return of a function, so a thread that signs in a loop would keep
  # a lock nearly always, and all others from it. It switches nowhere else but at the end of a block, a method or a loop's turn:
  # one assignment of numbers or variables is one step for all threads, and so is one method of Array.
  #
  # @private
  class Handle
    include Closing

    # Ruby refuses to move a lock to another Ractor, and with it all that leads to this.
    UNMOVABLE = Mutex.new

    # An object's address, taken from where the library wrote it; called, it frees the object. It is its handle's finalizer, so it
    # must not know the handle.
    #
    # @private
    class Owned
      def initialize(out)
        @objects = [out.get_uint64(0)]
        out.put_uint64(0, 0)
        @unmovable = UNMOVABLE
      end

      def object = @objects.first

      def call(_handle_id = nil)
        Handle.undisturbed do
          object = @objects.pop
          Native.td_free(object) if object&.nonzero?
        end
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

      # Holds back what arrives until the block has ended: what the library answers at that moment would be lost, and its memory
      # with it.
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
      @uses = 0
      @spare = out
      @closed = false
      ObjectSpace.define_finalizer(self, @owned)
    end

    # Yields the object's address to a call, and where the library may write one: memory that is this call's alone, and may still
    # hold an earlier one's. A {#close} meanwhile takes effect afterwards.
    def hold
      out, @spare = @spare, nil # rubocop:disable Style/ParallelAssignment -- in one step
      # Before the look at the close, since a close looks for uses last.
      @uses += 1
      held = true
      raise IOError, "already closed" if @closed

      yield @owned.object, out ||= FFI::MemoryPointer.new(:pointer)
    ensure
      @spare = out if out
      if held
        @uses -= 1
        free_unused if @closed
      end
    end

    # Frees the object, once the last use of it has ended.
    def close
      @closed = true
      free_unused
    end

    def closed? = @closed

    private

    def free_unused
      return unless @uses.zero?

      @owned.call
      ObjectSpace.undefine_finalizer(self)
    end
  end
  private_constant :Handle
end
