/*
 * Exchanges when the process or a thread is about to end, and most of what threads keep for themselves is gone.
 *
 * ending WHEN USED OPTION VALUE...   WHEN is the moment; see `moments`. USED is 1 if the thread exchanged before that, and 0 if the
 *                                    library is not used before. With 2, it also freed all that it had made.
 */

#define _GNU_SOURCE

#include "fault_check.h"

#include <pthread.h>
#include <sys/types.h>
#include <sys/wait.h>

/* glibc's function behind the destructors of C++'s thread_local. */
extern int __cxa_thread_atexit_impl(void (*destructor)(void *), void *object, void *library);
extern void *__dso_handle;

static const char *const *options;
static td_client *client;
static int is_used, is_freed, is_at_the_very_end;

static void exchange_with(const td_client *made)
{
    const char *const grants[] = {"client_credentials", "refresh_token"};
    td_assertion *assertion;
    td_token *token;
    td_call *call;
    td_error *error;
    int fd;
    SUCCEED(td_token_exchange(made, TD_OPTIONS("grant_type", grants[0]), &token));
    td_free(token);
    error = td_token_exchange(made, TD_OPTIONS("grant_type", grants[1], "refresh_token", "unknown"), &token);
    MUST(td_error_code(error) == TD_ERROR_OAUTH_ERROR);
    td_free(error);
    SUCCEED(td_token_exchange_start(made, TD_OPTIONS("grant_type", grants[0]), NULL, 0, &call));
    fd = td_call_fd(call);
    MUST(fd >= 0 && close(fd) == 0);
    SUCCEED(td_call_token(call, &token));
    td_free(token);
    td_free(call);
    SUCCEED(td_token_exchange_start(made, TD_OPTIONS("grant_type", grants[0]), NULL, 0, &call));
    td_call_cancel(call);
    td_free(call);
    SUCCEED(td_assertion_new(made, NULL, &assertion));
    td_free(assertion);
}

static void exchange(void)
{
    td_client *own;
    if (client == NULL) SUCCEED(td_client_new(options, &client));
    exchange_with(client);
    SUCCEED(td_client_new(options, &own));
    exchange_with(own);
    td_free(own);
    td_free(client);
    client = NULL;
    printf("exchanged\n");
    fflush(stdout);
}

static void at_the_end(void *unused)
{
    (void)unused;
    exchange();
}

static pthread_key_t key;

/* Round by round, until the last one in which the system runs such destructors. */
static void at_the_end_of_a_key(void *rounds_left)
{
    char *rounds = rounds_left;
    if (*rounds > 0) {
        --*rounds;
        MUST(pthread_setspecific(key, rounds) == 0);
    } else {
        exchange();
    }
}

static void use(void)
{
    SUCCEED(td_client_new(options, &client));
    exchange_with(client);
    if (is_freed) {
        td_free(client);
        client = NULL;
    }
}

static void *thread_local(void *unused)
{
    (void)unused;
    MUST(__cxa_thread_atexit_impl(at_the_end, NULL, &__dso_handle) == 0);
    if (is_used) use();
    return NULL;
}

static void *of_a_key(void *unused)
{
    static char rounds = 3;
    (void)unused;
    MUST(pthread_key_create(&key, at_the_end_of_a_key) == 0 && pthread_setspecific(key, &rounds) == 0);
    if (is_used) use();
    return NULL;
}

static void *exits(void *unused)
{
    (void)unused;
    if (is_used) use();
    exit(0);
}

static void run(void *(*work)(void *))
{
    pthread_t thread;
    MUST(pthread_create(&thread, NULL, work, NULL) == 0);
    MUST(pthread_join(thread, NULL) == 0);
}

__attribute__((destructor)) static void at_the_very_end(void)
{
    if (is_at_the_very_end) exchange();
}

int main(int count, char **arguments)
{
    const char *when;
    MUST(count > 3);
    when = arguments[1];
    is_used = arguments[2][0] != '0';
    is_freed = arguments[2][0] == '2';
    options = (const char *const *)arguments + 3;
    if (strcmp(when, "thread_local") == 0) {
        run(thread_local);
        return 0;
    }
    if (strcmp(when, "key") == 0) {
        run(of_a_key);
        return 0;
    }
    if (strcmp(when, "main_thread_local") == 0) {
        thread_local(NULL);
        return 0;
    }
    if (strcmp(when, "destructor") == 0) is_at_the_very_end = 1;
    else if (strcmp(when, "quick_exit") == 0) MUST(at_quick_exit(exchange) == 0);
    else MUST(atexit(exchange) == 0);
    if (strcmp(when, "exit_in_a_thread") == 0) run(exits);
    if (is_used) use();
    if (strcmp(when, "fork") == 0) {
        int status;
        pid_t child = fork();
        MUST(child >= 0);
        if (child > 0) {
            MUST(waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0);
        }
    }
    if (strcmp(when, "quick_exit") == 0) quick_exit(0);
    return 0;
}
