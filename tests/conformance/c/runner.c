/* Runs the conformance cases in C: runner CASES. One line a case; status 1 where one failed. */

#define _POSIX_C_SOURCE 200809L

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talkdesk_auth.h>
#include <time.h>

#define MOST_OPTIONS 32

/** What a case came to; the parts that it has not are NULL. */
struct outcome {
    time_t started, ended;
    td_client *client;
    td_assertion *assertion;
    td_token *token;
    td_error *error;
    cJSON *header, *claims, *request;
};

/** Ends the run: the cases are not what this runner knows. */
static void die(const char *problem, const char *what) {
    fprintf(stderr, "runner: %s %s\n", problem, what);
    exit(2);
}

/** Texts, one behind the other, to be freed. */
static char *joined(const char *start, const char *end) {
    char *text = malloc(strlen(start) + strlen(end) + 1);
    if (!text) die("no memory for", start);
    return strcat(strcpy(text, start), end);
}

/** A string as it is, anything else as JSON, NULL for nothing; to be freed. */
static char *text_of(const cJSON *value) {
    if (!value || cJSON_IsNull(value)) return NULL;
    return cJSON_IsString(value) ? joined(value->valuestring, "") : cJSON_PrintUnformatted(value);
}

static char *number(long long value) {
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", value);
    return joined(digits, "");
}

static const cJSON *member(const cJSON *object, const char *name) {
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!value) die("a case or check has no", name);
    return value;
}

static bool is(const cJSON *value, const char *text) {
    return cJSON_IsString(value) && strcmp(value->valuestring, text) == 0;
}

/** Adds names and values as C takes them: claims and params are prefixes here. */
static size_t add_options(char **pairs, size_t count, const char *prefix, const cJSON *options) {
    const cJSON *option;
    cJSON_ArrayForEach(option, options) {
        const char *name = option->string;
        if (cJSON_IsNull(option)) continue;
        if (cJSON_IsObject(option)) {
            bool claims = strcmp(name, "claims") == 0;
            if (!claims && strcmp(name, "params") != 0) die("an object as", name);
            count = add_options(pairs, count, claims ? "claim." : "param.", option);
            continue;
        }
        if (count + 2 > MOST_OPTIONS) die("no room for", name);
        pairs[count++] = joined(prefix, name);
        pairs[count++] = text_of(option);
    }
    return count;
}

/** The second that it is now. Not time(): its clock may lag some milliseconds behind the one that the library reads. */
static time_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return time.tv_sec;
}

static void run(const cJSON *test, struct outcome *outcome) {
    char *client[MOST_OPTIONS + 1] = {0}, *options[MOST_OPTIONS + 1] = {0};
    size_t clients = add_options(client, 0, "", member(test, "client"));
    size_t count = add_options(options, 0, "", member(test, "options"));
    const cJSON *call = member(test, "call");

    outcome->started = now();
    outcome->error = td_client_new((const char *const *)client, &outcome->client);
    if (!outcome->error && is(call, "assertion"))
        outcome->error = td_assertion_new(outcome->client, (const char *const *)options, &outcome->assertion);
    if (!outcome->error && is(call, "exchange"))
        outcome->error = td_token_exchange(outcome->client, (const char *const *)options, &outcome->token);
    outcome->ended = now();

    outcome->header = cJSON_Parse(td_assertion_get(outcome->assertion, "header"));
    outcome->claims = cJSON_Parse(td_assertion_get(outcome->assertion, "claims"));
    outcome->request = cJSON_Parse(td_token_get(outcome->token, "request"));
    while (clients > 0) free(client[--clients]);
    while (count > 0) free(options[--count]);
}

static char *error_text(const td_error *error, const char *name) {
    if (strcmp(name, "code") == 0) return number(td_error_code(error));
    if (strcmp(name, "retryable") == 0) return joined(td_error_is_retryable(error) ? "true" : "false", "");
    const char *text = strcmp(name, "name") == 0      ? td_error_name(error)
                       : strcmp(name, "message") == 0 ? td_error_message(error)
                                                      : td_error_get(error, name);
    return text ? joined(text, "") : NULL;
}

static char *token_text(const td_token *token, const char *name) {
    bool left = strcmp(name, "seconds_left") == 0;
    if (left || strcmp(name, "expires_at") == 0) {
        long long seconds = left ? td_token_seconds_left(token) : td_token_expires_at(token);
        return seconds == -1 ? NULL : number(seconds);
    }
    const char *text = strcmp(name, "access_token") == 0 ? td_token_access_token(token)
                       : strcmp(name, "token_type") == 0 ? td_token_type(token)
                       : strcmp(name, "json") == 0       ? td_token_json(token)
                                                         : td_token_get(token, name);
    return text ? joined(text, "") : NULL;
}

/** What stands at the path, as text to be freed; NULL where nothing does. */
static char *found(const struct outcome *outcome, const cJSON *path) {
    const cJSON *part = path->child;
    const char *name = part->next->valuestring, *text;
    if (is(part, "error")) return error_text(outcome->error, name);
    if (is(part, "token")) return token_text(outcome->token, name);
    if (is(part, "client") || is(part, "assertion")) {
        text = is(part, "client")          ? td_client_get(outcome->client, name)
               : strcmp(name, "jwt") == 0 ? td_assertion_jwt(outcome->assertion)
                                          : td_assertion_get(outcome->assertion, name);
        return text ? joined(text, "") : NULL;
    }
    const cJSON *value = is(part, "header")    ? outcome->header
                         : is(part, "claims")  ? outcome->claims
                         : is(part, "request") ? outcome->request
                                               : NULL;
    if (!value) die("nothing was found at", part->valuestring);
    while ((part = part->next)) value = cJSON_GetObjectItemCaseSensitive(value, part->valuestring);
    return text_of(value);
}

static bool holds(const struct outcome *outcome, const cJSON *kind, const cJSON *value, const char *actual) {
    if (is(kind, "absent")) return !actual;
    if (!actual) return false;
    if (is(kind, "present") || is(kind, "shown")) return *actual != '\0';
    if (is(kind, "contains")) return strstr(actual, value->valuestring) != NULL;
    if (is(kind, "near_now")) {
        long long shift = (long long)value->valuedouble, seconds = strtoll(actual, NULL, 10) - shift;
        return outcome->started <= seconds && seconds <= outcome->ended;
    }
    char *expected = text_of(value);
    bool equal = expected && strcmp(actual, expected) == 0;
    free(expected);
    return equal;
}

static void print_path(const cJSON *path) {
    const cJSON *part;
    cJSON_ArrayForEach(part, path) printf("%s%s", part == path->child ? "" : ".", part->valuestring);
}

/** Prints the case's line, and answers whether all of it holds. */
static bool report(const cJSON *test, const struct outcome *outcome) {
    const cJSON *checks = member(test, "checks"), *check;
    const char *name = member(test, "name")->valuestring;
    cJSON_ArrayForEach(check, checks) {
        const cJSON *path = member(check, "path");
        if (!outcome->error != !is(path->child, "error")) {
            printf("FAILED %s: %s\n", name, outcome->error ? td_error_message(outcome->error) : "no error");
            return false;
        }
        char *actual = found(outcome, path);
        bool held = holds(outcome, member(check, "is"), member(check, "value"), actual);
        if (!held) {
            char *expected = cJSON_PrintUnformatted(check);
            printf("FAILED %s: %s, but it is %s\n", name, expected, actual ? actual : "absent");
            free(expected);
        }
        free(actual);
        if (!held) return false;
    }
    printf("ok %s: ", name);
    cJSON_ArrayForEach(check, checks) {
        const cJSON *kind = member(check, "is");
        char *actual = found(outcome, member(check, "path"));
        print_path(member(check, "path"));
        printf(" %s%s", is(kind, "literal") || is(kind, "shown") ? actual : kind->valuestring, check->next ? "; " : "\n");
        free(actual);
    }
    return true;
}

static bool is_one_of(const cJSON *value, const char *const *known) {
    while (*known && !is(value, *known)) known++;
    return *known != NULL;
}

/** What of the case this runner does not know; NULL where it knows all. */
static const char *stranger(const cJSON *test) {
    static const char *const calls[] = {"client", "assertion", "exchange", NULL};
    static const char *const kinds[] = {"literal", "hidden", "present", "shown", "absent", "contains", "near_now", NULL};
    const cJSON *check;
    if (cJSON_GetArraySize(test) != 5) return "unknown members";
    if (!is_one_of(member(test, "call"), calls)) return "an unknown call";
    cJSON_ArrayForEach(check, member(test, "checks")) {
        if (cJSON_GetArraySize(check) != 3) return "unknown members in a check";
        if (!is_one_of(member(check, "is"), kinds)) return "an unknown kind of check";
    }
    return NULL;
}

int main(int argc, char **argv) {
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file || fseek(file, 0, SEEK_END)) die("usage:", "runner CASES");
    size_t length = (size_t)ftell(file);
    char *text = calloc(1, length + 1);
    rewind(file);
    if (!text || fread(text, 1, length, file) != length) die("can't read", argv[1]);
    fclose(file);
    cJSON *tests = cJSON_Parse(text);
    if (!cJSON_IsArray(tests)) die("no list of cases in", argv[1]);

    bool passed = true;
    const cJSON *test;
    cJSON_ArrayForEach(test, tests) {
        if (stranger(test)) {
            printf("FAILED %s: %s\n", member(test, "name")->valuestring, stranger(test));
            passed = false;
            continue;
        }
        struct outcome outcome = {0};
        run(test, &outcome);
        passed &= report(test, &outcome);
        td_free(outcome.client);
        td_free(outcome.assertion);
        td_free(outcome.token);
        td_free(outcome.error);
        cJSON_Delete(outcome.header);
        cJSON_Delete(outcome.claims);
        cJSON_Delete(outcome.request);
    }
    cJSON_Delete(tests);
    free(text);
    return passed ? 0 : 1;
}
