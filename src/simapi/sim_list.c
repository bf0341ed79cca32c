#include "simapi/sim_list.h"

#include <stdlib.h>
#include <string.h>

enum {
    PAGE_SIZE = 50,
    PAGE_SIZE_MAX = 1000,
    PAGES_MAX = 1000000,
    PAGE_BYTES_MAX = SIM_API_ANSWER_MAX / 2, /* a page of longer rows ends sooner */
    FILTER_BYTES = 8192,
    SID_BYTES = 34,
    COUNTED_BYTES = 8, /* at the end of a SID: sim_world_sid */
};

struct page {
    struct sim_api *api;
    const struct sim_api_kind *kind;
    int64_t number, size;
    int64_t skip;       /* rows before the page, when there is no token */
    struct span after;  /* SID of the row before the page */
    int64_t gone;       /* what it was counted as, when it is deleted; else -1 */
    size_t rows;        /* on it */
    const char *last;   /* SID of its last row when more follow; NULL: the last page */
    struct span filter; /* encoded */
};

/* One way through all rows. */
struct walk {
    const struct sim_api *api;
    const struct sim_api_kind *kind;
    size_t next, count;
    void *row;
};

static struct walk walk_of(const struct sim_api *a, const struct sim_api_kind *k)
{
    return (struct walk){.api = a, .kind = k, .count = k->count ? k->count(a) : 0};
}

/* False at the end; w->row may be NULL for one to be skipped. */
static bool walk_on(struct walk *w)
{
    const struct sim_api_kind *k = w->kind;

    if (k->after) {
        w->row = w->next++ == 0 ? k->at(w->api, 0) : k->after(w->row);
        return w->row != NULL;
    }
    if (w->next == w->count)
        return false;
    w->row = k->at(w->api, w->next++);
    return true;
}

void *sim_list_find(const struct sim_api *a, const struct sim_api_kind *k, struct span sid)
{
    struct walk w = walk_of(a, k);

    while (walk_on(&w))
        if (w.row && k->is_here(a, w.row) && span_is_text(sid, k->sid(w.row)))
            return w.row;
    return NULL;
}

/* The filters again, for the addresses of other pages. */
static struct span filters(const struct sim_api *a)
{
    struct buf b = buf_in(a->arena, FILTER_BYTES);

    for (size_t i = 0; i < a->form->count; i++) {
        const struct form_field *f = &a->form->fields[i];
        if (!span_is_text(f->name, "Page") && !span_is_text(f->name, "PageSize") &&
            !span_is_text(f->name, "PageToken"))
            form_add(&b, arena_text(a->arena, f->name), f->value);
    }
    return buf_span(&b);
}

/* What the row of that SID was counted as; -1: no row of this kind can have it. */
static int64_t counted(const struct sim_api_kind *k, struct span sid)
{
    char digits[COUNTED_BYTES + 1] = "", *end = digits;
    struct span rest = span_of(k->sids);
    bool known = false;

    while (rest.size)
        known = span_starts(sid, span_cut(rest, ' ', &rest)) || known;
    if (!known || sid.size != SID_BYTES)
        return -1;
    memcpy(digits, sid.data + SID_BYTES - COUNTED_BYTES, COUNTED_BYTES);
    const int64_t n = (int64_t)strtoul(digits, &end, 16);
    return end == digits + COUNTED_BYTES ? n : -1;
}

/* Whether the page begins at this row, the row before it being deleted. */
static bool is_older(const struct page *p, const void *row)
{
    const int64_t n = counted(p->kind, span_of(p->kind->sid(row)));

    return p->gone >= 0 && n >= 0 && n < p->gone;
}

static bool page_parse(struct page *p)
{
    struct sim_api *a = p->api;
    const struct span size = sim_api_field(a, "PageSize"), at = sim_api_field(a, "Page");
    const struct span token = sim_api_field(a, "PageToken");

    p->size = PAGE_SIZE;
    if ((size.size && !span_number(size, 1, PAGE_SIZE_MAX, &p->size)) ||
        (at.size && !span_number(at, 0, PAGES_MAX, &p->number))) {
        sim_api_refuse(a, 400, 20007, "Page size or page is out of range");
        return false;
    }
    p->skip = p->number * p->size;
    p->after = span_skip(token, 2);
    p->gone = -1;
    if (!token.size)
        return true;
    const bool known = p->kind->find ? p->kind->find(a, p->after) != NULL
                                     : sim_list_find(a, p->kind, p->after) != NULL;
    if (!known)
        p->gone = counted(p->kind, p->after);
    if (span_starts(token, SPAN("PA")) && (known || p->gone >= 0))
        return true;
    sim_api_refuse(a, 400, 21481, "Invalid PageToken");
    return false;
}

static void write_rows(struct page *p, struct json_out *o)
{
    const struct sim_api_kind *k = p->kind;
    const struct sim_api *a = p->api;
    struct walk w = walk_of(a, k);
    const char *last = NULL;
    bool begun = p->after.size == 0;

    while (walk_on(&w)) {
        const void *row = w.row;
        if (!row || !k->is_here(a, row))
            continue;
        if (!begun) {
            const bool older = is_older(p, row);
            begun = older || span_is_text(p->after, k->sid(row));
            if (!older)
                continue;
        }
        if ((k->is_met && !k->is_met(a, row)) || (!p->after.size && p->skip-- > 0))
            continue;
        if (p->rows == (size_t)p->size || a->out.size > PAGE_BYTES_MAX) {
            p->last = last;
            return;
        }
        k->shape(a, o, NULL, row);
        last = k->sid(row);
        p->rows++;
    }
}

/* `token`: SID of the last row of the page before, or NULL. */
static void address(const struct page *p, struct json_out *o, const char *key, int64_t page,
                    const char *token)
{
    const struct sim_api *a = p->api;
    const char *base = a->host == SIM_API_CORE ? "" : sim_api_base(a);
    struct buf b = buf_in(a->arena, 2 * FILTER_BYTES);

    buf_printf(&b, "%s%.*s?", base, SPAN_ARG(a->rq->path));
    buf_printf(&b, "%.*s%s", SPAN_ARG(p->filter), p->filter.size ? "&" : "");
    buf_printf(&b, "PageSize=%lld&Page=%lld", (long long)p->size, (long long)page);
    if (token)
        buf_printf(&b, "&PageToken=PA%s", token);
    json_out_text(o, key, buf_span(&b));
}

static void addresses(const struct page *p, struct json_out *o, const char *const keys[4])
{
    address(p, o, keys[0], 0, NULL);
    if (p->last)
        address(p, o, keys[1], p->number + 1, p->last);
    else
        json_out_null(o, keys[1]);
    if (p->number > 0)
        address(p, o, keys[2], p->number - 1, NULL);
    else
        json_out_null(o, keys[2]);
    address(p, o, keys[3], p->number, NULL);
}

static void write_frame(const struct page *p, struct json_out *o)
{
    static const char *const old[] = {"first_page_uri", "next_page_uri", "previous_page_uri",
                                      "uri"};
    static const char *const meta[] = {"first_page_url", "next_page_url", "previous_page_url",
                                       "url"};
    const int64_t start = p->number * p->size;

    if (p->kind->bare) {
        json_out_text(o, "uri", p->api->rq->path);
        return;
    }
    if (p->api->host == SIM_API_CORE) {
        addresses(p, o, old);
        json_out_number(o, "page", p->number);
        json_out_number(o, "page_size", p->size);
        json_out_number(o, "start", start);
        json_out_number(o, "end", p->rows ? start + (int64_t)p->rows - 1 : 0);
        return;
    }
    json_out_object(o, "meta");
    json_out_text(o, "key", span_of(p->kind->key));
    json_out_number(o, "page", p->number);
    json_out_number(o, "page_size", p->size);
    addresses(p, o, meta);
    json_out_end_object(o);
}

void sim_list_answer(struct sim_api *a)
{
    struct page p = {.api = a, .kind = a->route->kind, .filter = filters(a)};
    struct json_out o = json_out(&a->out);

    if (!page_parse(&p))
        return;
    json_out_object(&o, NULL);
    json_out_list(&o, p.kind->key);
    write_rows(&p, &o);
    json_out_end_list(&o);
    write_frame(&p, &o);
    json_out_end_object(&o);
    a->status = 200;
}
