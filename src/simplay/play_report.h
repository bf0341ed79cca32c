/* simplay/play_report.h - how a scenario went, for people and for programs.
 *
 * Threads: any.
 */
#ifndef SIMPLAY_PLAY_REPORT_H
#define SIMPLAY_PLAY_REPORT_H

#include <stdio.h>

#include "codec/json.h"
#include "simplay/play_run.h"

/* One line for the file, one for each expectation that was missed, or for all. */
void play_report_print(FILE *to, const char *path, const struct play_outcome *outcome, bool all);
/* An object of a list. */
void play_report_json(struct json_out *out, const char *path, const struct play_outcome *outcome);
bool play_report_is_good(const struct play_outcome *outcome);

#endif
