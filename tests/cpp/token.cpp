// talkdesk::token, the result of client::exchange.

#include "check.hpp"

#include <map>
#include <optional>
#include <type_traits>

using namespace talkdesk;

static_assert(!std::is_copy_constructible_v<token> && !std::is_copy_assignable_v<token>);
static_assert(std::is_nothrow_move_constructible_v<token> && std::is_nothrow_move_assignable_v<token>);

static void it_has_the_members_of_the_answer(const given &given) {
    std::optional<client> client(given.client());
    const token token = client->exchange({{"grant_type", "client_credentials"}, {"scope", "calls:read"}});
    client.reset();
    CHECK(!token.access_token().empty());
    CHECK(token.type() == "Bearer");
    CHECK(token.expires_at().value() > 1700000000);
    CHECK(token.seconds_left().value() <= 600);
    CHECK(token.get("access_token") == token.access_token());
    CHECK(token.get("scope") == "calls:read");
    CHECK(token.get("expires_in") == "600");
    CHECK(token.get("no such member") == std::nullopt);
    CHECK(token.get(nullptr) == std::nullopt);
    CHECK(holds(token.json(), token.access_token()));
    CHECK(td_token_type(token.native_handle()) == token.type());
}

static void a_missing_expiry_is_nullopt(const given &given) {
    const std::map<std::string, std::string> parameters = {{"grant_type", "client_credentials"}};
    const client client = given.client_with("omit=expires_in");
    const token token = client.exchange(parameters);
    CHECK(token.expires_at() == std::nullopt);
    CHECK(token.seconds_left() == std::nullopt);
}

static void a_moved_token_is_empty(const given &given) {
    token one = given.client().exchange({{"grant_type", "client_credentials"}});
    token other = std::move(one);
    CHECK(!other.access_token().empty());
    CHECK(one.native_handle() == nullptr);
    CHECK(one.access_token().empty() && one.type().empty() && one.json().empty());
    CHECK(one.expires_at() == std::nullopt && one.seconds_left() == std::nullopt);
    CHECK(one.get("scope") == std::nullopt);
}

static void a_nul_in_a_parameter_is_refused(const given &given) {
    const client client = given.client();
    const auto error = THROWN(invalid_option, client.exchange({{"grant_type", std::string_view("x\0y", 3)}}));
    CHECK(holds(error.what(), "element 1 "));
}

int main(int argc, char **argv) {
    const given given(argc, argv);
    it_has_the_members_of_the_answer(given);
    a_missing_expiry_is_nullopt(given);
    a_moved_token_is_empty(given);
    a_nul_in_a_parameter_is_refused(given);
}
