#include "links/recording.h"

#include "base/log.h"
#include "links/fetch.h"
#include "links/link_look.h"
#include "links/pages.h"
#include "provider/media_address.h"

struct recording {
    struct fetch fetch;
    struct visit *visit;
    struct link_look look; /* by link; its facts serve both */
    bool by_link;
    int64_t id; /* of the call */
    const struct cascade *call;
    struct span range; /* as asked for */
};

/* ---- the answer ---- */

/* People get a page, programs an error. */
static void refuse(const struct recording *r, int status, const char *words)
{
    if (r->by_link)
        pages_say(r->visit, status, span_of(words));
    else
        visit_fail(r->visit, &(struct visit_error){.status = status, .message = words});
}

struct part {
    enum { PART_ALL, PART_SOME, PART_NONE } what;
    size_t from, size;
};

/* "bytes=FROM-TO", "bytes=FROM-" or "bytes=-LAST". Whatever else is asked gets the whole. */
static struct part part_of(struct span range, size_t size)
{
    const struct part all = {PART_ALL, 0, size};
    struct span to;
    int64_t first, last = INT64_MAX;

    if (!span_starts(range, SPAN("bytes=")))
        return all;
    const struct span from = span_trim(span_cut(span_skip(range, 6), '-', &to));
    to = span_trim(to);
    if (to.size > 0 && !span_number(to, 0, INT64_MAX, &last))
        return all;
    if (from.size == 0 && to.size > 0) {
        const size_t end = (uint64_t)last < size ? (size_t)last : size;
        return (struct part){end > 0 ? PART_SOME : PART_NONE, size - end, end};
    }
    if (!span_number(from, 0, INT64_MAX, &first) || first > last)
        return all;
    if ((uint64_t)first >= size)
        return (struct part){.what = PART_NONE};
    const size_t end = (uint64_t)last < size ? (size_t)last + 1 : size;
    return (struct part){PART_SOME, (size_t)first, end - (size_t)first};
}

static const char *type_of(struct span type)
{
    struct span rest;
    const struct span name = span_trim(span_cut(type, ';', &rest));

    if (span_is_nocase(name, SPAN("audio/mpeg")) || span_is_nocase(name, SPAN("audio/mp3")))
        return "audio/mpeg";
    if (span_is_nocase(name, SPAN("audio/wav")) || span_is_nocase(name, SPAN("audio/x-wav")))
        return "audio/wav";
    return NULL;
}

static void fail(const struct recording *r, int status, const char *why, const char *words)
{
    log_event(LOG_WARN, &(struct log_fields){.tenant = r->call->tenant, .event = r->call->id},
              "recording: of a call: %s", why);
    refuse(r, status, words);
}

static void not_fetched(struct fetch *f, int status, const char *why, struct span words)
{
    const struct recording *r = f->visit->own;

    if (status == 404) /* as it is for some seconds after the caller has hung up */
        fail(r, 404, why, "The carrier does not have the recording, or not yet.");
    else
        fail(r, 502, why, arena_text(f->visit->arena, words));
}

static void give(struct fetch *f, const struct http_result *got)
{
    struct visit *v = f->visit;
    const struct recording *r = v->own;
    const char *type = type_of(got->type);
    const struct part part = part_of(r->range, got->body.size);
    static const int statuses[] = {[PART_ALL] = 200, [PART_SOME] = 206, [PART_NONE] = 416};

    if (!type) {
        fail(r, 502, "the carrier gives no sound", "The carrier does not give this.");
        return;
    }
    const char *range = part.what == PART_NONE
                            ? arena_printf(v->arena, "bytes */%zu", got->body.size)
                            : arena_printf(v->arena, "bytes %zu-%zu/%zu", part.from,
                                           part.from + part.size - 1, got->body.size);
    const struct http_field fields[] = {
        {"Accept-Ranges", SPAN("bytes")},
        {"Content-Disposition", SPAN("inline; filename=\"voicemail\"")},
        {"Referrer-Policy", SPAN("no-referrer")},
        {"X-Robots-Tag", SPAN("noindex")},
        {part.what == PART_ALL ? NULL : "Content-Range", span_of(range)},
        {NULL, {NULL, 0}},
    };
    fetch_hold(v, part.size);
    visit_answer(
        v, &(struct visit_reply){
               .status = statuses[part.what],
               .type = type,
               .body = part.size ? (struct span){got->body.data + part.from, part.size} : SPAN(""),
               .fields = fields,
           });
}

/* ---- which one ---- */

static void start(struct recording *r)
{
    struct visit *v = r->visit;
    struct recording_address address;

    if (r->call->recording.size == 0 &&
        (r->call->recording_s > 0 || r->call->outcome == OUTCOME_VOICEMAIL)) {
        refuse(r, 410, "The recording is gone: it was kept long enough.");
        return;
    }
    if (r->call->recording.size == 0) {
        refuse(r, 404, "This call has no recording.");
        return;
    }
    if (!media_address_recording(r->call->recording, &address) ||
        !span_is_text(span_of(r->call->account), address.account)) {
        fail(r, 502, "no address of the carrier's", "This recording could not be taken over.");
        return;
    }
    r->fetch = (struct fetch){.visit = v,
                              .tenant = r->call->tenant,
                              .account = span_of(r->call->account),
                              .give = give,
                              .fail = not_fetched};
    r->fetch.url =
        media_address_recording_render(v->arena, span_of(v->site->carrier_api), &address);
    if (!fetch_start(&r->fetch))
        visit_fail_busy(v);
}

static struct recording *begin(struct visit *v)
{
    struct recording *r = ARENA_NEW(v->arena, struct recording);

    r->visit = v;
    if (v->rq)
        r->range = arena_copy(v->arena, http_header(v->rq, "Range"));
    v->own = r;
    return r;
}

static bool leads_to_call(enum link_purpose purpose)
{
    return purpose == LINK_ACKNOWLEDGE || purpose == LINK_CALL || purpose == LINK_RECORDING;
}

static enum err look_up(struct visit *v, struct store *store, int64_t now_ms)
{
    struct recording *r = v->own;

    return link_look_up(&r->look, v->arena, store, now_ms);
}

static void looked(struct visit *v)
{
    struct recording *r = v->own;

    if (v->reading.err && v->reading.err != ERR_NOT_FOUND) {
        refuse(r, 503,
               "The records cannot be reached now. Try again in a minute; to reach the "
               "customer now, call the number in the text.");
        return;
    }
    if (v->reading.err || !leads_to_call(r->look.link->purpose) || !r->look.cascade)
        pages_say(v, 404, SPAN("This link leads to no recording."));
    else if (link_look_has_expired(&r->look))
        pages_say(v, 410, SPAN("This link has expired."));
    else if (link_look_is_orphan(&r->look, engine_roster(v->site->engine, r->look.link->tenant)))
        pages_say(v, 403, SPAN("You are no longer on the roster."));
    else {
        r->call = r->look.cascade;
        start(r);
    }
}

void recording_by_link(struct visit *v)
{
    struct recording *r = begin(v);

    r->by_link = true;
    v->secret = true; /* the path holds the link's secret */
    if (!link_look_hash(v->param, r->look.hash))
        pages_say(v, 404, SPAN("This link leads to no recording."));
    else
        visit_read(v, look_up, looked);
}

static enum err find(struct visit *v, struct store *store, int64_t now_ms)
{
    struct recording *r = v->own;
    struct facts *f = &r->look.facts;

    facts_init(f, v->arena, &r->look.ids, now_ms);
    facts_want_id(f, FACT_CASCADE, v->tenant, r->id);
    const enum err e = store_load(store, f);
    if (!e)
        r->call = facts_cascade(f, v->tenant, r->id);
    return e;
}

static void found(struct visit *v)
{
    struct recording *r = v->own;

    if (v->reading.err)
        visit_fail_busy(v);
    else if (!r->call)
        refuse(r, 404, "there is none with this id");
    else
        start(r);
}

void recording_of_call(struct visit *v)
{
    struct recording *r = begin(v);

    if (!id_parse(v->param, &r->id))
        refuse(r, 404, "there is none with this id");
    else
        visit_read(v, find, found);
}
