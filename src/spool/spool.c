/* A slot:   "nrspool1", bytes of the ring, turn, head, seal before the head, seal of all that; at
 * the end of its block "nrproof" and a count, of no meaning afterwards (spool_prove). A record:
 * size, position, seal; then its bytes. Numbers are little-endian, as on every machine that this is
 * built for; the file does not travel. In the middle of a slot's block: "nrwiped1", the position
 * before which all that is done with is zeros, seal of that; the further one of both holds. */
#include "spool/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/check.h"
#include "codec/digest.h"

enum { SEAL_BYTES = 16, SLOTS = 2, PROOF_BYTES = 16, RING_AT = SLOTS * SPOOL_SLOT_BYTES };
enum { WIPED_AT = SPOOL_SLOT_BYTES / 2, ZEROS_BYTES = 64 << 10 };

static const char magic[8] = {'n', 'r', 's', 'p', 'o', 'o', 'l', '1'};
static const char wiped_magic[8] = {'n', 'r', 'w', 'i', 'p', 'e', 'd', '1'};

struct slot {
    char magic[8];
    uint64_t bytes, turn, head;
    uint8_t before[SEAL_BYTES]; /* the seal of the record before the head */
    uint8_t seal[SEAL_BYTES];
};

struct wiped {
    char magic[8];
    uint64_t up_to;
    uint8_t seal[SEAL_BYTES];
};

struct head {
    uint64_t size, at;
    uint8_t seal[SEAL_BYTES];
};

_Static_assert(sizeof(struct head) == SPOOL_HEAD_BYTES, "as the header says");

struct spool {
    int fd;
    uint64_t proofs;             /* made since it was opened */
    uint64_t bytes, turn;        /* turn: of the slot that the disk has for certain */
    uint64_t noted;              /* its head: a crash brings back what begins there */
    uint64_t head, synced, tail; /* positions: oldest record, end of what is kept, end */
    uint64_t wiped;              /* before it all that is done with is zeros, or written over */
    uint8_t before[SEAL_BYTES];  /* the seals before each of these */
    uint8_t synced_seal[SEAL_BYTES];
    uint8_t last[SEAL_BYTES];
    size_t count, added; /* records kept, and added since */
    enum err lost_by;    /* what a sync since the first of those has failed with */
};

/* ---- bytes ---- */

static bool transfer(const struct spool *s, void *data, size_t size, uint64_t at, bool write)
{
    char *p = data;

    while (size > 0) {
        const uint64_t place = at % s->bytes;
        const size_t whole = size < s->bytes - place ? size : (size_t)(s->bytes - place);
        const off_t where = (off_t)(RING_AT + place);
        const ssize_t n = write ? pwrite(s->fd, p, whole, where) : pread(s->fd, p, whole, where);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        p += n;
        at += (uint64_t)n;
        size -= (size_t)n;
    }
    return true;
}

static enum err err_of(int error)
{
    return error == ENOSPC || error == EDQUOT || error == EFBIG ? ERR_FULL : ERR_BROKEN;
}

static void seal(const uint8_t before[SEAL_BYTES], const struct head *h, const char *data,
                 uint8_t out[SEAL_BYTES])
{
    struct arena *arena = arena_open(SEAL_BYTES + 16 + h->size + 64);
    char *all = arena_alloc(arena, SEAL_BYTES + 16 + h->size);
    uint8_t digest[DIGEST_SHA256_BYTES];

    memcpy(all, before, SEAL_BYTES);
    memcpy(all + SEAL_BYTES, &h->size, 8);
    memcpy(all + SEAL_BYTES + 8, &h->at, 8);
    memcpy(all + SEAL_BYTES + 16, data, h->size);
    digest_sha256((struct span){all, SEAL_BYTES + 16 + h->size}, digest);
    memcpy(out, digest, SEAL_BYTES);
    arena_close(&arena);
}

static void seal_slot(struct slot *slot)
{
    uint8_t digest[DIGEST_SHA256_BYTES];

    digest_sha256((struct span){(const char *)slot, offsetof(struct slot, seal)}, digest);
    memcpy(slot->seal, digest, SEAL_BYTES);
}

/* ---- the slots ---- */

/* Of the older one, which is written over next. */
static uint64_t next_slot_at(const struct spool *s)
{
    return (s->turn + 1) % SLOTS * SPOOL_SLOT_BYTES;
}

/* Over the older one, and only over that until a sync: a torn write leaves the other. */
static enum err write_slot(const struct spool *s)
{
    struct slot slot = {.bytes = s->bytes, .turn = s->turn + 1, .head = s->head};

    memcpy(slot.magic, magic, sizeof magic);
    memcpy(slot.before, s->before, SEAL_BYTES);
    seal_slot(&slot);
    return pwrite(s->fd, &slot, sizeof slot, (off_t)next_slot_at(s)) == sizeof slot ? ERR_NONE
                                                                                    : err_of(errno);
}

/* All that was written, the slot with it: once more, as one that was written before may have been
 * lost with a sync that failed. */
static enum err reach_disk(struct spool *s)
{
    const bool has_moved = s->head != s->noted;
    const enum err err = has_moved ? write_slot(s) : ERR_NONE;

    if (err)
        return err;
    if (fdatasync(s->fd) != 0)
        return err_of(errno);
    s->turn += has_moved;
    s->noted = s->head;
    return ERR_NONE;
}

static bool read_slot(struct spool *s, int which)
{
    struct slot slot, sealed;

    if (pread(s->fd, &slot, sizeof slot, (off_t)which * SPOOL_SLOT_BYTES) != sizeof slot)
        return false;
    sealed = slot;
    seal_slot(&sealed);
    if (memcmp(slot.magic, magic, sizeof magic) != 0 || slot.bytes == 0 ||
        memcmp(slot.seal, sealed.seal, SEAL_BYTES) != 0 || slot.turn < s->turn)
        return false;
    s->bytes = slot.bytes;
    s->turn = slot.turn;
    s->head = slot.head;
    memcpy(s->before, slot.before, SEAL_BYTES);
    return true;
}

/* ---- what has been wiped ---- */

static void seal_wiped(struct wiped *w)
{
    uint8_t digest[DIGEST_SHA256_BYTES];

    digest_sha256((struct span){(const char *)w, offsetof(struct wiped, seal)}, digest);
    memcpy(w->seal, digest, SEAL_BYTES);
}

/* Beside the older slot: were the other one torn with it, the older would begin among the zeros. */
static void write_wiped(const struct spool *s)
{
    struct wiped w = {.up_to = s->wiped};

    memcpy(w.magic, wiped_magic, sizeof w.magic);
    seal_wiped(&w);
    /* Without the note it is wiped once more. */
    if (pwrite(s->fd, &w, sizeof w, (off_t)(next_slot_at(s) + WIPED_AT)) != sizeof w)
        return;
}

static uint64_t wiped_up_to(const struct spool *s, int which)
{
    struct wiped w, sealed;

    if (pread(s->fd, &w, sizeof w, (off_t)which * SPOOL_SLOT_BYTES + WIPED_AT) != sizeof w)
        return 0;
    sealed = w;
    seal_wiped(&sealed);
    return memcmp(w.magic, wiped_magic, sizeof w.magic) == 0 &&
                   memcmp(w.seal, sealed.seal, SEAL_BYTES) == 0
               ? w.up_to
               : 0;
}

/* From a file of an older program all of it may hold something. */
static void read_wiped(struct spool *s)
{
    for (int i = 0; i < SLOTS; i++) {
        const uint64_t up_to = wiped_up_to(s, i);
        if (up_to > s->wiped && up_to <= s->head)
            s->wiped = up_to;
    }
}

/* Where what is done with begins: what stood before it has been written over. */
static uint64_t dirty_from(const struct spool *s)
{
    const uint64_t over = s->tail > s->bytes ? s->tail - s->bytes : 0;

    return s->wiped > over ? s->wiped : over;
}

/* ---- records ---- */

/* Reads the record at `at`; `before` is the seal of the one before, and becomes its own. False
 * when none of ours stands there. */
static bool read_record(const struct spool *s, struct arena *arena, uint64_t at, uint64_t end,
                        uint8_t before[SEAL_BYTES], struct span *out)
{
    struct head h;
    uint8_t right[SEAL_BYTES];

    if (end - at < sizeof h || !transfer(s, &h, sizeof h, at, false) || h.at != at ||
        h.size > SPOOL_RECORD_BYTES_MAX || end - at - sizeof h < h.size)
        return false;
    char *data = arena_alloc(arena, h.size + 1);
    if (!transfer(s, data, h.size, at + sizeof h, false))
        return false;
    seal(before, &h, data, right);
    if (memcmp(right, h.seal, SEAL_BYTES) != 0)
        return false;
    memcpy(before, right, SEAL_BYTES);
    *out = (struct span){data, h.size};
    return true;
}

static void find_tail(struct spool *s)
{
    struct arena *arena = arena_open(SPOOL_RECORD_BYTES_MAX + 4096);
    struct span record;

    s->tail = s->head;
    memcpy(s->last, s->before, SEAL_BYTES);
    while (read_record(s, arena, s->tail, s->head + s->bytes, s->last, &record)) {
        s->tail += SPOOL_HEAD_BYTES + record.size;
        s->count++;
        arena_reset(arena);
    }
    s->synced = s->tail;
    memcpy(s->synced_seal, s->last, SEAL_BYTES);
    arena_close(&arena);
}

/* ---- opening ---- */

static enum err explain(const char *path, enum err err, int error, char *why)
{
    if (err == ERR_BUSY)
        snprintf(why, SPOOL_WHY_SIZE, "another nextring holds %s: stop it first", path);
    else if (err == ERR_FULL)
        snprintf(why, SPOOL_WHY_SIZE, "the disk is full: free some space where %s is", path);
    else if (error)
        snprintf(why, SPOOL_WHY_SIZE, "%s cannot be written: %s; check its folder's owner", path,
                 strerror(error));
    else
        snprintf(why, SPOOL_WHY_SIZE,
                 "%s is no spool of this program, or damaged: move it away, a new one is made",
                 path);
    return err;
}

static enum err make(struct spool *s, const char *path, size_t bytes, char *why)
{
    const int error = posix_fallocate(s->fd, 0, (off_t)(RING_AT + bytes));

    if (error)
        return explain(path, err_of(error), error, why);
    s->bytes = bytes;
    enum err err = write_slot(s);
    if (!err && fsync(s->fd) != 0)
        err = err_of(errno);
    s->turn++;
    return err ? explain(path, err, errno, why) : ERR_NONE;
}

static enum err open_file(struct spool *s, const char *path, size_t bytes, char *why)
{
    struct stat st;

    s->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (s->fd < 0)
        return explain(path, err_of(errno), errno, why);
    if (flock(s->fd, LOCK_EX | LOCK_NB) != 0)
        return explain(path, ERR_BUSY, 0, why);
    if (fstat(s->fd, &st) != 0)
        return explain(path, ERR_BROKEN, errno, why);
    bool found = read_slot(s, 0);
    found |= read_slot(s, 1);
    if (found && st.st_size >= (off_t)(RING_AT + s->bytes)) {
        s->noted = s->head;
        find_tail(s);
        read_wiped(s);
        /* What a process that was killed has written may be in memory alone. */
        return fdatasync(s->fd) == 0 ? ERR_NONE : explain(path, err_of(errno), errno, why);
    }
    /* Made, but not to its end: nothing was ever kept in it. */
    char first = 0;
    if (found || (pread(s->fd, &first, 1, 0) == 1 && first != 0))
        return explain(path, ERR_BROKEN, 0, why);
    return make(s, path, bytes, why);
}

enum err spool_open(const char *path, size_t bytes, struct spool **out, char why[SPOOL_WHY_SIZE])
{
    struct spool *s = arena_must_alloc(sizeof *s);

    memset(s, 0, sizeof *s);
    const enum err err = open_file(s, path, bytes, why);
    if (err)
        spool_close(&s);
    else
        *out = s;
    return err;
}

void spool_close(struct spool **spool)
{
    if (!*spool)
        return;
    if ((*spool)->fd >= 0)
        close((*spool)->fd);
    free(*spool);
    *spool = NULL;
}

/* ---- adding ---- */

enum err spool_add(struct spool *s, struct span record)
{
    const uint64_t whole = SPOOL_HEAD_BYTES + record.size;
    struct head h = {.size = record.size, .at = s->tail};

    if (record.size > SPOOL_RECORD_BYTES_MAX || whole > s->bytes - (s->tail - s->head))
        return ERR_FULL;
    if (whole > s->bytes - (s->tail - s->noted)) {
        const enum err err = reach_disk(s);
        if (err) {
            s->lost_by = err;
            return err;
        }
    }
    seal(s->last, &h, record.data, h.seal);
    if (!transfer(s, (void *)(uintptr_t)record.data, record.size, s->tail + sizeof h, true) ||
        !transfer(s, &h, sizeof h, s->tail, true))
        return err_of(errno);
    memcpy(s->last, h.seal, SEAL_BYTES);
    s->tail += whole;
    s->added++;
    return ERR_NONE;
}

/* The record after what is kept must not be taken for one: some of it may have reached the
 * disk. */
static void forget_added(struct spool *s)
{
    struct head none = {0};

    s->tail = s->synced;
    memcpy(s->last, s->synced_seal, SEAL_BYTES);
    s->added = 0;
    if (s->tail - s->noted + sizeof none <= s->bytes)
        (void)transfer(s, &none, sizeof none, s->tail, true);
}

enum err spool_sync(struct spool *s)
{
    enum err err = s->lost_by;

    s->lost_by = ERR_NONE;
    if (s->added == 0)
        return ERR_NONE;
    if (!err)
        err = reach_disk(s);
    if (err) {
        forget_added(s);
        return err;
    }
    s->synced = s->tail;
    memcpy(s->synced_seal, s->last, SEAL_BYTES);
    s->count += s->added;
    s->added = 0;
    return ERR_NONE;
}

/* ---- proving ---- */

/* In the block of the slot that is written over next: a write that is torn there hurts nothing that
 * is in force. */
enum err spool_prove(struct spool *s)
{
    const off_t where = (off_t)(next_slot_at(s) + SPOOL_SLOT_BYTES - PROOF_BYTES);
    char wrote[PROOF_BYTES] = "nrproof", read[PROOF_BYTES] = "";

    s->proofs++;
    memcpy(wrote + 8, &s->proofs, sizeof s->proofs);
    const ssize_t n = pwrite(s->fd, wrote, sizeof wrote, where);
    if (n < 0)
        return err_of(errno);
    if (fdatasync(s->fd) != 0)
        return err_of(errno);
    if (n != PROOF_BYTES || pread(s->fd, read, sizeof read, where) != PROOF_BYTES)
        return ERR_BROKEN;
    return memcmp(wrote, read, sizeof read) == 0 ? ERR_NONE : ERR_BROKEN;
}

/* ---- taking ---- */

size_t spool_count(const struct spool *s)
{
    return s->count;
}

void spool_size(const struct spool *s, uint64_t *out_used, uint64_t *out_bytes)
{
    *out_used = s->tail - s->head;
    *out_bytes = s->bytes;
}

enum err spool_peek(struct spool *s, struct arena *arena, size_t max, struct span *out,
                    size_t *out_count)
{
    uint8_t before[SEAL_BYTES];
    uint64_t at = s->head;
    size_t n = 0;

    memcpy(before, s->before, SEAL_BYTES);
    for (; n < max && at < s->synced; n++) {
        if (!read_record(s, arena, at, s->synced, before, &out[n]))
            return ERR_BROKEN;
        at += SPOOL_HEAD_BYTES + out[n].size;
    }
    *out_count = n;
    return ERR_NONE;
}

enum err spool_drop(struct spool *s, size_t count)
{
    struct arena *arena = arena_open(SPOOL_RECORD_BYTES_MAX + 4096);
    struct span record;
    enum err err = ERR_NONE;

    CHECK(count <= s->count);
    for (size_t i = 0; i < count && !err; i++) {
        if (!read_record(s, arena, s->head, s->synced, s->before, &record)) {
            err = ERR_BROKEN;
            break;
        }
        s->head += SPOOL_HEAD_BYTES + record.size;
        s->count--;
        arena_reset(arena);
    }
    arena_close(&arena);
    const enum err noted = write_slot(s);
    return err ? err : noted;
}

/* ---- wiping ---- */

uint64_t spool_dirty(const struct spool *s)
{
    const uint64_t from = dirty_from(s);

    return s->head > from ? s->head - from : 0;
}

enum err spool_wipe(struct spool *s)
{
    static char zeros[ZEROS_BYTES];

    if (spool_dirty(s) == 0)
        return ERR_NONE;
    enum err err = s->head != s->noted ? reach_disk(s) : ERR_NONE;
    if (err)
        return err;
    for (uint64_t at = dirty_from(s); at < s->noted;) {
        const size_t size = s->noted - at < ZEROS_BYTES ? (size_t)(s->noted - at) : ZEROS_BYTES;
        if (!transfer(s, zeros, size, at, true))
            return err_of(errno);
        at += size;
    }
    if (fdatasync(s->fd) != 0)
        return err_of(errno);
    s->wiped = s->noted;
    write_wiped(s);
    return ERR_NONE;
}
