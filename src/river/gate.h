/* river/gate.h - while the carrier does not accept an API key, one request asks whether it does
 * again, and the others are turned away unasked.
 *
 * A gate stands for what one key asks for one account, of one kind of request: a key may be allowed
 * to text and not to call. It shuts when the carrier refuses the key. Then one request may go as a
 * probe, the next one a while after that was refused, later each time; any answer but that opens
 * it. Credentials given anew open all.
 * Owns: its list of gates that are shut.
 * Threads: one.
 * Units: instants are UTC milliseconds.
 * Source: docs/guides/credentials.md, "When the carrier refuses them".
 */
#ifndef RIVER_GATE_H
#define RIVER_GATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "model/rows.h"

struct gate {
    struct gate_shut *shut;
    size_t count, room;
    uint32_t edition; /* of the credentials */
};

struct gate_pass {
    int32_t key_of; /* the tenant whose key it is; 0: the host's */
    char account[LIMIT_SID_SIZE];
    enum outbox_kind kind;
    uint32_t edition;
    bool is_probe; /* out */
};

enum gate_word {
    GATE_ACCEPTED, /* the carrier has answered, and knows the key */
    GATE_DENIED,
    GATE_UNKNOWN, /* no answer, or one that does not tell */
};

/* False: it is turned away. True: it goes, and gate_leave is told how. */
bool gate_enter(struct gate *gate, struct gate_pass *pass, int64_t now_ms);
void gate_leave(struct gate *gate, const struct gate_pass *pass, enum gate_word word,
                int64_t now_ms);
void gate_close(struct gate *gate);

#endif
