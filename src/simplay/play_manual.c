#include "simplay/play_manual.h"

#include "simplay/play_act.h"
#include "simplay/play_server.h"
#include "simplay/play_sight.h"
#include "simworld/sim_fault.h"

static const char intro[] =
    "# Scenarios\n\n"
    "Printed from the tables in `src/simplay/play_act.c`, `play_behaviour.c` and `play_sight.c` "
    "by `nextring-docs\nscenarios`.\n\n"
    "A scenario is a small file that tells who is there, who does what when, and what must be "
    "seen:\n\n"
    "```\n"
    "# A text goes to the primary; after fifteen silent minutes the backup has it too.\n"
    "line business +16195550100\n"
    "phone primary +16195550111\n"
    "phone backup +16195550112\n"
    "phone customer +16195550150\n"
    "roster roster.json\n\n"
    "customer texts business \"The drain is blocked, can you come?\"\n"
    "expect within 5s primary gets text \"The drain is blocked\" once\n"
    "turn 14m50s\n"
    "expect backup gets text never\n"
    "expect within 15s backup gets text \"The drain is blocked\" once\n"
    "backup replies \"{tag} We are there in an hour.\"\n"
    "expect within 5s customer gets text \"We are there in an hour.\" once\n"
    "```\n\n"
    "`nextring-sim play FILE...` plays it on a virtual clock, against `nextring` or any other "
    "server that speaks\nthe webhooks, and tells which expectations held; those that did not come "
    "with what was seen instead.\n`examples/scenarios/` holds one for each promise of nextring; "
    "`nextring-sim play --help` has the options.\n\n"
    "## How it is read and played\n\n"
    "- One statement a line. `#` begins a comment; the file's first line says what it shows. An "
    "indented line goes\n  on with the line above it.\n"
    "- Statements happen in their order, each when all that the one before has led to is over. "
    "Time stands still\n  between them: it goes on in `turn`, and in an expectation that says "
    "`within`, until it holds.\n"
    "- What people do when it rings is said before it does (`owner answers after 3s, presses 1, "
    "talks 30s`);\n  `picks up`, `presses`, `says`, `hangs up` without that act on the call that "
    "is there now.\n"
    "- An expectation looks back to where its `scene` began, or to the beginning. It wants at "
    "least one of what it\n  names, or exactly as many as it says.\n"
    "- Texts go out with `{tag}`, `{link}` and what `take` has kept filled in: the tag and the "
    "link are those of the\n  last text that came to whoever acts.\n"
    "- A mistake names file, line, column, what is expected and the nearest word; all mistakes of "
    "a file are told.\n\n"
    "## The server\n\n"
    "Without more, the server is the `nextring` beside `nextring-sim`, started for each scenario "
    "in a fresh folder\nwith the scenario's `roster`, and the account " PLAY_ACCOUNT
    ".\n`-- COMMAND ARGUMENTS` starts any program instead, `--server URL` uses one that runs. In "
    "arguments and `env`,\n`{carrier}` is the address of the REST API, `{port}` where the server "
    "must listen, `{server}` its address,\n`{folder}` a folder for its state, `{clock_fd}` an "
    "open descriptor of the clock, `{roster}` the roster's file,\n`{account}` `{token}` `{key}` "
    "`{secret}` the credentials, `{line}` the first line's number.\n\n"
    "A server that does not share the clock is given a settle time (`--settle`) before time goes "
    "on. One that does\n(`{clock_fd}`) is waited for exactly: nothing new happens before it has "
    "answered and waits, requests that\ncome side by side are served by their content and not by "
    "their arrival, and its chance comes from the seed.\nSo the same seed gives the same "
    "timeline, byte for byte, on any machine and however busy it is.\n";

static void put_cell(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '|')
            buf_add_char(out, '\\');
        buf_add_char(out, *text);
    }
}

static void put_rows(struct buf *out, const char *title, const struct play_row *rows)
{
    buf_printf(out, "\n## %s\n\n| statement | is |\n|---|---|\n", title);
    for (; rows->pattern; rows++) {
        buf_add_text(out, "| `");
        put_cell(out, rows->pattern);
        buf_add_text(out, rows->steps ? " , steps` | " : "` | ");
        put_cell(out, rows->help);
        buf_add_text(out, " |\n");
    }
}

static void put_tables(struct buf *out)
{
    const char *help = NULL, *name;

    put_rows(out, "Who is there", play_act_settings);
    put_rows(out, "What happens", play_act_rows);
    put_rows(out, "Steps, after commas", play_act_steps);
    put_rows(out, "What must be seen", play_sight_rows);
    buf_add_text(out,
                 "\n## Faults\n\n| name | happens | for how long, or how late |\n|---|---|---|\n");
    for (enum sim_fault_kind k = 0; k < SIM_FAULTS; k++) {
        const struct sim_fault f = sim_fault_usual(k);
        buf_printf(out, "| `%s` | %s%s | ", sim_fault_name(k), sim_fault_help(k),
                   f.left ? "; once" : "; until it ends");
        if (f.after_ms)
            buf_printf(out, "%lld s |\n", (long long)(f.after_ms / 1000));
        else
            buf_add_text(out, "|\n");
    }
    buf_add_text(out, "\n## What stands in braces\n\n| in braces | is |\n|---|---|\n");
    for (size_t i = 0; (name = play_pattern_kind(i, &help)); i++)
        buf_printf(out, "| `{%s}` | %s |\n", name, help);
}

void play_manual_print(struct buf *out)
{
    buf_add_text(out, intro);
    put_tables(out);
}
