/* The library under test. */

#include <stdio.h>
#include <stdlib.h>

#include "program.h"
#include "talkdesk_auth.h"

static td_client *client;

static void must(td_error *error) {
    if (error != NULL) {
        fprintf(stderr, "%s\n", td_error_message(error));
        exit(1);
    }
}

void prepare(const request *request) {
    must(td_client_new(
        TD_OPTIONS("token_endpoint", request->token_endpoint, "ca_file", request->ca_file, "client_id", request->client_id,
                   "key_id", request->key_id, "private_key_file", request->key_file), &client));
}

void sign(void) {
    td_assertion *assertion;
    must(td_assertion_new(client, NULL, &assertion));
    if (td_assertion_jwt(assertion)[0] == '\0') {
        exit(1);
    }
    td_free(assertion);
}

void exchange(void) {
    td_token *token;
    must(td_token_exchange(client, TD_OPTIONS("grant_type", "client_credentials"), &token));
    if (td_token_access_token(token)[0] == '\0') {
        exit(1);
    }
    td_free(token);
}
