/* simphone/phone_ask.h - a running simulator asked from the command line: GET and POST, JSON both
 * ways.
 *
 * Errors: ERR_NOT_FOUND when nobody answers, ERR_BROKEN when the answer is no JSON; both have
 * been said on stderr. What the simulator refuses is an answer like any other.
 * Owns: the answer's tree lives until phone_ask_close.
 * Threads: one.
 */
#ifndef SIMPHONE_PHONE_ASK_H
#define SIMPHONE_PHONE_ASK_H

#include "codec/json.h"

struct phone_ask {
    struct arena *arena;
    const char *base; /* "http://127.0.0.1:8082" */
};

struct phone_ask_answer {
    int status;
    struct span text;  /* in the arena */
    struct json *json; /* of `text` */
};

/* `body` empty: a GET. */
MUST_USE enum err phone_ask_send(const struct phone_ask *ask, const char *path, struct span body,
                                 struct phone_ask_answer *out);
void phone_ask_close(struct phone_ask_answer *answer);

#endif
