/* simtext/sim_line.h - a sender's line: texts leave one after the other, n segments take n times
 * as long as one.
 *
 * Numbers are as fast as their setup says; without a word everything leaves at once. A text that
 * has waited longer than it is valid for leaves the line on the other side.
 * Owns: nothing; a line is part of its number or sender.
 * Threads: loop thread only.
 * Source: section 6.1 of the carrier's reference.
 */
#ifndef SIMTEXT_SIM_LINE_H
#define SIMTEXT_SIM_LINE_H

#include "simworld/sim_noun_service.h"
#include "simworld/sim_world.h"

/* Segments a second, 0: at once; and how many may wait. */
struct sim_line_pace {
    int64_t rate, room;
};

/* `number` NULL: of an alphanumeric sender of the account. */
struct sim_line_pace sim_line_pace(const struct sim_account *account,
                                   const struct sim_number *number);
/* Whether so many segments more may wait. */
bool sim_line_has_room(const struct sim_line *line, const struct sim_line_pace *pace,
                       int64_t segments);
/* What becomes of a text in a line. */
struct sim_line_ends {
    void (*goes)(struct sim_text *text);
    void (*expires)(struct sim_text *text);
};

/* Lines up `text`; `ends->goes` may be called at once, before this returns. */
void sim_line_enter(struct sim_line *line, const struct sim_line_pace *pace, struct sim_text *text,
                    const struct sim_line_ends *ends);
/* Takes it out, wherever it stands; harmless when it stands in none. */
void sim_line_leave(struct sim_text *text);

/* "+1800...", and a number that is no E.164. */
bool sim_line_is_toll_free(const char *number);

#endif
