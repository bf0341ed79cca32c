/* simload/load_answer.h - where the answer on a connection ends, whatever its form.
 *
 * Takes bytes as they come: a length, chunks, or all until the peer closes. Only the beginning is
 * kept; the rest is counted and dropped, so that a large answer costs no memory.
 * Owns: nothing; plain data.
 * Threads: one at a time.
 * Source: RFC 9112, sections 4, 6 and 7.
 */
#ifndef SIMLOAD_LOAD_ANSWER_H
#define SIMLOAD_LOAD_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

enum { LOAD_ANSWER_KEPT = 8192, LOAD_ANSWER_HEAD_MAX = 8000 };

enum load_answer_state {
    LOAD_ANSWER_HEAD,
    LOAD_ANSWER_LENGTH, /* the body, of which `left` bytes are to come */
    LOAD_ANSWER_CHUNK_SIZE,
    LOAD_ANSWER_CHUNK,
    LOAD_ANSWER_TRAILER,
    LOAD_ANSWER_TO_END, /* the body ends with the connection */
    LOAD_ANSWER_WHOLE,
    LOAD_ANSWER_BROKEN, /* no HTTP */
    LOAD_ANSWER_STATES
};

/* Zeroed before each answer. */
struct load_answer {
    enum load_answer_state state;
    int status;
    bool closes;   /* the peer closes the connection after it */
    uint64_t left; /* of the body or of the chunk */
    size_t line;   /* bytes of the chunk's or the trailer's line so far */
    size_t kept, head_end;
    char text[LOAD_ANSWER_KEPT + 1]; /* head and the body's beginning, without chunk sizes */
};

/* Empty again, for the next answer. */
void load_answer_reset(struct load_answer *answer);
void load_answer_feed(struct load_answer *answer, struct span bytes);
/* The peer has closed: whole when that is the end, else broken. */
void load_answer_end(struct load_answer *answer);
bool load_answer_holds(const struct load_answer *answer, const char *text);

#endif
