/* Started calls and queues: each rule of their comments in the header. */

#include "check.h"

#include <poll.h>
#include <unistd.h>

#define CREDENTIALS TD_OPTIONS("grant_type", "client_credentials")
#define REFRESH TD_OPTIONS("grant_type", "refresh_token", "refresh_token", "SECRET-OF-THIS-TEST")
enum { SOON_MS = 10000 };

static td_call *started(const td_client *client, const char *const *parameters, td_queue *queue, uintptr_t tag)
{
    td_call *call = NULL;
    CHECK_OK(td_token_exchange_start(client, parameters, queue, tag, &call));
    CHECK(call != NULL);
    return call;
}

static short events_of(int fd, int milliseconds)
{
    struct pollfd watched;
    watched.fd = fd;
    watched.events = POLLIN;
    watched.revents = 0;
    CHECK(poll(&watched, 1, milliseconds) >= 0);
    return watched.revents;
}

static uintptr_t next_tag(td_queue *queue, int fd)
{
    uintptr_t tag;
    while ((tag = td_queue_next(queue)) == 0) CHECK(events_of(fd, SOON_MS) & POLLIN);
    return tag;
}

static void a_call_gives_its_outcome_once(void)
{
    td_client *client = client_at(given.token_endpoint);
    td_call *call = started(client, CREDENTIALS, NULL, 0);
    td_token *token = NULL;
    int fd = td_call_fd(call);
    td_free(client);
    CHECK(fd >= 0);
    CHECK(td_call_wait(call, -1) == 1);
    CHECK(td_call_wait(call, 0) == 1);
    CHECK(events_of(fd, SOON_MS) & POLLIN);
    CHECK_OK(td_call_token(call, &token));
    CHECK_TEXT(td_token_type(token), "Bearer");
    td_free(token);
    CHECK_FAILS(td_call_token(call, &token), TD_ERROR_INVALID_ARGUMENT);
    CHECK(token == NULL);
    CHECK(events_of(fd, 0) & POLLIN);
    td_free(call);
    close(fd);
}

static void an_error_is_an_outcome(void)
{
    td_client *client = client_with("error=invalid_grant");
    td_call *call = started(client, REFRESH, NULL, 0);
    td_token *token = NULL;
    td_error *error = td_call_token(call, &token);
    CHECK(token == NULL);
    CHECK(td_error_code(error) == TD_ERROR_OAUTH_ERROR);
    CHECK_TEXT(td_error_get(error, "error"), "invalid_grant");
    td_free(error);
    td_free(call);
    td_free(client);
}

static void null_is_answered_as_the_header_says(void)
{
    td_client *client = client_at(given.token_endpoint);
    td_call *call = NULL;
    td_token *token = NULL;
    CHECK(td_call_wait(NULL, -1) == 1);
    CHECK(td_call_fd(NULL) == -1);
    CHECK(td_queue_fd(NULL) == -1);
    CHECK(td_queue_next(NULL) == 0);
    td_call_cancel(NULL);
    CHECK_FAILS(td_call_token(NULL, &token), TD_ERROR_INVALID_ARGUMENT);
    CHECK_FAILS(td_queue_new(NULL), TD_ERROR_INVALID_ARGUMENT);
    CHECK_FAILS(td_token_exchange_start(NULL, CREDENTIALS, NULL, 0, &call), TD_ERROR_INVALID_ARGUMENT);
    CHECK_FAILS(td_token_exchange_start(client, CREDENTIALS, NULL, 0, NULL), TD_ERROR_INVALID_ARGUMENT);
    CHECK_REFUSES(td_token_exchange_start(client, NULL, NULL, 0, &call), "grant_type", "missing");
    CHECK(call == NULL);
    call = started(client, CREDENTIALS, NULL, 0);
    CHECK_FAILS(td_call_token(call, NULL), TD_ERROR_INVALID_ARGUMENT);
    CHECK_OK(td_call_token(call, &token));
    td_free(token);
    td_free(call);
    td_free(client);
}

static void a_wait_ends_by_its_limit(void)
{
    td_client *client = client_with("delay_ms=1000");
    td_call *call = started(client, CREDENTIALS, NULL, 0);
    int fd = td_call_fd(call);
    CHECK(td_call_wait(call, 0) == 0);
    CHECK(td_call_wait(call, 50) == 0);
    CHECK(events_of(fd, 0) == 0);
    td_free(call);
    close(fd);
    td_free(client);
}

static void a_call_that_was_not_sent_is_cancelled(void)
{
    td_client *client = NULL;
    td_call *call;
    td_token *token = NULL;
    td_error *error;
    CHECK_OK(td_client_new(TD_OPTIONS("token_endpoint", getenv("TD_SILENT"), "client_id", given.client_id, "key_id",
                                      given.key_id, "private_key_file", given.key_file),
                           &client));
    call = started(client, REFRESH, NULL, 0);
    CHECK(td_call_wait(call, 100) == 0);
    td_call_cancel(call);
    CHECK(td_call_wait(call, 0) == 1);
    td_call_cancel(call);
    error = td_call_token(call, &token);
    CHECK(td_error_code(error) == TD_ERROR_CANCELLED);
    CHECK(td_error_is_retryable(error) == 1);
    td_free(error);
    td_free(call);
    td_free(client);
}

static void a_call_that_was_sent_may_have_been_heard(void)
{
    td_client *client = client_with("delay_ms=2000");
    int round;
    for (round = 0; round < 2; round++) {
        td_call *call = started(client, round == 0 ? REFRESH : CREDENTIALS, NULL, 0);
        td_token *token = NULL;
        td_error *error;
        CHECK(td_call_wait(call, 500) == 0);
        td_call_cancel(call);
        CHECK(td_call_wait(call, 0) == 1);
        error = td_call_token(call, &token);
        CHECK(td_error_code(error) == TD_ERROR_OUTCOME_UNKNOWN);
        CHECK(td_error_is_retryable(error) == round);
        CHECK(strstr(td_error_message(error), "SECRET") == NULL);
        td_free(error);
        td_free(call);
    }
    td_free(client);
}

static void a_queue_tells_each_tag_once(void)
{
    enum { CALLS = 20 };
    td_client *client = client_at(given.token_endpoint);
    td_queue *queue = NULL;
    td_call *calls[CALLS];
    int told[CALLS] = {0};
    int fd, i;
    CHECK_OK(td_queue_new(&queue));
    CHECK((fd = td_queue_fd(queue)) >= 0);
    CHECK(td_queue_next(queue) == 0);
    for (i = 0; i < CALLS; i++) calls[i] = started(client, CREDENTIALS, queue, (uintptr_t)i + 1);
    for (i = 0; i < CALLS; i++) {
        uintptr_t tag = next_tag(queue, fd);
        CHECK(tag <= CALLS && !told[tag - 1]++);
        CHECK(td_call_wait(calls[tag - 1], 0) == 1);
    }
    CHECK(td_queue_next(queue) == 0);
    CHECK(events_of(fd, 0) == 0);
    for (i = 0; i < CALLS; i++) td_free(calls[i]);
    td_free(queue);
    close(fd);
    td_free(client);
}

static void no_tag_is_told_of_a_call_that_failed_to_start_or_is_freed(void)
{
    td_client *client = client_at(given.token_endpoint), *slow = client_with("delay_ms=300");
    td_queue *queue = NULL;
    td_call *call = NULL;
    int fd;
    CHECK_OK(td_queue_new(&queue));
    fd = td_queue_fd(queue);
    CHECK_FAILS(td_token_exchange_start(client, CREDENTIALS, queue, 0, &call), TD_ERROR_INVALID_ARGUMENT);
    CHECK_REFUSES(td_token_exchange_start(client, NULL, queue, 1, &call), "grant_type", "missing");
    td_free(started(slow, CREDENTIALS, queue, 2));
    CHECK(events_of(fd, 0) == 0);
    call = started(client, CREDENTIALS, queue, 3);
    CHECK(td_call_wait(call, -1) == 1);
    td_free(call);
    call = started(slow, CREDENTIALS, queue, 4);
    CHECK(next_tag(queue, fd) == 4);
    CHECK(td_queue_next(queue) == 0);
    td_free(call);
    td_free(queue);
    close(fd);
    td_free(slow);
    td_free(client);
}

static void the_host_may_read_the_bytes_of_a_queue(void)
{
    td_client *client = client_at(given.token_endpoint);
    td_queue *queue = NULL;
    int fd, other, round;
    char bytes[16];
    CHECK_OK(td_queue_new(&queue));
    fd = td_queue_fd(queue);
    other = td_queue_fd(queue);
    CHECK(other != fd);
    for (round = 1; round <= 3; round++) {
        td_call *call = started(client, CREDENTIALS, queue, (uintptr_t)round);
        CHECK(events_of(fd, SOON_MS) & POLLIN);
        CHECK(read(fd, bytes, sizeof bytes) > 0);
        CHECK(td_queue_next(queue) == (uintptr_t)round);
        CHECK(td_queue_next(queue) == 0);
        td_free(call);
    }
    close(other);
    td_free(queue);
    close(fd);
    td_free(client);
}

static void a_freed_queue_hangs_up_and_ends_no_call(void)
{
    td_client *client = client_with("delay_ms=200");
    td_queue *queue = NULL;
    td_call *call;
    td_token *token = NULL;
    int fd;
    CHECK_OK(td_queue_new(&queue));
    fd = td_queue_fd(queue);
    call = started(client, CREDENTIALS, queue, 1);
    td_free(queue);
    CHECK(events_of(fd, 0) & POLLHUP);
    CHECK_OK(td_call_token(call, &token));
    td_free(token);
    td_free(call);
    close(fd);
    td_free(client);
}

int main(int argc, char **argv)
{
    start(argc, argv);
    a_call_gives_its_outcome_once();
    an_error_is_an_outcome();
    null_is_answered_as_the_header_says();
    a_wait_ends_by_its_limit();
    a_call_that_was_not_sent_is_cancelled();
    a_call_that_was_sent_may_have_been_heard();
    a_queue_tells_each_tag_once();
    no_tag_is_told_of_a_call_that_failed_to_start_or_is_freed();
    the_host_may_read_the_bytes_of_a_queue();
    a_freed_queue_hangs_up_and_ends_no_call();
    return 0;
}
