#include "host/tenant_rows.h"

#include <string.h>

#include "base/buf.h"
#include "base/id.h"
#include "codec/timestamp.h"
#include "host/tenant_desk.h"
#include "store/store_tenants.h"
#include "visit/fields.h"

enum { PAGE_BYTES_MAX = 16 << 20, ROWS_A_PAGE = 200, TABLES_MAX = 1000 };

struct page {
    struct store_belongings ask;
    struct buf body;
    struct json_out json;
};

static void put_number(struct json_out *json, const struct view_cell *c)
{
    const size_t size = strlen(c->name);
    char text[TIMESTAMP_SIZE];

    if (strcmp(c->name, "id") == 0 || (size > 3 && strcmp(c->name + size - 3, "_id") == 0)) {
        id_render(c->number, text);
        json_out_text(json, c->name, span_of(text));
    } else if (size > 3 && strcmp(c->name + size - 3, "_at") == 0) {
        timestamp_render(c->number, text);
        json_out_text(json, c->name, span_of(text));
    } else if (strncmp(c->name, "is_", 3) == 0) {
        json_out_bool(json, c->name, c->number != 0);
    } else {
        json_out_number(json, c->name, c->number);
    }
}

static void put_row(void *ctx, const struct view_cell *cells, size_t count)
{
    struct page *p = ctx;

    json_out_object(&p->json, NULL);
    for (size_t i = 0; i < count; i++)
        if (cells[i].type == VIEW_NULL)
            json_out_null(&p->json, cells[i].name);
        else if (cells[i].type == VIEW_NUMBER)
            put_number(&p->json, &cells[i]);
        else
            json_out_text(&p->json, cells[i].name, cells[i].text);
    json_out_end_object(&p->json);
}

static enum err read_page(struct visit *v, struct store *store, int64_t now_ms)
{
    struct page *p = v->own;
    bool is_secret = false;
    const char *name = store_tenants_table(p->ask.table, &is_secret);

    (void)now_ms;
    p->body = buf_in(v->arena, PAGE_BYTES_MAX);
    p->json = json_out(&p->body);
    json_out_object(&p->json, NULL);
    json_out_text(&p->json, "table", span_of(name[0] == '"' ? "user" : name));
    json_out_bool(&p->json, "is_secret", is_secret);
    json_out_list(&p->json, "items");
    return store_tenants_list(store, &p->ask, put_row, p);
}

static void page_is_read(struct visit *v)
{
    struct page *p = v->own;

    if (v->reading.err == ERR_BAD_INPUT) {
        fields_refuse(v, "after", "after is the `next` of the page before");
        return;
    }
    if (v->reading.err || p->body.full) {
        visit_fail_busy(v);
        return;
    }
    json_out_end_list(&p->json);
    json_out_text_or_null(&p->json, "next",
                          p->ask.is_more ? span_of(p->ask.cursor) : (struct span){NULL, 0});
    json_out_end_object(&p->json);
    visit_answer_json(v, 200, &p->body);
}

void tenant_rows_list(struct visit *v)
{
    struct page *p = ARENA_NEW(v->arena, struct page);
    const struct span table_text = form_get(&v->asked, "part");
    const struct span after = form_get(&v->asked, "after");
    const struct tenant *t = tenant_desk_find(v);
    int64_t table = 0;
    bool is_secret;

    if (!t)
        return;
    if (!span_number(table_text, 0, TABLES_MAX, &table) ||
        !store_tenants_table((int)table, &is_secret)) {
        visit_fail(v, &(struct visit_error){
                          .status = 404, .field = "part", .message = "there is no such table"});
        return;
    }
    if (after.size >= sizeof p->ask.cursor) {
        fields_refuse(v, "after", "after is the `next` of the page before");
        return;
    }
    p->ask = (struct store_belongings){.tenant = t->id, .table = (int)table, .max = ROWS_A_PAGE};
    if (after.size)
        memcpy(p->ask.cursor, after.data, after.size);
    v->own = p;
    visit_browse(v, read_page, page_is_read);
}
