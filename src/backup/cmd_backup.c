#include "backup/cmd_backup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "backup/copying.h"
#include "backup/manifest.h"
#include "backup/place.h"
#include "backup/proving.h"
#include "base/buf.h"
#include "cli/asking.h"
#include "codec/timestamp.h"
#include "store/store_copy.h"
#include "store/store_migrate.h"

enum { FILE_BYTES_MAX = 4 << 20, KEEP_MAX = 10000, NICE = 19, JSON_MAX = 64 * 1024 };

struct making {
    struct cli *cli;
    struct place place;
    struct manifest *manifest;
    const char *copy; /* the daemon's; removed in the end */
    const char *database, *draft;
    int keep; /* 0: all of them */
    bool with_keys;
    size_t dropped;
};

static const char *data_path(struct cli *cli, const char *name)
{
    return arena_printf(cli->arena, "%.*s/%s", SPAN_ARG(cli->settings->data), name);
}

/* ---- the small files ---- */

/* False: it is not there, or no file, or too large to be one of these. */
static bool read_small(struct arena *arena, const char *path, struct span *out)
{
    struct stat st;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    bool is_read =
        fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size <= FILE_BYTES_MAX;

    if (is_read) {
        char *bytes = arena_alloc(arena, (size_t)st.st_size + 1);
        const ssize_t size = read(fd, bytes, (size_t)st.st_size);
        is_read = size == st.st_size;
        *out = (struct span){bytes, is_read ? (size_t)size : 0};
    }
    if (fd >= 0)
        close(fd);
    return is_read;
}

static void add_file(struct making *m, const char *name, const char *path)
{
    struct manifest_file *f = &m->manifest->files[m->manifest->file_count];

    if (m->manifest->file_count < MANIFEST_FILES && read_small(m->cli->arena, path, &f->content)) {
        f->name = span_of(name);
        m->manifest->file_count++;
    }
}

/* Calendars as they were last got: without them a start while their address is away would not
 * know who is on duty. */
static void add_feeds(struct making *m)
{
    DIR *folder = opendir(data_path(m->cli, "feeds"));
    const struct dirent *entry;

    while (folder && (entry = readdir(folder)) != NULL)
        if (entry->d_name[0] != '.') {
            const char *name = arena_printf(m->cli->arena, "feeds/%s", entry->d_name);
            add_file(m, name, data_path(m->cli, name));
        }
    if (folder)
        closedir(folder);
}

static int add_keys(struct making *m)
{
    const struct span key_file = m->cli->settings->key_file;
    const size_t before = m->manifest->file_count;

    if (!key_file.size)
        return cli_fail(CLI_USAGE, "--with-keys: there is no file of keys; name it by "
                                   "NEXTRING_KEY_FILE, or leave the option out");
    add_file(m, "nextring.key", key_file.data);
    if (m->manifest->file_count == before)
        return cli_fail(CLI_COULD_NOT, "--with-keys: %s cannot be read", key_file.data);
    m->manifest->has_keys = true;
    return CLI_YES;
}

/* ---- making one ---- */

static void show_rows(void *ctx, int64_t rows)
{
    (void)ctx;
    copying_show("verifying", rows, 0, "events");
}

static int prove_copy(struct making *m)
{
    char why[STORE_WHY_SIZE] = "";
    const struct store_proof_ask ask = {
        .address = m->copy, .is_still = true, .progress = show_rows};

    copying_show("verifying", 0, 0, "events");
    const enum err e = store_proof(m->cli->arena, &ask, &m->manifest->proof, why);
    copying_hide();
    return e ? cli_fail(CLI_COULD_NOT, "%s", why) : CLI_YES;
}

static void show_bytes(void *ctx, int64_t bytes)
{
    copying_show(ctx, bytes >> 20, 0, "MiB");
}

/* Packed, and read once more: what is kept is what was copied. */
static int pack_copy(struct making *m)
{
    char why[PACK_WHY_SIZE] = "";
    struct pack_sum packed, whole;
    char packing[] = "packing", reading[] = "reading again";
    const struct pack_ask out = {
        .from = m->copy, .to = m->draft, .progress = show_bytes, .ctx = packing};
    const struct pack_ask in = {.from = m->draft, .progress = show_bytes, .ctx = reading};

    enum err e = pack_write(&out, &m->manifest->whole, &m->manifest->packed, why);
    if (!e)
        e = pack_read(&in, &packed, &whole, why);
    copying_hide();
    if (e)
        return cli_fail(CLI_COULD_NOT, "%s", why);
    if (memcmp(&packed, &m->manifest->packed, sizeof packed) != 0 ||
        memcmp(&whole, &m->manifest->whole, sizeof whole) != 0)
        return cli_fail(CLI_COULD_NOT,
                        "%s is not what was written there: check that disk before you trust it",
                        m->draft);
    return CLI_YES;
}

static int put_both(struct making *m)
{
    char why[PLACE_WHY_SIZE] = "";
    const char *name = m->manifest->name;

    enum err e = place_put(&m->place, m->draft, m->database, why);
    if (!e)
        e = place_put_text(&m->place, manifest_render(m->cli->arena, m->manifest),
                           arena_printf(m->cli->arena, "%s.json", name), why);
    return e ? cli_fail(CLI_COULD_NOT, "%s", why) : CLI_YES;
}

/* The older ones beyond `keep`: their manifest first, as a backup without one counts for none. */
static int drop_old(struct making *m)
{
    struct span *names = NULL;
    size_t count = 0, manifests = 0;
    char why[PLACE_WHY_SIZE] = "";

    enum err e = m->keep ? place_list(&m->place, "nextring-", &names, &count, why) : ERR_NONE;
    for (size_t i = 0; i < count; i++)
        if (manifest_is_name(names[i], ".json"))
            names[manifests++] = names[i];
    for (size_t i = 0; !e && i + (size_t)m->keep < manifests; i++) {
        const int stem = (int)names[i].size - 5;
        e = place_drop(&m->place, arena_text(m->cli->arena, names[i]), why);
        if (!e)
            e = place_drop(&m->place,
                           arena_printf(m->cli->arena, "%.*s.db.zst", stem, names[i].data), why);
        m->dropped += !e;
    }
    return e ? cli_fail(CLI_COULD_NOT, "the backup is made, but an old one stays: %s", why)
             : CLI_YES;
}

static void warn_of_keys(const struct manifest *m)
{
    if (m->has_keys)
        fprintf(stderr, "nextring: THE FILE OF KEYS IS IN IT: whoever reads this backup can open "
                        "the tenants' secrets\n");
    else if (m->proof.sealed)
        fprintf(stderr,
                "nextring: THE FILE OF KEYS IS NOT IN IT, and without it %zu secrets of tenants "
                "stay shut after a restore: keep a copy of NEXTRING_KEY_FILE elsewhere\n",
                m->proof.sealed);
}

static void print_made(const struct making *m)
{
    const struct manifest *f = m->manifest;
    char made[TIMESTAMP_SIZE];

    timestamp_render(f->made_ms, made);
    if (m->cli->json) {
        struct buf out = buf_in(m->cli->arena, JSON_MAX);
        struct json_out o = json_out(&out);
        json_out_object(&o, NULL);
        json_out_text(&o, "backup",
                      span_of(arena_printf(m->cli->arena, "%s/%s", m->place.where, m->database)));
        json_out_text(&o, "made_at", span_of(made));
        json_out_number(&o, "bytes", f->packed.bytes);
        json_out_number(&o, "database_bytes", f->whole.bytes);
        json_out_number(&o, "tenants", (int64_t)f->proof.count - 1);
        json_out_number(&o, "events", f->proof.rows);
        json_out_bool(&o, "has_keys", f->has_keys);
        json_out_number(&o, "dropped", (int64_t)m->dropped);
        json_out_end_object(&o);
        printf("%.*s\n", SPAN_ARG(buf_span(&out)));
        return;
    }
    printf("%s/%s\n", m->place.where, m->database);
    fprintf(stderr,
            "nextring: %lld MiB, packed into %lld; the file and the logs of %zu tenants (%lld "
            "events) are whole, up to %s",
            (long long)(f->whole.bytes >> 20), (long long)(f->packed.bytes >> 20),
            f->proof.count - 1, (long long)f->proof.rows, made);
    if (m->dropped)
        fprintf(stderr, "; %zu old ones deleted", m->dropped);
    fputc('\n', stderr);
}

static int make(struct making *m, const char *to)
{
    char why[PLACE_WHY_SIZE] = "";
    struct cli *cli = m->cli;

    if (place_open(cli->arena, cli->settings, to, &m->place, why))
        return cli_fail(CLI_COULD_NOT, "%s", why);
    int status = m->with_keys ? add_keys(m) : CLI_YES;
    if (!status)
        status = copying_make(cli, &m->copy, &m->manifest->made_ms);
    if (status)
        return status;
    manifest_name(m->manifest->made_ms, m->manifest->name);
    m->database = arena_printf(cli->arena, "%s.db.zst", m->manifest->name);
    m->draft = place_draft(&m->place, arena_text(cli->arena, cli->settings->data), m->database);
    add_file(m, "callback.key", data_path(cli, "callback.key"));
    add_file(m, "provision.json", data_path(cli, "provision.json")); /* what --undo puts back */
    add_feeds(m);
    status = prove_copy(m);
    if (!status)
        status = pack_copy(m);
    if (!status) {
        (void)place_tidy(&m->place, m->manifest->made_ms);
        status = put_both(m);
    }
    unlink(m->copy);
    if (status)
        unlink(m->draft);
    return status;
}

/* ---- PostgreSQL ---- */

static int tell_of_postgres(void)
{
    cli_fail(CLI_NO, "the database is PostgreSQL, whose own tools back it up; nextring makes no "
                     "dump of its own");
    fputs("  small, once a day:   pg_dump --format=custom --file=nextring.dump "
          "\"$NEXTRING_DATABASE\"\n"
          "                       pg_restore --clean --if-exists --dbname=\"$NEXTRING_DATABASE\" "
          "nextring.dump\n"
          "  to any second:       pg_basebackup --pgdata=FOLDER --checkpoint=fast "
          "--wal-method=stream,\n"
          "                       with archive_mode=on; or pgBackRest, which Patroni calls on by "
          "itself\n"
          "  and of each node:    callback.key is in the database; the file of keys is not\n"
          "  after a restore:     nextring backup --verify, then nextring restore --mark --made "
          "TIME\n"
          "  docs/guides/recover.md has each step\n",
          stderr);
    return CLI_NO;
}

/* ---- the command ---- */

static int take_keep(const char *text, int *out)
{
    int64_t keep = 0;

    if (text && !span_number(span_of(text), 1, KEEP_MAX, &keep))
        return cli_fail(CLI_USAGE, "--keep %s: say how many backups stay, from 1 on", text);
    *out = (int)keep;
    return CLI_YES;
}

/* One at a time: the copy beside the database has one name, and a second backup would write its own
 * into what the first one has proven and packs. Until the program ends. */
static int take_turn(struct cli *cli)
{
    const int fd = open(cli->settings->data.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
        return CLI_YES; /* a folder that is not there is told of where it is needed */
    const int error = errno;
    close(fd);
    return error == EWOULDBLOCK
               ? cli_fail(CLI_COULD_NOT,
                          "another nextring backup is at work: wait until it is done")
               : CLI_YES; /* no file system for locks */
}

/* Calls and texts come first: this takes the time of a core, and of the disk, that nobody else
 * wants. Where that is refused it is nice, and no more. */
static void stand_back(void)
{
    enum { WHO_PROCESS = 1, CLASS_IDLE = 3, CLASS_SHIFT = 13 }; /* of ioprio_set(2) */
    const struct sched_param none = {.sched_priority = 0};

    (void)setpriority(PRIO_PROCESS, 0, NICE);
    (void)sched_setscheduler(0, SCHED_IDLE, &none);
    (void)syscall(SYS_ioprio_set, WHO_PROCESS, 0, CLASS_IDLE << CLASS_SHIFT);
}

static int cmd_backup(struct cli *cli)
{
    struct making m = {.cli = cli, .manifest = ARENA_NEW(cli->arena, struct manifest)};
    const char *to = cli_option(cli, "to"), *keep = cli_option(cli, "keep");
    const bool verifies = cli_flag(cli, "verify");
    char why[STORE_WHY_SIZE] = "";

    m.with_keys = cli_flag(cli, "with-keys");
    const char *what = asking_take_word(cli);
    int status = cli_no_more(cli) ? CLI_USAGE : take_keep(keep, &m.keep);
    if (status)
        return status;
    stand_back();
    status = take_turn(cli);
    if (status)
        return status;
    if (verifies)
        return proving_command(cli, what);
    if (what)
        return cli_fail(CLI_USAGE, "'%s': say where to by --to, or --verify %s", what, what);
    if (cli->settings->database.size)
        return tell_of_postgres();
    status = make(&m, to ? to : data_path(cli, "backups"));
    if (!status && store_copy_note(cli->settings->data.data, m.manifest->made_ms, why))
        status = cli_fail(CLI_COULD_NOT, "%s", why);
    if (!status)
        status = drop_old(&m);
    if (status)
        return status;
    warn_of_keys(m.manifest);
    print_made(&m);
    return CLI_YES;
}

static const struct cli_known options[] = {
    {"to", "PLACE", "a folder, or s3://BUCKET/PREFIX; backups in the state folder without",
     CLI_FOLDER},
    {"keep", "N", "deletes older backups there, but for the N newest, once this one is good", NULL},
    {"with-keys", NULL, "puts the file of keys in as well, which opens the tenants' secrets", NULL},
    {"verify", NULL, "proves a backup, or the database of NEXTRING_DATABASE; makes none", NULL},
    {NULL},
};

const struct cli_command cmd_backup_command = {
    .name = "backup",
    .run = cmd_backup,
    .help = "a verified copy of everything, made while the daemon works",
    .forms = "[--to PLACE] [--keep N] [--with-keys]\n--verify [BACKUP]",
    .words = CLI_FILE,
    .options = options,
    .about =
        "The daemon copies its database beside its work; the copy's pages and the chain of every\n"
        "tenant's log are proven, it is packed, read again, and put in its place together with a\n"
        "manifest. Without a daemon the file itself is copied. The settings, the env file and the\n"
        "roster's file are not in it, and the file of keys only when asked for.\n"
        "On PostgreSQL it tells which of its tools to use.\n",
    .examples =
        "nextring backup                                  into backups/ of the state folder\n"
        "nextring backup --to /srv/backup --keep 14\n"
        "nextring backup --to s3://acme-backup/nextring --keep 30\n"
        "nextring backup --verify /srv/backup/nextring-20261122T013000Z.json\n",
    .status = "0: made and proven, or whole; 1: not whole, or the database is PostgreSQL",
};
