# frozen_string_literal: true

module TalkdeskAuth
  # Turns keyword arguments into text, because the library takes only text.
  #
  # @private
  module Options
    # generated: families
    # The keywords that take a Hash, and the prefix of the names in it.
    FAMILIES = { "claims" => "claim.", "params" => "param." }.freeze
    # The prefix of a family, and the prefix of the names whose values are JSON.
    JSON_FAMILIES = { "claim." => "claim_json." }.freeze
    # The keywords that take a list of words.
    LISTS = ["scope"].freeze
    # end of generated

    UNSAYABLE = "a value that JSON can't say; give text, finite numbers, booleans, arrays and hashes of these"

    # Stands before a name that can't be out of step with its value, so that the library may show it.
    MARK = "="

    class << self
      # Yields a NULL-terminated array of alternating names and values, or nil if nothing is given. The array is wiped and freed
      # after the block.
      def lend(options, &block)
        return yield(nil) if options.empty?

        lend_array(texts_of(options), &block)
      end

      # A name as the library takes it.
      def name(name)
        name = utf8("name", name.is_a?(Symbol) ? name.name : String.new(name.to_s))
        refuse(name, "a NUL inside the name; remove it") if name.include?("\0")
        name
      end

      private

      # One block of memory, which the garbage collector doesn't move: the pointers, a NULL, then the texts.
      def lend_array(texts)
        start = FFI::Pointer.size * (texts.size + 1)
        memory = FFI::MemoryPointer.new(start + texts.sum(&:bytesize) + texts.size)
        position = memory.address + start
        memory.put_array_of_uint64(0, texts.map { |text| (position += text.bytesize + 1) - text.bytesize - 1 })
        memory.put_bytes(start, texts.map(&:b).join("\0"))
        yield memory
      ensure
        wipe(memory) if memory
      end

      def wipe(memory)
        memory.clear
        memory.free
      end

      def texts_of(options)
        options.each_with_object([]) do |(name, value), texts|
          prefix = FAMILIES[name.to_s]
          next add(texts, name, words(name, value)) unless prefix

          members(name, value).each do |member, text|
            start, text = json(prefix, text)
            add(texts, "#{start}#{utf8(name, member(name, member))}", text)
          end
        end
      end

      def members(name, value)
        return {} if value.nil?
        return value if value.is_a?(Hash)

        refuse(name, "a value of the class #{value.class}; give a Hash of names and values")
      end

      def member(name, member)
        return String.new(member) if member.is_a?(String)
        return member.name if member.is_a?(Symbol)

        refuse(name, "a name of the class #{member.class}; give text or a symbol")
      end

      # A prefix of names, and the value. A claim that is no text becomes JSON.
      def json(prefix, value)
        return [prefix, value] unless JSON_FAMILIES.key?(prefix)

        case value
        when true, false then [JSON_FAMILIES[prefix], value]
        when Float, Array, Hash then [JSON_FAMILIES[prefix], generated(prefix, value)]
        when Numeric then [JSON_FAMILIES[prefix], finite(prefix, value)]
        else [prefix, value]
        end
      end

      def finite(prefix, value)
        return value if value.real? && value.finite?

        refuse(prefix, UNSAYABLE)
      end

      def generated(prefix, value)
        text = begin
          Assertion.json.generate(value)
        rescue StandardError, SystemStackError
          nil # the error would show the value
        end
        text || refuse(prefix, UNSAYABLE)
      end

      # The text of a list of words.
      def words(name, value)
        return value unless value.is_a?(Array) && LISTS.include?(name.to_s)

        value.each_with_index.map { |word, index| word(name, word, "element #{index + 1}") }.join(" ")
      end

      def word(name, word, element)
        unless word.is_a?(String) || word.is_a?(Symbol)
          refuse(name, "#{element} is of the class #{word.class}; give text or a symbol")
        end
        word = utf8(name, String.new(word.to_s))
        refuse(name, "#{element} is empty or has a blank in it; give one word in each") if word.b.match?(/\A\z|\s/n)
        word
      end

      def add(texts, name, value)
        return if value.nil?

        name = name(name)
        # A copy, which costs little: another thread may change the original, and a subclass may override its methods.
        text = utf8(name, String.new(text(name, value)))
        refuse(name, "a NUL inside the value; remove it") if text.include?("\0")
        texts << "#{MARK}#{name}" << text
      end

      def text(name, value)
        case value
        when String then value
        when Symbol then value.name
        when Integer, true, false then value.to_s
        else converted(name, value)
        end
      end

      def converted(name, value)
        %i[to_str to_path].each do |conversion|
          next unless value.respond_to?(conversion)

          text = value.public_send(conversion)
          return text if text.is_a?(String)
        end
        # In `when Numeric`, a duration of ActiveSupport would not match; `is_a?` does.
        return number(value) if value.is_a?(Numeric) && value.real?

        refuse(name, "a value of the class #{value.class}; give text, a number, true or false")
      end

      # All digits without an exponent, because the library accepts no exponent.
      def number(value)
        kind = value.class.name # not `is_a?`, which a duration forwards to the number in it
        return value.to_s("F").delete_suffix(".0") if kind == "BigDecimal"
        return value.numerator.to_s if kind == "Rational" && value.denominator == 1

        decimal(Float(value))
      end

      def decimal(float)
        mantissa, exponent = (float + 0.0).to_s.split("e") # not -0.0
        return mantissa.delete_suffix(".0") unless exponent

        places = exponent.to_i
        all = mantissa.delete("-.").sub(/0+\z/, "")
        all = places.negative? ? "0.#{"0" * (-places - 1)}#{all}" : all.ljust(places + 1, "0")
        float.negative? ? "-#{all}" : all
      end

      # Bytes without an encoding are passed on as they are; the library checks them.
      def utf8(name, text)
        return text if [Encoding::UTF_8, Encoding::US_ASCII, Encoding::BINARY].include?(text.encoding)

        text.encode(Encoding::UTF_8)
      rescue EncodingError
        refuse(name, "can't be converted from #{text.encoding} to UTF-8")
      end

      # `cause: nil`, because an error of the conversion shows the value.
      def refuse(name, complaint)
        option = shown(name.to_s)
        raise InvalidOptionError.new("#{option || "an option"}: #{complaint}", option: option), cause: nil
      end

      # The name, unless it may be a secret in the wrong place. The name of a claim or field is not shown, as in the library's
      # messages, and neither is a name with a NUL, which may be a key in DER.
      def shown(name)
        prefix = FAMILIES.each_value.find { |start| name.start_with?(start) }
        return "#{prefix}NAME" if prefix

        name unless name.include?("\0")
      end
    end
  end
  private_constant :Options
end
