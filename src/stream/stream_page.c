#include "stream/stream_page.h"

#include <stdlib.h>
#include <string.h>

#include "api/row_out.h"
#include "base/check.h"
#include "codec/timestamp.h"
#include "journal/cursor.h"

enum {
    FIRST_BYTES = 64 << 10,
    /* Each event speaks of two rows at most: its subject and its thread. */
    ITEMS = 2 * STREAM_PAGE_EVENTS + STREAM_PAGE_TOUCHES,
    ROW_BYTES_MAX = 1 << 20,
    TEXT_BYTES_MAX = 16 << 20,
    RELAY_CHARACTERS = 300, /* as the board has them */
};

/* A row that is spoken of. */
struct item {
    enum store_change_kind kind;
    int64_t id;
    struct span json; /* empty: there is none with this id */
};

struct told {
    int64_t id;
    struct span json;
    const struct item *rows[2]; /* NULL: none */
};

struct reading_page {
    struct stream_page *page;
    struct told lines[STREAM_PAGE_EVENTS];
    size_t line_count;
    struct item items[ITEMS];
    size_t item_count;
    struct view_ask asks[ITEMS];
};

struct stream_page *stream_page_open(void)
{
    struct stream_page *page = arena_must_alloc(sizeof *page);

    memset(page, 0, sizeof *page);
    page->arena = arena_open(FIRST_BYTES);
    return page;
}

void stream_page_close(struct stream_page **page)
{
    if (!*page)
        return;
    arena_close(&(*page)->arena);
    free(*page);
    *page = NULL;
}

void stream_page_reset(struct stream_page *page)
{
    struct arena *arena = page->arena;

    arena_reset(arena);
    memset(page, 0, sizeof *page);
    page->arena = arena;
}

/* ---- the rows ---- */

static const struct {
    const char *prefix; /* of the kinds of events whose subject it is */
    const char *key;
    enum view view;
    size_t body_max;
} kinds[STORE_CHANGES] = {
    [STORE_CHANGE_EVENT] = {NULL, "event", VIEW_EVENTS, 0},
    [STORE_CHANGE_THREAD] = {"thread.", "thread", VIEW_THREADS, 0},
    [STORE_CHANGE_RELAY] = {"relay.", "relay", VIEW_RELAYS, RELAY_CHARACTERS},
    [STORE_CHANGE_CALL] = {"call.", "call", VIEW_CALLS, 0},
    [STORE_CHANGE_JOB] = {"job.", "job", VIEW_JOBS, 0},
    [STORE_CHANGE_MESSAGE] = {"text.", "message", VIEW_MESSAGES, 0},
};

static struct item *item_of(struct reading_page *r, enum store_change_kind kind, int64_t id)
{
    for (size_t i = 0; i < r->item_count; i++)
        if (r->items[i].kind == kind && r->items[i].id == id)
            return &r->items[i];
    CHECK(r->item_count < ITEMS);
    r->items[r->item_count] = (struct item){.kind = kind, .id = id};
    return &r->items[r->item_count++];
}

static enum store_change_kind subject_of(struct span kind)
{
    for (int k = 0; k < STORE_CHANGES; k++)
        if (kinds[k].prefix && span_starts(kind, span_of(kinds[k].prefix)))
            return (enum store_change_kind)k;
    return STORE_CHANGE_EVENT;
}

static struct span render(const struct stream_page *page, enum store_change_kind kind,
                          const struct view_cell *cells, size_t count)
{
    struct buf buf = buf_in(page->arena, ROW_BYTES_MAX);
    struct json_out json = json_out(&buf);

    row_out(&(struct row_out){.json = &json,
                              .roster = page->roster,
                              .hides_links = true,
                              .body_max = kinds[kind].body_max},
            NULL, cells, count);
    return buf.full ? (struct span){NULL, 0} : buf_span(&buf);
}

static void take_event(void *ctx, const struct view_cell *cells, size_t count)
{
    struct reading_page *r = ctx;
    struct span kind = {NULL, 0};
    int64_t thread = 0, subject = 0;

    if (r->line_count == STREAM_PAGE_EVENTS) {
        r->page->is_more = true;
        return;
    }
    struct told *line = &r->lines[r->line_count++];
    *line = (struct told){.json = render(r->page, STORE_CHANGE_EVENT, cells, count)};
    for (size_t i = 0; i < count; i++) {
        if (strcmp(cells[i].name, "id") == 0)
            line->id = cells[i].number;
        else if (strcmp(cells[i].name, "kind") == 0)
            kind = cells[i].text;
        else if (strcmp(cells[i].name, "thread_id") == 0)
            thread = cells[i].number;
        else if (strcmp(cells[i].name, "subject_id") == 0)
            subject = cells[i].number;
    }
    if (thread)
        line->rows[0] = item_of(r, STORE_CHANGE_THREAD, thread);
    const enum store_change_kind about = subject_of(kind);
    if (about != STORE_CHANGE_EVENT && subject &&
        !(about == STORE_CHANGE_THREAD && subject == thread))
        line->rows[1] = item_of(r, about, subject);
}

struct row_place {
    const struct stream_page *page;
    struct item *item;
};

static void take_row(void *ctx, const struct view_cell *cells, size_t count)
{
    const struct row_place *at = ctx;

    at->item->json = render(at->page, at->item->kind, cells, count);
}

/* All as of one instant, later than the events: what they did can be seen in them. */
static enum err read_rows(struct reading_page *r, struct store *store)
{
    const struct stream_page *page = r->page;
    struct row_place *places =
        ARENA_NEW_N(page->arena, struct row_place, r->item_count ? r->item_count : 1);

    for (size_t i = 0; i < r->item_count; i++) {
        places[i] = (struct row_place){page, &r->items[i]};
        r->asks[i] = (struct view_ask){
            .view = kinds[r->items[i].kind].view,
            .filter = {.tenant = page->tenant, .id = r->items[i].id, .limit = 1},
            .fn = take_row,
            .ctx = &places[i],
        };
    }
    return r->item_count ? store_views(store, r->asks, r->item_count) : ERR_NONE;
}

/* ---- the text ---- */

static void add_data(struct buf *out, const char *now, const struct told *line,
                     const struct item *only)
{
    struct json_out json = json_out(out);

    buf_add_text(out, "data: ");
    json_out_object(&json, NULL);
    json_out_text(&json, "now", span_of(now));
    if (line)
        json_out_raw(&json, "event", line->json);
    for (int i = 0; line && i < 2; i++)
        if (line->rows[i] && line->rows[i]->json.size)
            json_out_raw(&json, kinds[line->rows[i]->kind].key, line->rows[i]->json);
    if (only)
        json_out_raw(&json, kinds[only->kind].key, only->json);
    json_out_end_object(&json);
    buf_add_text(out, "\n\n");
}

static void write_changes(const struct reading_page *r, const char *now, struct buf *out)
{
    struct stream_page *page = r->page;

    for (size_t i = 0; i < r->line_count; i++) {
        const struct told *line = &r->lines[i];
        struct cursor place = {{0}};
        char id[CURSOR_SIZE];
        if (out->size > STREAM_PAGE_BYTES) {
            page->is_more = true;
            return;
        }
        cursor_note(&place, line->id);
        cursor_render(&place, id);
        buf_printf(out, "event: change\nid: %s\n", id);
        add_data(out, now, line, NULL);
        page->last = line->id;
        page->marks[page->mark_count].id = line->id;
        page->marks[page->mark_count++].end = out->size;
    }
}

static bool is_told(const struct reading_page *r, const struct item *item)
{
    for (size_t i = 0; i < r->page->mark_count; i++)
        if (r->lines[i].rows[0] == item || r->lines[i].rows[1] == item)
            return true;
    return false;
}

static void write_touches(const struct reading_page *r, size_t first, const char *now,
                          struct buf *out)
{
    struct stream_page *page = r->page;

    for (; page->touched_done < page->touched_count; page->touched_done++) {
        const struct news_row *row = &page->touched[page->touched_done];
        const struct item *item = NULL;
        if (out->size > STREAM_PAGE_BYTES)
            return;
        for (size_t i = 0; i < r->item_count && !item; i++)
            if (r->items[i].kind == row->kind && r->items[i].id == row->id)
                item = &r->items[i];
        if (!item || !item->json.size || (item < &r->items[first] && is_told(r, item)))
            continue;
        buf_add_text(out, "event: touch\n");
        add_data(out, now, NULL, item);
    }
}

/* Whether whoever comes back can be brought up to now from the log. */
static enum err look_back(struct stream_page *page, struct store *store)
{
    struct store_log_place place;

    const enum err e =
        store_log_place(store, page->tenant, page->after, STREAM_BEHIND_MAX + 1, &place);
    if (e)
        return e;
    page->must_reload = page->is_first && (page->after < place.gone || page->after > place.last ||
                                           place.behind > STREAM_BEHIND_MAX);
    if (page->must_reload)
        page->last = place.last;
    return ERR_NONE;
}

static enum err read_page(struct reading_page *r, struct store *store, int64_t now_ms)
{
    struct stream_page *page = r->page;
    struct buf out = buf_in(page->arena, TEXT_BYTES_MAX);
    char now[TIMESTAMP_SIZE];
    const struct view_filter filter = {
        .tenant = page->tenant, .after = page->after, .limit = STREAM_PAGE_EVENTS + 1};

    enum err e = store_view(store, VIEW_EVENTS_AFTER, &filter, take_event, r);
    const size_t first_touched = r->item_count;
    for (size_t i = 0; i < page->touched_count; i++)
        (void)item_of(r, page->touched[i].kind, page->touched[i].id);
    if (!e)
        e = read_rows(r, store);
    if (e)
        return e;
    timestamp_render(now_ms, now);
    write_changes(r, now, &out);
    write_touches(r, first_touched, now, &out);
    CHECK(!out.full);
    page->text = buf_span(&out);
    return ERR_NONE;
}

enum err stream_page_read(struct stream_page *page, struct store *store, int64_t now_ms)
{
    page->last = page->after;
    if (page->is_first) {
        const enum err e = look_back(page, store);
        if (e || page->must_reload)
            return e;
    }
    struct reading_page *r = ARENA_NEW(page->arena, struct reading_page);
    r->page = page;
    return read_page(r, store, now_ms);
}
