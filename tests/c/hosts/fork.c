/*
 * Forks children while threads of the process are in calls.
 *
 * fork busy TIMES OPTION VALUE...   8 threads exchange without pause. TIMES children exchange twice and sign, over their own
 *                                   connections. It then prints how many exchanges succeeded.
 * fork kept OPTION VALUE...         Three times: the parent exchanges, a child exchanges and frees all, the parent exchanges again.
 * fork reading OPTION VALUE...      20 times: a thread reads a long assertion for the first time, and a child reads the same one.
 * fork handler OPTION VALUE...      A signal handler calls _Fork again and again while this thread exchanges. The children exit at
 *                                 once.
 * fork handlers OPTION VALUE...   Five times: the host's own fork handlers take a lock, under which a thread exchanges.
 * fork nested OPTION VALUE...     Five times: a signal handler forks in the middle of a fork. All four processes sign.
 */

#define _GNU_SOURCE

#include "fault_check.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
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

/* The lock that the host's own fork handlers take, and whether they are about to. */
static pthread_mutex_t hosts_lock = PTHREAD_MUTEX_INITIALIZER;
static sem_t locked, forking;

static void hosts_before(void)
{
    sem_post(&forking);
    pthread_mutex_lock(&hosts_lock);
}

static void hosts_after(void)
{
    pthread_mutex_unlock(&hosts_lock);
}

/* Exchanges under the lock when the fork has begun. The deadline is shorter than the longest time that a fork may stall a call. */
static void *exchange_under_the_lock(void *unused)
{
    td_token *token;
    (void)unused;
    pthread_mutex_lock(&hosts_lock);
    sem_post(&locked);
    sem_wait(&forking);
    SUCCEED(td_token_exchange(client, TD_OPTIONS("grant_type", "client_credentials", "timeout", "4"), &token));
    td_free(token);
    pthread_mutex_unlock(&hosts_lock);
    return NULL;
}

static void handlers(void)
{
    int round;
    for (round = 0; round < 5; round++) {
        pthread_t thread;
        pid_t child;
        MUST(pthread_create(&thread, NULL, exchange_under_the_lock, NULL) == 0);
        sem_wait(&locked);
        child = fork();
        MUST(child >= 0);
        if (child == 0) {
            alarm(PATIENCE);
            exchange();
            _exit(0);
        }
        wait_for(child);
        MUST(pthread_join(thread, NULL) == 0);
    }
}

static volatile sig_atomic_t nests;
static volatile pid_t inner = -1;

static void early_before(void)
{
    if (!nests) return;
    nests = 0;
    raise(SIGUSR1);
}

static void register_early(void)
{
    pthread_atfork(early_before, NULL, NULL);
}

/* The loader calls this before it calls the library. So this handler runs when the library already knows of the fork. */
__attribute__((section(".preinit_array"), used)) static void (*const early)(void) = register_early;

static void fork_again(int signal_number)
{
    (void)signal_number;
    inner = fork();
}

static void sign(void)
{
    td_assertion *assertion;
    SUCCEED(td_assertion_new(client, NULL, &assertion));
    td_free(assertion);
}

static void nested(void)
{
    /* Shorter than the longest time that a fork stalls a thread. */
    enum { SECONDS = 4 };
    struct sigaction action;
    int round;
    memset(&action, 0, sizeof action);
    action.sa_handler = fork_again;
    MUST(sigaction(SIGUSR1, &action, NULL) == 0);
    for (round = 0; round < 5; round++) {
        pid_t outer;
        nests = 1;
        alarm(SECONDS);
        outer = fork();
        MUST(outer >= 0 && inner >= 0);
        alarm(SECONDS);
        sign();
        if (outer == 0) _exit(0);
        wait_for(outer);
        if (inner == 0) _exit(0);
        wait_for(inner);
    }
    alarm(0);
}

int main(int count, char **arguments)
{
    int is_busy;
    char **options;
    MUST(count > 2);
    is_busy = strcmp(arguments[1], "busy") == 0;
    options = arguments + (is_busy ? 3 : 2);
    if (strcmp(arguments[1], "handlers") == 0) {
        MUST(sem_init(&locked, 0, 0) == 0 && sem_init(&forking, 0, 0) == 0);
        /* Before the library's first call. */
        MUST(pthread_atfork(hosts_before, hosts_after, hosts_after) == 0);
    }
    SUCCEED(td_client_new((const char *const *)options, &client));
    if (is_busy) busy(atoi(arguments[2]), options);
    else if (strcmp(arguments[1], "kept") == 0) kept(options);
    else if (strcmp(arguments[1], "reading") == 0) reading();
    else if (strcmp(arguments[1], "handlers") == 0) handlers();
    else if (strcmp(arguments[1], "nested") == 0) nested();
    else handler();
    MUST(threads_settled(1) == 1);
    td_free(client);
    return 0;
}
