// Options as C gets them: this program has its own td_client_new.

#include "check.hpp"

#include <array>
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <utility>
#include <vector>
#if __cplusplus >= 202002L
#include <span>
#endif

static std::vector<std::string> received;
static int calls = 0;

extern "C" td_error *td_client_new(const char *const *options, td_client **client) {
    calls++;
    received.clear();
    for (; *options; options++) received.emplace_back(*options);
    *client = nullptr;
    return nullptr;
}

using talkdesk::client;
using talkdesk::option;

static const std::vector<std::string> none;
static const std::vector<std::string> one = {"account", "acme"};
static const std::vector<std::string> two = {"account", "acme", "region", "us"};

static std::vector<std::string> receives(const client &) { return received; }

static void braces_hold_pairs_of_any_strings() {
    const std::string account = "acme";
    const std::string_view longer = "usa";
    const char *const region = "us";
    CHECK(receives(client({})) == none);
    CHECK(receives(client({{"account", "acme"}})) == one);
    CHECK(receives(client{{"account", "acme"}}) == one);
    // C++20 could read these two pairs as one pair of views.
    CHECK(receives(client({{"account", "acme"}, {"region", "us"}})) == two);
    CHECK(receives(client{{"account", "acme"}, {"region", "us"}}) == two);
    CHECK(receives(client({{"account", account}, {"region", longer.substr(0, 2)}})) == two);
    CHECK(receives(client({{"account", std::string("ac") + "me"}, {"region", region}})) == two);
    CHECK(receives(client({option("account", account), option("region", region)})) == two);
}

static void containers_hold_pairs_of_any_strings() {
    const std::vector<std::pair<std::string, std::string>> vector = {{"account", "acme"}, {"region", "us"}};
    const std::map<std::string, std::string> map(vector.begin(), vector.end());
    const std::array<std::pair<const char *, std::string_view>, 2> array = {{{"account", "acme"}, {"region", "us"}}};
    const std::pair<const char *, const char *> plain[] = {{"account", "acme"}, {"region", "us"}};
    const std::vector<option> options = {{"account", "acme"}, {"region", "us"}};
    const std::initializer_list<option> list = {{"account", "acme"}, {"region", "us"}};
    CHECK(receives(client(vector)) == two);
    CHECK(receives(client{vector}) == two);
    CHECK(receives(client(map)) == two);
    CHECK(receives(client(array)) == two);
    CHECK(receives(client(plain)) == two);
    CHECK(receives(client(options)) == two);
    CHECK(receives(client(list)) == two);
    CHECK(receives(client(std::vector<option>())) == none);
#if __cplusplus >= 202002L
    CHECK(receives(client(std::span(vector))) == two);
#endif
}

static std::vector<std::string> pair(const char *name, const char *value) { return {name, value}; }

static void a_value_may_be_a_number_a_bool_a_duration_or_a_path() {
    using namespace std::chrono_literals;
    CHECK(receives(client({{"timeout", 5}})) == pair("timeout", "5"));
    CHECK(receives(client({{"timeout", 2.5}})) == pair("timeout", "2.5"));
    CHECK(receives(client({{"timeout", 30.0F}})) == pair("timeout", "30"));
    CHECK(receives(client({{"timeout", 1e-7}})) == pair("timeout", "0.0000001"));
    CHECK(receives(client({{"timeout", 1e21}})) == pair("timeout", "1000000000000000000000"));
    CHECK(receives(client({{"timeout", -1L}})) == pair("timeout", "-1"));
    CHECK(receives(client({{"timeout", 1500ms}})) == pair("timeout", "1.5"));
    CHECK(receives(client({{"timeout", 2min}})) == pair("timeout", "120"));
    CHECK(receives(client({{"timeout", std::chrono::duration<double>(0.25)}})) == pair("timeout", "0.25"));
    CHECK(receives(client({{"allow_http", true}})) == pair("allow_http", "true"));
    CHECK(receives(client({{"allow_http", false}})) == pair("allow_http", "false"));
    CHECK(receives(client({{"ca_file", std::filesystem::path("/etc") / "ca.pem"}})) == pair("ca_file", "/etc/ca.pem"));
}

static void an_optional_without_a_value_is_not_given() {
    const std::optional<std::string> some = "acme", nothing;
    const std::optional<int> five = 5, no_number;
    CHECK(receives(client({{"account", some}, {"region", nothing}})) == one);
    CHECK(receives(client({{"timeout", five}, {"x", no_number}, {"y", std::optional<const char *>()}})) ==
          pair("timeout", "5"));
    CHECK(receives(client({{"region", nothing}})) == none);
}

static void a_name_may_be_a_string() {
    const std::string account = "account";
    const std::string_view region = "region";
    CHECK(receives(client({{account, "acme"}, {region, std::string("us")}})) == two);
    CHECK(receives(client({{std::string("timeout"), 5}})) == pair("timeout", "5"));
}

static void an_empty_value_stays_an_empty_value() {
    const std::vector<std::string> empty = {"passphrase", ""};
    CHECK(receives(client({{"passphrase", ""}})) == empty);
    CHECK(receives(client({{"passphrase", std::string()}})) == empty);
    CHECK(receives(client({{"passphrase", std::string_view()}})) == empty);
}

static void a_long_value_arrives_whole() {
    const std::string value(100'000, 'x');
    CHECK(receives(client({{"a", value}, {"b", value}})) == std::vector<std::string>({"a", value, "b", value}));
}

// The message for options that never reach C. It doesn't repeat them.
template <class Options> static std::string refusal(const Options &options) {
    const int before = calls;
    const auto error = THROWN(talkdesk::invalid_option, client(options));
    CHECK(calls == before);
    CHECK(error.code() == TD_ERROR_INVALID_OPTION);
    CHECK(error.name() == "invalid_option");
    CHECK(error.option() == std::nullopt);
    CHECK(!error.is_retryable());
    CHECK(!holds(error.what(), "secret"));
    return error.what();
}

static void null_and_nul_in_options_are_refused() {
    using std::literals::operator""s;
    using options = std::initializer_list<option>;
    using pairs = std::vector<std::pair<std::string, std::string>>;
    const char *const null = nullptr;
    CHECK(holds(refusal(options({{"account", "acme"}, {"private_key", "secret\0more"s}})), "element 3 "));
    CHECK(holds(refusal(pairs({{"account", "\0secret"s}})), "element 1 "));
    CHECK(holds(refusal(pairs({{"account", "acme"}, {"secret\0"s, "x"}})), "element 2 "));
    CHECK(holds(refusal(options({{"account", null}})), "element 1 of the options is NULL; it must be a value"));
    CHECK(holds(refusal(options({{null, "x"}})), "element 0 of the options is NULL; it must be a name"));
    CHECK(holds(refusal(std::vector<std::pair<const char *, const char *>>({{"account", null}})), "element 1 "));
}

static_assert(!std::is_constructible_v<option, const char *, std::nullptr_t>);
static_assert(!std::is_constructible_v<option, std::string, std::nullptr_t>);
static_assert(!std::is_constructible_v<option, const char *, char>);
static_assert(!std::is_constructible_v<option, const char *, const int *>);
static_assert(!std::is_constructible_v<client, int>);
static_assert(!std::is_constructible_v<client, std::vector<std::string>>);

int main() {
    braces_hold_pairs_of_any_strings();
    containers_hold_pairs_of_any_strings();
    a_value_may_be_a_number_a_bool_a_duration_or_a_path();
    an_optional_without_a_value_is_not_given();
    a_name_may_be_a_string();
    an_empty_value_stays_an_empty_value();
    a_long_value_arrives_whole();
    null_and_nul_in_options_are_refused();
}
