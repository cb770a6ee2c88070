// Runs the conformance cases in C++: runner CASES. Prints a line per case; exits with 1 if one failed.

#include <any>
#include <chrono>
#include <fstream>
#include <functional>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <talkdesk_auth.hpp>
#include <vector>

using json = nlohmann::json;
using options = std::map<std::string, std::string>;
/// Returns the value under a name, or null if there is none.
using getter = std::function<json(const std::string &)>;

/// The result of a step; empty if it is closed.
struct object {
    /// A shared pointer to the object of the package.
    std::any made;
    /// The functions that read the members of each part; a path begins with a part.
    std::map<std::string, getter> parts;
};
using objects = std::map<std::string, object>;

struct times {
    std::int64_t started, ended;
};

static std::int64_t now()
{
    return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
}

static std::string text(const json &value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

static json known(const std::optional<std::string_view> &value) { return value ? json(*value) : json(); }

static json known(const std::optional<std::int64_t> &value) { return value ? json(*value) : json(); }

static void only(const json &object, std::initializer_list<const char *> names)
{
    for (const char *name : names) (void)object.at(name);
    if (object.size() != names.size()) throw std::invalid_argument("unknown members in " + object.dump());
}

/// The members of an object. The names of those that are no text have the prefix `json_prefix`.
static options members(const json &given, const std::string &prefix, const std::string &json_prefix)
{
    options all;
    for (const auto &[name, value] : given.items()) {
        if (!value.is_null()) all.emplace((value.is_string() ? prefix : json_prefix) + name, text(value));
    }
    return all;
}

/// Names and values as C++ takes them, where claims and params are prefixes of names. The names are marked as in a language with
/// keywords.
static options flat(const json &given)
{
    options all;
    for (const auto &[name, value] : given.items()) {
        if (value.is_null()) continue;
        if (!value.is_object()) all.emplace("=" + name, text(value));
        else if (name == "claims") all.merge(members(value, "=claim.", "=claim_json."));
        else if (name == "params") all.merge(members(value, "=param.", "=param."));
        else throw std::invalid_argument("an object as " + name);
    }
    return all;
}

static getter member_of(const json &object)
{
    return [object](const std::string &name) { return object.value(name, json()); };
}

static object answering(const std::shared_ptr<talkdesk::client> &client)
{
    return {client, {{"client", [client](const std::string &name) { return known(client->get(name.c_str())); }}}};
}

static object answering(const std::shared_ptr<talkdesk::assertion> &assertion)
{
    const getter own = [assertion](const std::string &name) {
        return name == "jwt" ? json(assertion->jwt()) : known(assertion->get(name.c_str()));
    };
    return {assertion,
            {{"assertion", own},
             {"header", member_of(json::parse(assertion->get("header").value()))},
             {"claims", member_of(json::parse(assertion->get("claims").value()))}}};
}

static object answering(const std::shared_ptr<talkdesk::token> &token)
{
    const getter own = [token](const std::string &name) -> json {
        if (name == "access_token") return token->access_token();
        if (name == "token_type") return token->type();
        if (name == "json") return token->json();
        if (name == "expires_at") return known(token->expires_at());
        if (name == "seconds_left") return known(token->seconds_left());
        return known(token->get(name.c_str()));
    };
    return {token, {{"token", own}, {"request", member_of(json::parse(token->get("request").value_or("{}")))}}};
}

static object answering(const talkdesk::auth_error &error)
{
    const getter own = [error](const std::string &name) -> json {
        if (name == "code") return error.code();
        if (name == "name") return error.name();
        if (name == "message") return error.what();
        if (name == "retryable") return error.is_retryable();
        return known(error.get(name.c_str()));
    };
    return {{}, {{"error", own}}};
}

static const talkdesk::client &client_of(const object &on)
{
    return *std::any_cast<const std::shared_ptr<talkdesk::client> &>(on.made);
}

/// The calls that a step can make on an object, with options.
static const std::map<std::string, std::function<object(object &, const options &)>> calls = {
    {"client", [](object &, const options &given) { return answering(std::make_shared<talkdesk::client>(given)); }},
    {"assertion",
     [](object &on, const options &given) { return answering(std::make_shared<talkdesk::assertion>(client_of(on), given)); }},
    {"exchange",
     [](object &on, const options &given) { return answering(std::make_shared<talkdesk::token>(client_of(on).exchange(given))); }},
    {"read", [](object &on, const options &) { return on; }},
    {"close", [](object &on, const options &) { return on = object(); }},
};

static json found(const object &made, const std::vector<std::string> &path)
{
    json value = made.parts.at(path.at(0))(path.at(1));
    for (std::size_t step = 2; step < path.size(); step++) value = value.is_object() ? value.value(path[step], json()) : json();
    return value;
}

/// The value of an earlier object.
static json answer(const objects &named, const std::vector<std::string> &path)
{
    return found(named.at(path.at(0)), {path.begin() + 1, path.end()});
}

/// The result of the step's call, or its error.
static object outcome(const json &step, objects &named)
try {
    object nothing;
    object &on = step["on"].is_null() ? nothing : named.at(step["on"]);
    json given = step["options"];
    for (const auto &[name, path] : step["from"].items()) given[name] = answer(named, path);
    return calls.at(step["call"])(on, flat(given));
} catch (const talkdesk::auth_error &error) {
    return answering(error);
}

static bool holds(const json &check, const json &actual, const objects &named, const times &times)
{
    const std::string kind = check["is"];
    const json &expected = check["value"];
    if (kind == "absent") return actual.is_null();
    if (kind == "present" || kind == "shown") return !actual.is_null() && actual != "";
    if (kind == "contains") return actual.is_string() && text(actual).find(text(expected)) != std::string::npos;
    if (kind == "near_now") {
        const std::int64_t seconds = actual.is_null() ? 0 : std::stoll(text(actual)) - expected.get<std::int64_t>();
        return times.started <= seconds && seconds <= times.ended;
    }
    // In C++, the fields of an error are text.
    if (kind == "literal" || kind == "hidden") return !actual.is_null() && text(actual) == text(expected);
    if (kind == "same_as" || kind == "other_than") {
        const json other = answer(named, expected);
        return !actual.is_null() && !other.is_null() && (actual == other) == (kind == "same_as");
    }
    throw std::invalid_argument("unknown kind of check " + kind);
}

[[noreturn]] static void fail(const json &step, const std::string &complaint)
{
    throw std::runtime_error("step " + step["step"].dump() + ": " + complaint);
}

/// Checks the step and returns the part of the line about it. Fails if a check does not hold.
static std::string told(const json &step, objects &named)
{
    only(step, {"step", "call", "on", "as", "options", "from", "fails", "checks"});
    times times{now(), 0};
    const object made = outcome(step, named);
    times.ended = now();
    const bool failed = made.parts.count("error") != 0;
    if (failed != step["fails"]) fail(step, failed ? text(found(made, {"error", "message"})) : "no error");
    if (!step["as"].is_null()) named[step["as"]] = made;
    std::string all;
    for (const json &check : step["checks"]) {
        only(check, {"path", "is", "value"});
        const std::vector<std::string> path = check["path"];
        const std::string kind = check["is"];
        const json actual = found(made, path);
        if (!holds(check, actual, named, times)) fail(step, check.dump() + ", but it is " + actual.dump());
        all += "; " + path[0];
        for (std::size_t part = 1; part < path.size(); part++) all += '.' + path[part];
        all += ' ' + (kind == "literal" || kind == "shown" ? text(actual) : kind);
    }
    return all;
}

/// The line about the case.
static std::string line(const json &test)
try {
    only(test, {"name", "steps"});
    objects named;
    std::string all;
    for (const json &step : test["steps"]) all += told(step, named);
    return "ok " + text(test["name"]) + ": " + all.substr(2);
} catch (const std::exception &problem) {
    return "FAILED " + text(test["name"]) + ": " + problem.what();
}

int main(int argc, char **argv)
try {
    if (argc != 2) throw std::invalid_argument("usage: runner CASES");
    bool failed = false;
    for (const json &test : json::parse(std::ifstream(argv[1]))) {
        const std::string told = line(test);
        failed |= told.rfind("ok ", 0) != 0;
        std::cout << told << '\n';
    }
    return failed;
} catch (const std::exception &problem) {
    std::cerr << problem.what() << '\n';
    return 2;
}
