// talkdesk::auth_error and the class for each code.

#include "check.hpp"

#include <optional>
#include <type_traits>

using namespace talkdesk;

static_assert(std::is_base_of_v<std::runtime_error, auth_error>);
static_assert(std::is_nothrow_copy_constructible_v<oauth_error>);

static const auto credentials = {option("grant_type", "client_credentials")};

static void each_code_has_its_class(const given &given) {
    THROWN(invalid_option, client({{"region", "mars"}}));
    THROWN(invalid_key, client({{"private_key", "none"}}));
    THROWN(connection_failed, given.client_at("http://127.0.0.1:1/oauth/token").exchange(credentials));
    THROWN(outcome_unknown, given.client_with("close=after").exchange(credentials));
    THROWN(oauth_error, given.client_with("error=invalid_scope").exchange(credentials));
    const auto error = THROWN(invalid_response, given.client_with("html=1").exchange(credentials));
    CHECK(error.http_status() == 502);
    CHECK(error.retry_after() == std::nullopt);
}

static void an_error_and_its_copy_have_all_fields() {
    const auto error = THROWN(invalid_option, client({{"client_ip", "x"}}));
    CHECK(error.code() == TD_ERROR_INVALID_OPTION);
    CHECK(error.name() == "invalid_option");
    CHECK(!error.is_retryable());
    CHECK(error.option() == "client_ip");
    CHECK(error.get("option") == "client_ip");
    CHECK(error.get("http_status") == std::nullopt);
    CHECK(error.get(nullptr) == std::nullopt);
    CHECK(holds(error.what(), "did you mean client_id?"));
    CHECK(error.message() == error.what());
}

static void the_server_s_answer_is_in_the_fields(const given &given) {
    const client refused = given.client_with("status=429,error=slow_down,error_description=Wait%21,retry_after=7");
    const auto error = THROWN(oauth_error, refused.exchange(credentials));
    const auth_error &base = error;
    CHECK(base.retry_after() == 7);
    CHECK(error.error() == "slow_down");
    CHECK(error.error_description() == "Wait!");
    CHECK(error.error_uri() == std::nullopt);
    CHECK(error.http_status() == 429);
    CHECK(error.retry_after() == 7);
    CHECK(error.is_retryable());
}

static void an_error_may_be_made_without_the_library() {
    const oauth_error error(TD_ERROR_OAUTH_ERROR, "oauth_error", "made up");
    CHECK(error.code() == TD_ERROR_OAUTH_ERROR);
    CHECK(error.name() == "oauth_error");
    CHECK(error.what() == std::string("made up"));
    CHECK(error.message() == "made up");
    CHECK(!error.is_retryable());
    CHECK(error.error() == std::nullopt);
    CHECK(error.http_status() == std::nullopt);
}

int main(int argc, char **argv) {
    const given given(argc, argv);
    each_code_has_its_class(given);
    an_error_and_its_copy_have_all_fields();
    the_server_s_answer_is_in_the_fields(given);
    an_error_may_be_made_without_the_library();
}
