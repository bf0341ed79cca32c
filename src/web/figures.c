#include "web/figures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <time.h>

#include "engine/queues.h"
#include "store/store_copy.h"
#include "web/process_figures.h"

enum { MS_US = 1000, S_US = 1000000, PATH_BYTES = 4096 };

/* What waits in the store; instants, 0: nothing does. */
struct waiting {
    int64_t relays_waiting, relays_unanswered, outbox_queued, calls_live;
    int64_t relay_due_at, relay_raised_at, unanswered_raised_at, unsure_at, timer_due_at;
};

struct figures {
    struct site *site;
    void (*more)(void *ctx, struct metric_set *set);
    void *more_ctx;
    const char *state_folder;
    int64_t started_us;
    struct reading look, probe;
    struct waiting waiting;
    struct queues *queues;
    struct queues_sight outbox;
    bool has_waiting, is_durable;
    struct figures_ask *first, **last; /* whoever waits; none while nothing is under way */
    struct metric_set set;
};

struct figures *figures_open(struct site *site, const struct web_options *options)
{
    struct figures *f = arena_must_alloc(sizeof *f);
    struct timespec now;

    memset(f, 0, sizeof *f);
    f->site = site;
    f->more = options->figures;
    f->more_ctx = options->figures_ctx;
    f->state_folder = options->state_folder;
    clock_gettime(CLOCK_REALTIME, &now);
    f->started_us = (int64_t)now.tv_sec * S_US + now.tv_nsec / 1000;
    f->last = &f->first;
    f->queues = queues_open();
    return f;
}

void figures_close(struct figures **figures)
{
    if (*figures)
        queues_close(&(*figures)->queues);
    free(*figures);
    *figures = NULL;
}

/* ---- of the process's own counts ---- */

static void put_tally(struct metric_set *set, const struct metric_tally *t)
{
    metric_set_put(set, METRIC_RELAYS_RAISED, (int64_t)t->relays_raised);
    metric_set_put(set, METRIC_RELAYS_ACKNOWLEDGED, (int64_t)t->relays_acknowledged);
    metric_set_put(set, METRIC_RELAYS_LAPSED, (int64_t)t->relays_lapsed);
    metric_set_put(set, METRIC_RELAYS_EXHAUSTED, (int64_t)t->relays_exhausted);
    metric_set_put_times(set, METRIC_RELAY_ACKNOWLEDGED_SECONDS, 0, &t->relay_acknowledged);
    metric_set_put(set, METRIC_CALLS_ARRIVED, (int64_t)t->calls_arrived);
    metric_set_put(set, METRIC_CALLS_ACCEPTED, (int64_t)t->calls_accepted);
    metric_set_put(set, METRIC_CALLS_MISSED, (int64_t)t->calls_missed);
    metric_set_put_times(set, METRIC_CALL_ACCEPTED_SECONDS, 0, &t->call_accepted);
    metric_set_put(set, METRIC_TEXTS_UNDELIVERED, (int64_t)t->texts_undelivered);
    metric_set_put_times(set, METRIC_COMMIT_SECONDS, 0, &t->commit);
    metric_set_put_times(set, METRIC_TIMER_LATE_SECONDS, 0, &t->timer_late);
}

static void put_engine(struct metric_set *set, const struct engine_stats *s)
{
    /* clang-format off */
    const struct {
        enum metric metric;
        int64_t value;
    } all[] = {
        {METRIC_LATE_TEXTS, (int64_t)s->late_texts},
        {METRIC_LATE_CALLS, (int64_t)s->late_calls},
        {METRIC_OPTED_OUT, (int64_t)s->opted_out},
        {METRIC_ALARMS, (int64_t)s->alarms},
        {METRIC_SENT, (int64_t)s->sent},
        {METRIC_REFUSED, (int64_t)s->refused},
        {METRIC_RETRIED, (int64_t)s->retried},
        {METRIC_OUTBOX_BUSY, (int64_t)s->outbox_busy},
        {METRIC_UNSURE_TOTAL, (int64_t)s->unsure},
        {METRIC_UNSURE, (int64_t)s->unsure_now},
        {METRIC_SETTLED_BY_LIST, (int64_t)s->settled_by_list},
        {METRIC_DUPLICATES_POSSIBLE, (int64_t)s->duplicates_possible},
        {METRIC_READY, s->ready},
        {METRIC_COMMITS_FAILED, (int64_t)s->commits_failed},
        {METRIC_BATCHES, (int64_t)s->batches},
        {METRIC_EVENTS, (int64_t)s->events},
        {METRIC_WAITING, (int64_t)s->waiting},
        {METRIC_QUEUE_PLACES, (int64_t)s->queue_places},
        {METRIC_SPOOLED, (int64_t)s->spooled},
        {METRIC_SPOOL_BYTES, (int64_t)s->spool_bytes},
        {METRIC_SPOOL_CAPACITY, (int64_t)s->spool_size},
        {METRIC_NODES, s->nodes},
        {METRIC_NODES_LOST, s->nodes_lost},
        {METRIC_LEASE_LOST, (int64_t)s->rejoined},
        {METRIC_TAKEN_OVER, (int64_t)s->taken_over},
        {METRIC_ROSTER_VERSION, s->roster_version},
        {METRIC_ROSTER_GOOD, s->roster_good},
        {METRIC_ROSTER_AGE, s->roster_age_s * S_US},
        {METRIC_ROSTER_REFUSED, (int64_t)s->roster_refused},
        {METRIC_PUBLISHED, (int64_t)s->published},
        {METRIC_PUBLISH_FAILED, (int64_t)s->publish_failed},
    };
    /* clang-format on */

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        metric_set_put(set, all[i].metric, all[i].value);
}

static void put_carrier(struct metric_set *set, const struct engine *engine,
                        const struct metric_sends *sends)
{
    const struct sender_sight sight = engine_sight(engine);
    const bool is_away = sight.away_ms > sight.answered_ms;
    /* In a rehearsal the carrier's answers bear the real time. */
    const bool has_clock = sight.has_clock && !clock_is_rehearsal(engine_clock(engine));

    for (size_t i = 0; i < SENTS; i++)
        metric_set_put_times(set, METRIC_CARRIER_SECONDS, i, &sends->took[i]);
    for (size_t i = 0; i < METRIC_TALLY_CODES; i++)
        metric_set_put_at(set, METRIC_CARRIER_REFUSED, i, (int64_t)sends->refused[i]);
    metric_set_put(set, METRIC_CARRIER_THROTTLED, (int64_t)sends->throttled);
    metric_set_put(set, METRIC_CARRIER_AWAY,
                   is_away ? (engine_now_ms(engine) - sight.away_ms) * MS_US : 0);
    metric_set_put(set, METRIC_CLOCK_OFFSET, has_clock ? sight.clock_off_ms * MS_US : 0);
}

static void put_web(struct metric_set *set, const struct site_counts *c)
{
    for (size_t i = 0; i < METRIC_WEBHOOK_KINDS; i++)
        metric_set_put_times(set, METRIC_WEBHOOK_SECONDS, i, &c->webhooks.took[i]);
    for (size_t i = 0; i < METRIC_REFUSALS; i++)
        metric_set_put_at(set, METRIC_WEBHOOKS_REFUSED, i, (int64_t)c->webhooks.refused[i]);
    for (size_t i = 2; i < SITE_STATUS_CLASSES; i++)
        metric_set_put_at(set, METRIC_HTTP_ANSWERS, i - 2, (int64_t)c->answers[i]);
    metric_set_put(set, METRIC_SIGNATURES_REFUSED, (int64_t)c->bad_signatures);
    metric_set_put(set, METRIC_WEBHOOKS_UNPROVEN, (int64_t)c->unproven);
    metric_set_put(set, METRIC_HTTP_REQUESTS, (int64_t)c->requests);
    metric_set_put(set, METRIC_SESSIONS_REFUSED, (int64_t)c->bad_sessions);
    metric_set_put(set, METRIC_SIGN_INS_REFUSED, (int64_t)c->bad_logins);
    metric_set_put(set, METRIC_TOKENS_REFUSED, (int64_t)c->bad_tokens);
}

/* ---- of the store and its disk ---- */

static int64_t since_us(int64_t now_ms, int64_t at_ms)
{
    return at_ms && at_ms < now_ms ? (now_ms - at_ms) * MS_US : 0;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a && (a < b || !b) ? a : b;
}

static void put_waiting(struct metric_set *set, const struct waiting *w, int64_t now_ms)
{
    const int64_t oldest = earlier(w->relay_raised_at, w->unanswered_raised_at);

    metric_set_put(set, METRIC_RELAYS_WAITING, w->relays_waiting);
    metric_set_put(set, METRIC_RELAYS_UNANSWERED, w->relays_unanswered);
    metric_set_put(set, METRIC_RELAY_OLDEST, since_us(now_ms, oldest));
    metric_set_put(set, METRIC_RELAY_OVERDUE, since_us(now_ms, w->relay_due_at));
    metric_set_put(set, METRIC_CALLS_LIVE, w->calls_live);
    metric_set_put(set, METRIC_OUTBOX_QUEUED, w->outbox_queued);
    metric_set_put(set, METRIC_UNSURE_OLDEST, since_us(now_ms, w->unsure_at));
    metric_set_put(set, METRIC_TIMER_OVERDUE, since_us(now_ms, w->timer_due_at));
}

static void put_backup(struct metric_set *set, const struct figures *f)
{
    const int64_t made_ms = f->state_folder ? store_copy_last(f->state_folder) : 0;

    if (made_ms)
        metric_set_put(set, METRIC_BACKUP_AGE, since_us(engine_now_ms(f->site->engine), made_ms));
}

static void put_disk(struct metric_set *set, const struct figures *f)
{
    const char *database = engine_database(f->site->engine);
    char log[PATH_BYTES];
    struct stat file;
    struct statvfs disk;
    int64_t bytes = 0;

    if (f->state_folder && statvfs(f->state_folder, &disk) == 0)
        metric_set_put(set, METRIC_DISK_FREE, (int64_t)(disk.f_bavail * disk.f_frsize));
    if (!database || stat(database, &file) != 0)
        return;
    bytes = file.st_size;
    snprintf(log, sizeof log, "%s-wal", database);
    if (stat(log, &file) == 0)
        bytes += file.st_size;
    metric_set_put(set, METRIC_DATABASE_BYTES, bytes);
}

static void gather(struct figures *f)
{
    struct metric_set *set = &f->set;
    const struct engine *engine = f->site->engine;
    const struct engine_stats stats = engine_stats(engine);

    memset(set, 0, sizeof *set);
    put_tally(set, stats.tally);
    put_engine(set, &stats);
    put_carrier(set, engine, stats.sends);
    put_web(set, &f->site->counts);
    metric_set_put(
        set, METRIC_LINES_REPORT_ONLY,
        (int64_t)report_only_count(engine_report_only(engine), 0, engine_now_ms(engine)));
    metric_set_put(set, METRIC_STORE_DURABLE, f->is_durable);
    if (f->has_waiting) {
        const int64_t now_ms = engine_now_ms(engine);
        put_waiting(set, &f->waiting, now_ms);
        metric_set_put(set, METRIC_OUTBOX_OLDEST, since_us(now_ms, f->outbox.due_ms));
        metric_set_put(set, METRIC_OUTBOX_STALLED, f->outbox.stalled_ms * MS_US);
    }
    put_disk(set, f);
    put_backup(set, f);
    metric_set_put(set, METRIC_ALARMS_UNDELIVERED, 0);
    metric_set_put(set, METRIC_HEARTBEATS_FAILED, 0);
    metric_set_put(set, METRIC_CANARY_INTERVAL, 0);
    metric_set_put(set, METRIC_CANARY_AGE, 0);
    metric_set_put_text(set, METRIC_BUILD, f->site->version);
    process_figures_put(set, f->started_us);
    if (f->more)
        f->more(f->more_ctx, set);
}

/* ---- asking the store ---- */

static void take_cell(struct waiting *w, const struct view_cell *cell)
{
    const struct {
        const char *name;
        int64_t *out;
    } all[] = {
        {"relays_waiting", &w->relays_waiting},
        {"relay_due_at", &w->relay_due_at},
        {"relay_raised_at", &w->relay_raised_at},
        {"relays_unanswered", &w->relays_unanswered},
        {"unanswered_raised_at", &w->unanswered_raised_at},
        {"outbox_queued", &w->outbox_queued},
        {"unsure_at", &w->unsure_at},
        {"calls_live", &w->calls_live},
        {"timer_due_at", &w->timer_due_at},
    };

    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(cell->name, all[i].name) == 0)
            *all[i].out = cell->type == VIEW_NUMBER ? cell->number : 0;
}

static void take_row(void *ctx, const struct view_cell *cells, size_t count)
{
    struct figures *f = ctx;

    for (size_t i = 0; i < count; i++)
        take_cell(&f->waiting, &cells[i]);
}

static enum err read_waiting(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct figures *f = reading->user;
    const enum err err =
        store_view(store, VIEW_FIGURES, &(struct view_filter){.limit = 1}, take_row, f);

    return err ? err : queues_look(f->queues, store, now_ms, &f->outbox);
}

static enum err try_commit(struct reading *reading, struct store *store, int64_t now_ms)
{
    (void)reading;
    return store_probe(store, now_ms);
}

static void probed(struct reading *reading)
{
    struct figures *f = reading->user;
    struct figures_ask *ask = f->first;

    f->is_durable = reading->err == ERR_NONE;
    f->first = NULL;
    f->last = &f->first;
    gather(f);
    while (ask) {
        struct figures_ask *next = ask->next; /* it may go with its arena */
        ask->done(ask, &f->set);
        ask = next;
    }
}

static void looked(struct reading *reading)
{
    struct figures *f = reading->user;

    f->has_waiting = reading->err == ERR_NONE;
    f->probe = (struct reading){.read = try_commit, .done = probed, .user = f};
    f->probe.err = engine_read(f->site->engine, &f->probe);
    if (f->probe.err)
        probed(&f->probe);
}

void figures_ask(struct figures *f, struct figures_ask *ask)
{
    const bool is_under_way = f->first != NULL;

    ask->next = NULL;
    *f->last = ask;
    f->last = &ask->next;
    if (is_under_way)
        return;
    f->look = (struct reading){.read = read_waiting, .done = looked, .user = f};
    f->look.err = engine_look(f->site->engine, &f->look);
    if (f->look.err)
        looked(&f->look);
}
