/* start LIBRARY CLIENT_ID KEY_ID KEY_FILE
 *
 * Prints two times in nanoseconds: from dlopen to the first assertion, and from fork to the child's first assertion. */

#include <dlfcn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "talkdesk_auth.h"

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static void *library;

static void *function(const char *name) {
    void *found = dlsym(library, name);
    if (found == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        exit(1);
    }
    return found;
}

static void sign(const td_client *client) {
    td_assertion *assertion;
    if (((__typeof__(&td_assertion_new))function("td_assertion_new"))(client, NULL, &assertion) != NULL ||
        ((__typeof__(&td_assertion_jwt))function("td_assertion_jwt"))(assertion)[0] == '\0') {
        exit(1);
    }
}

int main(int count, char **arguments) {
    if (count != 5) {
        return 2;
    }
    int64_t start = now();
    library = dlopen(arguments[1], RTLD_NOW);
    if (library == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    const char *options[] = {"token_endpoint", "https://example.com/oauth/token",
                             "client_id", arguments[2], "key_id", arguments[3], "private_key_file", arguments[4], NULL};
    td_client *client;
    if (((__typeof__(&td_client_new))function("td_client_new"))(options, &client) != NULL) {
        return 1;
    }
    sign(client);
    printf("%lld\n", (long long)(now() - start));
    fflush(stdout);

    start = now();
    pid_t child = fork();
    if (child == 0) {
        sign(client);
        printf("%lld\n", (long long)(now() - start));
        fflush(stdout);
        _exit(0);
    }
    int status;
    return waitpid(child, &status, 0) == child && status == 0 ? 0 : 1;
}
