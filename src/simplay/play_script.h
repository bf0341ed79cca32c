/* simplay/play_script.h - a scenario file, read whole against the tables of statements.
 *
 * One statement a line, in the order in which things happen; '#' begins a comment, an indented
 * line goes on with the line above it, and steps follow a comma. Phones and lines are named
 * before they act, so names are known while reading.
 * Owns: everything lives in the arena.
 * Errors: ERR_BAD_INPUT with "FILE:LINE:COLUMN: words" for every mistake, one a line.
 * Threads: any.
 */
#ifndef SIMPLAY_PLAY_SCRIPT_H
#define SIMPLAY_PLAY_SCRIPT_H

#include "base/err.h"
#include "simplay/play_pattern.h"

enum {
    PLAY_FILE_BYTES_MAX = 256 << 10,
    PLAY_STATEMENTS_MAX = 1000,
    PLAY_STEPS_MAX = 16,
    PLAY_MISTAKES_MAX = 20,
};

struct play; /* who plays it */
struct play_statement;

/* What a statement names for those below it; a setting runs before anything begins. */
enum play_declares { PLAY_NOTHING, PLAY_PHONE, PLAY_LINE, PLAY_SETTING };

enum { PLAY_TABLES = 3 };

/* A row of a table of statements. `run` does it when its time has come. */
struct play_row {
    const char *pattern;
    void (*run)(struct play *play, const struct play_statement *statement);
    const char *help;
    bool steps; /* more may follow after commas */
    enum play_declares declares;
};

struct play_step {
    const struct play_row *row;
    struct play_args args;
};

struct play_statement {
    const struct play_row *row;
    struct play_args args;
    struct play_step *steps;
    size_t step_count;
    struct span text; /* as it stands in the file */
    int line;
};

/* Tables end in a row without a pattern. */
struct play_grammar {
    const struct play_row *statements[PLAY_TABLES]; /* NULL: no such table */
    const struct play_row *steps;
};

struct play_script {
    const char *path;
    struct span about; /* the first comment's first line, without its mark */
    struct play_names *names;
    struct play_statement *statements;
    size_t count;
};

/* `path` is for words and is kept. */
MUST_USE enum err play_script_parse(struct arena *arena, const struct play_grammar *grammar,
                                    const char *path, struct span text, struct play_script *out,
                                    struct buf *out_mistakes);

#endif
