#include "journal/journal_text.h"

#include <string.h>

#include "base/id.h"
#include "codec/base64.h"
#include "codec/json.h"
#include "codec/timestamp.h"
#include "model/named.h"

static const char *const journal_format_names[JOURNAL_FORMATS] = {
    [JOURNAL_JSONL] = "jsonl",
    [JOURNAL_CSV] = "csv",
};

NAMED(journal_format, JOURNAL_FORMATS)

enum { COLUMNS = 10, MARK = 1 };

/* In this order in CSV. */
static const char *const columns[COLUMNS] = {"id",         "created_at", "kind",   "thread_id",
                                             "subject_id", "operator",   "detail", "is_alarm",
                                             "salt",       "chain"};

static struct span id_text(struct arena *arena, int64_t id)
{
    char *text = arena_alloc(arena, ID_TEXT_SIZE + 1);

    if (!id)
        return (struct span){NULL, 0};
    id_render(id, text);
    return span_of(text);
}

static struct span time_text(struct arena *arena, int64_t at_ms)
{
    char *text = arena_alloc(arena, TIMESTAMP_SIZE);

    if (!at_ms)
        return (struct span){NULL, 0};
    timestamp_render(at_ms, text);
    return span_of(text);
}

static struct span chain_text(struct arena *arena, const struct journal_line *line)
{
    if (line->part != JOURNAL_END && !line->has_chain)
        return (struct span){NULL, 0};
    return base64_hex_render(arena, line->chain, sizeof line->chain);
}

static struct span hex_or_null(struct arena *arena, struct span bytes)
{
    return bytes.size ? base64_hex_render(arena, bytes.data, bytes.size) : (struct span){NULL, 0};
}

static struct span or_null(struct span text)
{
    return text.size ? text : (struct span){NULL, 0};
}

/* ---- JSON ---- */

static void begin_json(struct json_out *j, struct arena *arena, const struct journal_line *line)
{
    json_out_number(j, "nextring_log", MARK);
    json_out_text(j, "tenant", line->slug);
    json_out_number(j, "tenant_number", line->row.tenant);
    json_out_text_or_null(j, "from", time_text(arena, line->from_ms));
    json_out_text_or_null(j, "to", time_text(arena, line->to_ms));
    json_out_text_or_null(j, "chain", chain_text(arena, line));
}

static void row_json(struct json_out *j, struct arena *arena, const struct journal_line *line)
{
    const struct journal_row *row = &line->row;

    json_out_text_or_null(j, "id", id_text(arena, row->id));
    json_out_text_or_null(j, "created_at", time_text(arena, row->at_ms));
    json_out_text(j, "kind", row->kind);
    json_out_text_or_null(j, "thread_id", id_text(arena, row->thread));
    json_out_text_or_null(j, "subject_id", id_text(arena, row->subject));
    json_out_text_or_null(j, "operator", or_null(row->operator_id));
    json_out_text_or_null(j, "detail", or_null(row->detail));
    json_out_bool(j, "is_alarm", row->alarm);
    json_out_text_or_null(j, "salt", hex_or_null(arena, row->salt));
    json_out_text_or_null(j, "chain", chain_text(arena, line));
}

static void render_json(const struct journal_line *line, struct buf *out)
{
    struct json_out j = json_out(out);

    json_out_object(&j, NULL);
    if (line->part == JOURNAL_BEGIN)
        begin_json(&j, out->arena, line);
    if (line->part == JOURNAL_ROW)
        row_json(&j, out->arena, line);
    if (line->part == JOURNAL_END) {
        json_out_number(&j, "count", line->count);
        json_out_text_or_null(&j, "chain", chain_text(out->arena, line));
    }
    json_out_end_object(&j);
    buf_add_char(out, '\n');
}

/* ---- CSV ---- */

static bool is_taken_for_more(char first)
{
    return first && strchr("=+-@\t\r'", first);
}

static void add_cell(struct buf *out, struct span text, bool is_last)
{
    if (text.size) {
        buf_add_char(out, '"');
        if (is_taken_for_more(text.data[0]))
            buf_add_char(out, '\'');
        for (size_t i = 0; i < text.size; i++) {
            if (text.data[i] == '"')
                buf_add_char(out, '"');
            buf_add_char(out, text.data[i]);
        }
        buf_add_char(out, '"');
    }
    buf_add_text(out, is_last ? "\r\n" : ",");
}

static void render_csv(const struct journal_line *line, struct buf *out)
{
    struct arena *arena = out->arena;
    const struct journal_row *row = &line->row;
    struct span cells[COLUMNS] = {{NULL, 0}};

    if (line->part == JOURNAL_COLUMNS) {
        for (int i = 0; i < COLUMNS; i++)
            cells[i] = span_of(columns[i]);
    } else if (line->part == JOURNAL_ROW) {
        const struct span all[COLUMNS] = {id_text(arena, row->id),
                                          time_text(arena, row->at_ms),
                                          row->kind,
                                          id_text(arena, row->thread),
                                          id_text(arena, row->subject),
                                          row->operator_id,
                                          row->detail,
                                          span_of(row->alarm ? "true" : "false"),
                                          hex_or_null(arena, row->salt)};
        memcpy(cells, all, sizeof cells);
    } else if (line->part == JOURNAL_BEGIN) {
        cells[1] = time_text(arena, line->from_ms);
        cells[2] = SPAN("log.begin");
        cells[4] = span_of(arena_printf(arena, "%d", (int)row->tenant));
        cells[5] = line->slug;
        cells[6] = time_text(arena, line->to_ms);
    } else {
        cells[2] = SPAN("log.end");
        cells[4] = span_of(arena_printf(arena, "%lld", (long long)line->count));
    }
    if (line->part != JOURNAL_COLUMNS)
        cells[COLUMNS - 1] = chain_text(arena, line);
    for (int i = 0; i < COLUMNS; i++)
        add_cell(out, cells[i], i == COLUMNS - 1);
}

void journal_text_render(enum journal_format format, const struct journal_line *line,
                         struct buf *out)
{
    if (format == JOURNAL_CSV)
        render_csv(line, out);
    else if (line->part != JOURNAL_COLUMNS)
        render_json(line, out);
}

/* ---- and back: both forms become the same ten cells ---- */

static const char *take_id(struct span text, const char *why, int64_t *out)
{
    return text.size == 0 || id_parse(text, out) ? NULL : why;
}

static const char *take_time(struct span text, const char *why, int64_t *out)
{
    bool local;

    return text.size == 0 || (timestamp_parse(text, out, &local) && !local) ? NULL : why;
}

static const char *take_hash(struct span text, struct journal_line *line)
{
    line->has_chain = text.size > 0;
    if (!line->has_chain || base64_hex_parse(text, line->chain, sizeof line->chain))
        return NULL;
    return "its chain is no hash";
}

static const char *take_salt(struct arena *arena, struct span text, struct span *out)
{
    const size_t size = text.size / 2;

    if (size == 0)
        return NULL;
    if (size != JOURNAL_SALT_BYTES && size != JOURNAL_HASH_BYTES)
        return "its salt is of a wrong size";
    char *bytes = arena_alloc(arena, size);
    *out = (struct span){bytes, size};
    return base64_hex_parse(text, bytes, size) ? NULL : "its salt is no hexadecimal number";
}

static const char *take_row(struct arena *arena, const struct span *cells,
                            struct journal_line *line)
{
    struct journal_row *row = &line->row;
    const char *why = take_id(cells[0], "its id is none", &row->id);

    if (!why && !row->id)
        why = "it has no id";
    if (!why)
        why = take_time(cells[1], "its created_at is no time", &row->at_ms);
    if (!why)
        why = take_id(cells[3], "its thread_id is none", &row->thread);
    if (!why)
        why = take_id(cells[4], "its subject_id is none", &row->subject);
    if (!why && (cells[2].size > JOURNAL_NAME_MAX || cells[5].size > JOURNAL_NAME_MAX))
        why = "its kind or operator is too long";
    if (!why)
        why = take_salt(arena, cells[8], &row->salt);
    row->kind = cells[2];
    row->operator_id = cells[5];
    row->detail = cells[6];
    row->alarm = span_is_text(cells[7], "true");
    return why;
}

static const char *take_begin(const struct span *cells, struct journal_line *line)
{
    int64_t number;
    const char *why = take_time(cells[1], "its beginning is no time", &line->from_ms);

    if (!why)
        why = take_time(cells[6], "its end is no time", &line->to_ms);
    if (!why && !span_number(cells[4], 0, INT32_MAX, &number))
        why = "it does not tell whose log it is";
    if (!why)
        line->row.tenant = (int32_t)number;
    line->slug = cells[5];
    return why;
}

static const char *take_cells(struct arena *arena, const struct span *cells,
                              struct journal_line *line)
{
    const char *why = NULL;

    if (span_is_text(cells[0], columns[0]) && span_is_text(cells[1], columns[1])) {
        line->part = JOURNAL_COLUMNS;
        return NULL;
    }
    if (span_is_text(cells[2], "log.begin")) {
        line->part = JOURNAL_BEGIN;
        why = take_begin(cells, line);
    } else if (span_is_text(cells[2], "log.end")) {
        line->part = JOURNAL_END;
        if (!span_number(cells[4], 0, INT64_MAX, &line->count))
            why = "it does not tell how many rows there were";
    } else {
        line->part = JOURNAL_ROW;
        why = take_row(arena, cells, line);
    }
    return why ? why : take_hash(cells[COLUMNS - 1], line);
}

/* False: the record has other than ten cells, or quotes that do not end. */
static bool split(struct arena *arena, struct span text, struct span *cells)
{
    size_t at = 0;

    while (text.size && strchr("\r\n", text.data[text.size - 1]))
        text.size--;
    for (int i = 0; i < COLUMNS; i++) {
        char *out = arena_alloc(arena, text.size - at + 1);
        size_t size = 0;
        bool quoted = false;
        for (; at < text.size && (quoted || text.data[at] != ','); at++) {
            if (text.data[at] != '"')
                out[size++] = text.data[at];
            else if (quoted && at + 1 < text.size && text.data[at + 1] == '"')
                out[size++] = text.data[at++];
            else
                quoted = !quoted;
        }
        const bool is_marked = size > 0 && out[0] == '\'';
        cells[i] = (struct span){out + is_marked, size - is_marked};
        const bool is_last = i == COLUMNS - 1;
        if (quoted || is_last != (at == text.size))
            return false;
        at++;
    }
    return true;
}

static const char *parse_csv(struct arena *arena, struct span text, struct journal_line *out)
{
    struct span cells[COLUMNS];

    if (!split(arena, text, cells))
        return "it has other than ten cells";
    return take_cells(arena, cells, out);
}

static struct span copy_text(struct arena *arena, const struct json *object, const char *key)
{
    const struct span text = json_text(json_get(object, key));

    return text.size ? arena_copy(arena, text) : (struct span){NULL, 0};
}

static struct span copy_number(struct arena *arena, const struct json *object, const char *key)
{
    int64_t number;

    if (!json_number(json_get(object, key), 0, INT64_MAX, &number))
        return (struct span){NULL, 0};
    return span_of(arena_printf(arena, "%lld", (long long)number));
}

static void json_cells(struct arena *arena, const struct json *object, struct span *cells)
{
    for (int i = 0; i < COLUMNS; i++)
        cells[i] = copy_text(arena, object, columns[i]);
    if (json_get(object, "nextring_log")) {
        cells[1] = copy_text(arena, object, "from");
        cells[2] = SPAN("log.begin");
        cells[4] = copy_number(arena, object, "tenant_number");
        cells[5] = copy_text(arena, object, "tenant");
        cells[6] = copy_text(arena, object, "to");
    } else if (json_get(object, "count")) {
        cells[2] = SPAN("log.end");
        cells[4] = copy_number(arena, object, "count");
    }
    cells[7] = json_bool(json_get(object, columns[7])) ? SPAN("true") : SPAN("false");
}

static const char *parse_json(struct arena *arena, struct span text, struct journal_line *out)
{
    struct span cells[COLUMNS];
    struct json_place place;
    struct json *root;

    if (json_parse(text, &root, &place))
        return "it is no JSON";
    const bool is_object = json_type(root) == JSON_OBJECT;
    if (is_object)
        json_cells(arena, root, cells);
    json_close(&root);
    return is_object ? take_cells(arena, cells, out) : "it is no JSON object";
}

enum err journal_text_parse(enum journal_format format, struct arena *arena, struct span text,
                            struct journal_line *out, const char **why)
{
    struct journal_line line = {.part = JOURNAL_ROW};

    const char *wrong =
        format == JOURNAL_CSV ? parse_csv(arena, text, &line) : parse_json(arena, text, &line);
    if (wrong) {
        *why = wrong;
        return ERR_BAD_INPUT;
    }
    *out = line;
    return ERR_NONE;
}
