/* One tenant at a time is on his way: his news are read on the storage thread, then written by a
 * thread (a file) or by requests (an object), then the next one has his turn. A round begins when
 * events have been decided since the last one, and once a minute, since who is on duty changes
 * without an event. */
#include "source/publish.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "codec/digest.h"
#include "source/publish_file.h"
#include "source/publish_news.h"
#include "store/store_nodes.h"

enum { MINE_MS = 120000 /* no other node writes a tenant's for so long */ };
enum { ROUND_S = 5, DUTY_S = 60, PUTS_MAX = 5, RETRY_S = 10, RETRY_MAX_S = 600, BUSY_MAX = 24 };

/* What is known of a tenant's place. */
struct place {
    struct place *next;
    int32_t tenant;
    uint8_t written[32]; /* digest of the news there */
    int64_t newest;      /* id of the event that was the newest then */
    int retry_s;         /* above 0: it could not be written */
    int64_t after_ms;
    int busy; /* times in a row that others were at it */
};

struct publish {
    struct publish_tools tools;
    struct place *places;
    struct publish_counts counts;
    int64_t round_ms, duty_ms; /* when the last round began, and the last that was not for events */
    uint64_t events;
    const struct book *book; /* of the round */
    size_t next_entry;       /* of the round; SIZE_MAX: none is under way */
    bool is_under_way;
    bool again;    /* something could not be written */
    bool for_duty; /* this round looks at all tenants */

    /* Of the tenant under way. */
    struct arena *arena;
    struct place *place;
    int32_t tenant;
    const char *path;
    struct reading reading;
    struct publish_news read;
    int64_t newest;
    bool is_news;
    struct roster_news news;
    uint8_t digest[32];
    int puts;
    pthread_t thread;
    bool has_thread;
    atomic_bool is_done;
    enum err err;
    char why[PUBLISH_FILE_WHY_SIZE];
};

struct publish *publish_open(const struct publish_tools *tools)
{
    struct publish *p = arena_must_alloc(sizeof *p);

    p->tools = *tools;
    p->next_entry = SIZE_MAX;
    p->round_ms = p->duty_ms = clock_now_ms(p->tools.clock);
    p->again = true; /* what happened before the start */
    return p;
}

void publish_close(struct publish **publish)
{
    struct publish *p = *publish;

    if (!p)
        return;
    if (p->has_thread)
        pthread_join(p->thread, NULL);
    while (p->places) {
        struct place *next = p->places->next;
        free(p->places);
        p->places = next;
    }
    arena_close(&p->arena);
    free(p);
    *publish = NULL;
}

struct publish_counts publish_counts(const struct publish *p)
{
    return p->counts;
}

static struct place *place_of(struct publish *p, int32_t tenant)
{
    for (struct place *at = p->places; at; at = at->next)
        if (at->tenant == tenant)
            return at;
    struct place *fresh = arena_must_alloc(sizeof *fresh);
    *fresh = (struct place){.next = p->places, .tenant = tenant};
    p->places = fresh;
    return fresh;
}

/* ---- how it ended ---- */

struct alarm {
    struct reading reading;
    struct publish *publish;
    struct arena *arena; /* holds this very struct */
    int32_t tenant;
    struct span detail;
};

static enum err keep_alarm(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct alarm *a = reading->user;
    struct id_maker *ids = &a->publish->tools.apply->ids;
    struct facts facts;
    const struct event_row row = {
        .id = id_next(ids, now_ms),
        .tenant = a->tenant,
        .kind = "publish.failed",
        .at_ms = now_ms,
        .detail = a->detail,
        .alarm = true,
    };

    facts_init(&facts, a->arena, ids, now_ms);
    facts_log(&facts, &row);
    return store_save(store, &facts);
}

static void alarm_is_kept(struct reading *reading)
{
    struct alarm *a = reading->user;
    struct arena *arena = a->arena;

    a->publish->tools.apply->alarms++;
    arena_close(&arena);
}

static void raise_alarm(struct publish *p, const char *why)
{
    struct arena *arena = arena_open(4096);
    struct alarm *a = ARENA_NEW(arena, struct alarm);

    log_event(LOG_WARN, &(struct log_fields){.tenant = p->tenant, .kind = "publish.failed"},
              "alarm publish.failed %s", why);
    a->publish = p;
    a->arena = arena;
    a->tenant = p->tenant;
    a->detail = arena_copy(arena, span_of(why));
    a->reading = (struct reading){.read = keep_alarm, .done = alarm_is_kept, .user = a};
    if (p->tools.intake->read(p->tools.intake->ctx, &a->reading))
        arena_close(&arena);
}

static void end(struct publish *p, enum err err, const char *why)
{
    struct place *at = p->place;

    p->is_under_way = false;
    p->next_entry++;
    if (!err) {
        memcpy(at->written, p->digest, sizeof at->written);
        at->newest = p->newest;
        at->retry_s = 0;
        at->busy = 0;
        p->counts.written++;
    } else {
        const bool is_busy = err == ERR_BUSY && ++at->busy < BUSY_MAX;
        p->counts.failed += !is_busy;
        p->again = true;
        if (at->retry_s == 0 && !is_busy)
            raise_alarm(p, why);
        at->retry_s = at->retry_s ? at->retry_s * 2 : is_busy ? 0 : RETRY_S;
        if (at->retry_s > RETRY_MAX_S)
            at->retry_s = RETRY_MAX_S;
        at->after_ms = clock_now_ms(p->tools.clock) + (int64_t)at->retry_s * 1000;
    }
    arena_close(&p->arena);
    loop_wake(p->tools.loop);
}

/* ---- a file ---- */

static void *write_file(void *ctx)
{
    struct publish *p = ctx;

    p->err = publish_file(p->path, &p->news, p->why);
    p->is_done = true;
    loop_wake(p->tools.loop);
    return NULL;
}

static void start_file(struct publish *p)
{
    p->is_done = false;
    if (pthread_create(&p->thread, NULL, write_file, p) != 0) {
        end(p, ERR_BUSY, "no thread could be started");
        return;
    }
    p->has_thread = true;
}

/* ---- an object ---- */

static void start_object(struct publish *p);

static void fail_object(struct publish *p, const struct address_answer *answer)
{
    const char *why =
        arena_printf(p->arena, "%s %s", address_shown(p->arena, p->path), answer->why);

    end(p, ERR_BROKEN, why);
}

static void object_put(void *ctx, const struct address_answer *answer)
{
    struct publish *p = ctx;

    if (answer->fate == ADDRESS_PUT)
        end(p, ERR_NONE, NULL);
    else if (answer->fate != ADDRESS_OTHER)
        fail_object(p, answer);
    else if (++p->puts < PUTS_MAX)
        start_object(p);
    else
        end(p, ERR_BUSY, arena_printf(p->arena, "%s: others keep writing to it", p->path));
}

static void object_got(void *ctx, const struct address_answer *answer)
{
    struct publish *p = ctx;
    struct span text;

    if (answer->fate != ADDRESS_GOT) {
        fail_object(p, answer);
        return;
    }
    if (roster_publish_merge(p->arena, answer->text, &p->news, &text)) {
        end(p, ERR_BAD_INPUT,
            arena_printf(p->arena, "%s is no JSON object, or has no room; mend it", p->path));
        return;
    }
    if (answer->etag.size == 0) {
        end(p, ERR_BROKEN, "the store of objects gives no ETag: nothing can be written safely");
        return;
    }
    fetching_ask(p->tools.fetching,
                 &(struct address_ask){
                     .address = p->path, .is_put = true, .etag = answer->etag, .body = text},
                 object_put, p);
}

static void start_object(struct publish *p)
{
    fetching_ask(p->tools.fetching, &(struct address_ask){.address = p->path}, object_got, p);
}

/* ---- one tenant ---- */

static void note_newest(void *ctx, const struct view_cell *cells, size_t count)
{
    struct publish *p = ctx;

    (void)count;
    p->newest = cells[0].number; /* the id */
}

/* Of several nodes one writes: what another one writes needs no second time. */
static enum err make_mine(const struct publish *p, struct store *store, int64_t now_ms,
                          bool *out_is_mine)
{
    char name[STORE_CHORE_SIZE];

    snprintf(name, sizeof name, "publish %d", (int)p->tenant);
    return store_nodes_chore(store, span_of(name), now_ms, now_ms + MINE_MS, out_is_mine);
}

/* Of many tenants few have news: one look at the newest event tells. */
static enum err read_news(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct publish *p = reading->user;
    const struct view_filter newest = {.tenant = p->tenant, .limit = 1};
    enum err err = store_view(store, VIEW_EVENTS, &newest, note_newest, p);

    p->is_news = p->for_duty || p->newest != p->place->newest;
    if (err || !p->is_news)
        return err;
    err = make_mine(p, store, now_ms, &p->is_news);
    if (err || !p->is_news)
        return err;
    return publish_news_read(p->arena, p->tenant, store, now_ms, &p->read);
}

static void digest_news(struct publish *p)
{
    struct buf all = buf_in(p->arena, 4 << 20);

    buf_add(&all, p->news.relay);
    for (size_t i = 0; i < p->news.job_count; i++) {
        buf_add(&all, p->news.jobs[i].id);
        buf_add_char(&all, '=');
        buf_add(&all, p->news.jobs[i].state);
        buf_add_char(&all, '\n');
    }
    digest_sha256(buf_span(&all), p->digest);
}

/* There is nothing to be written. */
static void pass_over(struct publish *p)
{
    p->is_under_way = false;
    p->next_entry++;
    arena_close(&p->arena);
    loop_wake(p->tools.loop);
}

static void news_are_read(struct reading *reading)
{
    struct publish *p = reading->user;
    const struct roster *roster = book_roster(p->tools.reload->book, p->tenant);
    const int64_t now_ms = clock_now_ms(p->tools.clock);

    if (reading->err) {
        end(p, ERR_BUSY, "the news cannot be read from the database");
        return;
    }
    if (!roster || !p->is_news) {
        pass_over(p);
        return;
    }
    publish_news_tell(p->arena, &p->read, roster, now_ms, &p->news);
    digest_news(p);
    if (memcmp(p->digest, p->place->written, sizeof p->digest) == 0) {
        p->place->newest = p->newest;
        pass_over(p);
        return;
    }
    publish_news_stamp(p->arena, &p->news, now_ms);
    if (address_is(p->path))
        start_object(p);
    else
        start_file(p);
}

static void start_entry(struct publish *p, const struct book_entry *entry)
{
    p->place = place_of(p, entry->tenant);
    if (!entry->path || clock_now_ms(p->tools.clock) < p->place->after_ms) {
        p->again = p->again || entry->path;
        p->next_entry++;
        return;
    }
    p->arena = arena_open(65536);
    p->tenant = entry->tenant;
    p->path =
        arena_text(p->arena, span_of(address_is(p->tools.options->roster) ? p->tools.options->roster
                                                                          : entry->path));
    p->puts = 0;
    p->newest = 0;
    p->is_under_way = true;
    p->reading = (struct reading){.read = read_news, .done = news_are_read, .user = p};
    if (p->tools.intake->read(p->tools.intake->ctx, &p->reading))
        end(p, ERR_BUSY, "the news cannot be read from the database");
}

static void look_at_thread(struct publish *p)
{
    if (!p->has_thread || !p->is_done)
        return;
    pthread_join(p->thread, NULL);
    p->has_thread = false;
    end(p, p->err, p->why);
}

static void begin_round(struct publish *p, uint64_t events)
{
    const int64_t now_ms = clock_now_ms(p->tools.clock);
    const bool for_duty = now_ms - p->duty_ms >= DUTY_S * 1000;

    if (now_ms - p->round_ms < ROUND_S * 1000 ||
        ((events ? events : 1) == p->events && !for_duty && !p->again))
        return;
    p->round_ms = now_ms;
    p->for_duty = for_duty || p->events == 0;
    p->duty_ms = for_duty ? now_ms : p->duty_ms;
    p->events = events ? events : 1;
    p->again = false;
    p->book = p->tools.reload->book;
    p->next_entry = 0;
}

void publish_turn(struct publish *p, uint64_t events)
{
    const struct book *book = p->tools.reload->book;

    if (!p->tools.options->publish)
        return;
    look_at_thread(p);
    if (p->is_under_way)
        return;
    if (p->next_entry == SIZE_MAX) {
        begin_round(p, events);
    } else if (p->book != book) { /* another order: from the beginning */
        p->book = book;
        p->next_entry = 0;
    }
    while (!p->is_under_way && p->next_entry < book->count)
        start_entry(p, &book->entries[p->next_entry]);
    if (!p->is_under_way && p->next_entry >= book->count)
        p->next_entry = SIZE_MAX;
}
