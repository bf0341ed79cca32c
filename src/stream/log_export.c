#include "stream/log_export.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/id.h"
#include "base/log.h"
#include "codec/timestamp.h"
#include "stream/log_rows.h"

enum {
    PAGE_ARENA_BYTES = 128 << 10,
    PAGE_BYTES_MAX = 8 << 20,
    PIECE_BYTES = 64000, /* less than this waits for the peer: the next page is read */
    AGAIN_MS = 250,
    TRIES_MAX = 20, /* readings that fail in a row */
    DAYS_DEFAULT = 30,
    DAY_TEXT_BYTES = 10,
};

static const int64_t day_ms = INT64_C(24) * 3600 * 1000;

struct export
{
    struct export *next, *before;
    struct log_exports *all;
    struct http_stream *out; /* NULL: over; it waits for its reading alone */
    int32_t tenant;
    enum journal_format format;
    struct log_range range;
    int64_t after, count;
    bool has_chain;
    uint8_t chain[JOURNAL_HASH_BYTES]; /* of the last row */
    struct arena *arena;               /* of one page */
    struct buf text;
    int page;                 /* rows in the latest */
    size_t sent;              /* bytes of the text */
    bool is_reading, is_read; /* a page is read, and not all of it written */
    int tries;
    int64_t again_ns; /* not before */
    struct reading reading;
};

struct log_exports {
    struct site *site;
    struct loop *loop;
    struct export *first;
    unsigned count;
    bool is_draining;
};

static void free_export(struct export *x)
{
    if (x->before)
        x->before->next = x->next;
    else
        x->all->first = x->next;
    if (x->next)
        x->next->before = x->before;
    x->all->count--;
    arena_close(&x->arena);
    free(x);
}

static void leave(struct export *x)
{
    x->out = NULL;
    if (!x->is_reading)
        free_export(x);
}

static void gone(void *user)
{
    leave(user);
}

static void end(struct export *x)
{
    http_stream_end(x->out);
    leave(x);
}

/* ---- a page ---- */

static void take_row(void *ctx, const struct view_cell *cells, size_t count)
{
    struct export *x = ctx;
    const struct journal_line line = log_rows_line(x->tenant, cells, count);

    journal_text_render(x->format, &line, &x->text);
    x->after = line.row.id;
    x->page++;
    x->count++;
    if (line.has_chain) {
        x->has_chain = true;
        memcpy(x->chain, line.chain, sizeof x->chain);
    }
}

static struct export *export_of(struct reading *reading)
{
    return (struct export *)(void *)((char *)reading - offsetof(struct export, reading));
}

static enum err read_page(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct export *x = export_of(reading);

    (void)now_ms;
    x->page = 0;
    arena_reset(x->arena);
    x->text = buf_in(x->arena, PAGE_BYTES_MAX);
    const int64_t after = x->after, count = x->count;
    const enum err e = log_rows_page(store, x->tenant, &x->range, x->after, take_row, x);
    if (e) { /* from there once more */
        x->after = after;
        x->count = count;
        return e;
    }
    if (x->page < LOG_ROWS_A_PAGE) {
        struct journal_line line = {
            .part = JOURNAL_END, .count = x->count, .has_chain = x->has_chain};
        memcpy(line.chain, x->chain, sizeof line.chain);
        journal_text_render(x->format, &line, &x->text);
    }
    return x->text.full ? ERR_FULL : ERR_NONE;
}

static void page_is_read(struct reading *reading)
{
    struct export *x = export_of(reading);

    x->is_reading = false;
    if (!x->out) {
        free_export(x);
    } else if (!reading->err) {
        x->is_read = true;
        x->sent = 0;
        x->tries = 0;
        loop_wake(x->all->loop);
    } else if (++x->tries == TRIES_MAX) {
        log_event(LOG_WARN, &(struct log_fields){.tenant = x->tenant},
                  "export: the log cannot be read (%s): cut off", err_name(reading->err));
        end(x);
    } else {
        x->again_ns = clock_mono_ns() + (int64_t)AGAIN_MS * 1000000;
    }
}

static void start(struct export *x)
{
    x->is_reading = true;
    x->reading = (struct reading){.read = read_page, .done = page_is_read};
    x->reading.err = engine_browse(x->all->site->engine, &x->reading);
    if (x->reading.err)
        page_is_read(&x->reading);
}

/* Never more at once than fits beside what waits. */
static void write_on(struct export *x)
{
    const struct span text = buf_span(&x->text);

    while (x->sent < text.size && http_stream_waiting(x->out) < PIECE_BYTES) {
        struct span piece = span_skip(text, x->sent);
        if (piece.size > PIECE_BYTES)
            piece.size = PIECE_BYTES;
        if (http_stream_write(x->out, piece))
            return;
        x->sent += piece.size;
    }
    if (x->sent < text.size)
        return;
    x->is_read = false;
    if (x->page < LOG_ROWS_A_PAGE)
        end(x);
}

static int64_t turn(void *ctx)
{
    struct log_exports *all = ctx;
    const int64_t now_ns = clock_mono_ns();
    struct export *next;

    for (struct export *x = all->first; x; x = next) {
        next = x->next;
        if (!x->out || x->is_reading)
            continue;
        if (x->is_read)
            write_on(x);
        else if (now_ns >= x->again_ns)
            start(x);
    }
    return all->first ? AGAIN_MS : -1;
}

/* ---- opening ---- */

void log_export_open(struct site *site, struct loop *loop)
{
    struct log_exports *all = arena_must_alloc(sizeof *all);

    *all = (struct log_exports){.site = site, .loop = loop};
    site->exports = all;
    loop_add_turn(loop, turn, all);
}

void log_export_close(struct site *site)
{
    struct log_exports *all = site->exports;

    if (!all)
        return;
    loop_drop_turn(all->loop, turn, all);
    while (all->first)
        free_export(all->first);
    free(all);
    site->exports = NULL;
}

void log_export_drain(struct site *site)
{
    struct export *next;

    if (!site->exports)
        return;
    site->exports->is_draining = true;
    for (struct export *x = site->exports->first; x; x = next) {
        next = x->next;
        if (x->out)
            end(x);
    }
}

struct asked {
    enum journal_format format;
    struct log_range range;
    bool has_before;
    uint8_t before[JOURNAL_HASH_BYTES];
    const char *slug;
};

static enum err read_before(struct visit *v, struct store *store, int64_t now_ms)
{
    struct asked *w = v->own;
    struct store_log_place end;

    (void)now_ms;
    if (!w->range.until) { /* up to the row that is the last one now, however fast more come */
        const enum err e = store_log_place(store, v->tenant, 0, 1, &end);
        if (e)
            return e;
        w->range.until = end.last + 1;
    }
    return log_rows_before(store, v->tenant, &w->range, &w->has_before, w->before);
}

static const char *file_name(struct visit *v, const struct asked *w)
{
    char from[TIMESTAMP_SIZE], to[TIMESTAMP_SIZE];

    timestamp_render(w->range.from_ms, from);
    timestamp_render(w->range.to_ms, to);
    return arena_printf(v->arena, "attachment; filename=\"log-%s-%.*s-%.*s.%s\"", w->slug,
                        DAY_TEXT_BYTES, from, DAY_TEXT_BYTES, to, journal_format_name(w->format));
}

static void render_head(struct export *x, const struct asked *w)
{
    struct journal_line line = {
        .part = JOURNAL_BEGIN,
        .row = {.tenant = x->tenant},
        .slug = span_of(w->slug),
        .from_ms = w->range.from_ms,
        .to_ms = w->range.to_ms,
        .has_chain = w->has_before,
    };

    memcpy(line.chain, w->before, sizeof line.chain);
    x->text = buf_in(x->arena, PAGE_BYTES_MAX);
    journal_text_render(x->format, &(struct journal_line){.part = JOURNAL_COLUMNS}, &x->text);
    journal_text_render(x->format, &line, &x->text);
}

static void begin(struct visit *v)
{
    const struct asked w = *(const struct asked *)v->own;
    struct log_exports *all = v->site->exports;
    const bool is_csv = w.format == JOURNAL_CSV;
    const struct http_field fields[] = {{"Content-Disposition", span_of(file_name(v, &w))},
                                        {NULL, {NULL, 0}}};

    if (v->reading.err) {
        visit_fail_busy(v);
        return;
    }
    struct export *x = arena_must_alloc(sizeof *x);
    memset(x, 0, sizeof *x);
    x->all = all;
    x->tenant = v->tenant;
    x->format = w.format;
    x->range = w.range;
    x->has_chain = w.has_before;
    memcpy(x->chain, w.before, sizeof x->chain);
    x->arena = arena_open(PAGE_ARENA_BYTES);
    render_head(x, &w); /* before the visit ends, whose words these are */
    x->out =
        visit_stream(v, is_csv ? "text/csv; charset=utf-8; header=present" : "application/x-ndjson",
                     fields, gone, x);
    x->next = all->first;
    if (x->next)
        x->next->before = x;
    all->first = x;
    all->count++;
    if (!x->out) {
        free_export(x);
        return;
    }
    http_stream_pace(x->out);
    x->is_read = true;
    x->page = LOG_ROWS_A_PAGE;
    loop_wake(all->loop);
}

static bool take_format(struct visit *v, enum journal_format *out)
{
    const struct span text = form_get(&v->asked, "format");

    *out = JOURNAL_JSONL;
    if (text.size == 0 || journal_format_parse(text, out))
        return true;
    visit_fail(v, &(struct visit_error){
                      .status = 400, .message = "format is jsonl or csv", .field = "format"});
    return false;
}

static bool take_range(struct visit *v, struct log_range *r)
{
    if (!log_rows_range(v, r))
        return false;
    if (!r->to_ms)
        r->to_ms = engine_now_ms(v->site->engine) + 1;
    if (!r->from_ms)
        r->from_ms = r->to_ms - DAYS_DEFAULT * day_ms;
    if (r->to_ms - r->from_ms > LOG_EXPORT_DAYS * day_ms) {
        visit_fail(v, &(struct visit_error){.status = 400,
                                            .message = "a file holds at most 366 days",
                                            .field = "from",
                                            .help = "make one for each year"});
        return false;
    }
    r->since = id_floor(r->from_ms);
    return true;
}

void log_export_send(struct visit *v)
{
    struct asked *w = ARENA_NEW(v->arena, struct asked);
    const struct roster *roster = engine_roster(v->site->engine, v->tenant);

    v->own = w;
    w->slug = arena_text(v->arena, span_of(roster ? roster->tenant : ""));
    if (!take_format(v, &w->format) || !take_range(v, &w->range))
        return;
    if (v->site->exports->is_draining || v->site->exports->count >= LOG_EXPORTS)
        visit_fail(v, &(struct visit_error){.status = 503,
                                            .message = "too many exports are under way",
                                            .help = "wait until one of them is done",
                                            .header = "Retry-After",
                                            .value = "30"});
    else if (v->rq && span_is_text(v->rq->method, "HEAD"))
        visit_answer(v, &(struct visit_reply){.status = 200, .type = "application/x-ndjson"});
    else
        visit_look(v, read_before, begin);
}
