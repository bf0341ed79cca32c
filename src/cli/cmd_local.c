#include "cli/cmd_local.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "cli/control.h"
#include "cli/findings.h"
#include "cli/input.h"
#include "codec/json.h"
#include "codec/json_walk.h"
#include "config/credentials.h"
#include "config/feed_file.h"
#include "config/roster_file.h"
#include "config/roster_keys.h"
#include "config/scripts.h"
#include "config/settings_print.h"
#include "model/segments.h"
#include "provider/signature.h"
#include "rules/reach.h"

enum { TABLE_MAX = 64 * 1024, BODY_MAX = 1 << 20, MISTAKES_MAX = 1 << 20, TEXT_MAX = 64 * 1024 };
enum { UNREACHABLE_MAX = LIMIT_CHAINS * LIMIT_STEPS };

static void print_mistakes(struct arena *arena, const struct mistakes *m,
                           const struct mistakes *notes, size_t unreachable)
{
    struct buf out = buf_in(arena, MISTAKES_MAX);
    struct json_out o = json_out(&out);

    json_out_object(&o, NULL);
    findings_json(&o, m);
    json_out_list(&o, "notes");
    for (size_t i = 0; i < notes->count; i++)
        json_out_text(&o, NULL, mistakes_line(arena, &notes->list[i]));
    json_out_end_list(&o);
    json_out_number(&o, "unreachable_steps", (int64_t)unreachable);
    json_out_end_object(&o);
    printf("%.*s\n", SPAN_ARG(buf_span(&out)));
}

static struct credentials *open_credentials(struct cli *cli, struct mistakes *mistakes)
{
    const struct credentials_from from = {
        .environment = environ, .env_file = cli->settings->env_file.data, .self = geteuid()};
    struct credentials *credentials = NULL;

    if (credentials_open(&from, &credentials, mistakes))
        return NULL;
    return credentials;
}

/* The roster that the daemon has in its database; false without. */
static bool ask_roster(struct cli *cli, struct span *out)
{
    struct control_answer a;

    if (control_try(cli->arena, cli->settings, "GET", "/api/v1/roster", (struct span){0}, &a) ||
        a.status != 200)
        return false;
    *out = json_walk_get(a.body, "document");
    return out->size && out->data[0] == '{';
}

/* The roster named by the settings; NULL with the mistakes listed. */
static const struct roster *open_roster(struct cli *cli, const struct credentials *credentials,
                                        int64_t at_ms, struct mistakes *mistakes)
{
    const struct settings *s = cli->settings;
    struct span text;
    const struct roster *roster = NULL;
    struct roster_feed *feeds = NULL;
    const char *kept = arena_printf(cli->arena, "%.*s/feeds", SPAN_ARG(s->data));
    const size_t feed_count = feed_file_list(cli->arena, kept, &feeds);
    const struct roster_defaults defaults = {
        .feeds = feeds,
        .feed_count = feed_count,
        .file = s->roster.size ? s->roster.data : "the database's roster",
        .was_good = !s->roster.size,
        .ring_s = (uint8_t)s->ring_s,
        .ack_s = (int32_t)s->ack_s,
        .keep_recordings_days = (uint16_t)s->keep_recordings_days,
        .from_number = credentials ? credentials->values[CREDENTIAL_FROM_NUMBER].data : NULL,
        .account_sid = credentials ? credentials->values[CREDENTIAL_ACCOUNT_SID].data : NULL,
        .now_ms = at_ms,
    };

    if (!s->roster.size && !ask_roster(cli, &text)) {
        mistakes_add(mistakes, NULL, 0, 0, "NEXTRING_ROSTER",
                     "no roster is named, and no daemon has one; give its file, e.g. "
                     "examples/roster.json, or start the daemon: nextring roster put FILE");
        return NULL;
    }
    if (s->roster.size && !input_read_path(cli->arena, s->roster.data, LIMIT_ROSTER_BYTES, &text)) {
        mistakes_add(mistakes, s->roster.data, 0, 0, NULL,
                     "cannot be read; check the path and the file's mode");
        return NULL;
    }
    if (roster_file_parse(cli->arena, text, &defaults, &roster, mistakes))
        return NULL;
    return roster;
}

const struct roster *cmd_local_roster(struct cli *cli, int64_t at_ms, struct mistakes *mistakes)
{
    struct credentials *credentials = open_credentials(cli, mistakes);
    const struct roster *roster = open_roster(cli, credentials, at_ms, mistakes);

    credentials_close(&credentials);
    return roster;
}

/* Steps that a caller's total wait never reaches, when every phone rings to its end. */
static size_t find_unreachable(const struct roster *roster, bool say)
{
    struct reach_step steps[UNREACHABLE_MAX];
    const size_t found = reach_find(roster, steps, UNREACHABLE_MAX);

    for (size_t i = 0; say && i < found && i < UNREACHABLE_MAX; i++)
        printf("chain %s: step %d is never reached by a call: the rings before it use up "
               "wait_seconds (%d)\n",
               roster->chains[steps[i].chain].id, steps[i].step + 1, roster->wait_s);
    return found;
}

static int print_settings(struct cli *cli)
{
    struct buf out = buf_in(cli->arena, TABLE_MAX);

    if (cli->json)
        settings_print_json(cli->arena, cli->settings, &out);
    else
        settings_print_text(cli->arena, cli->settings, &out);
    printf("%.*s%s", SPAN_ARG(buf_span(&out)), cli->json ? "\n" : "");
    return CLI_YES;
}

/* Keys at the top of the roster that mean nothing here and look as if they should. */
static void note_keys(struct cli *cli, struct mistakes *notes)
{
    const char *file = cli->settings->roster.data;
    struct span text;

    if (cli->settings->roster.size && input_read_path(cli->arena, file, LIMIT_ROSTER_BYTES, &text))
        roster_keys_note(text, file, notes);
    for (size_t i = 0; i < notes->count && !cli->json; i++)
        printf("note: %.*s\n", SPAN_ARG(mistakes_line(cli->arena, &notes->list[i])));
}

/* The call scripts, when a folder of them is named. */
static void check_scripts(struct cli *cli, struct mistakes *mistakes)
{
    const char *folder = cli->settings->scripts.size ? cli->settings->scripts.data : NULL;
    struct scripts *scripts = scripts_open(folder);
    const enum err err = scripts_load(scripts, mistakes);

    if (!err && folder && !cli->json)
        printf("%s: good call scripts, version %s\n", folder,
               scripts_of(scripts, (struct span){NULL, 0})->digest);
    scripts_close(&scripts);
}

int cmd_local_check(struct cli *cli)
{
    struct mistakes *mistakes = ARENA_NEW(cli->arena, struct mistakes);
    struct mistakes *notes = ARENA_NEW(cli->arena, struct mistakes);

    mistakes_init(mistakes, cli->arena);
    mistakes_init(notes, cli->arena);
    if (cli->argc == 1 && strcmp(cli->argv[0], "--settings") == 0)
        return print_settings(cli);
    if (cli_no_more(cli))
        return CLI_USAGE;
    (void)!settings_require(cli->settings, mistakes);
    struct credentials *credentials = open_credentials(cli, mistakes);
    if (credentials)
        (void)!credentials_require(credentials, mistakes);
    const struct roster *roster =
        open_roster(cli, credentials, (int64_t)time(NULL) * 1000, mistakes);
    check_scripts(cli, mistakes);
    note_keys(cli, notes);
    const size_t unreachable = roster ? find_unreachable(roster, !cli->json) : 0;
    if (cli->json)
        print_mistakes(cli->arena, mistakes, notes, unreachable);
    else
        findings_say(cli->arena, mistakes);
    if (roster && mistakes->count == 0 && !cli->json)
        printf("%s: good. %d line%s, %d operators, %d chain%s%s\n",
               cli->settings->roster.size ? cli->settings->roster.data : "the database's roster",
               roster->line_count, roster->line_count == 1 ? "" : "s", roster->operator_count,
               roster->chain_count, roster->chain_count == 1 ? "" : "s",
               unreachable ? "; see the steps above" : "");
    const bool good = mistakes->count == 0;
    credentials_close(&credentials);
    return good ? CLI_YES : CLI_NO;
}

/* ---- signature ---- */

static void print_report(struct cli *cli, bool right, const struct signature_report *r)
{
    struct buf out = buf_in(cli->arena, TABLE_MAX);
    struct json_out o = json_out(&out);

    if (!cli->json) {
        printf("%s\n", right ? "yes" : "no");
        if (!r->well_formed)
            printf("the signature is not base64 of 20 bytes\n");
        if (!r->hash_right)
            printf("bodySHA256 is not the hash of the body\n");
        for (size_t i = 0; i < r->count; i++)
            printf("%s  %s, %s: %.*s\n", r->trials[i].matched ? "matched" : "tried  ",
                   signature_cover_name(r->cover), signature_port_name(r->trials[i].port),
                   SPAN_ARG(r->trials[i].url));
        return;
    }
    json_out_object(&o, NULL);
    json_out_bool(&o, "is_right", right);
    json_out_bool(&o, "is_well_formed", r->well_formed);
    json_out_bool(&o, "is_hash_right", r->hash_right);
    json_out_list(&o, "tried");
    for (size_t i = 0; i < r->count; i++) {
        json_out_object(&o, NULL);
        json_out_text(&o, "url", r->trials[i].url);
        json_out_text(&o, "port", span_of(signature_port_name(r->trials[i].port)));
        json_out_text(&o, "covers", span_of(signature_cover_name(r->cover)));
        json_out_bool(&o, "is_matched", r->trials[i].matched);
        json_out_end_object(&o);
    }
    json_out_end_list(&o);
    json_out_end_object(&o);
    printf("%.*s\n", SPAN_ARG(buf_span(&out)));
}

int cmd_local_signature(struct cli *cli)
{
    const char *method = cli_option(cli, "method");
    const char *url = cli_option(cli, "url");
    const char *signature = cli_option(cli, "signature");
    const char *type = cli_option(cli, "content-type");
    const char *const names[] = {"TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN_2"};
    struct span tokens[SIGNATURE_TOKENS_MAX];
    struct span body = {0};
    struct signature_report report = {0};

    if (cli_no_more(cli))
        return CLI_USAGE;
    if (!url || !signature)
        return cli_fail(CLI_USAGE, "give --url and --signature; the body comes on stdin");
    for (size_t i = 0; i < SIGNATURE_TOKENS_MAX; i++)
        tokens[i] = span_of(getenv(names[i]));
    struct signature_keys *keys = signature_keys_open(tokens, SIGNATURE_TOKENS_MAX);
    if (!keys)
        return cli_fail(CLI_COULD_NOT, "TWILIO_AUTH_TOKEN is not set: put the account's token "
                                       "into the environment");
    if (!input_read(cli->arena, stdin, BODY_MAX, &body)) {
        signature_keys_close(&keys);
        return cli_fail(CLI_COULD_NOT, "the body on stdin cannot be read, or is above 1 MiB");
    }
    const struct signature_request request = {
        .method = span_of(method ? method : "POST"),
        .url = span_of(url),
        .content_type = span_of(type ? type : "application/x-www-form-urlencoded"),
        .body = body,
        .signature = span_of(signature),
    };
    const bool right = signature_check(cli->arena, keys, &request, &report);
    signature_keys_close(&keys);
    print_report(cli, right, &report);
    return right ? CLI_YES : CLI_NO;
}

/* ---- segments ---- */

static void print_segments(struct cli *cli, const struct segments *s)
{
    struct buf out = buf_in(cli->arena, TABLE_MAX);
    struct json_out o = json_out(&out);

    if (!cli->json) {
        printf("%s, %zu unit%s, %zu segment%s\n", encoding_name(s->encoding), s->units,
               s->units == 1 ? "" : "s", s->count, s->count == 1 ? "" : "s");
        return;
    }
    json_out_object(&o, NULL);
    json_out_text(&o, "encoding", span_of(encoding_name(s->encoding)));
    json_out_number(&o, "units", (int64_t)s->units);
    json_out_number(&o, "segments", (int64_t)s->count);
    json_out_end_object(&o);
    printf("%.*s\n", SPAN_ARG(buf_span(&out)));
}

int cmd_local_segments(struct cli *cli)
{
    const bool smart = cli_flag(cli, "smart");
    struct span text = {0};

    if (cli_no_more(cli))
        return CLI_USAGE;
    if (!input_read(cli->arena, stdin, TEXT_MAX, &text))
        return cli_fail(CLI_COULD_NOT, "the text on stdin cannot be read, or is above 64 KiB");
    const size_t valid_bytes = utf8_valid_bytes(text);
    if (valid_bytes < text.size)
        return cli_fail(CLI_NO,
                        "the text is not UTF-8 at byte %zu, counted from 0; save it as UTF-8",
                        valid_bytes);
    const struct segments s = segments_count(smart ? segments_smart(cli->arena, text) : text);
    print_segments(cli, &s);
    return CLI_YES;
}
