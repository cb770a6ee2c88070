/* td_token: the answer of the token endpoint. */

#include "check.h"

#include <signal.h>
#include <unistd.h>

static int something;
#define SOMETHING ((td_token *)(void *)&something)

#define CREDENTIALS "grant_type", "client_credentials"

static void null_in_place_of_an_object_is_an_error(const td_client *client) {
    td_token *token = SOMETHING;
    CHECK_FAILS(td_token_exchange(NULL, TD_OPTIONS(CREDENTIALS), &token), TD_ERROR_INVALID_ARGUMENT);
    CHECK(token == NULL);
    CHECK_FAILS(td_token_exchange(NULL, NULL, &token), TD_ERROR_INVALID_ARGUMENT);
    CHECK_FAILS(td_token_exchange(client, TD_OPTIONS(CREDENTIALS), NULL), TD_ERROR_INVALID_ARGUMENT);
    CHECK_FAILS(td_token_exchange(client, NULL, NULL), TD_ERROR_INVALID_ARGUMENT);
    CHECK_FAILS(td_token_exchange(NULL, TD_OPTIONS(CREDENTIALS), NULL), TD_ERROR_INVALID_ARGUMENT);
    CHECK_FAILS(td_token_exchange(NULL, NULL, NULL), TD_ERROR_INVALID_ARGUMENT);
}

#define EXCHANGE(...) td_token_exchange(client, TD_OPTIONS(__VA_ARGS__), &token)

static void wrong_parameters_are_refused(const td_client *client) {
    td_token *token = SOMETHING;
    CHECK_REFUSES(td_token_exchange(client, NULL, &token), "grant_type", "missing");
    CHECK(token == NULL);
    CHECK_REFUSES(EXCHANGE("grant_type", NULL), "grant_type", "NULL");
    CHECK_REFUSES(EXCHANGE("grant_type", ""), "grant_type", "empty");
    CHECK_REFUSES(EXCHANGE(CREDENTIALS, "grant_type", "x"), "grant_type", "twice");
    CHECK_REFUSES(EXCHANGE(CREDENTIALS, "scopes", "x"), "scopes", "did you mean scope?");
    CHECK_REFUSES(EXCHANGE(CREDENTIALS, "key_id", "x"), "key_id", "give it to the client");
    CHECK_REFUSES(EXCHANGE(CREDENTIALS, "param.x", "\xff"), "param.NAME", "not UTF-8");
    CHECK(token == NULL);
}

static void getters_answer_null_or_minus_one_for_null(void) {
    CHECK(td_token_access_token(NULL) == NULL);
    CHECK(td_token_type(NULL) == NULL);
    CHECK(td_token_expires_at(NULL) == -1);
    CHECK(td_token_seconds_left(NULL) == -1);
    CHECK(td_token_get(NULL, "scope") == NULL);
    CHECK(td_token_get(NULL, NULL) == NULL);
    CHECK(td_token_json(NULL) == NULL);
}

static void a_token_has_the_members_of_the_answer(const td_client *client) {
    td_token *token = SOMETHING;
    CHECK_OK(EXCHANGE(CREDENTIALS, "scope", "calls:read"));
    CHECK(strlen(td_token_access_token(token)) > 10);
    CHECK_TEXT(td_token_type(token), "Bearer");
    CHECK(td_token_expires_at(token) > 1700000000);
    CHECK(td_token_seconds_left(token) > 0 && td_token_seconds_left(token) <= 600);
    CHECK_TEXT(td_token_get(token, "access_token"), td_token_access_token(token));
    CHECK_TEXT(td_token_get(token, "scope"), "calls:read");
    CHECK_TEXT(td_token_get(token, "expires_in"), "600");
    CHECK_HOLDS(td_token_json(token), td_token_access_token(token));
    CHECK(td_token_get(token, "no such member") == NULL);
    CHECK(td_token_get(token, "\xff") == NULL);
    CHECK(td_token_get(token, NULL) == NULL);
    td_free(token);
}

static void a_missing_member_is_unknown_or_as_requested(void) {
    td_client *client = client_with("omit=expires_in,omit=scope,omit=token_type,set.flag=[true],set.none=null");
    td_token *token = NULL;
    CHECK_OK(EXCHANGE(CREDENTIALS, "scope", "calls:read"));
    CHECK(td_token_expires_at(token) == -1);
    CHECK(td_token_seconds_left(token) == -1);
    CHECK_TEXT(td_token_get(token, "scope"), "calls:read");
    CHECK_TEXT(td_token_type(token), "Bearer");
    CHECK_TEXT(td_token_get(token, "flag"), "[true]");
    CHECK(td_token_get(token, "none") == NULL);
    CHECK_HOLDS(td_token_json(token), "null");
    td_free(token);
    td_free(client);
}

static void a_value_may_be_long(void) {
    td_client *client = client_with("echo=1");
    char *value = long_value(100 * 1000);
    td_token *token = NULL;
    CHECK_OK(EXCHANGE(CREDENTIALS, "param.note", value));
    CHECK_HOLDS(td_token_get(token, "request"), value);
    td_free(token);
    td_free(client);
    free(value);
}

static void a_failure_leaves_no_token(void) {
    td_client *client = client_with("error=invalid_scope");
    td_token *token = SOMETHING;
    CHECK_FAILS(EXCHANGE(CREDENTIALS), TD_ERROR_OAUTH_ERROR);
    CHECK(token == NULL);
    td_free(client);
}

static int has(int (*fill)(sigset_t *), int signal) {
    sigset_t set;
    sigemptyset(&set);
    CHECK(fill(&set) == 0);
    return sigismember(&set, signal);
}

static int mask(sigset_t *set) { return pthread_sigmask(SIG_SETMASK, NULL, set); }

/** Exchanges with a server that closes before it answers, so that SIGPIPE may occur; then frees the client. */
static void fail_an_exchange(void) {
    td_client *client = client_with("close=before");
    td_token *token = NULL;
    CHECK_FAILS(EXCHANGE(CREDENTIALS), TD_ERROR_OUTCOME_UNKNOWN);
    td_free(client);
}

static void the_signal_mask_is_unchanged_and_a_pending_sigpipe_stays(void) {
    sigset_t sigpipe;
    int taken;
    sigemptyset(&sigpipe);
    sigaddset(&sigpipe, SIGPIPE);

    CHECK(!has(mask, SIGPIPE));
    fail_an_exchange();
    CHECK(!has(mask, SIGPIPE));
    CHECK(!has(sigpending, SIGPIPE));

    CHECK(pthread_sigmask(SIG_BLOCK, &sigpipe, NULL) == 0);
    fail_an_exchange();
    CHECK(has(mask, SIGPIPE));
    CHECK(!has(sigpending, SIGPIPE));

    CHECK(raise(SIGPIPE) == 0);
    fail_an_exchange();
    CHECK(has(sigpending, SIGPIPE));
    CHECK(sigwait(&sigpipe, &taken) == 0 && taken == SIGPIPE);
    CHECK(pthread_sigmask(SIG_UNBLOCK, &sigpipe, NULL) == 0);
}

static void a_code_is_exchanged_and_its_token_outlives_the_client(td_client *client) {
    td_token *token = NULL;
    td_token *next = NULL;
    const char *refresh_token;
    char code[40];
    /* A code is accepted once, so each run has its own. */
    snprintf(code, sizeof code, "code-%ld", (long)getpid());
    CHECK_OK(EXCHANGE("grant_type", "authorization_code", "code", code));
    refresh_token = td_token_get(token, "refresh_token");
    CHECK(refresh_token != NULL);
    CHECK_OK(td_token_exchange(
        client, TD_OPTIONS("grant_type", "refresh_token", "refresh_token", refresh_token), &next));
    td_free(client);
    CHECK(strcmp(td_token_access_token(next), td_token_access_token(token)) != 0);
    td_free(token);
    CHECK_TEXT(td_token_type(next), "Bearer");
    td_free(next);
}

int main(int argc, char **argv) {
    td_client *client;
    start(argc, argv);
    client = client_at(given.token_endpoint);
    null_in_place_of_an_object_is_an_error(client);
    wrong_parameters_are_refused(client);
    getters_answer_null_or_minus_one_for_null();
    a_token_has_the_members_of_the_answer(client);
    a_missing_member_is_unknown_or_as_requested();
    a_value_may_be_long();
    a_failure_leaves_no_token();
    the_signal_mask_is_unchanged_and_a_pending_sigpipe_stays();
    a_code_is_exchanged_and_its_token_outlives_the_client(client);
    return 0;
}
