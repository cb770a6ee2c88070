# frozen_string_literal: true

require_relative "helper"

# 100,000 clients, assertions and errors, and 10,000 tokens, leave nothing behind when they are closed or dropped.
class MemoryTest < Minitest::Test
  LIMIT = 8 * 1024 * 1024
  # The tokens are padded, because 8,000 plain ones would fit into the limit.
  OPTIONS = Endpoint.options(faults: "huge=2048")

  %w[clients assertions errors tokens].product(%w[close drop]).each do |kind, ending|
    # An error has nothing to close.
    next if kind == "errors" && ending == "close"

    define_method("test_#{kind}_leave_no_memory_after_#{ending}") do
      command = [RbConfig.ruby, "-I", File.expand_path("../lib", __dir__), File.expand_path("growth.rb", __dir__), kind, ending]
      growth = Integer(IO.popen([*command, JSON.dump(OPTIONS)], &:read))
      assert_operator growth, :<, LIMIT
    end
  end
end
