/* test/unit/core_world.h - a roster, a clock and a small store in memory, so that a test can
 * tell core/decide a story, event by event.
 *
 * Each event is loaded, decided and saved as a batch of its own, so nothing is found that was
 * not asked for; with `batch` set, the events until world_commit share one working set.
 * Saving checks what every store relies on: a row that changed is marked, a new one is new, and
 * a decision that gives up to have something loaded has changed nothing.
 * Owns: its arena. Rows that it hands out live until world_close and show the present state.
 */
#ifndef CORE_WORLD_H
#define CORE_WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "core/decide.h"

#define LINE "+13125550100"
#define LINE_2 "+13125550101"
#define PRIMARY "+13125550111"
#define BACKUP "+13125550112"
#define OWNER "+13125550113"
#define SPARE "+13125550114" /* on the roster, on no chain */
#define ANNA "+13125550121"  /* customers */
#define BORIS "+13125550122"
#define CLARA "+13125550123"

enum { AT_PRIMARY, AT_BACKUP, AT_OWNER, AT_SPARE, WORLD_PEOPLE };
enum { WORLD_TENANT = 1, WORLD_TIMERS = 256, S = 1000, MIN = 60000, HOUR = 3600000 };
/* A Monday, 12:00 UTC; whoever is made off duty comes on again on Tuesday at 08:00. */
#define WORLD_START INT64_C(1773057600000)
#define WORLD_TUESDAY (WORLD_START + 20 * (int64_t)HOUR)

struct world_row {
    struct world_row *next;
    enum fact_kind kind;
    int32_t tenant;
    int64_t id;
    struct span key;
    void *row;
    uint64_t print; /* of what was saved last */
};

struct world {
    struct arena *arena;
    struct id_maker ids;
    struct dice dice;
    const struct report_only_list *open;  /* NULL unless a test gives one */
    struct guard *guard;                  /* NULL unless a test opens one */
    bool (*may_dial)(const char *number); /* NULL unless a test gives one */
    struct facts facts;
    int64_t now_ms;
    bool batch;
    struct roster roster;
    struct roster_operator people[WORLD_PEOPLE];
    struct chain chains[2]; /* the second: SPARE alone */
    struct line lines[2];
    struct job_route routes[1]; /* "boiler" is SPARE's */
    struct world_row *rows, **rows_last;
    struct appended *added, **added_last;
    struct timer timers[WORLD_TIMERS]; /* those that stand */
    size_t timer_count;
    struct event last;    /* as it was told */
    struct answer answer; /* to it */
    int changes;          /* rows that the last commit wrote */
    int sids;
    char call[LIMIT_SID_SIZE]; /* the latest call */
};

void world_open(struct world *w);
void world_close(struct world *w);
void world_commit(struct world *w);

/* What happens. All go through world_do, which returns what decide did. */
enum err world_do(struct world *w, struct event e);
/* The same once more, as a carrier repeats it. */
void world_again(struct world *w, struct event e);
void world_text(struct world *w, const char *from, const char *body);
void world_call(struct world *w, const char *from);
void world_dialled(struct world *w, int attempt, const char *dial_status);
void world_call_status(struct world *w, const char *call_status, const char *sequence);
void world_leg(struct world *w, int attempt, const char *leg, const char *digits); /* or NULL */
void world_recorded(struct world *w, int seconds);
void world_receipt(struct world *w, const struct message *m, enum delivery delivery);
/* The sender takes the row to send it. */
void world_claim(struct world *w, const struct message *m);
/* It does so when the row waits, then hears this. */
void world_sent(struct world *w, const struct message *m, enum sent sent);
void world_link(struct world *w, const struct message *m, enum link_action action);
/* Fires what comes due until that instant, in order, each when it is due. */
void world_go(struct world *w, int64_t to_ms);
void world_wait(struct world *w, int64_t ms);

void world_off(struct world *w, int who); /* until Tuesday */
void world_on(struct world *w, int who);

/* What is. */
const char *world_id(int who);
void *world_row(const struct world *w, enum fact_kind kind, size_t index); /* or NULL */
struct relay *world_relay(const struct world *w);                          /* the latest */
struct cascade *world_cascade(const struct world *w);
struct thread *world_thread(const struct world *w, const char *customer);
/* ... his: it fails the test when there is none. */
struct relay *world_relay_of(const struct world *w, const char *customer);
struct outbox *world_outbox(const struct world *w, int64_t message);
struct desk *world_desk(struct world *w, const char *operator_id);
/* Texts that were decided to leave, oldest first; NULL beyond the last. */
struct message *world_to(const struct world *w, const char *phone, size_t index);
struct message *world_last_to(const struct world *w, const char *phone);
/* The first text about a customer that went to somebody, and so his mark; fails the test without.
 */
const struct message *world_about(const struct world *w, const char *phone, const char *customer);
size_t world_count_to(const struct world *w, const char *phone);
size_t world_count(const struct world *w, enum fact_kind kind);
size_t world_logged(const struct world *w, const char *kind);
size_t world_noted(const struct world *w, const char *kind); /* of calls */
size_t world_alarms(const struct world *w);
bool world_has_timer(const struct world *w, enum timer_kind kind, int64_t subject, int64_t due_ms);
/* True when the text, as it leaves, has these words. */
bool world_says(const struct world *w, const struct message *m, const char *words);
/* Marks, as somebody writes them: "K7F ok". */
const char *world_tagged(const struct world *w, const struct message *m, const char *words);

/* The call is over with that outcome, and no timer of it stands. */
void world_assert_over(const struct world *w, enum outcome outcome);
/* The latest answer speaks, with these words among its own. */
void world_assert_spoken(const struct world *w, const char *words);
/* Sends the operator a text of each mark there is, a millisecond apart, the latest at `sent_ms`;
 * that at `oldest` (-1: none) an hour before it. */
void world_use_all_marks(struct world *w, const char *operator_id, int64_t sent_ms, int oldest);

/* The world of a test program, fresh for each of its tests. */
extern struct world world_shared;
int world_set_up(void **unused);
int world_tear_down(void **unused);

#define SAYS(m, words) assert_true(world_says(w, m, words))

#endif
