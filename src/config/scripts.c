#include "config/scripts.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/hash.h"
#include "codec/digest.h"
#include "config/nearest.h"
#include "config/script_builtin.h"
#include "config/script_file.h"

/* What one folder holds; a kind that it does not hold has no text. */
struct folder {
    struct folder *next;
    struct arena *arena; /* holds this */
    struct span tenant;  /* slug; empty: of all */
    struct span texts[SCRIPT_KINDS];
    const struct script_node *verbs[SCRIPT_KINDS];
    struct script_set set; /* as in force: with what it does not hold itself */
};

struct scripts {
    const char *path;
    struct folder *builtin, *all; /* all: NULL when there is none */
    struct folder *tenants;
    uint64_t mark;
    struct arena *said; /* holds `last` */
    struct mistakes *last;
};

/* ---- one folder ---- */

static bool read_file(struct arena *arena, const char *path, struct span *out)
{
    FILE *f = fopen(path, "rb");
    char chunk[4096];
    /* A chunk that does not fit is dropped whole: what is too large stays too large. */
    struct buf text = buf_in(arena, SCRIPT_BYTES_MAX + sizeof chunk);
    size_t n;

    if (!f)
        return false;
    while (!text.full && (n = fread(chunk, 1, sizeof chunk, f)) > 0)
        buf_add(&text, (struct span){chunk, n});
    const bool good = !ferror(f);
    fclose(f);
    *out = buf_span(&text);
    if (!out->data)
        *out = SPAN("");
    return good;
}

static bool kind_of_file(const char *name, enum script_kind *out)
{
    const size_t size = strlen(name), suffix = sizeof SCRIPT_SUFFIX - 1;

    return size > suffix && strcmp(name + size - suffix, SCRIPT_SUFFIX) == 0 &&
           script_kind_parse((struct span){name, size - suffix}, out);
}

static void stray_file(const char *path, const char *name, struct mistakes *mistakes)
{
    struct nearest n = nearest_to(span_of(name));

    for (int i = 0; i < SCRIPT_KINDS; i++)
        nearest_show(&n,
                     span_of(arena_printf(mistakes->arena, "%s%s",
                                          script_kind_name((enum script_kind)i), SCRIPT_SUFFIX)));
    mistakes_add(mistakes, path, 0, 0, NULL, "is no call script's name; %s%.*s%s",
                 n.best.data ? "did you mean " : "take it away", SPAN_ARG(n.best),
                 n.best.data ? "?" : "");
}

static bool is_script(const char *name)
{
    const size_t size = strlen(name), suffix = sizeof SCRIPT_SUFFIX - 1;

    return name[0] != '.' && size >= suffix && strcmp(name + size - suffix, SCRIPT_SUFFIX) == 0;
}

static void take_file(struct folder *f, const char *path, const char *name,
                      struct mistakes *mistakes)
{
    const char *file = arena_printf(f->arena, "%s/%s", path, name);
    enum script_kind kind;

    if (!kind_of_file(name, &kind)) {
        stray_file(file, name, mistakes);
        return;
    }
    if (!read_file(f->arena, file, &f->texts[kind])) {
        mistakes_add(mistakes, file, 0, 0, NULL, "cannot be read; check its mode");
        return;
    }
    const struct script_file script = {file, kind, f->texts[kind]};
    (void)!script_file_parse(f->arena, &script, &f->verbs[kind], mistakes);
}

/* NULL when the folder has a mistake. */
static struct folder *read_folder(const char *path, struct span tenant, struct mistakes *mistakes)
{
    struct arena *arena = arena_open(16384);
    struct folder *f = ARENA_NEW(arena, struct folder);
    struct dirent **names = NULL;
    const size_t before = mistakes->count + mistakes->more;

    f->arena = arena;
    f->tenant = arena_copy(arena, tenant);
    const int count = scandir(path, &names, NULL, alphasort);
    if (count < 0)
        mistakes_add(mistakes, path, 0, 0, NULL,
                     "cannot be read; check NEXTRING_SCRIPTS and the "
                     "folder's mode");
    for (int i = 0; i < count; i++) {
        if (is_script(names[i]->d_name))
            take_file(f, path, names[i]->d_name, mistakes);
        free(names[i]);
    }
    free(names);
    if (mistakes->count + mistakes->more == before)
        return f;
    arena_close(&arena);
    return NULL;
}

static void close_folder(struct folder *f)
{
    struct arena *arena = f ? f->arena : NULL; /* f lives in it */

    arena_close(&arena);
}

static struct folder *read_builtin(void)
{
    struct arena *arena = arena_open(16384);
    struct folder *f = ARENA_NEW(arena, struct folder);
    struct mistakes *mistakes = ARENA_NEW(arena, struct mistakes);

    f->arena = arena;
    mistakes_init(mistakes, arena);
    for (int i = 0; i < SCRIPT_KINDS; i++) {
        const struct script_file file = {"built-in", (enum script_kind)i,
                                         span_of(script_builtin[i])};
        f->texts[i] = file.text;
        const enum err err = script_file_parse(arena, &file, &f->verbs[i], mistakes);
        CHECK(!err);
    }
    return f;
}

/* ---- all of them ---- */

/* Fills `f->set`: each script of the first of the three that has it. */
static void join(struct folder *f, const struct folder *all, const struct folder *builtin)
{
    const struct folder *from[] = {f, all, builtin};
    struct arena *arena = arena_open(16384);
    struct buf texts = buf_in(arena, SCRIPT_KINDS * (SCRIPT_BYTES_MAX + 1));
    uint8_t hash[DIGEST_SHA256_BYTES];

    for (int i = 0; i < SCRIPT_KINDS; i++)
        for (size_t n = 0; n < sizeof from / sizeof from[0]; n++)
            if (from[n] && from[n]->texts[i].data) {
                f->set.verbs[i] = from[n]->verbs[i];
                buf_add(&texts, from[n]->texts[i]);
                buf_add_char(&texts, 0);
                break;
            }
    digest_sha256(buf_span(&texts), hash);
    for (size_t i = 0; i < (SCRIPT_DIGEST_SIZE - 1) / 2; i++)
        snprintf(f->set.digest + 2 * i, 3, "%02x", hash[i]);
    arena_close(&arena);
}

static void join_all(struct scripts *s)
{
    join(s->builtin, NULL, NULL);
    if (s->all)
        join(s->all, NULL, s->builtin);
    for (struct folder *f = s->tenants; f; f = f->next)
        join(f, s->all, s->builtin);
}

struct scripts *scripts_open(const char *folder)
{
    struct scripts *s = arena_must_alloc(sizeof *s);

    *s = (struct scripts){.path = folder, .builtin = read_builtin()};
    join_all(s);
    return s;
}

static void close_tenants(struct folder *f)
{
    while (f) {
        struct folder *next = f->next;
        close_folder(f);
        f = next;
    }
}

void scripts_close(struct scripts **scripts)
{
    struct scripts *s = *scripts;

    if (!s)
        return;
    close_tenants(s->tenants);
    close_folder(s->all);
    close_folder(s->builtin);
    arena_close(&s->said);
    free(s);
    *scripts = NULL;
}

/* Takes the tenant's folder out of the list; NULL when he has none. */
static struct folder *take_tenant(struct folder **list, struct span tenant)
{
    for (struct folder **at = list; *at; at = &(*at)->next)
        if (span_is((*at)->tenant, tenant)) {
            struct folder *f = *at;
            *at = f->next;
            return f;
        }
    return NULL;
}

static bool is_folder(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static void load_tenants(struct scripts *s, struct mistakes *mistakes)
{
    struct dirent **names = NULL;
    struct folder *old = s->tenants;
    struct arena *scratch = arena_open(4096);
    const int count = scandir(s->path, &names, NULL, alphasort);

    s->tenants = NULL;
    for (int i = 0; i < count; i++) {
        const struct span tenant = arena_copy(scratch, span_of(names[i]->d_name));
        const char *path = arena_printf(scratch, "%s/%s", s->path, tenant.data);
        free(names[i]);
        if (tenant.data[0] == '.' || i >= SCRIPTS_FOLDERS_MAX || !is_folder(path))
            continue;
        struct folder *good = read_folder(path, tenant, mistakes);
        struct folder *last_good = take_tenant(&old, tenant);
        if (!good)
            good = last_good;
        else
            close_folder(last_good);
        if (!good)
            continue;
        good->next = s->tenants;
        s->tenants = good;
    }
    free(names);
    close_tenants(old); /* those whose folder has gone */
    arena_close(&scratch);
}

/* A number that changes when a file in the folder, or in one within it, does. */
static uint64_t mark_of(uint64_t h, const char *path, bool deeper)
{
    struct dirent **names = NULL;
    struct arena *scratch = arena_open(4096);
    const int count = scandir(path, &names, NULL, alphasort);

    for (int i = 0; i < count; i++) {
        const char *file = arena_printf(scratch, "%s/%s", path, names[i]->d_name);
        struct stat st;
        if (names[i]->d_name[0] != '.' && stat(file, &st) == 0) {
            const int64_t facts[] = {(int64_t)st.st_ino, (int64_t)st.st_size,
                                     (int64_t)st.st_mtim.tv_sec, (int64_t)st.st_mtim.tv_nsec};
            h = hash_bytes(h, names[i]->d_name, strlen(names[i]->d_name));
            h = hash_bytes(h, facts, sizeof facts);
            if (deeper && S_ISDIR(st.st_mode))
                h = mark_of(h, file, false);
        }
        free(names[i]);
    }
    free(names);
    arena_close(&scratch);
    return h;
}

static uint64_t mark(const struct scripts *s)
{
    return s->path ? mark_of(HASH_BEGIN, s->path, true) : 0;
}

/* Keeps what was found from the first one on. */
static void keep(struct scripts *s, const struct mistakes *found, size_t first)
{
    arena_close(&s->said);
    s->said = arena_open(0);
    s->last = ARENA_NEW(s->said, struct mistakes);
    mistakes_init(s->last, s->said);
    for (size_t i = first; i < found->count; i++) {
        const struct mistake *m = &found->list[i];
        mistakes_add(s->last, m->file, m->line, m->column, m->where, "%s", m->words);
    }
}

enum err scripts_load(struct scripts *s, struct mistakes *mistakes)
{
    const size_t before = mistakes->count + mistakes->more, first = mistakes->count;

    s->mark = mark(s); /* before the reading: what changes meanwhile is then seen */
    if (!s->path)
        return ERR_NONE;
    struct folder *all = read_folder(s->path, (struct span){NULL, 0}, mistakes);
    if (all) {
        close_folder(s->all);
        s->all = all;
    }
    if (is_folder(s->path))
        load_tenants(s, mistakes);
    join_all(s);
    keep(s, mistakes, first);
    return mistakes->count + mistakes->more > before ? ERR_BAD_INPUT : ERR_NONE;
}

bool scripts_has_changed(const struct scripts *s)
{
    return mark(s) != s->mark;
}

const struct script_set *scripts_of(const struct scripts *s, struct span tenant)
{
    for (const struct folder *f = s->tenants; f; f = f->next)
        if (span_is(f->tenant, tenant))
            return &f->set;
    return s->all ? &s->all->set : &s->builtin->set;
}

static const struct folder *folder_of(const struct scripts *s, struct span tenant)
{
    for (const struct folder *f = s->tenants; f; f = f->next)
        if (span_is(f->tenant, tenant))
            return f;
    return NULL;
}

struct scripts_text scripts_text(const struct scripts *s, struct span tenant, enum script_kind kind)
{
    const struct folder *own = folder_of(s, tenant);

    if (own && own->texts[kind].data)
        return (struct scripts_text){SCRIPTS_TENANT, own->texts[kind]};
    if (s->all && s->all->texts[kind].data)
        return (struct scripts_text){SCRIPTS_FOLDER, s->all->texts[kind]};
    return (struct scripts_text){SCRIPTS_BUILTIN, s->builtin->texts[kind]};
}

/* The path within the folder: a file of all, or TENANT/FILE. Empty: another tenant's. */
static struct span within(const struct scripts *s, const char *file, struct span tenant)
{
    struct span path = span_of(file), rest;

    if (!span_starts(path, span_of(s->path)))
        return path;
    path = span_skip(path, strlen(s->path));
    while (span_starts(path, SPAN("/")))
        path = span_skip(path, 1);
    const struct span first = span_cut(path, '/', &rest);
    return rest.size == 0 || span_is(first, tenant) ? path : (struct span){NULL, 0};
}

size_t scripts_mistakes(const struct scripts *s, struct span tenant, struct arena *arena,
                        struct mistake *out, size_t max)
{
    size_t count = 0;

    for (size_t i = 0; s->last && i < s->last->count && count < max; i++) {
        const struct mistake *m = &s->last->list[i];
        const struct span file = m->file ? within(s, m->file, tenant) : SPAN("");
        if (!file.data)
            continue;
        out[count] = *m;
        out[count].file = arena_text(arena, file);
        out[count].words = arena_text(arena, span_of(m->words));
        count++;
    }
    return count;
}
