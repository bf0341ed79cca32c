#include "stream/log_api.h"

#include <stdio.h>
#include <string.h>

#include "api/row_out.h"
#include "base/id.h"
#include "codec/digest.h"
#include "codec/json_instant.h"
#include "journal/journal_check.h"
#include "stream/log_rows.h"

enum {
    LIMIT_DEFAULT = 50,
    LIMIT_MAX = 500,
    LIST_BYTES_MAX = 8 << 20,
    ROW_BYTES_MAX = 64 << 10,
    ANSWER_BYTES_MAX = 4096,
    WORDS_MAX = 100, /* bytes of what is looked for */
};

/* ---- the list ---- */

struct row {
    int64_t id;
    struct span json;
};

struct list {
    struct view_filter filter;
    const struct roster *roster;
    bool is_forward; /* towards now */
    bool hides_links;
    int limit;
    struct arena *arena;
    struct row *rows; /* one more than the limit shows that there is more */
    int count;
    struct buf buf;
};

static void take_row(void *ctx, const struct view_cell *cells, size_t count)
{
    struct list *l = ctx;
    struct buf buf = buf_in(l->arena, ROW_BYTES_MAX);
    struct json_out json = json_out(&buf);

    row_out(&(struct row_out){.json = &json, .roster = l->roster, .hides_links = l->hides_links},
            NULL, cells, count);
    l->rows[l->count++] = (struct row){cells[0].number, buf_span(&buf)};
}

static void add_cursor(struct json_out *json, const char *key, int64_t id)
{
    char text[ID_TEXT_SIZE + 1];

    if (!id) {
        json_out_null(json, key);
        return;
    }
    id_render(id, text);
    json_out_text(json, key, span_of(text));
}

static enum err read_list(struct visit *v, struct store *store, int64_t now_ms)
{
    struct list *l = v->own;
    struct json_out json = json_out(&l->buf);

    (void)now_ms;
    const enum err e =
        store_view(store, l->is_forward ? VIEW_EVENTS_AFTER : VIEW_EVENTS, &l->filter, take_row, l);
    if (e)
        return e;
    const bool is_more = l->count > l->limit;
    const int count = is_more ? l->limit : l->count;
    json_out_object(&json, NULL);
    json_out_list(&json, "items");
    for (int i = 0; i < count; i++)
        json_out_raw(&json, NULL, l->rows[l->is_forward ? count - 1 - i : i].json);
    json_out_end_list(&json);
    const int64_t newest = count ? l->rows[l->is_forward ? count - 1 : 0].id : 0;
    const int64_t oldest = count ? l->rows[l->is_forward ? 0 : count - 1].id : 0;
    add_cursor(&json, "next", l->is_forward || is_more ? oldest : 0);
    add_cursor(&json, "previous", newest);
    json_out_end_object(&json);
    return l->buf.full ? ERR_FULL : ERR_NONE;
}

static void listed(struct visit *v)
{
    const struct list *l = v->own;

    if (v->reading.err)
        visit_fail_busy(v);
    else
        visit_answer_json(v, 200, &l->buf);
}

static void bad(struct visit *v, const char *field, const char *message)
{
    visit_fail(v, &(struct visit_error){.status = 400, .field = field, .message = message});
}

/* As a pattern of LIKE that finds the words anywhere. */
static struct span pattern_of(struct arena *arena, struct span words)
{
    struct buf buf = buf_in(arena, 2 * WORDS_MAX + 3);

    buf_add_char(&buf, '%');
    for (size_t i = 0; i < words.size; i++) {
        if (memchr("%_\\", words.data[i], 3))
            buf_add_char(&buf, '\\');
        buf_add_char(&buf, words.data[i]);
    }
    buf_add_char(&buf, '%');
    return buf_span(&buf);
}

/* False: it has been answered. */
static bool take_id(struct visit *v, const char *name, int64_t *out)
{
    const struct span text = form_get(&v->asked, name);

    if (text.size == 0 || id_parse(text, out))
        return true;
    bad(v, name,
        strcmp(name, "thread") == 0 ? "thread is an id" : "is no cursor of an earlier answer");
    return false;
}

static bool take_page(struct visit *v, struct list *l)
{
    const struct span limit = form_get(&v->asked, "limit");
    int64_t rows = LIMIT_DEFAULT, before = 0;

    if (limit.data && !span_number(limit, 1, LIMIT_MAX, &rows)) {
        bad(v, "limit", "limit is a number from 1 to 500");
        return false;
    }
    if (!take_id(v, "after", &l->filter.after) || !take_id(v, "before", &before))
        return false;
    if (before && l->filter.after) {
        bad(v, "before", "either after or before");
        return false;
    }
    l->is_forward = before != 0;
    if (before)
        l->filter.after = before;
    l->limit = (int)rows;
    l->filter.limit = l->limit + 1;
    return true;
}

static bool take_filter(struct visit *v, struct list *l)
{
    const struct span words = span_trim(form_get(&v->asked, "q"));
    const struct span alarm = form_get(&v->asked, "alarm");
    struct log_range range;

    if (words.size > WORDS_MAX) {
        bad(v, "q", "longer than 100 bytes");
        return false;
    }
    if (alarm.size && !span_is_text(alarm, "1") && !span_is_text(alarm, "0")) {
        bad(v, "alarm", "alarm is 1 or 0");
        return false;
    }
    if (!take_id(v, "thread", &l->filter.thread) || !log_rows_range(v, &range))
        return false;
    l->filter.since = range.since;
    l->filter.until = range.until;
    l->filter.alarms = span_is_text(alarm, "1");
    l->filter.kind = form_get(&v->asked, "kind");
    l->filter.operator_id = form_get(&v->asked, "operator");
    if (words.size)
        l->filter.match = pattern_of(v->arena, words);
    return true;
}

void log_api_list(struct visit *v)
{
    struct list *l = ARENA_NEW(v->arena, struct list);

    l->filter.tenant = v->tenant;
    l->roster = engine_roster(v->site->engine, v->tenant);
    l->hides_links = v->listener != WEB_CONTROL;
    l->arena = v->arena;
    l->buf = buf_in(v->arena, LIST_BYTES_MAX);
    v->own = l;
    if (!take_page(v, l) || !take_filter(v, l))
        return;
    l->rows = ARENA_NEW_N(v->arena, struct row, (size_t)l->limit + 1);
    /* What only an index answers is quick; the rest may look at the whole log. */
    if (l->filter.match.size || l->filter.kind.size || l->filter.operator_id.size)
        visit_browse(v, read_list, listed);
    else
        visit_look(v, read_list, listed);
}

/* ---- whole or not ---- */

struct verify {
    struct log_range range;
    struct journal_check check;
    int64_t broken_ms;
    int page; /* rows in the latest */
};

static void check_row(void *ctx, const struct view_cell *cells, size_t count)
{
    struct verify *x = ctx;
    const struct journal_line line = log_rows_line(x->check.tenant, cells, count);
    const bool was_whole = !x->check.why;

    x->page++;
    journal_check_row(&x->check, &line.row, line.has_chain ? line.chain : NULL);
    if (was_whole && x->check.why)
        x->broken_ms = line.row.at_ms;
}

static enum err read_all(struct visit *v, struct store *store, int64_t now_ms)
{
    struct verify *x = v->own;
    uint8_t before[JOURNAL_HASH_BYTES];
    bool has_before = false;

    (void)now_ms;
    enum err e = log_rows_before(store, v->tenant, &x->range, &has_before, before);
    x->check = journal_check_begin(v->tenant, has_before ? before : NULL);
    x->check.hash = digest_hash_open();
    do {
        x->page = 0;
        if (!e)
            e = log_rows_page(store, v->tenant, &x->range, x->check.last_id, check_row, x);
    } while (!e && x->page == LOG_ROWS_A_PAGE);
    digest_hash_close(&x->check.hash);
    return e;
}

static const char *words_of(struct arena *arena, const struct journal_check *c)
{
    char id[ID_TEXT_SIZE + 1];

    if (c->why) {
        id_render(c->broken_id, id);
        return arena_printf(arena, "the log is not whole: row %s: %s", id, c->why);
    }
    if (c->count == 0)
        return "nothing happened in this time";
    if (c->unchained == c->count)
        return "these rows are from before the log had a chain: nothing can be said of them";
    if (c->unchained)
        return arena_printf(arena, "whole; %lld rows are from before the log had a chain",
                            (long long)c->unchained);
    return "whole: each row fits the one before it";
}

static void hex_out(struct json_out *json, const char *key, const uint8_t *bytes, size_t size)
{
    char text[2 * JOURNAL_HASH_BYTES + 1];

    for (size_t i = 0; i < size; i++)
        snprintf(text + 2 * i, 3, "%02x", bytes[i]);
    json_out_text(json, key, span_of(text));
}

static void verified(struct visit *v)
{
    const struct verify *x = v->own;
    const struct journal_check *c = &x->check;
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);

    if (v->reading.err) {
        visit_fail_busy(v);
        return;
    }
    json_out_object(&json, NULL);
    json_out_bool(&json, "is_whole", c->why == NULL);
    json_out_number(&json, "count", c->count);
    json_instant(&json, "first_at", c->first_ms);
    json_instant(&json, "last_at", c->last_ms);
    if (c->is_chained)
        hex_out(&json, "head", c->chain, sizeof c->chain);
    else
        json_out_null(&json, "head");
    json_instant(&json, "broken_at", x->broken_ms);
    add_cursor(&json, "broken_id", c->broken_id);
    json_out_text(&json, "words", span_of(words_of(v->arena, c)));
    json_out_end_object(&json);
    visit_answer_json(v, 200, &body);
}

void log_api_verify(struct visit *v)
{
    struct verify *x = ARENA_NEW(v->arena, struct verify);

    v->own = x;
    if (log_rows_range(v, &x->range))
        visit_browse(v, read_all, verified);
}
