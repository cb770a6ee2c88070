// Signs an assertion, exchanges a code for a token, and refreshes the token, in C++.
//
//     c++ -std=c++17 example.cpp $(pkg-config --cflags --libs talkdesk_auth) -o example
//     ./example TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE CODE REDIRECT_URI WRONG_KEY_FILE

#include <iostream>
#include <talkdesk_auth.hpp>

static void show(const char *step, const talkdesk::token &granted)
{
    std::cout << step << "\n    " << granted.type() << ' ' << granted.access_token() << "\n    scope   "
              << granted.get("scope").value_or("") << "\n    expires in " << granted.seconds_left().value_or(-1) << " s\n";
}

int main(int argc, char **argv)
try {
    if (argc != 8) {
        std::cerr << "usage: " << argv[0]
                  << " TOKEN_ENDPOINT CLIENT_ID KEY_ID KEY_FILE CODE REDIRECT_URI WRONG_KEY_FILE\n";
        return 2;
    }
    const char *token_endpoint = argv[1], *client_id = argv[2], *client_key_id = argv[3], *key_file = argv[4];
    const char *code = argv[5], *redirect_uri = argv[6], *wrong_key_file = argv[7];

    const talkdesk::client client({{"token_endpoint", token_endpoint},
                                   {"client_id", client_id},
                                   {"key_id", client_key_id},
                                   {"private_key_file", key_file}});
    const talkdesk::assertion assertion(client);
    std::cout << "sign the assertion\n    header  " << *assertion.get("header") << "\n    claims  "
              << *assertion.get("claims") << "\n    jwt     " << assertion.jwt().substr(0, 40) << "...\n";

    const talkdesk::token granted =
        client.exchange({{"grant_type", "authorization_code"}, {"code", code}, {"redirect_uri", redirect_uri}});
    show("exchange a code", granted);

    const talkdesk::token refreshed =
        client.exchange({{"grant_type", "refresh_token"}, {"refresh_token", granted.get("refresh_token").value()}});
    show("refresh", refreshed);

    const talkdesk::client wrong_client({{"token_endpoint", token_endpoint},
                                         {"client_id", client_id},
                                         {"key_id", client_key_id},
                                         {"private_key_file", wrong_key_file}});
    try {
        (void)wrong_client.exchange({{"grant_type", "client_credentials"}});
        return 1;
    } catch (const talkdesk::oauth_error &error) {
        std::cout << "a wrong key: " << error.error().value_or("") << " (status " << error.http_status().value_or(0)
                  << ")\n    " << error.what() << '\n';
    }
    return 0;
} catch (const talkdesk::auth_error &error) {
    std::cout << error.name() << " (code " << error.code() << ")\n    " << error.what() << '\n';
    return 1;
}
