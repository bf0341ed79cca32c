#include "host/tenant_leave.h"

#include <string.h>

#include "base/buf.h"
#include "host/tenant_desk.h"
#include "store/store_tenants.h"
#include "vault/vault.h"
#include "visit/fields.h"

enum {
    ROWS_AT_ONCE = 200, /* some milliseconds of the storage thread */
    TURNS_A_REQUEST = 25,
    CALLS_AT_ONCE = 2000, /* likewise */
    RECORDINGS_A_REQUEST = 500,
    TRACES_MAX = 200,
    ANSWER_BYTES_MAX = 64 << 10,
};

struct leave {
    struct tenant tenant;
    bool keep_recordings;
    bool is_proof; /* he is gone, and what came late goes, too */
    int table;
    int64_t gone;
    struct store_recordings recordings;
    int turns;
    struct store_trace traces[TRACES_MAX];
    size_t trace_count;
};

static void answer(struct visit *v, const char *phase)
{
    const struct leave *l = v->own;
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);

    json_out_object(&json, NULL);
    json_out_text(&json, "phase", span_of(phase));
    json_out_number(&json, "gone", l->gone);
    json_out_number(&json, "recordings", l->recordings.left);
    json_out_number(&json, "number", l->tenant.id);
    json_out_text(&json, "account", span_of(l->tenant.account));
    json_out_bool(&json, "is_shared", engine_is_shared(v->site->engine));
    json_out_end_object(&json);
    visit_answer_json(v, 200, &body);
}

/* ---- the proof ---- */

static void take_trace(void *ctx, const struct store_trace *trace)
{
    struct visit *v = ctx;
    struct leave *l = v->own;

    if (l->trace_count == TRACES_MAX)
        return;
    l->traces[l->trace_count] = *trace;
    l->traces[l->trace_count++].table = arena_text(v->arena, span_of(trace->table));
}

static enum err scan(struct visit *v, struct store *store, int64_t now_ms)
{
    struct leave *l = v->own;

    (void)now_ms;
    l->trace_count = 0;
    return store_tenants_scan(store, &l->tenant, take_trace, v);
}

static void out_trace(struct json_out *json, const struct store_trace *t)
{
    static const char *const how[] = {
        [STORE_TRACE_BY_TENANT] = "by tenant",  [STORE_TRACE_BY_ACCOUNT] = "by account",
        [STORE_TRACE_BY_USER] = "by user",      [STORE_TRACE_NONE] = "holds nothing of tenants",
        [STORE_TRACE_UNKNOWN] = "is not known",
    };

    json_out_object(json, NULL);
    json_out_text(json, "table", span_of(t->table));
    json_out_text(json, "looked", span_of(how[t->how]));
    json_out_number(json, "left", t->left);
    json_out_end_object(json);
}

static void scanned(struct visit *v)
{
    const struct leave *l = v->own;
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);
    bool is_clean = l->trace_count > 0 && l->trace_count < TRACES_MAX;

    if (v->reading.err) {
        visit_fail_busy(v);
        return;
    }
    json_out_object(&json, NULL);
    json_out_text(&json, "phase", SPAN("proven"));
    json_out_number(&json, "gone", l->gone);
    json_out_list(&json, "tables");
    for (size_t i = 0; i < l->trace_count; i++) {
        out_trace(&json, &l->traces[i]);
        is_clean &= l->traces[i].left == 0 && l->traces[i].how != STORE_TRACE_UNKNOWN;
    }
    json_out_end_list(&json);
    json_out_bool(&json, "is_clean", is_clean);
    json_out_end_object(&json);
    visit_answer_json(v, 200, &body);
}

/* ---- the rows ---- */

static enum err drop_some(struct visit *v, struct store *store, int64_t now_ms)
{
    struct leave *l = v->own;
    int64_t gone = 0;

    (void)now_ms;
    const enum err err = store_tenants_drop(store, l->tenant.id, ROWS_AT_ONCE, &l->table, &gone);
    if (!err)
        l->gone += gone;
    return err;
}

static void gone_from_force(void *ctx, enum err err)
{
    struct visit *v = ctx;
    const struct leave *l = v->own;

    if (err) {
        visit_fail_busy(v);
        return;
    }
    tenant_desk_note(v, "tenant.deleted", l->tenant.slug);
    answer(v, "deleted");
}

static void dropped(struct visit *v)
{
    struct leave *l = v->own;
    bool is_secret;

    if (v->reading.err) {
        visit_fail_busy(v);
        return;
    }
    if (store_tenants_table(l->table, &is_secret)) {
        if (++l->turns < TURNS_A_REQUEST)
            visit_read(v, drop_some, dropped);
        else
            answer(v, "deleting");
        return;
    }
    if (l->is_proof)
        visit_read(v, scan, scanned);
    else
        tenancy_refresh(engine_tenancy(v->site->engine), gone_from_force, v);
}

/* ---- the recordings ---- */

static enum err end_recordings(struct visit *v, struct store *store, int64_t now_ms)
{
    struct leave *l = v->own;

    return store_tenants_recordings(store, &l->recordings, now_ms);
}

static void recordings_are_known(struct visit *v)
{
    const struct leave *l = v->own;

    if (v->reading.err) {
        visit_fail_busy(v);
        return;
    }
    if (!l->recordings.is_done) {
        visit_read(v, end_recordings, recordings_are_known);
        return;
    }
    if (l->recordings.left) {
        engine_hurry(v->site->engine);
        answer(v, "recordings");
        return;
    }
    visit_read(v, drop_some, dropped);
}

static void begin(struct visit *v)
{
    struct leave *l = v->own;

    l->recordings = (struct store_recordings){
        .tenant = l->tenant.id, .page = CALLS_AT_ONCE, .max = RECORDINGS_A_REQUEST};
    if (l->keep_recordings || l->is_proof)
        visit_read(v, drop_some, dropped);
    else
        visit_read(v, end_recordings, recordings_are_known);
}

/* ---- the beginning ---- */

static enum err suspend(struct visit *v, struct store *store, int64_t now_ms)
{
    struct leave *l = v->own;

    l->tenant.terms.state = TENANT_SUSPENDED;
    const struct store_tenant_change change = {.state = &l->tenant.terms.state};
    return store_tenants_change(store, l->tenant.id, &change, now_ms);
}

static void is_suspended(void *ctx, enum err err)
{
    if (err)
        visit_fail_busy(ctx);
    else
        begin(ctx);
}

static void suspended(struct visit *v)
{
    if (v->reading.err)
        visit_fail_busy(v);
    else
        tenancy_refresh(engine_tenancy(v->site->engine), is_suspended, v);
}

/* The proof: of a number that is nobody's any more. */
static bool take_gone(struct visit *v, struct leave *l, struct span number, struct span account)
{
    int64_t id = 0;

    if (!span_number(number, 1, INT32_MAX, &id) || account.size >= sizeof l->tenant.account ||
        vault_tenant(engine_vault(v->site->engine), (int32_t)id)) {
        visit_fail(v, &(struct visit_error){.status = 404, .message = "there is no such tenant"});
        return false;
    }
    l->is_proof = true;
    l->tenant.id = (int32_t)id;
    if (account.size)
        memcpy(l->tenant.account, account.data, account.size);
    return true;
}

static const struct tenant *find(struct visit *v)
{
    size_t count;
    const struct tenant *list = vault_tenants(engine_vault(v->site->engine), &count);

    return tenant_find(list, count, v->param);
}

void tenant_leave(struct visit *v)
{
    struct leave *l = ARENA_NEW(v->arena, struct leave);
    struct span confirm = {NULL, 0}, keep = {NULL, 0}, number = {NULL, 0}, account = {NULL, 0};
    const struct fields_want want[] = {{"confirm", &confirm},
                                       {"keep_recordings", &keep, true},
                                       {"number", &number},
                                       {"account", &account},
                                       {NULL, NULL}};

    if (!tenant_desk_may(v) || !fields_read(v, want))
        return;
    if (!span_is(confirm, v->param)) {
        fields_refuse(v, "confirm", "say the tenant's name again, as nothing brings him back");
        return;
    }
    v->own = l;
    l->keep_recordings = span_is_text(keep, "true");
    const struct tenant *t = find(v);
    if (!t) {
        if (take_gone(v, l, number, account))
            begin(v);
        return;
    }
    l->tenant = *t;
    if (engine_has_file(v->site->engine, t->id)) {
        visit_fail(v, &(struct visit_error){.status = 409,
                                            .message = "the tenant's roster is read from a file, "
                                                       "which would bring him back",
                                            .help = "take the file away first"});
        return;
    }
    if (t->terms.state == TENANT_SUSPENDED)
        begin(v);
    else
        visit_read(v, suspend, suspended);
}
