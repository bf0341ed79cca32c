#include "cliops/commands.h"

#include <stddef.h>
#include <string.h>

#include "backup/cmd_backup.h"
#include "backup/cmd_restore.h"
#include "cli/cmd_ask.h"
#include "cli/cmd_export.h"
#include "cli/cmd_fallback.h"
#include "cli/cmd_forget.h"
#include "cli/cmd_job.h"
#include "cli/cmd_local.h"
#include "cli/cmd_migrate.h"
#include "cli/cmd_roster.h"
#include "cli/cmd_tenant.h"
#include "cli/cmd_twiml.h"
#include "cli/cmd_user.h"
#include "cli/cmd_who.h"
#include "cliops/cmd_health.h"
#include "cliops/cmd_line.h"
#include "cliops/cmd_send.h"
#include "cliops/cmd_tail.h"
#include "config/nearest.h"
#include "setupcmd/cmd_doctor.h"
#include "setupcmd/cmd_provision.h"

/* ---- those that the program runs by itself ---- */

static const struct cli_known serve_options[] = {
    {"clock-fd", "N", "a rehearsal's clock; refused unless the carrier is on loopback", NULL},
    {NULL},
};

static const struct cli_command serve = {
    .name = "serve",
    .help = "the daemon",
    .forms = "[--SETTING VALUE]...",
    .options = serve_options,
    .about =
        "Answers the carrier's webhooks, the API and the pages, until SIGTERM. SIGHUP has it read\n"
        "again what it reads at its start.\n",
    .examples =
        "NEXTRING_PUBLIC_URL=https://calls.example.com nextring serve --roster roster.json\n",
    .status = "0: ended by a signal; 2: the settings are wrong",
};

static const struct cli_known demo_options[] = {
    {"once", NULL, "ends by itself", NULL},
    {NULL},
};

static const struct cli_command demo = {
    .name = "demo",
    .help = "a rehearsal with a simulated carrier on this machine",
    .forms = "[--once]",
    .options = demo_options,
    .about =
        "Plays calls, texts and a crash on a clock that runs fast, and looks for each outcome in\n"
        "the database and on the simulated phones. Without --once the programs stay up\n"
        "afterwards, to be looked at.\n",
    .examples = "nextring demo\n",
    .status = "0: all was as it should be; 1: something was not",
};

static const struct cli_command completion = {
    .name = "completion",
    .help = "prints what completes a command line in a shell",
    .forms = "bash|zsh|fish",
    .acts = "bash zsh fish",
    .about =
        "The package puts these scripts where the shells look for them. Without the package:\n",
    .examples = "nextring completion bash > ~/.local/share/bash-completion/completions/nextring\n"
                "nextring completion zsh > \"${fpath[1]}/_nextring\"\n"
                "nextring completion fish > ~/.config/fish/completions/nextring.fish\n",
};

/* ---- all ---- */

static const char running[] = "Running it", looking[] = "What happens", doing[] = "Day to day";
static const char people[] = "People and programs", keeping[] = "Keeping it";
static const char writing[] = "Writing for it";

/* clang-format off */
const struct commands_row commands_table[] = {
    {running, &serve},
    {running, &demo},
    {running, &cmd_local_check_command},
    {running, &cmd_provision_command},
    {running, &cmd_doctor_command},
    {running, &cmd_line_command},
    {running, &cmd_ask_reload_command},

    {looking, &cmd_health_command},
    {looking, &cmd_tail_command},
    {looking, &cmd_ask_call_command},
    {looking, &cmd_ask_relay_command},
    {looking, &cmd_ask_thread_command},
    {looking, &cmd_ask_nodes_command},

    {doing, &cmd_ask_ack_command},
    {doing, &cmd_send_command},
    {doing, &cmd_job_command},
    {doing, &cmd_who_command},
    {doing, &cmd_roster_command},

    {people, &cmd_user_command},
    {people, &cmd_ask_token_command},
    {people, &cmd_tenant_command},

    {keeping, &cmd_export_command},
    {keeping, &cmd_backup_command},
    {keeping, &cmd_restore_command},
    {keeping, &cmd_forget_command},
    {keeping, &cmd_migrate_command},
    {keeping, &cmd_migrate_move_command},

    {writing, &cmd_twiml_command},
    {writing, &cmd_fallback_command},
    {writing, &cmd_local_segments_command},
    {writing, &cmd_local_signature_command},
    {writing, &completion},
    {NULL, NULL},
};
/* clang-format on */

const struct cli_command *commands_find(const char *name)
{
    for (const struct commands_row *r = commands_table; r->command; r++)
        if (strcmp(r->command->name, name) == 0)
            return r->command;
    return NULL;
}

int commands_complain(const char *name)
{
    struct nearest nearest = nearest_to(span_of(name));

    for (const struct commands_row *r = commands_table; r->command; r++)
        nearest_show(&nearest, span_of(r->command->name));
    if (nearest.best.data)
        return cli_fail(CLI_USAGE,
                        "there is no command '%s'; is %.*s meant? nextring --help lists "
                        "them",
                        name, SPAN_ARG(nearest.best));
    return cli_fail(CLI_USAGE, "there is no command '%s'; nextring --help lists them", name);
}
