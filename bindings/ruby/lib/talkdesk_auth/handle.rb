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
  # a lock nearly always, and all others from it. It switches, and takes notice of a signal, at the end of a method, a block or a
  # branch, and in what a program puts in the place of an operator: so one assignment of variables is one step for all threads,
  # and one method of Array or Hash is, but no arithmetic.
  #
  # @private
  class Handle
    include Closing

    # Ruby refuses to move a lock to another Ractor, and with it all that leads to this.
    UNMOVABLE = Mutex.new

    # An object's address, or until it is known the memory where the library writes it; called, it frees the object. It is its
    # handle's finalizer, so it must not know the handle.
    #
    # @private
    class Owned
      attr_reader :object

      def initialize(out)
        @out = out
        @unmovable = UNMOVABLE
      end

      # Takes over what the library wrote.
      def made
        @object, @out = @out.get_uint64(0), nil # rubocop:disable Style/ParallelAssignment -- in one step
      end

      def call(_handle_id = nil)
        # In one step, and without a jump before the freeing: Ruby looks for signals where it jumps, GC.start runs this where
        # their handlers may raise, and a finalizer runs once.
        object, @object = @object, nil # rubocop:disable Style/ParallelAssignment
        if object
          Library.td_free(object)
        elsif @out
          # The constructor was cut short; nobody else has it then.
          made
          call
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
        # Before the call, so that what the library makes has an owner from the first moment.
        handle = new(out)
        kept = undisturbed do
          error = yield(out)
          raise Failure.take(error) unless error.zero?

          handle.made
        end
        handle
      ensure
        handle&.close unless kept
      end

      # Holds back what arrives until the block has ended: what the library answers at that moment would be lost, and its memory
      # with it.
      def undisturbed(&block)
        Thread.handle_interrupt(Object => :never, &block)
      end
    end

    def initialize(out)
      @owned = Owned.new(out)
      # By the memory that each use has to itself.
      @uses = {}.compare_by_identity
      @spare = nil
      @closed = false
      ObjectSpace.define_finalizer(self, @owned)
    end

    def made = @owned.made

    # Yields the object's address to a call, and where the library may write one: memory that is this call's alone, and may still
    # hold an earlier one's. A {#close} meanwhile takes effect afterwards.
    def hold
      out, @spare = @spare, nil # rubocop:disable Style/ParallelAssignment -- in one step
      out ||= FFI::MemoryPointer.new(:pointer)
      # Before the look at the close, since a close looks for uses last.
      @uses[out] = true
      object = @owned.object
      raise IOError, "already closed" if @closed || !object

      yield object, out
    ensure
      if out
        @uses.delete(out)
        @spare = out
        free_unused if @closed
      end
    end

    # Frees the object, once the last use of it has ended.
    def close
      @closed = true
      free_unused
    end

    # Also where Ruby, as it exits, ran its finalizer before another that still knows it.
    def closed? = @closed || !@owned.object

    private

    def free_unused
      @owned.call if @uses.empty?
      ObjectSpace.undefine_finalizer(self) unless @owned.object
    end
  end
  private_constant :Handle
end
