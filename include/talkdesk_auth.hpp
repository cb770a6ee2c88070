/// @file
/// libtalkdesk_auth for C++17: signs with a Talkdesk client key and gets access tokens. This header needs only
/// talkdesk_auth.h.
///
///     talkdesk::client client({{"account", "acme"}, {"region", "us"}, {"client_id", id}, {"key_id", kid},
///                              {"private_key_file", "talkdesk.key"}});
///     talkdesk::token token = client.exchange({{"grant_type", "authorization_code"}, {"code", code},
///                                              {"redirect_uri", redirect_uri}});
///     std::cout << token.access_token() << '\n';
///
/// The names are those of C: td_client_new is the constructor of talkdesk::client, td_token_type(token) is
/// token.type(), and TD_ERROR_OAUTH_ERROR is thrown as talkdesk::oauth_error. The contract in talkdesk_auth.h holds,
/// with these additions:
///
/// Errors. A function that returns a td_error * in C throws here. Each code has a class, and all of them derive from
/// talkdesk::auth_error. If memory runs out, this header throws std::bad_alloc, but the library ends the process. If a
/// noexcept function fails, it returns an empty value.
///
/// Ownership. Objects free themselves, and wipe the secrets in them. They can be moved, but not copied. A moved-from
/// object can be assigned to and destroyed. Its getters return nothing, and calls that need it throw
/// talkdesk::invalid_argument.
///
/// Strings. A string from a getter belongs to its object and lives as long as the object. So you can't call such a
/// getter on a temporary object. A NUL follows the string, so you may pass data() to C.
///
/// Options and parameters. Write them in braces, {{"name", value}, {"name", value}}. A value is a string, a path, a
/// number, a bool, a duration of std::chrono, or a std::optional of one of these. You can also pass any container of
/// pairs of strings, such as std::map<std::string, std::string>. A claim that is no string is an option claim_json.NAME:
/// {"claim_json.level", 7}, or JSON text. Options are copied, and the copy is wiped. A value that
/// holds a NUL, or a const char * that is NULL, throws talkdesk::invalid_option.
///
/// Threads. const member functions may run on any thread at any time, also several at once on one object.

#ifndef TALKDESK_AUTH_HPP
#define TALKDESK_AUTH_HPP

#if !(defined(_MSVC_LANG) && _MSVC_LANG >= 201703L) && __cplusplus < 201703L
#error "talkdesk_auth.hpp needs C++17"
#endif
#if !defined(__cpp_exceptions)
#error "talkdesk_auth.hpp throws exceptions; compile without -fno-exceptions, or use talkdesk_auth.h"
#endif

#include "talkdesk_auth.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <iomanip>
#include <iterator>
#include <locale>
#include <memory>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

namespace talkdesk {

namespace detail {

struct release {
    void operator()(void *object) const noexcept { td_free(object); }
};

template <class Object> using handle = std::unique_ptr<Object, release>;

inline std::optional<std::string_view> optional_text(const char *text) noexcept {
    return text ? std::optional<std::string_view>(text) : std::nullopt;
}

inline std::string_view text_or_empty(const char *text) noexcept {
    return text ? std::string_view(text) : std::string_view();
}

template <class Number> std::optional<Number> optional_number(Number number) noexcept {
    return number < 0 ? std::nullopt : std::optional<Number>(number);
}

} // namespace detail

/// The library's version, for example "0.1.0". Compare it with TD_VERSION, the version of the headers.
[[nodiscard]] inline std::string_view version() noexcept { return td_version(); }

// generated: td_error
/// The reason why a call failed.
///
/// It holds no key, assertion, token, code or other secret, so you may log it. Each code has a class of its own. If
/// this version does not know a code, its errors have this base class.
// end of generated
///
/// A class has a member function for each field of its errors. Copies share one error.
class auth_error : public std::runtime_error {
  public:
    /// Shares the ownership of an error from the library, which is not NULL.
    explicit auth_error(std::shared_ptr<const td_error> error)
        : std::runtime_error(td_error_message(error.get())), code_(td_error_code(error.get())),
          name_(td_error_name(error.get())), handle_(std::move(error)) {}

    /// Makes an error that does not come from the library; it has no fields. `name`: a literal; it is not copied.
    auth_error(std::int32_t code, const char *name, const std::string &message)
        : std::runtime_error(message), code_(code), name_(name) {}

    // generated: getters of error
    /// The stable code, one of the `TD_ERROR_` constants.
    ///
    /// Later versions may add codes. 0 stands for success.
    [[nodiscard]] std::int32_t code() const noexcept {
        return code_;
    }

    /// The name of the code, for example `"invalid_option"`; it is the same in every language.
    [[nodiscard]] std::string_view name() const & noexcept {
        return name_;
    }
    std::string_view name() const && = delete;

    /// The message: what happened and what to do, in English, on one line.
    [[nodiscard]] std::string_view message() const & noexcept {
        return what();
    }
    std::string_view message() const && = delete;

    /// Whether you may repeat the call.
    ///
    /// The answer is no whenever a repeated call could spend a grant twice.
    ///
    /// When it is safe, by code:
    /// - `invalid_argument`: never.
    /// - `invalid_option`: never.
    /// - `invalid_key`: never.
    /// - `connection_failed`: if no connection was made; not if the proxy refuses or localhost is another machine.
    /// - `tls_failed`: if the handshake broke off; not if one side refused the other.
    /// - `deadline_exceeded`: always.
    /// - `outcome_unknown`: with grant_type client_credentials.
    /// - `oauth_error`: for status 429; with grant_type client_credentials also for status 408 and for status 500, 502,
    ///   503 and 504.
    /// - `invalid_response`: for status 429; with grant_type client_credentials also for status 408 and for status 500,
    ///   502, 503 and 504.
    /// - `internal`: never.
    /// - `cancelled`: always.
    [[nodiscard]] bool is_retryable() const noexcept {
        return td_error_is_retryable(handle_.get()) != 0;
    }

    /// A field of the error, by name; nothing if the error has no such field.
    ///
    /// A number is written in decimal.
    ///
    /// The fields:
    /// - `option` (text; of `invalid_option` and `invalid_key`): The name of the option or parameter that caused the
    ///   error, if one did.
    /// - `error` (text; of `oauth_error`): The error code of RFC 6749 §5.2, for example `invalid_client`.
    /// - `error_description` (text; of `oauth_error`): The server's explanation; the library removes the secrets of the
    ///   request from it.
    /// - `error_uri` (text; of `oauth_error`): The URI of a page about the error; the library removes the secrets of
    ///   the request from it.
    /// - `http_status` (number; of `oauth_error` and `invalid_response`): The HTTP status code of the answer.
    /// - `retry_after` (number; of `oauth_error` and `invalid_response`): Seconds to wait, from the answer's
    ///   Retry-After header (RFC 9110 §10.2.3).
    /// - `clock_offset` (number; of `oauth_error`): Seconds by which the server's clock is ahead of this machine's,
    ///   negative if behind; only if they differ by more than 30.
    [[nodiscard]] std::optional<std::string_view> get(const char *name) const & noexcept {
        return detail::optional_text(td_error_get(handle_.get(), name));
    }
    std::optional<std::string_view> get(const char *name) const && = delete;
    // end of generated

    // generated: fields

    /// The HTTP status code of the answer.
    [[nodiscard]] std::optional<std::int64_t> http_status() const noexcept {
        return number("http_status");
    }

    /// Seconds to wait, from the answer's Retry-After header (RFC 9110 §10.2.3).
    [[nodiscard]] std::optional<std::int64_t> retry_after() const noexcept {
        return number("retry_after");
    }
    // end of generated

  protected:
    /// A field that is a number.
    [[nodiscard]] std::optional<std::int64_t> number(const char *name) const noexcept {
        const std::string_view text = detail::text_or_empty(td_error_get(handle_.get(), name));
        const char *const end = text.data() + text.size();
        std::int64_t value = 0;
        const auto [stop, problem] = std::from_chars(text.data(), end, value);
        return problem == std::errc() && stop == end ? std::optional<std::int64_t>(value) : std::nullopt;
    }

  private:
    std::int32_t code_;
    const char *name_;
    std::shared_ptr<const td_error> handle_;
};

// generated: error classes

/// A pointer that must not be NULL was NULL.
class invalid_argument : public auth_error {
  public:
    using auth_error::auth_error;
};

/// An option or parameter is unknown, missing, malformed, given twice, or contradicts another.
class invalid_option : public auth_error {
  public:
    using auth_error::auth_error;

    /// The name of the option or parameter that caused the error, if one did.
    [[nodiscard]] std::optional<std::string_view> option() const & noexcept {
        return get("option");
    }
    std::optional<std::string_view> option() const && = delete;
};

/// The private key can't be read, or can't be used with the given options.
class invalid_key : public auth_error {
  public:
    using auth_error::auth_error;

    /// The name of the option or parameter that caused the error, if one did.
    [[nodiscard]] std::optional<std::string_view> option() const & noexcept {
        return get("option");
    }
    std::optional<std::string_view> option() const && = delete;
};

/// The library could not connect to the token endpoint; nothing was sent.
class connection_failed : public auth_error {
  public:
    using auth_error::auth_error;
};

/// The TLS handshake failed; the server processed no request.
class tls_failed : public auth_error {
  public:
    using auth_error::auth_error;
};

/// The deadline passed before anything was sent.
class deadline_exceeded : public auth_error {
  public:
    using auth_error::auth_error;
};

/// The request was sent, but no complete answer came; a code or a refresh token may be spent.
class outcome_unknown : public auth_error {
  public:
    using auth_error::auth_error;
};

/// The token endpoint refused the request with an OAuth error (RFC 6749 §5.2).
class oauth_error : public auth_error {
  public:
    using auth_error::auth_error;

    /// The error code of RFC 6749 §5.2, for example `invalid_client`.
    [[nodiscard]] std::optional<std::string_view> error() const & noexcept {
        return get("error");
    }
    std::optional<std::string_view> error() const && = delete;

    /// The server's explanation; the library removes the secrets of the request from it.
    [[nodiscard]] std::optional<std::string_view> error_description() const & noexcept {
        return get("error_description");
    }
    std::optional<std::string_view> error_description() const && = delete;

    /// The URI of a page about the error; the library removes the secrets of the request from it.
    [[nodiscard]] std::optional<std::string_view> error_uri() const & noexcept {
        return get("error_uri");
    }
    std::optional<std::string_view> error_uri() const && = delete;

    /// Seconds by which the server's clock is ahead of this machine's, negative if behind; only if they differ by more than 30.
    [[nodiscard]] std::optional<std::int64_t> clock_offset() const noexcept {
        return number("clock_offset");
    }
};

/// The answer is neither a token nor an OAuth error.
class invalid_response : public auth_error {
  public:
    using auth_error::auth_error;
};

/// Something failed inside the library, or the operating system refused a resource.
class internal : public auth_error {
  public:
    using auth_error::auth_error;
};

/// The call was cancelled before anything was sent.
class cancelled : public auth_error {
  public:
    using auth_error::auth_error;
};

namespace detail {

[[noreturn]] inline void throw_error(std::shared_ptr<const td_error> error) {
    switch (td_error_code(error.get())) {
    case TD_ERROR_INVALID_ARGUMENT: throw invalid_argument(std::move(error));
    case TD_ERROR_INVALID_OPTION: throw invalid_option(std::move(error));
    case TD_ERROR_INVALID_KEY: throw invalid_key(std::move(error));
    case TD_ERROR_CONNECTION_FAILED: throw connection_failed(std::move(error));
    case TD_ERROR_TLS_FAILED: throw tls_failed(std::move(error));
    case TD_ERROR_DEADLINE_EXCEEDED: throw deadline_exceeded(std::move(error));
    case TD_ERROR_OUTCOME_UNKNOWN: throw outcome_unknown(std::move(error));
    case TD_ERROR_OAUTH_ERROR: throw oauth_error(std::move(error));
    case TD_ERROR_INVALID_RESPONSE: throw invalid_response(std::move(error));
    case TD_ERROR_INTERNAL: throw internal(std::move(error));
    case TD_ERROR_CANCELLED: throw cancelled(std::move(error));
    default: throw auth_error(std::move(error));
    }
}

} // namespace detail

// end of generated

namespace detail {

/// A string that a caller passed. data() is NULL only if the caller passed NULL.
inline std::string_view given(const char *text) noexcept { return text_or_empty(text); }
inline std::string_view given(std::string_view text) noexcept { return text.data() ? text : std::string_view(""); }

} // namespace detail

namespace detail {

template <class Value> constexpr bool is_string = std::is_convertible_v<const Value &, std::string_view>;

template <class Value> constexpr bool is_duration = false;
template <class Rep, class Period> constexpr bool is_duration<std::chrono::duration<Rep, Period>> = true;

template <class Value> constexpr bool is_character = false;
template <> constexpr bool is_character<char> = true;
template <> constexpr bool is_character<signed char> = true;
template <> constexpr bool is_character<unsigned char> = true;
template <> constexpr bool is_character<wchar_t> = true;
template <> constexpr bool is_character<char16_t> = true;
template <> constexpr bool is_character<char32_t> = true;
#if defined(__cpp_char8_t)
template <> constexpr bool is_character<char8_t> = true;
#endif

/// Whether a type is std::filesystem::path, or another path of narrow strings.
template <class Value, class = void> constexpr bool is_path = false;
template <class Value>
constexpr bool is_path<Value, std::enable_if_t<is_string<decltype(std::declval<const Value &>().native())>>> = true;

template <class Value>
constexpr bool is_value = !std::is_null_pointer_v<Value> && (is_string<Value> || is_duration<Value> || is_path<Value> ||
                                                             (std::is_arithmetic_v<Value> && !is_character<Value>));
template <class Value> constexpr bool is_value<std::optional<Value>> = is_value<Value>;

/// A number as the library takes it: in decimal, and without an exponent.
template <class Number> std::string decimal(Number number) {
    if constexpr (std::is_same_v<Number, bool>) return number ? "true" : "false";
    else if constexpr (std::is_integral_v<Number>) return std::to_string(number);
    else {
        std::ostringstream stream;
        stream.imbue(std::locale::classic());
        stream << std::fixed << std::setprecision(9) << number;
        std::string text = stream.str();
        text.erase(text.find_last_not_of('0') + 1);
        if (!text.empty() && text.back() == '.') text.pop_back();
        return text;
    }
}

/// A duration as the library takes it: in seconds.
template <class Rep, class Period> std::string decimal(std::chrono::duration<Rep, Period> duration) {
    using whole = std::chrono::duration<Rep>;
    if constexpr (std::is_integral_v<Rep> && Period::den == 1)
        return decimal(std::chrono::duration_cast<whole>(duration).count());
    else return decimal(std::chrono::duration<long double>(duration).count());
}

} // namespace detail

/// A name and its value, as written in braces. It borrows both, so write it directly in the call.
///
/// A value is a string, a path, a number, a bool or a duration of std::chrono, or a std::optional of one of these. An
/// optional without a value counts as not given.
///
/// The name is a C string or exactly a std::string or std::string_view, for a reason. In C++20, two string literals in
/// braces may become one std::string_view from begin to end, and one std::string in any version.
class option {
  public:
    option(const char *name, std::string_view value) noexcept
        : name_(detail::given(name)), borrowed_(detail::given(value)) {}
    option(const char *name, const char *value) noexcept
        : name_(detail::given(name)), borrowed_(detail::given(value)) {}
    option(const char *name, std::nullptr_t) = delete;

    template <class Value, class = std::enable_if_t<detail::is_value<Value> && !detail::is_string<Value>>>
    option(const char *name, const Value &value) : name_(detail::given(name)) {
        set(value);
    }

    template <class Name, class Value,
              class = std::enable_if_t<(std::is_same_v<Name, std::string> || std::is_same_v<Name, std::string_view>) &&
                                       detail::is_value<std::decay_t<Value>>>>
    option(const Name &name, const Value &value) : name_(detail::given(std::string_view(name))) {
        set(value);
    }

    [[nodiscard]] std::string_view name() const noexcept { return name_; }
    [[nodiscard]] std::string_view value() const noexcept { return own_ ? std::string_view(*own_) : borrowed_; }
    /// Whether the value is a std::optional that holds none.
    [[nodiscard]] bool is_absent() const noexcept { return is_absent_; }

  private:
    template <class Value> void set(const Value &value) {
        if constexpr (std::is_convertible_v<const Value &, const char *>)
            borrowed_ = detail::given(static_cast<const char *>(value));
        else if constexpr (detail::is_string<Value>) borrowed_ = detail::given(std::string_view(value));
        else if constexpr (detail::is_path<Value>) borrowed_ = detail::given(std::string_view(value.native()));
        else own_ = detail::decimal(value);
    }
    template <class Value> void set(const std::optional<Value> &value) {
        if (value) set(*value);
        else is_absent_ = true;
    }

    std::string_view name_;
    std::string_view borrowed_;
    std::optional<std::string> own_;
    bool is_absent_ = false;
};

namespace detail {

/// The strings of a pair, as given() returns them.
inline std::pair<std::string_view, std::string_view> views(const option &pair) noexcept {
    return {pair.name(), pair.value()};
}
template <class Pair>
auto views(const Pair &pair) noexcept -> std::pair<decltype(given(pair.first)), decltype(given(pair.second))> {
    return {given(pair.first), given(pair.second)};
}

inline bool is_absent(const option &pair) noexcept { return pair.is_absent(); }
template <class Pair> bool is_absent(const Pair &) noexcept { return false; }

/// Names and values as C takes them: a NUL follows each, and NULL follows the last.
/// They are wiped at the end, because a key or a code may be among them.
class arguments {
  public:
    template <class Pairs> explicit arguments(const Pairs &pairs) {
        std::size_t count = 0;
        std::size_t bytes = 0;
        for (const auto &pair : pairs) {
            if (is_absent(pair)) continue;
            const auto [name, value] = views(pair);
            bytes += checked(name, "name", count++).size() + 1;
            bytes += checked(value, "value", count++).size() + 1;
        }
        pointers_.reserve(count + 1);
        // Reserve enough: a string that grows would leave a copy behind.
        text_.reserve(bytes);
        for (const auto &pair : pairs) {
            if (is_absent(pair)) continue;
            const auto [name, value] = views(pair);
            text_.append(name).push_back('\0');
            text_.append(value).push_back('\0');
        }
        const char *next = text_.data();
        for (; count > 0; count--) {
            pointers_.push_back(next);
            next += std::strlen(next) + 1;
        }
        pointers_.push_back(nullptr);
    }

    ~arguments() {
        // The writes are volatile, because the compiler would otherwise leave out writes to memory that is about to be
        // freed.
        volatile char *const bytes = text_.data();
        for (std::size_t index = 0; index < text_.size(); index++) bytes[index] = 0;
    }

    arguments(const arguments &) = delete;
    arguments &operator=(const arguments &) = delete;

    [[nodiscard]] const char *const *data() const noexcept { return pointers_.data(); }

  private:
    static std::string_view checked(std::string_view text, const char *kind, std::size_t index) {
        if (!text.data()) refuse(index, std::string(" is NULL; it must be a ") + kind);
        if (text.find('\0') != std::string_view::npos) refuse(index, " holds a NUL, at which a C string ends");
        return text;
    }

    /// The message gives only the position of the element, because the element itself may be a secret.
    [[noreturn]] static void refuse(std::size_t index, const std::string &complaint) {
        throw invalid_option(TD_ERROR_INVALID_OPTION, "invalid_option",
                             "element " + std::to_string(index) + " of the options" + complaint);
    }

    std::string text_;
    std::vector<const char *> pointers_;
};

/// Whether something is a range of pairs of strings.
template <class Pairs> using if_pairs = decltype(views(*std::begin(std::declval<const Pairs &>())), void());

/// Calls a function that makes an object through its out-parameter.
template <class Object, class Function> handle<Object> create(const Function &function) {
    Object *object = nullptr;
    if (td_error *const error = function(&object)) throw_error(std::shared_ptr<const td_error>(error, release()));
    return handle<Object>(object);
}

/// The same for a function that takes names and values before the out-parameter.
template <class Object, class Function> handle<Object> made(const arguments &given, const Function &function) {
    return create<Object>([&](Object **object) { return function(given.data(), object); });
}

} // namespace detail

class client;

// generated: td_token
/// The answer of the token endpoint: an access token and everything that came with it.
///
/// Everything in it is secret. client::exchange makes it.
// end of generated
class token {
  public:
    // generated: getters of token
    /// The access token (RFC 6749 §1.4); it is never empty.
    [[nodiscard]] std::string_view access_token() const & noexcept {
        return detail::text_or_empty(td_token_access_token(handle_.get()));
    }
    std::string_view access_token() const && = delete;

    /// The token's type (RFC 6749 §7.1) as the server wrote it, or `Bearer` if the answer has none.
    ///
    /// Ignore case when you compare it.
    [[nodiscard]] std::string_view type() const & noexcept {
        return detail::text_or_empty(td_token_type(handle_.get()));
    }
    std::string_view type() const && = delete;

    /// The time at which the access token expires, in Unix seconds; nothing if the server did not say.
    ///
    /// It is computed from the wall clock at the exchange.
    [[nodiscard]] std::optional<std::int64_t> expires_at() const noexcept {
        return detail::optional_number(td_token_expires_at(handle_.get()));
    }

    /// The whole seconds until the access token expires, or 0 if it has expired; nothing if the server did not say.
    ///
    /// The countdown continues while the machine is suspended. It does not change when somebody sets the clock.
    [[nodiscard]] std::optional<std::int64_t> seconds_left() const noexcept {
        return detail::optional_number(td_token_seconds_left(handle_.get()));
    }

    /// A member of the response: a string as it is, anything else as JSON; nothing if it is absent or null, or has a
    /// NUL.
    ///
    /// Some of the names:
    /// - `scope` (text): The granted scopes, separated by spaces. If the server left the scope out, they are the
    ///   requested ones (RFC 6749 §5.1).
    /// - `refresh_token` (text): The refresh token (RFC 6749 §6).
    /// - `id_token` (text): The ID token (OpenID Connect Core §2), which the library does not check.
    [[nodiscard]] std::optional<std::string_view> get(const char *name) const & noexcept {
        return detail::optional_text(td_token_get(handle_.get(), name));
    }
    std::optional<std::string_view> get(const char *name) const && = delete;

    /// The whole response, as the JSON text that the server wrote.
    [[nodiscard]] std::string_view json() const & noexcept {
        return detail::text_or_empty(td_token_json(handle_.get()));
    }
    std::string_view json() const && = delete;

    /// The object for functions of C; NULL after a move.
    [[nodiscard]] const td_token *native_handle() const noexcept { return handle_.get(); }
    // end of generated

  private:
    friend class call;
    friend client;
    explicit token(detail::handle<td_token> handle) noexcept : handle_(std::move(handle)) {}

    detail::handle<td_token> handle_;
};

// generated: td_call
/// A started call. A thread of the library carries it out.
///
/// client::start makes it. A call keeps its client alive. If you free a running call, it is cancelled. Any thread may
/// use it at any time, also while another thread waits for it. Free it only when nobody uses it. In a child of a fork,
/// a call that was in flight has ended with outcome_unknown, because the parent may still send it.
// end of generated
class call {
  public:
    // generated: getters of call
    /// A new descriptor that is readable once the call has ended; -1 if no descriptor is left.
    ///
    /// Each use of this function makes another descriptor. Wait for it with `poll`, and close it when you no longer
    /// need it. It stays readable after the end of the call. It may also report a hang-up.
    [[nodiscard]] int fd() const noexcept {
        return td_call_fd(handle_.get());
    }

    /// The object for functions of C; NULL after a move.
    [[nodiscard]] td_call *native_handle() const noexcept { return handle_.get(); }
    // end of generated

    /// Waits until the call has ended.
    void wait() const noexcept { td_call_wait(handle_.get(), -1); }

    // generated: td_call_wait
    /// Waits until the call has ended or the time is over, and tells whether the call has ended.
    // end of generated
    ///
    /// `time`: the longest wait; 0 only asks.
    template <class Rep, class Period>
    [[nodiscard]] bool wait_for(std::chrono::duration<Rep, Period> time) const noexcept {
        // A conversion of a very long time would overflow.
        const std::chrono::duration<double, std::milli> wanted = time;
        const std::chrono::duration<double, std::milli> longest = std::chrono::hours(24 * 365 * 100);
        const double milliseconds = std::ceil(std::min(wanted, longest).count());
        return td_call_wait(handle_.get(), milliseconds > 0 ? static_cast<std::int64_t>(milliseconds) : 0) != 0;
    }

    // generated: td_call_token
    /// Waits for the end of the call, and gives its outcome, once.
    ///
    /// If the outcome was taken before, the error is invalid_argument. If the call was cancelled and nothing was sent,
    /// the error is cancelled. If it was cancelled after its request was sent, the error is outcome_unknown.
    // end of generated
    ///
    // generated: errors of td_call_token
    /// @throws connection_failed, tls_failed, deadline_exceeded, outcome_unknown, oauth_error, invalid_response,
    /// internal and cancelled
    // end of generated
    [[nodiscard]] talkdesk::token token() {
        return talkdesk::token(
            detail::create<td_token>([this](td_token **token) { return td_call_token(handle_.get(), token); }));
    }

    // generated: td_call_cancel
    /// Ends the call now, if it has not ended.
    ///
    /// If nothing was sent, nothing will be sent, and the outcome is cancelled. Otherwise the outcome is
    /// outcome_unknown.
    // end of generated
    void cancel() noexcept { td_call_cancel(handle_.get()); }

  private:
    friend client;
    explicit call(detail::handle<td_call> handle) noexcept : handle_(std::move(handle)) {}

    detail::handle<td_call> handle_;
};

// generated: td_queue
/// A queue tells an event loop which calls have ended.
///
/// Make one for each event loop. If you free the queue, its calls go on, and its descriptors report a hang-up. Any
/// thread may use it at any time. Free it only when nobody uses it. After a fork, the child's queue has descriptors of
/// its own, and reports only the child's calls.
// end of generated
class queue {
  public:
    // generated: td_queue_new
    /// Makes a queue.
    // end of generated
    ///
    // generated: errors of td_queue_new
    /// @throws internal
    // end of generated
    queue() : handle_(detail::create<td_queue>([](td_queue **made) { return td_queue_new(made); })) {}

    // generated: getters of queue
    /// A new descriptor that is readable while ended calls wait in the queue; -1 if no descriptor is left.
    ///
    /// Each use of this function makes another descriptor of the same queue. Close it when you no longer need it. It
    /// may be readable although no call has ended. You may read its bytes, which mean nothing. The next call that ends
    /// makes it readable again.
    [[nodiscard]] int fd() const noexcept {
        return td_queue_fd(handle_.get());
    }

    /// The object for functions of C; NULL after a move.
    [[nodiscard]] td_queue *native_handle() const noexcept { return handle_.get(); }
    // end of generated

    // generated: td_queue_next
    /// The tag of the next call that has ended; nothing if no ended call waits in the queue.
    ///
    /// When a descriptor of the queue is readable, call this function until no ended call waits.
    // end of generated
    [[nodiscard]] std::optional<std::uintptr_t> next() noexcept {
        auto tag = td_queue_next(handle_.get());
        return tag ? std::optional<std::uintptr_t>(tag) : std::nullopt;
    }

  private:
    detail::handle<td_queue> handle_;
};

// generated: td_client
/// A registered client, with its parsed private key and its token endpoint.
///
/// Make one client and keep it, because it holds connections and the trust store. Any number of threads may use it at
/// once. It works on both sides of a fork.
// end of generated
class client {
  public:
    // generated: td_client_new
    /// Makes a client.
    ///
    /// It checks all options, above all the key. It sends nothing and makes no connection. It reads HTTPS_PROXY,
    /// ALL_PROXY, NO_PROXY, SSL_CERT_FILE and SSL_CERT_DIR from the environment; later calls do not read them. In a
    /// set-user-ID program, or in one with file capabilities, it ignores them.
    // end of generated
    ///
    /// `options`: a client needs "client_id", "key_id" and a key ("private_key" or "private_key_file"); "credentials"
    /// or "credentials_file" may hold all three. It also needs "token_endpoint", or "account" with "region". OPTIONS.md
    /// lists all options.
    ///
    // generated: errors of td_client_new
    /// @throws invalid_option, invalid_key and internal
    // end of generated
    explicit client(std::initializer_list<option> options) : handle_(create(detail::arguments(options))) {}

    /// The same from a container of pairs of strings.
    template <class Pairs, class = detail::if_pairs<Pairs>>
    explicit client(const Pairs &options) : handle_(create(detail::arguments(options))) {}

    // generated: getters of client
    /// The given, resolved or default value of a client option; nothing if the option is secret, unset or unknown.
    ///
    /// `algorithm`, `audience`, `client_id`, `key_id` and `token_endpoint` always have a value. A value may change if a
    /// later version of the library reloads a changed key.
    [[nodiscard]] std::optional<std::string_view> get(const char *name) const & noexcept {
        return detail::optional_text(td_client_get(handle_.get(), name));
    }
    std::optional<std::string_view> get(const char *name) const && = delete;

    /// The seconds by which the token endpoint's clock is ahead of this machine's, negative if behind, or 0.
    ///
    /// The library learns them if the server refuses an assertion because of the clock, and accepts one that was signed
    /// by its own clock (see `clock_correction`). It then signs by that clock. All clients of the endpoint in this
    /// process share the value.
    [[nodiscard]] std::int32_t clock_offset() const noexcept {
        return td_client_clock_offset(handle_.get());
    }

    /// The object for functions of C; NULL after a move.
    [[nodiscard]] const td_client *native_handle() const noexcept { return handle_.get(); }
    // end of generated

    // generated: td_token_exchange
    /// Exchanges a grant for a token, and authenticates the client with a fresh assertion (RFC 7523 §2.2).
    ///
    /// After outcome_unknown, a code or a refresh token may be spent. The call blocks until the answer arrives or the
    /// deadline passes. Nothing can interrupt it.
    ///
    /// `parameters`: OPTIONS.md lists them; see also the comment of td_token_exchange.
    ///
    /// @throws invalid_option, connection_failed, tls_failed, deadline_exceeded, outcome_unknown, oauth_error,
    /// invalid_response and internal
    [[nodiscard]] token exchange(std::initializer_list<option> parameters) const {
        return token(detail::made<td_token>(detail::arguments(parameters), [&](auto... rest) {
            return td_token_exchange(handle_.get(), rest...);
        }));
    }

    /// The same from a container of pairs of strings.
    template <class Pairs, class = detail::if_pairs<Pairs>>
    [[nodiscard]] token exchange(const Pairs &parameters) const {
        return token(detail::made<td_token>(detail::arguments(parameters), [&](auto... rest) {
            return td_token_exchange(handle_.get(), rest...);
        }));
    }
    // end of generated

    // generated: td_token_exchange_start
    /// Starts an exchange as client::exchange makes it, and returns at once.
    ///
    /// The time of `timeout` starts now. An error that occurs later is the outcome of the call. The call may have ended
    /// when this function returns.
    // end of generated
    ///
    /// `parameters`: those of exchange.
    ///
    // generated: errors of td_token_exchange_start
    /// @throws invalid_option and internal
    // end of generated
    [[nodiscard]] call start(std::initializer_list<option> parameters) const {
        return start(nullptr, 0, detail::arguments(parameters));
    }

    /// The same from a container of pairs of strings.
    template <class Pairs, class = detail::if_pairs<Pairs>>
    [[nodiscard]] call start(const Pairs &parameters) const {
        return start(nullptr, 0, detail::arguments(parameters));
    }

    /// The same with a queue that tells of the end by `tag`, which must not be 0.
    ///
    /// @throws invalid_argument if `tag` is 0
    [[nodiscard]] call start(queue &queue, std::uintptr_t tag, std::initializer_list<option> parameters) const {
        return start(queue.native_handle(), tag, detail::arguments(parameters));
    }

    /// The same from a container of pairs of strings.
    template <class Pairs, class = detail::if_pairs<Pairs>>
    [[nodiscard]] call start(queue &queue, std::uintptr_t tag, const Pairs &parameters) const {
        return start(queue.native_handle(), tag, detail::arguments(parameters));
    }

  private:
    call start(td_queue *queue, std::uintptr_t tag, const detail::arguments &parameters) const {
        return call(detail::create<td_call>([&](td_call **call) {
            return td_token_exchange_start(handle_.get(), parameters.data(), queue, tag, call);
        }));
    }

    static detail::handle<td_client> create(const detail::arguments &options) {
        return detail::create<td_client>([&](td_client **client) { return td_client_new(options.data(), client); });
    }

    detail::handle<td_client> handle_;
};

// generated: td_assertion
/// A signed JWT client assertion (RFC 7523 §2.2), for one request before it expires.
///
/// It is a secret. assertion::assertion makes it.
// end of generated
class assertion {
  public:
    // generated: td_assertion_new
    /// Signs a fresh assertion, for a program that sends the token request itself.
    ///
    /// The program puts two fields into its form (RFC 7523 §2.2): `client_assertion_type`, which is
    /// `urn:ietf:params:oauth:client-assertion-type:jwt-bearer`, and `client_assertion`, which is the JWT.
    /// client::exchange makes its own assertion.
    // end of generated
    ///
    /// The claims (RFC 7523 §3): `iss` and `sub` are the client id, `aud` is one string, `jti` is random, and there are
    /// `iat` and `exp`.
    ///
    /// `client`: the client that the assertion authenticates. It may be destroyed before the assertion.
    ///
    /// `options`: OPTIONS.md lists them; see also the comment of td_assertion_new.
    ///
    // generated: errors of td_assertion_new
    /// @throws invalid_option and internal
    // end of generated
    explicit assertion(const client &client, std::initializer_list<option> options = {})
        : handle_(sign(client, detail::arguments(options))) {}

    /// The same from a container of pairs of strings.
    template <class Pairs, class = detail::if_pairs<Pairs>>
    assertion(const client &client, const Pairs &options) : handle_(sign(client, detail::arguments(options))) {}

    // generated: getters of assertion
    /// The JWT as it is sent, in JWS compact serialisation (RFC 7515 §7.1).
    ///
    /// It is the value of `client_assertion`. It is a secret.
    [[nodiscard]] std::string_view jwt() const & noexcept {
        return detail::text_or_empty(td_assertion_jwt(handle_.get()));
    }
    std::string_view jwt() const && = delete;

    /// A part of the assertion, by name; nothing if the assertion has no such part.
    ///
    /// The names:
    /// - `jti` (text): The assertion's identifier, fresh and random.
    /// - `aud` (text): The audience.
    /// - `iat` (Unix seconds in decimal): The time at which the assertion was issued. It is 5 s in the past, because
    ///   clocks differ.
    /// - `exp` (Unix seconds in decimal): The time at which the assertion expires.
    /// - `header` (JSON): The whole header (RFC 7515 §4).
    /// - `claims` (JSON): All claims (RFC 7519 §4).
    [[nodiscard]] std::optional<std::string_view> get(const char *name) const & noexcept {
        return detail::optional_text(td_assertion_get(handle_.get(), name));
    }
    std::optional<std::string_view> get(const char *name) const && = delete;

    /// The object for functions of C; NULL after a move.
    [[nodiscard]] const td_assertion *native_handle() const noexcept { return handle_.get(); }
    // end of generated

  private:
    static detail::handle<td_assertion> sign(const client &client, const detail::arguments &options) {
        return detail::made<td_assertion>(
            options, [&](auto... rest) { return td_assertion_new(client.native_handle(), rest...); });
    }

    detail::handle<td_assertion> handle_;
};

} // namespace talkdesk

#endif
