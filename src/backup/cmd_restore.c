#include "backup/cmd_restore.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backup/copying.h"
#include "backup/manifest.h"
#include "backup/proving.h"
#include "base/buf.h"
#include "cli/asking.h"
#include "codec/json.h"
#include "codec/timestamp.h"
#include "store/store_restore.h"

enum { JSON_MAX = 64 * 1024 };

struct restoring {
    struct cli *cli;
    struct proving from;
    const char *folder, *database;
    const char *aside; /* what stands behind the names of what was there before */
    int64_t now_ms, lost_ms;
    bool was_there;
    struct store_restored marked;
};

static const char *path_of(const struct restoring *r, const char *name)
{
    return arena_printf(r->cli->arena, "%s/%s", r->folder, name);
}

static int cannot(const char *path)
{
    return cli_fail(CLI_COULD_NOT, "%s cannot be written: %s", path, strerror(errno));
}

static int sync_folder(const char *path)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool is_done = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return is_done ? CLI_YES : cannot(path);
}

static int sync_file(const char *path)
{
    const int fd = open(path, O_RDWR | O_CLOEXEC);
    const bool is_done = fd >= 0 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    return is_done ? CLI_YES : cannot(path);
}

/* Root restores for the user whose folder it is. */
static void give(const struct restoring *r, const char *path)
{
    struct stat st;

    if (geteuid() == 0 && stat(r->folder, &st) == 0 && lchown(path, st.st_uid, st.st_gid))
        fprintf(stderr, "nextring: %s stays root's: %s\n", path, strerror(errno));
}

/* ---- the small files ---- */

static bool is_same(struct arena *arena, const char *path, struct span content)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    char *bytes = arena_alloc(arena, content.size + 1);
    const ssize_t size = fd >= 0 ? read(fd, bytes, content.size + 1) : -1;

    if (fd >= 0)
        close(fd);
    return size >= 0 && span_is((struct span){bytes, (size_t)size}, content);
}

static int write_small(const struct restoring *r, const char *path, struct span content)
{
    if (is_same(r->cli->arena, path, content))
        return CLI_YES;
    if (rename(path, arena_printf(r->cli->arena, "%s%s", path, r->aside)) && errno != ENOENT)
        return cannot(path);
    const int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    const bool is_done =
        fd >= 0 && write(fd, content.data, content.size) == (ssize_t)content.size && fsync(fd) == 0;
    const int status = is_done ? CLI_YES : cannot(path);
    if (fd >= 0)
        close(fd);
    give(r, path);
    return status;
}

static int write_files(const struct restoring *r)
{
    const struct manifest *m = r->from.manifest;
    int status = CLI_YES;

    for (size_t i = 0; i < m->file_count && !status; i++) {
        const char *path = path_of(r, arena_text(r->cli->arena, m->files[i].name));
        const char *slash = strrchr(path, '/');
        const char *folder = arena_printf(r->cli->arena, "%.*s", (int)(slash - path), path);
        if (mkdir(folder, 0700) == 0)
            give(r, folder);
        else if (errno != EEXIST)
            return cannot(folder);
        status = write_small(r, path, m->files[i].content);
    }
    return status;
}

/* ---- the database ---- */

static int put_aside(const struct restoring *r, const char *end)
{
    const char *from = arena_printf(r->cli->arena, "%s%s", r->database, end);
    const char *to = arena_printf(r->cli->arena, "%s%s%s", r->database, r->aside, end);

    return rename(from, to) && errno != ENOENT ? cannot(to) : CLI_YES;
}

/* While the file with the end ".restoring" is there no daemon starts: whatever breaks in between,
 * neither an empty database nor one with another's log is taken for the firm's. */
static int swap(const struct restoring *r, const char *part)
{
    const char *ready = arena_printf(r->cli->arena, "%s.restoring", r->database);

    if (rename(part, ready))
        return cannot(ready);
    int status = sync_folder(r->folder);
    if (!status)
        status = write_files(r);
    if (status) { /* the database that is there has not been touched */
        unlink(ready);
        return status;
    }
    status = put_aside(r, "");
    if (!status)
        status = put_aside(r, "-wal");
    if (!status)
        status = put_aside(r, "-shm");
    if (!status && rename(ready, r->database))
        status = cannot(r->database);
    return status ? status : sync_folder(r->folder);
}

static int mark(struct restoring *r, const char *part)
{
    char why[STORE_WHY_SIZE] = "";
    const struct store_restore_ask ask = {part, r->from.manifest->made_ms, r->lost_ms, r->now_ms};
    const enum err e = store_restore_mark(&ask, &r->marked, why);

    unlink(arena_printf(r->cli->arena, "%s.lock", part));
    give(r, part);
    return e ? cli_fail(CLI_COULD_NOT, "%s", why) : sync_file(part);
}

/* What a restore that was killed has left: its log would be taken for one of the new file. */
static void clear(const struct restoring *r, const char *part)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal", ".packed"};

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        unlink(arena_printf(r->cli->arena, "%s%s", part, ends[i]));
}

static int bring_back(struct restoring *r)
{
    const char *part = arena_printf(r->cli->arena, "%s.part", r->database);

    clear(r, part);
    int status = proving_unpack(r->cli, &r->from, part);
    if (!status)
        status = mark(r, part);
    if (!status)
        status = swap(r, part);
    if (status)
        clear(r, part);
    return status;
}

/* ---- words ---- */

static void print_done(const struct restoring *r)
{
    const struct manifest *m = r->from.manifest;
    char made[TIMESTAMP_SIZE];

    timestamp_render(m->made_ms, made);
    if (r->cli->json) {
        struct buf out = buf_in(r->cli->arena, JSON_MAX);
        struct json_out o = json_out(&out);
        json_out_object(&o, NULL);
        json_out_text(&o, "database", span_of(r->database));
        json_out_text(&o, "made_at", span_of(made));
        json_out_number(&o, "unsure", r->marked.unsure);
        json_out_text_or_null(
            &o, "kept",
            r->was_there ? span_of(arena_printf(r->cli->arena, "%s%s", r->database, r->aside))
                         : (struct span){NULL, 0});
        json_out_end_object(&o);
        printf("%.*s\n", SPAN_ARG(buf_span(&out)));
        return;
    }
    printf("%s is what it was at %s\n", r->database, made);
    if (r->was_there)
        fprintf(stderr, "nextring: what was there stands aside as %s%s\n", r->database, r->aside);
    fprintf(stderr,
            "nextring: %lld texts and calls may have gone out since: they are looked for at the "
            "carrier before anything is sent\n",
            (long long)r->marked.unsure);
    if (m->proof.sealed && !m->has_keys)
        fprintf(stderr,
                "nextring: %zu secrets of tenants open with the file of keys alone: put "
                "NEXTRING_KEY_FILE back\n",
                m->proof.sealed);
    fputs("nextring: start the daemon as its own user; docs/guides/recover.md tells what it finds "
          "again by itself, and what it cannot\n",
          stderr);
}

/* ---- the command ---- */

/* NULL leaves *out as it is. */
static int take_instant(const char *option, const char *text, int64_t *out)
{
    bool is_local = false;

    if (text && (!timestamp_parse(span_of(text), out, &is_local) || is_local))
        return cli_fail(CLI_USAGE, "--%s %s: write an instant: 2026-11-22T01:30:00Z", option, text);
    return CLI_YES;
}

/* A database that was restored by its own tools. */
static int mark_database(struct cli *cli, const char *made, int64_t lost_ms)
{
    struct store_restore_ask ask = {.lost_ms = lost_ms, .now_ms = copying_now_ms()};
    struct store_restored marked;
    char why[STORE_WHY_SIZE] = "";

    if (!cli->settings->database.size)
        return cli_fail(CLI_USAGE, "--mark is for PostgreSQL, restored by its own tools: name it "
                                   "by NEXTRING_DATABASE");
    if (!made)
        return cli_fail(CLI_USAGE, "--mark wants --made TIME, up to when it was restored");
    if (take_instant("made", made, &ask.made_ms))
        return CLI_USAGE;
    ask.address = cli->settings->database.data;
    if (store_restore_mark(&ask, &marked, why))
        return cli_fail(CLI_COULD_NOT, "%s", why);
    if (cli->json)
        printf("{\"unsure\":%lld,\"tenants\":%lld}\n", (long long)marked.unsure,
               (long long)marked.tenants);
    else
        printf("%lld texts and calls are looked for at the carrier before anything is sent; the "
               "logs of %lld tenants tell of it\n",
               (long long)marked.unsure, (long long)marked.tenants);
    return CLI_YES;
}

static int prepare(struct restoring *r, const char *backup, const char *to)
{
    char at[MANIFEST_NAME_SIZE];

    r->now_ms = copying_now_ms();
    manifest_name(r->now_ms, at);
    r->aside = arena_printf(r->cli->arena, ".before-%s", at + strlen("nextring-"));
    r->folder = to ? to : arena_text(r->cli->arena, r->cli->settings->data);
    r->database = path_of(r, "nextring.db");
    const int status = proving_find(r->cli, backup, &r->from);
    if (status)
        return status;
    if (mkdir(r->folder, 0700) && errno != EEXIST)
        return cannot(r->folder);
    r->was_there = access(r->database, F_OK) == 0;
    return CLI_YES;
}

static int restore(struct cli *cli, const char *backup, const char *to, int64_t lost_ms,
                   bool is_forced)
{
    struct restoring r = {.cli = cli, .lost_ms = lost_ms};
    char why[STORE_WHY_SIZE] = "";
    int lock = -1;

    int status = prepare(&r, backup, to);
    if (status)
        return status;
    if (store_restore_lock(r.database, &lock, why))
        return cli_fail(CLI_COULD_NOT, "%s", why);
    if (r.was_there && !is_forced)
        status = cli_fail(CLI_NO, "%s is there: --force puts it aside, as %s%s", r.database,
                          r.database, r.aside);
    if (!status)
        status = bring_back(&r);
    close(lock);
    if (!status)
        print_done(&r);
    return status;
}

static int cmd_restore(struct cli *cli)
{
    const char *to = cli_option(cli, "to"), *made = cli_option(cli, "made");
    const bool is_forced = cli_flag(cli, "force"), marks = cli_flag(cli, "mark");
    const char *lost = cli_option(cli, "lost"), *backup = asking_take_word(cli);
    int64_t lost_ms = copying_now_ms();

    if (cli_no_more(cli) || take_instant("lost", lost, &lost_ms))
        return CLI_USAGE;
    if (marks)
        return backup ? cli_fail(CLI_USAGE, "--mark takes no backup")
                      : mark_database(cli, made, lost_ms);
    if (!backup)
        return cli_fail(CLI_USAGE, "say which: nextring restore "
                                   "FOLDER/nextring-20261122T013000Z.json");
    if (cli->settings->database.size && !to)
        return cli_fail(CLI_NO, "the database is PostgreSQL: use its own tools, then nextring "
                                "restore --mark; or name a state folder by --to");
    return restore(cli, backup, to, lost_ms, is_forced);
}

static const struct cli_known options[] = {
    {"to", "FOLDER", "the state folder that it goes to; NEXTRING_DATA without", CLI_FOLDER},
    {"force", NULL, "puts a database that is there aside", NULL},
    {"lost", "TIME", "when the lost database ended its work; now without", NULL},
    {"mark", NULL, "marks a PostgreSQL that its own tools have restored", NULL},
    {"made", "TIME", "with --mark: up to when it was restored", NULL},
    {NULL},
};

const struct cli_command cmd_restore_command = {
    .name = "restore",
    .run = cmd_restore,
    .help = "brings a backup back, while no daemon runs",
    .forms = "BACKUP [--to FOLDER] [--force] [--lost TIME]\n--mark --made TIME [--lost TIME]",
    .words = CLI_FILE,
    .options = options,
    .about =
        "BACKUP is one of the two files of a backup, in a folder or as s3://BUCKET/KEY. It is\n"
        "verified first, and comes into place as a whole or not at all. What waited to be sent\n"
        "may have been sent since, until the lost database ended its work: it is looked for at "
        "the\n"
        "carrier first. What came since is found in the carrier's log when the daemon starts.\n",
    .examples =
        "nextring restore /srv/backup/nextring-20261122T013000Z.json\n"
        "nextring restore s3://acme-backup/nextring/nextring-20261122T013000Z.json --force\n"
        "nextring restore --mark --made 2026-11-22T01:30:00Z     after pg_restore, once\n",
    .status = "0: done; 1: the backup is not whole, or a database is there",
};
