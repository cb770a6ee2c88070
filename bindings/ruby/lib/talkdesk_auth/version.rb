# frozen_string_literal: true

# Rendered from the tables of the library; `make generate` rewrites it.

module TalkdeskAuth
  # The version of this gem, and of the library inside it.
  VERSION = "0.1.0"
end
