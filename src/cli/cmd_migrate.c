#include "cli/cmd_migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/progress.h"
#include "codec/json.h"
#include "store/store_migrate.h"
#include "store/store_move.h"

enum { JSON_MAX = 64 * 1024, KEY_BYTES = 32 };

static const char *file_of(struct cli *cli)
{
    return arena_printf(cli->arena, "%.*s/nextring.db", SPAN_ARG(cli->settings->data));
}

/* Without its password. */
static const char *shown(struct cli *cli, const char *address)
{
    const char *at = strrchr(address, '@'), *scheme = strstr(address, "://");

    if (!store_migrate_is_shared(address) || !scheme)
        return address;
    if (strcasestr(address, "password=")) /* wherever it stands */
        return arena_printf(cli->arena, "%.*s...", (int)(scheme + 3 - address), address);
    if (!at)
        return address;
    return arena_printf(cli->arena, "%.*s...%s", (int)(scheme + 3 - address), address, at);
}

/* ---- migrate ---- */

struct migration {
    const char *address;
    bool is_distributed;
    int from, to;
};

static void print_texts(struct arena *arena, const struct migration *m)
{
    for (int version = m->from + 1; version <= m->to; version++) {
        const char *text;
        for (int part = 0;
             (text = store_migrate_text(m->address, version, m->is_distributed, part)); part++)
            printf("%s%s\n", part ? "" : arena_printf(arena, "-- schema %d\n", version), text);
    }
}

static int print_migration(struct cli *cli, const struct migration *m, bool is_dry)
{
    if (cli->json) {
        struct buf out = buf_in(cli->arena, JSON_MAX);
        struct json_out o = json_out(&out);
        json_out_object(&o, NULL);
        json_out_text(&o, "database", span_of(shown(cli, m->address)));
        json_out_number(&o, "schema", m->from);
        json_out_number(&o, "wanted", m->to);
        json_out_bool(&o, "raised", !is_dry && m->from < m->to);
        json_out_end_object(&o);
        printf("%.*s\n", SPAN_ARG(buf_span(&out)));
    } else if (m->from == m->to) {
        printf("%s has schema %d, which is the newest: nothing to do\n", shown(cli, m->address),
               m->to);
    } else if (is_dry) {
        print_texts(cli->arena, m);
    } else {
        printf("%s: schema %d, was %d\n", shown(cli, m->address), m->to, m->from);
    }
    return CLI_YES;
}

static int migrate(struct cli *cli)
{
    const struct span database = cli->settings->database;
    const bool is_dry = cli_flag(cli, "dry-run");
    struct migration m = {
        .address = database.size ? database.data : file_of(cli),
        .is_distributed = cli_flag(cli, "distributed"),
        .to = STORE_SCHEMA,
    };
    char why[STORE_WHY_SIZE] = "";

    if (cli_no_more(cli))
        return CLI_USAGE;
    if (m.is_distributed && !database.size)
        return cli_fail(CLI_USAGE, "--distributed is for PostgreSQL: name it by NEXTRING_DATABASE");
    if (store_migrate_look(m.address, &m.from, why))
        return cli_fail(CLI_COULD_NOT, "%s", why);
    if (m.is_distributed && m.from)
        return cli_fail(CLI_NO, "--distributed makes new tables: the database has some already");
    if (!is_dry && m.from < m.to && store_migrate_raise(m.address, m.is_distributed, why))
        return cli_fail(CLI_COULD_NOT, "%s", why);
    return print_migration(cli, &m, is_dry);
}

/* ---- move ---- */

static void show(void *ctx, const char *table, int64_t rows, bool is_check)
{
    (void)ctx;
    progress_show("%s %s: %lld", is_check ? "reading again" : "writing", table, (long long)rows);
}

static void print_result(struct cli *cli, const char *from, const char *to,
                         const struct store_move_result *r)
{
    if (cli->json) {
        struct buf out = buf_in(cli->arena, JSON_MAX);
        struct json_out o = json_out(&out);
        json_out_object(&o, NULL);
        json_out_object(&o, "tables");
        for (size_t i = 0; i < r->table_count; i++)
            json_out_number(&o, r->tables[i].name, r->tables[i].rows);
        json_out_end_object(&o);
        json_out_number(&o, "rows", r->rows);
        json_out_number(&o, "logs", r->logs);
        json_out_number(&o, "log_rows", r->log_rows);
        json_out_number(&o, "mended", r->mended);
        json_out_end_object(&o);
        printf("%.*s\n", SPAN_ARG(buf_span(&out)));
        return;
    }
    for (size_t i = 0; i < r->table_count; i++)
        if (r->tables[i].rows)
            printf("%-20s %12lld\n", r->tables[i].name, (long long)r->tables[i].rows);
    printf("%lld rows moved, read again and found the same; the logs of %lld tenants are whole"
           " (%lld events).\n",
           (long long)r->rows, (long long)r->logs, (long long)r->log_rows);
    if (r->mended)
        printf("%lld texts were not UTF-8: a \xEF\xBF\xBD stands for what PostgreSQL refuses.\n",
               (long long)r->mended);
    printf("Set NEXTRING_DATABASE to %s and start nextring with the same state folder.\n"
           "%s stays as it was; no program writes to it any more.\n",
           shown(cli, to), from);
}

/* The key of the addresses at which the carrier calls us back; it goes along, as every node must
 * know the one that texts have already left with. False: it cannot be read. */
static bool read_key(struct cli *cli, uint8_t key[KEY_BYTES], bool *out_is_there)
{
    const char *path = arena_printf(cli->arena, "%.*s/callback.key", SPAN_ARG(cli->settings->data));
    const int fd = open(path, O_RDONLY | O_CLOEXEC);

    *out_is_there = fd >= 0;
    if (fd < 0)
        return errno == ENOENT;
    const bool is_whole = read(fd, key, KEY_BYTES) == KEY_BYTES;
    close(fd);
    return is_whole;
}

/* "sqlite", a path, "postgres" or an address; the settings say the rest. */
static int find_places(struct cli *cli, const char **from, const char **to)
{
    const struct span database = cli->settings->database;

    *from = cli_option(cli, "from");
    *to = cli_option(cli, "to");
    if (cli_no_more(cli))
        return CLI_USAGE;
    if (!*from || strcmp(*from, "sqlite") == 0)
        *from = file_of(cli);
    if ((!*to || strcmp(*to, "postgres") == 0) && database.size)
        *to = database.data;
    if (!*to || strcmp(*to, "postgres") == 0)
        return cli_fail(CLI_USAGE, "where to is not known: name it by NEXTRING_DATABASE,"
                                   " postgres://USER:PASSWORD@HOST/DATABASE");
    if (!store_migrate_is_shared(*to))
        return cli_fail(CLI_USAGE, "--to %s: a move goes to PostgreSQL: postgres://...", *to);
    if (store_migrate_is_shared(*from))
        return cli_fail(CLI_USAGE, "--from: a move begins at a SQLite file: name its path");
    return CLI_YES;
}

static int move(struct cli *cli)
{
    struct store_move_ask ask = {.progress = show, .shared_name = "callback.key"};
    struct store_move_result result;
    uint8_t key[KEY_BYTES];
    char why[STORE_WHY_SIZE] = "";
    bool has_key;

    const int status = find_places(cli, &ask.from, &ask.to);
    if (status)
        return status;
    if (!read_key(cli, key, &has_key))
        return cli_fail(CLI_COULD_NOT, "callback.key in %.*s cannot be read: check its owner",
                        SPAN_ARG(cli->settings->data));
    ask.shared_key = has_key ? key : NULL;
    const enum err e = store_move(&ask, &result, why);
    progress_end();
    if (e)
        return cli_fail(CLI_COULD_NOT, "%s", why);
    print_result(cli, ask.from, ask.to, &result);
    return CLI_YES;
}

/* ---- what they are ---- */

static const struct cli_known migrate_options[] = {
    {"dry-run", NULL, "prints the statements that it would run", NULL},
    {"distributed", NULL,
     "for a new database: every key begins with the tenant, so that tables can be spread", NULL},
    {NULL},
};

const struct cli_command cmd_migrate_command = {
    .name = "migrate",
    .run = migrate,
    .help = "the database's schema: which it has, and bringing it up",
    .forms = "[--dry-run] [--distributed]",
    .options = migrate_options,
    .about =
        "Raises it, one version after the other; never back. NEXTRING_DATABASE names a "
        "PostgreSQL;\n"
        "without it the file in the state folder is meant, which no daemon may have open. The\n"
        "daemon does the same at its start.\n",
    .examples = "nextring migrate\n"
                "nextring migrate --dry-run\n",
    .status = "0: it has the newest; 1: it cannot be made distributed",
};

static const struct cli_known move_options[] = {
    {"from", "PATH", "the SQLite file, or sqlite: the one in the state folder", CLI_FILE},
    {"to", "ADDRESS", "postgres://..., or postgres: what NEXTRING_DATABASE says", "postgres"},
    {NULL},
};

const struct cli_command cmd_migrate_move_command = {
    .name = "move",
    .run = move,
    .help = "takes everything from a SQLite file to PostgreSQL, nothing lost",
    .forms = "[--from sqlite|PATH] [--to postgres|ADDRESS]",
    .options = move_options,
    .about =
        "All is read again afterwards and held against the file. Broken off, it is begun anew by\n"
        "the same command. Stop the daemon first; afterwards start it with NEXTRING_DATABASE and\n"
        "the same state folder.\n",
    .examples =
        "NEXTRING_DATABASE=postgres://nextring@db/nextring nextring move --from sqlite --to "
        "postgres\n",
    .status = NULL,
};
