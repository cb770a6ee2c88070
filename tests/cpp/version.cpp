// TD_VERSION, its parts and talkdesk::version() name the same version.

#include "check.hpp"

int main() {
    const std::string parts = std::to_string(TD_VERSION_MAJOR) + '.' + std::to_string(TD_VERSION_MINOR) + '.' +
                              std::to_string(TD_VERSION_PATCH);
    CHECK(parts == TD_VERSION);
    CHECK(talkdesk::version() == TD_VERSION);
    std::cout << talkdesk::version() << '\n';
}
