// talkdesk::client

#include "check.hpp"

#include <type_traits>

using namespace talkdesk;

static_assert(!std::is_copy_constructible_v<client> && !std::is_copy_assignable_v<client>);
static_assert(std::is_nothrow_move_constructible_v<client> && std::is_nothrow_move_assignable_v<client>);

static void getters_answer_all_options_except_secrets(const given &given) {
    const client client = given.client();
    CHECK(client.get("client_id") == given.client_id);
    CHECK(client.get("algorithm") == "ES256");
    CHECK(client.get("timeout") == "30");
    CHECK(client.get("account") == std::nullopt);
    CHECK(client.get("private_key") == std::nullopt);
    CHECK(client.get("no such option") == std::nullopt);
    CHECK(client.get(nullptr) == std::nullopt);
}

static void errors_of_the_library_are_thrown(const given &given) {
    THROWN(invalid_option, client({}));
    THROWN(invalid_option, client({{"client_id", "caf\xe9"}}));
    THROWN(invalid_option, client({{"client_id", "x"}, {"client_id", "x"}}));
    const auto error = THROWN(invalid_key, client({{"private_key_file", given.key_file + ".none"}}));
    CHECK(error.option() == "private_key_file");
}

static void a_moved_client_is_empty_and_may_be_assigned_to(const given &given) {
    client one = given.client();
    client other = std::move(one);
    CHECK(other.get("client_id") == given.client_id);
    CHECK(one.native_handle() == nullptr);
    CHECK(one.get("client_id") == std::nullopt);
    THROWN(invalid_argument, one.exchange({{"grant_type", "client_credentials"}}));
    THROWN(invalid_argument, assertion(one));
    one = std::move(other);
    CHECK(one.get("client_id") == given.client_id);
    one = given.client();
    CHECK(td_client_get(one.native_handle(), "client_id") == one.get("client_id"));
}

int main(int argc, char **argv) {
    const given given(argc, argv);
    getters_answer_all_options_except_secrets(given);
    errors_of_the_library_are_thrown(given);
    a_moved_client_is_empty_and_may_be_assigned_to(given);
}
