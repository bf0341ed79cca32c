#include "host/backup_api.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "store/store_copy.h"

enum {
    STEP_PAGES = 64, /* 256 KiB: well below a millisecond of the storage thread */
    REST_TIMES = 4,  /* as long as the step took */
    ANSWER_BYTES_MAX = 8192,
};

static const int64_t least_rest_ns = 2000000, ms_ns = 1000000;

enum backup_state { BACKUP_NONE, BACKUP_COPYING, BACKUP_DONE, BACKUP_FAILED };

static const char *const state_names[] = {
    [BACKUP_NONE] = "none",
    [BACKUP_COPYING] = "copying",
    [BACKUP_DONE] = "done",
    [BACKUP_FAILED] = "failed",
};

struct backup {
    struct site *site;
    struct loop *loop;
    enum backup_state state;
    char path[PATH_MAX];
    bool has_begun, is_stepping;
    struct store_copied copied;
    int64_t step_ns, next_ns; /* how long the latest took; real time of the next one */
    struct reading reading;
    char why[STORE_WHY_SIZE];
};

/* ---- the steps ---- */

/* On the storage thread. */
static enum err step(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct backup *b = reading->user;
    const int64_t from_ns = clock_mono_ns();
    const enum err e = b->has_begun ? store_copy_step(store, STEP_PAGES, &b->copied, b->why)
                                    : store_copy_begin(store, b->path, b->why);

    (void)now_ms;
    b->step_ns = clock_mono_ns() - from_ns;
    return e;
}

static void stepped(struct reading *reading)
{
    struct backup *b = reading->user;
    const int64_t rest_ns = REST_TIMES * b->step_ns;

    b->is_stepping = false;
    b->next_ns = clock_mono_ns() + (rest_ns > least_rest_ns ? rest_ns : least_rest_ns);
    if (reading->err) {
        b->state = BACKUP_FAILED;
        log_line(LOG_ERROR, "backup: %s", b->why[0] ? b->why : err_name(reading->err));
    } else if (b->has_begun && b->copied.is_whole) {
        b->state = BACKUP_DONE;
        log_line(LOG_INFO, "backup: a copy of %lld pages is made", (long long)b->copied.total);
    }
    b->has_begun = true;
}

static int64_t turn(void *ctx)
{
    struct backup *b = ctx;
    const int64_t wait_ns = b->next_ns - clock_mono_ns();

    if (b->state != BACKUP_COPYING || b->is_stepping)
        return -1;
    if (wait_ns > 0)
        return wait_ns / ms_ns + 1;
    b->is_stepping = true;
    b->reading = (struct reading){.read = step, .done = stepped, .user = b};
    if (engine_read(b->site->engine, &b->reading)) {
        b->is_stepping = false;
        b->next_ns = clock_mono_ns() + least_rest_ns;
        return 1;
    }
    return 0; /* it is handed over at the end of a turn */
}

/* ---- what is asked ---- */

static void answer(struct visit *v, int status)
{
    const struct backup *b = v->site->backup;
    struct buf body = buf_in(v->arena, ANSWER_BYTES_MAX);
    struct json_out json = json_out(&body);

    json_out_object(&json, NULL);
    json_out_text(&json, "state", span_of(state_names[b->state]));
    json_out_number(&json, "pages_done", b->copied.done);
    json_out_number(&json, "pages", b->copied.total);
    json_out_text(&json, "path", span_of(b->path));
    json_out_text(&json, "why", span_of(b->why));
    json_out_end_object(&json);
    visit_answer_json(v, status, &body);
}

/* False: answered. */
static bool may(struct visit *v)
{
    if (v->listener == WEB_CONTROL && !v->bound)
        return true;
    visit_fail(v, &(struct visit_error){.status = 404,
                                        .message = "backups are made on the machine itself",
                                        .help = "run nextring backup there"});
    return false;
}

void backup_api_show(struct visit *v)
{
    if (may(v))
        answer(v, 200);
}

static bool name_copy(struct backup *b)
{
    const char *database = engine_database(b->site->engine);
    const char *slash = database ? strrchr(database, '/') : NULL;
    const int folder = slash ? (int)(slash - database) : 1;

    return database && snprintf(b->path, sizeof b->path, "%.*s/backup.copy", folder,
                                slash ? database : ".") < (int)sizeof b->path;
}

void backup_api_begin(struct visit *v)
{
    struct backup *b = v->site->backup;

    if (!may(v))
        return;
    if (b->state == BACKUP_COPYING || b->is_stepping) {
        visit_fail(v, &(struct visit_error){.status = 409,
                                            .message = "a backup is under way",
                                            .help = "wait until it is done"});
        return;
    }
    if (!name_copy(b)) {
        visit_fail(v,
                   &(struct visit_error){.status = 409,
                                         .message = "the database is PostgreSQL, and no file",
                                         .help = "use its own tools: nextring backup tells which"});
        return;
    }
    b->state = BACKUP_COPYING;
    b->has_begun = false;
    b->next_ns = 0;
    b->copied = (struct store_copied){0, 0, false};
    b->why[0] = 0;
    answer(v, 202);
}

/* ---- its life ---- */

void backup_api_open(struct site *site, struct loop *loop)
{
    struct backup *b = arena_must_alloc(sizeof *b);

    b->site = site;
    b->loop = loop;
    site->backup = b;
    loop_add_turn(loop, turn, b);
}

void backup_api_close(struct site *site)
{
    if (!site->backup)
        return;
    loop_drop_turn(site->backup->loop, turn, site->backup);
    free(site->backup);
    site->backup = NULL;
}
