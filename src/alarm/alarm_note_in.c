#include "alarm/alarm_note_in.h"

#include "base/log.h"

struct note {
    struct work work;
    alarm_note_in_fn *done;
    void *ctx;
};

static void noted(struct work *work)
{
    struct note *n = work->user;
    struct arena *arena = work->arena;

    if (work->err)
        log_line(LOG_ERROR, "%s: it cannot be stored now", event_kind_name(work->event.kind));
    if (n->done)
        n->done(n->ctx, &work->event, work->err);
    arena_close(&arena); /* holds the note */
}

void alarm_note_in(struct engine *engine, const struct event *event, alarm_note_in_fn *done,
                   void *ctx)
{
    struct arena *arena = arena_open(4096);
    struct note *n = ARENA_NEW(arena, struct note);

    *n = (struct note){.done = done, .ctx = ctx};
    n->work.arena = arena;
    n->work.is_alone = true;
    n->work.done = noted;
    n->work.user = n;
    n->work.roster = event->tenant ? engine_roster(engine, event->tenant) : NULL;
    event_copy(arena, event, &n->work.event);
    const enum err err = engine_submit(engine, &n->work);
    if (err) {
        n->work.err = err;
        noted(&n->work);
    }
}
