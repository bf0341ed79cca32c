#include "api/thread_api.h"

#include <string.h>

#include "api/row_out.h"
#include "base/buf.h"
#include "base/id.h"
#include "base/utf8.h"
#include "codec/phone.h"
#include "visit/fields.h"

enum {
    LIMIT_DEFAULT = 50,
    LIMIT_MAX = 200,
    PAGE_BYTES_MAX = 4 << 20,
    WORDS_MIN = 2, /* characters: one alone is nearly everywhere */
    WORDS_BYTES_MAX = 400,
    DIGITS_MIN = 4, /* fewer are no end of a number */
    CURSOR_SIZE = 2 * ID_TEXT_SIZE,
};

struct inbox {
    struct view_filter filter;
    int limit; /* rows to be given; one more is asked for, to know whether there is one */
    int rows;
    bool more;
    int64_t last_id, last_ms; /* of the last row given */
    struct row_out out;
    struct buf buf;
    struct json_out json;
};

/* ---- what is asked ---- */

/* The cursor: where the last row given stands, its instant and its id as two ids. */
static bool take_after(struct span text, struct view_filter *f)
{
    return text.size == CURSOR_SIZE &&
           id_parse((struct span){text.data, ID_TEXT_SIZE}, &f->after_ms) &&
           id_parse(span_skip(text, ID_TEXT_SIZE), &f->after);
}

/* A LIKE pattern that finds these words anywhere. What would end a line in them is a space. */
static struct span pattern_of(struct arena *arena, struct span words)
{
    struct buf out = buf_in(arena, 2 * WORDS_BYTES_MAX + 2);

    buf_add_char(&out, '%');
    for (size_t i = 0; i < words.size; i++) {
        const char c = words.data[i];
        if (c == '%' || c == '_' || c == '\\')
            buf_add_char(&out, '\\');
        buf_add_char(&out, (unsigned char)c < ' ' || c == 0x7f ? ' ' : c);
    }
    buf_add_char(&out, '%');
    return buf_span(&out);
}

/* "(619) 555-0150" and "0150" are numbers, "5 pipes" is none. */
static bool is_number_like(struct span words)
{
    size_t digits = 0;

    for (size_t i = 0; i < words.size; i++) {
        if (words.data[i] >= '0' && words.data[i] <= '9')
            digits++;
        else if (!strchr("+-(). /", words.data[i]))
            return false;
    }
    return digits >= DIGITS_MIN;
}

/* The whole number when it is one, else one that ends so. */
static struct span digits_of(struct visit *v, struct span words)
{
    const struct roster *roster = engine_roster(v->site->engine, v->tenant);
    struct buf out = buf_in(v->arena, WORDS_BYTES_MAX + 2);
    char number[PHONE_TEXT_SIZE];

    if (!is_number_like(words))
        return (struct span){NULL, 0};
    if (!phone_parse(words.data, words.size, roster ? roster->region : NULL, number))
        return arena_copy(v->arena, span_of(number));
    buf_add_char(&out, '%');
    for (size_t i = 0; i < words.size; i++)
        if (words.data[i] >= '0' && words.data[i] <= '9')
            buf_add_char(&out, words.data[i]);
    return buf_span(&out);
}

/* False: it has been answered. */
static bool take_words(struct visit *v, struct view_filter *f)
{
    struct span words = form_get(&v->asked, "q");
    /* A '+' that was not escaped has become a space. */
    const bool has_plus =
        words.size > 1 && words.data[0] == ' ' && words.data[1] >= '0' && words.data[1] <= '9';

    words = span_trim(words);
    if (!words.size)
        return true;
    if (words.size > WORDS_BYTES_MAX) {
        fields_refuse(v, "q", "longer than 400 bytes: a few words find more");
        return false;
    }
    if (utf8_count(words) < WORDS_MIN) {
        fields_refuse(v, "q", "one character is too little to look for");
        return false;
    }
    f->match = pattern_of(v->arena, words);
    f->digits =
        digits_of(v, has_plus ? span_of(arena_printf(v->arena, "+%.*s", SPAN_ARG(words))) : words);
    return true;
}

static bool is_state(struct span state)
{
    return !state.size || span_is_text(state, "open") || span_is_text(state, "closed") ||
           span_is_text(state, "waiting");
}

/* False: it has been answered. */
static bool take_line(struct visit *v, struct view_filter *f)
{
    const struct roster *roster = engine_roster(v->site->engine, v->tenant);
    const struct span line = form_get(&v->asked, "line");
    char *number = arena_alloc(v->arena, PHONE_TEXT_SIZE);

    if (!line.size)
        return true;
    const struct span text =
        line.data[0] == ' '
            ? span_of(arena_printf(v->arena, "+%.*s", (int)line.size - 1, line.data + 1))
            : line;
    if (phone_parse(text.data, text.size, roster ? roster->region : NULL, number)) {
        fields_refuse(v, "line", "line is a phone number: +16195550100");
        return false;
    }
    f->line = span_of(number);
    return true;
}

/* NULL: it has been answered. */
static struct inbox *ask(struct visit *v)
{
    struct inbox *b = ARENA_NEW(v->arena, struct inbox);
    const struct span limit = form_get(&v->asked, "limit"), after = form_get(&v->asked, "after");
    int64_t rows = LIMIT_DEFAULT;

    v->own = b;
    b->filter = (struct view_filter){
        .tenant = v->tenant,
        .state = form_get(&v->asked, "state"),
        .operator_id = form_get(&v->asked, "owner"),
        .job = form_get(&v->asked, "job"),
    };
    if (!is_state(b->filter.state)) {
        fields_refuse(v, "state", "state is open, closed or waiting");
        return NULL;
    }
    if (limit.data && !span_number(limit, 1, LIMIT_MAX, &rows)) {
        fields_refuse(v, "limit", "limit is a number from 1 to 200");
        return NULL;
    }
    if (after.size > 0 && !take_after(after, &b->filter)) {
        fields_refuse(v, "after", "after is the 'next' of an earlier answer");
        return NULL;
    }
    if (!take_line(v, &b->filter) || !take_words(v, &b->filter))
        return NULL;
    b->limit = (int)rows;
    b->out.roster = engine_roster(v->site->engine, v->tenant);
    b->out.hides_links = v->listener != WEB_CONTROL;
    return b;
}

/* ---- the answer ---- */

static void row(void *ctx, const struct view_cell *cells, size_t count)
{
    struct inbox *b = ctx;

    if (b->rows == b->limit) {
        b->more = true;
        return;
    }
    b->rows++;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(cells[i].name, "id") == 0)
            b->last_id = cells[i].number;
        if (strcmp(cells[i].name, "last_at") == 0)
            b->last_ms = cells[i].number;
    }
    row_out(&b->out, NULL, cells, count);
}

static enum err read_list(struct visit *v, struct store *store, int64_t now_ms)
{
    struct inbox *b = v->own;
    char next[CURSOR_SIZE + 1];

    (void)now_ms;
    b->buf = buf_in(v->arena, PAGE_BYTES_MAX);
    b->json = json_out(&b->buf);
    b->out.json = &b->json;
    b->filter.limit = b->limit + 1;
    json_out_object(&b->json, NULL);
    json_out_list(&b->json, "items");
    const enum err e = store_view(store, VIEW_INBOX, &b->filter, row, b);
    if (e)
        return e;
    json_out_end_list(&b->json);
    id_render(b->last_ms, next);
    id_render(b->last_id, next + ID_TEXT_SIZE);
    json_out_text_or_null(&b->json, "next", b->more ? span_of(next) : span_of(NULL));
    json_out_end_object(&b->json);
    return b->buf.full ? ERR_FULL : ERR_NONE;
}

static void listed(struct visit *v)
{
    struct inbox *b = v->own;

    if (v->reading.err)
        visit_fail_busy(v);
    else
        visit_answer_json(v, 200, &b->buf);
}

void thread_api_list(struct visit *v)
{
    const struct inbox *b = ask(v);

    if (!b)
        return;
    if (b->filter.match.size)
        visit_browse(v, read_list, listed);
    else
        visit_look(v, read_list, listed);
}
