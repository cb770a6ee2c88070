# frozen_string_literal: true

require_relative "helper"
require "fileutils"
require "open3"
require "rubygems/package"
require "tmpdir"

# The built gem works without the project's files, and looks for its library only beside its own files.
class PackageTest < Minitest::Test
  GEM = ENV.fetch("GEM")
  FOLDER = File.expand_path("..", __dir__)

  def test_the_gem_holds_what_it_needs_and_compiles_nothing
    gem = Gem::Package.new(GEM).spec
    assert_includes gem.files, "lib/talkdesk_auth/libtalkdesk_auth.so"
    assert_empty %w[README.md OPTIONS.md ERRORS.md LICENSE THIRD-PARTY.txt sig/generated.rbs lib/talkdesk_auth.rb] - gem.files
    assert_empty gem.files.grep(/test/)
    assert_empty gem.extensions
    assert_equal ["linux", ["ffi"]], [gem.platform.os, gem.runtime_dependencies.map(&:name)]
  end

  def test_an_installed_gem_runs_the_example_of_the_readme
    Dir.mktmpdir do |home|
      run!(home, "gem", "install", "--local", "--user-install", "--no-document", GEM)
      File.write("#{home}/token.rb", File.read("#{FOLDER}/README.md")[/```ruby\n(.*?)```/m, 1])
      arguments = Endpoint.options.values_at(:token_endpoint, :client_id, :key_id, :private_key_file)
      [["code-3", Endpoint::READY["redirect_uri"]], []].each do |grant|
        assert_match(/\ABearer \S{20,}\n\z/i, run!(home, "ruby", "token.rb", *arguments, *grant))
      end
    end
  end

  def test_ri_knows_all_that_is_public
    Dir.mktmpdir do |home|
      run!(home, "gem", "install", "--local", "--user-install", "--document", "ri", GEM)
      classes = TalkdeskAuth.constants.map { |name| TalkdeskAuth.const_get(name) }.grep(Module)
      names = classes.flat_map do |kind|
        [kind, *kind.public_instance_methods(false).map { |name| "#{kind}##{name}" }]
      end
      private = %w[as_json encode_with marshal_dump].map { |name| "TalkdeskAuth::Closable##{name}" }
      names = names.map(&:to_s) - private
      assert_operator names.size, :>, 40
      run!(home, "ri", "--no-pager", *names)
    end
  end

  def test_the_example_goes_from_the_key_to_the_token
    arguments = Endpoint.options.values_at(:token_endpoint, :client_id, :key_id, :private_key_file)
    arguments += ["code-2", *Endpoint::READY.values_at("redirect_uri", "wrong_private_key_file")]
    example = File.expand_path("../../examples/ruby/example.rb", FOLDER)
    output, status = Open3.capture2e(RbConfig.ruby, "-I", "#{FOLDER}/lib", example, *arguments)
    assert_predicate status, :success?, output
    assert_match(/sign the assertion.*exchange a code.*refresh.*a wrong key: oauth_error \(code 8\)/m, output)
  end

  def test_a_library_of_another_version_is_refused
    copied do |home|
      version = "#{home}/lib/talkdesk_auth/version.rb"
      File.write(version, File.read(version).sub(TalkdeskAuth::VERSION, "99.0.0"))

      assert_includes refusal(home), "99.0.0 found version #{TalkdeskAuth::VERSION}"
    end
  end

  def test_the_gem_looks_for_its_library_only_beside_its_files
    copied do |home|
      library = "#{home}/lib/talkdesk_auth/libtalkdesk_auth.so"
      FileUtils.mv(library, "#{home}/libtalkdesk_auth.so")
      assert_match(/#{library}.*\(LoadError\)/m, refusal(home, "LD_LIBRARY_PATH" => home))
    end
  end

  private

  def copied
    Dir.mktmpdir do |home|
      FileUtils.cp_r("#{FOLDER}/lib", home)
      yield home
    end
  end

  def refusal(home, environment = {})
    output, status = Open3.capture2e(environment, RbConfig.ruby, "-I", "lib", "-r", "talkdesk_auth", "-e", "", chdir: home)
    refute_predicate status, :success?
    output
  end

  # Runs a command with only PATH and a fresh HOME in its environment.
  def run!(home, *command)
    environment = { "PATH" => ENV.fetch("PATH"), "HOME" => home }
    output, status = Open3.capture2e(environment, *command, unsetenv_others: true, chdir: home)
    assert_predicate status, :success?, output
    output
  end
end
