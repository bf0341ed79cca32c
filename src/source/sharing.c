#include "source/sharing.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "store/store_nodes.h"

enum {
    ROSTERS_A_TIME = 64, /* documents that one reading brings along */
    AGAIN_MS = 1000,     /* of real time, after a failure */
};

struct known {
    int32_t tenant;
    int64_t version;
};

struct sharing {
    struct reload *reload;
    struct reading reading;
    bool is_under_way, is_wanted;
    int64_t again_ns;    /* no look before */
    int32_t after;       /* tenants up to this one have been looked at */
    struct arena *arena; /* of the look under way: */
    struct known *known; /* in force here, by tenant as the book has them */
    size_t known_count;
    struct known *newer; /* in the store */
    size_t newer_count, newer_room;
    struct book_entry *kept; /* the documents of the first of these */
    size_t kept_count;
};

struct sharing *sharing_open(struct reload *reload)
{
    struct sharing *s = arena_must_alloc(sizeof *s);

    s->reload = reload;
    return s;
}

void sharing_close(struct sharing **sharing)
{
    if (!*sharing)
        return;
    arena_close(&(*sharing)->arena);
    free(*sharing);
    *sharing = NULL;
}

/* ---- on the storage thread ---- */

static int64_t known_version(const struct sharing *s, int32_t tenant)
{
    for (size_t i = 0; i < s->known_count; i++)
        if (s->known[i].tenant == tenant)
            return s->known[i].version;
    return 0;
}

static void compare(void *ctx, int32_t tenant, int64_t version)
{
    struct sharing *s = ctx;

    if (tenant > s->after && version > known_version(s, tenant) && s->newer_count < s->newer_room)
        s->newer[s->newer_count++] = (struct known){tenant, version};
}

static enum err read_newer(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct sharing *s = reading->user;

    (void)now_ms;
    enum err err = store_nodes_versions(store, compare, s);
    for (size_t i = 0; i < s->newer_count && i < ROSTERS_A_TIME && !err; i++) {
        struct book_entry *kept = &s->kept[s->kept_count];
        *kept = (struct book_entry){.tenant = s->newer[i].tenant};
        err = store_roster_last(store, kept->tenant, s->arena, &kept->text, &kept->version);
        if (err == ERR_NOT_FOUND) /* deleted meanwhile */
            err = ERR_NONE;
        else
            s->kept_count++;
    }
    return err;
}

/* ---- on the loop thread ---- */

/* One that cannot be taken is passed over: its tenant keeps what is in force. */
static void have_read(struct reading *reading)
{
    struct sharing *s = reading->user;

    s->is_under_way = false;
    if (reading->err) {
        log_line(LOG_WARN, "rosters of other nodes cannot be read (%s): tried again",
                 err_name(reading->err));
        s->again_ns = clock_mono_ns() + AGAIN_MS * INT64_C(1000000);
        s->is_wanted = true;
    } else {
        if (s->kept_count)
            reload_take_kept(s->reload, s->kept, s->kept_count);
        if (s->newer_count > ROSTERS_A_TIME)
            s->after = s->newer[ROSTERS_A_TIME - 1].tenant;
        else
            s->after = 0;
        s->is_wanted = s->is_wanted || s->after;
    }
    arena_close(&s->arena);
}

static void start(struct sharing *s)
{
    const struct book *book = s->reload->book;
    const struct intake *intake = s->reload->intake;

    s->is_wanted = false;
    s->arena = arena_open(65536);
    s->known = ARENA_NEW_N(s->arena, struct known, book->count + 1);
    s->known_count = book->count;
    for (size_t i = 0; i < book->count; i++)
        s->known[i] = (struct known){book->entries[i].tenant, book->entries[i].version};
    s->newer_room = ROSTERS_A_TIME + 1;
    s->newer = ARENA_NEW_N(s->arena, struct known, s->newer_room);
    s->newer_count = s->kept_count = 0;
    s->kept = ARENA_NEW_N(s->arena, struct book_entry, ROSTERS_A_TIME);
    s->reading = (struct reading){.read = read_newer, .done = have_read, .user = s};
    s->is_under_way = !intake->read(intake->ctx, &s->reading);
    if (!s->is_under_way)
        arena_close(&s->arena);
}

void sharing_look(struct sharing *s)
{
    if (s->reload->options->roster)
        return;
    s->is_wanted = true;
    s->after = 0;
}

void sharing_turn(struct sharing *s)
{
    if (s->is_wanted && !s->is_under_way && clock_mono_ns() >= s->again_ns)
        start(s);
}
