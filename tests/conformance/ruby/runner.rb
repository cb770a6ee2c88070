# frozen_string_literal: true

# Runs the conformance cases through the gem: runner.rb CASES. Prints a line per case; exits with 1 if one failed.
require "json"
require "talkdesk_auth"

# The values of a token that have a getter of their own; `get` finds the others.
PROPERTIES = %w[access_token token_type expires_at seconds_left scope refresh_token id_token json].freeze

# The calls that a step can make on an object, with options.
CALLS = {
  "client" => ->(_, options) { TalkdeskAuth::Client.new(**options) },
  "assertion" => ->(client, options) { client.assertion(**options) },
  "exchange" => ->(client, options) { client.exchange(**options) },
  "read" => ->(on, _) { on },
  "close" => ->(on, _) { on.close }
}.freeze

# The functions that read the members of each part; a path begins with a part.
PARTS = {
  TalkdeskAuth::Client => ->(client) { { "client" => client.method(:get) } },
  TalkdeskAuth::Assertion => lambda do |assertion|
    { "assertion" => assertion.method(:public_send), "header" => assertion.header, "claims" => assertion.claims }
  end,
  TalkdeskAuth::Token => lambda do |token|
    { "token" => ->(name) { token_member(token, name) }, "request" => JSON.parse(token.get("request") || "{}") }
  end,
  TalkdeskAuth::Error => ->(error) { { "error" => ->(name) { error_member(error, name) } } }
}.freeze

def only(object, names)
  raise "unknown members in #{object}" unless object.keys.sort == names.sort
end

def error_member(error, name)
  case name
  when "retryable" then error.retryable?
  when "code", "name", "message" then error.public_send(name)
  else error.fields[name.to_sym]
  end
end

def token_member(token, name)
  value = PROPERTIES.include?(name) ? token.public_send(name) : token.get(name)
  value.is_a?(Time) ? value.to_i : value
end

def found(made, path)
  part, name, *deeper = path
  _, parts = PARTS.find { |kind, _| made.is_a?(kind) }
  value = parts.call(made).fetch(part)[name]
  deeper.empty? ? value : value&.dig(*deeper)
end

# The value of an earlier object.
def answer(objects, path)
  name, *path = path
  found(objects.fetch(name), path)
end

# The result of the step's call, or its error.
def outcome(step, objects)
  on = step["on"] && objects.fetch(step["on"])
  options = step["options"].merge(step["from"].transform_values { |path| answer(objects, path) })
  CALLS.fetch(step["call"]).call(on, options.transform_keys(&:to_sym))
rescue TalkdeskAuth::Error => e
  e
end

def holds?(check, actual, objects, times)
  kind, expected = check.values_at("is", "value")
  case kind
  when "absent" then actual.nil?
  when "present", "shown" then !actual.nil? && actual != ""
  when "contains" then actual.is_a?(String) && actual.include?(expected)
  when "near_now" then actual.is_a?(Integer) && times.cover?(actual - expected)
  when "literal", "hidden" then actual.eql?(expected)
  when "same_as", "other_than"
    other = answer(objects, expected)
    !actual.nil? && !other.nil? && actual.eql?(other) == (kind == "same_as")
  else raise "unknown kind of check #{kind}"
  end
end

# Checks the step and returns the part of the line about it. Fails if a check does not hold.
def told(step, objects)
  only(step, %w[step call on as options from fails checks])
  started = Time.now.to_i
  made = outcome(step, objects)
  times = (started..Time.now.to_i)
  failed = made.is_a?(TalkdeskAuth::Error)
  raise "step #{step["step"]}: #{failed ? made.message : "no error"}" unless failed == step["fails"]

  objects[step["as"]] = made if step["as"]
  step["checks"].map do |check|
    only(check, %w[path is value])
    path, kind = check.values_at("path", "is")
    actual = found(made, path)
    raise "step #{step["step"]}: #{check}, but it is #{actual.inspect}" unless holds?(check, actual, objects, times)

    "#{path.join(".")} #{%w[literal shown].include?(kind) ? actual : kind}"
  end
end

# The line about the case.
def line(test)
  only(test, %w[name steps])
  objects = {}
  "ok #{test["name"]}: #{test["steps"].flat_map { |step| told(step, objects) }.join("; ")}"
rescue StandardError => e
  "FAILED #{test["name"]}: #{e.message}"
end

$stdout.set_encoding(Encoding::UTF_8)
lines = JSON.parse(File.read(ARGV.fetch(0), encoding: "UTF-8")).map { |test| line(test).tap { |told| puts told } }
exit(lines.all? { |told| told.start_with?("ok ") })
