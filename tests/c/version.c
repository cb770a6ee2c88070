/* TD_VERSION, its parts and td_version() name the same version. */

#include "check.h"

int main(void) {
    char parts[40];
    snprintf(parts, sizeof parts, "%d.%d.%d", TD_VERSION_MAJOR, TD_VERSION_MINOR, TD_VERSION_PATCH);
    CHECK_TEXT(parts, TD_VERSION);
    CHECK_TEXT(td_version(), TD_VERSION);
    puts(td_version());
    return 0;
}
