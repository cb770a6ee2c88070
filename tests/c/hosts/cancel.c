/* Cancels a thread during a call. The arguments are options of a client whose server answers slowly. */

#define _POSIX_C_SOURCE 200809L

#include "fault_check.h"

#include <pthread.h>

static td_client *client;

struct call {
    td_token *token;
    td_error *error;
    int started, returned, cleaned;
};

static void clean(void *argument)
{
    struct call *call = argument;
    MUST(call->returned);
    MUST(call->error == NULL);
    MUST(strlen(td_token_access_token(call->token)) > 0);
    td_free(call->token);
    call->cleaned = 1;
}

static void *work(void *argument)
{
    struct call *call = argument;
    pthread_cleanup_push(clean, call);
    __atomic_store_n(&call->started, 1, __ATOMIC_SEQ_CST);
    call->error = td_token_exchange(client, TD_OPTIONS("grant_type", "client_credentials"), &call->token);
    call->returned = 1;
    for (;;) {
        pthread_testcancel();
        sleep_ms(1);
    }
    pthread_cleanup_pop(0);
    return NULL;
}

int main(int count, char **arguments)
{
    const char *options[32];
    struct call calls[2] = {{NULL, NULL, 0, 0, 0}, {NULL, NULL, 0, 0, 0}};
    td_token *token;
    int i, sockets;
    MUST(count > 1 && count < 32);
    for (i = 1; i <= count; i++) options[i - 1] = arguments[i];
    SUCCEED(td_client_new(options, &client));

    for (i = 0; i < 2; i++) {
        pthread_t thread;
        void *result;
        MUST(pthread_create(&thread, NULL, work, &calls[i]) == 0);
        while (!__atomic_load_n(&calls[i].started, __ATOMIC_SEQ_CST)) sleep_ms(1);
        sleep_ms(i * 100);
        MUST(pthread_cancel(thread) == 0);
        MUST(pthread_join(thread, &result) == 0);
        MUST(result == PTHREAD_CANCELED);
        MUST(calls[i].cleaned);
    }

    /* The client and its connections still work. */
    SUCCEED(td_token_exchange(client, TD_OPTIONS("grant_type", "client_credentials"), &token));
    td_free(token);
    MUST(threads_settled(1) == 1);
    sockets = open_descriptors("socket:");
    td_free(client);
    MUST(threads_settled(1) == 1);
    MUST(sockets == 1 && open_descriptors("socket:") == 0);
    return 0;
}
