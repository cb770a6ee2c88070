/*
 * A C host with SIGPIPE at its default. It reads calls, makes them, and prints their results and its own state.
 *
 * Each line of stdin is a call: names and values of client options, 0x1e, names and values of parameters. Tabs separate them;
 * \n, \t and \\ stand for characters that a field can't contain. One client is made for each list of options. Each line of stdout
 * is the result of one call: code, retryable, milliseconds, open sockets, threads, then the message or the token's JSON, then the
 * error's fields. There are five other lines:
 *
 * "!free"             frees the clients, and answers how many more descriptors are open than at the start
 * "!env NAME VALUE"   sets a variable of the environment
 * "!limit N"          allows each exchange N more descriptors; with -1, as many as the process had at first
 * "!cancel N"         starts each call and cancels it; with 0, each call is a blocking one
 * "!null N"           passes NULL to each call as its Nth argument; with 0, no argument is NULL
 */

#define _POSIX_C_SOURCE 200809L

#include "fault_check.h"

#include <sys/resource.h>

enum { MOST_CLIENTS = 256, MOST_FIELDS = 64, LONGEST_LINE = 1 << 16 };

static struct {
    char *options;
    td_client *client;
} clients[MOST_CLIENTS];
static int client_count;
static int descriptors_at_start;
static int further_descriptors = -1;
static int null_argument;
static int cancels;

/* Starts a call and cancels it. */
static td_error *cancelled(const td_client *client, const char *const *parameters, td_token **token)
{
    td_call *call = NULL;
    td_error *error = td_token_exchange_start(client, parameters, NULL, 0, &call);
    if (error != NULL) return error;
    td_call_cancel(call);
    error = td_call_token(call, token);
    td_free(call);
    return error;
}

static void unescape(char *text)
{
    char *to = text;
    for (; *text != '\0'; text++) {
        if (*text == '\\' && *++text != '\\') *to++ = *text == 'n' ? '\n' : '\t';
        else *to++ = *text;
    }
    *to = '\0';
}

/* Splits `text` at its tabs. An empty text has no fields. */
static void part(char *text, const char *fields[MOST_FIELDS])
{
    int count = 0;
    if (*text == '\0') text = NULL;
    while (text != NULL) {
        char *end = strchr(text, '\t');
        MUST(count < MOST_FIELDS - 1);
        if (end != NULL) *end++ = '\0';
        unescape(text);
        fields[count++] = text;
        text = end;
    }
    fields[count] = NULL;
}

static td_error *client_for(char *options, const td_client **client)
{
    const char *fields[MOST_FIELDS];
    td_client *made = NULL;
    td_error *error;
    char *key;
    int i;
    for (i = 0; i < client_count; i++) {
        if (strcmp(clients[i].options, options) == 0) {
            *client = clients[i].client;
            return NULL;
        }
    }
    MUST((key = strdup(options)) != NULL);
    part(options, fields);
    error = td_client_new(fields, &made);
    if (error != NULL) {
        MUST(made == NULL);
        free(key);
        return error;
    }
    MUST(client_count < MOST_CLIENTS);
    clients[client_count].options = key;
    clients[client_count++].client = made;
    *client = made;
    return NULL;
}

static void print_field(const char *text)
{
    putchar('\t');
    if (text == NULL) putchar('-');
    for (; text != NULL && *text != '\0'; text++) {
        MUST(*text != '\n' && *text != '\t');
        putchar(*text);
    }
}

/* Allows `further` more descriptors; with -1, as many as at first. */
static void set_limit(int further)
{
    static struct rlimit at_first;
    struct rlimit now;
    int lowest_free = further < 0 ? 0 : dup(0);
    MUST(lowest_free >= 0);
    if (lowest_free > 0) close(lowest_free);
    MUST(getrlimit(RLIMIT_NOFILE, &now) == 0);
    if (at_first.rlim_cur == 0) at_first = now;
    now.rlim_cur = further < 0 ? at_first.rlim_cur : (rlim_t)(lowest_free + further);
    MUST(setrlimit(RLIMIT_NOFILE, &now) == 0);
}

static void call(char *line)
{
    static const char *const names[] = {"option", "error", "error_description", "error_uri", "http_status", "retry_after"};
    const char *parameters[MOST_FIELDS];
    const td_client *client = NULL;
    td_token *token = NULL;
    td_error *error;
    sigset_t before, after, pending;
    char *separator = strchr(line, 0x1e);
    long long start;
    size_t i;
    int signal_number, threads;

    MUST(separator != NULL);
    *separator++ = '\0';
    pthread_sigmask(SIG_SETMASK, NULL, &before);
    start = now_ms();
    error = client_for(line, &client);
    if (error == NULL) {
        part(separator, parameters);
        start = now_ms();
        set_limit(further_descriptors);
        if (cancels) error = cancelled(client, parameters, &token);
        else error = td_token_exchange(null_argument == 1 ? NULL : client, null_argument == 2 ? NULL : parameters,
                                       null_argument == 3 ? NULL : &token);
        set_limit(-1);
    }
    start = now_ms() - start;
    MUST((error == NULL) == (token != NULL));

    pthread_sigmask(SIG_SETMASK, NULL, &after);
    for (signal_number = 1; signal_number < 32; signal_number++) {
        MUST(sigismember(&before, signal_number) == sigismember(&after, signal_number));
    }
    sigpending(&pending);
    MUST(sigismember(&pending, SIGPIPE) == 0);

    /* The library's thread closes what the call no longer needs before it ends. */
    threads = threads_settled(1);
    printf("%d\t%d\t%lld\t%d\t%d", (int)td_error_code(error), (int)td_error_is_retryable(error), start,
           open_descriptors("socket:"), threads);
    print_field(error != NULL ? td_error_message(error) : td_token_json(token));
    for (i = 0; i < sizeof names / sizeof *names; i++) print_field(td_error_get(error, names[i]));
    putchar('\n');
    td_free(token);
    td_free(error);
}

static void free_clients(void)
{
    while (client_count > 0) {
        client_count--;
        td_free(clients[client_count].client);
        free(clients[client_count].options);
    }
}

int main(void)
{
    static char line[LONGEST_LINE];
    const char *fields[MOST_FIELDS];
    signal(SIGPIPE, SIG_DFL);
    descriptors_at_start = open_descriptors("");
    while (fgets(line, sizeof line, stdin) != NULL) {
        size_t length = strlen(line);
        MUST(length > 0 && line[length - 1] == '\n');
        line[length - 1] = '\0';
        if (strcmp(line, "!free") == 0) {
            free_clients();
            threads_settled(1);
            printf("%d\n", open_descriptors("") - descriptors_at_start);
        } else if (strncmp(line, "!env\t", 5) == 0) {
            part(line + 5, fields);
            MUST(setenv(fields[0], fields[1], 1) == 0);
            puts("0");
        } else if (strncmp(line, "!limit\t", 7) == 0) {
            further_descriptors = atoi(line + 7);
            puts("0");
        } else if (strncmp(line, "!cancel\t", 8) == 0) {
            cancels = atoi(line + 8);
            puts("0");
        } else if (strncmp(line, "!null\t", 6) == 0) {
            null_argument = atoi(line + 6);
            puts("0");
        } else {
            call(line);
        }
        fflush(stdout);
    }
    free_clients();
    return 0;
}
