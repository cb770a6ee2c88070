/*
 * 8 threads share one client. Half of them send codes, over fresh connections, and are refused. The others send client credentials.
 * Afterwards only idle connections are open, and no thread is left.
 */

#define _POSIX_C_SOURCE 200809L

#include "fault_check.h"

#include <pthread.h>

enum { THREADS = 8, CALLS = 125 };

static td_client *client;

static void *send_codes(void *unused)
{
    int i;
    (void)unused;
    for (i = 0; i < CALLS; i++) {
        td_token *token;
        td_error *error =
            td_token_exchange(client, TD_OPTIONS("grant_type", "authorization_code", "code", "none"), &token);
        MUST(token == NULL && td_error_code(error) == TD_ERROR_OAUTH_ERROR);
        td_free(error);
    }
    return NULL;
}

static void *send_credentials(void *unused)
{
    int i;
    (void)unused;
    for (i = 0; i < CALLS; i++) {
        td_token *token;
        SUCCEED(td_token_exchange(client, TD_OPTIONS("grant_type", "client_credentials"), &token));
        td_free(token);
    }
    return NULL;
}

static void run(void *(*odd)(void *), void *(*even)(void *))
{
    pthread_t callers[THREADS];
    int i;
    for (i = 0; i < THREADS; i++) MUST(pthread_create(&callers[i], NULL, i % 2 ? odd : even, NULL) == 0);
    for (i = 0; i < THREADS; i++) MUST(pthread_join(callers[i], NULL) == 0);
    MUST(threads_settled(1) == 1);
}

int main(int count, char **arguments)
{
    int before = open_descriptors("");
    MUST(count > 1);
    SUCCEED(td_client_new((const char *const *)(arguments + 1), &client));
    run(send_codes, send_codes);
    MUST(open_descriptors("socket:") == 0);
    run(send_codes, send_credentials);
    /* There may be more than one for each thread: a thread that waits for a connection also opens one, for the next call. */
    MUST(open_descriptors("socket:") <= 4 * THREADS);
    td_free(client);
    MUST(threads_settled(1) == 1);
    MUST(open_descriptors("") == before);
    return 0;
}
