#include "admin/listed.h"

#include <string.h>

#include "base/buf.h"
#include "codec/timestamp.h"
#include "visit/fields.h"
#include "visit/web_route.h"

enum { LIST_BYTES_MAX = 1 << 20, ROWS_MAX = 500, ROWS_AS_A_RULE = 100 };

struct listed {
    struct view_filter filter; /* asks for one row more, to know whether there is one */
    struct buf body;
    struct json_out json;
    int rows;
    int64_t last; /* id of the last that is shown */
};

static void put_cell(struct json_out *json, const struct view_cell *c)
{
    const size_t size = strlen(c->name);
    char text[TIMESTAMP_SIZE];

    if (c->type == VIEW_NULL) {
        json_out_null(json, c->name);
    } else if (strcmp(c->name, "id") == 0) {
        id_render(c->number, text);
        json_out_text(json, c->name, span_of(text));
    } else if (size > 3 && strcmp(c->name + size - 3, "_at") == 0) {
        timestamp_render(c->number, text);
        json_out_text(json, c->name, span_of(text));
    } else if (strncmp(c->name, "is_", 3) == 0) {
        json_out_bool(json, c->name, c->number != 0);
    } else if (c->type == VIEW_NUMBER) {
        json_out_number(json, c->name, c->number);
    } else {
        json_out_text(json, c->name, c->text);
    }
}

static void put_row(void *ctx, const struct view_cell *cells, size_t count)
{
    struct listed *l = ctx;

    if (++l->rows == l->filter.limit)
        return;
    l->last = cells[0].number;
    json_out_object(&l->json, NULL);
    for (size_t i = 0; i < count; i++)
        put_cell(&l->json, &cells[i]);
    json_out_end_object(&l->json);
}

static enum err read_rows(struct visit *v, struct store *store, int64_t now_ms)
{
    struct listed *l = v->own;

    (void)now_ms;
    l->body = buf_in(v->arena, LIST_BYTES_MAX);
    l->json = json_out(&l->body);
    l->rows = 0;
    json_out_object(&l->json, NULL);
    json_out_list(&l->json, "items");
    return store_view(store, v->route->view, &l->filter, put_row, l);
}

static void rows_are_read(struct visit *v)
{
    struct listed *l = v->own;
    char next[ID_TEXT_SIZE + 1] = "";

    if (v->reading.err || l->body.full) {
        visit_fail_busy(v);
        return;
    }
    if (l->rows == l->filter.limit)
        id_render(l->last, next);
    json_out_end_list(&l->json);
    json_out_text_or_null(&l->json, "next", span_of(next[0] ? next : NULL));
    json_out_end_object(&l->json);
    visit_answer_json(v, 200, &l->body);
}

void listed_people(struct visit *v)
{
    struct listed *l = ARENA_NEW(v->arena, struct listed);
    const struct span after = form_get(&v->asked, "after"), limit = form_get(&v->asked, "limit");
    int64_t rows = ROWS_AS_A_RULE;

    v->own = l;
    l->filter.tenant = v->bound || form_get(&v->asked, "tenant").size ? v->tenant : 0;
    l->filter.state = form_get(&v->asked, "state");
    if (after.size && !id_parse(after, &l->filter.after)) {
        fields_refuse(v, "after", "after is the `next` of the page before");
        return;
    }
    if (limit.data && !span_number(limit, 1, ROWS_MAX, &rows)) {
        fields_refuse(v, "limit", "limit is a number from 1 to 500");
        return;
    }
    l->filter.limit = (int)rows + 1;
    visit_look(v, read_rows, rows_are_read);
}
