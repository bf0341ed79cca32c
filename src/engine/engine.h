/* engine/engine.h - runs the river and the rosters' way into force: events in, decisions stored,
 * what is due sent; and what the app and the web may ask of both.
 *
 * Webhooks are submitted on the loop thread and handed to the storage thread once a turn; there
 * one batch loads facts, decides in order, writes and commits; then the answers come back and
 * what shall be sent goes out. Timers and outbox rows join the same batches (river/river.h).
 * Rosters come from where source/ reads them, and what it reads comes into force between batches.
 * Owns: the store, the storage thread, the HTTP clients, the rosters.
 * Threads: loop thread only, but for the read function of a reading (storage thread).
 * Source: docs/adr/0002-the-river.md, docs/adr/0022-river-and-source.md.
 */
#ifndef ENGINE_ENGINE_H
#define ENGINE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/span.h"
#include "engine/engine_options.h"
#include "metric/metric_tally.h"
#include "model/roster.h"
#include "net/loop.h"
#include "river/sender.h"
#include "river/work.h"
#include "source/editing.h"
#include "source/tenancy.h"
#include "vault/vault.h"

struct engine;
struct news;

enum { ENGINE_WHY_SIZE = 512 };

/* Opens the store, loads the rosters (a bad one: the last good version stays in force, and an
 * alarm; none at all: ERR_BAD_INPUT) and starts the storage thread. `why`: one line for people.
 */
MUST_USE enum err engine_open(struct loop *loop, struct clock *clock,
                              const struct engine_options *options, struct engine **out,
                              char why[ENGINE_WHY_SIZE]);
/* Finishes the batch under way, then stops. Nothing that was submitted and not answered is
 * called back. */
void engine_close(struct engine **engine);
/* Claims nothing more to send, so that what is under way can end; a list of the carrier's that
 * is being got is dropped. */
void engine_drain(struct engine *engine);
/* True when nothing waits, is being stored or is being sent. */
bool engine_is_idle(const struct engine *engine);

/* ERR_BUSY: too many are waiting; nothing was taken. */
MUST_USE enum err engine_submit(struct engine *engine, struct work *work);

/* On the storage thread, between batches: for what writes, and needs no decision. */
MUST_USE enum err engine_read(struct engine *engine, struct reading *reading);
/* The same, but it is never given up: while the storage thread hangs, it is not handed back. */
void engine_prove(struct engine *engine, struct reading *reading);
/* While the store refuses: whether this node's spool could keep something now. Takes as long as the
 * disk does. */
MUST_USE enum err engine_prove_spool(struct engine *engine);
/* What the tenant has given to sign his alarms by; empty without. Lives until the next turn. */
struct span engine_alarm_secret(const struct engine *engine, int32_t tenant);
/* On threads that only read (engine/reader.h): what is quick, a list or a row; and what may take
 * seconds, a report or a search, which holds up nothing but others of its kind. ERR_BUSY: too many
 * wait; nothing was taken. */
MUST_USE enum err engine_look(struct engine *engine, struct reading *reading);
MUST_USE enum err engine_browse(struct engine *engine, struct reading *reading);

/* What has been committed (engine/news.h). */
struct news *engine_news(const struct engine *engine);

/* The tenant whose line `number` is at `account`. False: on no roster. */
struct engine_place {
    int32_t tenant;
    const struct roster *roster; /* stays valid until the event that carries it is answered */
    const struct line *line;
};
bool engine_find_line(struct engine *engine, struct span account, struct span number,
                      struct engine_place *out);
/* Lines in report-only mode, or that were lately; lives until the next turn. */
const struct report_only_list *engine_report_only(const struct engine *engine);
/* True when what bears the account may be about that tenant. */
bool engine_speaks(const struct engine *engine, struct span account, int32_t tenant);
/* True when the account is that of the credentials or of a roster. */
bool engine_has_account(const struct engine *engine, struct span account);
/* The roster in force of a tenant by its number or slug; NULL without. */
const struct roster *engine_roster(const struct engine *engine, int32_t tenant);
int32_t engine_tenant(const struct engine *engine, struct span slug); /* 0: unknown */
int engine_tenants(const struct engine *engine);
/* The i-th tenant's number. */
int32_t engine_tenant_at(const struct engine *engine, int index);

/* Reads the roster files again; `why` tells how it went. ERR_BAD_INPUT: at least one is bad and
 * its last good version stays. */
MUST_USE enum err engine_reload(struct engine *engine, char why[ENGINE_WHY_SIZE]);

/* Where rosters come from, and whether they can be edited here. */
enum engine_source_kind { ENGINE_SOURCE_DATABASE, ENGINE_SOURCE_FILE, ENGINE_SOURCE_ADDRESS };
struct engine_source {
    enum engine_source_kind kind;
    const char *name; /* without what may be a secret; in the arena */
};
struct engine_source engine_source(const struct engine *engine, struct arena *arena);
/* The document in force of a tenant; lives until the next turn of the loop. False: he has none. */
struct engine_document {
    struct span text;
    int64_t version;
};
bool engine_document(const struct engine *engine, int32_t tenant, struct engine_document *out);
/* What a document would be as the tenant's (0: of a new one); the caller closes the arena. */
struct editing_trial engine_try_roster(const struct engine *engine, int32_t tenant,
                                       struct span document);
/* Brings it into force; its `done` is called when it is, or could not be. */
void engine_edit_roster(struct engine *engine, struct editing *edit);

/* Another API key for all that is asked of the carrier from now on; borrowed like the first, which
 * is not looked at any more. */
void engine_take_login(struct engine *engine, const char *user, const char *password);
/* The tenants' terms and secrets in force, and how they come to be others (source/tenancy.h). */
struct vault *engine_vault(const struct engine *engine);
struct tenancy *engine_tenancy(const struct engine *engine);
/* True when the roster in force of the tenant was read from a file or an address. */
bool engine_has_file(const struct engine *engine, int32_t tenant);
/* Timers that the store was given by others than batches are looked for at once; only in the end
 * of a reading. */
void engine_hurry(struct engine *engine);
/* Other programs share the database. */
bool engine_is_shared(const struct engine *engine);

/* All nodes, as of the last beat; lives until the next turn. This one's number; and whether another
 * program has taken its place, so that it must end. */
const struct store_pulse *engine_nodes(const struct engine *engine);
int engine_node(const struct engine *engine);
bool engine_is_superseded(const struct engine *engine);
/* From now on `fn` is called when tokens, users or sessions were changed on another node. */
void engine_watch_rights(struct engine *engine, void (*fn)(void *ctx), void *ctx);

int64_t engine_now_ms(const struct engine *engine);
struct clock *engine_clock(const struct engine *engine);

/* Counters since the start and gauges of now, for /metrics and /readyz. */
struct engine_stats {
    uint64_t events, batches, commits_failed;
    uint64_t sent, refused, retried, unsure, alarms;
    uint64_t opted_out;              /* texts not sent because the person has opted out */
    uint64_t settled_by_list;        /* unsure rows that the carrier's list has settled */
    uint64_t duplicates_possible;    /* sent again while unsure */
    uint64_t late_texts, late_calls; /* found in the carrier's log */
    uint64_t unsure_now;
    uint64_t waiting;                 /* events in the queue */
    uint64_t spooled;                 /* events kept until the store can be written */
    uint64_t outbox_busy;             /* requests at the carrier now */
    uint64_t queue_places;            /* how many of them there may be */
    uint64_t spool_bytes, spool_size; /* what is taken of the spool, and what it has */
    int64_t commit_us_last;
    bool ready;             /* the last commit succeeded */
    int64_t roster_version; /* of the first tenant */
    bool roster_good;       /* the last one read is in force, and its source can be asked */
    uint64_t published, publish_failed; /* writings of a tenant's news */
    int nodes, nodes_lost;   /* that live; that have died in the last day, and are not back */
    uint64_t rejoined;       /* how often our lease was over */
    uint64_t taken_over;     /* sends of nodes that had died */
    uint64_t roster_refused; /* documents since the start */
    int64_t roster_age_s;    /* since its source was read, or found as it was */
    /* What was counted in batches, as of the last one, and of what was sent; they live as long as
     * the engine. */
    const struct metric_tally *tally;
    const struct metric_sends *sends;
};
struct engine_stats engine_stats(const struct engine *engine);
/* How the carrier has answered lately. */
struct sender_sight engine_sight(const struct engine *engine);
/* Path of the SQLite file; NULL when the database is a server. */
const char *engine_database(const struct engine *engine);
/* Path of what is kept while the database cannot. */
const char *engine_spool(const struct engine *engine);

#endif
