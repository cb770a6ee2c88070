/*
 * A C host that starts many calls at once. It is started as
 *
 *     calls MODE COUNT NAME VALUE …
 *
 * with names and values of client options. Each mode prints what the test counts.
 */

#define _POSIX_C_SOURCE 200809L

#include "fault_check.h"

#include <poll.h>
#include <pthread.h>
#include <sys/resource.h>
#include <sys/wait.h>

#define CREDENTIALS TD_OPTIONS("grant_type", "client_credentials", "timeout", "60")

static const char *const *options;
static td_queue *queue;
static int queue_fd;
static int descriptors_at_start;

static td_client *client_of(const char *const *given)
{
    td_client *client = NULL;
    SUCCEED(td_client_new(given, &client));
    return client;
}

static td_call *started(const td_client *client, const char *const *parameters, uintptr_t tag)
{
    td_call *call = NULL;
    SUCCEED(td_token_exchange_start(client, parameters, queue, tag, &call));
    return call;
}

static void wait_readable(int fd)
{
    struct pollfd watched;
    watched.fd = fd;
    watched.events = POLLIN;
    MUST(poll(&watched, 1, 90000) == 1);
}

/* The code of the call's outcome; 0 for a token. */
static int code_of(td_call *call)
{
    td_token *token = NULL;
    td_error *error = td_call_token(call, &token);
    int code = (int)td_error_code(error);
    MUST((error == NULL) == (token != NULL));
    td_free(error);
    td_free(token);
    return code;
}

static void limit_descriptors(rlim_t most)
{
    struct rlimit limit;
    MUST(getrlimit(RLIMIT_NOFILE, &limit) == 0);
    limit.rlim_cur = most;
    MUST(setrlimit(RLIMIT_NOFILE, &limit) == 0);
}

/* After all is freed, no thread of the library's is left, and the descriptors are those of before. */
static void leave_nothing(void)
{
    long long until = now_ms() + 5000;
    td_free(queue);
    close(queue_fd);
    while ((threads() != 1 || open_descriptors("") != descriptors_at_start) && now_ms() < until) sleep_ms(1);
    MUST(threads() == 1);
    MUST(open_descriptors("") == descriptors_at_start);
}

/* Starts all calls from one thread, and counts the tokens. */
static void many(int count)
{
    td_client *client = client_of(options);
    td_call **calls = calloc((size_t)count, sizeof *calls);
    int tokens = 0, ended = 0, i;
    MUST(calls != NULL);
    limit_descriptors(1024);
    for (i = 0; i < count; i++) calls[i] = started(client, CREDENTIALS, (uintptr_t)i + 1);
    td_free(client);
    while (ended < count) {
        uintptr_t tag = td_queue_next(queue);
        if (tag == 0) {
            wait_readable(queue_fd);
            continue;
        }
        ended++;
        tokens += code_of(calls[tag - 1]) == 0;
        td_free(calls[tag - 1]);
    }
    MUST(td_queue_next(queue) == 0);
    free(calls);
    printf("%d\n", tokens);
}

/* Cancels each call at another moment, and counts the outcomes. */
static void cancelled(int count)
{
    td_client *client = client_of(options);
    int done = 0, unknown = 0, unsent = 0, i;
    unsigned seed = 1;
    for (i = 0; i < count; i++) {
        td_call *call = started(client, TD_OPTIONS("grant_type", "refresh_token", "refresh_token", "x"), (uintptr_t)i + 1);
        int code;
        seed = seed * 1103515245U + 12345U;
        nanosleep(&(struct timespec){0, (long)(seed >> 8) % 3000000}, NULL);
        if (i % 2) td_call_cancel(call);
        if (i % 4 == 0) {
            /* Freeing cancels, too; nobody learns the outcome. */
            td_free(call);
            unknown++;
            continue;
        }
        code = code_of(call);
        done += code == TD_ERROR_OAUTH_ERROR;
        unknown += code == TD_ERROR_OUTCOME_UNKNOWN;
        unsent += code == TD_ERROR_CANCELLED;
        MUST(code == TD_ERROR_OAUTH_ERROR || code == TD_ERROR_OUTCOME_UNKNOWN || code == TD_ERROR_CANCELLED);
        td_free(call);
    }
    td_free(client);
    printf("%d %d %d\n", done, unknown, unsent);
}

/* The options with another value for token_endpoint. */
static const char *const *options_at(const char *url)
{
    static const char *changed[64];
    int i;
    for (i = 0; options[i] != NULL; i += 2) {
        MUST(i < 60);
        changed[i] = options[i];
        changed[i + 1] = strcmp(options[i], "token_endpoint") == 0 ? url : options[i + 1];
    }
    changed[i] = NULL;
    return changed;
}

/* Makes and uses so many clients, each of another host if the URL has a %d. None is freed before the end. */
static void clients(int count)
{
    td_client **all = calloc((size_t)count, sizeof *all);
    const char *pattern = getenv("TD_URL");
    char url[200];
    int i;
    MUST(all != NULL && pattern != NULL);
    limit_descriptors(256);
    for (i = 0; i < count; i++) {
        td_token *token = NULL;
        int host[3];
        host[0] = i / 40000 % 200 + 1;
        host[1] = i / 200 % 200 + 1;
        host[2] = i % 200 + 1;
        snprintf(url, sizeof url, pattern, host[0], host[1], host[2]);
        all[i] = client_of(options_at(url));
        SUCCEED(td_token_exchange(all[i], CREDENTIALS, &token));
        td_free(token);
    }
    printf("%d\n", open_descriptors("") - descriptors_at_start);
    for (i = 0; i < count; i++) td_free(all[i]);
    free(all);
}

/* While calls wait for a host that never answers, calls to another host come and go. */
static void hanging(int count)
{
    td_client *client = client_of(options), *silent = client_of(options_at(getenv("TD_URL")));
    td_call **calls = calloc((size_t)count, sizeof *calls);
    int i;
    MUST(calls != NULL);
    for (i = 0; i < count; i++) calls[i] = started(silent, CREDENTIALS, (uintptr_t)i + 1);
    for (i = 0; i < 50; i++) {
        td_token *token = NULL;
        SUCCEED(td_token_exchange(client, TD_OPTIONS("grant_type", "client_credentials", "timeout", "20"), &token));
        td_free(token);
    }
    MUST(td_queue_next(queue) == 0);
    for (i = 0; i < count; i++) td_free(calls[i]);
    free(calls);
    td_free(silent);
    td_free(client);
    printf("50\n");
}

static void in_the_child(td_call *ended, td_call *running, td_client *client)
{
    td_call *own;
    td_token *token = NULL;
    td_error *error;
    int fd;
    alarm(60);
    MUST(td_call_wait(ended, 0) == 1 && code_of(ended) == 0);
    MUST(td_call_wait(running, -1) == 1);
    wait_readable(fd = td_call_fd(running));
    close(fd);
    error = td_call_token(running, &token);
    MUST(td_error_code(error) == TD_ERROR_OUTCOME_UNKNOWN && td_error_is_retryable(error) == 1);
    td_free(error);
    MUST(code_of(running) == TD_ERROR_INVALID_ARGUMENT);
    td_call_cancel(running);
    MUST(td_queue_next(queue) == 0);
    fd = td_queue_fd(queue);
    own = started(client, CREDENTIALS, 7);
    while (td_queue_next(queue) != 7) wait_readable(fd);
    MUST(code_of(own) == 0);
    td_free(own);
    close(fd);
    td_free(ended);
    td_free(running);
    td_free(client);
    td_free(queue);
    MUST(threads_settled(1) == 1);
    _exit(0);
}

/* Forks with a call that has ended and one in flight. Both sides go on. */
static void forks(int count)
{
    td_client *client = client_of(options), *slow = client_of(options_at(getenv("TD_URL")));
    int i;
    for (i = 0; i < count; i++) {
        td_call *ended = started(client, CREDENTIALS, 1), *running;
        int status;
        pid_t child;
        while (td_queue_next(queue) != 1) wait_readable(queue_fd);
        running = started(slow, CREDENTIALS, 2);
        nanosleep(&(struct timespec){0, i % 20 * 500000L}, NULL);
        child = fork();
        MUST(child >= 0);
        if (child == 0) in_the_child(ended, running, client);
        MUST(waitpid(child, &status, 0) == child);
        MUST(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        MUST(code_of(ended) == 0);
        while (td_queue_next(queue) != 2) wait_readable(queue_fd);
        MUST(code_of(running) == 0);
        td_free(ended);
        td_free(running);
    }
    td_free(slow);
    td_free(client);
    printf("%d\n", count);
}

enum { IN_LINE = 60 };

/* Calls in each state at a fork. */
struct calls {
    td_call *untold, *taken, *cancelled, *spending, *last, *running[IN_LINE];
};

static void is_left_to_the_parent(td_call *call, int is_retryable)
{
    td_token *token = NULL;
    td_error *error;
    MUST(td_call_wait(call, 0) == 1);
    error = td_call_token(call, &token);
    MUST(token == NULL && td_error_code(error) == TD_ERROR_OUTCOME_UNKNOWN);
    MUST(td_error_is_retryable(error) == is_retryable);
    td_free(error);
    MUST(code_of(call) == TD_ERROR_INVALID_ARGUMENT);
}

static void free_calls(const struct calls *calls)
{
    int i;
    td_free(calls->untold);
    td_free(calls->taken);
    td_free(calls->cancelled);
    td_free(calls->spending);
    td_free(calls->last);
    for (i = 0; i < IN_LINE; i++) td_free(calls->running[i]);
}

/* Afterwards, the child has none of its parent's descriptors. */
static void states_in_the_child(const struct calls *calls, td_client *client, td_client *slow)
{
    td_token *token = NULL;
    int code, i;
    alarm(60);
    /* The first use of the network closes the copies of the parent's connections. */
    SUCCEED(td_token_exchange(client, CREDENTIALS, &token));
    td_free(token);
    MUST(td_queue_next(queue) == 0);
    MUST(code_of(calls->untold) == 0);
    MUST(code_of(calls->untold) == TD_ERROR_INVALID_ARGUMENT);
    MUST(code_of(calls->taken) == TD_ERROR_INVALID_ARGUMENT);
    code = code_of(calls->cancelled);
    MUST(code == TD_ERROR_CANCELLED || code == TD_ERROR_OUTCOME_UNKNOWN);
    is_left_to_the_parent(calls->spending, 0);
    for (i = 0; i < IN_LINE; i++) is_left_to_the_parent(calls->running[i], 1);
    MUST(td_queue_next(queue) == 0);
    free_calls(calls);
    td_free(slow);
    td_free(client);
    leave_nothing();
    _exit(0);
}

/* Forks with calls in each state: ended and untold, taken, cancelled, freed, sent, and waiting in line. */
static void states(int count)
{
    td_client *client = client_of(options), *slow = client_of(options_at(getenv("TD_URL")));
    struct calls calls;
    unsigned char told[200] = {0};
    int i, left, status;
    pid_t child;
    calls.untold = started(client, CREDENTIALS, 1);
    calls.taken = started(client, CREDENTIALS, 2);
    MUST(td_call_wait(calls.untold, -1) == 1 && code_of(calls.taken) == 0);
    calls.cancelled = started(slow, CREDENTIALS, 3);
    td_call_cancel(calls.cancelled);
    td_free(started(slow, CREDENTIALS, 4));
    /* When this call ends, the connections of the last two are closed. */
    MUST(code_of(calls.last = started(client, CREDENTIALS, 6)) == 0);
    calls.spending = started(slow, TD_OPTIONS("grant_type", "refresh_token", "refresh_token", "x"), 5);
    for (i = 0; i < IN_LINE; i++) calls.running[i] = started(slow, CREDENTIALS, (uintptr_t)i + 100);
    child = fork();
    MUST(child >= 0);
    if (child == 0) states_in_the_child(&calls, client, slow);
    MUST(waitpid(child, &status, 0) == child);
    MUST(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    MUST(code_of(calls.untold) == 0);
    for (left = 5 + IN_LINE; left > 0;) {
        uintptr_t tag = td_queue_next(queue);
        if (tag == 0) {
            wait_readable(queue_fd);
            continue;
        }
        MUST(tag < sizeof told && tag != 4 && told[tag]++ == 0);
        left--;
    }
    for (i = 0; i < IN_LINE; i++) MUST(told[i + 100] == 1 && code_of(calls.running[i]) == 0);
    MUST(code_of(calls.spending) == TD_ERROR_OAUTH_ERROR);
    free_calls(&calls);
    td_free(slow);
    td_free(client);
    printf("%d\n", count);
}

/* Each generation uses the network and forks the next one. None has more descriptors than the first child. */
static void generations(int count)
{
    td_client *client = client_of(options), *slow = client_of(options_at(getenv("TD_URL")));
    int generation, first = 0, status;
    for (generation = 0; generation < count; generation++) {
        td_token *token = NULL;
        td_call *running;
        pid_t child;
        int open;
        SUCCEED(td_token_exchange(client, CREDENTIALS, &token));
        td_free(token);
        close(td_queue_fd(queue));
        open = open_descriptors("");
        if (generation == 1) first = open;
        if (generation > 1 && open > first) {
            fprintf(stderr, "generation %d has %d descriptors, generation 1 had %d\n", generation, open, first);
            _exit(70);
        }
        running = started(slow, CREDENTIALS, 1);
        child = fork();
        MUST(child >= 0);
        if (child > 0) {
            MUST(waitpid(child, &status, 0) == child);
            MUST(code_of(running) == 0);
            td_free(running);
            if (generation == 0) break;
            _exit(WEXITSTATUS(status));
        }
        td_free(running);
    }
    if (generation == count) _exit(0);
    MUST(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    td_free(slow);
    td_free(client);
    printf("%d\n", count);
}

/* A child frees all, and has none of its parent's descriptors then: neither those that the parent has closed since, nor those of a
 * call. It uses the client of calls that its parent has in flight. Its own child never uses the network. */
static void heirs(int count)
{
    td_client *client = client_of(options), *slow = client_of(options_at(getenv("TD_URL")));
    td_call *calls[IN_LINE];
    int i, parent_is_done[2], status;
    pid_t child;
    td_token *token = NULL;
    SUCCEED(td_token_exchange(client, CREDENTIALS, &token));
    td_free(token);
    for (i = 0; i < IN_LINE; i++) {
        calls[i] = started(slow, CREDENTIALS, (uintptr_t)i + 1);
        close(td_call_fd(calls[i]));
    }
    sleep_ms(200);
    MUST(pipe(parent_is_done) == 0);
    child = fork();
    MUST(child >= 0);
    if (child == 0) {
        char byte;
        alarm(60);
        close(parent_is_done[1]);
        MUST(read(parent_is_done[0], &byte, 1) == 0);
        close(parent_is_done[0]);
        child = fork();
        MUST(child >= 0);
        if (child > 0) {
            SUCCEED(td_token_exchange(slow, CREDENTIALS, &token));
            td_free(token);
        }
        for (i = 0; i < IN_LINE; i++) td_free(calls[i]);
        td_free(slow);
        td_free(client);
        leave_nothing();
        if (child > 0) {
            MUST(waitpid(child, &status, 0) == child);
            MUST(WIFEXITED(status) && WEXITSTATUS(status) == 0);
        }
        _exit(0);
    }
    for (i = 0; i < IN_LINE; i++) {
        MUST(code_of(calls[i]) == 0);
        td_free(calls[i]);
    }
    td_free(slow);
    td_free(client);
    MUST(threads_settled(1) == 1);
    close(parent_is_done[0]);
    close(parent_is_done[1]);
    MUST(waitpid(child, &status, 0) == child);
    MUST(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    printf("%d\n", count);
}

static void *exchange_once(void *client)
{
    td_token *token = NULL;
    SUCCEED(td_token_exchange(client, CREDENTIALS, &token));
    td_free(token);
    return NULL;
}

/* The first uses of the network in a child come from several threads at once. */
static void newcomers(int count)
{
    td_client *client = client_of(options);
    int i, status;
    exchange_once(client);
    for (i = 0; i < count; i++) {
        pid_t child = fork();
        MUST(child >= 0);
        if (child == 0) {
            pthread_t threads[8];
            int thread;
            alarm(60);
            for (thread = 0; thread < 8; thread++) MUST(pthread_create(&threads[thread], NULL, exchange_once, client) == 0);
            for (thread = 0; thread < 8; thread++) MUST(pthread_join(threads[thread], NULL) == 0);
            td_free(client);
            _exit(0);
        }
        MUST(waitpid(child, &status, 0) == child);
        MUST(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    td_free(client);
    printf("%d\n", count);
}

/* A host that reads the bytes of the queue's descriptor hears of the next end, whatever it has done with the last one. */
static void drained(int count)
{
    td_client *client = client_of(options);
    int i;
    for (i = 0; i < count; i++) {
        td_call *call = started(client, CREDENTIALS, (uintptr_t)i + 1);
        char bytes[64];
        wait_readable(queue_fd);
        MUST(read(queue_fd, bytes, sizeof bytes) > 0);
        if (i % 2 == 0) MUST(code_of(call) == 0);
        td_free(call);
    }
    td_free(client);
    printf("%d\n", count);
}

/* Ends the process with calls in flight. */

/* Ends the process with calls in flight. They are no leak, because the process can still reach them. */
static void leaves(int count)
{
    static td_call **calls;
    td_client *client = client_of(options);
    int i;
    MUST((calls = calloc((size_t)count, sizeof *calls)) != NULL);
    for (i = 0; i < count; i++) calls[i] = started(client, CREDENTIALS, (uintptr_t)i + 1);
    printf("%d\n", count);
    fflush(stdout);
    exit(0);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(int count);
    } modes[] = {{"many", many},       {"cancelled", cancelled}, {"clients", clients},
                 {"hanging", hanging}, {"forks", forks},         {"leaves", leaves},
                 {"generations", generations}, {"states", states}, {"heirs", heirs},
                 {"newcomers", newcomers}, {"drained", drained}};
    size_t i;
    MUST(argc > 4);
    signal(SIGPIPE, SIG_DFL);
    descriptors_at_start = open_descriptors("");
    options = (const char *const *)argv + 3;
    SUCCEED(td_queue_new(&queue));
    MUST((queue_fd = td_queue_fd(queue)) >= 0);
    for (i = 0; i < sizeof modes / sizeof *modes; i++) {
        if (strcmp(argv[1], modes[i].name) == 0) {
            modes[i].run(atoi(argv[2]));
            leave_nothing();
            return 0;
        }
    }
    return 2;
}
