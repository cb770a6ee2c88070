/*
 * Forks children while threads of the process are in calls.
 *
 * fork busy TIMES OPTION VALUE...   8 threads exchange without pause. TIMES children exchange twice and sign, over their own
 *                                   connections. It then prints how many exchanges succeeded.
 * fork kept OPTION VALUE...         Three times: the parent exchanges, a child exchanges and frees all, the parent exchanges again.
 * fork reading OPTION VALUE...      20 times: a thread reads a long assertion for the first time, and a child reads the same one.
 * fork handler OPTION VALUE...      A signal handler calls _Fork again and again while this thread exchanges. The children exit at
 *                                 once.
 */

#define _GNU_SOURCE

#include "fault_check.h"

#include <errno.h>
#include <pthread.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/wait.h>

enum { THREADS = 8, PATIENCE = 30 };

static td_client *client;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int stop;
static long done;

static void exchange(void)
{
    td_token *token = NULL;
    SUCCEED(td_token_exchange(client, TD_OPTIONS("grant_type", "client_credentials"), &token));
    MUST(td_token_access_token(token) != NULL);
    td_free(token);
}

static void *caller(void *unused)
{
    int stopped = 0;
    (void)unused;
    while (!stopped) {
        exchange();
        pthread_mutex_lock(&lock);
        stopped = stop;
        done++;
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

static void wait_for(pid_t child)
{
    int status;
    pid_t ended;
    do ended = waitpid(child, &status, 0);
    while (ended < 0 && errno == EINTR);
    MUST(ended == child);
    if (WIFSIGNALED(status)) fprintf(stderr, "a child ended by signal %d\n", WTERMSIG(status));
    MUST(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

/* In a child: uses the inherited client, and one of its own. */
static void live(char **options)
{
    td_assertion *assertion;
    td_client *own;
    alarm(PATIENCE);
    MUST(threads() == 1);
    exchange();
    exchange();
    SUCCEED(td_assertion_new(client, NULL, &assertion));
    td_free(assertion);
    td_free(client);
    SUCCEED(td_client_new((const char *const *)options, &own));
    client = own;
    exchange();
    td_free(own);
    MUST(threads_settled(1) == 1);
    _exit(0);
}

static void busy(int times, char **options)
{
    pthread_t callers[THREADS];
    long before = 0, after;
    int i;
    for (i = 0; i < THREADS; i++) MUST(pthread_create(&callers[i], NULL, caller, NULL) == 0);
    while (before < THREADS) {
        sleep_ms(1);
        pthread_mutex_lock(&lock);
        before = done;
        pthread_mutex_unlock(&lock);
    }
    for (i = 0; i < times; i++) {
        pid_t child = fork();
        MUST(child >= 0);
        if (child == 0) live(options);
        wait_for(child);
    }
    pthread_mutex_lock(&lock);
    after = done;
    stop = 1;
    pthread_mutex_unlock(&lock);
    MUST(after > before);
    for (i = 0; i < THREADS; i++) MUST(pthread_join(callers[i], NULL) == 0);
    printf("%ld\n", done + 3L * times);
}

static void kept(char **options)
{
    int round;
    exchange();
    for (round = 0; round < 3; round++) {
        pid_t child = fork();
        MUST(child >= 0);
        if (child == 0) live(options);
        wait_for(child);
        exchange();
    }
}

static void *reader(void *assertion)
{
    MUST(td_assertion_get(assertion, "claims") != NULL);
    return NULL;
}

static void reading(void)
{
    enum { LENGTH = 1 << 20 };
    char *note = malloc(LENGTH + 1);
    int round;
    MUST(note != NULL);
    memset(note, 'x', LENGTH);
    note[LENGTH] = 0;
    for (round = 0; round < 20; round++) {
        td_assertion *assertion;
        pthread_t thread;
        pid_t child;
        SUCCEED(td_assertion_new(client, TD_OPTIONS("claim.a", note, "claim.b", note, "claim.c", note, "claim.d", note),
                                 &assertion));
        MUST(pthread_create(&thread, NULL, reader, assertion) == 0);
        /* The thread copies for about a millisecond. Each child is forked at another moment of that. */
        nanosleep(&(struct timespec){0, round * 100000}, NULL);
        child = fork();
        MUST(child >= 0);
        if (child == 0) {
            alarm(PATIENCE);
            reader(assertion);
            _exit(0);
        }
        wait_for(child);
        MUST(pthread_join(thread, NULL) == 0);
        td_free(assertion);
    }
    free(note);
}

static volatile sig_atomic_t children;

static void on_alarm(int signal_number)
{
    /* fork() takes the allocator's lock, which the interrupted call may hold: fork(2), "async-signal-safe". */
    pid_t child = _Fork();
    (void)signal_number;
    if (child == 0) _exit(0);
    if (child > 0) children++;
}

static void handler(void)
{
    struct itimerval often = {{0, 3000}, {0, 3000}}, never = {{0, 0}, {0, 0}};
    struct sigaction action;
    long long until = now_ms() + 1500;
    memset(&action, 0, sizeof action);
    action.sa_handler = on_alarm;
    action.sa_flags = SA_RESTART;
    MUST(sigaction(SIGALRM, &action, NULL) == 0);
    MUST(setitimer(ITIMER_REAL, &often, NULL) == 0);
    while (now_ms() < until) exchange();
    MUST(setitimer(ITIMER_REAL, &never, NULL) == 0);
    MUST(children > 0);
    while (wait(NULL) > 0) continue;
}

int main(int count, char **arguments)
{
    int is_busy;
    char **options;
    MUST(count > 2);
    is_busy = strcmp(arguments[1], "busy") == 0;
    options = arguments + (is_busy ? 3 : 2);
    SUCCEED(td_client_new((const char *const *)options, &client));
    if (is_busy) busy(atoi(arguments[2]), options);
    else if (strcmp(arguments[1], "kept") == 0) kept(options);
    else if (strcmp(arguments[1], "reading") == 0) reading();
    else handler();
    MUST(threads_settled(1) == 1);
    td_free(client);
    return 0;
}
