#include "backup/pack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zstd.h>

#include "base/arena.h"
#include "base/check.h"

enum { PIECE_BYTES = 1 << 20, LEVEL = 3 };

struct packing {
    const struct pack_ask *ask;
    int from, to; /* -1: nowhere */
    struct digest_hash *in_hash, *out_hash;
    struct pack_sum in, out;
    char *in_piece, *out_piece;
    char *why;
};

static enum err cannot(const struct packing *p, const char *path, const char *what)
{
    const int error = errno;

    snprintf(p->why, PACK_WHY_SIZE, "%s cannot be %s: %s", path, what, strerror(error));
    return error == ENOSPC || error == EDQUOT || error == EFBIG ? ERR_FULL : ERR_BROKEN;
}

static enum err damaged(const struct packing *p, const char *what)
{
    snprintf(p->why, PACK_WHY_SIZE, "%s is no backup, or damaged (%s): use another one",
             p->ask->from, what);
    return ERR_BAD_INPUT;
}

static enum err open_both(struct packing *p)
{
    p->from = open(p->ask->from, O_RDONLY | O_CLOEXEC);
    if (p->from < 0)
        return cannot(p, p->ask->from, "read");
    (void)posix_fadvise(p->from, 0, 0, POSIX_FADV_SEQUENTIAL);
    if (!p->ask->to)
        return ERR_NONE;
    p->to = open(p->ask->to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
    return p->to < 0 ? cannot(p, p->ask->to, "written") : ERR_NONE;
}

/* *out_size is 0 at the end. */
static enum err read_piece(struct packing *p, size_t *out_size)
{
    const ssize_t size = read(p->from, p->in_piece, PIECE_BYTES);

    if (size < 0)
        return cannot(p, p->ask->from, "read");
    digest_hash_add(p->in_hash, (struct span){p->in_piece, (size_t)size});
    p->in.bytes += size;
    *out_size = (size_t)size;
    if (p->ask->progress)
        p->ask->progress(p->ask->ctx, p->in.bytes);
    return ERR_NONE;
}

static enum err write_piece(struct packing *p, size_t size)
{
    digest_hash_add(p->out_hash, (struct span){p->out_piece, size});
    p->out.bytes += (int64_t)size;
    for (size_t done = 0; p->to >= 0 && done < size;) {
        const ssize_t n = write(p->to, p->out_piece + done, size - done);
        if (n < 0)
            return cannot(p, p->ask->to, "written");
        done += (size_t)n;
    }
    return ERR_NONE;
}

/* What has been written goes to the disk bit by bit, so that the end is no flood. */
static void begin_flush(const struct packing *p)
{
    if (p->to >= 0)
        (void)sync_file_range(p->to, 0, 0, SYNC_FILE_RANGE_WRITE);
}

static enum err compress_piece(struct packing *p, ZSTD_CCtx *z, size_t size, bool *out_ended)
{
    ZSTD_inBuffer in = {p->in_piece, size, 0};
    const ZSTD_EndDirective end = size ? ZSTD_e_continue : ZSTD_e_end;
    size_t left;

    do {
        ZSTD_outBuffer out = {p->out_piece, PIECE_BYTES, 0};
        left = ZSTD_compressStream2(z, &out, &in, end);
        CHECK(!ZSTD_isError(left));
        const enum err e = write_piece(p, out.pos);
        if (e)
            return e;
    } while (size ? in.pos < in.size : left > 0);
    begin_flush(p);
    *out_ended = size == 0;
    return ERR_NONE;
}

static enum err compress(struct packing *p)
{
    ZSTD_CCtx *z = ZSTD_createCCtx();
    bool has_ended = false;
    enum err e = ERR_NONE;
    size_t size;

    CHECK(z && !ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_compressionLevel, LEVEL)) &&
          !ZSTD_isError(ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1)));
    while (!e && !has_ended) {
        e = read_piece(p, &size);
        if (!e)
            e = compress_piece(p, z, size, &has_ended);
    }
    ZSTD_freeCCtx(z);
    return e;
}

/* `*left`: what the library still expects, 0 at the end of a frame. */
static enum err expand_piece(struct packing *p, ZSTD_DCtx *z, size_t size, size_t *left)
{
    ZSTD_inBuffer in = {p->in_piece, size, 0};
    bool is_full = true;

    while (in.pos < in.size || is_full) {
        ZSTD_outBuffer out = {p->out_piece, PIECE_BYTES, 0};
        *left = ZSTD_decompressStream(z, &out, &in);
        if (ZSTD_isError(*left))
            return damaged(p, ZSTD_getErrorName(*left));
        const enum err e = write_piece(p, out.pos);
        if (e)
            return e;
        is_full = out.pos == out.size;
    }
    begin_flush(p);
    return ERR_NONE;
}

static enum err expand(struct packing *p)
{
    ZSTD_DCtx *z = ZSTD_createDCtx();
    size_t size = 1, left = 1;
    enum err e = ERR_NONE;

    CHECK(z);
    while (!e && size) {
        e = read_piece(p, &size);
        if (!e && size)
            e = expand_piece(p, z, size, &left);
    }
    ZSTD_freeDCtx(z);
    if (!e && left)
        e = damaged(p, "it ends too early");
    return e;
}

static enum err run(const struct pack_ask *ask, enum err (*fn)(struct packing *),
                    struct pack_sum *in, struct pack_sum *out, char *why)
{
    struct packing p = {.ask = ask,
                        .from = -1,
                        .to = -1,
                        .in_hash = digest_hash_open(),
                        .out_hash = digest_hash_open(),
                        .in_piece = arena_must_alloc(PIECE_BYTES),
                        .out_piece = arena_must_alloc(PIECE_BYTES),
                        .why = why};

    digest_hash_begin(p.in_hash);
    digest_hash_begin(p.out_hash);
    enum err e = open_both(&p);
    if (!e)
        e = fn(&p);
    if (!e && p.to >= 0 && fsync(p.to))
        e = cannot(&p, ask->to, "written");
    digest_hash_end(p.in_hash, p.in.hash);
    digest_hash_end(p.out_hash, p.out.hash);
    digest_hash_close(&p.in_hash);
    digest_hash_close(&p.out_hash);
    free(p.in_piece);
    free(p.out_piece);
    if (p.from >= 0)
        close(p.from);
    if (p.to >= 0)
        close(p.to);
    if (e)
        return e;
    *in = p.in;
    *out = p.out;
    return ERR_NONE;
}

enum err pack_write(const struct pack_ask *ask, struct pack_sum *whole, struct pack_sum *packed,
                    char why[PACK_WHY_SIZE])
{
    return run(ask, compress, whole, packed, why);
}

enum err pack_read(const struct pack_ask *ask, struct pack_sum *packed, struct pack_sum *whole,
                   char why[PACK_WHY_SIZE])
{
    return run(ask, expand, packed, whole, why);
}
