#include "hooks/webhook_in.h"

#include "base/clock.h"
#include "base/log.h"
#include "hooks/live_lines.h"
#include "hooks/unproven.h"
#include "provider/callback.h"
#include "provider/twiml.h"
#include "provider/webhook.h"
#include "store/view_cell.h"
#include "visit/auth.h"
#include "visit/web_route.h"

/* A request whose signature is right, or of a line in report-only mode, on its way to an event. */
struct hook {
    struct form form, query;
    int64_t since_ns;
    struct span tenant; /* slug, for the document's addresses */
    bool is_unproven;   /* the signature is not right */
    /* ... the lines of the calls that its address, and its CallSid, name; empty: they name none */
    struct span of_address, of_sid;
    int32_t looked; /* ... of that tenant; 0: not looked for yet */
};

/* A line each, without numbers and words of the request. */
static void log_refusal(struct visit *v, int status, const char *why)
{
    if (visit_may_complain(v))
        log_line(LOG_WARN, "web: %d %s: %s", status, v->route->path, why);
}

static bool is_status(enum event_kind kind)
{
    return kind == EVENT_CALL_STATUS || kind == EVENT_RECEIPT || kind == EVENT_TRANSCRIBED;
}

static enum metric_webhook kind_of(enum event_kind kind)
{
    if (is_status(kind))
        return METRIC_WEBHOOK_STATUS;
    return kind == EVENT_TEXT ? METRIC_WEBHOOK_TEXT : METRIC_WEBHOOK_VOICE;
}

static void reply(struct visit *v, const struct visit_reply *answer)
{
    const struct hook *h = v->own;

    metric_histogram_add(&v->site->counts.webhooks.took[kind_of(v->route->event)], METRIC_QUICK,
                         (clock_mono_ns() - h->since_ns) / 1000);
    visit_answer(v, answer);
}

static void refuse_for(struct visit *v, enum metric_refusal reason, int status, const char *why)
{
    v->site->counts.webhooks.refused[reason]++;
    log_refusal(v, status, why);
    reply(v, &(struct visit_reply){
                 .status = status, .type = "text/plain", .body = span_of(why), .bare = true});
}

/* The doctor wants to see that a wrong signature is refused. */
static void refuse_probe(struct visit *v)
{
    reply(v, &(struct visit_reply){.status = 403,
                                   .type = "text/plain",
                                   .body = SPAN("the signature is wrong"),
                                   .bare = true});
}

static void refuse_signature(struct visit *v)
{
    const struct hook *h = v->own;

    v->site->counts.bad_signatures++;
    v->site->unsigned_ms = engine_now_ms(v->site->engine);
    refuse_for(v, auth_refusal(v, webhook_account(&h->form)), 403,
               auth_has_signature(v) ? "the signature is wrong" : "the signature is missing");
}

static bool is_open_line(struct visit *v, const char *field)
{
    const struct hook *h = v->own;
    struct engine_place place;

    return engine_find_line(v->site->engine, webhook_account(&h->form), form_get(&h->form, field),
                            &place) &&
           unproven_line(v->site, place.tenant, span_of(place.line->number));
}

/* Whoever cannot sign is told what is wrong with the rest only if his line is in report-only mode.
 */
static void refuse(struct visit *v, int status, const char *why)
{
    const struct hook *h = v->own;

    if (h->is_unproven && (status == 403 || !(is_open_line(v, "To") || is_open_line(v, "From")))) {
        refuse_signature(v);
        return;
    }
    refuse_for(v, status == 403 ? METRIC_REFUSAL_UNKNOWN : METRIC_REFUSAL_MALFORMED, status, why);
}

static void refuse_busy(struct visit *v, enum err e)
{
    static const struct http_field later[] = {{"Retry-After", {"1", 1}}, {NULL, {NULL, 0}}};

    v->site->counts.webhooks.refused[METRIC_REFUSAL_STORE]++;
    log_event(LOG_ERROR,
              &(struct log_fields){.tenant = v->work.event.tenant, .sid = v->work.event.sid},
              "web: 503 %s: not stored: %s", v->route->path, err_name(e));
    reply(v, &(struct visit_reply){.status = 503,
                                   .type = "text/plain",
                                   .body = SPAN("not now"),
                                   .fields = later,
                                   .bare = true});
}

static void answer_nothing(struct visit *v)
{
    reply(v, &(struct visit_reply){.status = 204, .bare = true});
}

/* It is about nothing of ours, and nobody waits for words. */
static void pass_over(struct visit *v)
{
    const struct hook *h = v->own;

    if (h->is_unproven)
        refuse_signature(v);
    else
        answer_nothing(v);
}

/* In a leg an empty document bridges, and only our own accept may do that. */
static void make_safe(const struct visit *v, struct answer *answer)
{
    const bool leg = v->route->event == EVENT_SCREEN || v->route->event == EVENT_PRESS;

    if ((leg && answer->kind == ANSWER_NOTHING) || answer->kind == ANSWER_REFUSED ||
        answer->kind == ANSWER_DONE)
        answer->kind = ANSWER_HANGUP;
}

/* The tenant's, as they are in force now. */
static const struct script_set *scripts(const struct visit *v)
{
    const struct hook *h = v->own;

    return v->site->scripts ? scripts_of(v->site->scripts, h->tenant) : NULL;
}

/* Where the call's next step is asked for: a choice comes by an address of its own. */
static struct span call_path(const struct visit *v)
{
    const bool is_apart = v->route->event == EVENT_CHOICE || v->route->event == EVENT_KEY;

    return is_apart ? SPAN("/webhook/twilio/voice") : v->path;
}

static void answered(struct visit *v)
{
    const struct hook *h = v->own;

    if (v->work.err) {
        refuse_busy(v, v->work.err);
        return;
    }
    if (is_status(v->route->event)) {
        answer_nothing(v);
        return;
    }
    const struct twiml_place place = {v->site->public_url, call_path(v), h->tenant,
                                      &v->site->callback, scripts(v)};
    make_safe(v, &v->work.answer);
    reply(v, &(struct visit_reply){
                 .status = 200,
                 .type = "text/xml",
                 .body = twiml_render(v->arena, &v->work.answer, &place),
                 .bare = true,
             });
}

static bool is_shut(struct visit *v, int32_t tenant, struct span line)
{
    return line.size && !unproven_line(v->site, tenant, line);
}

/* False: its signature is not right, and a line that it is about is not in report-only mode; it
 * has been answered. */
static bool may_pass(struct visit *v, int32_t tenant, const struct line *line)
{
    const struct hook *h = v->own;
    const struct span number = line ? span_of(line->number) : h->of_address;
    const struct report_only *row =
        tenant && number.size ? unproven_line(v->site, tenant, number) : NULL;

    if (!h->is_unproven) {
        if (row)
            unproven_right(v->site, row);
        return true;
    }
    if (!row || is_shut(v, tenant, h->of_address) || is_shut(v, tenant, h->of_sid)) {
        refuse_signature(v);
        return false;
    }
    unproven_wrong(v, row, &h->form);
    v->work.event.is_unproven = true;
    return true;
}

/* ---- calls that it names ---- */

static void place(struct visit *v);

struct call_line {
    struct arena *arena;
    struct span *out;
};

static void take_line(void *ctx, const struct view_cell *cells, size_t count)
{
    const struct call_line *c = ctx;

    *c->out = arena_copy(c->arena, view_cell(cells, count, "line")->text);
}

static enum err find_calls(struct visit *v, struct store *store, int64_t now_ms)
{
    struct hook *h = v->own;
    const struct event *e = &v->work.event;
    struct view_filter filter = {.tenant = h->looked, .id = e->cascade, .limit = 1};
    struct call_line c = {v->arena, &h->of_address};
    enum err err = ERR_NONE;

    (void)now_ms;
    if (e->cascade)
        err = store_view(store, VIEW_CALLS, &filter, take_line, &c);
    if (err || !e->sid.size)
        return err;
    filter.id = 0;
    filter.sid = e->sid;
    c.out = &h->of_sid;
    return store_view(store, VIEW_CALLS, &filter, take_line, &c);
}

static void calls_found(struct visit *v)
{
    const struct hook *h = v->own;

    if (v->reading.err)
        refuse_busy(v, v->reading.err);
    else if (v->work.event.cascade && !h->of_address.size)
        refuse_signature(v);
    else
        place(v); /* anew: rosters may have changed */
}

/* One that is not proven may name a call of any line. False: they are looked for. */
static bool has_looked(struct visit *v, int32_t tenant, const struct line *line)
{
    struct hook *h = v->own;
    const enum event_kind kind = v->work.event.kind;

    if (!h->is_unproven || !tenant || kind == EVENT_TEXT || kind == EVENT_RECEIPT ||
        h->looked == tenant || (line && is_shut(v, tenant, span_of(line->number))))
        return true;
    if (h->looked) { /* the number went to another tenant meanwhile */
        refuse_signature(v);
        return false;
    }
    h->looked = tenant;
    visit_read(v, find_calls, calls_found);
    return false;
}

/* `line`: which it came for, as far as the request tells; NULL: it does not. */
static void submit(struct visit *v, int32_t tenant, const struct roster *roster,
                   const struct line *line)
{
    struct hook *h = v->own;

    if (!has_looked(v, tenant, line) || !may_pass(v, tenant, line))
        return;
    v->work.event.tenant = tenant;
    v->work.roster = roster;
    if (roster)
        h->tenant = arena_copy(v->arena, span_of(roster->tenant));
    if (roster && v->work.event.kind == EVENT_CALL && scripts(v))
        v->work.event.scripts = arena_copy(v->arena, span_of(scripts(v)->digest));
    visit_submit(v, answered);
}

/* Calls and texts: by the line that was called or written to. */
static void place_by_to(struct visit *v)
{
    const struct hook *h = v->own;
    struct event *e = &v->work.event;
    struct engine_place place;

    if (engine_find_line(v->site->engine, e->account, e->to, &place)) {
        if (!is_status(e->kind) && !h->is_unproven) /* of which the address may be our own call's */
            live_lines_see(v->site->live_lines, &place, e->to);
        submit(v, place.tenant, place.roster, place.line);
        return;
    }
    if (is_status(e->kind)) { /* nothing of ours, and nobody waits for words */
        pass_over(v);
        return;
    }
    e->is_call = e->kind != EVENT_TEXT;
    e->kind = EVENT_STRAY;
    submit(v, 0, NULL, NULL);
}

/* A leg's requests: To is an operator, so their address names the tenant. */
static void place_by_slug(struct visit *v)
{
    const struct hook *h = v->own;
    const int32_t tenant = engine_tenant(v->site->engine, form_get(&h->query, "t"));
    const struct roster *roster = tenant ? engine_roster(v->site->engine, tenant) : NULL;

    if (!roster || !engine_speaks(v->site->engine, v->work.event.account, tenant)) {
        refuse(v, 403, "the address names no tenant of this account");
        return;
    }
    submit(v, tenant, roster, NULL);
}

/* What became of something that we sent: From is our line. */
static void place_by_from(struct visit *v)
{
    const struct event *e = &v->work.event;
    struct engine_place place;

    if (!engine_find_line(v->site->engine, e->account, e->from, &place)) {
        log_event(LOG_INFO, &(struct log_fields){.sid = e->sid},
                  "web: %s: for a line that is on no roster", v->route->path);
        pass_over(v);
        return;
    }
    submit(v, place.tenant, place.roster, place.line);
}

static void take_id(void *ctx, const struct view_cell *cells, size_t count)
{
    struct visit *v = ctx;

    for (size_t i = 0; i < count; i++)
        if (span_is_text(SPAN("id"), cells[i].name))
            v->work.event.message = cells[i].number;
}

static enum err find_message(struct visit *v, struct store *store, int64_t now_ms)
{
    const struct hook *h = v->own;
    const struct view_filter filter = {.tenant = v->work.event.tenant,
                                       .sid = v->work.event.sid,
                                       .line = h->is_unproven ? v->work.event.from
                                                              : (struct span){NULL, 0},
                                       .limit = 1};

    (void)now_ms;
    return store_view(store, VIEW_MESSAGES, &filter, take_id, v);
}

static void message_found(struct visit *v)
{
    if (v->reading.err)
        refuse_busy(v, v->reading.err);
    else if (!v->work.event.message)
        pass_over(v);
    else
        place_by_from(v);
}

/* A receipt at an address that names no row of ours: the number's or the service's own. */
static void place_by_sid(struct visit *v)
{
    struct event *e = &v->work.event;
    struct engine_place place;

    if (!engine_find_line(v->site->engine, e->account, e->from, &place)) {
        pass_over(v);
        return;
    }
    e->tenant = place.tenant;
    visit_read(v, find_message, message_found);
}

static void place_status(struct visit *v)
{
    const struct hook *h = v->own;
    struct event *e = &v->work.event;
    const struct span m = form_get(&h->query, "m"), k = form_get(&h->query, "k");

    if (e->cascade)
        place_by_slug(v);
    else if (m.data && !callback_check(&v->site->callback, m, k, &e->message))
        refuse(v, 403, "the address is not one that we gave");
    else if (m.data)
        place_by_from(v);
    else if (e->kind == EVENT_RECEIPT)
        place_by_sid(v);
    else
        place_by_to(v);
}

/* Of a call that we made, or of one that an operator made to a line of ours: the address names
 * our row. */
static void place_heard(struct visit *v)
{
    const struct hook *h = v->own;
    struct event *e = &v->work.event;
    const struct span m = form_get(&h->query, "m"), k = form_get(&h->query, "k");
    struct engine_place place;

    if (!callback_check(&v->site->callback, m, k, &e->message))
        refuse(v, 403, "the address is not one that we gave");
    else if (!engine_find_line(v->site->engine, e->account, e->from, &place) &&
             !engine_find_line(v->site->engine, e->account, e->to, &place))
        refuse(v, 403, "the call is of no line of ours");
    else
        submit(v, place.tenant, place.roster, place.line);
}

/* The address names the call whose voicemail it is. */
static void place_transcribed(struct visit *v)
{
    const struct hook *h = v->own;
    const struct span m = form_get(&h->query, "m"), k = form_get(&h->query, "k");

    if (callback_check(&v->site->callback, m, k, &v->work.event.cascade))
        place_by_to(v);
    else
        refuse(v, 403, "the address is not one that we gave");
}

static void place(struct visit *v)
{
    const enum event_kind kind = v->work.event.kind;

    if (kind == EVENT_SCREEN || kind == EVENT_PRESS)
        place_by_slug(v);
    else if (kind == EVENT_HEARD || kind == EVENT_CALLED)
        place_heard(v);
    else if (kind == EVENT_TRANSCRIBED)
        place_transcribed(v);
    else if (is_status(kind))
        place_status(v);
    else
        place_by_to(v);
}

static void parse(struct visit *v)
{
    const struct hook *h = v->own;
    const struct webhook request = {&h->query, &h->form};
    const char *why = NULL;

    const enum err e = webhook_parse(v->arena, v->route->event, &request, &v->work.event, &why);
    if (e) {
        refuse(v, e == ERR_FULL ? 413 : 400, why);
        return;
    }
    v->work.event.job = v->param;
    place(v);
}

static void check_account(struct visit *v)
{
    struct hook *h = v->own;
    const struct span account = webhook_account(&h->form);

    if (form_parse(v->arena, v->query, &h->query))
        refuse(v, 400, "the query is malformed");
    else if (account.size == 0)
        refuse(v, 400, "AccountSid is missing, given twice or malformed");
    else if (!engine_has_account(v->site->engine, account))
        refuse(v, 403, "the account is unknown");
    else if (v->param.size >= JOB_SIZE)
        refuse(v, 400, "the job's id is too long");
    else
        parse(v);
}

void webhook_in(struct visit *v)
{
    struct hook *h = ARENA_NEW(v->arena, struct hook);

    h->since_ns = clock_mono_ns();
    v->own = h;
    if (!visit_has_type(v, "application/x-www-form-urlencoded")) {
        refuse(v, 400, "the body is not a form");
        return;
    }
    if (form_parse(v->arena, v->body, &h->form)) {
        refuse(v, 400, "the form is malformed");
        return;
    }
    const struct span account = webhook_account(&h->form);
    const bool is_probe = auth_is_probe(v, &h->form, account);
    if (!auth_is_signed(v, &h->form, account)) {
        if (is_probe) {
            refuse_probe(v);
            return;
        }
        h->is_unproven = unproven_is_any(v->site);
        if (h->is_unproven)
            check_account(v);
        else
            refuse_signature(v);
        return;
    }
    if (!is_probe)
        v->site->signed_ms = engine_now_ms(v->site->engine);
    check_account(v);
}
