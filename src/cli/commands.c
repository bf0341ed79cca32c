#include <stddef.h>

#include "cli/cli.h"
#include "cli/cmd_ask.h"
#include "cli/cmd_local.h"

/* clang-format off */
const struct cli_command cli_commands[] = {
    {"check", cmd_local_check, "settings, credentials and roster: every mistake with its place",
     "[--settings] [--json]\n"
     "  nextring check                       all of it; exit status 1 when something is wrong\n"
     "  nextring check --settings            the table of settings and where each came from\n"},
    {"who", cmd_local_who, "who would be rung, in which order, and why",
     "--line NUMBER [--at TIME] [--job ID] [--json]\n"
     "  nextring who --line +16195550100\n"
     "  nextring who --line +16195550100 --at 2026-11-29T03:00\n"},
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
    {"token", cmd_ask_token, "tokens for the API",
     "add --tenant T --role viewer|dispatcher|admin [--name N] | list | revoke ID\n"
     "  nextring token add --tenant acme --role viewer        prints the token alone, once\n"},
    {"thread", cmd_ask_thread, "threads, or the log of one",
     "[ID [--texts]] [--tenant T] [--json]\n"
     "  nextring thread                       the latest threads\n"
     "  nextring thread ID                    what happened in one, unsure sends too\n"
     "  nextring thread ID --texts            its texts and what became of each\n"},
    {"relay", cmd_ask_relay, "relays and who holds them",
     "[--state open] [--tenant T] [--json]\n"},
    {"call", cmd_ask_call, "calls and how they ended",
     "[--state ringing] [--tenant T] [--json]\n"},
    {"tail", cmd_ask_tail, "the latest events",
     "[--tenant T] [--json]\n"},
    {"ack", cmd_ask_ack, "acknowledges a relay",
     "ID [--operator ID] [--tenant T]\n"},
    {"reload", cmd_ask_reload, "reads the roster files again",
     "\n"},
    {NULL, NULL, NULL, NULL},
};
/* clang-format on */
