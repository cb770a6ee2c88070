/* td_error: why a call failed. */

#include "check.h"

static td_error *failure(const char *const *options) {
    td_client *client = NULL;
    td_error *error = td_client_new(options, &client);
    CHECK(error != NULL && client == NULL);
    return error;
}

static td_error *refusal(td_client *client) {
    td_token *token = NULL;
    td_error *error = td_token_exchange(client, TD_OPTIONS("grant_type", "client_credentials"), &token);
    CHECK(error != NULL && token == NULL);
    td_free(client);
    return error;
}

static void null_is_success_and_has_no_text(void) {
    CHECK(td_error_code(NULL) == 0);
    CHECK(td_error_is_retryable(NULL) == 0);
    CHECK(td_error_name(NULL) == NULL);
    CHECK(td_error_message(NULL) == NULL);
    CHECK(td_error_get(NULL, "option") == NULL);
    CHECK(td_error_get(NULL, NULL) == NULL);
}

static void an_error_has_a_code_a_name_and_a_message_of_one_line(void) {
    td_error *error = failure(NULL);
    CHECK(td_error_code(error) == TD_ERROR_INVALID_OPTION);
    CHECK_TEXT(td_error_name(error), "invalid_option");
    CHECK(strlen(td_error_message(error)) > 10);
    CHECK(strpbrk(td_error_message(error), "\r\n") == NULL);
    CHECK(td_error_is_retryable(error) == 0);
    td_free(error);
}

static void a_field_that_an_error_lacks_is_null(void) {
    td_error *error = failure(TD_OPTIONS("client_ids", "x"));
    CHECK_TEXT(td_error_get(error, "option"), "client_ids");
    CHECK(td_error_get(error, "http_status") == NULL);
    CHECK(td_error_get(error, "no such field") == NULL);
    CHECK(td_error_get(error, "") == NULL);
    CHECK(td_error_get(error, "\xff") == NULL);
    CHECK(td_error_get(error, NULL) == NULL);
    td_free(error);
}

static void each_code_has_its_constant(void) {
    struct {
        td_error *error;
        int32_t code;
        const char *name;
        int32_t is_retryable;
    } failures[] = {
        {td_client_new(NULL, NULL), TD_ERROR_INVALID_ARGUMENT, "invalid_argument", 0},
        {failure(TD_OPTIONS("region", "mars")), TD_ERROR_INVALID_OPTION, "invalid_option", 0},
        {failure(TD_OPTIONS("private_key", "none")), TD_ERROR_INVALID_KEY, "invalid_key", 0},
        {refusal(client_at("http://127.0.0.1:1/oauth/token")), TD_ERROR_CONNECTION_FAILED, "connection_failed", 1},
        {refusal(client_with("close=after")), TD_ERROR_OUTCOME_UNKNOWN, "outcome_unknown", 1},
        {refusal(client_with("error=invalid_scope")), TD_ERROR_OAUTH_ERROR, "oauth_error", 0},
        {refusal(client_with("html=1")), TD_ERROR_INVALID_RESPONSE, "invalid_response", 1},
    };
    size_t index;
    for (index = 0; index < sizeof failures / sizeof *failures; index++) {
        CHECK_TEXT(td_error_name(failures[index].error), failures[index].name);
        CHECK(td_error_code(failures[index].error) == failures[index].code);
        CHECK(td_error_is_retryable(failures[index].error) == failures[index].is_retryable);
        td_free(failures[index].error);
    }
}

static void the_server_s_answer_is_in_the_fields(void) {
    td_error *error = refusal(client_with("status=429,error=slow_down,error_description=Wait%21,retry_after=7"));
    CHECK(td_error_code(error) == TD_ERROR_OAUTH_ERROR);
    CHECK_TEXT(td_error_get(error, "error"), "slow_down");
    CHECK_TEXT(td_error_get(error, "error_description"), "Wait!");
    CHECK_TEXT(td_error_get(error, "http_status"), "429");
    CHECK_TEXT(td_error_get(error, "retry_after"), "7");
    CHECK(td_error_get(error, "error_uri") == NULL);
    CHECK(td_error_is_retryable(error) == 1);
    td_free(error);
}

static void a_loop_finds_all_fields(void) {
    const char *const fields[] = {TD_ERROR_FIELDS};
    td_error *error = refusal(client_with("status=429,error=slow_down,error_description=Wait%21,retry_after=7"));
    size_t index, found = 0;
    for (index = 0; index < sizeof fields / sizeof *fields; index++) {
        if (td_error_get(error, fields[index]) != NULL) found++;
    }
    CHECK(found == 4);
    td_free(error);
    error = failure(TD_OPTIONS("key_id", "k"));
    for (found = index = 0; index < sizeof fields / sizeof *fields; index++) {
        if (td_error_get(error, fields[index]) != NULL) found += strcmp(fields[index], "option") == 0 ? 1 : 10;
    }
    CHECK(found == 1);
    td_free(error);
}

static void a_key_in_the_wrong_place_is_not_repeated(void) {
    char *key = read_key();
    char *name;
    td_error *error = failure(TD_OPTIONS(key, "private_key"));
    CHECK(strstr(td_error_message(error), key) == NULL);
    CHECK(td_error_get(error, "option") == NULL);
    td_free(error);
    for (name = strtok((char[]){"client_id key_id account region token_endpoint algorithm"}, " "); name != NULL;
         name = strtok(NULL, " ")) {
        error = failure(TD_OPTIONS(name, key));
        CHECK(strstr(td_error_message(error), key) == NULL);
        td_free(error);
    }
    free(key);
}

int main(int argc, char **argv) {
    start(argc, argv);
    null_is_success_and_has_no_text();
    an_error_has_a_code_a_name_and_a_message_of_one_line();
    a_field_that_an_error_lacks_is_null();
    each_code_has_its_constant();
    the_server_s_answer_is_in_the_fields();
    a_loop_finds_all_fields();
    a_key_in_the_wrong_place_is_not_repeated();
    return 0;
}
