#include "cli/cmd_local.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "base/utf8.h"
#include "cli/control.h"
#include "cli/findings.h"
#include "cli/input.h"
#include "codec/json.h"
#include "codec/json_walk.h"
#include "config/feed_file.h"
#include "config/roster_file.h"
#include "config/roster_keys.h"
#include "config/scripts.h"
#include "config/settings_print.h"
#include "keys/certificate.h"
#include "keys/keys.h"
#include "keys/keys_print.h"
#include "model/segments.h"
#include "provider/signature.h"
#include "rules/reach.h"

enum { TABLE_MAX = 64 * 1024, BODY_MAX = 1 << 20, MISTAKES_MAX = 1 << 20, TEXT_MAX = 64 * 1024 };
enum { UNREACHABLE_MAX = LIMIT_CHAINS * LIMIT_STEPS };

static void print_mistakes(struct arena *arena, const struct credentials *credentials,
                           const struct mistakes *m, const struct mistakes *notes,
                           size_t unreachable)
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
    if (credentials)
        keys_print_json(arena, credentials, &o);
    json_out_end_object(&o);
    printf("%.*s\n", SPAN_ARG(buf_span(&out)));
}

static struct credentials *open_credentials(struct cli *cli, struct mistakes *mistakes)
{
    struct credentials *credentials = NULL;

    if (keys_once(cli->settings, &credentials, mistakes))
        return NULL;
    return credentials;
}

static void say_credentials(struct cli *cli, const struct credentials *credentials)
{
    struct buf out = buf_in(cli->arena, TABLE_MAX);

    keys_print_text(cli->arena, credentials, &out);
    printf("%.*s", SPAN_ARG(buf_span(&out)));
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

/* What says that texts and calls do not work must not go by texts and calls. */
static void note_alarms(const struct cli *cli, const struct roster *roster, struct mistakes *notes)
{
    const struct settings *s = cli->settings;
    const struct roster_alarms *a = &roster->alarms;
    const bool has_host = s->alarm_command.size || s->alarm_webhook.size;

    if ((a->text_count || a->voice_count) && !a->webhook && !has_host)
        mistakes_add(notes, s->roster.size ? s->roster.data : NULL, 0, 0, "alarms",
                     "go by texts and calls alone, and those may be what does not work; give "
                     "\"webhook\" too, or NEXTRING_ALARM_COMMAND or NEXTRING_ALARM_WEBHOOK");
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

/* What the daemon would log and live with is a mistake to whoever asks. */
static void check_certificate(struct cli *cli, struct mistakes *mistakes)
{
    struct certificate *certificate = NULL;

    if (certificate_open(cli->settings, &certificate, mistakes))
        return;
    const char *wrong = certificate_judge(cli->arena, certificate);
    if (wrong)
        mistakes_add(mistakes, NULL, 0, 0, "NEXTRING_TLS_CERT", "%s", wrong);
    certificate_close(&certificate);
}

static int check(struct cli *cli)
{
    struct mistakes *mistakes = ARENA_NEW(cli->arena, struct mistakes);
    struct mistakes *notes = ARENA_NEW(cli->arena, struct mistakes);

    mistakes_init(mistakes, cli->arena);
    mistakes_init(notes, cli->arena);
    const bool wants_settings = cli_flag(cli, "settings");
    if (cli_no_more(cli))
        return CLI_USAGE;
    if (wants_settings)
        return print_settings(cli);
    (void)!settings_require(cli->settings, mistakes);
    struct credentials *credentials = open_credentials(cli, mistakes);
    if (credentials)
        (void)!credentials_require(credentials, mistakes);
    const struct roster *roster =
        open_roster(cli, credentials, (int64_t)time(NULL) * 1000, mistakes);
    check_scripts(cli, mistakes);
    check_certificate(cli, mistakes);
    if (roster)
        note_alarms(cli, roster, notes);
    note_keys(cli, notes);
    const size_t unreachable = roster ? find_unreachable(roster, !cli->json) : 0;
    if (cli->json)
        print_mistakes(cli->arena, credentials, mistakes, notes, unreachable);
    else
        findings_say(cli->arena, mistakes);
    if (roster && mistakes->count == 0 && !cli->json)
        printf("%s: good. %d line%s, %d operators, %d chain%s%s\n",
               cli->settings->roster.size ? cli->settings->roster.data : "the database's roster",
               roster->line_count, roster->line_count == 1 ? "" : "s", roster->operator_count,
               roster->chain_count, roster->chain_count == 1 ? "" : "s",
               unreachable ? "; see the steps above" : "");
    if (credentials && !cli->json)
        say_credentials(cli, credentials);
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

static int signature(struct cli *cli)
{
    const char *method = cli_option(cli, "method");
    const char *url = cli_option(cli, "url");
    const char *given = cli_option(cli, "signature");
    const char *type = cli_option(cli, "content-type");
    const char *const names[] = {"TWILIO_AUTH_TOKEN", "TWILIO_AUTH_TOKEN_2"};
    struct span tokens[SIGNATURE_TOKENS_MAX];
    struct span body = {0};
    struct signature_report report = {0};

    if (cli_no_more(cli))
        return CLI_USAGE;
    if (!url || !given)
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
        .signature = span_of(given),
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

static int segments(struct cli *cli)
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

/* ---- what they are ---- */

static const struct cli_known check_options[] = {
    {"settings", NULL, "the table of settings, what is in force, and where each came from", NULL},
    {NULL},
};

const struct cli_command cmd_local_check_command = {
    .name = "check",
    .run = check,
    .help = "settings, credentials, roster and call scripts: every mistake with its place",
    .forms = "[--settings]",
    .options = check_options,
    .about =
        "Reads what the daemon would read at its start and says all that is wrong with it. It\n"
        "asks nobody outside: nextring doctor does.\n",
    .examples = "nextring check                          all of it\n"
                "nextring check --roster roster.json     with another roster\n"
                "nextring check --settings               what is set, and by what\n",
    .status = "0: good; 1: something is wrong",
};

static const struct cli_known signature_options[] = {
    {"method", "METHOD", "of the request (POST)", "GET POST"},
    {"url", "URL", "the address as the carrier has it, with its query", NULL},
    {"signature", "TEXT", "the header X-Twilio-Signature", NULL},
    {"content-type", "TYPE", "of the body (application/x-www-form-urlencoded)",
     "application/x-www-form-urlencoded application/json"},
    {NULL},
};

const struct cli_command cmd_local_signature_command = {
    .name = "signature",
    .run = signature,
    .help = "is this webhook's signature right",
    .forms = "--url URL --signature TEXT [--method METHOD] [--content-type TYPE] < BODY",
    .options = signature_options,
    .about =
        "The body comes on stdin, the token from TWILIO_AUTH_TOKEN (and TWILIO_AUTH_TOKEN_2).\n"
        "The forms of the address that were tried are listed.\n",
    .examples =
        "nextring signature --url https://ring.example.com/sms/inbound --signature 'Ab3...=' < "
        "body\n",
    .status = "0: right; 1: wrong",
};

static const struct cli_known segments_options[] = {
    {"smart", NULL, "replaces look-alikes first, as the carrier's smart encoding does", NULL},
    {NULL},
};

const struct cli_command cmd_local_segments_command = {
    .name = "segments",
    .run = segments,
    .help = "a text's encoding and how many segments it takes",
    .forms = "[--smart] < TEXT",
    .options = segments_options,
    .about =
        "The text is exactly the bytes on stdin, a last newline too: printf has none, echo adds\n"
        "one.\n",
    .examples = "printf 'Pump house, 2 pm' | nextring segments\n"
                "printf '\xE2\x80\x9CIt\xE2\x80\x99s done\xE2\x80\x9D' | nextring segments --smart "
                "--json\n",
    .status =
        "0: counted; 1: the text is not UTF-8; 2: wrong usage; 3: it cannot be read, or is above "
        "64 KiB",
};
