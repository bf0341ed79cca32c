#include "keys/certificate.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "codec/url.h"
#include "config/secret_file.h"

enum { LOOK_MS = 1000, DAY_S = 86400, TELL_MS = 86400000, DATE_SIZE = 32 };

/* By which a file that was written anew is told from what it was; zero: there is none. */
struct face {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
};

struct faces {
    struct face certificate, key;
};

struct certificate {
    const struct settings *settings;
    struct tls_pair *pair;
    struct loop *loop;           /* NULL: not watched */
    struct faces read, seen;     /* when it was read; at the last look */
    int64_t look_ns, tell_at_ns; /* next */
};

static struct face face_of(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return (struct face){0};
    return (struct face){st.st_dev, st.st_ino, st.st_size, st.st_ctim};
}

static struct faces look(const struct certificate *c)
{
    return (struct faces){face_of(c->settings->tls_cert.data), face_of(c->settings->tls_key.data)};
}

static bool is_face(const struct face *a, const struct face *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

static bool is_same(const struct faces *a, const struct faces *b)
{
    return is_face(&a->certificate, &b->certificate) && is_face(&a->key, &b->key);
}

static enum err read_pair(struct certificate *c, struct mistakes *mistakes)
{
    const struct settings *s = c->settings;
    struct arena *secrets = arena_open_locked(0);
    struct span certificates = {0}, key = {0};
    char why[TLS_WHY_SIZE] = "";

    c->read = c->seen = look(c);
    enum err e = secret_file_read(secrets, s->tls_cert.data, "NEXTRING_TLS_CERT",
                                  SECRET_FILE_PUBLIC, geteuid(), &certificates, mistakes);
    if (!e)
        e = secret_file_read(secrets, s->tls_key.data, "NEXTRING_TLS_KEY", SECRET_FILE_PRIVATE,
                             geteuid(), &key, mistakes);
    if (!e && tls_pair_load(c->pair, certificates, key, why)) {
        mistakes_add(mistakes, NULL, 0, 0, "NEXTRING_TLS_CERT, NEXTRING_TLS_KEY", "%s", why);
        e = ERR_BAD_INPUT;
    }
    arena_close(&secrets);
    return e ? ERR_BAD_INPUT : ERR_NONE;
}

static bool check_settings(const struct settings *s, struct mistakes *mistakes)
{
    const size_t before = mistakes->count;

    if (!s->tls_key.size)
        mistakes_add(mistakes, NULL, 0, 0, "NEXTRING_TLS_KEY",
                     "is missing: it is the file with the key of NEXTRING_TLS_CERT");
    if (!s->tls_cert.size)
        mistakes_add(mistakes, NULL, 0, 0, "NEXTRING_TLS_CERT",
                     "is missing: it is the file with the certificate of NEXTRING_TLS_KEY");
    if (span_starts(s->public_url, SPAN("http://")))
        mistakes_add(mistakes, NULL, 0, 0, "NEXTRING_PUBLIC_URL",
                     "begins with http://, but NEXTRING_TLS_CERT makes the public address speak "
                     "TLS; write https://, there and at the carrier");
    return mistakes->count == before;
}

enum err certificate_open(const struct settings *s, struct certificate **out,
                          struct mistakes *mistakes)
{
    if (!s->tls_cert.size && !s->tls_key.size) {
        *out = NULL;
        return ERR_NONE;
    }
    if (!check_settings(s, mistakes))
        return ERR_BAD_INPUT;
    struct certificate *c = arena_must_alloc(sizeof *c);
    c->settings = s;
    c->pair = tls_pair_open();
    const enum err e = read_pair(c, mistakes);
    if (e)
        certificate_close(&c);
    else
        *out = c;
    return e;
}

static int64_t on_turn(void *ctx);

void certificate_close(struct certificate **certificate)
{
    struct certificate *c = *certificate;

    if (!c)
        return;
    if (c->loop)
        loop_drop_turn(c->loop, on_turn, c);
    tls_pair_close(&c->pair);
    free(c);
    *certificate = NULL;
}

struct tls_pair *certificate_pair(const struct certificate *c)
{
    return c ? c->pair : NULL;
}

int64_t certificate_end_s(const struct certificate *c)
{
    return c ? tls_pair_end_s(c->pair) : 0;
}

static const char *date_of(struct arena *arena, int64_t at_s)
{
    char *text = arena_alloc(arena, DATE_SIZE);
    const time_t at = (time_t)at_s;
    struct tm tm;

    text[0] = 0;
    if (gmtime_r(&at, &tm))
        strftime(text, DATE_SIZE, "%Y-%m-%d %H:%M UTC", &tm);
    return text;
}

static const char *host_of(struct arena *arena, struct span address)
{
    struct url url;

    if (url_parse(address, &url))
        return NULL;
    if (span_starts(url.host, SPAN("[")))
        url.host = (struct span){url.host.data + 1, url.host.size - 2};
    return arena_text(arena, url.host);
}

const char *certificate_judge(struct arena *arena, const struct certificate *c)
{
    const int64_t now_s = time(NULL);

    if (!c)
        return NULL;
    const char *host = host_of(arena, c->settings->public_url);
    const int64_t end_s = tls_pair_end_s(c->pair), begin_s = tls_pair_begin_s(c->pair);
    if (now_s >= end_s)
        return arena_printf(arena,
                            "the certificate ended on %s: the carrier does not come any more; "
                            "renew it, and it is taken at once",
                            date_of(arena, end_s));
    if (now_s < begin_s)
        return arena_printf(arena,
                            "the certificate begins on %s only: is this machine's clock right?",
                            date_of(arena, begin_s));
    if (host && !tls_pair_is_for(c->pair, host))
        return arena_printf(arena,
                            "the certificate is not for %s, the host of NEXTRING_PUBLIC_URL: the "
                            "carrier does not come; get one for that name",
                            host);
    if (end_s - now_s < (int64_t)CERTIFICATE_SOON_DAYS * DAY_S)
        return arena_printf(arena,
                            "the certificate ends on %s: has its renewal failed? The carrier does "
                            "not come after that",
                            date_of(arena, end_s));
    return NULL;
}

/* Once a day, and after each reading. */
static void tell(struct certificate *c, int64_t now_ns)
{
    struct arena *arena = arena_open(0);
    const char *wrong = certificate_judge(arena, c);

    if (wrong)
        log_event(LOG_ERROR, &(struct log_fields){.kind = "certificate"}, "NEXTRING_TLS_CERT: %s",
                  wrong);
    arena_close(&arena);
    c->tell_at_ns = now_ns + (int64_t)TELL_MS * 1000000;
}

enum err certificate_reload(struct certificate *c)
{
    if (!c)
        return ERR_NONE;
    struct arena *arena = arena_open(0);
    struct mistakes mistakes;

    mistakes_init(&mistakes, arena);
    const enum err e = read_pair(c, &mistakes);
    for (size_t i = 0; i < mistakes.count; i++)
        log_event(LOG_ERROR, &(struct log_fields){.kind = "certificate"},
                  "%.*s (the certificate in force stays, until %s)",
                  SPAN_ARG(mistakes_line(arena, &mistakes.list[i])),
                  date_of(arena, tls_pair_end_s(c->pair)));
    if (!e)
        log_line(LOG_INFO, "certificate: read, holds until %s",
                 date_of(arena, tls_pair_end_s(c->pair)));
    arena_close(&arena);
    tell(c, clock_mono_ns());
    return e;
}

/* A file is read once it has looked the same twice, so that none is read half written. */
static int64_t on_turn(void *ctx)
{
    struct certificate *c = ctx;
    const int64_t now_ns = clock_mono_ns();

    if (now_ns >= c->look_ns) {
        const struct faces now = look(c);
        if (!is_same(&now, &c->read) && is_same(&now, &c->seen))
            (void)!certificate_reload(c);
        c->seen = now;
        c->look_ns = now_ns + LOOK_MS * INT64_C(1000000);
    }
    if (now_ns >= c->tell_at_ns)
        tell(c, now_ns);
    return LOOK_MS;
}

void certificate_watch(struct certificate *c, struct loop *loop)
{
    if (!c)
        return;
    c->loop = loop;
    tell(c, clock_mono_ns());
    loop_add_turn(loop, on_turn, c);
}
