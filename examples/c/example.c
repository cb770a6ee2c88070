/*
 * Signs an assertion, exchanges a code for a token, and refreshes the token, in C.
 *
 *     cc -std=c99 example.c $(pkg-config --cflags --libs talkdesk_auth) -o example
 *     ./example TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE CODE REDIRECT_URI WRONG_KEY_FILE
 */
#include <stdio.h>
#include <talkdesk_auth.h>

/* Answers whether the step failed. If so, prints the error and frees it. */
static int failed(const char *step, td_error *error)
{
    if (!error)
        return 0;
    printf("%s: %s (code %d)\n    %s\n", step, td_error_name(error), (int)td_error_code(error), td_error_message(error));
    td_free(error);
    return 1;
}

static int sign(const td_client *client)
{
    td_assertion *assertion = NULL;
    if (failed("sign the assertion", td_assertion_new(client, NULL, &assertion)))
        return 1;
    printf("sign the assertion\n    header  %s\n    claims  %s\n    jwt     %.40s...\n", td_assertion_get(assertion, "header"),
           td_assertion_get(assertion, "claims"), td_assertion_jwt(assertion));
    td_free(assertion);
    return 0;
}

static void show(const char *step, const td_token *granted)
{
    printf("%s\n    %s %s\n    scope   %s\n    expires in %lld s\n", step, td_token_type(granted), td_token_access_token(granted),
           td_token_get(granted, "scope"), (long long)td_token_seconds_left(granted));
}

int main(int argc, char **argv)
{
    if (argc != 8) {
        fprintf(stderr, "usage: %s TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE CODE REDIRECT_URI WRONG_KEY_FILE\n", argv[0]);
        return 2;
    }
    const char *token_endpoint = argv[1], *client_id = argv[2], *client_key_id = argv[3], *key_file = argv[4];
    const char *code = argv[5], *redirect_uri = argv[6], *wrong_key_file = argv[7];

    td_client *client = NULL;
    td_client *wrong_client = NULL;
    td_token *granted = NULL;
    td_token *refreshed = NULL;
    int status = 1;

    if (failed("make the client", td_client_new(TD_OPTIONS("token_endpoint", token_endpoint, "client_id", client_id, "key_id", client_key_id,
                                                           "private_key_file", key_file), &client)))
        goto done;
    if (sign(client))
        goto done;

    if (failed("exchange a code", td_token_exchange(client, TD_OPTIONS("grant_type", "authorization_code", "code", code,
                                                                       "redirect_uri", redirect_uri), &granted)))
        goto done;
    show("exchange a code", granted);

    if (failed("refresh", td_token_exchange(client, TD_OPTIONS("grant_type", "refresh_token", "refresh_token",
                                                               td_token_get(granted, "refresh_token")), &refreshed)))
        goto done;
    show("refresh", refreshed);

    if (failed("make the client", td_client_new(TD_OPTIONS("token_endpoint", token_endpoint, "client_id", client_id, "key_id", client_key_id,
                                                           "private_key_file", wrong_key_file), &wrong_client)))
        goto done;
    td_free(refreshed);
    status = !failed("a wrong key", td_token_exchange(wrong_client, TD_OPTIONS("grant_type", "client_credentials"), &refreshed));

done:
    td_free(refreshed);
    td_free(granted);
    td_free(wrong_client);
    td_free(client);
    return status;
}
