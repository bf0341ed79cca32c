#include "hooks/unproven.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "provider/webhook.h"
#include "visit/auth.h"
#include "visit/web_route.h"

/* Lines that are counted at once: the one that was counted last has the place of the oldest. */
enum { LINES = 64, WORDS_BYTES_MAX = 4096 };

struct counted {
    int32_t tenant;
    char line[LIMIT_NUMBER_SIZE];
    int64_t since_ms;
    struct unproven_count count;
};

struct unproven {
    struct counted lines[LINES];
    size_t next;
};

bool unproven_is_any(const struct site *site)
{
    return report_only_count(engine_report_only(site->engine), 0, engine_now_ms(site->engine)) > 0;
}

const struct report_only *unproven_line(const struct site *site, int32_t tenant, struct span line)
{
    return report_only_find(engine_report_only(site->engine), tenant, line,
                            engine_now_ms(site->engine));
}

/* ---- counting ---- */

static bool is_of(const struct counted *c, const struct report_only *row)
{
    return c->tenant == row->tenant && c->since_ms == row->since_ms &&
           strcmp(c->line, row->line) == 0;
}

static struct unproven_count *place_of(struct site *site, const struct report_only *row)
{
    if (!site->unproven)
        site->unproven = arena_must_alloc(sizeof *site->unproven);
    struct unproven *u = site->unproven;
    for (size_t i = 0; i < LINES; i++)
        if (is_of(&u->lines[i], row))
            return &u->lines[i].count;
    struct counted *c = &u->lines[u->next];
    u->next = (u->next + 1) % LINES;
    *c = (struct counted){.tenant = row->tenant, .since_ms = row->since_ms};
    memcpy(c->line, row->line, sizeof c->line);
    return &c->count;
}

struct unproven_count unproven_count(const struct site *site, const struct report_only *row)
{
    const struct unproven *u = site->unproven;

    for (size_t i = 0; u && i < LINES; i++)
        if (is_of(&u->lines[i], row))
            return u->lines[i].count;
    return (struct unproven_count){0};
}

void unproven_close(struct site *site)
{
    free(site->unproven);
    site->unproven = NULL;
}

void unproven_right(struct site *site, const struct report_only *row)
{
    struct unproven_count *c = place_of(site, row);

    c->right++;
    c->right_ms = engine_now_ms(site->engine);
}

/* The address without what its query says: a part of that is a key. */
static void add_address(struct buf *out, struct span url)
{
    struct span rest;
    char before = '?';

    buf_add(out, span_cut(url, '?', &rest));
    while (rest.size > 0) {
        struct span part = span_cut(rest, '&', &rest), value;
        buf_add_char(out, before);
        buf_add(out, span_cut(part, '=', &value));
        buf_add_text(out, "=...");
        before = '&';
    }
}

static struct span tried(struct visit *v, const struct form *form)
{
    struct signature_report report = {.count = 0};
    struct buf out = buf_in(v->arena, WORDS_BYTES_MAX);

    auth_explain(v, form, webhook_account(form), &report);
    for (size_t i = 0; i < report.count; i++) {
        buf_add_text(&out, i ? ", " : "");
        add_address(&out, report.trials[i].url);
        buf_printf(&out, " (%s, token %zu)", signature_port_name(report.trials[i].port),
                   report.trials[i].token + 1);
    }
    if (report.count == 0)
        buf_add_text(&out, "nothing");
    if (auth_has_signature(v) && !report.well_formed)
        buf_add_text(&out, "; the header is no signature at all");
    return buf_span(&out);
}

void unproven_wrong(struct visit *v, const struct report_only *row, const struct form *form)
{
    struct site *site = v->site;
    struct unproven_count *c = place_of(site, row);
    const struct span what = tried(v, form);

    c->wrong++;
    c->wrong_ms = engine_now_ms(site->engine);
    site->counts.unproven++;
    if (visit_may_complain(v))
        log_event(LOG_WARN, &(struct log_fields){.tenant = row->tenant},
                  "web: %s: would have been refused: the signature is %s; taken, as its line is in "
                  "report-only mode; tried: %.*s",
                  v->route->path, auth_has_signature(v) ? "wrong" : "missing", SPAN_ARG(what));
}
