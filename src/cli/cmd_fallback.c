#include "cli/cmd_fallback.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/control.h"
#include "cli/findings.h"
#include "cli/input.h"
#include "codec/json.h"
#include "codec/url.h"
#include "config/roster_file.h"
#include "keys/keys.h"
#include "provider/fallback_script.h"
#include "rules/words.h"

enum { JSON_BYTES = 1 << 20 };

static const char voice_name[] = "fallback-voice.xml", text_name[] = "fallback-text.xml";

/* Whom the scripts ring and text. */
struct resort {
    struct span phones[LIMIT_OPERATORS];
    size_t count;
};

/* ---- from the roster file ---- */

/* With a folder of rosters, the tenant's file in it. NULL: which one must be said. */
static const char *roster_path(struct cli *cli, const char *tenant)
{
    const char *path = cli->settings->roster.data;
    struct stat st;

    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return path;
    return tenant ? arena_printf(cli->arena, "%s/%s.json", path, tenant) : NULL;
}

static const struct roster *read_roster(struct cli *cli, const char *path,
                                        struct mistakes *mistakes)
{
    const struct settings *s = cli->settings;
    struct credentials *credentials = NULL;
    const struct roster *roster = NULL;
    struct span text;

    if (!input_read_path(cli->arena, path, LIMIT_ROSTER_BYTES, &text)) {
        mistakes_add(mistakes, path, 0, 0, NULL, "cannot be read; check the path and its mode");
        return NULL;
    }
    if (keys_once(s, &credentials, mistakes))
        return NULL;
    const struct roster_defaults defaults = {
        .file = path,
        .ring_s = (uint8_t)s->ring_s,
        .ack_s = (int32_t)s->ack_s,
        .keep_recordings_days = (uint16_t)s->keep_recordings_days,
        .from_number = credentials->values[CREDENTIAL_FROM_NUMBER].data,
        .account_sid = credentials->values[CREDENTIAL_ACCOUNT_SID].data,
    };
    if (roster_file_parse(cli->arena, text, &defaults, &roster, mistakes))
        roster = NULL;
    credentials_close(&credentials);
    return roster;
}

/* Nobody is marked: those of the last step of the first line's chain. */
static void take_last_step(const struct roster *roster, struct resort *out)
{
    if (roster->line_count == 0)
        return;
    const struct chain *chain = &roster->chains[roster->lines[0].chain];
    const struct step *step = &chain->steps[chain->step_count - 1];
    for (int i = 0; i < step->operator_count; i++)
        out->phones[out->count++] = span_of(roster->operators[step->operators[i]].phone);
    fprintf(stderr,
            "nextring: nobody is marked \"last_resort\": true; the last step of the chain %s is "
            "taken\n",
            chain->id);
}

static int from_file(struct cli *cli, const char *tenant, struct resort *out)
{
    struct mistakes *mistakes = ARENA_NEW(cli->arena, struct mistakes);
    const char *path = roster_path(cli, tenant);

    if (!path)
        return cli_fail(CLI_USAGE, "%s holds a roster per tenant; name one by --tenant",
                        cli->settings->roster.data);
    mistakes_init(mistakes, cli->arena);
    const struct roster *roster = read_roster(cli, path, mistakes);
    if (!roster) {
        findings_say(cli->arena, mistakes);
        return CLI_COULD_NOT;
    }
    if (tenant && strcmp(tenant, roster->tenant) != 0)
        return cli_fail(CLI_USAGE, "%s is the roster of %s, not of %s", path, roster->tenant,
                        tenant);
    for (int i = 0; i < roster->operator_count; i++)
        if (roster->operators[i].last_resort)
            out->phones[out->count++] = span_of(roster->operators[i].phone);
    if (out->count == 0)
        take_last_step(roster, out);
    return CLI_YES;
}

/* ---- from the daemon ---- */

static void take_marked(struct cli *cli, const struct json *items, struct resort *out)
{
    for (size_t i = 0; i < json_count(items) && out->count < LIMIT_OPERATORS; i++) {
        const struct json *item = json_at(items, i);
        if (json_bool(json_get(item, "is_last_resort")))
            out->phones[out->count++] = arena_copy(cli->arena, json_text(json_get(item, "phone")));
    }
}

static int from_daemon(struct cli *cli, const char *tenant, struct resort *out)
{
    struct buf path = buf_in(cli->arena, 1024);
    struct control_answer answer;
    struct json *root = NULL;
    struct json_place place;

    buf_add_text(&path, "/api/v1/operators");
    if (tenant) {
        buf_add_text(&path, "?tenant=");
        url_escape(&path, span_of(tenant));
    }
    if (control_call(cli->arena, cli->settings, "GET", buf_span(&path).data, (struct span){0},
                     &answer))
        return CLI_COULD_NOT;
    if (answer.status != 200 || json_parse(answer.body, &root, &place))
        return cli_fail(CLI_COULD_NOT,
                        "the daemon answered %d; name a tenant by --tenant, or a roster by "
                        "--roster",
                        answer.status);
    take_marked(cli, json_get(root, "items"), out);
    json_close(&root);
    return CLI_YES;
}

/* ---- the scripts ---- */

static int write_file(struct cli *cli, const char *folder, const char *name, struct span script)
{
    const char *path = arena_printf(cli->arena, "%s/%s", folder, name);
    (void)mkdir(folder, 0755); /* it may be there; what else is wrong is said below */
    FILE *f = fopen(path, "wb");
    const bool kept = f && fwrite(script.data, 1, script.size, f) == script.size;

    if ((f && fclose(f) != 0) || !kept)
        return cli_fail(CLI_COULD_NOT, "%s cannot be written: %s; name another folder by --out",
                        path, strerror(errno));
    printf("%s\n", path);
    return CLI_YES;
}

/* A script that is not asked for is empty. */
struct scripts {
    struct span voice, text;
    const char *folder; /* NULL: stdout */
};

static int put_files(struct cli *cli, const struct scripts *s)
{
    int status = CLI_YES;

    if (s->voice.size)
        status = write_file(cli, s->folder, voice_name, s->voice);
    if (s->text.size && !status)
        status = write_file(cli, s->folder, text_name, s->text);
    return status;
}

static int put(struct cli *cli, const struct scripts *s)
{
    struct buf out = buf_in(cli->arena, JSON_BYTES);
    struct json_out json = json_out(&out);

    if (s->folder)
        return put_files(cli, s);
    if (!cli->json) {
        if (s->voice.size)
            printf("%.*s\n", SPAN_ARG(s->voice));
        if (s->text.size)
            printf("%.*s\n", SPAN_ARG(s->text));
        return CLI_YES;
    }
    json_out_object(&json, NULL);
    json_out_text_or_null(&json, "voice", s->voice);
    json_out_text_or_null(&json, "text", s->text);
    json_out_end_object(&json);
    printf("%.*s\n", SPAN_ARG(buf_span(&out)));
    return CLI_YES;
}

static bool take_word(struct cli *cli, const char *word)
{
    if (cli->argc == 0 || strcmp(cli->argv[0], word) != 0)
        return false;
    cli->argc--;
    cli->argv++;
    return true;
}

static int run(struct cli *cli)
{
    const char *tenant = cli_option(cli, "tenant");
    struct scripts scripts = {.folder = cli_option(cli, "out")};
    const bool is_plain = cli_flag(cli, "plain");
    const bool voice_alone = take_word(cli, "voice"), text_alone = take_word(cli, "text");
    struct resort *resort = ARENA_NEW(cli->arena, struct resort);

    if (cli_no_more(cli))
        return CLI_USAGE;
    const int status = cli->settings->roster.size ? from_file(cli, tenant, resort)
                                                  : from_daemon(cli, tenant, resort);
    if (status)
        return status;
    if (resort->count == 0)
        return cli_fail(CLI_NO, "nobody is marked as the last resort; put \"last_resort\": true at "
                                "a person of the roster");
    if (!text_alone || voice_alone)
        scripts.voice = fallback_script_voice(cli->arena, resort->phones, resort->count,
                                              words_fallback_closed());
    if (!voice_alone || text_alone)
        scripts.text = fallback_script_text(cli->arena, resort->phones, resort->count,
                                            words_fallback_text(is_plain));
    return put(cli, &scripts);
}

static const struct cli_known options[] = {
    {"tenant", "TENANT", "whose last resort it rings", NULL},
    {"out", "FOLDER", "writes the scripts there, as files", CLI_FOLDER},
    {"plain", NULL, "for a host that fills in no {{From}}, {{To}} and {{Body}}", NULL},
    {NULL},
};

const struct cli_command cmd_fallback_command = {
    .name = "fallback",
    .run = run,
    .help = "static scripts for the carrier's fallback addresses",
    .forms = "[voice|text] [--tenant TENANT] [--out FOLDER] [--plain]",
    .acts = "voice text",
    .options = options,
    .about =
        "The call's script rings the last resort of the roster, one after the other; the text's\n"
        "tells them that a text waits. Host them where nextring is not, at the carrier itself (a\n"
        "TwiML Bin) or as static files, and name their addresses as the number's fallbacks.\n"
        "Without a roster the daemon is asked. A talk that the one who was rung ends is followed\n"
        "by the next one's ring: the caller hangs up.\n",
    .examples = "nextring fallback --roster roster.json\n"
                "nextring fallback voice --tenant acme > voice.xml   for a TwiML Bin: paste it\n"
                "nextring fallback --plain --out /srv/www/fallback   for a server of files\n",
    .status = "0: done; 1: nobody is the last resort",
};
