/* store/store.h - durable state behind one table of functions: SQLite, or PostgreSQL.
 *
 * The contract is shaped by the batch: one call loads the facts of all waiting events, one call
 * writes all that decisions changed and commits. What store_save has returned ERR_NONE for is
 * on disk.
 * Owns: its connection and files.
 * Errors: ERR_BROKEN (disk, damage), ERR_FULL (disk full), ERR_BUSY (locked by somebody else:
 * try again), ERR_CONFLICT (a row that must be new is there: the batch was undone whole);
 * store_why tells in words. After an error nothing of the batch was written.
 * Threads: all calls from one thread at a time (the storage thread), but for store_open and
 * store_close before and after it runs.
 * Source: docs/adr/0006-store.md; test/contract holds every back end to it.
 */
#ifndef STORE_STORE_H
#define STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/span.h"
#include "model/facts.h"
#include "model/rows.h"
#include "sql/backend.h"

/* The password of a PostgreSQL whose address has none, in place of PGPASSWORD; borrowed. Before
 * there is a second thread. NULL: libpq looks for it itself. */
void store_use_password(const char *password);
/* Opens or creates the database `path` ("" stands for a private one in memory) and brings its
 * schema up to STORE_SCHEMA; or opens that of a postgres:// address, whose tables it makes when
 * there are none, and which may be away: then each call says ERR_BUSY until it is there.
 * ERR_CONFLICT: the schema is none that this program works with; ERR_BAD_INPUT: not a database;
 * ERR_BUSY: another program holds it. `why` gets one line that names the cause and the mend. */
MUST_USE enum err store_open(const char *path, struct store **out, char why[STORE_WHY_SIZE]);
/* Another connection to what `store` has open, for reading alone, to be used on a thread of its
 * own and closed first. It sees whatever store_save has returned ERR_NONE for; every function that
 * writes fails. ERR_NOT_FOUND: a database in memory has none. */
MUST_USE enum err store_open_reader(const struct store *store, struct store **out,
                                    char why[STORE_WHY_SIZE]);
void store_close(struct store **store);
/* What is asked of a reader from now on fails with ERR_BUSY when `ms` of real time are over;
 * 0: never. */
void store_allow(struct store *reader, int64_t ms);
/* Words for the last error, for a log. */
const char *store_why(const struct store *store);

/* ---- a batch ----
 *
 * From store_hold to store_save or store_drop nobody else writes what is the tenants': what is
 * loaded in between stays true until it is saved. Without a hold each call stands alone. */

/* `tenants` ascend, each once. Where one program writes alone there is nothing to hold. ERR_BUSY:
 * not had in time, or this node's lease is over. */
MUST_USE enum err store_hold(struct store *store, const int32_t *tenants, size_t count,
                             int64_t now_ms);
/* Ends what store_hold began and store_save has not; harmless otherwise. */
void store_drop(struct store *store);
/* The last failure was for others' sake: the same batch may succeed at once. */
bool store_is_again(const struct store *store);

/* Fills every fact that is wanted. */
MUST_USE enum err store_load(struct store *store, struct facts *facts);
/* Writes all fresh and dirty facts and all appended rows in one transaction, and commits.
 * ERR_UNSURE: the answer was lost, and it may be written or not; saying it again is safe. */
MUST_USE enum err store_save(struct store *store, const struct facts *facts);
/* From now on `fn` is called after each of these commits, on the thread that made it. */
void store_watch(struct store *store, store_watch_fn *fn, void *ctx);

/* Timers due at `now_ms`, earliest first, at most `max`; *out_next_ms is the due time of the
 * earliest that was not given (INT64_MAX without). They stay until a decision deletes them. */
MUST_USE enum err store_due(struct store *store, int64_t now_ms, size_t max, struct timer *out,
                            size_t *out_count, int64_t *out_next_ms);
/* Of the timers due from one instant until another those that are not of the tenants `but`, so that
 * one with very many holds nobody up; earliest first. *out_up_to_ms: all that were due before it
 * have been given. */
MUST_USE enum err store_due_others(struct store *store, const struct store_due_ask *ask,
                                   struct timer *out, size_t *out_count, int64_t *out_up_to_ms);

/* Calls `fn` for each sender that has queued rows. */
MUST_USE enum err store_senders(struct store *store,
                                void (*fn)(void *ctx, const struct store_sender *sender),
                                void *ctx);
/* The sender's queued rows that are due at `now_ms`, by class, then due time, then id, at most
 * `max`, wanted and settled into `facts` (so that they can be changed and saved with the
 * batch); *out gets their pointers. *out_next_ms: when the next one becomes due, INT64_MAX
 * without any. */
MUST_USE enum err store_ready(struct store *store, struct facts *facts,
                              const struct store_sender *sender, int64_t now_ms, size_t max,
                              struct outbox **out, size_t *out_count, int64_t *out_next_ms);
/* The unsure rows to be looked for at the carrier by `now_ms`, of every tenant, earliest first,
 * at most `max`, wanted and settled into `facts` as store_ready does it. *out_next_ms: when the
 * next one is due, INT64_MAX without any. */
MUST_USE enum err store_unsure(struct store *store, struct facts *facts, int64_t now_ms, size_t max,
                               struct outbox **out, size_t *out_count, int64_t *out_next_ms);
/* Gives each row of `spent` since that day, as one count each. */
MUST_USE enum err store_spent(struct store *store, int32_t since_day,
                              void (*fn)(void *ctx, const struct spent *row), void *ctx);
/* At start: rows that were being sent when the program ended become unsure, their messages too;
 * each is logged. *out_count tells how many. */
MUST_USE enum err store_orphans(struct store *store, int64_t now_ms, struct id_maker *ids,
                                size_t *out_count);

/* The store's number of a tenant, made when new. */
MUST_USE enum err store_tenant(struct store *store, struct span slug, struct span name,
                               struct span account, int64_t now_ms, int32_t *out);
/* Keeps a roster document. The same digest as the one in force changes nothing. *out_version
 * is the version in force (`good`), or the number under which the refused one is kept. */
MUST_USE enum err store_roster_put(struct store *store, int32_t tenant, bool good,
                                   struct span digest, struct span document, struct span mistakes,
                                   int64_t now_ms, int64_t *out_version);
/* Keeps many good documents in one transaction, all or none: each as store_tenant,
 * store_roster_put would. */
MUST_USE enum err store_rosters_put(struct store *store, struct store_roster *rosters, size_t count,
                                    int64_t now_ms);
/* Since when the line has been live for a tenant: what reached the carrier before is not ours.
 * ERR_NOT_FOUND while it is not. */
MUST_USE enum err store_line_since(struct store *store, int32_t tenant, struct span line,
                                   int64_t *out_since_ms);
/* It is live, from `now_ms` on; one that was live before stays so since then. */
MUST_USE enum err store_line_live(struct store *store, int32_t tenant, struct span line,
                                  int64_t now_ms);
/* It is not any more; one that never was is no error. */
MUST_USE enum err store_line_leave(struct store *store, int32_t tenant, struct span line);
/* Forgets the lines that are nobody's any more, or another tenant's, as `is_line` tells: one
 * that comes back is new, and what it got meanwhile was not for this tenant. */
MUST_USE enum err store_line_prune(struct store *store, store_is_line_fn *is_line, const void *ctx);
/* Up to when an account's log at the carrier has been searched for what we were not told; 0:
 * never. */
MUST_USE enum err store_searched(struct store *store, struct span account, int64_t *out_ms);
MUST_USE enum err store_searched_put(struct store *store, struct span account, int64_t ms);
/* The document in force; ERR_NOT_FOUND without one. */
MUST_USE enum err store_roster_last(struct store *store, int32_t tenant, struct arena *arena,
                                    struct span *out_document, int64_t *out_version);
/* The smallest id that is above every id in the database, 1 in an empty one. */
MUST_USE enum err store_last_id(struct store *store, int64_t *out);

MUST_USE enum err store_token_add(struct store *store, const struct token *token);
/* ERR_NOT_FOUND for an unknown or revoked one; notes the use at most once a minute. */
MUST_USE enum err store_token_find(struct store *store, const uint8_t hash[32], int64_t now_ms,
                                   struct token *out);
MUST_USE enum err store_token_revoke(struct store *store, int32_t tenant, int64_t id,
                                     int64_t now_ms);

/* ERR_CONFLICT: the login is taken. */
MUST_USE enum err store_user_add(struct store *store, const struct user *user);
/* ERR_NOT_FOUND without one; by id, by login, by the hash of his set-up link, whether or not that
 * is still valid. */
MUST_USE enum err store_user_get(struct store *store, int64_t id, struct user *out);
MUST_USE enum err store_user_find(struct store *store, struct span login, struct user *out);
MUST_USE enum err store_user_by_setup(struct store *store, const uint8_t hash[32],
                                      struct user *out);
/* Writes all of the row but id, login and created_ms. ERR_CONFLICT: `was`, its version, is not
 * the one in the store. When password, role, tenant or disabled_ms are others than before, his
 * sessions end, but for the one whose hash is `keep` (may be NULL). */
MUST_USE enum err store_user_put(struct store *store, const struct user *user, int64_t was,
                                 const uint8_t *keep);
/* With his sessions. ERR_NOT_FOUND, ERR_CONFLICT as above; `was` 0: whatever it is. */
MUST_USE enum err store_user_drop(struct store *store, int64_t id, int64_t was);
/* Notes that he was seen; ends what has expired, and his oldest when he has SESSIONS_OF_ONE. */
MUST_USE enum err store_session_add(struct store *store, const struct session *session);
/* ERR_NOT_FOUND for one that is unknown or expired, or whose user is disabled; notes the use at
 * most once a minute. */
MUST_USE enum err store_session_find(struct store *store, const uint8_t hash[32], int64_t now_ms,
                                     struct session *out_session, struct user *out_user);
MUST_USE enum err store_session_drop(struct store *store, const uint8_t hash[32]);

/* One turn at what has grown old: *place moves on, *out_gone counts the rows that were erased or
 * deleted. What somebody still waits for stays. */
MUST_USE enum err store_sweep(struct store *store, const struct store_sweep_ask *ask,
                              struct store_sweep_place *place, size_t *out_gone);

/* Gives `reader` every row that a report of that time is made of. */
MUST_USE enum err store_report(struct store *store, const struct store_report_ask *ask,
                               const struct store_report_reader *reader);

MUST_USE enum err store_view(struct store *store, enum view view, const struct view_filter *filter,
                             view_row_fn *fn, void *ctx);
/* Several lists, in that order, as of one instant. */
MUST_USE enum err store_views(struct store *store, const struct view_ask *asks, size_t count);

/* Where the tenant's log ends, and what it is up to the id `after` and behind it; at most `max`
 * rows are counted. */
MUST_USE enum err store_log_place(struct store *store, int32_t tenant, int64_t after, int max,
                                  struct store_log_place *out);

/* Proves that a commit reaches the disk: writes one small row. For readiness. */
MUST_USE enum err store_probe(struct store *store, int64_t now_ms);

#endif
