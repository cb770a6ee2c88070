/*
 * Name resolution under the tests' control. Tests preload it. All its own addresses are loopback:
 *
 * tokens.test              127.0.0.1
 * localhost                the one or two addresses in LOCALHOST, separated by a comma; else 127.0.0.1
 * dual.test                ::1, then 127.0.0.1
 * two.test                 127.0.0.2, then 127.0.0.1
 * stuck.test               127.0.0.1, after STUCK_SECONDS
 * again.test               a temporary failure
 * all others               don't exist
 */

#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
    const char *name;
    const char *addresses[2];
} known[] = {
    {"tokens.test", {"127.0.0.1", NULL}},     {"localhost", {"127.0.0.1", NULL}},  {"dual.test", {"::1", "127.0.0.1"}},
    {"two.test", {"127.0.0.2", "127.0.0.1"}}, {"stuck.test", {"127.0.0.1", NULL}},
};

/* glibc's freeaddrinfo frees each element of the list as one block. */
static struct addrinfo *element(const char *address, struct addrinfo *next)
{
    struct block {
        struct addrinfo info;
        struct sockaddr_storage storage;
    } *block = calloc(1, sizeof *block);
    struct sockaddr_in *v4;
    struct sockaddr_in6 *v6;
    if (block == NULL) return NULL;
    v4 = (struct sockaddr_in *)(void *)&block->storage;
    v6 = (struct sockaddr_in6 *)(void *)&block->storage;
    block->info.ai_socktype = SOCK_STREAM;
    block->info.ai_addr = (struct sockaddr *)(void *)&block->storage;
    block->info.ai_next = next;
    if (inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
        block->info.ai_addrlen = sizeof *v4;
        v4->sin_family = AF_INET;
    } else {
        memset(v4, 0, sizeof *v4);
        inet_pton(AF_INET6, address, &v6->sin6_addr);
        block->info.ai_addrlen = sizeof *v6;
        v6->sin6_family = AF_INET6;
    }
    block->info.ai_family = block->storage.ss_family;
    return &block->info;
}

static struct addrinfo *listed(const char *addresses)
{
    char first[64];
    size_t length = strcspn(addresses, ",");
    struct addrinfo *second = addresses[length] == ',' ? element(addresses + length + 1, NULL) : NULL;
    if (length >= sizeof first) return NULL;
    memcpy(first, addresses, length);
    first[length] = '\0';
    return element(first, second);
}

int getaddrinfo(const char *node, const char *service, const struct addrinfo *hints, struct addrinfo **result)
{
    size_t i;
    (void)service;
    (void)hints;
    if (node == NULL) return EAI_NONAME;
    if (strcmp(node, "again.test") == 0) return EAI_AGAIN;
    if (strcmp(node, "stuck.test") == 0) {
        const char *seconds = getenv("STUCK_SECONDS");
        sleep(seconds != NULL ? (unsigned)atoi(seconds) : 60);
    }
    if (strcmp(node, "localhost") == 0 && getenv("LOCALHOST") != NULL) {
        *result = listed(getenv("LOCALHOST"));
        return *result != NULL ? 0 : EAI_MEMORY;
    }
    for (i = 0; i < sizeof known / sizeof *known; i++) {
        if (strcmp(node, known[i].name) == 0) {
            struct addrinfo *second = known[i].addresses[1] != NULL ? element(known[i].addresses[1], NULL) : NULL;
            *result = element(known[i].addresses[0], second);
            return *result != NULL ? 0 : EAI_MEMORY;
        }
    }
    return EAI_NONAME;
}
