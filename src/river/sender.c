#include "river/sender.h"

#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "codec/timestamp.h"
#include "net/http_client.h"
#include "provider/rest.h"
#include "river/gate.h"
#include "vault/vault.h"

/* The carrier gives up after 26 s; what it has not answered by then is unsure. */
enum { CONNECT_MS = 5000, TOTAL_MS = 27000, PAGE_MS = 10000 };

struct sender {
    struct http_client *client;
    struct sender_options options;
    const struct clock *clock;
    struct rest_place place;
    sender_done_fn *done;
    void *ctx;
    /* Credentials: said in the log once a minute, of the host's and of tenants'. */
    int64_t refused_ns[2];
    bool is_away; /* the carrier could not be reached the last time */
    bool has_returned;
    struct sender_sight sight;
    struct gate gate;
    struct metric_sends tally;
    struct flight *flights; /* under way */
    unsigned sends;         /* of them, those that are no pages */
};

/* One request under way. */
struct flight {
    struct flight *next, **at; /* in the sender's list */
    struct sender *sender;
    struct arena *arena;   /* holds this very struct */
    struct errand *errand; /* what is sent; NULL: a page is got */
    int32_t key_of;        /* the tenant whose credentials it goes by; 0: the host's */
    struct gate_pass pass; /* of what is sent */
    int64_t since_ns;
    sender_page_fn *done;
    void *ctx;
};

static void take_off(struct sender *s, struct flight *f)
{
    f->at = &s->flights;
    f->next = s->flights;
    if (f->next)
        f->next->at = &f->next;
    s->flights = f;
    s->sends += f->errand != NULL;
}

static void land(struct flight *f)
{
    struct arena *arena = f->arena;

    *f->at = f->next;
    if (f->next)
        f->next->at = f->at;
    f->sender->sends -= f->errand != NULL;
    arena_close(&arena);
}

enum err sender_open(struct loop *loop, const struct sender_options *options,
                     const struct clock *clock, sender_done_fn *done, void *ctx,
                     struct sender **out)
{
    struct sender *s = arena_must_alloc(sizeof *s);

    s->options = *options;
    s->clock = clock;
    s->done = done;
    s->ctx = ctx;
    s->place.api = span_of(options->api);
    s->place.callback.public_url = span_of(options->public_url);
    s->place.callback.key = options->callback_key;
    const enum err err = http_client_open(loop, &s->client);
    if (err)
        free(s);
    else
        *out = s;
    return err;
}

void sender_close(struct sender **sender)
{
    if (!*sender)
        return;
    http_client_close(&(*sender)->client);
    while ((*sender)->flights)
        land((*sender)->flights);
    gate_close(&(*sender)->gate);
    free(*sender);
    *sender = NULL;
}

struct sender_sight sender_sight(const struct sender *s)
{
    return s->sight;
}

const struct metric_sends *sender_tally(const struct sender *s)
{
    return &s->tally;
}

size_t sender_denied(const struct sender_sight *sight, int32_t tenant)
{
    size_t count = 0;

    for (int i = 0; i < SENDER_DENIED; i++)
        count += sight->denied[i] && (!tenant || sight->denied[i] == tenant);
    return count;
}

unsigned sender_busy(const struct sender *s)
{
    return http_client_busy(s->client);
}

unsigned sender_sends(const struct sender *s)
{
    return s->sends;
}

static enum rest_outcome outcome_of(enum http_outcome outcome)
{
    switch (outcome) {
    case HTTP_ANSWERED:
        return REST_ANSWERED;
    case HTTP_NOT_SENT:
        return REST_NOT_SENT;
    case HTTP_UNSURE:
    case HTTP_OUTCOMES:
        break;
    }
    return REST_LOST;
}

static void note_clock(struct sender *s, const struct http_result *r, int64_t now_ms)
{
    struct span rest = r->head;
    int64_t ms;

    while (rest.size > 0) {
        struct span value;
        const struct span name = span_cut(span_cut(rest, '\n', &rest), ':', &value);
        if (!span_is_nocase(name, SPAN("Date")) || !timestamp_parse_rfc2822(span_trim(value), &ms))
            continue;
        s->sight.clock_off_ms = ms - now_ms;
        s->sight.has_clock = true;
    }
}

static void note_sight(struct sender *s, const struct http_result *r)
{
    const int64_t now_ms = clock_now_ms(s->clock);

    if (r->outcome == HTTP_ANSWERED) {
        s->sight.answered_ms = now_ms;
        note_clock(s, r, now_ms);
    } else if (s->sight.away_ms <= s->sight.answered_ms) {
        s->sight.away_ms = now_ms;
    }
}

/* Of more tenants than there is room for the latest are remembered. */
static void note_key(struct sender *s, int32_t tenant, bool is_denied)
{
    int32_t *const list = s->sight.denied;
    int at = 0;

    while (at < SENDER_DENIED - 1 && list[at] != tenant)
        at++;
    if (is_denied) {
        memmove(list + 1, list, (size_t)at * sizeof *list);
        list[0] = tenant;
    } else if (list[at] == tenant) {
        memmove(list + at, list + at + 1, (size_t)(SENDER_DENIED - 1 - at) * sizeof *list);
        list[SENDER_DENIED - 1] = 0;
    }
}

/* A tenant's own key is nobody else's trouble. */
static void note_refusal(struct sender *s, const struct http_result *r, const struct rest_answer *a,
                         int32_t key_of)
{
    if (key_of && r->outcome == HTTP_ANSWERED)
        note_key(s, key_of, a->credentials);
    if ((a->sent != SENT_REFUSED && !a->credentials) || (key_of && a->credentials))
        return;
    s->sight.refused_ms = clock_now_ms(s->clock);
    s->sight.refused_code = a->error_code;
    s->sight.refused_status = r->status;
    if (a->credentials)
        s->sight.denied_ms = s->sight.refused_ms;
}

static void note_reach(struct sender *s, enum http_outcome outcome)
{
    if (outcome == HTTP_ANSWERED && s->is_away)
        s->has_returned = true;
    s->is_away = outcome == HTTP_NOT_SENT || (s->is_away && outcome != HTTP_ANSWERED);
}

/* Whose key it was. */
static const char *mend_of(const struct sender *s, struct arena *arena, int32_t key_of)
{
    const struct tenant *t = key_of ? vault_tenant(s->options.vault, key_of) : NULL;

    if (!key_of)
        return "check TWILIO_API_KEY and TWILIO_API_SECRET";
    if (!t)
        return "it was the key of a tenant that is gone";
    return arena_printf(arena,
                        "check the key of tenant %s, and give it anew by nextring tenant secret"
                        " %s api_key and api_secret",
                        t->slug, t->slug);
}

static void complain(struct flight *f, const struct http_result *r, const struct rest_answer *a)
{
    struct sender *s = f->sender;
    const struct outbox *row = &f->errand->row;
    int64_t *const refused_ns = &s->refused_ns[f->key_of != 0];
    const int64_t now_ns = clock_mono_ns();

    if (a->sent == SENT_ACCEPTED || (a->credentials && now_ns - *refused_ns < 60000000000))
        return;
    if (a->credentials)
        *refused_ns = now_ns;
    log_event(LOG_WARN,
              &(struct log_fields){.tenant = row->tenant, .event = row->id, .sid = span_of(a->sid)},
              "carrier: %s, status %d, error %d%s%s", r->why ? r->why : "refused", r->status,
              (int)a->error_code, a->credentials ? ": " : "",
              a->credentials ? mend_of(s, f->arena, f->key_of) : "");
}

struct sender_result sender_result_of(const struct errand *errand)
{
    return (struct sender_result){
        .tenant = errand->row.tenant,
        .id = errand->row.id,
        .fence = errand->row.fence,
        .claimed_ms = errand->row.sent_ms,
    };
}

static enum gate_word word_of(const struct http_result *r, const struct rest_answer *a)
{
    if (r->outcome != HTTP_ANSWERED || r->status >= 500)
        return GATE_UNKNOWN;
    return a->credentials ? GATE_DENIED : GATE_ACCEPTED;
}

static void answered(void *ctx, const struct http_result *r)
{
    struct flight *f = ctx;
    const struct errand *errand = f->errand;
    const struct rest_answer a = rest_parse(outcome_of(r->outcome), r->status, r->body);
    struct sender_result result = sender_result_of(errand);

    result.sent = a.sent;
    result.is_denied = a.credentials;
    result.sid = span_of(a.sid);
    result.error_code = a.error_code;
    const struct metric_send send = {a.sent, r->outcome == HTTP_ANSWERED ? r->status : 0,
                                     a.error_code, (clock_mono_ns() - f->since_ns) / 1000};
    metric_tally_send(&f->sender->tally, &send);
    note_reach(f->sender, r->outcome);
    note_sight(f->sender, r);
    if (errand->row.kind != OUTBOX_UPDATE || a.credentials)
        note_refusal(f->sender, r, &a, f->key_of);
    if (errand->row.kind != OUTBOX_UPDATE || a.sent != SENT_REFUSED || a.credentials)
        complain(f, r, &a); /* an update is refused when its call is over: as good */
    gate_leave(&f->sender->gate, &f->pass, word_of(r, &a), clock_now_ms(f->sender->clock));
    f->sender->done(f->sender->ctx, &result);
    land(f);
}

static struct vault_login login_of(const struct sender *s, int32_t tenant, struct span account)
{
    if (s->options.vault)
        return vault_login(s->options.vault, tenant, account);
    return (struct vault_login){s->options.user, s->options.password, 0, 0};
}

static void go(struct sender *s, struct errand *errand, const struct vault_login *login,
               const struct gate_pass *pass)
{
    static const char *const headers[] = {
        "Content-Type: application/x-www-form-urlencoded; charset=utf-8",
        "Accept: application/json", NULL};
    struct flight *f = ARENA_NEW(errand->arena, struct flight);
    const struct rest_request request =
        rest_render(errand->arena, &s->place, &errand->row, clock_now_ms(s->clock));
    const struct http_call call = {
        .method = request.is_delete ? "DELETE" : "POST",
        .url = request.url.data,
        .user = login->user,
        .password = login->password,
        .headers = headers,
        .body = request.body,
        .connect_ms = CONNECT_MS,
        .keep_head = true,
        .total_ms = TOTAL_MS,
    };

    *f = (struct flight){.sender = s,
                         .arena = errand->arena,
                         .errand = errand,
                         .key_of = login->tenant,
                         .pass = *pass,
                         .since_ns = clock_mono_ns()};
    take_off(s, f);
    http_client_send(s->client, &call, answered, f);
}

/* As the carrier would answer it: its key is refused. */
static void turn_away(struct sender *s, struct errand *errand)
{
    struct sender_result result = sender_result_of(errand);
    struct arena *arena = errand->arena;

    result.sent = SENT_RETRY;
    result.is_denied = true;
    s->done(s->ctx, &result);
    arena_close(&arena);
}

void sender_send(struct sender *s, struct errand *errand)
{
    const struct vault_login login = login_of(s, errand->row.tenant, span_of(errand->row.account));
    struct gate_pass pass = {
        .key_of = login.tenant, .kind = errand->row.kind, .edition = login.edition};

    memcpy(pass.account, errand->row.account, sizeof pass.account);
    if (gate_enter(&s->gate, &pass, clock_now_ms(s->clock)))
        go(s, errand, &login, &pass);
    else
        turn_away(s, errand);
}

static void got(void *ctx, const struct http_result *r)
{
    struct flight *f = ctx;
    const struct sender_page page = {
        .status = r->outcome == HTTP_ANSWERED ? r->status : 0,
        .body = r->body,
        .mend = mend_of(f->sender, f->arena, f->key_of),
    };

    note_reach(f->sender, r->outcome);
    note_sight(f->sender, r);
    if (page.status == 401 && f->key_of)
        note_key(f->sender, f->key_of, true);
    else if (page.status == 401) /* a list tells it as well as a text does */
        f->sender->sight.denied_ms = clock_now_ms(f->sender->clock);
    f->done(f->ctx, &page);
    land(f);
}

void sender_get(struct sender *s, const struct sender_ask *ask, sender_page_fn *done, void *ctx)
{
    static const char *const headers[] = {"Accept: application/json", NULL};
    struct arena *arena = arena_open(1024);
    struct flight *f = ARENA_NEW(arena, struct flight);
    const struct vault_login login = login_of(s, ask->tenant, ask->account);
    const struct http_call call = {
        .method = "GET",
        .url = arena_text(arena, ask->url),
        .user = login.user,
        .password = login.password,
        .headers = headers,
        .connect_ms = CONNECT_MS,
        .keep_head = true,
        .total_ms = PAGE_MS,
    };

    *f = (struct flight){
        .sender = s, .arena = arena, .done = done, .ctx = ctx, .key_of = login.tenant};
    take_off(s, f);
    http_client_send(s->client, &call, got, f);
}

bool sender_has_returned(struct sender *s)
{
    const bool returned = s->has_returned;

    s->has_returned = false;
    return returned;
}
