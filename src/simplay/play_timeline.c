#include "simplay/play_timeline.h"

#include <stdio.h>
#include <string.h>

#include "codec/json.h"

void play_timeline_time(int64_t ms, char out[PLAY_TIME_SIZE])
{
    snprintf(out, PLAY_TIME_SIZE, "%lld:%02d:%02d.%03d", (long long)(ms / 3600000),
             (int)(ms / 60000 % 60), (int)(ms / 1000 % 60), (int)(ms % 1000));
}

static void begin(struct play *p, int64_t at_ms, const char *kind)
{
    char time[PLAY_TIME_SIZE];

    play_timeline_time(at_ms - p->start_ms, time);
    buf_printf(&p->timeline, "%12s  %-8s ", time, kind);
}

/* Without the query, which is long and tells nobody anything. */
static void put_address(struct play *p, struct span address)
{
    struct span query;

    play_put_names(p, span_cut(address, '?', &query), &p->timeline);
}

static struct span text_of(const struct json *entry, const char *key)
{
    return json_text(json_get(entry, key));
}

static int64_t number_of(const struct json *entry, const char *key)
{
    int64_t n = 0;

    (void)json_number(json_get(entry, key), 0, INT64_MAX, &n);
    return n;
}

/* The whole body: where it is cut otherwise would depend on the length of an address. */
static void put_text(struct play *p, const struct json *entry)
{
    play_put_names(p, text_of(entry, "from"), &p->timeline);
    buf_add_text(&p->timeline, " -> ");
    play_put_names(p, text_of(entry, "to"), &p->timeline);
    buf_printf(&p->timeline, " %.*s: \"", SPAN_ARG(text_of(entry, "state")));
    play_put_names(p, text_of(entry, "body"), &p->timeline);
    buf_add_text(&p->timeline, "\"");
}

static void put_webhook(struct play *p, const struct json *entry)
{
    const int64_t status = number_of(entry, "status");

    buf_printf(&p->timeline, "%.*s ", SPAN_ARG(text_of(entry, "method")));
    put_address(p, text_of(entry, "url"));
    buf_printf(&p->timeline, status ? " -> %lld" : " -> no answer", (long long)status);
}

static void put_rest(struct play *p, const struct json *entry)
{
    buf_printf(&p->timeline, "%.*s ", SPAN_ARG(text_of(entry, "method")));
    put_address(p, text_of(entry, "target"));
    buf_printf(&p->timeline, " -> %lld", (long long)number_of(entry, "status"));
}

/* How each kind of note is told; NULL: by its own words. Kinds that are not here are left out. */
/* clang-format off */
static const struct {
    const char *kind;
    void (*put)(struct play *p, const struct json *entry);
} kinds[] = {
    {"phone", NULL}, {"call", NULL}, {"text", put_text}, {"webhook", put_webhook},
    {"rest", put_rest}, {"fault", NULL}, {"warning", NULL}, {"absent", NULL},
};
/* clang-format on */

static void put_entry(struct play *p, const struct json *entry)
{
    const struct span kind = text_of(entry, "kind");
    const bool reads =
        span_is(kind, SPAN("rest")) && span_is(text_of(entry, "method"), SPAN("GET"));

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0] && !reads; i++) {
        if (!span_is_text(kind, kinds[i].kind))
            continue;
        begin(p, number_of(entry, "at_ms"), kinds[i].kind);
        if (kinds[i].put)
            kinds[i].put(p, entry);
        else
            play_put_names(p, text_of(entry, "words"), &p->timeline);
        buf_add_char(&p->timeline, '\n');
    }
}

void play_timeline_follow(struct play *p)
{
    const struct sim_world *w = p->world;

    if (w->note_count - p->told > SIM_NOTES_MAX)
        p->told = w->note_count - SIM_NOTES_MAX;
    for (; p->told < w->note_count; p->told++) {
        struct json *root = NULL;
        struct json_place place;
        if (!json_parse(span_of(w->notes[p->told % SIM_NOTES_MAX].json), &root, &place))
            put_entry(p, root);
        json_close(&root);
    }
}

void play_timeline_statement(struct play *p, const struct play_statement *s)
{
    struct span rest;

    begin(p, clock_now_ms(p->clock), ">");
    buf_add(&p->timeline, span_trim(span_cut(s->text, '\n', &rest)));
    buf_add_text(&p->timeline, rest.size ? " ...\n" : "\n");
}
