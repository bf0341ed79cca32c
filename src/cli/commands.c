#include <stddef.h>

#include "cli/cli.h"
#include "cli/cmd_ask.h"
#include "cli/cmd_export.h"
#include "cli/cmd_fallback.h"
#include "cli/cmd_local.h"
#include "cli/cmd_migrate.h"
#include "cli/cmd_roster.h"
#include "cli/cmd_tenant.h"
#include "cli/cmd_twiml.h"
#include "cli/cmd_user.h"
#include "cli/cmd_who.h"

/* clang-format off */
const struct cli_command cli_commands[] = {
    {"check", cmd_local_check, "settings, credentials, roster and call scripts: every mistake with its place",
     "[--settings] [--json]\n"
     "  nextring check                       all of it; exit status 1 when something is wrong\n"
     "  nextring check --settings            the table of settings and where each came from\n"},
    {"who", cmd_who, "who would be rung, in which order, and why",
     "[--line NUMBER] [--at TIME] [--job ID] [--week] [--json]\n"
     "  nextring who --line +16195550100\n"
     "  nextring who --line +16195550100 --at 2026-11-29T03:00\n"
     "  nextring who --week                  seven days as a picture; exit status 1: there is a gap\n"
     "  While the daemon runs, what operators said to it by text counts as well; the answer says so.\n"},
    {"signature", cmd_local_signature, "is this webhook's signature right",
     "--method M --url URL --signature S --content-type T < body\n"
     "  The token comes from TWILIO_AUTH_TOKEN. Exit status 0 yes, 1 no; the forms tried are listed.\n"},
    {"segments", cmd_local_segments, "a text's encoding and how many segments it takes",
     "[--smart] [--json] < text\n"
     "  The text is exactly the bytes on stdin, a last newline too: printf has none, echo adds one.\n"
     "  --smart replaces look-alikes first, as the carrier's smart encoding does.\n"
     "  printf 'Pump house, 2 pm' | nextring segments\n"
     "  printf '“It’s done”' | nextring segments --smart --json\n"
     "  Exit status 1: the text is not UTF-8; 3: it cannot be read, or is above 64 KiB.\n"},
    {"twiml", cmd_twiml, "is this call script valid: every mistake with its place",
     "[--kind inbound_routing|screen|voicemail|closed] [--json] FILE|-\n"
     "  The kind is the file's name without it. Exit status 0 yes, 1 no.\n"
     "  nextring twiml twiml/voicemail.twiml\n"
     "  nextring twiml --kind closed - < draft.xml\n"},
    {"fallback", cmd_fallback, "static scripts for the carrier's fallback addresses",
     "[voice|text] [--tenant T] [--out FOLDER] [--plain] [--json]\n"
     "  The call's script rings the last resort of the roster, one after the other; the text's tells\n"
     "  them that a text waits. Host them where nextring is not, at the carrier itself (a TwiML Bin)\n"
     "  or as static files, and name their addresses as the number's fallbacks. A host that does not\n"
     "  fill in {{From}}, {{To}} and {{Body}} wants --plain. Without a roster the daemon is asked.\n"
     "  A talk that the one who was rung ends is followed by the next one's ring: the caller hangs up.\n"
     "  nextring fallback --roster roster.json\n"
     "  nextring fallback voice --tenant acme > voice.xml     for a TwiML Bin: paste it\n"
     "  nextring fallback --plain --out /srv/www/fallback     https://static.example.com/fallback/fallback-voice.xml\n"},
    {"token", cmd_ask_token, "tokens for the API",
     "add --tenant T --role viewer|dispatcher|admin [--name N] | list | revoke ID\n"
     "  nextring token add --tenant acme --role viewer        prints the token alone, once\n"},
    {"user", cmd_user, "who may sign in to the pages",
     "add LOGIN --role viewer|dispatcher|admin [--tenant T|'*'] [--name N] [--operator ID] [--link]\n"
     "   | list | link LOGIN | disable LOGIN | enable LOGIN  [--json]\n"
     "  nextring user add mara --role admin --link       prints the set-up link alone, once\n"
     "  nextring user link mara                          a new one; the one before works no more\n"
     "  A link holds for two days and works once. Hand it over by a way that you trust.\n"},
    {"tenant", cmd_tenant, "the businesses that a host serves: their terms and secrets, and their end",
     "list | add SLUG [--name N] [--account AC...] [--weight N] [--texts-a-day N] [--calls-a-day N]\n"
     "   | show SLUG | set SLUG OPTIONS as for add | secret SLUG NAME [--remove] | secret --rotate-key\n"
     "   | suspend SLUG | resume SLUG | export SLUG FOLDER|-\n"
     "   | delete SLUG --yes-delete SLUG [--keep-recordings]  [--json]\n"
     "  nextring tenant add acme --name 'Acme Hauling' --account AC0123    then: nextring roster put\n"
     "  nextring tenant secret acme auth_token < token       also auth_token_2, api_key, api_secret\n"
     "  nextring tenant secret --rotate-key                  reads the file of keys again, seals anew\n"
     "  nextring tenant set acme --texts-a-day 5000 --calls-a-day none\n"
     "  nextring tenant suspend acme                         closed script, texts kept, nothing sent\n"
     "  nextring tenant export acme acme-2026                a file a table, the log, a manifest\n"
     "  nextring tenant delete acme --yes-delete acme        prints what each table has left: nothing\n"},
    {"thread", cmd_ask_thread, "threads, or the log of one",
     "[ID [--texts]] [--tenant T] [--json]\n"
     "  nextring thread                       the latest threads\n"
     "  nextring thread ID                    what happened in one, unsure sends too\n"
     "  nextring thread ID --texts            its texts and what became of each\n"},
    {"job", cmd_ask_job, "jobs: which there are, what happened to one, new ones, and the next move",
     "[list [--state S] | show ID | add FIELDS|FILE|- | import [--csv] [--partial] FILE|-\n"
     "   | move ID ACTION [--by WHO] [--to WHO] [--note N]] [--tenant T] [--json]\n"
     "  nextring job list --state assigned\n"
     "  nextring job show 17                  its timeline: moves, texts and their fate, calls\n"
     "  nextring job add --title Boiler --customer-phone +16195550151 --crew Ben=+16195550141\n"
     "    Each field is an option, with - for _; --crew and --stakeholder may stand several times.\n"
     "  nextring job add - < job.json         prints its id\n"
     "  nextring job import jobs.csv          a list as JSON, or a table: .csv, or --csv; all or nothing\n"
     "    --partial leaves out what has mistakes or is there; exit status 1 when there are mistakes\n"
     "  nextring job move 17 'hand over' --by +16195550141 --to +16195550142\n"},
    {"relay", cmd_ask_relay, "relays and who holds them",
     "[--state open] [--tenant T] [--json]\n"},
    {"call", cmd_ask_call, "calls and how they ended",
     "[--state ringing] [--tenant T] [--json]\n"},
    {"export", cmd_export, "the log as a file that proves itself, and the proof",
     "[--from TIME] [--to TIME] [--format jsonl|csv] [--tenant T] | --verify FILE|- [--json]\n"
     "  nextring export --from 2026-11-01 --to 2026-12-01 > november.jsonl\n"
     "  nextring export --format csv > log.csv           the last 30 days, for a spreadsheet\n"
     "  nextring export --verify november.jsonl          needs no daemon; exit status 1: not whole\n"
     "    A row that was changed, removed, added or moved is named by its line.\n"},
    {"nodes", cmd_ask_nodes, "the nodes that share the database, and which of them live",
     "[--json]\n"},
    {"tail", cmd_ask_tail, "the latest events",
     "[--tenant T] [--json]\n"},
    {"ack", cmd_ask_ack, "acknowledges a relay",
     "ID [--operator ID] [--tenant T]\n"},
    {"roster", cmd_roster, "the roster that the database keeps: shown, put, its versions, undone",
     "[show [VERSION] | put FILE|- [--note N] [--version V] [--dry-run] | list | restore VERSION [--dry-run]]\n"
     "     [--tenant T] [--json]\n"
     "  nextring roster show > roster.json                    byte by byte as it was put\n"
     "  nextring roster put roster.json --dry-run             what it would change, and every mistake\n"
     "  nextring roster put roster.json --note 'new numbers'  makes the first one too\n"
     "  nextring roster list                                  who made which version, and what for\n"
     "  nextring roster restore 3                             a new version with the old document\n"
     "  Exit status 1: it has mistakes, is edited elsewhere, or somebody came first (--version).\n"},
    {"migrate", cmd_migrate, "the database's schema: which it has, and bringing it up",
     "[--dry-run] [--distributed] [--json]\n"
     "  nextring migrate                     raises it, one version after the other; never back\n"
     "  nextring migrate --dry-run           the statements that it would run\n"
     "  NEXTRING_DATABASE names a PostgreSQL; without it, the file in the state folder is meant,\n"
     "  which no daemon may have open. --distributed, for a new database: every key begins with\n"
     "  the tenant, so that the tables can be spread over servers.\n"},
    {"move", cmd_move, "takes everything from a SQLite file to PostgreSQL, nothing lost",
     "[--from sqlite|PATH] [--to postgres|ADDRESS] [--json]\n"
     "  systemctl stop nextring\n"
     "  NEXTRING_DATABASE=postgres://nextring@db/nextring nextring move --from sqlite --to postgres\n"
     "  systemctl start nextring             with that setting, and the same state folder\n"
     "  It reads all of it again afterwards. Broken off, it is begun anew by the same command.\n"},
    {"reload", cmd_ask_reload, "reads the roster files again",
     "\n"},
    {NULL, NULL, NULL, NULL},
};
/* clang-format on */
