/*
 * A host without standard input, output and error, as many daemons are.
 *
 * standard CLOSED SLOW OPTION VALUE...   CLOSED lists those that are closed, for example "02". SLOW is the URL of an endpoint that
 *                                        answers late.
 */

#define _DEFAULT_SOURCE

#include "fault_check.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* A copy of standard error for this test's own messages. */
enum { MESSAGES = 100 };
#undef MUST
#define MUST(condition)                                                                  \
    do {                                                                                 \
        if (!(condition)) {                                                              \
            dprintf(MESSAGES, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition); \
            _exit(70);                                                                   \
        }                                                                                \
    } while (0)

static const char *closed;

static void close_them(void)
{
    const char *number;
    for (number = closed; *number != '\0'; number++) close(*number - '0');
}

/* None of them is the library's socket, pipe, event descriptor or file. */
static void none_is_used(void)
{
    const char *number;
    for (number = closed; *number != '\0'; number++) {
        char path[32], byte = 'x';
        char target[64] = "";
        snprintf(path, sizeof path, "/proc/self/fd/%c", *number);
        if (readlink(path, target, sizeof target - 1) > 0 && strcmp(target, "/") != 0) {
            dprintf(MESSAGES, "%c is %s\n", *number, target);
            _exit(72);
        }
        errno = 0;
        MUST(write(*number - '0', &byte, 1) < 0 && errno == EBADF);
        MUST(read(*number - '0', &byte, 1) < 0 && errno == EBADF);
        /* A program that is executed finds it closed. */
        MUST(target[0] == '\0' || fcntl(*number - '0', F_GETFD) == FD_CLOEXEC);
    }
}

static void exchange(const td_client *client)
{
    td_token *token;
    td_error *error = td_token_exchange(client, TD_OPTIONS("grant_type", "client_credentials"), &token);
    if (error != NULL) dprintf(MESSAGES, "%s\n", td_error_message(error));
    MUST(error == NULL);
    td_free(token);
}

/* All that makes descriptors: a key's file, authorities, a runtime, connections, calls, queues. */
static void use_everything(const char **options)
{
    td_client *client;
    td_queue *queue;
    td_call *call;
    int call_fd, queue_fd;
    close_them();
    MUST(td_client_new(options, &client) == NULL);
    none_is_used();
    close_them();
    exchange(client);
    none_is_used();
    close_them();
    exchange(client); /* over the kept connection */
    MUST(td_queue_new(&queue) == NULL);
    queue_fd = td_queue_fd(queue);
    MUST(queue_fd > 2);
    MUST(td_token_exchange_start(client, TD_OPTIONS("grant_type", "client_credentials"), queue, 1, &call) == NULL);
    call_fd = td_call_fd(call);
    MUST(call_fd > 2);
    none_is_used();
    MUST(td_call_wait(call, -1) == 1);
    none_is_used();
    MUST(close(call_fd) == 0 && close(queue_fd) == 0);
    td_free(call);
    td_free(queue);
    td_free(client);
    none_is_used();
}

/* While a call is in flight, this program puts a file of its own on each number. */
static void replace_during_a_call(const char **options)
{
    struct stat expected, found;
    const char *number;
    td_client *client;
    td_token *token;
    td_call *call;
    int file = open("/dev/zero", O_RDWR | O_CLOEXEC), round;
    MUST(file > 2 && fstat(file, &expected) == 0);
    close_them();
    MUST(td_client_new(options, &client) == NULL);
    MUST(td_token_exchange_start(client, TD_OPTIONS("grant_type", "client_credentials"), NULL, 0, &call) == NULL);
    while (open_descriptors("socket:") == 0) sleep_ms(1);
    none_is_used();
    for (number = closed; *number != '\0'; number++) MUST(dup2(file, *number - '0') == *number - '0');
    MUST(td_call_wait(call, -1) == 1);
    MUST(td_call_token(call, &token) == NULL);
    td_free(token);
    td_free(call);
    td_free(client);
    for (round = 0; round < 2; round++) {
        for (number = closed; *number != '\0'; number++) {
            MUST(fstat(*number - '0', &found) == 0 && found.st_rdev == expected.st_rdev && found.st_ino == expected.st_ino);
        }
        MUST(td_client_new(options, &client) == NULL);
        exchange(client);
        td_free(client);
    }
    MUST(close(file) == 0);
}

int main(int count, char **arguments)
{
    const char *options[32];
    int i;
    MUST(dup2(2, MESSAGES) == MESSAGES);
    MUST(count > 3 && count < 32);
    closed = arguments[1];
    for (i = 3; i <= count; i++) options[i - 3] = arguments[i];
    use_everything(options);
    for (i = 0; options[i] != NULL; i += 2) {
        if (strcmp(options[i], "token_endpoint") == 0) options[i + 1] = arguments[2];
    }
    replace_during_a_call(options);
    return 0;
}
