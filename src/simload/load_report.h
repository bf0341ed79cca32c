/* simload/load_report.h - what a load has shown: for people, as JSON, or as name=value.
 *
 * The three forms are made from one list of figures.
 * Threads: one.
 */
#ifndef SIMLOAD_LOAD_REPORT_H
#define SIMLOAD_LOAD_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "simload/load_run.h"
#include "simload/load_stats.h"

enum load_form { LOAD_FORM_PEOPLE, LOAD_FORM_JSON, LOAD_FORM_FIGURES, LOAD_FORMS };

struct load_report {
    double per_second; /* asked for; 0: closed loop */
    const struct load_run_result *result;
    struct load_stats_use before, after; /* of the server's process, all zero without one */
    double own_cpu_s;
};

/* Above the steps; `words` name the load. */
void load_report_begin(enum load_form form, const char *words);
void load_report_step(enum load_form form, const struct load_report *report, bool first);
void load_report_end(enum load_form form);

#endif
