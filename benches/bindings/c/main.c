/* Takes turns, as `exchanges.py` asks. */

#include <stdio.h>
#include <string.h>

#include "program.h"

int main(int count, char **arguments) {
    if (count != 7) {
        return 2;
    }
    prepare(&(request){arguments[2], arguments[3], arguments[4], arguments[5], arguments[6]});
    char what[16];
    int times;
    while (scanf("%15s %d", what, &times) == 2) {
        void (*call)(void) = strcmp(what, "sign") == 0 ? sign : exchange;
        for (int i = 0; i < times; i++) {
            call();
        }
        puts("done");
        fflush(stdout);
    }
    return 0;
}
