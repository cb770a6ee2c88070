// talkdesk::assertion

#include "check.hpp"

#include <map>
#include <optional>
#include <type_traits>

using namespace talkdesk;

static_assert(!std::is_copy_constructible_v<assertion> && !std::is_copy_assignable_v<assertion>);
static_assert(std::is_nothrow_move_constructible_v<assertion> && std::is_nothrow_move_assignable_v<assertion>);

static void getters_answer_its_parts(const client &client) {
    const assertion assertion(client);
    CHECK(holds(assertion.jwt(), "."));
    CHECK(assertion.jwt().data()[assertion.jwt().size()] == '\0');
    CHECK(assertion.get("aud") == client.get("audience"));
    CHECK(holds(assertion.get("claims").value(), assertion.get("jti").value()));
    CHECK(assertion.get("alg") == std::nullopt);
    CHECK(assertion.get(nullptr) == std::nullopt);
}

static void options_change_it(const client &client) {
    const assertion braced(client, {{"audience", "https://issuer.example"}, {"claim.note", "x"}});
    CHECK(braced.get("aud") == "https://issuer.example");
    CHECK(holds(braced.get("claims").value(), R"("note":"x")"));
    const assertion mapped(client, std::map<std::string, std::string>{{"audience", "https://other.example"}});
    CHECK(mapped.get("aud") == "https://other.example");
    const assertion typed(client, {{"claim_json.level", 7}, {"claim_json.admin", true}, {"claim_json.roles", R"(["a"])"}});
    CHECK(holds(typed.get("claims").value(), R"("level":7,"admin":true,"roles":["a"])"));
    const auto error = THROWN(invalid_option, assertion(client, {{"claim.iss", "x"}}));
    CHECK(error.option() == "claim.iss");
}

static void it_outlives_its_client_and_moves(const given &given) {
    std::optional<client> client(given.client());
    assertion one(*client);
    client.reset();
    assertion other = std::move(one);
    CHECK(one.jwt().empty());
    CHECK(one.get("jti") == std::nullopt);
    CHECK(one.native_handle() == nullptr);
    CHECK(!other.jwt().empty());
    CHECK(td_assertion_jwt(other.native_handle()) == other.jwt());
}

int main(int argc, char **argv) {
    const given given(argc, argv);
    const client client = given.client();
    getters_answer_its_parts(client);
    options_change_it(client);
    it_outlives_its_client_and_moves(given);
}
