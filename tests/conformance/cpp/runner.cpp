// Runs the conformance cases in C++: runner CASES. One line a case; status 1 where one failed.

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
/// What stands under a name: null where nothing does.
using getter = std::function<json(const std::string &)>;

struct answers {
    std::map<std::string, getter> parts;
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

/// Names and values as C++ takes them: claims and params are prefixes here.
static options flat(const json &given, const std::string &prefix = "")
{
    options all;
    for (const auto &[name, value] : given.items()) {
        if (value.is_null()) continue;
        if (!value.is_object()) all.emplace(prefix + name, text(value));
        else if (name == "claims") all.merge(flat(value, "claim."));
        else if (name == "params") all.merge(flat(value, "param."));
        else throw std::invalid_argument("an object as " + name);
    }
    return all;
}

static getter member_of(const json &object)
{
    return [object](const std::string &name) { return object.value(name, json()); };
}

static getter answer(const talkdesk::auth_error &error)
{
    return [error](const std::string &name) -> json {
        if (name == "code") return error.code();
        if (name == "name") return error.name();
        if (name == "message") return error.what();
        if (name == "retryable") return error.is_retryable();
        return known(error.get(name.c_str()));
    };
}

static getter answer(const std::shared_ptr<talkdesk::token> &token)
{
    return [token](const std::string &name) -> json {
        if (name == "access_token") return token->access_token();
        if (name == "token_type") return token->type();
        if (name == "json") return token->json();
        if (name == "expires_at") return known(token->expires_at());
        if (name == "seconds_left") return known(token->seconds_left());
        return known(token->get(name.c_str()));
    };
}

static std::map<std::string, getter> call(const json &test)
try {
    const auto client = std::make_shared<talkdesk::client>(flat(test["client"]));
    const options given = flat(test["options"]);
    if (test["call"] == "client")
        return {{"client", [client](const std::string &name) { return known(client->get(name.c_str())); }}};
    if (test["call"] == "assertion") {
        const auto made = std::make_shared<talkdesk::assertion>(*client, given);
        const getter own = [made](const std::string &name) {
            return name == "jwt" ? json(made->jwt()) : known(made->get(name.c_str()));
        };
        return {{"assertion", own},
                {"header", member_of(json::parse(made->get("header").value()))},
                {"claims", member_of(json::parse(made->get("claims").value()))}};
    }
    if (test["call"] == "exchange") {
        const auto token = std::make_shared<talkdesk::token>(client->exchange(given));
        return {{"token", answer(token)}, {"request", member_of(json::parse(token->get("request").value_or("{}")))}};
    }
    throw std::invalid_argument("unknown call " + test["call"].dump());
} catch (const talkdesk::auth_error &error) {
    return {{"error", answer(error)}};
}

static json found(const answers &answers, const std::vector<std::string> &path)
{
    json value = answers.parts.at(path[0])(path[1]);
    for (std::size_t step = 2; step < path.size(); step++) value = value.is_object() ? value.value(path[step], json()) : json();
    return value;
}

static bool holds(const std::string &kind, const json &expected, const json &actual, const answers &answers)
{
    if (kind == "absent") return actual.is_null();
    if (kind == "present" || kind == "shown") return !actual.is_null() && actual != "";
    if (kind == "contains") return actual.is_string() && text(actual).find(text(expected)) != std::string::npos;
    if (kind == "near_now") {
        const std::int64_t seconds = actual.is_null() ? 0 : std::stoll(text(actual)) - expected.get<std::int64_t>();
        return answers.started <= seconds && seconds <= answers.ended;
    }
    // Fields of an error are text here.
    if (kind == "literal" || kind == "hidden") return !actual.is_null() && text(actual) == text(expected);
    throw std::invalid_argument("unknown kind of check " + kind);
}

/// The case's line.
static std::string line(const json &test)
try {
    only(test, {"name", "call", "client", "options", "checks"});
    const std::string name = test["name"];
    answers answers{{}, now(), 0};
    answers.parts = call(test);
    answers.ended = now();
    std::string told;
    for (const json &check : test["checks"]) {
        only(check, {"path", "is", "value"});
        const std::vector<std::string> path = check["path"];
        const std::string kind = check["is"];
        if (!answers.parts.count(path[0])) {
            const auto error = answers.parts.find("error");
            return "FAILED " + name + ": " + (error == answers.parts.end() ? "no error" : text(error->second("message")));
        }
        const json actual = found(answers, path);
        if (!holds(kind, check["value"], actual, answers))
            return "FAILED " + name + ": " + check.dump() + ", but it is " + actual.dump();
        told += told.empty() ? path[0] : "; " + path[0];
        for (std::size_t step = 1; step < path.size(); step++) told += '.' + path[step];
        told += ' ' + (kind == "literal" || kind == "shown" ? text(actual) : kind);
    }
    return "ok " + name + ": " + told;
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
