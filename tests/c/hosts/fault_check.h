/* Code that these programs share: counts of descriptors and threads, and checks that end the process with one line. */

#ifndef FAULT_CHECK_H
#define FAULT_CHECK_H

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <talkdesk_auth.h>

/* Ends the process if the condition is false. In a child, it runs no exit handlers of the parent. */
#define MUST(condition)                                                            \
    do {                                                                           \
        if (!(condition)) {                                                        \
            fprintf(stderr, "%s:%d: failed: %s\n", __FILE__, __LINE__, #condition); \
            _exit(70);                                                             \
        }                                                                          \
    } while (0)

/* Ends the process with the error's message, if there is an error. */
static inline void must_succeed(td_error *error, int line)
{
    if (error != NULL) {
        fprintf(stderr, "line %d: %s: %s\n", line, td_error_name(error), td_error_message(error));
        _exit(71);
    }
}
#define SUCCEED(call) must_succeed((call), __LINE__)

static inline void sleep_ms(long milliseconds)
{
    struct timespec time = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    nanosleep(&time, NULL);
}

static inline long long now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

/* The number of open descriptors whose link in /proc begins with `kind`: "socket:", or "" for all. */
static inline int open_descriptors(const char *kind)
{
    char path[64], target[64];
    struct dirent *entry;
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;
    MUST(folder != NULL);
    while ((entry = readdir(folder)) != NULL) {
        ssize_t length;
        snprintf(path, sizeof path, "/proc/self/fd/%.20s", entry->d_name);
        length = readlink(path, target, sizeof target - 1);
        if (length < 0 || atoi(entry->d_name) == dirfd(folder)) continue;
        target[length] = '\0';
        count += strncmp(target, kind, strlen(kind)) == 0;
    }
    closedir(folder);
    return count;
}

static inline int threads(void)
{
    struct dirent *entry;
    DIR *folder = opendir("/proc/self/task");
    int count = 0;
    MUST(folder != NULL);
    while ((entry = readdir(folder)) != NULL) count += entry->d_name[0] != '.';
    closedir(folder);
    return count;
}

/* The number of threads. Waits up to a second until it is `expected`: a thread that was told to end needs some time. */
static inline int threads_settled(int expected)
{
    long long until = now_ms() + 1000;
    while (threads() != expected && now_ms() < until) sleep_ms(1);
    return threads();
}

#endif
