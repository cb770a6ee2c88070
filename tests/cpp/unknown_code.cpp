// A newer library may have codes that this header doesn't know. They are thrown as the base class.

#include "check.hpp"

// The program's own function is called in place of the library's.
extern "C" int32_t td_error_code(const td_error *) { return 4711; }

int main() {
    const auto error = THROWN(talkdesk::auth_error, talkdesk::client({{"region", "mars"}}));
    CHECK(error.code() == 4711);
    CHECK(holds(error.what(), "region"));
    CHECK(error.get("option") == "region");
}
