#include "setup/ledger.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "codec/json.h"
#include "codec/timestamp.h"

enum { LINE_BYTES_MAX = 64 << 10 };

static const char *const kinds[LEDGER_KINDS] = {"set", "undo", "buy"};

const char *ledger_kind_name(enum ledger_kind kind)
{
    return kinds[kind];
}

/* ---- reading ---- */

static bool kind_parse(struct span text, enum ledger_kind *out)
{
    for (int i = 0; i < LEDGER_KINDS; i++)
        if (span_is_text(text, kinds[i])) {
            *out = (enum ledger_kind)i;
            return true;
        }
    return false;
}

static struct span text_of(struct arena *arena, const struct json *object, const char *key)
{
    return arena_copy(arena, json_text(json_get(object, key)));
}

static bool read_changes(struct arena *arena, const struct json *list, struct ledger_entry *e)
{
    if (json_type(list) != JSON_LIST || json_count(list) > NUMBER_FIELDS)
        return false;
    for (size_t i = 0; i < json_count(list); i++) {
        const struct json *item = json_at(list, i);
        struct ledger_change *c = &e->changes[e->change_count++];
        if (!number_field_parse(json_text(json_get(item, "field")), &c->field))
            return false;
        c->before = text_of(arena, item, "before");
        c->after = text_of(arena, item, "after");
    }
    return true;
}

static bool read_entry(struct arena *arena, const struct json *root, struct ledger_entry *e)
{
    bool local;

    if (!json_number(json_get(root, "id"), 1, INT64_MAX, &e->id) ||
        !json_number(json_get(root, "run"), 1, e->id, &e->run) ||
        !kind_parse(json_text(json_get(root, "kind")), &e->kind) ||
        !timestamp_parse(json_text(json_get(root, "at")), &e->at_ms, &local))
        return false;
    if (e->kind == LEDGER_UNDO && !json_number(json_get(root, "undoes"), 1, e->id, &e->undoes))
        return false;
    e->account = text_of(arena, root, "account");
    e->number = text_of(arena, root, "number");
    e->sid = text_of(arena, root, "sid");
    e->heard = text_of(arena, root, "heard");
    return read_changes(arena, json_get(root, "changes"), e);
}

static struct ledger_entry *room_for_one(struct ledger *l)
{
    if (l->count == l->room) {
        l->room = l->room ? l->room * 2 : 32;
        struct ledger_entry *entries = ARENA_NEW_N(l->arena, struct ledger_entry, l->room);
        if (l->count)
            memcpy(entries, l->entries, l->count * sizeof *entries);
        l->entries = entries;
    }
    l->entries[l->count] = (struct ledger_entry){.id = 0};
    return &l->entries[l->count];
}

static void mark_undone(struct ledger *l, int64_t id)
{
    for (size_t i = 0; i < l->count; i++)
        if (l->entries[i].id == id)
            l->entries[i].is_undone = true;
}

static enum err read_line(struct ledger *l, struct span line, const char **why)
{
    struct ledger_entry *e = room_for_one(l);
    struct json *root = NULL;
    struct json_place place;
    const bool good = !json_parse(line, &root, &place) && read_entry(l->arena, root, e) &&
                      e->id == (int64_t)l->count + 1;

    json_close(&root);
    if (!good) {
        *why = arena_printf(l->arena,
                            "%s:%zu: is no line that provision wrote; mend it, or move the file "
                            "away, and with it what could be undone",
                            l->path, l->count + 1);
        return ERR_BAD_INPUT;
    }
    l->count++;
    if (e->kind == LEDGER_UNDO)
        mark_undone(l, e->undoes);
    return ERR_NONE;
}

/* A last line without its end was cut off while it was written: what it announced was not begun. */
static enum err read_all(struct ledger *l, struct span text, const char **why)
{
    while (text.size > 0 && memchr(text.data, '\n', text.size)) {
        struct span rest;
        const enum err e = read_line(l, span_cut(text, '\n', &rest), why);
        if (e)
            return e;
        text = rest;
    }
    if (text.size > 0 && l->fd >= 0 &&
        ftruncate(l->fd, lseek(l->fd, 0, SEEK_END) - (off_t)text.size)) {
        *why = arena_printf(l->arena, "%s cannot be written: %s", l->path, strerror(errno));
        return ERR_BROKEN;
    }
    return ERR_NONE;
}

static enum err load(struct ledger *l, int fd, const char **why)
{
    struct buf text = buf_in(l->arena, LEDGER_BYTES_MAX);
    char chunk[16384];
    ssize_t n;

    while ((n = read(fd, chunk, sizeof chunk)) > 0)
        buf_add(&text, (struct span){chunk, (size_t)n});
    if (n < 0 || text.full) {
        *why = arena_printf(l->arena, "%s cannot be read: %s", l->path,
                            n < 0 ? strerror(errno) : "it is above 16 MB; move it away");
        return ERR_BROKEN;
    }
    return read_all(l, buf_span(&text), why);
}

/* ---- opening ---- */

static enum err lock(struct ledger *l, const char **why)
{
    if (flock(l->fd, LOCK_EX | LOCK_NB) == 0)
        return ERR_NONE;
    *why =
        arena_printf(l->arena, "another 'nextring provision' holds %s: let it end first", l->path);
    return ERR_BUSY;
}

/* What root has written in the daemon's folder is the daemon's, whose user is to read it, too. */
static void give_away(int fd, const char *folder)
{
    struct stat st;

    if (geteuid() == 0 && stat(folder, &st) == 0 && st.st_uid != 0)
        (void)!fchown(fd, st.st_uid, st.st_gid);
}

static enum err open_file(struct ledger *l, const char *folder, bool to_write, const char **why)
{
    int fd;

    if (to_write)
        (void)mkdir(folder, 0700); /* it may be there; what else is wrong is said below */
    fd = open(l->path, to_write ? O_RDWR | O_CREAT | O_CLOEXEC : O_RDONLY | O_CLOEXEC, 0600);
    if (fd < 0 && errno == ENOENT && !to_write)
        return ERR_NONE; /* nothing was ever changed */
    if (fd < 0) {
        *why = arena_printf(l->arena,
                            "%s cannot be opened: %s; what is changed is written there, so that it "
                            "can be undone: run it as the daemon's user, or set NEXTRING_DATA",
                            l->path, strerror(errno));
        return ERR_BROKEN;
    }
    if (to_write)
        give_away(fd, folder);
    l->fd = to_write ? fd : -1;
    enum err e = to_write ? lock(l, why) : ERR_NONE;
    if (!e)
        e = load(l, fd, why);
    if (!to_write)
        close(fd);
    return e;
}

enum err ledger_open(struct arena *arena, const char *folder, bool to_write, struct ledger **out,
                     const char **why)
{
    struct ledger *l = ARENA_NEW(arena, struct ledger);

    *l = (struct ledger){
        .arena = arena, .fd = -1, .path = arena_printf(arena, "%s/provision.json", folder)};
    const enum err e = open_file(l, folder, to_write, why);
    if (e) {
        ledger_close(&l);
        return e;
    }
    *out = l;
    return ERR_NONE;
}

void ledger_close(struct ledger **ledger)
{
    if (*ledger && (*ledger)->fd >= 0)
        close((*ledger)->fd);
    *ledger = NULL;
}

/* ---- writing ---- */

static void write_change(struct json_out *o, const struct ledger_change *c)
{
    json_out_object(o, NULL);
    json_out_text(o, "field", span_of(number_field_name(c->field)));
    json_out_text(o, "before", c->before);
    json_out_text(o, "after", c->after);
    json_out_end_object(o);
}

static struct span line_of(struct arena *arena, const struct ledger_entry *e)
{
    struct buf out = buf_in(arena, LINE_BYTES_MAX);
    struct json_out o = json_out(&out);
    char at[TIMESTAMP_SIZE];

    timestamp_render(e->at_ms, at);
    json_out_object(&o, NULL);
    json_out_number(&o, "id", e->id);
    json_out_number(&o, "run", e->run);
    json_out_text(&o, "at", span_of(at));
    json_out_text(&o, "kind", span_of(kinds[e->kind]));
    if (e->kind == LEDGER_UNDO)
        json_out_number(&o, "undoes", e->undoes);
    json_out_text(&o, "account", e->account);
    json_out_text(&o, "number", e->number);
    json_out_text(&o, "sid", e->sid);
    json_out_text(&o, "heard", e->heard);
    json_out_list(&o, "changes");
    for (size_t i = 0; i < e->change_count; i++)
        write_change(&o, &e->changes[i]);
    json_out_end_list(&o);
    json_out_end_object(&o);
    buf_add_char(&out, '\n');
    return out.full ? (struct span){0} : buf_span(&out);
}

static bool put_down(int fd, struct span line)
{
    if (lseek(fd, 0, SEEK_END) < 0)
        return false;
    while (line.size > 0) {
        const ssize_t n = write(fd, line.data, line.size);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        line = span_skip(line, (size_t)n);
    }
    return fdatasync(fd) == 0;
}

enum err ledger_add(struct ledger *l, struct ledger_entry *entry, const char **why)
{
    entry->id = (int64_t)l->count + 1;
    entry->run = entry->run ? entry->run : entry->id;
    const struct span line = line_of(l->arena, entry);
    if (line.size == 0 || !put_down(l->fd, line)) {
        *why = arena_printf(l->arena, "%s cannot be written (%s), so nothing is changed", l->path,
                            line.size ? strerror(errno) : "the line is too long");
        return ERR_BROKEN;
    }
    *room_for_one(l) = *entry;
    l->count++;
    if (entry->kind == LEDGER_UNDO)
        mark_undone(l, entry->undoes);
    return ERR_NONE;
}

/* ---- asking ---- */

static bool stands(const struct ledger_entry *e, struct span account)
{
    return e->kind == LEDGER_SET && !e->is_undone && span_is(e->account, account);
}

struct ledger_entry *ledger_last(const struct ledger *l, struct span account, struct span number)
{
    for (size_t i = l->count; i > 0; i--)
        if (stands(&l->entries[i - 1], account) && span_is(l->entries[i - 1].number, number))
            return &l->entries[i - 1];
    return NULL;
}

int64_t ledger_last_run(const struct ledger *l, struct span account)
{
    for (size_t i = l->count; i > 0; i--)
        if (stands(&l->entries[i - 1], account))
            return l->entries[i - 1].run;
    return 0;
}
