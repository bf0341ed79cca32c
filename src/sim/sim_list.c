#include "sim/sim_list.h"

#include <string.h>

#include "sim/sim_shape.h"

enum { PAGE_SIZE = 50, PAGE_SIZE_MAX = 1000, PAGES_MAX = 1000000 };

/* The filters again, for the addresses of other pages. */
static struct span filters(struct arena *arena, const struct form *query)
{
    struct buf b = buf_in(arena, 1024);

    for (size_t i = 0; i < query->count; i++) {
        const struct form_field *f = &query->fields[i];
        if (!span_is_text(f->name, "Page") && !span_is_text(f->name, "PageSize") &&
            !span_is_text(f->name, "PageToken"))
            form_add(&b, arena_text(arena, f->name), f->value);
    }
    return buf_span(&b);
}

struct listing {
    struct sim_resource *resource;
    bool texts;
    int64_t skip;      /* rows before the page, when there is no token */
    const char *after; /* SID of the row before the page, or NULL */
};

static const char *row_sid(const struct listing *l, size_t i)
{
    const struct sim_world *w = l->resource->world;

    return l->texts ? w->texts[i]->sid : w->legs[i]->sid;
}

static bool row_listed(const struct listing *l, size_t i)
{
    const struct sim_world *w = l->resource->world;

    return l->texts ? sim_resource_text_listed(l->resource, w->texts[i])
                    : sim_resource_call_listed(l->resource, w->legs[i]);
}

/* Newest first. Returns how many rows were written and, when more follow, the last one's SID. */
static size_t list_rows(struct listing *l, struct json_out *o, size_t max, const char **out_last)
{
    const struct sim_world *w = l->resource->world;
    size_t rows = 0;
    const char *last = NULL;
    bool begun = l->after == NULL;

    *out_last = NULL;
    for (size_t i = l->texts ? w->text_count : w->leg_count; i-- > 0;) {
        if (!begun) {
            begun = !strcmp(row_sid(l, i), l->after);
            continue;
        }
        if (!row_listed(l, i) || (!l->after && l->skip-- > 0))
            continue;
        if (rows == max) {
            *out_last = last;
            break;
        }
        if (l->texts)
            sim_shape_text(o, NULL, w->texts[i]);
        else
            sim_shape_call(o, NULL, w->legs[i]);
        last = row_sid(l, i);
        rows++;
    }
    return rows;
}

static bool page_parse(struct sim_resource *r, int64_t *out_page, int64_t *out_size)
{
    const struct span asked = form_get(r->form, "PageSize"), at = form_get(r->form, "Page");

    if ((!asked.size || span_number(asked, 1, PAGE_SIZE_MAX, out_size)) &&
        (!at.size || span_number(at, 0, PAGES_MAX, out_page)))
        return true;
    sim_resource_refuse(r, 400, 20007, "Page size or page is out of range");
    return false;
}

/* Where the page begins: after the row that the token names, or else by counting. */
static bool begin_parse(struct listing *l, int64_t skip)
{
    struct sim_resource *r = l->resource;
    const struct span token = form_get(r->form, "PageToken"), sid = span_skip(token, 2);

    l->skip = skip;
    if (!token.size)
        return true;
    l->after = arena_text(r->arena, sid);
    if (l->texts ? sim_world_text(r->world, sid) != NULL : sim_world_leg(r->world, sid) != NULL)
        return true;
    sim_resource_refuse(r, 400, 21481, "Invalid PageToken");
    return false;
}

static void list(struct sim_resource *r, bool texts, struct span path, struct buf *out)
{
    struct listing l = {.resource = r, .texts = texts};
    int64_t page = 0, size = PAGE_SIZE;

    if (!page_parse(r, &page, &size) || !begin_parse(&l, page * size))
        return;
    struct json_out o = json_out(out);
    struct sim_shape_page frame = {.path = arena_text(r->arena, path),
                                   .query = filters(r->arena, r->form),
                                   .page = page,
                                   .page_size = size,
                                   .start = page * size};
    json_out_object(&o, NULL);
    json_out_list(&o, texts ? "messages" : "calls");
    frame.rows = list_rows(&l, &o, (size_t)size, &frame.token);
    json_out_end_list(&o);
    sim_shape_page(&o, &frame);
    json_out_end_object(&o);
}

void sim_list_texts(struct sim_resource *r, struct span path, struct buf *out)
{
    list(r, true, path, out);
}

void sim_list_calls(struct sim_resource *r, struct span path, struct buf *out)
{
    list(r, false, path, out);
}

void sim_list_media(struct sim_resource *r, struct span path, struct buf *out)
{
    struct json_out o = json_out(out);
    const struct sim_shape_page frame = {.path = arena_text(r->arena, path),
                                         .query = filters(r->arena, r->form),
                                         .page_size = PAGE_SIZE,
                                         .rows = r->text->media_count};

    json_out_object(&o, NULL);
    json_out_list(&o, "media_list");
    for (size_t i = 0; i < r->text->media_count; i++)
        sim_shape_media(&o, NULL, &r->text->media[i]);
    json_out_end_list(&o);
    sim_shape_page(&o, &frame);
    json_out_end_object(&o);
}

void sim_list_recordings(struct sim_resource *r, struct span path, struct buf *out)
{
    struct json_out o = json_out(out);
    struct sim_shape_page frame = {.path = arena_text(r->arena, path),
                                   .query = filters(r->arena, r->form),
                                   .page_size = PAGE_SIZE_MAX};

    json_out_object(&o, NULL);
    json_out_list(&o, "recordings");
    for (const struct sim_recording *one = r->world->recordings; one; one = one->next)
        if (sim_resource_recording_listed(r, one)) {
            sim_shape_recording(&o, NULL, one);
            frame.rows++;
        }
    json_out_end_list(&o);
    sim_shape_page(&o, &frame);
    json_out_end_object(&o);
}
