/* A system's clock that is wrong by as many seconds as CLOCK_OFFSET says, or stands at 1969 without it. Tests preload it. */

#define _GNU_SOURCE

#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *now)
{
    int result = (int)syscall(SYS_clock_gettime, clock, now);
    if (clock == CLOCK_REALTIME) {
        const char *offset = getenv("CLOCK_OFFSET");
        now->tv_sec = offset ? now->tv_sec + atol(offset) : -86400;
    }
    return result;
}
