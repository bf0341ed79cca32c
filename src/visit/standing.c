#include "visit/standing.h"

#include <stdlib.h>

#include "codec/timestamp.h"
#include "vault/vault.h"
#include "visit/standing_words.h"

struct standing {
    enum standing_words_state states[STANDING_PARTS], worst;
    int64_t since_ms[STANDING_PARTS], worst_since_ms; /* 0: since the start */
    uint64_t changes;
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

static void part(struct site *site, struct json_out *json, const char *name,
                 const struct standing_words *words, int64_t since_ms)
{
    json_out_object(json, NULL);
    json_out_text(json, "name", span_of(name));
    item(site, json, words, since_ms);
    json_out_end_object(json);
}

void standing_out_tenant(struct site *site, struct json_out *json, const char *key, int32_t tenant)
{
    const struct standing *s = site->standing;
    const struct tenant *t = tenant ? vault_tenant(engine_vault(site->engine), tenant) : NULL;
    const bool is_shut = t && t->terms.state == TENANT_SUSPENDED;
    struct standing_words words[STANDING_PARTS];
    char at[TIMESTAMP_SIZE];

    const enum standing_words_part worst = look(site, json->buf->arena, words);
    json_out_object(json, key);
    if (is_shut)
        item(site, json, &shut, t->changed_ms);
    else
        item(site, json, words[worst].state ? &words[worst] : &all_well, s->worst_since_ms);
    json_out_list(json, "items");
    for (int i = 0; i < STANDING_PARTS; i++)
        part(site, json, standing_words_part_name((enum standing_words_part)i), &words[i],
             s->since_ms[i]);
    if (is_shut)
        part(site, json, "host", &shut, t->changed_ms);
    json_out_end_list(json);
    timestamp_render(site->started_ms, at);
    json_out_text(json, "version", span_of(site->version));
    json_out_text(json, "started_at", span_of(at));
    json_out_end_object(json);
}

void standing_out(struct site *site, struct json_out *json, const char *key)
{
    standing_out_tenant(site, json, key, 0);
}

uint64_t standing_mark(struct site *site)
{
    struct standing_words words[STANDING_PARTS];
    struct arena *arena = arena_open(0);

    (void)look(site, arena, words);
    arena_close(&arena);
    return site->standing->changes;
}
