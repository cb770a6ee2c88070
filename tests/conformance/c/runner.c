/* Runs the conformance cases in C: runner CASES. Prints a line per case; exits with 1 if one failed. */

#define _POSIX_C_SOURCE 200809L

#include <cjson/cJSON.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <talkdesk_auth.h>
#include <time.h>

#define MOST_OPTIONS 32
#define MOST_OBJECTS 16

/** The result of a step: an object of the library, which may be an error, or nothing. */
struct object {
    /** NULL if there is no object, or if it is closed. */
    void *made;
    /** Finds the value at the path, as text that the caller frees; NULL if there is none. */
    char *(*found)(const void *made, const cJSON *path);
    const cJSON *name;
};

/** A running case: the objects that its steps have named, its line so far, and the start and end of the present call. */
struct course {
    struct object objects[MOST_OBJECTS];
    size_t count;
    FILE *line;
    time_t started, ended;
};

/** Ends the run, because this runner can't read the cases. */
static void die(const char *problem, const char *what) {
    fprintf(stderr, "runner: %s %s\n", problem, what);
    exit(2);
}

/** Two texts joined to one, which the caller frees. */
static char *joined(const char *start, const char *end) {
    char *text = malloc(strlen(start) + strlen(end) + 1);
    if (!text) die("no memory for", start);
    return strcat(strcpy(text, start), end);
}

static char *copied(const char *text) { return text ? joined(text, "") : NULL; }

/** A string as it is, anything else as JSON, or NULL for nothing. The caller frees it. */
static char *text_of(const cJSON *value) {
    if (!value || cJSON_IsNull(value)) return NULL;
    return cJSON_IsString(value) ? copied(value->valuestring) : cJSON_PrintUnformatted(value);
}

static char *number(long long value) {
    char digits[24];
    snprintf(digits, sizeof digits, "%lld", value);
    return copied(digits);
}

static const cJSON *member(const cJSON *object, const char *name) {
    const cJSON *value = cJSON_GetObjectItemCaseSensitive(object, name);
    if (!value) die("a case, step or check has no", name);
    return value;
}

static bool is(const cJSON *value, const char *text) {
    return cJSON_IsString(value) && strcmp(value->valuestring, text) == 0;
}

/** The value at the path in a JSON text. The caller frees it. */
static char *found_in(const char *json, const cJSON *path) {
    cJSON *tree = cJSON_Parse(json);
    const cJSON *value = tree;
    for (; path; path = path->next) value = cJSON_GetObjectItemCaseSensitive(value, path->valuestring);
    char *text = text_of(value);
    cJSON_Delete(tree);
    return text;
}

static char *found_in_client(const void *client, const cJSON *path) {
    return copied(td_client_get(client, path->next->valuestring));
}

static char *found_in_assertion(const void *assertion, const cJSON *path) {
    const char *name = path->next->valuestring;
    if (!is(path, "assertion")) return found_in(td_assertion_get(assertion, path->valuestring), path->next);
    return copied(strcmp(name, "jwt") == 0 ? td_assertion_jwt(assertion) : td_assertion_get(assertion, name));
}

static char *found_in_token(const void *token, const cJSON *path) {
    const char *name = path->next->valuestring;
    if (is(path, "request")) return found_in(td_token_get(token, "request"), path->next);
    bool left = strcmp(name, "seconds_left") == 0;
    if (left || strcmp(name, "expires_at") == 0) {
        long long seconds = left ? td_token_seconds_left(token) : td_token_expires_at(token);
        return seconds == -1 ? NULL : number(seconds);
    }
    return copied(strcmp(name, "access_token") == 0 ? td_token_access_token(token)
                  : strcmp(name, "token_type") == 0 ? td_token_type(token)
                  : strcmp(name, "json") == 0       ? td_token_json(token)
                                                    : td_token_get(token, name));
}

static char *found_in_error(const void *error, const cJSON *path) {
    const char *name = path->next->valuestring;
    if (strcmp(name, "code") == 0) return number(td_error_code(error));
    if (strcmp(name, "retryable") == 0) return copied(td_error_is_retryable(error) ? "true" : "false");
    return copied(strcmp(name, "name") == 0      ? td_error_name(error)
                  : strcmp(name, "message") == 0 ? td_error_message(error)
                                                 : td_error_get(error, name));
}

static td_error *call_client(struct object *on, const char *const *options, struct object *object) {
    (void)on;
    td_client *client;
    td_error *error = td_client_new(options, &client);
    *object = (struct object){client, found_in_client, NULL};
    return error;
}

static td_error *call_assertion(struct object *on, const char *const *options, struct object *object) {
    td_assertion *assertion;
    td_error *error = td_assertion_new(on->made, options, &assertion);
    *object = (struct object){assertion, found_in_assertion, NULL};
    return error;
}

static td_error *call_exchange(struct object *on, const char *const *options, struct object *object) {
    td_token *token;
    td_error *error = td_token_exchange(on->made, options, &token);
    *object = (struct object){token, found_in_token, NULL};
    return error;
}

static td_error *call_read(struct object *on, const char *const *options, struct object *object) {
    (void)options;
    *object = *on;
    return NULL;
}

static td_error *call_close(struct object *on, const char *const *options, struct object *object) {
    (void)options, (void)object;
    td_free(on->made);
    on->made = NULL;
    return NULL;
}

/** The calls that a step can make on an object, with options. */
static const struct call {
    const char *name;
    td_error *(*function)(struct object *on, const char *const *options, struct object *object);
} calls[] = {
    {"client", call_client}, {"assertion", call_assertion}, {"exchange", call_exchange}, {"read", call_read}, {"close", call_close},
};

/** The call of a step; NULL if it is unknown. */
static const struct call *call_of(const cJSON *step) {
    for (size_t index = 0; index < sizeof calls / sizeof *calls; index++)
        if (is(member(step, "call"), calls[index].name)) return &calls[index];
    return NULL;
}

/** The object of that name, which must exist. */
static struct object *named(struct course *course, const cJSON *name) {
    struct object *object = course->objects;
    while (!is(object->name, name->valuestring)) object++;
    return object;
}

/** The value of an earlier object, as text that the caller frees; NULL if there is none. */
static char *answer(struct course *course, const cJSON *path) {
    const struct object *object = named(course, path->child);
    return object->found(object->made, path->child->next);
}

/** Adds a name, marked as in a language with keywords, and a value, which is freed later. If the value is NULL, nothing is added. */
static size_t add_option(char **pairs, size_t count, const char *prefix, const char *name, char *value) {
    if (!value) return count;
    if (count + 2 > MOST_OPTIONS) die("no room for", name);
    char *unmarked = joined(prefix, name);
    pairs[count++] = joined("=", unmarked);
    free(unmarked);
    pairs[count++] = value;
    return count;
}

/** Adds the members of an object. The names of those that are no text have the prefix `json`. */
static size_t add_members(char **pairs, size_t count, const char *prefix, const char *json, const cJSON *members) {
    const cJSON *option;
    cJSON_ArrayForEach(option, members)
        count = add_option(pairs, count, cJSON_IsString(option) ? prefix : json, option->string, text_of(option));
    return count;
}

/** Adds names and values as C takes them, where claims and params are prefixes of names. */
static size_t add_options(char **pairs, size_t count, const cJSON *options) {
    const cJSON *option;
    cJSON_ArrayForEach(option, options) {
        const char *name = option->string;
        if (!cJSON_IsObject(option)) count = add_option(pairs, count, "", name, text_of(option));
        else if (strcmp(name, "claims") == 0) count = add_members(pairs, count, "claim.", "claim_json.", option);
        else if (strcmp(name, "params") == 0) count = add_members(pairs, count, "param.", "param.", option);
        else die("an object as", name);
    }
    return count;
}

/** Makes the step's call, and returns its error. */
static td_error *call(struct course *course, const cJSON *step, struct object *object) {
    char *pairs[MOST_OPTIONS + 1] = {0};
    size_t count = add_options(pairs, 0, member(step, "options"));
    const cJSON *path, *on = member(step, "on");
    cJSON_ArrayForEach(path, member(step, "from")) count = add_option(pairs, count, "", path->string, answer(course, path));
    td_error *error = call_of(step)->function(cJSON_IsNull(on) ? NULL : named(course, on), (const char *const *)pairs, object);
    while (count > 0) free(pairs[--count]);
    return error;
}

/** The present time in seconds. It does not use time(), whose clock may lag some milliseconds behind the clock of the library. */
static time_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return time.tv_sec;
}

/** Whether the text equals the value of an earlier object, or differs from it if `same` is false. */
static bool compares(struct course *course, const char *actual, const cJSON *path, bool same) {
    char *other = answer(course, path);
    bool holds = other && (strcmp(actual, other) == 0) == same;
    free(other);
    return holds;
}

static bool holds(struct course *course, const cJSON *check, const char *actual) {
    const cJSON *kind = member(check, "is"), *value = member(check, "value");
    if (is(kind, "absent")) return !actual;
    if (!actual) return false;
    if (is(kind, "present") || is(kind, "shown")) return *actual != '\0';
    if (is(kind, "contains")) return strstr(actual, value->valuestring) != NULL;
    if (is(kind, "same_as")) return compares(course, actual, value, true);
    if (is(kind, "other_than")) return compares(course, actual, value, false);
    if (is(kind, "near_now")) {
        long long seconds = strtoll(actual, NULL, 10) - (long long)value->valuedouble;
        return course->started <= seconds && seconds <= course->ended;
    }
    char *expected = text_of(value);
    bool equal = expected && strcmp(actual, expected) == 0;
    free(expected);
    return equal;
}

static void tell(FILE *line, const cJSON *check, const char *actual) {
    const cJSON *part, *path = member(check, "path"), *kind = member(check, "is");
    fputs(ftell(line) ? "; " : "", line);
    cJSON_ArrayForEach(part, path) fprintf(line, "%s%s", part == path->child ? "" : ".", part->valuestring);
    fprintf(line, " %s", is(kind, "literal") || is(kind, "shown") ? actual : kind->valuestring);
}

/** A complaint about a step. The caller frees it. */
static char *complaint(const cJSON *step, const char *problem, const char *further) {
    char number[32];
    snprintf(number, sizeof number, "step %d: ", member(step, "step")->valueint);
    char *start = joined(number, problem), *text = joined(start, further);
    free(start);
    return text;
}

/** If the check holds, adds it to the line and returns NULL. Otherwise, returns a complaint. */
static char *checked(struct course *course, const cJSON *step, const cJSON *check, const struct object *object) {
    char *actual = object->found(object->made, member(check, "path")->child), *problem = NULL;
    if (holds(course, check, actual)) {
        tell(course->line, check, actual);
    } else {
        char *expected = cJSON_PrintUnformatted(check), *further = joined(", but it is ", actual ? actual : "absent");
        problem = complaint(step, expected, further);
        free(expected);
        free(further);
    }
    free(actual);
    return problem;
}

/** Makes the step's call and checks its result. Returns a complaint, or NULL. */
static char *take(struct course *course, const cJSON *step) {
    struct object object = {0};
    course->started = now();
    td_error *error = call(course, step, &object);
    course->ended = now();
    if (error) object = (struct object){error, found_in_error, NULL};
    object.name = member(step, "as");
    bool kept = cJSON_IsString(object.name);
    if (kept && course->count == MOST_OBJECTS) die("no room for", object.name->valuestring);
    if (kept) course->objects[course->count++] = object;

    char *problem = NULL;
    bool fails = cJSON_IsTrue(member(step, "fails"));
    if (fails != (error != NULL)) problem = complaint(step, error ? td_error_message(error) : "no error", "");
    const cJSON *check = member(step, "checks")->child;
    for (; !problem && check; check = check->next) problem = checked(course, step, check, &object);
    if (error && !kept) td_free(error);
    return problem;
}

static bool is_one_of(const cJSON *value, const char *const *known) {
    while (*known && !is(value, *known)) known++;
    return *known != NULL;
}

/** Whether an earlier step gives an object this name. */
static bool is_named(const cJSON *name, const cJSON *steps, const cJSON *step) {
    const cJSON *earlier = steps->child;
    while (earlier != step && !is(member(earlier, "as"), name->valuestring)) earlier = earlier->next;
    return earlier != step;
}

static const char *strange_check(const cJSON *check, const cJSON *steps, const cJSON *step) {
    static const char *const kinds[] = {"literal",  "hidden",   "present", "shown",      "absent",
                                        "contains", "near_now", "same_as", "other_than", NULL};
    const cJSON *value = member(check, "value");
    if (cJSON_GetArraySize(check) != 3) return "unknown members in a check";
    if (!is_one_of(member(check, "is"), kinds)) return "an unknown kind of check";
    if (cJSON_IsArray(value) && !is_named(value->child, steps, step)) return "a comparison with an unknown object";
    return NULL;
}

static const char *strange_step(const cJSON *steps, const cJSON *step) {
    const cJSON *check, *path, *on = member(step, "on");
    const char *problem = NULL;
    if (cJSON_GetArraySize(step) != 8) return "unknown members in a step";
    if (!call_of(step)) return "an unknown call";
    if (!cJSON_IsNull(on) && !is_named(on, steps, step)) return "a call on an unknown object";
    cJSON_ArrayForEach(path, member(step, "from")) {
        if (!is_named(path->child, steps, step)) return "an option from an unknown object";
    }
    cJSON_ArrayForEach(check, member(step, "checks")) {
        if (!problem) problem = strange_check(check, steps, step);
    }
    return problem;
}

/** Names a part of the case that this runner does not know; NULL if it knows everything. */
static const char *stranger(const cJSON *test) {
    const cJSON *step, *steps = member(test, "steps");
    const char *problem = cJSON_GetArraySize(test) == 2 ? NULL : "unknown members";
    cJSON_ArrayForEach(step, steps) {
        if (!problem) problem = strange_step(steps, step);
    }
    return problem;
}

/** Prints the line about the case, and returns whether the case passed. */
static bool run(const cJSON *test) {
    char *told;
    size_t length;
    struct course course = {.line = open_memstream(&told, &length)};
    if (!course.line) die("no memory for", "a line");
    char *problem = copied(stranger(test));
    for (const cJSON *step = member(test, "steps")->child; !problem && step; step = step->next) problem = take(&course, step);
    fclose(course.line);
    printf("%s %s: %s\n", problem ? "FAILED" : "ok", member(test, "name")->valuestring, problem ? problem : told);
    while (course.count > 0) td_free(course.objects[--course.count].made);
    bool passed = !problem;
    free(problem);
    free(told);
    return passed;
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
    cJSON_ArrayForEach(test, tests) passed &= run(test);
    cJSON_Delete(tests);
    free(text);
    return passed ? 0 : 1;
}
