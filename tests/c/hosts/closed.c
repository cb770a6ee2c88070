/*
 * A host that closes descriptors that are not its own, and opens files that get the same numbers. The library uses and closes none
 * of these. It is started as
 *
 *     closed SLOW SILENT NAME VALUE …
 *
 * with two URLs (an endpoint that takes its time, and a server that never answers) and with names and values of client options.
 */

#define _GNU_SOURCE

#include "fault_check.h"

#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>

#define CREDENTIALS TD_OPTIONS("grant_type", "client_credentials", "timeout", "1.5")
#define REFRESH TD_OPTIONS("grant_type", "refresh_token", "refresh_token", "x", "timeout", "1.5")
enum { FILES = 64, LENGTH = 5 };

static int files[FILES];

static void close_all_and_open_own_files(void)
{
    int i;
    for (i = 3; i < 1024; i++) close(i);
    for (i = 0; i < FILES; i++) {
        MUST((files[i] = memfd_create("own", 0)) == i + 3);
        MUST(write(files[i], "host\n", LENGTH) == LENGTH);
    }
}

static void own_files_are_untouched(void)
{
    char text[LENGTH];
    struct stat file;
    int i;
    for (i = 0; i < FILES; i++) {
        MUST(fstat(files[i], &file) == 0 && file.st_size == LENGTH);
        MUST(pread(files[i], text, LENGTH, 0) == LENGTH && memcmp(text, "host\n", LENGTH) == 0);
    }
}

static td_client *client_at(const char *const *options, const char *url)
{
    const char *changed[64];
    td_client *client = NULL;
    int i;
    for (i = 0; options[i] != NULL; i++) {
        MUST(i < 63);
        changed[i] = i % 2 == 1 && url != NULL && strcmp(options[i - 1], "token_endpoint") == 0 ? url : options[i];
    }
    changed[i] = NULL;
    SUCCEED(td_client_new(changed, &client));
    return client;
}

static void exchange(const td_client *client)
{
    td_token *token = NULL;
    SUCCEED(td_token_exchange(client, TD_OPTIONS("grant_type", "client_credentials"), &token));
    td_free(token);
}

/* The next call works, over connections of its own. */
static void without_calls_in_flight(const char *const *options)
{
    td_client *client = client_at(options, NULL);
    td_queue *queue = NULL;
    SUCCEED(td_queue_new(&queue));
    exchange(client);
    close_all_and_open_own_files();
    exchange(client);
    own_files_are_untouched();
    td_free(queue);
    td_free(client);
    own_files_are_untouched();
}

/* If only freeing follows, it closes nothing either. */
static void freed_afterwards(const char *const *options)
{
    td_client *client = client_at(options, NULL);
    exchange(client);
    close_all_and_open_own_files();
    td_free(client);
    sleep_ms(50);
    own_files_are_untouched();
}

/* A call in flight ends by its deadline, with an error that says what happened. */
static void ends_with_a_word(td_call *call, int code)
{
    td_token *token = NULL;
    td_error *error;
    MUST(td_call_wait(call, 20000) == 1);
    error = td_call_token(call, &token);
    MUST(token == NULL && td_error_code(error) == code);
    MUST(strstr(td_error_message(error), "network of this process broke down") != NULL);
    td_free(error);
}

static void with_calls_in_flight(const char *const *options, const char *slow, const char *silent)
{
    td_client *client = client_at(options, NULL), *slow_client = client_at(options, slow);
    td_client *silent_client = client_at(options, silent);
    td_call *calls[4];
    td_queue *queue = NULL;
    int i, told = 0;
    SUCCEED(td_queue_new(&queue));
    MUST(td_queue_fd(queue) >= 0);
    exchange(client);
    SUCCEED(td_token_exchange_start(slow_client, CREDENTIALS, queue, 1, &calls[0]));
    SUCCEED(td_token_exchange_start(slow_client, REFRESH, queue, 2, &calls[1]));
    SUCCEED(td_token_exchange_start(silent_client, CREDENTIALS, queue, 3, &calls[2]));
    SUCCEED(td_token_exchange_start(silent_client, CREDENTIALS, queue, 4, &calls[3]));
    MUST(td_call_fd(calls[0]) >= 0);
    /* The first two are sent, and the others wait for an answer to their handshakes. */
    sleep_ms(300);
    close_all_and_open_own_files();
    td_call_cancel(calls[3]);
    ends_with_a_word(calls[0], TD_ERROR_OUTCOME_UNKNOWN);
    ends_with_a_word(calls[1], TD_ERROR_OUTCOME_UNKNOWN);
    ends_with_a_word(calls[2], TD_ERROR_INTERNAL);
    own_files_are_untouched();
    exchange(client);
    own_files_are_untouched();
    while (td_queue_next(queue) != 0) told++;
    MUST(told == 4);
    for (i = 0; i < 4; i++) td_free(calls[i]);
    td_free(queue);
    td_free(silent_client);
    td_free(slow_client);
    td_free(client);
    own_files_are_untouched();
}

int main(int argc, char **argv)
{
    const char *const *options = (const char *const *)argv + 3;
    MUST(argc > 4);
    alarm(60);
    without_calls_in_flight(options);
    freed_afterwards(options);
    with_calls_in_flight(options, argv[1], argv[2]);
    return 0;
}
