/* A host that closes descriptors that are not its own. The next call fails; later calls and td_free work as usual. */

#define _POSIX_C_SOURCE 200809L

#include "fault_check.h"

int main(int count, char **arguments)
{
    const char *options[32];
    const char *grant[] = {"grant_type", "client_credentials", NULL};
    td_client *client;
    td_token *token;
    td_error *error;
    int i;
    MUST(count > 1 && count < 32);
    for (i = 1; i <= count; i++) options[i - 1] = arguments[i];
    SUCCEED(td_client_new(options, &client));
    SUCCEED(td_token_exchange(client, grant, &token));
    td_free(token);

    for (i = 3; i < 1024; i++) close(i);
    error = td_token_exchange(client, grant, &token);
    MUST(error != NULL && td_error_code(error) == TD_ERROR_INTERNAL);
    td_free(error);

    SUCCEED(td_token_exchange(client, grant, &token));
    td_free(token);
    td_free(client);
    return 0;
}
