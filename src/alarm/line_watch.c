#include "alarm/line_watch.h"

#include <stdlib.h>
#include <string.h>

#include "alarm/alarm_note_in.h"
#include "base/arena.h"

enum { LOOK_MS = 2000, NONE = -1, OVER = 1000000 };

struct told {
    struct report_only row;
    int turn; /* the last that the log has; OVER: its end */
};

struct line_watch {
    struct engine *engine;
    struct told *told;
    size_t count;
    int64_t next_ms;   /* no look before */
    bool is_under_way; /* a note: the next one waits for it */
    size_t at;         /* ... whose it is */
    int turn;
};

static bool is_same(const struct report_only *a, const struct report_only *b)
{
    return a->tenant == b->tenant && a->since_ms == b->since_ms && strcmp(a->line, b->line) == 0;
}

/* The rows as they are now, with what is known of them; one that was ended by hand is forgotten. */
static void follow(struct line_watch *w, const struct report_only_list *list)
{
    struct told *next = arena_must_alloc((list->count + 1) * sizeof *next);

    for (size_t i = 0; i < list->count; i++) {
        next[i] = (struct told){list->rows[i], NONE};
        for (size_t k = 0; k < w->count; k++)
            if (is_same(&w->told[k].row, &list->rows[i]))
                next[i].turn = w->told[k].turn;
    }
    free(w->told);
    w->told = next;
    w->count = list->count;
}

static void noted(void *ctx, const struct event *event, enum err err)
{
    struct line_watch *w = ctx;

    (void)event;
    w->is_under_way = false;
    if (!err)
        w->told[w->at].turn = w->turn;
}

/* False: nothing is to be told of it now. */
static bool tell(struct line_watch *w, size_t at, int64_t now_ms)
{
    const struct report_only *row = &w->told[at].row;
    const int turn = now_ms >= row->until_ms ? OVER : report_only_turn(row, now_ms);
    const struct event e = {
        .kind = EVENT_LINE,
        .tenant = row->tenant,
        .line_note = turn == OVER ? LINE_NOTE_OVER : LINE_NOTE_STILL,
        .from = span_of(row->line),
        .at_ms = row->since_ms,
        .until_ms = row->until_ms,
        .round = turn,
        .by = span_of(row->by),
    };

    if (turn <= w->told[at].turn)
        return false;
    w->is_under_way = true;
    w->at = at;
    w->turn = turn;
    alarm_note_in(w->engine, &e, noted, w);
    return true;
}

static int64_t turn(void *ctx)
{
    struct line_watch *w = ctx;
    const int64_t now_ms = engine_now_ms(w->engine);
    bool has_told = false;

    if (w->is_under_way || now_ms < w->next_ms)
        return LOOK_MS;
    w->next_ms = now_ms + LOOK_MS;
    follow(w, engine_report_only(w->engine));
    for (size_t i = 0; i < w->count && !has_told; i++)
        has_told = tell(w, i, now_ms);
    return LOOK_MS;
}

struct line_watch *line_watch_open(struct loop *loop, struct engine *engine)
{
    struct line_watch *w = arena_must_alloc(sizeof *w);

    *w = (struct line_watch){.engine = engine};
    loop_add_turn(loop, turn, w);
    return w;
}

void line_watch_close(struct line_watch **watch)
{
    if (!*watch)
        return;
    free((*watch)->told);
    free(*watch);
    *watch = NULL;
}
