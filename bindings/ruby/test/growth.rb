# frozen_string_literal: true

# Makes many objects of one kind, in batches, and prints by how many bytes the resident size grew after the first 20 %:
#
#     ruby -I lib test/growth.rb clients|assertions|errors|tokens close|drop OPTIONS_AS_JSON
require "json"
require "talkdesk_auth"

kind, ending, options = ARGV
OPTIONS = JSON.parse(options, symbolize_names: true)
CLIENT = TalkdeskAuth::Client.new(**OPTIONS)
BATCH = 1000

def failure
  CLIENT.assertion(audience: "")
rescue TalkdeskAuth::InvalidOptionError => e
  e.message
end

MAKERS = {
  "clients" => [100, -> { TalkdeskAuth::Client.new(**OPTIONS) }],
  "assertions" => [100, -> { CLIENT.assertion }],
  "errors" => [100, -> { failure }],
  "tokens" => [10, -> { CLIENT.exchange(grant_type: "client_credentials") }]
}.freeze

def resident
  File.read("/proc/self/statm").split[1].to_i * 4096
end

batches, maker = MAKERS.fetch(kind)
start = nil
batches.times do |batch|
  start = resident if batch == batches / 5
  BATCH.times do
    made = maker.call
    made.close if ending == "close" && made.respond_to?(:close)
  end
  GC.start
end
puts resident - start
