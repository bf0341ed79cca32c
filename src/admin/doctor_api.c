#include "admin/doctor_api.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "admin/doctor_checks.h"
#include "codec/zone.h"
#include "rules/schedule.h"
#include "store/view_cell.h"

enum {
    DOCTOR_BYTES_MAX = 1 << 20,
    ROWS_MAX = 1000,
    TROUBLE_DAYS = 7,
    IDLE_DAYS = 90,
    LOOKS_MAX = 5000, /* at one chain's duty */
    REFUSED_LOOKED_AT = 20,
};

static const int64_t day_ms = 86400000;

struct examined {
    struct doctor_checks_facts facts;
    struct doctor_checks_line *lines;
    struct doctor_checks_person *people;
    struct doctor_checks_gap *gaps;
    struct doctor_checks_name *idle, *fresh;
    const char *database; /* path; NULL: on another machine */
    const char *spool;    /* path */
    struct buf body;
    bool is_one_of_many; /* businesses on this host */
    char slug[LIMIT_SLUG_SIZE];
    int refused, refused_ours; /* documents of late, of this host's; and of this business */
    /* Of the row that is read. */
    struct doctor_checks_person *person;
    struct doctor_checks_line *line;
    int trouble_count;
    char trouble[LIMIT_OPERATORS][LIMIT_SLUG_SIZE]; /* whom a text did not reach lately */
};

static void copy(char *to, size_t size, struct span from)
{
    snprintf(to, size, "%.*s", SPAN_ARG(from));
}

/* ---- of the roster, on the loop thread ---- */

/* Somebody of the chain is on duty. *next is brought forward to when that may change. */
static bool is_covered(const struct roster *roster, const struct chain *chain, int64_t at_ms,
                       int64_t *next_ms)
{
    bool covered = false;

    for (int s = 0; s < chain->step_count; s++)
        for (int i = 0; i < chain->steps[s].operator_count; i++) {
            const struct schedule_ask ask = {.roster = roster,
                                             .operator_index = chain->steps[s].operators[i],
                                             .rotation = chain->steps[s].turns[i] - 1};
            const int64_t look_ms = schedule_next_look(&ask, at_ms);
            covered |= schedule_on(&ask, at_ms);
            *next_ms = look_ms < *next_ms ? look_ms : *next_ms;
        }
    return covered;
}

static void add_gap(struct examined *x, const struct chain *chain, int64_t from_ms, int64_t to_ms)
{
    if (x->facts.gap_count < DOCTOR_CHECKS_GAPS) {
        struct doctor_checks_gap *g = &x->gaps[x->facts.gap_count];
        memcpy(g->chain, chain->id, sizeof g->chain);
        g->from_ms = from_ms;
        g->to_ms = to_ms;
    }
    x->facts.gap_count++;
}

static void find_gaps(struct examined *x, const struct roster *roster, const struct chain *chain)
{
    const int64_t end_ms = x->facts.now_ms + DOCTOR_CHECKS_GAP_DAYS * day_ms;
    int64_t open_ms = 0;

    for (int64_t at = x->facts.now_ms, looks = 0; at < end_ms && looks < LOOKS_MAX; looks++) {
        int64_t next_ms = end_ms;
        const bool covered = is_covered(roster, chain, at, &next_ms);
        if (covered && open_ms)
            add_gap(x, chain, open_ms, at);
        open_ms = covered ? 0 : open_ms ? open_ms : at;
        at = next_ms > at ? next_ms : end_ms;
    }
    if (open_ms)
        add_gap(x, chain, open_ms, end_ms);
}

static bool is_in_use(const struct roster *roster, int chain)
{
    for (int i = 0; i < roster->line_count; i++)
        if (roster->lines[i].chain == chain)
            return true;
    return false;
}

static void take_roster(struct visit *v, struct examined *x, const struct roster *roster)
{
    struct doctor_checks_facts *f = &x->facts;

    f->zone = zone_copy(v->arena, roster->zone);
    x->lines = ARENA_NEW_N(v->arena, struct doctor_checks_line, roster->line_count + 1u);
    x->people = ARENA_NEW_N(v->arena, struct doctor_checks_person, roster->operator_count + 1u);
    for (int i = 0; i < roster->line_count; i++)
        memcpy(x->lines[i].number, roster->lines[i].number, sizeof x->lines[i].number);
    for (int i = 0; i < roster->operator_count; i++) {
        const struct roster_operator *o = &roster->operators[i];
        memcpy(x->people[i].id, o->id, sizeof x->people[i].id);
        memcpy(x->people[i].name, o->name, sizeof x->people[i].name);
        memcpy(x->people[i].phone, o->phone, sizeof x->people[i].phone);
    }
    for (int i = 0; i < roster->chain_count; i++)
        if (is_in_use(roster, i))
            find_gaps(x, roster, &roster->chains[i]);
    f->lines = x->lines;
    f->line_count = roster->line_count;
    f->people = x->people;
    f->person_count = roster->operator_count;
}

static bool is_loopback(const char *address)
{
    return address && (strstr(address, "//127.0.0.1") || strstr(address, "//localhost") ||
                       strstr(address, "//[::1]"));
}

/* Of those that live. */
static int versions_of(const struct store_pulse *pulse)
{
    int count = 0;

    for (size_t i = 0; i < pulse->count; i++) {
        const struct store_node *n = &pulse->nodes[i];
        bool is_new = n->gone_ms == 0;
        for (size_t k = 0; k < i && is_new; k++)
            is_new = pulse->nodes[k].gone_ms || strcmp(pulse->nodes[k].version, n->version) != 0;
        count += is_new;
    }
    return count;
}

static void take_open(struct visit *v, struct doctor_checks_facts *f)
{
    const struct report_only_list *all = engine_report_only(v->site->engine);
    struct doctor_checks_open *open =
        ARENA_NEW_N(v->arena, struct doctor_checks_open, all->count + 1);

    f->open = open;
    for (size_t i = 0; i < all->count; i++) {
        const struct report_only *row = &all->rows[i];
        if (report_only_find(all, v->tenant, span_of(row->line), f->now_ms) != row)
            continue;
        memcpy(open[f->open_count].number, row->line, sizeof open->number);
        open[f->open_count++].until_ms = row->until_ms;
    }
}

static void take_figures(struct visit *v, struct examined *x)
{
    const struct engine_stats e = engine_stats(v->site->engine);
    const struct sender_sight c = engine_sight(v->site->engine);
    struct doctor_checks_facts *f = &x->facts;

    f->now_ms = engine_now_ms(v->site->engine);
    f->started_ms = v->site->started_ms;
    f->public_url = v->site->public_url;
    f->is_rehearsal = is_loopback(v->site->carrier_api);
    f->signed_ms = v->site->signed_ms;
    f->unsigned_ms = v->site->unsigned_ms;
    f->unsigned_count = v->site->counts.bad_signatures;
    take_open(v, f);
    f->roster_is_good = e.roster_good;
    f->roster_is_address = engine_source(v->site->engine, v->arena).kind == ENGINE_SOURCE_ADDRESS;
    struct engine_document now;
    if (engine_document(v->site->engine, v->tenant, &now))
        f->roster_version = now.version;
    f->roster_age_s = e.roster_age_s;
    const struct tenant *tenant = vault_tenant(engine_vault(v->site->engine), v->tenant);
    const struct vault_sight sight = vault_sight(engine_vault(v->site->engine));
    if (tenant)
        f->terms = tenant->terms;
    f->is_key_denied = sender_denied(&c, v->tenant) != 0 && v->tenant;
    if (!v->bound && v->role == ROLE_ADMIN) {
        f->secrets_shut = sight.unopened + sight.shared;
        f->keys_denied = sender_denied(&c, 0);
    }
    f->can_store = e.ready;
    f->spooled = e.spooled;
    f->unsure = e.unsure_now;
    f->version = v->site->version;
    struct web_sight served = {.has_certificate = false};
    if (v->site->sight)
        v->site->sight(v->site->sight_ctx, v->arena, &served);
    f->has_certificate = served.has_certificate;
    f->certificate = served.certificate;
    f->heartbeat = served.heartbeat;
    f->nodes = e.nodes;
    f->nodes_lost = e.nodes_lost;
    f->versions = versions_of(engine_nodes(v->site->engine));
    f->has_clock = c.has_clock;
    f->clock_off_ms = c.clock_off_ms;
}

/* ---- of the store, on the reading thread ---- */

static void heard(void *ctx, const struct view_cell *cells, size_t count)
{
    struct examined *x = ctx;
    const struct view_cell *at = view_cell(cells, count, "created_at");
    const int64_t ms =
        at->type == VIEW_NUMBER ? at->number : view_cell(cells, count, "started_at")->number;

    if (ms > x->line->heard_ms)
        x->line->heard_ms = ms;
}

static enum err look_at_line(struct examined *x, struct store *store, int32_t tenant)
{
    const struct view_filter filter = {
        .tenant = tenant,
        .line = span_of(x->line->number),
        .since = id_floor(x->facts.now_ms - DOCTOR_CHECKS_SILENT_DAYS * day_ms),
        .limit = 1};
    struct view_filter texts = filter;

    texts.kind = SPAN("inbound");
    const enum err e = store_view(store, VIEW_CALLS, &filter, heard, x);
    return e ? e : store_view(store, VIEW_MESSAGES, &texts, heard, x);
}

static bool is_lost(struct span delivery)
{
    return span_is_text(delivery, "undelivered") || span_is_text(delivery, "failed");
}

static void trouble(void *ctx, const struct view_cell *cells, size_t count)
{
    struct examined *x = ctx;
    const struct span who = view_cell(cells, count, "operator")->text;

    if (who.size == 0 || who.size >= LIMIT_SLUG_SIZE || x->trouble_count == LIMIT_OPERATORS ||
        !is_lost(view_cell(cells, count, "delivery")->text))
        return;
    for (int i = 0; i < x->trouble_count; i++)
        if (span_is_text(who, x->trouble[i]))
            return;
    copy(x->trouble[x->trouble_count++], LIMIT_SLUG_SIZE, who);
}

static void last_text(void *ctx, const struct view_cell *cells, size_t count)
{
    struct examined *x = ctx;

    x->person->is_unreachable = is_lost(view_cell(cells, count, "delivery")->text);
    x->person->error_code = (int32_t)view_cell(cells, count, "error_code")->number;
}

static void stopped(void *ctx, const struct view_cell *cells, size_t count)
{
    struct examined *x = ctx;
    const struct span person = view_cell(cells, count, "person")->text;

    for (size_t i = 0; i < x->facts.person_count; i++)
        x->people[i].is_out |= span_is_text(person, x->people[i].phone);
}

/* Only those whom a text did not reach lately are looked at one by one. */
static enum err look_at_people(struct examined *x, struct store *store, int32_t tenant)
{
    const int64_t since = id_floor(x->facts.now_ms - TROUBLE_DAYS * day_ms);
    enum err e =
        store_view(store, VIEW_CONSENTS,
                   &(struct view_filter){.tenant = tenant, .state = SPAN("out"), .limit = ROWS_MAX},
                   stopped, x);

    if (!e)
        e = store_view(
            store, VIEW_DELIVERIES,
            &(struct view_filter){
                .tenant = tenant, .state = SPAN("trouble"), .since = since, .limit = ROWS_MAX},
            trouble, x);
    for (size_t i = 0; !e && i < x->facts.person_count; i++) {
        x->person = &x->people[i];
        for (int k = 0; !e && k < x->trouble_count; k++)
            if (strcmp(x->trouble[k], x->person->id) == 0)
                e = store_view(store, VIEW_DELIVERIES,
                               &(struct view_filter){.tenant = tenant,
                                                     .operator_id = span_of(x->person->id),
                                                     .since = since,
                                                     .limit = 1},
                               last_text, x);
    }
    return e;
}

static void token(void *ctx, const struct view_cell *cells, size_t count)
{
    struct examined *x = ctx;
    const struct view_cell *used = view_cell(cells, count, "used_at");
    const struct view_cell *created = view_cell(cells, count, "created_at");
    const int64_t last_ms = used->number ? used->number : created->number;

    if (x->facts.now_ms - last_ms < IDLE_DAYS * day_ms ||
        x->facts.idle_count == DOCTOR_CHECKS_NAMES)
        return;
    copy(x->idle[x->facts.idle_count++].name, LIMIT_NAME_SIZE,
         view_cell(cells, count, "name")->text);
}

static void user(void *ctx, const struct view_cell *cells, size_t count)
{
    struct examined *x = ctx;

    if (view_cell(cells, count, "is_set_up")->number || x->facts.fresh_count == DOCTOR_CHECKS_NAMES)
        return;
    copy(x->fresh[x->facts.fresh_count++].name, LIMIT_NAME_SIZE,
         view_cell(cells, count, "login")->text);
}

static void alarm_row(void *ctx, const struct view_cell *cells, size_t count)
{
    struct examined *x = ctx;

    if (x->facts.alarms++ == 0)
        copy(x->facts.alarm_kind, sizeof x->facts.alarm_kind,
             view_cell(cells, count, "kind")->text);
}

static enum err look_at_names(struct examined *x, struct store *store, int32_t tenant)
{
    const struct view_filter tokens = {.tenant = tenant, .state = SPAN("valid"), .limit = ROWS_MAX};
    const struct view_filter users = {.tenant = tenant, .state = SPAN("active"), .limit = ROWS_MAX};
    const enum err e = store_view(store, VIEW_TOKENS, &tokens, token, x);

    return e ? e : store_view(store, VIEW_USERS, &users, user, x);
}

static void roster_row(void *ctx, const struct view_cell *cells, size_t count)
{
    struct examined *x = ctx;

    x->facts.roster_since_ms = view_cell(cells, count, "created_at")->number;
}

/* One that names nobody may be anybody's. */
static void refused_row(void *ctx, const struct view_cell *cells, size_t count)
{
    struct examined *x = ctx;
    struct json *root = NULL;
    struct json_place place;

    /* What was mended by the version in force, or by others since, is nobody's trouble. */
    if (view_cell(cells, count, "is_good")->number ||
        view_cell(cells, count, "created_at")->number <= x->facts.roster_since_ms)
        return;
    const bool is_read = !json_parse(view_cell(cells, count, "document")->text, &root, &place);
    const struct span slug = is_read ? json_text(json_get(root, "tenant")) : (struct span){0};
    x->refused++;
    x->refused_ours += slug.size == 0 || span_is_text(slug, x->slug);
    json_close(&root);
}

/* Of several businesses on a host one's roster that was refused is no other's trouble: those that
 * are no known tenant's are kept as nobody's. */
static enum err look_at_roster(struct examined *x, struct store *store, int32_t tenant)
{
    const struct view_filter in_force = {
        .tenant = tenant, .id = x->facts.roster_version, .limit = 1};
    enum err e = ERR_NONE;

    if (x->facts.roster_version)
        e = store_view(store, VIEW_ROSTERS, &in_force, roster_row, x);
    if (e || x->facts.roster_is_good || !x->is_one_of_many)
        return e;
    e = store_view(store, VIEW_ROSTER_TEXT, &(struct view_filter){.limit = REFUSED_LOOKED_AT},
                   refused_row, x);
    x->facts.roster_is_good = !e && x->refused > 0 && x->refused_ours == 0;
    return e;
}

static enum err look_at_rest(struct examined *x, struct store *store, int32_t tenant)
{
    const struct view_filter alarms = {.tenant = tenant,
                                       .alarms = true,
                                       .since = id_floor(x->facts.now_ms - day_ms),
                                       .limit = ROWS_MAX};
    const enum err e = x->facts.may_see_names ? look_at_names(x, store, tenant) : ERR_NONE;

    return e ? e : store_view(store, VIEW_EVENTS, &alarms, alarm_row, x);
}

static void look_at_disk(struct examined *x, struct arena *arena)
{
    struct statvfs room;
    struct stat st;

    if (statvfs(x->spool, &room) == 0) {
        x->facts.free_bytes = (int64_t)room.f_bavail * (int64_t)room.f_frsize;
        x->facts.disk_bytes = (int64_t)room.f_blocks * (int64_t)room.f_frsize;
    }
    if (!x->database)
        return;
    const char *const parts[] = {x->database, arena_printf(arena, "%s-wal", x->database)};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
        if (stat(parts[i], &st) == 0)
            x->facts.database_bytes += (int64_t)st.st_size;
}

static void write_finding(void *ctx, const struct doctor_checks_finding *f)
{
    struct json_out *json = ctx;

    json_out_object(json, NULL);
    json_out_text(json, "check", span_of(f->check));
    json_out_text(json, "state", span_of(doctor_checks_state_name(f->state)));
    json_out_text(json, "what", span_of(f->what));
    json_out_text_or_null(json, "why", span_of(f->why));
    json_out_text_or_null(json, "mend", span_of(f->mend));
    json_out_end_object(json);
}

static enum err examine(struct visit *v, struct store *store, int64_t now_ms)
{
    struct examined *x = v->own;
    struct json_out json = json_out(&x->body);
    enum err e = ERR_NONE;

    (void)now_ms;
    for (size_t i = 0; !e && i < x->facts.line_count; i++) {
        x->line = &x->lines[i];
        e = look_at_line(x, store, v->tenant);
    }
    if (!e)
        e = look_at_people(x, store, v->tenant);
    if (!e)
        e = look_at_rest(x, store, v->tenant);
    if (!e)
        e = look_at_roster(x, store, v->tenant);
    if (e)
        return e;
    look_at_disk(x, v->arena);
    json_out_object(&json, NULL);
    json_out_list(&json, "items");
    doctor_checks_all(v->arena, &x->facts, write_finding, &json);
    json_out_end_list(&json);
    json_out_end_object(&json);
    return x->body.full ? ERR_FULL : ERR_NONE;
}

static void answer(struct visit *v)
{
    struct examined *x = v->own;

    if (v->reading.err)
        visit_fail_busy(v);
    else
        visit_answer_json(v, 200, &x->body);
}

void doctor_api(struct visit *v)
{
    const struct roster *roster = engine_roster(v->site->engine, v->tenant);
    struct examined *x = ARENA_NEW(v->arena, struct examined);

    v->own = x;
    x->body = buf_in(v->arena, DOCTOR_BYTES_MAX);
    x->gaps = ARENA_NEW_N(v->arena, struct doctor_checks_gap, DOCTOR_CHECKS_GAPS);
    x->idle = ARENA_NEW_N(v->arena, struct doctor_checks_name, DOCTOR_CHECKS_NAMES);
    x->fresh = ARENA_NEW_N(v->arena, struct doctor_checks_name, DOCTOR_CHECKS_NAMES);
    x->facts.gaps = x->gaps;
    x->facts.idle = x->idle;
    x->facts.fresh = x->fresh;
    x->database = engine_database(v->site->engine);
    x->spool = engine_spool(v->site->engine);
    x->facts.may_see_names = v->role == ROLE_ADMIN;
    x->is_one_of_many = engine_tenants(v->site->engine) > 1;
    if (roster)
        copy(x->slug, sizeof x->slug, span_of(roster->tenant));
    take_figures(v, x);
    if (roster)
        take_roster(v, x, roster);
    visit_browse(v, examine, answer);
}
