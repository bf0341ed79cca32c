#include "api/row_out.h"

#include <string.h>

#include "base/buf.h"
#include "base/id.h"
#include "codec/timestamp.h"
#include "model/job.h"
#include "model/plan.h"
#include "provider/carrier_error.h"

enum { LINK_TEXT_BYTES = 22 }; /* base64url of LINK_SECRET_BYTES */

static const char LINK_ALPHABET[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static bool ends_in(const char *name, const char *end)
{
    const size_t size = strlen(name), end_size = strlen(end);

    return size >= end_size && strcmp(name + size - end_size, end) == 0;
}

static bool is_id(const char *name)
{
    return strcmp(name, "id") == 0 || ends_in(name, "_id");
}

static void number(struct json_out *json, const struct view_cell *cell)
{
    char id[ID_TEXT_SIZE + 1], at[TIMESTAMP_SIZE];

    if (is_id(cell->name)) {
        id_render(cell->number, id);
        json_out_text(json, cell->name, span_of(id));
    } else if (ends_in(cell->name, "_at")) {
        timestamp_render(cell->number, at);
        json_out_text(json, cell->name, span_of(at));
    } else if (strncmp(cell->name, "is_", 3) == 0) {
        json_out_bool(json, cell->name, cell->number != 0);
    } else {
        json_out_number(json, cell->name, cell->number);
    }
}

static bool is_absent(const struct view_cell *cell)
{
    const bool zero = cell->type == VIEW_NUMBER && cell->number == 0;

    return cell->type == VIEW_NULL || (zero && (is_id(cell->name) || ends_in(cell->name, "_at")));
}

/* A link in a text acts for whoever has it: a reader of texts must not get it. What stands
 * for its secret is as long, so the text is copied once. */
static struct span without_links(struct arena *arena, struct span text)
{
    static const char *const marks[] = {"/j/", "/m/"};
    enum { SKIP = 3 };
    char *copy = NULL;

    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        if (text.size < SKIP + LINK_TEXT_BYTES || !memmem(text.data, text.size, marks[i], SKIP))
            continue;
        copy = copy ? copy : arena_text(arena, text);
        for (char *at = strstr(copy, marks[i]); at; at = strstr(at + SKIP, marks[i])) {
            const size_t secret = strspn(at + SKIP, LINK_ALPHABET);
            if (secret >= LINK_TEXT_BYTES)
                memset(at + SKIP, '.', secret);
        }
    }
    return copy ? (struct span){copy, text.size} : text;
}

static struct span name_of(const struct row_out *o, const char *operator_id)
{
    const int i = o->roster ? roster_operator_by_id(o->roster, span_of(operator_id)) : -1;

    return span_of(i >= 0 ? o->roster->operators[i].name : operator_id);
}

static void rungs(const struct row_out *o, const char *key, const struct rung *list, int count)
{
    struct json_out *json = o->json;

    json_out_list(json, key);
    for (int i = 0; i < count; i++) {
        json_out_object(json, NULL);
        json_out_text(json, "operator", span_of(list[i].operator_id));
        json_out_text(json, "name", name_of(o, list[i].operator_id));
        json_out_number(json, "step", list[i].step + 1);
        json_out_number(json, "ring_seconds", list[i].ring_s);
        if (!o->is_brief)
            json_out_number(json, "ack_seconds", list[i].ack_s);
        json_out_text(json, "reason", span_of(reason_name(list[i].reason)));
        json_out_text(json, "state", span_of(rung_state_name(list[i].state)));
        json_out_text_or_null(json, "tag",
                              list[i].tag[0] ? span_of(list[i].tag) : (struct span){0});
        json_out_end_object(json);
    }
    json_out_end_list(json);
}

/* The rungs of one step: those whose turn it is, or all. */
static void holders(const struct row_out *o, const char *key, const struct plan *p, int step,
                    bool are_told)
{
    json_out_list(o->json, key);
    for (int i = 0; i < p->count; i++) {
        const struct rung *rung = &p->rungs[i];
        const bool is_told = rung->state == RUNG_TOLD || rung->state == RUNG_REACHED;
        if (rung->step != step || (are_told && !is_told))
            continue;
        json_out_object(o->json, NULL);
        json_out_text(o->json, "operator", span_of(rung->operator_id));
        json_out_text(o->json, "name", name_of(o, rung->operator_id));
        json_out_end_object(o->json);
    }
    json_out_end_list(o->json);
}

static int step_after(const struct plan *p, int64_t step)
{
    int next = -1;

    for (int i = 0; i < p->count; i++)
        if (p->rungs[i].step > step && (next < 0 || p->rungs[i].step < next))
            next = p->rungs[i].step;
    return next;
}

/* A stored plan as people read it; a relay has a step. */
static void plan(const struct row_out *o, const struct view_cell *cell,
                 const struct view_cell *step, bool is_open)
{
    struct plan *p = ARENA_NEW(o->json->buf->arena, struct plan);

    if (cell->type != VIEW_TEXT || plan_parse(cell->text, p)) {
        memset(p, 0, sizeof *p);
        json_out_null(o->json, "plan");
    } else if (!o->is_brief || !step) {
        rungs(o, "plan", p->rungs, p->count);
        rungs(o, "left_out", p->out, p->out_count);
    }
    if (!step)
        return;
    holders(o, "holders", p, is_open ? (int)step->number : -1, true);
    holders(o, "next_holders", p, is_open ? step_after(p, step->number) : -1, false);
}

/* The crew or the stakeholders of a job. */
static void people(struct json_out *json, const struct view_cell *cell)
{
    struct job_person list[JOB_PEOPLE];
    uint8_t count = 0;

    (void)job_people_parse(cell->text, list, &count);
    json_out_list(json, cell->name);
    for (uint8_t i = 0; i < count; i++) {
        json_out_object(json, NULL);
        json_out_text(json, "name", span_of(list[i].name));
        json_out_text(json, "phone", span_of(list[i].phone));
        json_out_text_or_null(json, "language",
                              list[i].language[0] ? span_of(list[i].language) : (struct span){0});
        json_out_end_object(json);
    }
    json_out_end_list(json);
}

static bool is_people(const char *name)
{
    return strcmp(name, "crew") == 0 || strcmp(name, "stakeholders") == 0;
}

/* Up to so many characters; what was cut off is shown to be missing. */
static struct span shortened(struct arena *arena, struct span text, size_t max)
{
    size_t characters = 0, at = 0;

    for (; at < text.size; at++)
        if (((unsigned char)text.data[at] & 0xc0) != 0x80 && characters++ == max)
            break;
    if (at == text.size)
        return text;
    return span_of(arena_printf(arena, "%.*s\u2026", (int)at, text.data));
}

static void text(const struct row_out *o, const struct view_cell *cell)
{
    struct arena *arena = o->json->buf->arena;
    struct span said = o->hides_links ? without_links(arena, cell->text) : cell->text;

    if (o->body_max && strcmp(cell->name, "body") == 0)
        said = shortened(arena, said, o->body_max);
    json_out_text(o->json, cell->name, said);
}

static const struct view_cell *find(const struct view_cell *cells, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(cells[i].name, name) == 0)
            return &cells[i];
    return NULL;
}

static bool is_open(const struct view_cell *state)
{
    return state && state->type == VIEW_TEXT && span_is_text(state->text, "open");
}

static const struct view_cell *id_of(const struct view_cell *cells, size_t count)
{
    const struct view_cell *id = find(cells, count, "id");

    return id && id->type == VIEW_NUMBER ? id : NULL;
}

/* The carrier's addresses, one a line: ours are shown, by which they are fetched; null for one that
 * could not be taken over. */
static void media(const struct row_out *o, const struct view_cell *cell, const struct view_cell *id)
{
    struct span rest = cell->type == VIEW_TEXT ? cell->text : (struct span){NULL, 0};
    char text[ID_TEXT_SIZE + 1];
    int n = 0;

    json_out_list(o->json, "media");
    if (id)
        id_render(id->number, text);
    for (; id && rest.size > 0; n++) {
        const bool is_lost = span_is_text(span_cut(rest, '\n', &rest), "-");
        const char *url =
            is_lost ? NULL
                    : arena_printf(o->json->buf->arena, "/api/v1/messages/%s/media/%d", text, n);
        json_out_object(o->json, NULL);
        json_out_text_or_null(o->json, "url", span_of(url));
        json_out_end_object(o->json);
    }
    json_out_end_list(o->json);
}

static void recording(const struct row_out *o, const struct view_cell *cell,
                      const struct view_cell *id)
{
    char text[ID_TEXT_SIZE + 1];

    if (cell->type != VIEW_TEXT || !id) {
        json_out_null(o->json, "recording_url");
        return;
    }
    id_render(id->number, text);
    json_out_text(o->json, "recording_url",
                  span_of(arena_printf(o->json->buf->arena, "/api/v1/calls/%s/recording", text)));
}

/* "KIND DIRECTION AT HOW WORDS", with char(31) in place of the spaces (store/sqlite_view.c). */
static void last(const struct row_out *o, const struct view_cell *cell)
{
    enum { MARK = 31 };
    struct json_out *json = o->json;
    char at[TIMESTAMP_SIZE];
    struct span rest;
    int64_t at_ms = 0;

    if (cell->type != VIEW_TEXT) {
        json_out_null(json, "last");
        return;
    }
    const struct span kind = span_cut(cell->text, MARK, &rest);
    const struct span direction = span_cut(rest, MARK, &rest);
    (void)span_number(span_cut(rest, MARK, &rest), 0, INT64_MAX, &at_ms);
    const struct span how = span_cut(rest, MARK, &rest);
    timestamp_render(at_ms, at);
    json_out_object(json, "last");
    json_out_text(json, "kind", kind);
    json_out_text(json, "direction", direction);
    json_out_text(json, "at", span_of(at));
    json_out_text_or_null(json, "outcome", how.size ? how : (struct span){NULL, 0});
    json_out_text(json, "body", o->hides_links ? without_links(json->buf->arena, rest) : rest);
    json_out_end_object(json);
}

/* What was looked for, where it was said: "AT WORDS", with char(31) between; else it is left out.
 */
static void found(const struct row_out *o, const struct view_cell *cell)
{
    char at[TIMESTAMP_SIZE];
    struct span rest;
    int64_t at_ms = 0;

    if (cell->type != VIEW_TEXT)
        return;
    (void)span_number(span_cut(cell->text, 31, &rest), 0, INT64_MAX, &at_ms);
    timestamp_render(at_ms, at);
    json_out_object(o->json, "found");
    json_out_text(o->json, "at", span_of(at));
    json_out_text(o->json, "body",
                  o->hides_links ? without_links(o->json->buf->arena, rest) : rest);
    json_out_end_object(o->json);
}

static void error_words(const struct row_out *o, const struct view_cell *cell)
{
    const char *words =
        cell->type == VIEW_NUMBER ? carrier_error_words((int32_t)cell->number) : NULL;

    json_out_text_or_null(o->json, "error", span_of(words));
}

/* What stands beside a column, or in place of it: true then. */
static bool is_special(const struct row_out *o, const struct view_cell *cell,
                       const struct view_cell *cells, size_t count)
{
    if (strcmp(cell->name, "media") == 0) {
        media(o, cell, id_of(cells, count));
        return true;
    }
    if (strcmp(cell->name, "last") == 0) {
        last(o, cell);
        return true;
    }
    if (strcmp(cell->name, "found") == 0) {
        found(o, cell);
        return true;
    }
    if (strcmp(cell->name, "recording") == 0)
        recording(o, cell, id_of(cells, count));
    if (strcmp(cell->name, "error_code") == 0)
        error_words(o, cell);
    return false;
}

void row_out_members(const struct row_out *o, const struct view_cell *cells, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const struct view_cell *cell = &cells[i];
        if (is_special(o, cell, cells, count))
            continue;
        if (is_people(cell->name))
            people(o->json, cell);
        else if (strcmp(cell->name, "plan") == 0)
            plan(o, cell, find(cells, count, "step"), is_open(find(cells, count, "state")));
        else if (is_absent(cell))
            json_out_null(o->json, cell->name);
        else if (cell->type == VIEW_NUMBER)
            number(o->json, cell);
        else
            text(o, cell);
    }
}

void row_out(const struct row_out *o, const char *key, const struct view_cell *cells, size_t count)
{
    json_out_object(o->json, key);
    row_out_members(o, cells, count);
    json_out_end_object(o->json);
}
