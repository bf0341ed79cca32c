/* rules/budget.h - how much a tenant may send in a day, in all and to one number: by its own
 * roster, and by what the host grants.
 *
 * What is beyond it is not sent unless it is urgent; urgent or not, the tenant's people are told
 * once a day. The counts are kept in memory; whoever counts also writes them down, and gives
 * them back at the next start.
 * Owns: itself, until budget_close.
 * Threads: one at a time (the storage thread).
 * Source: design section 11.
 */
#ifndef RULES_BUDGET_H
#define RULES_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "model/roster.h"
#include "model/rows.h"
#include "model/tenant.h"

struct budget;

struct budget *budget_open(void);
void budget_close(struct budget **budget);

/* The day of the business's own calendar, as a number. */
int32_t budget_day(const struct roster *roster, int64_t now_ms);

/* Something that would leave. */
struct budget_ask {
    int32_t tenant;
    int32_t day;
    const struct budget_limits *limits; /* NULL: no bounds; it is counted all the same */
    const struct tenant_terms *terms;   /* the host's bounds beside them; NULL: none */
    bool is_call;
    struct span to; /* counts for texts */
    bool is_urgent; /* goes in any case */
};

struct budget_word {
    const char *over; /* which bound is reached, by its name in the roster, or with "the host's"
                         before it; NULL: none */
    bool goes;        /* it has been counted */
    bool tells;       /* over, for the first time that day */
};

struct budget_word budget_take(struct budget *budget, const struct budget_ask *ask);
/* What that has changed is undone: nothing was written down. */
void budget_give_back(struct budget *budget, const struct budget_ask *ask,
                      const struct budget_word *word);

/* The rows by which an ask that got that word is written down; each adds to what is there.
 * Returns how many, at most BUDGET_ROWS. */
enum { BUDGET_ROWS = 3 };
int budget_rows(const struct budget_ask *ask, const struct budget_word *word,
                struct spent out[BUDGET_ROWS]);
/* What is written down in all, by whomever: it takes the place of what is known. */
void budget_learn(struct budget *budget, const struct spent *row);

#endif
