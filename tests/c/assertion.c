/* td_assertion: a signed statement for programs that send the request themselves. */

#include "check.h"

static int something;
#define SOMETHING ((td_assertion *)(void *)&something)

static void null_in_place_of_an_object_is_an_error(const td_client *client) {
    td_assertion *assertion = SOMETHING;
    CHECK_FAILS(td_assertion_new(NULL, NULL, &assertion), TD_ERROR_INVALID_ARGUMENT);
    CHECK(assertion == NULL);
    CHECK_FAILS(td_assertion_new(NULL, TD_OPTIONS("audience", "x"), NULL), TD_ERROR_INVALID_ARGUMENT);
    CHECK_FAILS(td_assertion_new(client, TD_OPTIONS("audience", "x"), NULL), TD_ERROR_INVALID_ARGUMENT);
    CHECK_FAILS(td_assertion_new(client, NULL, NULL), TD_ERROR_INVALID_ARGUMENT);
    CHECK_FAILS(td_assertion_new(NULL, NULL, NULL), TD_ERROR_INVALID_ARGUMENT);
}

#define SIGN(...) td_assertion_new(client, TD_OPTIONS(__VA_ARGS__), &assertion)

static void wrong_options_are_refused(const td_client *client) {
    td_assertion *assertion = SOMETHING;
    CHECK_REFUSES(SIGN("audience", NULL), "audience", "NULL");
    CHECK(assertion == NULL);
    CHECK_REFUSES(SIGN("audience", "x", "audience", "x"), "audience", "twice");
    CHECK_REFUSES(SIGN("audiences", "x"), "audiences", "did you mean audience?");
    CHECK_REFUSES(SIGN("client_id", "x"), "client_id", "give it to the client");
    CHECK_REFUSES(SIGN("audience", ""), "audience", "empty");
    CHECK_REFUSES(SIGN("audience", "\xff"), "audience", "not UTF-8");
    CHECK_REFUSES(SIGN("assertion_lifetime", "0"), "assertion_lifetime", "1 to 3600");
    CHECK_REFUSES(SIGN("claim.iss", "x"), "claim.iss", "sets");
    CHECK_REFUSES(SIGN("claim_json.iss", "7"), "claim_json.iss", "sets");
    CHECK_REFUSES(SIGN("claim.a", "x", "claim_json.a", "7"), "claim_json.NAME", "give one of the two");
    CHECK_REFUSES(SIGN("claim_json.a", "x"), "claim_json.NAME", "is not JSON");
    CHECK(assertion == NULL);
}

static void it_has_three_parts_and_getters_for_its_claims(const td_client *client) {
    td_assertion *assertion = NULL;
    const char *jwt;
    const char *first;
    const char *second;
    CHECK_OK(td_assertion_new(client, NULL, &assertion));
    jwt = td_assertion_jwt(assertion);
    first = strchr(jwt, '.');
    second = strrchr(jwt, '.');
    CHECK(first != NULL && first != jwt && first < second);
    CHECK(strlen(second + 1) == 86); /* 64 bytes in base64url: ES256 (RFC 7518 §3.4) */
    CHECK_TEXT(td_assertion_get(assertion, "aud"), given.token_endpoint);
    CHECK(strlen(td_assertion_get(assertion, "jti")) == 36);
    CHECK(atoll(td_assertion_get(assertion, "exp")) == atoll(td_assertion_get(assertion, "iat")) + 305);
    CHECK_HOLDS(td_assertion_get(assertion, "header"), "\"alg\":\"ES256\"");
    CHECK_HOLDS(td_assertion_get(assertion, "header"), given.key_id);
    CHECK_HOLDS(td_assertion_get(assertion, "claims"), given.client_id);
    CHECK_HOLDS(td_assertion_get(assertion, "claims"), td_assertion_get(assertion, "jti"));
    CHECK(td_assertion_get(assertion, "alg") == NULL);
    CHECK(td_assertion_get(assertion, "\xff") == NULL);
    td_free(assertion);
}

static void options_change_it_and_may_be_long(const td_client *client) {
    char *value = long_value(100 * 1000);
    td_assertion *assertion = NULL;
    CHECK_OK(SIGN("audience", "https://issuer.example", "assertion_lifetime", "60", "claim.note", value));
    CHECK_TEXT(td_assertion_get(assertion, "aud"), "https://issuer.example");
    CHECK(atoll(td_assertion_get(assertion, "exp")) == atoll(td_assertion_get(assertion, "iat")) + 65);
    CHECK_HOLDS(td_assertion_get(assertion, "claims"), value);
    CHECK(strlen(td_assertion_jwt(assertion)) > 4 * 100 * 1000 / 3);
    td_free(assertion);
    free(value);
}

static void a_claim_of_json_stays_what_it_is(const td_client *client) {
    td_assertion *assertion = NULL;
    CHECK_OK(SIGN("claim_json.level", "7", "claim_json.roles", " [\"a\"]\n"));
    CHECK_HOLDS(td_assertion_get(assertion, "claims"), "\"level\":7,\"roles\":[\"a\"]}");
    td_free(assertion);
}

static void getters_answer_null_for_null(const td_client *client) {
    td_assertion *assertion = NULL;
    CHECK_OK(td_assertion_new(client, NULL, &assertion));
    CHECK(td_assertion_jwt(NULL) == NULL);
    CHECK(td_assertion_get(NULL, "jti") == NULL);
    CHECK(td_assertion_get(assertion, NULL) == NULL);
    CHECK(td_assertion_get(NULL, NULL) == NULL);
    td_free(assertion);
}

static void each_is_fresh_and_outlives_its_client(td_client *client) {
    td_assertion *one = NULL;
    td_assertion *other = NULL;
    CHECK_OK(td_assertion_new(client, NULL, &one));
    CHECK_OK(td_assertion_new(client, NULL, &other));
    td_free(client);
    CHECK(strcmp(td_assertion_jwt(one), td_assertion_jwt(other)) != 0);
    CHECK(strcmp(td_assertion_get(one, "jti"), td_assertion_get(other, "jti")) != 0);
    CHECK_TEXT(td_assertion_get(one, "header"), td_assertion_get(other, "header"));
    td_free(one);
    CHECK_HOLDS(td_assertion_get(other, "header"), "ES256");
    td_free(other);
}

int main(int argc, char **argv) {
    td_client *client;
    start(argc, argv);
    client = client_at(given.token_endpoint);
    null_in_place_of_an_object_is_an_error(client);
    wrong_options_are_refused(client);
    it_has_three_parts_and_getters_for_its_claims(client);
    options_change_it_and_may_be_long(client);
    a_claim_of_json_stays_what_it_is(client);
    getters_answer_null_for_null(client);
    each_is_fresh_and_outlives_its_client(client);
    return 0;
}
