# frozen_string_literal: true

# Runs the conformance cases through the gem: runner.rb CASES. One line a case; status 1 where one failed.
require "json"
require "talkdesk_auth"

# What `get` of a token does not answer, or answers too.
PROPERTIES = %w[access_token token_type expires_at seconds_left scope refresh_token id_token json].freeze

def only(object, names)
  raise "unknown members in #{object}" unless object.keys.sort == names.sort
end

def keywords(options) = options.transform_keys(&:to_sym)

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

# What answers for the first word of a path.
def call(test)
  client = TalkdeskAuth::Client.new(**keywords(test["client"]))
  options = keywords(test["options"])
  case test["call"]
  when "client" then { "client" => client.method(:get) }
  when "assertion"
    assertion = client.assertion(**options)
    { "assertion" => assertion.method(:public_send), "header" => assertion.header, "claims" => assertion.claims }
  when "exchange"
    token = client.exchange(**options)
    { "token" => ->(name) { token_member(token, name) }, "request" => JSON.parse(token.get("request") || "{}") }
  else raise "unknown call #{test["call"]}"
  end
rescue TalkdeskAuth::Error => e
  { "error" => ->(name) { error_member(e, name) } }
end

def found(answers, path)
  part, name, *deeper = path
  value = answers[part][name]
  deeper.empty? ? value : value&.dig(*deeper)
end

def holds?(kind, expected, actual, times)
  case kind
  when "absent" then actual.nil?
  when "present", "shown" then !actual.nil? && actual != ""
  when "contains" then actual.is_a?(String) && actual.include?(expected)
  when "near_now" then actual.is_a?(Integer) && times.cover?(actual - expected)
  when "literal", "hidden" then actual.eql?(expected)
  else raise "unknown kind of check #{kind}"
  end
end

# The case's line.
def line(test)
  only(test, %w[name call client options checks])
  started = Time.now.to_i
  answers = call(test)
  times = (started..Time.now.to_i)
  told = test["checks"].map do |check|
    only(check, %w[path is value])
    path, kind = check.values_at("path", "is")
    return "FAILED #{test["name"]}: #{answers["error"]&.call("message") || "no error"}" unless answers.key?(path.first)

    actual = found(answers, path)
    return "FAILED #{test["name"]}: #{check}, but it is #{actual.inspect}" unless holds?(kind, check["value"], actual, times)

    "#{path.join(".")} #{%w[literal shown].include?(kind) ? actual : kind}"
  end
  "ok #{test["name"]}: #{told.join("; ")}"
rescue StandardError => e
  "FAILED #{test["name"]}: #{e.inspect}"
end

$stdout.set_encoding(Encoding::UTF_8)
lines = JSON.parse(File.read(ARGV.fetch(0), encoding: "UTF-8")).map { |test| line(test).tap { |told| puts told } }
exit(lines.all? { |told| told.start_with?("ok ") })
