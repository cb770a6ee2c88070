# frozen_string_literal: true

module TalkdeskAuth
  # For objects that `close` changes: they refuse to be frozen, so that whatever refers to them can still be closed.
  #
  # @private
  module Closing
    # Ractor.make_shareable calls this.
    def freeze
      raise TypeError, "an object that can be closed can't be made shareable"
    end
  end
  private_constant :Closing

  # Owns one object of the library and frees it once: after {#close}, or when the handle is collected. It never frees the object
  # during a use.
  #
  # No lock is held during a use. Ruby switches threads when a function returns, so a thread that signs in a loop would hold the
  # lock nearly all the time, and other threads would not get it. Ruby switches threads and runs signal handlers at the end of a
  # method, a block or a branch, and in a method that a program puts in the place of an operator. So one assignment of variables
  # is one step for all threads, and so is one call of a method of Array or Hash. Arithmetic is not.
  #
  # @private
  class Handle
    include Closing

    # Ruby refuses to move a lock to another Ractor, and so refuses every object that refers to this one.
    UNMOVABLE = Mutex.new

    # Holds an object's address; until that is known, the memory where the library writes it. `call` frees the object. It is
    # the finalizer of its handle, so it must not refer to the handle.
    #
    # @private
    class Owned
      attr_reader :object

      def initialize(out)
        @out = out
        @unmovable = UNMOVABLE
      end

      # Takes over the address that the library wrote.
      def made
        @object, @out = @out.get_uint64(0), nil # rubocop:disable Style/ParallelAssignment -- in one step
      end

      def call(_handle_id = nil)
        # In one step, and without a jump before the free. Ruby checks for signals at jumps. GC.start runs this where signal
        # handlers may raise, and a finalizer runs only once.
        object, @object = @object, nil # rubocop:disable Style/ParallelAssignment
        if object
          Library.td_free(object)
        elsif @out
          # The constructor was interrupted, so nobody else owns the object.
          made
          call
        end
      end
    end
    private_constant :Owned

    class << self
      # Runs a constructor that releases the interpreter's lock: yields the memory where it writes, and raises the error that it
      # returns.
      #
      # If a timeout, Thread#kill or Ctrl-C arrives meanwhile, it takes effect when the constructor has ended, and the result is
      # freed. An exception from a signal handler can't be deferred. If it arrives while the library returns an error, that error
      # is leaked: some hundred bytes without a secret.
      def create_waiting
        out = FFI::MemoryPointer.new(:pointer)
        # Before the call, so that the new object has an owner from the first moment.
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

      # Defers timeouts and exceptions from other threads until the block has ended. Otherwise, a result that the library returns
      # at that moment would be leaked.
      def undisturbed(&block)
        Thread.handle_interrupt(Object => :never, &block)
      end
    end

    def initialize(out)
      @owned = Owned.new(out)
      # The running uses. Each has memory of its own, which identifies it.
      @uses = {}.compare_by_identity
      @spare = nil
      @closed = false
      ObjectSpace.define_finalizer(self, @owned)
    end

    def made = @owned.made

    # Yields the object's address, and memory where the library may write an address. The memory belongs to this call alone; it
    # may still hold an address of an earlier call. A {#close} during the block takes effect afterwards.
    def hold
      out, @spare = @spare, nil # rubocop:disable Style/ParallelAssignment -- in one step
      out ||= FFI::MemoryPointer.new(:pointer)
      # Before it reads @closed, because `close` sets @closed first and then looks for uses.
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

    # Frees the object as soon as no use is running.
    def close
      @closed = true
      free_unused
    end

    # Also true if Ruby, at exit, ran this handle's finalizer before a finalizer that still uses the handle.
    def closed? = @closed || !@owned.object

    private

    def free_unused
      @owned.call if @uses.empty?
      ObjectSpace.undefine_finalizer(self) unless @owned.object
    end
  end
  private_constant :Handle
end
