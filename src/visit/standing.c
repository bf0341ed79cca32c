#include "visit/standing.h"

#include <stdlib.h>

#include "codec/timestamp.h"
#include "vault/vault.h"
#include "visit/standing_words.h"

struct standing {
    enum standing_words_state states[STANDING_PARTS], worst;
    int64_t since_ms[STANDING_PARTS], worst_since_ms; /* 0: since the start */
    uint64_t changes;
    unsigned beside; /* what only the app knows was wrong: bits */
    size_t open;     /* lines in report-only mode */
    uint64_t shut;   /* stands for which tenants are suspended, and since when */
};

struct standing *standing_open(void)
{
    struct standing *s = arena_must_alloc(sizeof *s);

    *s = (struct standing){.changes = 0};
    return s;
}

void standing_close(struct standing **standing)
{
    free(*standing);
    *standing = NULL;
}

static struct standing_words_figures figures_of(struct site *site, struct arena *arena)
{
    const struct engine_stats e = engine_stats(site->engine);
    const struct sender_sight c = engine_sight(site->engine);

    return (struct standing_words_figures){
        .now_ms = engine_now_ms(site->engine),
        .started_ms = site->started_ms,
        .can_store = e.ready,
        .spooled = e.spooled,
        .waiting = e.waiting,
        .sending = e.outbox_busy,
        .unsure = e.unsure_now,
        .commit_us = e.commit_us_last,
        .answered_ms = c.answered_ms,
        .away_ms = c.away_ms,
        .denied_ms = c.denied_ms,
        .refused_ms = c.refused_ms,
        .refused_code = c.refused_code,
        .refused_status = c.refused_status,
        .signed_ms = site->signed_ms,
        .unsigned_ms = site->unsigned_ms,
        .unsigned_count = site->counts.bad_signatures,
        .roster_is_good = e.roster_good,
        .roster_is_address = engine_source(site->engine, arena).kind == ENGINE_SOURCE_ADDRESS,
        .roster_version = e.roster_version,
        .roster_age_s = e.roster_age_s,
        .streams = site->streams,
        .nodes = e.nodes,
        .nodes_lost = e.nodes_lost,
    };
}

static void note(struct standing *s, enum standing_words_part part, enum standing_words_state state,
                 int64_t now_ms)
{
    if (s->states[part] == state)
        return;
    s->states[part] = state;
    s->since_ms[part] = now_ms;
    s->changes++;
}

/* Judges every part, and notes what has changed; returns the worst. */
static enum standing_words_part look(struct site *site, struct arena *arena,
                                     struct standing_words out[STANDING_PARTS])
{
    const struct standing_words_figures f = figures_of(site, arena);
    struct standing *s = site->standing;
    enum standing_words_part worst = STANDING_STORE;

    const size_t open = report_only_count(engine_report_only(site->engine), 0, f.now_ms);
    s->changes += s->open != open;
    s->open = open;
    for (int i = 0; i < STANDING_PARTS; i++) {
        out[i] = standing_words(arena, (enum standing_words_part)i, &f);
        note(s, (enum standing_words_part)i, out[i].state, f.now_ms);
        if (out[i].state > out[worst].state)
            worst = (enum standing_words_part)i;
    }
    if (s->worst != out[worst].state) {
        s->worst = out[worst].state;
        s->worst_since_ms = f.now_ms;
    }
    return worst;
}

static void item(struct site *site, struct json_out *json, const struct standing_words *w,
                 int64_t since_ms)
{
    char at[TIMESTAMP_SIZE];

    timestamp_render(since_ms ? since_ms : site->started_ms, at);
    json_out_text(json, "state", span_of(standing_words_state_name(w->state)));
    json_out_text(json, "words", w->words);
    json_out_text(json, "since", span_of(at));
}

static const char well_words[] = "All is well.";
static const char shut_words[] =
    "The host has suspended this business: calls get the closed script, texts are kept, and "
    "nothing is sent.";
static const struct standing_words all_well = {STANDING_OK, {well_words, sizeof well_words - 1}};
static const struct standing_words shut = {STANDING_BAD, {shut_words, sizeof shut_words - 1}};

/* Of a line in report-only mode: since when the first of them is. False: none is. */
static bool open_words(struct site *site, struct arena *arena, int32_t tenant,
                       struct standing_words *out, int64_t *out_since_ms)
{
    const struct report_only_list *all = engine_report_only(site->engine);
    const int64_t now_ms = engine_now_ms(site->engine);
    const size_t count = report_only_count(all, tenant, now_ms);

    *out_since_ms = now_ms;
    for (size_t i = 0; i < all->count; i++) {
        const struct report_only *row = &all->rows[i];
        if ((!tenant || row->tenant == tenant) && row->since_ms < *out_since_ms &&
            report_only_find(all, row->tenant, span_of(row->line), now_ms))
            *out_since_ms = row->since_ms;
    }
    *out = (struct standing_words){
        STANDING_WARN,
        span_of(arena_printf(arena,
                             "%zu line%s in report-only mode: anybody can send calls and texts in "
                             "the carrier's name, and customers are sent nothing.",
                             count, count == 1 ? " is" : "s are"))};
    return count > 0;
}

static void part(struct site *site, struct json_out *json, const char *name,
                 const struct standing_words *words, int64_t since_ms)
{
    json_out_object(json, NULL);
    json_out_text(json, "name", span_of(name));
    item(site, json, words, since_ms);
    json_out_end_object(json);
}

static struct web_sight sight_of(struct site *site, struct arena *arena)
{
    struct web_sight sight = {.has_certificate = false};

    if (site->sight)
        site->sight(site->sight_ctx, arena, &sight);
    return sight;
}

/* What only the app knows; where it is well there is no part of it. */
static void parts_beside(struct site *site, struct json_out *json, const struct web_sight *sight)
{
    const struct {
        const char *name, *wrong;
        int64_t since_ms;
    } all[] = {{"heartbeat", sight->heartbeat, sight->heartbeat_ms},
               {"canary", sight->canary, 0},
               {"certificate", sight->certificate, 0}};

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (all[i].wrong)
            part(site, json, all[i].name,
                 &(struct standing_words){STANDING_WARN, span_of(all[i].wrong)}, all[i].since_ms);
}

void standing_out_tenant(struct site *site, struct json_out *json, const char *key, int32_t tenant)
{
    const struct standing *s = site->standing;
    const struct tenant *t = tenant ? vault_tenant(engine_vault(site->engine), tenant) : NULL;
    const bool is_shut = t && t->terms.state == TENANT_SUSPENDED;
    struct standing_words words[STANDING_PARTS], open;
    char at[TIMESTAMP_SIZE];
    int64_t open_ms;

    const enum standing_words_part worst = look(site, json->buf->arena, words);
    const bool is_open = open_words(site, json->buf->arena, tenant, &open, &open_ms);
    const struct web_sight beside = sight_of(site, json->buf->arena);
    const char *wrong = beside.canary        ? beside.canary
                        : beside.certificate ? beside.certificate
                                             : beside.heartbeat;
    json_out_object(json, key);
    if (is_shut)
        item(site, json, &shut, t->changed_ms);
    else if (is_open && words[worst].state < open.state)
        item(site, json, &open, open_ms);
    else if (wrong && !words[worst].state)
        item(site, json, &(struct standing_words){STANDING_WARN, span_of(wrong)},
             beside.heartbeat_ms);
    else
        item(site, json, words[worst].state ? &words[worst] : &all_well, s->worst_since_ms);
    json_out_list(json, "items");
    for (int i = 0; i < STANDING_PARTS; i++)
        part(site, json, standing_words_part_name((enum standing_words_part)i), &words[i],
             s->since_ms[i]);
    if (is_open)
        part(site, json, "report-only", &open, open_ms);
    if (is_shut)
        part(site, json, "host", &shut, t->changed_ms);
    parts_beside(site, json, &beside);
    json_out_end_list(json);
    timestamp_render(site->started_ms, at);
    json_out_text(json, "version", span_of(site->version));
    json_out_text(json, "started_at", span_of(at));
    json_out_end_object(json);
}

static uint64_t shut_mark(struct site *site)
{
    size_t count = 0;
    const struct tenant *tenants = vault_tenants(engine_vault(site->engine), &count);
    uint64_t mark = 0;

    for (size_t i = 0; i < count; i++)
        if (tenants[i].terms.state == TENANT_SUSPENDED)
            mark += (uint64_t)tenants[i].changed_ms * 31 + (uint64_t)tenants[i].id;
    return mark;
}

uint64_t standing_mark(struct site *site)
{
    struct standing_words words[STANDING_PARTS];
    struct arena *arena = arena_open(0);

    (void)look(site, arena, words);
    const struct web_sight sight = sight_of(site, arena);
    const unsigned beside =
        (sight.heartbeat ? 1 : 0) | (sight.certificate ? 2 : 0) | (sight.canary ? 4 : 0);
    site->standing->changes += beside != site->standing->beside;
    site->standing->beside = beside;
    const uint64_t shut_now = shut_mark(site);
    site->standing->changes += shut_now != site->standing->shut;
    site->standing->shut = shut_now;
    arena_close(&arena);
    return site->standing->changes;
}
