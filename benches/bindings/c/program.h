/* What a contender in C does. `exchanges.py` explains the arguments. */

#ifndef PROGRAM_H
#define PROGRAM_H

typedef struct {
    const char *token_endpoint, *ca_file, *client_id, *key_id, *key_file;
} request;

void prepare(const request *request);
/* Signs one assertion. */
void sign(void);
/* Makes one exchange and reads the access token. */
void exchange(void);

#endif
