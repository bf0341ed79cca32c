/* simplay/play_pattern.h - one statement of a scenario against the pattern of a table's row.
 *
 * A pattern is written as its reader would write the statement: words stand for themselves,
 * [ ] encloses what may be left out, and { } what changes: see play_pattern_kinds. What a
 * pattern takes is numbered in the order of its braces; a bracket around plain words takes a
 * number too, and tells whether they were there.
 * Owns: nothing; texts live in the arena of the tokens.
 * Threads: any.
 */
#ifndef SIMPLAY_PLAY_PATTERN_H
#define SIMPLAY_PLAY_PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/span.h"
#include "model/limits.h"

enum {
    PLAY_TOKENS_MAX = 200, /* of a statement */
    PLAY_ARGS_MAX = 12,
    PLAY_PHONES_MAX = 100,
    PLAY_LINES_MAX = 8,
    PLAY_NAME_SIZE = 32,
    PLAY_EXPECTED_MAX = 80,
};

enum play_token_kind { PLAY_WORD, PLAY_QUOTED, PLAY_COMMA, PLAY_END };

struct play_token {
    enum play_token_kind kind;
    struct span text; /* of what is quoted: without its quotes */
    const char *at;   /* where it begins in the statement */
    int line, column;
};

struct play_party {
    char name[PLAY_NAME_SIZE], number[LIMIT_NUMBER_SIZE];
};

/* Who has been named so far. */
struct play_names {
    struct play_party phones[PLAY_PHONES_MAX], lines[PLAY_LINES_MAX];
    size_t phone_count, line_count;
};

struct play_arg {
    bool given;
    struct span text;               /* as written; {words} without quotes */
    int64_t n;                      /* {dur}: ms; {n}; {instant}: ms; {count}: how often;
                                     {fault}: the kind */
    const struct play_party *party; /* {who}, {line}, {party} */
};

struct play_args {
    struct play_arg list[PLAY_ARGS_MAX];
    size_t count;
};

/* How far the best of several patterns came, and what would have led on. */
struct play_miss {
    size_t far;
    const char *why; /* words for a value that was understood and is wrong; NULL: see expected */
    struct span expected[PLAY_EXPECTED_MAX]; /* plain words, or kinds in braces */
    size_t expected_count;
};

/* True when the tokens up to a comma or the end are what the pattern tells; *out_used of them.
 * Otherwise the miss is told if it came at least as far as `miss` says. */
bool play_pattern_match(struct arena *arena, const char *pattern, const struct play_token *tokens,
                        const struct play_names *names, struct play_args *out_args,
                        size_t *out_used, struct play_miss *miss);
/* Adds words for what went wrong: "calsl" is not understood; is "calls" meant? ... */
void play_pattern_explain(const struct play_miss *miss, const struct play_token *tokens,
                          const struct play_names *names, struct buf *out);
/* The kinds of braces, for the manual: name and meaning; NULL at the end. */
const char *play_pattern_kind(size_t index, const char **out_help);

/* "4s", "1m30s", "500ms", "2h" in ms; false when it is none. */
bool play_pattern_duration(struct span text, int64_t *out_ms);

#endif
