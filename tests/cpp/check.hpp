// Code that the tests in C++ share. Each test is a program that is started as
//
//     program TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE
//
// with the data of the embedded token endpoint. It ends with 0 if every check holds.

#ifndef CHECK_HPP
#define CHECK_HPP

#include <talkdesk_auth.hpp>

#include <cstdlib>
#include <iostream>
#include <string>
#include <typeinfo>

#define CHECK(promise) ((promise) ? void() : broken(__FILE__, __LINE__, #promise))

// The exception that the expression throws. Its class must be exactly `type`.
#define THROWN(type, expression) thrown<type>(__FILE__, __LINE__, #expression, [&] { static_cast<void>(expression); })

[[noreturn]] inline void broken(const char *file, int line, const char *promise) {
    std::cerr << file << ':' << line << ": broken: " << promise << '\n';
    std::exit(1);
}

inline bool holds(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

template <class Error, class Function>
Error thrown(const char *file, int line, const char *expression, const Function &function) {
    try {
        function();
    } catch (const talkdesk::auth_error &error) {
        if (typeid(error) != typeid(Error)) broken(file, line, error.what());
        return static_cast<const Error &>(error);
    }
    broken(file, line, expression);
}

struct given {
    given(int argc, char **argv) {
        if (argc != 5) {
            std::cerr << "usage: program TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE\n";
            std::exit(2);
        }
        token_endpoint = argv[1];
        client_id = argv[2];
        key_id = argv[3];
        key_file = argv[4];
    }

    // A client of this token endpoint.
    [[nodiscard]] talkdesk::client client_at(std::string_view url) const {
        return talkdesk::client(
            {{"token_endpoint", url}, {"client_id", client_id}, {"key_id", key_id}, {"private_key_file", key_file}});
    }

    [[nodiscard]] talkdesk::client client() const { return client_at(token_endpoint); }

    // A client of the embedded endpoint with these faults: see token-endpoint --help.
    [[nodiscard]] talkdesk::client client_with(const std::string &faults) const {
        std::string url = token_endpoint;
        return client_at(url.insert(url.size() - std::string_view("/oauth/token").size(), "/with/" + faults));
    }

    std::string token_endpoint, client_id, key_id, key_file;
};

#endif
