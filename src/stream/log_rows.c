#include "stream/log_rows.h"

#include <string.h>

#include "base/id.h"
#include "codec/timestamp.h"

enum { DAY_TEXT_BYTES = 10 };

static bool take_instant(struct visit *v, const char *name, int64_t *out_ms)
{
    const struct span text = form_get(&v->asked, name);
    bool is_local = false;

    if (text.size == 0)
        return true;
    const struct span whole =
        text.size == DAY_TEXT_BYTES
            ? span_of(arena_printf(v->arena, "%.*sT00:00:00Z", SPAN_ARG(text)))
            : text;
    if (timestamp_parse(whole, out_ms, &is_local) && !is_local && *out_ms > 0)
        return true;
    visit_fail(v, &(struct visit_error){.status = 400,
                                        .message = "this is no instant",
                                        .field = name,
                                        .help = "write 2026-11-24T02:05:00Z, or a day: 2026-11-24"
                                                " (a '+' in an address is %2B)"});
    return false;
}

/* The id that an instant begins with; 0, no bound, without one. */
static int64_t bound(int64_t at_ms)
{
    const int64_t id = id_floor(at_ms);

    return id || !at_ms ? id : 1;
}

bool log_rows_range(struct visit *v, struct log_range *out)
{
    *out = (struct log_range){0};
    if (!take_instant(v, "from", &out->from_ms) || !take_instant(v, "to", &out->to_ms))
        return false;
    if (out->to_ms && out->to_ms <= out->from_ms) {
        visit_fail(v, &(struct visit_error){.status = 400,
                                            .message = "the end is not after the beginning",
                                            .field = "to"});
        return false;
    }
    out->since = bound(out->from_ms);
    out->until = bound(out->to_ms);
    return true;
}

enum err log_rows_before(struct store *store, int32_t tenant, const struct log_range *range,
                         bool *out_has, uint8_t out[JOURNAL_HASH_BYTES])
{
    struct store_log_place place;
    int64_t last = range->since ? range->since - 1 : 0;

    enum err e = store_log_place(store, tenant, last, 1, &place);
    if (!e && place.gone > last) {
        last = place.gone; /* nothing of the range before that is there */
        e = store_log_place(store, tenant, last, 1, &place);
    }
    if (e)
        return e;
    *out_has = place.has_chain;
    memcpy(out, place.chain, JOURNAL_HASH_BYTES);
    return ERR_NONE;
}

enum err log_rows_page(struct store *store, int32_t tenant, const struct log_range *range,
                       int64_t after, view_row_fn *fn, void *ctx)
{
    const struct view_filter filter = {
        .tenant = tenant,
        .after = after,
        .since = range->since,
        .until = range->until,
        .limit = LOG_ROWS_A_PAGE,
    };

    return store_view(store, VIEW_LOG, &filter, fn, ctx);
}

static void take_number(struct journal_row *row, const struct view_cell *cell)
{
    if (strcmp(cell->name, "id") == 0)
        row->id = cell->number;
    else if (strcmp(cell->name, "created_at") == 0)
        row->at_ms = cell->number;
    else if (strcmp(cell->name, "thread_id") == 0)
        row->thread = cell->number;
    else if (strcmp(cell->name, "subject_id") == 0)
        row->subject = cell->number;
    else if (strcmp(cell->name, "is_alarm") == 0)
        row->alarm = cell->number != 0;
}

static void take_text(struct journal_line *line, const struct view_cell *cell)
{
    struct journal_row *row = &line->row;

    if (strcmp(cell->name, "kind") == 0)
        row->kind = cell->text;
    else if (strcmp(cell->name, "operator") == 0)
        row->operator_id = cell->text;
    else if (strcmp(cell->name, "detail") == 0)
        row->detail = cell->text;
    else if (strcmp(cell->name, "salt") == 0)
        row->salt = cell->text;
    else if (strcmp(cell->name, "chain") == 0 && cell->text.size == sizeof line->chain) {
        line->has_chain = true;
        memcpy(line->chain, cell->text.data, sizeof line->chain);
    }
}

struct journal_line log_rows_line(int32_t tenant, const struct view_cell *cells, size_t count)
{
    struct journal_line line = {.part = JOURNAL_ROW, .row = {.tenant = tenant}};

    for (size_t i = 0; i < count; i++)
        if (cells[i].type == VIEW_NUMBER)
            take_number(&line.row, &cells[i]);
        else if (cells[i].type == VIEW_TEXT)
            take_text(&line, &cells[i]);
    return line;
}
