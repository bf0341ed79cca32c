#include "river/catchup.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"

enum {
    PASSES_MAX = 4, /* accounts at once */
    EVERY_MS = 60000,
    AGAIN_MS = 5000, /* after a failure; doubles up to EVERY_MS */
};

struct account {
    struct account *next;
    struct catchup *owner;
    char sid[LIMIT_SID_SIZE];
    bool is_on_roster, is_running, is_failing;
    int64_t begin_ms; /* of the pass */
    int64_t due_ms;
    int64_t again_ms;  /* the wait after the next failure */
    struct pass *pass; /* under way, or waiting for its turn to go on */
};

struct catchup {
    struct pass_tools tools;
    struct account *first, *turn;
    int running;
    int64_t next_ms; /* nothing can be started before; 0: to be found out */
};

struct catchup *catchup_open(const struct pass_tools *tools)
{
    struct catchup *c = arena_must_alloc(sizeof *c);

    c->tools = *tools;
    return c;
}

void catchup_close(struct catchup **catchup)
{
    if (!*catchup)
        return;
    for (struct account *a = (*catchup)->first; a;) {
        struct account *next = a->next;
        pass_close(&a->pass);
        free(a);
        a = next;
    }
    free(*catchup);
    *catchup = NULL;
}

void catchup_drain(struct catchup *c)
{
    c->tools.is_draining = true;
}

/* ---- passes ---- */

static void note_failure(struct account *a, const char *why)
{
    if (!a->is_failing)
        log_line(LOG_WARN, "catch-up of %s: %s; what was missed is looked for again", a->sid, why);
    a->is_failing = true;
    a->due_ms = clock_now_ms(a->owner->tools.clock) + a->again_ms;
    a->again_ms = 2 * a->again_ms < EVERY_MS ? 2 * a->again_ms : EVERY_MS;
}

static void note_success(struct account *a)
{
    if (a->is_failing)
        log_line(LOG_INFO, "catch-up of %s works again", a->sid);
    a->is_failing = false;
    a->due_ms = a->begin_ms + EVERY_MS;
    a->again_ms = AGAIN_MS;
}

static void ended(void *ctx, enum pass_end end, const char *why)
{
    struct account *a = ctx;

    a->is_running = false;
    a->owner->running--;
    a->owner->next_ms = 0;
    switch (end) {
    case PASS_PAUSED:
        a->due_ms = 0;
        return;
    case PASS_FAILED:
        note_failure(a, why);
        break;
    case PASS_DONE:
        note_success(a);
        break;
    case PASS_ANOTHERS: /* it may die: then its account is ours within a minute */
        a->due_ms = a->begin_ms + EVERY_MS;
        break;
    }
    pass_close(&a->pass);
}

static void start(struct account *a, int64_t now_ms)
{
    a->is_running = true;
    a->owner->running++;
    if (a->pass) {
        pass_go_on(a->pass);
        return;
    }
    a->begin_ms = now_ms;
    a->pass = pass_open(&a->owner->tools, a->sid, ended, a);
    pass_begin(a->pass);
}

/* ---- accounts ---- */

static struct account *account_of(struct catchup *c, const char *sid)
{
    struct account **at = &c->first;

    for (; *at; at = &(*at)->next)
        if (strcmp((*at)->sid, sid) == 0)
            return *at;
    struct account *a = arena_must_alloc(sizeof *a);
    a->owner = c;
    a->again_ms = AGAIN_MS;
    memcpy(a->sid, sid, strlen(sid) + 1);
    *at = a;
    return a;
}

/* What bears the host's account may be about a line of a subaccount. */
static bool host_stands_for_others(const struct book *book)
{
    for (size_t i = 0; book->host && i < book->count; i++)
        if (book->entries[i].roster->line_count &&
            book_bears(book, span_of(book->host), &book->entries[i], true))
            return true;
    return false;
}

void catchup_take_book(struct catchup *c, const struct book *book)
{
    c->tools.book = book;
    c->next_ms = 0;
    for (struct account *a = c->first; a; a = a->next)
        a->is_on_roster = false;
    for (size_t i = 0; i < book->count; i++)
        if (book->entries[i].roster->account_sid[0] && book->entries[i].roster->line_count)
            account_of(c, book->entries[i].roster->account_sid)->is_on_roster = true;
    if (host_stands_for_others(book))
        account_of(c, book->host)->is_on_roster = true;
}

void catchup_hurry(struct catchup *c)
{
    for (struct account *a = c->first; a; a = a->next)
        if (!a->is_running)
            a->due_ms = 0;
    c->next_ms = 0;
}

static int64_t next_due_ms(const struct catchup *c)
{
    int64_t next_ms = INT64_MAX;

    if (c->tools.is_draining || c->running == PASSES_MAX)
        return next_ms;
    for (const struct account *a = c->first; a; a = a->next)
        if (a->is_on_roster && !a->is_running && a->due_ms < next_ms)
            next_ms = a->due_ms;
    return next_ms;
}

int64_t catchup_turn(struct catchup *c)
{
    const int64_t now_ms = clock_now_ms(c->tools.clock);
    struct account *a = c->turn ? c->turn : c->first;
    struct account *const from = a;

    if (now_ms < c->next_ms)
        return c->next_ms;
    /* Everybody gets his turn, also when one has much to make good. */
    while (a && !c->tools.is_draining && c->running < PASSES_MAX) {
        if (a->is_on_roster && !a->is_running && a->due_ms <= now_ms) {
            start(a, now_ms);
            c->turn = a->next;
        }
        a = a->next ? a->next : c->first;
        if (a == from)
            break;
    }
    c->next_ms = next_due_ms(c);
    return c->next_ms;
}
