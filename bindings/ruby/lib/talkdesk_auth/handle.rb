# frozen_string_literal: true

module TalkdeskAuth
  # Owns one object of the library: no use overlaps its end, which comes once, by {#close} or with the collection of the handle.
  #
  # @private
  class Handle
    # Where the library writes the object's address; called, it frees the object. It is the handle's finalizer, so it must not
    # know the handle.
    #
    # @private
    class Cell < FFI::MemoryPointer
      def object = get_uint64(0)

      def call(_handle_id = nil)
        object = self.object
        put_uint64(0, 0)
        Native.td_free(object)
      end
    end
    private_constant :Cell

    # One for all handles, since it is held for moments only.
    LOCK = Mutex.new
    private_constant :LOCK

    class << self
      # Runs a constructor of the library: yields where it writes, and raises the error that it answers.
      def create(&constructor)
        new.fill(&constructor)
      end

      # The same for a constructor that releases the interpreter's lock. What arrives meanwhile (a timeout, Thread#kill, Ctrl-C)
      # takes effect when the constructor has ended, and ends its result.
      def create_waiting(&constructor)
        handle = new
        # Without this, an error that the library answers at that moment would be lost, and its memory with it.
        filled = Thread.handle_interrupt(Object => :never) { handle.fill(&constructor) }
      ensure
        handle&.close unless filled
      end
    end

    def initialize
      @cell = Cell.new(FFI::Pointer.size)
      @users = 0
      @closed = false
      ObjectSpace.define_finalizer(self, @cell)
    end

    # The library writes into what the handle owns already, so that an exception at any moment leaves nothing without an owner.
    def fill
      error = yield @cell
      raise Error.take(error) unless error.zero?

      self
    end

    # Yields the object's address to a call that keeps the interpreter's lock, which no {#close} can overlap.
    def hold
      LOCK.synchronize do
        check
        yield @cell.object
      end
    end

    # Yields the object's address to a call that may wait; a {#close} meanwhile takes effect afterwards.
    def hold_waiting
      LOCK.synchronize do
        check
        @users += 1
      end
      begin
        yield @cell.object
      ensure
        LOCK.synchronize do
          @users -= 1
          free if @closed && @users.zero?
        end
      end
    end

    # Frees the object, once the last use of it has ended.
    def close
      LOCK.synchronize do
        @closed = true
        free if @users.zero?
      end
    end

    def closed? = @closed

    # Ractor.make_shareable asks for this.
    def freeze
      raise TypeError, "what holds an object of the library can't be made shareable"
    end

    private

    def check
      raise IOError, "already closed" if @closed
    end

    def free
      @cell.call
      ObjectSpace.undefine_finalizer(self)
    end
  end
  private_constant :Handle
end
