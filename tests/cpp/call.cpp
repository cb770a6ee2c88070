// talkdesk::call and talkdesk::queue

#include "check.hpp"

#include <cerrno>
#include <chrono>
#include <map>
#include <memory>
#include <thread>
#include <type_traits>
#include <vector>

#include <poll.h>
#include <unistd.h>

using namespace talkdesk;
using namespace std::chrono_literals;

static_assert(!std::is_copy_constructible_v<call> && !std::is_copy_assignable_v<call>);
static_assert(std::is_nothrow_move_constructible_v<call> && std::is_nothrow_move_assignable_v<call>);
static_assert(!std::is_copy_constructible_v<queue> && !std::is_copy_assignable_v<queue>);
static_assert(std::is_nothrow_move_constructible_v<queue> && std::is_nothrow_move_assignable_v<queue>);

static const std::map<std::string, std::string> credentials = {{"grant_type", "client_credentials"}};

// A descriptor that a call or a queue gave out.
class descriptor {
  public:
    explicit descriptor(int fd) : fd_(fd) { CHECK(fd >= 0); }
    descriptor(const descriptor &) = delete;
    descriptor &operator=(const descriptor &) = delete;
    ~descriptor() { close(fd_); }

    [[nodiscard]] int events(int milliseconds) const {
        pollfd watched = {fd_, POLLIN, 0};
        int ready = 0;
        do ready = poll(&watched, 1, milliseconds);
        while (ready < 0 && errno == EINTR);
        CHECK(ready >= 0);
        return watched.revents;
    }

  private:
    int fd_;
};

static void check_that_it_gives_a_token(call &call) {
    const token token = call.token();
    CHECK(token.type() == "Bearer");
}

static void a_call_outlives_its_client_and_gives_its_token_once(const given &given) {
    call call = given.client().start({{"grant_type", "client_credentials"}, {"scope", "calls:read"}});
    const descriptor ended(call.fd());
    CHECK(call.wait_for(std::chrono::hours::max()));
    CHECK(ended.events(60000) & POLLIN);
    CHECK(call.wait_for(0s));
    const token token = call.token();
    CHECK(token.get("scope") == "calls:read");
    THROWN(invalid_argument, call.token());
}

static void an_error_is_thrown_with_the_outcome_or_at_the_start(const given &given) {
    call call = given.client_with("error=invalid_grant").start(credentials);
    call.wait();
    const auto refused = THROWN(oauth_error, call.token());
    CHECK(refused.error() == "invalid_grant");
    const auto missing = THROWN(invalid_option, given.client().start({}));
    CHECK(missing.option() == "grant_type");
    queue queue;
    THROWN(invalid_argument, given.client().start(queue, 0, credentials));
}

static void a_wait_ends_by_its_limit(const given &given) {
    const call call = given.client_at(std::getenv("TD_SILENT")).start(credentials);
    const descriptor ended(call.fd());
    CHECK(!call.wait_for(-1s));
    CHECK(!call.wait_for(0s));
    CHECK(!call.wait_for(1us));
    CHECK(ended.events(0) == 0);
}

static void a_cancelled_call_says_whether_it_was_sent(const given &given) {
    call unsent = given.client_at(std::getenv("TD_SILENT")).start(credentials);
    CHECK(!unsent.wait_for(100ms));
    unsent.cancel();
    CHECK(THROWN(cancelled, unsent.token()).is_retryable());
    call sent = given.client_with("delay_ms=60000").start({{"grant_type", "refresh_token"}, {"refresh_token", "x"}});
    CHECK(!sent.wait_for(500ms));
    sent.cancel();
    CHECK(!THROWN(outcome_unknown, sent.token()).is_retryable());
}

static void another_thread_may_cancel_the_call_that_one_waits_for(const given &given) {
    call call = given.client_at(std::getenv("TD_SILENT")).start(credentials);
    std::thread other([&call] { call.cancel(); });
    call.wait();
    other.join();
    THROWN(cancelled, call.token());
}

static void a_queue_tells_each_of_200_tags_once(const given &given) {
    const client client = given.client();
    queue queue;
    const descriptor readable(queue.fd());
    std::vector<call> calls;
    for (std::uintptr_t tag = 1; tag <= 200; tag++) calls.push_back(client.start(queue, tag, credentials));
    std::vector<bool> told(calls.size());
    for (std::size_t count = 0; count < calls.size();) {
        if (const auto tag = queue.next()) {
            CHECK(!told.at(*tag - 1));
            told[*tag - 1] = true;
            check_that_it_gives_a_token(calls[*tag - 1]);
            count++;
        } else {
            CHECK(readable.events(60000) & POLLIN);
        }
    }
    CHECK(queue.next() == std::nullopt);
    CHECK(readable.events(0) == 0);
}

static void a_destroyed_queue_ends_no_call_and_a_destroyed_call_is_not_told(const given &given) {
    const client client = given.client_with("delay_ms=300");
    auto first = std::make_unique<queue>();
    const descriptor readable(first->fd());
    call call = client.start(*first, 1, {{"grant_type", "client_credentials"}});
    first.reset();
    CHECK(readable.events(0) & POLLHUP);
    queue second;
    const descriptor other(second.fd());
    static_cast<void>(client.start(second, 2, credentials));
    const talkdesk::call kept = client.start(second, 3, credentials);
    auto tag = second.next();
    while (!tag) {
        CHECK(other.events(60000) & POLLIN);
        tag = second.next();
    }
    CHECK(tag == std::uintptr_t{3});
    CHECK(second.next() == std::nullopt);
    check_that_it_gives_a_token(call);
}

static void a_moved_call_or_queue_is_empty(const given &given) {
    call one = given.client().start(credentials);
    call other = std::move(one);
    CHECK(one.native_handle() == nullptr);
    one.cancel();
    one.wait();
    CHECK(one.wait_for(0s) && one.fd() == -1);
    THROWN(invalid_argument, one.token());
    check_that_it_gives_a_token(other);
    queue queue;
    const talkdesk::queue moved = std::move(queue);
    CHECK(moved.native_handle() != nullptr);
    CHECK(queue.fd() == -1 && queue.next() == std::nullopt);
}

int main(int argc, char **argv) {
    const given given(argc, argv);
    a_call_outlives_its_client_and_gives_its_token_once(given);
    an_error_is_thrown_with_the_outcome_or_at_the_start(given);
    a_wait_ends_by_its_limit(given);
    a_cancelled_call_says_whether_it_was_sent(given);
    another_thread_may_cancel_the_call_that_one_waits_for(given);
    a_queue_tells_each_of_200_tags_once(given);
    a_destroyed_queue_ends_no_call_and_a_destroyed_call_is_not_told(given);
    a_moved_call_or_queue_is_empty(given);
}
