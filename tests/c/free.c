/* td_free: frees any object, once. It reports mistakes that it can still recognise in memory. */

#include "check.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

static void null_does_nothing(void) {
    td_free(NULL);
    td_free(NULL);
}

/** Checks that `mistake` ends a child of this process by SIGABRT, after it printed `complaint` on stderr. */
static void aborts(void (*mistake)(void *), void *object, const char *complaint) {
    char said[4000];
    size_t length = 0;
    ssize_t more;
    int status;
    int ends[2];
    pid_t child;
    CHECK(pipe(ends) == 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        struct rlimit no_core = {0, 0};
        setrlimit(RLIMIT_CORE, &no_core);
        dup2(ends[1], STDERR_FILENO);
        mistake(object);
        _exit(0);
    }
    close(ends[1]);
    while ((more = read(ends[0], said + length, sizeof said - 1 - length)) > 0) length += (size_t)more;
    said[length] = '\0';
    close(ends[0]);
    CHECK(waitpid(child, &status, 0) == child);
    CHECK_TEXT(said, complaint);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
}

static void free_twice(void *object) {
    td_free(object);
    td_free(object);
}

static void take_for_a_token(void *object) { td_token_type(object); }

static void take_for_a_token_after_free(void *object) {
    td_free(object);
    td_token_type(object);
}

static void mistakes_abort_with_one_line(void) {
    static const char twice[] = "talkdesk_auth: td_free of an object that was freed before\n";
    static const char foreign[] = "talkdesk_auth: td_free of something that is not an object of this library\n";
    static const char no_token[] = "talkdesk_auth: a pointer that was passed as td_token is not one, or was freed\n";
    td_client *client = client_at(given.token_endpoint);
    td_assertion *assertion = NULL;
    td_token *token = NULL;
    td_error *error = td_client_new(NULL, NULL);
    int64_t own[8] = {0};
    CHECK_OK(td_assertion_new(client, NULL, &assertion));
    CHECK_OK(td_token_exchange(client, TD_OPTIONS("grant_type", "client_credentials"), &token));

    aborts(free_twice, client, twice);
    aborts(free_twice, assertion, twice);
    aborts(free_twice, token, twice);
    aborts(free_twice, error, twice);
    aborts(td_free, own, foreign);
    aborts(take_for_a_token, client, no_token);
    aborts(take_for_a_token_after_free, token, no_token);

    td_free(error);
    td_free(token);
    td_free(assertion);
    td_free(client);
}

int main(int argc, char **argv) {
    start(argc, argv);
    null_does_nothing();
    mistakes_abort_with_one_line();
    return 0;
}
