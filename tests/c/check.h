/*
 * Code that the tests in C share. Each test is a program that is started as
 *
 *     program TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE
 *
 * with the data of the embedded token endpoint. It ends with 0 if every check holds.
 */

#ifndef CHECK_H
#define CHECK_H

#define _POSIX_C_SOURCE 200809L

#include <talkdesk_auth.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct {
    const char *token_endpoint;
    const char *client_id;
    const char *key_id;
    const char *key_file;
} given;

#define CHECK(promise) ((promise) ? (void)0 : broken(__FILE__, __LINE__, #promise, "", ""))
#define CHECK_TEXT(actual, expected) check_text(__FILE__, __LINE__, #actual, actual, expected)
#define CHECK_HOLDS(actual, part) check_holds(__FILE__, __LINE__, #actual, actual, part)
/** The call succeeds. */
#define CHECK_OK(call) check_ok(__FILE__, __LINE__, #call, call)
/** The call fails with this code. */
#define CHECK_FAILS(call, code) td_free(check_fails(__FILE__, __LINE__, #call, call, code))
/** The call fails with TD_ERROR_INVALID_OPTION for this option, and the message contains this part. */
#define CHECK_REFUSES(call, option, part) check_refuses(__FILE__, __LINE__, #call, call, option, part)

static inline void broken(const char *file, int line, const char *promise, const char *but, const char *actual) {
    fprintf(stderr, "%s:%d: broken: %s%s%s\n", file, line, promise, but, actual);
    exit(1);
}

static inline void check_text(const char *file, int line, const char *what, const char *actual, const char *expected) {
    if (expected == NULL ? actual != NULL : actual == NULL || strcmp(actual, expected) != 0)
        broken(file, line, what, " is ", actual ? actual : "NULL");
}

static inline void check_holds(const char *file, int line, const char *what, const char *actual, const char *part) {
    if (actual == NULL || strstr(actual, part) == NULL) broken(file, line, what, " is ", actual ? actual : "NULL");
}

static inline void check_ok(const char *file, int line, const char *call, td_error *error) {
    if (error != NULL) broken(file, line, call, " says ", td_error_message(error));
}

static inline td_error *check_fails(const char *file, int line, const char *call, td_error *error, int32_t code) {
    if (error == NULL) broken(file, line, call, " succeeds", "");
    if (td_error_code(error) != code) broken(file, line, call, " says ", td_error_message(error));
    return error;
}

static inline void check_refuses(const char *file, int line, const char *call, td_error *error, const char *option,
                                 const char *part) {
    check_fails(file, line, call, error, TD_ERROR_INVALID_OPTION);
    check_text(file, line, call, td_error_get(error, "option"), option);
    check_holds(file, line, call, td_error_message(error), part);
    td_free(error);
}

static inline void start(int argc, char **argv) {
    if (argc != 5) {
        fprintf(stderr, "usage: %s TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE\n", argv[0]);
        exit(2);
    }
    given.token_endpoint = argv[1];
    given.client_id = argv[2];
    given.key_id = argv[3];
    given.key_file = argv[4];
}

/** A client of this token endpoint. */
static inline td_client *client_at(const char *token_endpoint) {
    td_client *client = NULL;
    CHECK_OK(td_client_new(TD_OPTIONS("token_endpoint", token_endpoint, "client_id", given.client_id, "key_id",
                                      given.key_id, "private_key_file", given.key_file),
                           &client));
    return client;
}

/** A client of the embedded endpoint with these faults: see token-endpoint --help. */
static inline td_client *client_with(const char *faults) {
    static const char path[] = "/oauth/token";
    char url[400];
    size_t origin = strlen(given.token_endpoint) - (sizeof path - 1);
    int length = snprintf(url, sizeof url, "%.*s/with/%s%s", (int)origin, given.token_endpoint, faults, path);
    CHECK(length > 0 && (size_t)length < sizeof url);
    return client_at(url);
}

/** A value of this many bytes. The caller frees it. */
static inline char *long_value(size_t length) {
    char *value = malloc(length + 1);
    CHECK(value != NULL);
    memset(value, 'x', length);
    value[length] = '\0';
    return value;
}

/** The content of the key file. The caller frees it. */
static inline char *read_key(void) {
    char *key = calloc(1, 4096);
    FILE *file = fopen(given.key_file, "r");
    CHECK(key != NULL && file != NULL);
    CHECK(fread(key, 1, 4095, file) > 100);
    fclose(file);
    return key;
}

#endif
