#include "engine/engine.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "engine/news.h"
#include "engine/readers.h"
#include "river/book.h"
#include "river/river.h"
#include "source/feeds.h"
#include "source/fetching.h"
#include "source/publish.h"
#include "source/reload.h"
#include "source/sharing.h"
#include "store/store_nodes.h"

struct engine {
    struct clock *clock;
    const struct engine_options *options;
    struct source_options source;
    struct river *river;
    struct readers readers;
    struct news *news;
    struct vault *vault;
    struct tenancy *tenancy;
    struct fetching *fetching;
    struct feeds *feeds;
    struct publish *publish;
    struct reload reload;
    struct sharing *sharing;
    void (*rights_fn)(void *ctx); /* NULL: nobody watches them */
    void *rights_ctx;
    bool is_draining;
    struct engine_stats stats; /* as they were when the last batch came back */
    struct metric_tally tally; /* likewise */
};

/* ---- a turn of the loop ---- */

static void copy_stats(struct engine *e)
{
    const struct apply *a = river_apply(e->river); /* the storage thread sleeps now */

    e->tally = a->tally;
    e->stats = (struct engine_stats){
        .events = a->events,
        .batches = a->batches,
        .commits_failed = a->commits_failed,
        .unsure = a->unsure,
        .alarms = a->alarms,
        .commit_us_last = a->commit_us_last,
        .ready = a->ready,
        .unsure_now = a->claim.unsure_count,
        .opted_out = a->claim.opted_out,
        .settled_by_list = a->settled_by_list,
        .duplicates_possible = a->duplicates_possible,
        .late_texts = a->late_texts,
        .late_calls = a->late_calls,
        .rejoined = a->member.rejoined,
        .taken_over = a->member.taken_over,
    };
}

static int64_t turn(void *ctx)
{
    struct engine *e = ctx;

    if (river_collect(e->river))
        copy_stats(e); /* a reading may have taken a roster over */
    tenancy_turn(e->tenancy);
    reload_watch(&e->reload);
    sharing_turn(e->sharing);
    fetching_turn(e->fetching);
    if (!e->is_draining)
        publish_turn(e->publish, e->stats.events);
    return river_turn(e->river);
}

bool engine_is_idle(const struct engine *e)
{
    return river_is_idle(e->river) && readers_are_idle(&e->readers);
}

void engine_drain(struct engine *e)
{
    e->is_draining = true;
    river_drain(e->river);
}

enum err engine_submit(struct engine *e, struct work *work)
{
    return river_submit(e->river, work);
}

enum err engine_read(struct engine *e, struct reading *reading)
{
    reading->is_awaited = true;
    return river_read(e->river, reading);
}

void engine_prove(struct engine *e, struct reading *reading)
{
    reading->is_awaited = false;
    (void)!river_read(e->river, reading); /* never refused */
}

enum err engine_prove_spool(struct engine *e)
{
    return river_prove_spool(e->river);
}

struct span engine_alarm_secret(const struct engine *e, int32_t tenant)
{
    return vault_alarm_secret(e->vault, tenant);
}

enum err engine_look(struct engine *e, struct reading *reading)
{
    return e->readers.looks ? reader_put(e->readers.looks, reading) : engine_read(e, reading);
}

enum err engine_browse(struct engine *e, struct reading *reading)
{
    return e->readers.browses ? reader_put(e->readers.browses, reading) : engine_read(e, reading);
}

/* ---- opening and closing ---- */

/* A reading uses the roster that was in force when it was asked, until it is done. */
static void close_old_books(void *ctx)
{
    struct engine *e = ctx;

    if (readers_are_past(&e->readers))
        reload_close_old(&e->reload);
}

static void take_book(void *ctx, const struct book *book)
{
    struct engine *e = ctx;

    readers_mark(&e->readers);
    river_take_book(e->river, book);
    if (!tenancy_knows(e->vault, book))
        tenancy_refresh(e->tenancy, NULL, NULL);
}

static void take_terms(void *ctx)
{
    struct engine *e = ctx;

    reload_terms(&e->reload);
}

static enum err open_tenancy(struct engine *e, char why[ENGINE_WHY_SIZE])
{
    const struct engine_options *o = e->options;
    const struct tenancy_tools tools = {
        .intake = river_intake(e->river),
        .vault = e->vault,
        .keys = {.folder = o->key_folder, .file = o->key_file, .self = geteuid()},
        .changed = take_terms,
        .ctx = e,
    };
    struct store *store = river_apply(e->river)->store;

    enum err err = tenancy_open(&tools, &e->tenancy, why);
    if (err)
        return err;
    err = tenancy_first(e->tenancy, store);
    if (err)
        snprintf(why, ENGINE_WHY_SIZE, "the tenants cannot be read: %s", store_why(store));
    return err;
}

/* Those of whom a file was read just now, too. */
static enum err know_all_tenants(struct engine *e, char why[ENGINE_WHY_SIZE])
{
    struct store *store = river_apply(e->river)->store;

    if (tenancy_knows(e->vault, e->reload.book))
        return ERR_NONE;
    const enum err err = tenancy_first(e->tenancy, store);
    if (err)
        snprintf(why, ENGINE_WHY_SIZE, "the tenants cannot be read: %s", store_why(store));
    else
        reload_terms(&e->reload);
    return err;
}

/* Another node has changed it. */
static void read_anew(void *ctx, enum store_topic topic)
{
    struct engine *e = ctx;

    switch (topic) {
    case STORE_TOPIC_ROSTERS:
        sharing_look(e->sharing);
        break;
    case STORE_TOPIC_TENANTS:
        tenancy_refresh(e->tenancy, NULL, NULL);
        break;
    case STORE_TOPIC_RIGHTS:
        if (e->rights_fn)
            e->rights_fn(e->rights_ctx);
        break;
    case STORE_TOPICS:
        break;
    }
}

static void hear_change(void *ctx, const struct store_change *change)
{
    const struct engine *e = ctx;

    news_hear(e->news, change);
}

static enum err open_river(struct engine *e, struct loop *loop, char why[ENGINE_WHY_SIZE])
{
    const struct engine_options *o = e->options;
    const struct river_options options = {
        .loop = loop,
        .clock = e->clock,
        .database = o->database,
        .spool = o->spool,
        .sender =
            {
                .api = o->carrier_api,
                .public_url = o->public_url,
                .callback_key = o->callback_key,
                .vault = e->vault,
            },
        .lookup_api = o->lookup_api,
        .keep_bodies_days = o->keep_bodies_days,
        .keep_metadata_days = o->keep_metadata_days,
        .call_rate = o->call_rate,
        .queue_max = o->queue_max,
        .self = o->self,
        .node_before = o->node_before,
        .callback_key = o->callback_key,
        .topic = read_anew,
        .changed = hear_change,
        .let_go = close_old_books,
        .ctx = e,
    };

    return river_open(&options, &e->river, why);
}

static struct source_options source_of(const struct engine_options *o)
{
    return (struct source_options){
        .clock = o->clock,
        .roster = o->roster,
        .aws = o->aws,
        .is_rehearsal = o->is_rehearsal,
        .publish = o->publish,
        .account_sid = o->account_sid,
        .from_number = o->from_number,
        .ack_s = o->ack_s,
        .keep_recordings_days = o->keep_recordings_days,
        .ring_s = o->ring_s,
    };
}

static enum err open_source(struct engine *e, struct loop *loop, char why[ENGINE_WHY_SIZE])
{
    const struct source_options *o = &e->source;

    const enum err err = fetching_open(loop, &o->aws, o->is_rehearsal, &e->fetching);
    if (err) {
        snprintf(why, ENGINE_WHY_SIZE, "the HTTP client could not be opened");
        return err;
    }
    e->feeds = feeds_open(&(struct feeds_tools){
        .clock = e->clock,
        .fetching = e->fetching,
        .intake = river_intake(e->river),
        .apply = river_apply(e->river),
        .is_rehearsal = o->is_rehearsal,
        .folder = e->options->feeds,
    });
    e->reload.options = o;
    e->reload.apply = river_apply(e->river);
    e->reload.intake = river_intake(e->river);
    e->reload.fetching = e->fetching;
    e->reload.feeds = e->feeds;
    return reload_first(&e->reload, clock_now_ms(e->clock), why);
}

/* The rosters are in force before anything runs. */
static enum err open_parts(struct engine *e, struct loop *loop, char why[ENGINE_WHY_SIZE])
{
    enum err err = open_river(e, loop, why);

    if (!err) {
        e->news = news_open();
        store_watch(river_apply(e->river)->store, news_note, e->news);
    }
    if (!err)
        err = open_tenancy(e, why);
    if (!err)
        err = open_source(e, loop, why);
    if (!err)
        err = know_all_tenants(e, why);
    if (!err)
        err = river_start(e->river, e->reload.book, why);
    if (!err)
        err = readers_open(&e->readers, loop, e->clock, river_apply(e->river)->store, why);
    if (err)
        return err;
    e->reload.taken = take_book;
    e->reload.ctx = e;
    e->sharing = sharing_open(&e->reload);
    e->publish = publish_open(&(struct publish_tools){
        .loop = loop,
        .clock = e->clock,
        .options = &e->source,
        .intake = river_intake(e->river),
        .fetching = e->fetching,
        .apply = river_apply(e->river),
        .reload = &e->reload,
    });
    return ERR_NONE;
}

static void close_parts(struct engine *e)
{
    readers_close(&e->readers);
    river_stop(e->river);
    fetching_close(&e->fetching);
    feeds_close(&e->feeds);
    sharing_close(&e->sharing);
    publish_close(&e->publish);
    tenancy_close(&e->tenancy);
    reload_done(&e->reload);
    river_close(&e->river);
    vault_close(&e->vault);
    news_close(&e->news);
}

enum err engine_open(struct loop *loop, struct clock *clock, const struct engine_options *options,
                     struct engine **out, char why[ENGINE_WHY_SIZE])
{
    struct engine *e = arena_must_alloc(sizeof *e);

    e->clock = clock;
    e->options = options;
    e->source = source_of(options);
    e->vault = vault_open(&(struct vault_host){.account = options->account_sid,
                                               .user = options->api_user,
                                               .password = options->api_password});
    e->source.vault = e->vault;
    e->reload.watched_ns = clock_mono_ns();
    const enum err err = open_parts(e, loop, why);
    if (err) {
        close_parts(e);
        free(e);
        return err;
    }
    copy_stats(e);
    loop_add_turn(loop, turn, e);
    *out = e;
    return ERR_NONE;
}

void engine_close(struct engine **engine)
{
    struct engine *e = *engine;

    if (!e)
        return;
    close_parts(e);
    free(e);
    *engine = NULL;
}

void engine_take_login(struct engine *e, const char *user, const char *password)
{
    vault_take_login(e->vault, user, password);
}

/* ---- what others ask ---- */

const struct store_pulse *engine_nodes(const struct engine *e)
{
    return river_nodes(e->river);
}

int engine_node(const struct engine *e)
{
    return river_apply(e->river)->store->node;
}

bool engine_is_superseded(const struct engine *e)
{
    return river_apply(e->river)->member.is_superseded;
}

void engine_watch_rights(struct engine *e, void (*fn)(void *ctx), void *ctx)
{
    e->rights_fn = fn;
    e->rights_ctx = ctx;
}

struct news *engine_news(const struct engine *e)
{
    return e->news;
}

enum err engine_reload(struct engine *e, char why[ENGINE_WHY_SIZE])
{
    return reload_start(&e->reload, why);
}

bool engine_find_line(struct engine *e, struct span account, struct span number,
                      struct engine_place *out)
{
    const struct book_line *at =
        book_place(e->reload.book, account, number, vault_is_hosted(e->vault, account));

    if (!at)
        return false;
    *out = (struct engine_place){at->tenant, at->roster, at->line};
    return true;
}

const struct report_only_list *engine_report_only(const struct engine *e)
{
    return &e->reload.book->open;
}

bool engine_speaks(const struct engine *e, struct span account, int32_t tenant)
{
    return book_speaks(e->reload.book, account, tenant, vault_is_hosted(e->vault, account));
}

bool engine_has_account(const struct engine *e, struct span account)
{
    return vault_has_account(e->vault, account) || book_has_account(e->reload.book, account);
}

bool engine_has_file(const struct engine *e, int32_t tenant)
{
    for (size_t i = 0; i < e->reload.book->count; i++)
        if (e->reload.book->entries[i].tenant == tenant)
            return e->reload.book->entries[i].path != NULL;
    return false;
}

void engine_hurry(struct engine *e)
{
    river_apply(e->river)->next_timer_ms = 0;
}

bool engine_is_shared(const struct engine *e)
{
    return store_nodes_are_shared(river_apply(e->river)->store);
}

struct vault *engine_vault(const struct engine *e)
{
    return e->vault;
}

struct tenancy *engine_tenancy(const struct engine *e)
{
    return e->tenancy;
}

const struct roster *engine_roster(const struct engine *e, int32_t tenant)
{
    return book_roster(e->reload.book, tenant);
}

int32_t engine_tenant(const struct engine *e, struct span slug)
{
    return book_tenant(e->reload.book, slug);
}

int engine_tenants(const struct engine *e)
{
    return (int)e->reload.book->count;
}

int32_t engine_tenant_at(const struct engine *e, int index)
{
    return e->reload.book->entries[index].tenant;
}

struct engine_source engine_source(const struct engine *e, struct arena *arena)
{
    const char *roster = e->source.roster;

    if (!roster)
        return (struct engine_source){ENGINE_SOURCE_DATABASE, "the database"};
    if (address_is(roster))
        return (struct engine_source){ENGINE_SOURCE_ADDRESS, address_shown(arena, roster)};
    return (struct engine_source){ENGINE_SOURCE_FILE, roster};
}

bool engine_document(const struct engine *e, int32_t tenant, struct engine_document *out)
{
    for (size_t i = 0; i < e->reload.book->count; i++) {
        const struct book_entry *entry = &e->reload.book->entries[i];
        if (entry->tenant != tenant)
            continue;
        *out = (struct engine_document){entry->text, entry->version};
        return true;
    }
    return false;
}

struct editing_trial engine_try_roster(const struct engine *e, int32_t tenant, struct span document)
{
    return editing_try(&e->source, e->feeds, e->reload.book, tenant, document);
}

void engine_edit_roster(struct engine *e, struct editing *edit)
{
    reload_edit(&e->reload, edit);
}

int64_t engine_now_ms(const struct engine *e)
{
    return clock_now_ms(e->clock);
}

struct clock *engine_clock(const struct engine *e)
{
    return e->clock;
}

struct engine_stats engine_stats(const struct engine *e)
{
    const struct river_counts river = river_counts(e->river);
    const struct publish_counts published = publish_counts(e->publish);
    struct engine_stats stats = e->stats;

    stats.sent = river.results.sent;
    stats.refused = river.results.refused;
    stats.retried = river.results.retried;
    stats.waiting = river.waiting;
    stats.spooled = river.spooled;
    stats.outbox_busy = river.outbox_busy;
    stats.spool_bytes = river.spool_bytes;
    stats.spool_size = river.spool_size;
    stats.queue_places = river.places;
    stats.sends = river.sends;
    stats.tally = &e->tally;
    stats.nodes = (int)river_nodes(e->river)->living;
    stats.nodes_lost = nodes_lost(river_nodes(e->river));
    stats.roster_version = e->reload.version;
    stats.roster_good = reload_is_good(&e->reload);
    stats.published = published.written;
    stats.publish_failed = published.failed;
    stats.roster_refused = e->reload.refused;
    stats.roster_age_s = (clock_mono_ns() - e->reload.checked_ns) / 1000000000;
    return stats;
}

struct sender_sight engine_sight(const struct engine *e)
{
    return river_sight(e->river);
}

const char *engine_database(const struct engine *e)
{
    return river_apply(e->river)->store->is_shared ? NULL : e->options->database;
}

const char *engine_spool(const struct engine *e)
{
    return e->options->spool;
}
