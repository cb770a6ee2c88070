/*
 * Calls leave the host's signal settings unchanged. The arguments are options of a client whose server closes without an answer.
 * The variable SILENT is the URL of a server that never answers.
 */

#define _POSIX_C_SOURCE 200809L

#include "fault_check.h"

#include <sys/time.h>

static void must_fail(const td_client *client, int code)
{
    td_token *token = NULL;
    td_error *error = td_token_exchange(client, TD_OPTIONS("grant_type", "client_credentials", "timeout", "1"), &token);
    MUST(token == NULL);
    MUST(td_error_code(error) == code);
    td_free(error);
}

static int is_pending(void)
{
    sigset_t set;
    sigpending(&set);
    return sigismember(&set, SIGPIPE);
}

static volatile sig_atomic_t alarms;

static void on_alarm(int signal_number)
{
    (void)signal_number;
    alarms++;
}

int main(int count, char **arguments)
{
    struct itimerval often = {{0, 10000}, {0, 10000}}, never = {{0, 0}, {0, 0}};
    const char *options[32];
    struct sigaction action;
    sigset_t pipe_only, mask;
    td_client *client, *silent;
    long long start;
    int i, round;
    MUST(count > 1 && count < 32);
    for (i = 1; i <= count; i++) options[i - 1] = arguments[i];
    SUCCEED(td_client_new(options, &client));
    MUST(strcmp(options[0], "token_endpoint") == 0);
    options[1] = getenv("SILENT");
    SUCCEED(td_client_new(options, &silent));

    /* SIGPIPE at its default, and not blocked. */
    signal(SIGPIPE, SIG_DFL);
    for (round = 0; round < 20; round++) must_fail(client, TD_ERROR_OUTCOME_UNKNOWN);

    /* SIGPIPE blocked by the host, with one pending: it stays pending until the host takes it. */
    sigemptyset(&pipe_only);
    sigaddset(&pipe_only, SIGPIPE);
    pthread_sigmask(SIG_BLOCK, &pipe_only, NULL);
    must_fail(client, TD_ERROR_OUTCOME_UNKNOWN);
    MUST(!is_pending());
    raise(SIGPIPE);
    for (round = 0; round < 20; round++) must_fail(client, TD_ERROR_OUTCOME_UNKNOWN);
    MUST(is_pending());
    pthread_sigmask(SIG_SETMASK, NULL, &mask);
    MUST(sigismember(&mask, SIGPIPE) == 1);
    sigwait(&pipe_only, &i);
    MUST(!is_pending());
    pthread_sigmask(SIG_UNBLOCK, &pipe_only, NULL);

    /* Frequent signals interrupt system calls. They neither end a call nor make it longer. */
    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm;
    MUST(sigaction(SIGALRM, &action, NULL) == 0);
    MUST(setitimer(ITIMER_REAL, &often, NULL) == 0);
    start = now_ms();
    must_fail(silent, TD_ERROR_DEADLINE_EXCEEDED);
    start = now_ms() - start;
    MUST(setitimer(ITIMER_REAL, &never, NULL) == 0);
    MUST(alarms > 10);
    MUST(start >= 1000 && start < 6000);

    /* The handler is still the host's. */
    MUST(sigaction(SIGPIPE, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
    td_free(client);
    td_free(silent);
    return 0;
}
