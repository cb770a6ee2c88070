/* td_client: a key and where it is registered. */

#include "check.h"

/** Options that make a client. */
#define GOOD                                                                                                           \
    "token_endpoint", given.token_endpoint, "client_id", given.client_id, "key_id", given.key_id, "private_key_file", \
        given.key_file

static int something;
/** What an out-parameter holds before a call. */
#define SOMETHING ((td_client *)(void *)&something)

static void a_null_out_parameter_is_an_error(void) {
    CHECK_FAILS(td_client_new(TD_OPTIONS(GOOD), NULL), TD_ERROR_INVALID_ARGUMENT);
    CHECK_FAILS(td_client_new(NULL, NULL), TD_ERROR_INVALID_ARGUMENT);
}

static void the_out_parameter_is_null_after_a_failure(void) {
    td_client *client = SOMETHING;
    CHECK_FAILS(td_client_new(TD_OPTIONS("client_id", "x"), &client), TD_ERROR_INVALID_OPTION);
    CHECK(client == NULL);
}

static void null_and_an_empty_array_mean_no_options(void) {
    static const char *const none[] = {NULL};
    td_client *client = SOMETHING;
    CHECK_REFUSES(td_client_new(NULL, &client), "private_key", "missing");
    CHECK(client == NULL);
    client = SOMETHING;
    CHECK_REFUSES(td_client_new(none, &client), "private_key", "missing");
    CHECK(client == NULL);
}

static void wrong_names_and_values_are_refused(void) {
    char *too_long = long_value((1 << 20) + 1);
    td_client *client = SOMETHING;
    CHECK_REFUSES(td_client_new(TD_OPTIONS("client_id", NULL), &client), "client_id", "the value is NULL");
    CHECK_REFUSES(td_client_new(TD_OPTIONS(GOOD, "secret", NULL), &client), NULL, "element 9 of the options: the value is NULL");
    CHECK_REFUSES(td_client_new(TD_OPTIONS(GOOD, "key_id", "other"), &client), "key_id", "twice");
    CHECK_REFUSES(td_client_new(TD_OPTIONS("client_ip", "x"), &client), "client_ip", "did you mean client_id?");
    CHECK_REFUSES(td_client_new(TD_OPTIONS("grant_type", "x"), &client), "grant_type", "give it to the exchange");
    CHECK_REFUSES(td_client_new(TD_OPTIONS("", "x"), &client), NULL, "name number 1 (0 bytes)");
    CHECK_REFUSES(td_client_new(TD_OPTIONS("client_id", ""), &client), "client_id", "empty");
    CHECK_REFUSES(td_client_new(TD_OPTIONS("region", "mars"), &client), "region", "us, eu, ca or au");
    CHECK_REFUSES(td_client_new(TD_OPTIONS("timeout", "soon"), &client), "timeout", "number of seconds");
    CHECK_REFUSES(td_client_new(TD_OPTIONS("client_id", "caf\xe9"), &client), "client_id", "not UTF-8 (byte 3)");
    CHECK_REFUSES(td_client_new(TD_OPTIONS("\xff", "x"), &client), NULL, "element 0 of the options: not UTF-8");
    CHECK_REFUSES(td_client_new(TD_OPTIONS("client_id", too_long), &client), "client_id", "1048577 bytes");
    CHECK(client == NULL);
    free(too_long);
}

static void an_unknown_name_is_shown_only_if_it_is_marked(void) {
    td_client *client = SOMETHING;
    CHECK_REFUSES(td_client_new(TD_OPTIONS("flavour", "3"), &client), NULL, "option name number 1 (7 bytes)");
    CHECK_REFUSES(td_client_new(TD_OPTIONS("=flavour", "3"), &client), "flavour", "flavour: unknown option");
    CHECK_REFUSES(td_client_new(TD_OPTIONS("=client_id", "x", "client_id", "y"), &client), "client_id", "twice");
    CHECK_REFUSES(td_client_new(TD_OPTIONS("=client_id", NULL), &client), "client_id", "the value is NULL");
    CHECK_REFUSES(td_client_new(TD_OPTIONS("==client_id", "x"), &client), "=client_id", "unknown option");
}

static void an_option_may_be_absent(void) {
    const char *present = "acme/2.0", *absent = NULL;
    td_client *client = NULL;
    CHECK_OK(td_client_new(TD_OPTIONS(TD_OPTIONAL("ca_file", absent), GOOD, TD_OPTIONAL("user_agent", present)), &client));
    CHECK_TEXT(td_client_get(client, "user_agent"), present);
    CHECK(td_client_get(client, "ca_file") == NULL);
    td_free(client);
}

static void a_missing_key_file_is_an_invalid_key(void) {
    td_client *client = SOMETHING;
    CHECK_FAILS(td_client_new(TD_OPTIONS("private_key_file", "no such file"), &client), TD_ERROR_INVALID_KEY);
    CHECK(client == NULL);
}

static void options_are_copied(void) {
    char id[] = "an id";
    char name[] = "client_id";
    const char *options[] = {name,     id,           "token_endpoint",   "https://example.com/token",
                             "key_id", given.key_id, "private_key_file", given.key_file,
                             NULL};
    td_client *client = NULL;
    CHECK_OK(td_client_new(options, &client));
    memset(id, 0, sizeof id);
    memset(name, 0, sizeof name);
    memset(options, 0, sizeof options);
    CHECK_TEXT(td_client_get(client, "client_id"), "an id");
    td_free(client);
}

static void a_value_may_be_long(void) {
    char *agent = long_value(100 * 1000);
    td_client *client = NULL;
    CHECK_OK(td_client_new(TD_OPTIONS(GOOD, "user_agent", agent), &client));
    CHECK_TEXT(td_client_get(client, "user_agent"), agent);
    td_free(client);
    free(agent);
}

static void the_options_may_contain_the_key(void) {
    char *key = read_key();
    td_client *client = NULL;
    CHECK_OK(td_client_new(
        TD_OPTIONS("account", "Acme", "region", "eu", "client_id", "id", "key_id", "k", "private_key", key), &client));
    CHECK_TEXT(td_client_get(client, "token_endpoint"), "https://acme.talkdeskid.eu/oauth/token");
    CHECK_TEXT(td_client_get(client, "audience"), "https://acme.talkdeskid.eu/oauth/token");
    CHECK(td_client_get(client, "private_key") == NULL);
    td_free(client);
    free(key);
}

static void getters_answer_given_values_resolved_values_and_defaults(void) {
    td_client *client = NULL;
    CHECK_OK(td_client_new(TD_OPTIONS(GOOD, "timeout", "2.50", "private_key_passphrase", "secret"), &client));
    CHECK_TEXT(td_client_get(client, "client_id"), given.client_id);
    CHECK_TEXT(td_client_get(client, "timeout"), "2.50");
    CHECK_TEXT(td_client_get(client, "algorithm"), "ES256");
    CHECK_TEXT(td_client_get(client, "audience"), given.token_endpoint);
    CHECK_TEXT(td_client_get(client, "connect_timeout"), "10");
    CHECK(td_client_get(client, "account") == NULL);
    CHECK(td_client_get(client, "private_key_passphrase") == NULL);
    CHECK(td_client_get(client, "no such option") == NULL);
    CHECK(td_client_get(client, "\xff") == NULL);
    CHECK(td_client_get(client, "key_id") == td_client_get(client, "key_id"));
    td_free(client);
}

static void getters_answer_null_for_null(void) {
    td_client *client = client_at(given.token_endpoint);
    CHECK(td_client_get(NULL, "client_id") == NULL);
    CHECK(td_client_get(client, NULL) == NULL);
    CHECK(td_client_get(NULL, NULL) == NULL);
    td_free(client);
}

int main(int argc, char **argv) {
    start(argc, argv);
    a_null_out_parameter_is_an_error();
    the_out_parameter_is_null_after_a_failure();
    null_and_an_empty_array_mean_no_options();
    wrong_names_and_values_are_refused();
    an_unknown_name_is_shown_only_if_it_is_marked();
    an_option_may_be_absent();
    a_missing_key_file_is_an_invalid_key();
    options_are_copied();
    a_value_may_be_long();
    the_options_may_contain_the_key();
    getters_answer_given_values_resolved_values_and_defaults();
    getters_answer_null_for_null();
    return 0;
}
