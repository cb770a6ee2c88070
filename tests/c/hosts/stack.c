/*
 * Makes a client and exchanges on a thread with 64 kB of stack: over a fresh connection, over the kept one and, for a code, over
 * another fresh one.
 */

#define _POSIX_C_SOURCE 200809L

#include "fault_check.h"

#include <pthread.h>

enum { STACK = 64 * 1024 };

static void *work(void *options)
{
    td_client *client;
    td_token *token;
    td_error *error;
    int i;
    SUCCEED(td_client_new(options, &client));
    for (i = 0; i < 2; i++) {
        SUCCEED(td_token_exchange(client, TD_OPTIONS("grant_type", "client_credentials"), &token));
        td_free(token);
    }
    error = td_token_exchange(client, TD_OPTIONS("grant_type", "authorization_code", "code", "none"), &token);
    MUST(td_error_code(error) == TD_ERROR_OAUTH_ERROR);
    td_free(error);
    td_free(client);
    return NULL;
}

int main(int count, char **arguments)
{
    pthread_attr_t small;
    pthread_t thread;
    MUST(count > 1);
    MUST(pthread_attr_init(&small) == 0);
    MUST(pthread_attr_setstacksize(&small, STACK) == 0);
    MUST(pthread_create(&thread, &small, work, arguments + 1) == 0);
    MUST(pthread_join(thread, NULL) == 0);
    return 0;
}
