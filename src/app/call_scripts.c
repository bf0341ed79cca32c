#include "app/call_scripts.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"

enum { WATCH_EVERY_MS = 1000 };

struct call_scripts {
    struct engine *engine;
    const char *folder;
    struct scripts *scripts;
    struct id_maker ids; /* storage thread only */
    int64_t looked_ns;
    struct refusal *refusals; /* on their way to the store */
};

struct refusal {
    struct reading reading;
    struct refusal *next;
    struct call_scripts *of;
    int32_t tenant;
    size_t mistakes;
};

static enum err keep(struct reading *reading, struct store *store, int64_t now_ms)
{
    const struct refusal *r = reading->user;
    struct arena *arena = arena_open(4096);
    struct facts facts;
    const struct event_row row = {
        .id = id_next(&r->of->ids, now_ms),
        .tenant = r->tenant,
        .kind = "scripts.refused",
        .at_ms = now_ms,
        .detail = span_of(arena_printf(arena, "%zu mistakes in %s", r->mistakes, r->of->folder)),
        .alarm = true,
    };

    facts_init(&facts, arena, &r->of->ids, now_ms);
    facts_log(&facts, &row);
    const enum err err = store_save(store, &facts);
    arena_close(&arena);
    return err;
}

static void forget(struct refusal *r)
{
    for (struct refusal **at = &r->of->refusals; *at; at = &(*at)->next)
        if (*at == r) {
            *at = r->next;
            break;
        }
    free(r);
}

static void kept(struct reading *reading)
{
    if (reading->err)
        log_line(LOG_ERROR, "scripts.refused not kept: %s", err_name(reading->err));
    forget(reading->user);
}

static void raise_alarm(struct call_scripts *s, size_t mistakes)
{
    struct refusal *r = arena_must_alloc(sizeof *r);

    *r = (struct refusal){.of = s, .mistakes = mistakes, .next = s->refusals};
    r->tenant = engine_tenants(s->engine) == 1 ? engine_tenant_at(s->engine, 0) : 0;
    log_event(LOG_WARN, &(struct log_fields){.tenant = r->tenant, .kind = "scripts.refused"},
              "alarm scripts.refused %s", s->folder);
    r->reading = (struct reading){.read = keep, .done = kept, .user = r};
    s->refusals = r;
    if (engine_read(s->engine, &r->reading))
        forget(r);
}

void call_scripts_load(struct call_scripts *s)
{
    struct arena *arena = arena_open(16384);
    struct mistakes *m = ARENA_NEW(arena, struct mistakes);

    if (!s->folder) {
        arena_close(&arena);
        return;
    }
    mistakes_init(m, arena);
    const enum err err = scripts_load(s->scripts, m);
    for (size_t i = 0; i < m->count; i++)
        log_line(LOG_ERROR, "call scripts: %.*s", SPAN_ARG(mistakes_line(arena, &m->list[i])));
    if (err) {
        log_line(LOG_ERROR, "call scripts refused, %zu mistakes; what was good last stays in force",
                 m->count + m->more);
        raise_alarm(s, m->count + m->more);
    } else {
        log_line(LOG_INFO, "call scripts %s: read, in force from now on: %s", s->folder,
                 scripts_of(s->scripts, (struct span){NULL, 0})->digest);
    }
    arena_close(&arena);
}

int64_t call_scripts_turn(void *ctx)
{
    struct call_scripts *s = ctx;
    const int64_t now_ns = clock_mono_ns();

    if (!s->folder)
        return -1;
    if (now_ns - s->looked_ns >= (int64_t)WATCH_EVERY_MS * 1000000) {
        s->looked_ns = now_ns;
        if (scripts_has_changed(s->scripts))
            call_scripts_load(s);
    }
    return WATCH_EVERY_MS;
}

struct call_scripts *call_scripts_open(const char *folder, struct engine *engine)
{
    struct call_scripts *s = arena_must_alloc(sizeof *s);

    *s = (struct call_scripts){
        .engine = engine,
        .folder = folder,
        .scripts = scripts_open(folder),
        .ids = {.node = (uint8_t)engine_node(engine), .is_aside = true},
        .looked_ns = clock_mono_ns(),
    };
    call_scripts_load(s);
    return s;
}

void call_scripts_close(struct call_scripts **scripts)
{
    struct call_scripts *s = *scripts;

    if (!s)
        return;
    while (s->refusals)
        forget(s->refusals);
    scripts_close(&s->scripts);
    free(s);
    *scripts = NULL;
}

const struct scripts *call_scripts_get(const struct call_scripts *s)
{
    return s->scripts;
}
