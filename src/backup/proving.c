#include "backup/proving.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "backup/copying.h"
#include "base/buf.h"
#include "codec/json.h"
#include "codec/timestamp.h"

enum { JSON_MAX = 64 * 1024 };

static void show_rows(void *ctx, int64_t rows)
{
    (void)ctx;
    copying_show("verifying", rows, 0, "events");
}

static void show_bytes(void *ctx, int64_t bytes)
{
    (void)ctx;
    copying_show("unpacking", bytes >> 20, 0, "MiB");
}

/* ---- finding it ---- */

/* The folder and the name without its end, of "FOLDER/NAME.json", "FOLDER/NAME.db.zst" or
 * "FOLDER/NAME". False: it is none of ours. */
static bool split(struct arena *arena, const char *backup, const char **folder, const char **name)
{
    static const char *const ends[] = {".json", ".db.zst", ""};
    const char *slash = strrchr(backup, '/');
    const struct span last = span_of(slash ? slash + 1 : backup);

    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++) {
        if (!manifest_is_name(last, ends[i]))
            continue;
        *name = arena_printf(arena, "%.*s", (int)(last.size - strlen(ends[i])), last.data);
        *folder = !slash            ? "."
                  : slash == backup ? "/"
                                    : arena_printf(arena, "%.*s", (int)(slash - backup), backup);
        return true;
    }
    return false;
}

int proving_find(struct cli *cli, const char *backup, struct proving *out)
{
    const char *folder, *name;
    char why[PLACE_WHY_SIZE] = "";
    struct span text;

    if (!split(cli->arena, backup, &folder, &name))
        return cli_fail(CLI_USAGE,
                        "%s is no name of a backup: it looks like nextring-20261122T013000Z.json",
                        backup);
    if (!address_is(folder) && access(folder, X_OK))
        return cli_fail(CLI_COULD_NOT, "%s is not there, or may not be read", folder);
    if (place_open(cli->arena, cli->settings, folder, &out->place, why))
        return cli_fail(CLI_COULD_NOT, "%s", why);
    const enum err e =
        place_get_text(&out->place, arena_printf(cli->arena, "%s.json", name), &text, why);
    if (e == ERR_NOT_FOUND)
        return cli_fail(CLI_COULD_NOT,
                        "%s/%s.json is not there: a backup without its manifest was never finished",
                        out->place.where, name);
    if (e)
        return cli_fail(CLI_COULD_NOT, "%s", why);
    out->manifest = ARENA_NEW(cli->arena, struct manifest);
    if (manifest_parse(cli->arena, text, out->manifest, why))
        return cli_fail(CLI_NO, "%s/%s.json: %s", out->place.where, name, why);
    if (strcmp(out->manifest->name, name) != 0)
        return cli_fail(CLI_NO, "%s.json is the manifest of %s: give each its own name back", name,
                        out->manifest->name);
    return CLI_YES;
}

/* ---- unpacking it ---- */

static int unpack(struct cli *cli, const struct proving *p, const char *to)
{
    const struct manifest *m = p->manifest;
    const char *draft = arena_printf(cli->arena, "%s.packed", to), *from = NULL;
    char why[PLACE_WHY_SIZE] = "";
    struct pack_sum packed, whole;

    enum err e =
        place_get(&p->place, arena_printf(cli->arena, "%s.db.zst", m->name), draft, &from, why);
    if (!e) {
        const struct pack_ask ask = {.from = from, .to = to, .progress = show_bytes};
        e = pack_read(&ask, &packed, &whole, why);
    }
    copying_hide();
    unlink(draft);
    if (e)
        return cli_fail(e == ERR_BAD_INPUT ? CLI_NO : CLI_COULD_NOT, "%s", why);
    if (memcmp(&packed, &m->packed, sizeof packed) != 0 ||
        memcmp(&whole, &m->whole, sizeof whole) != 0)
        return cli_fail(CLI_NO,
                        "%s.db.zst is not what its manifest says (SHA-256): use another "
                        "backup",
                        m->name);
    return CLI_YES;
}

static int prove(struct cli *cli, const struct proving *p, const char *path)
{
    const struct store_proof_ask ask = {.address = path, .is_still = true, .progress = show_rows};
    struct store_proof proof;
    const char *slug = NULL;
    char why[STORE_WHY_SIZE] = "";

    const enum err e = store_proof(cli->arena, &ask, &proof, why);
    copying_hide();
    if (e)
        return cli_fail(e == ERR_BROKEN || e == ERR_BAD_INPUT ? CLI_NO : CLI_COULD_NOT, "%s", why);
    if (!manifest_agrees(p->manifest, &proof, &slug))
        return cli_fail(CLI_NO,
                        "the log of tenant %s does not end where the manifest says: use "
                        "another backup",
                        slug);
    return CLI_YES;
}

int proving_unpack(struct cli *cli, const struct proving *p, const char *to)
{
    int status = unpack(cli, p, to);

    if (!status)
        status = prove(cli, p, to);
    if (status)
        unlink(to);
    return status;
}

/* ---- the command ---- */

static int print_whole(struct cli *cli, const char *what, size_t tenants, int64_t rows,
                       int64_t at_ms)
{
    char at[TIMESTAMP_SIZE];

    timestamp_render(at_ms, at);
    if (cli->json) {
        struct buf out = buf_in(cli->arena, JSON_MAX);
        struct json_out o = json_out(&out);
        json_out_object(&o, NULL);
        json_out_text(&o, "what", span_of(what));
        json_out_bool(&o, "is_whole", true);
        json_out_number(&o, "tenants", (int64_t)tenants);
        json_out_number(&o, "events", rows);
        json_out_text_or_null(&o, "at", at_ms ? span_of(at) : (struct span){NULL, 0});
        json_out_end_object(&o);
        printf("%.*s\n", SPAN_ARG(buf_span(&out)));
    } else {
        printf("%s is whole: the logs of %zu tenants, %lld events, up to %s\n", what, tenants,
               (long long)rows, at_ms ? at : "-");
    }
    return CLI_YES;
}

/* The database itself: for one that was restored by other tools. */
static int prove_database(struct cli *cli)
{
    const struct store_proof_ask ask = {.address = cli->settings->database.data,
                                        .progress = show_rows};
    struct store_proof proof;
    char why[STORE_WHY_SIZE] = "";

    if (!cli->settings->database.size)
        return cli_fail(CLI_USAGE, "--verify which? Name a backup: nextring backup --verify "
                                   "FOLDER/nextring-20261122T013000Z.json");
    const enum err e = store_proof(cli->arena, &ask, &proof, why);
    copying_hide();
    if (e)
        return cli_fail(e == ERR_BROKEN ? CLI_NO : CLI_COULD_NOT, "%s", why);
    return print_whole(cli, "the database", proof.count - 1, proof.rows, proof.written_ms);
}

int proving_command(struct cli *cli, const char *backup)
{
    struct proving p;

    if (!backup)
        return prove_database(cli);
    const char *to = arena_printf(cli->arena, "%.*s/backup.proof", SPAN_ARG(cli->settings->data));
    int status = proving_find(cli, backup, &p);
    if (!status)
        status = proving_unpack(cli, &p, to);
    unlink(to);
    if (status)
        return status;
    int64_t rows = 0;
    for (size_t i = 0; i < p.manifest->proof.count; i++)
        rows += p.manifest->proof.logs[i].rows;
    return print_whole(cli, p.manifest->name, p.manifest->proof.count - 1, rows,
                       p.manifest->made_ms);
}
