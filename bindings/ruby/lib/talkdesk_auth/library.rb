# frozen_string_literal: true

require "ffi"

module TalkdeskAuth
  # The C ABI, as `talkdesk_auth.h` declares it. An object is represented by its address, an Integer; NULL is 0.
  #
  # Only calls that may wait release the interpreter's lock. If signing released it, a thread of a busy process would have to
  # wait for its next turn.
  #
  # @private
  module Library
    extend FFI::Library

    # The library beside this file, and no other.
    ffi_lib File.join(__dir__, "libtalkdesk_auth.so")

    typedef :uintptr_t, :object

    attach_function :td_version, [], :string

    unless td_version == VERSION
      raise LoadError, "talkdesk_auth #{VERSION} found version #{td_version} of its library beside it; reinstall the gem"
    end

    # generated: functions
    attach_function :td_free, [:object], :void

    attach_function :td_client_new, %i[pointer pointer], :object, blocking: true
    attach_function :td_client_get, %i[object string], :string
    attach_function :td_client_clock_offset, [:object], :int32

    attach_function :td_assertion_new, %i[object pointer pointer], :object
    attach_function :td_assertion_jwt, [:object], :string
    attach_function :td_assertion_get, %i[object string], :string

    attach_function :td_token_exchange, %i[object pointer pointer], :object, blocking: true
    attach_function :td_token_access_token, [:object], :string
    attach_function :td_token_type, [:object], :string
    attach_function :td_token_expires_at, [:object], :int64
    attach_function :td_token_seconds_left, [:object], :int64
    attach_function :td_token_get, %i[object string], :string
    attach_function :td_token_json, [:object], :string

    attach_function :td_token_exchange_start, %i[object pointer object uintptr_t pointer], :object
    attach_function :td_call_wait, %i[object int64], :int32, blocking: true
    attach_function :td_call_fd, [:object], :int32
    attach_function :td_call_token, %i[object pointer], :object, blocking: true
    attach_function :td_call_cancel, [:object], :void

    attach_function :td_queue_new, [:pointer], :object
    attach_function :td_queue_fd, [:object], :int32
    attach_function :td_queue_next, [:object], :uintptr_t

    attach_function :td_error_code, [:object], :int32
    attach_function :td_error_name, [:object], :string
    attach_function :td_error_message, [:object], :string
    attach_function :td_error_is_retryable, [:object], :int32
    attach_function :td_error_get, %i[object string], :string
    # end of generated

    # Makes an IO of a new descriptor of the library, or nil if none is left. Ruby owns the descriptor before a signal handler may
    # raise, so the garbage collector closes what nobody else closes.
    module Descriptor
      extend FFI::DataConverter

      native_type FFI::Type::INT32

      # @return [IO, nil]
      def self.from_native(number, _context)
        IO.for_fd(number)
      rescue Errno::EBADF
        nil
      end
    end
    private_constant :Descriptor

    attach_function :call_io, :td_call_fd, [:object], Descriptor

    # The library's strings are UTF-8; ffi returns them as bytes.
    def self.text(bytes)
      bytes&.force_encoding(Encoding::UTF_8)&.freeze
    end
  end
  private_constant :Library
end
