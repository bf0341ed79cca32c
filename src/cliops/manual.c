#include "cliops/manual.h"

#include <string.h>

#include "cliops/commands.h"
#include "cliops/help.h"

/* ---- Markdown ---- */

/* A cell of a table: a bar would end it. */
static void add_cell(struct buf *out, struct span text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '|')
            buf_add_char(out, '\\');
        buf_add_char(out, text.data[i]);
    }
}

static void add_option_row(struct buf *out, const struct cli_known *k)
{
    buf_add_text(out, "| `");
    help_option(out, k);
    buf_add_text(out, "` | ");
    add_cell(out, span_of(k->help));
    if (k->values && k->values[0] != '@' && strchr(k->values, ' ')) {
        buf_add_text(out, ": ");
        help_values(out, k);
    }
    buf_add_text(out, " |\n");
}

static void add_command(struct buf *out, const struct cli_command *c)
{
    const char *forms = c->forms ? c->forms : "", *examples = c->examples;
    struct span line;

    buf_printf(out, "\n### nextring %s\n\n%c%s.\n\n", c->name, c->help[0] - 'a' + 'A', c->help + 1);
    if (!*forms)
        buf_printf(out, "    nextring %s\n", c->name);
    while (help_line(&forms, &line))
        buf_printf(out, "    nextring %s %.*s\n", c->name, SPAN_ARG(line));
    if (c->about)
        buf_printf(out, "\n%s", c->about);
    if (c->options) {
        buf_add_text(out, "\n| option | is |\n|---|---|\n");
        for (const struct cli_known *k = c->options; k->name; k++)
            add_option_row(out, k);
    }
    if (examples)
        buf_add_text(out, "\nFor instance:\n\n");
    while (help_line(&examples, &line))
        buf_printf(out, "    %.*s\n", SPAN_ARG(line));
    buf_add_text(out, "\nExit status ");
    help_status(out, c);
    buf_add_text(out, ".\n");
}

void manual_commands_page(struct buf *out)
{
    const char *part = "";

    buf_add_text(
        out,
        "# Commands\n\nPrinted from the table in `src/cliops/commands.c` by `nextring-docs "
        "commands`. Each command has `--help`, and\n`--json` for programs; every setting "
        "(docs/settings.md) is an option of each. An option that a command does not\nknow is "
        "refused with the nearest one that it does. Results go to stdout, all else to "
        "stderr.\n`nextring completion bash`, `zsh` or `fish` prints what completes all of this "
        "in a shell.\n");
    for (const struct commands_row *r = commands_table; r->command; r++) {
        if (strcmp(part, r->part) != 0)
            buf_printf(out, "\n## %s\n", r->part);
        part = r->part;
        add_command(out, r->command);
    }
}

void manual_settings_page(struct buf *out)
{
    buf_add_text(
        out, "# Settings\n\nPrinted from the table in `src/config/settings_table.c` by "
             "`nextring-docs settings`.\n\nThey come from `nextring.conf` (lines `key = value`; "
             "the file of `--config`, else `./nextring.conf`, else\n"
             "`/etc/nextring/nextring.conf`), from the environment, and from options "
             "(`--key VALUE`); the later wins.\n`nextring check --settings` shows what is in "
             "force, and where it came from.\n\n| environment | key | is | default |\n"
             "|---|---|---|---|\n");
    for (int i = 0; i < SETTINGS; i++) {
        const struct settings_row *row = &settings_table[i];
        buf_printf(out, "| `%s` | `%s` | ", row->environment, row->secret ? "-" : row->key);
        add_cell(out, span_of(row->help));
        buf_add_text(out, " | ");
        if (row->standard)
            buf_printf(out, "`%s`", row->standard);
        buf_add_text(out, " |\n");
    }
}

/* ---- scdoc ---- */

/* Its marks stand for themselves. */
static void add_plain(struct buf *out, struct span text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (strchr("_*\\#[|]<>~`", text.data[i]) && text.data[i])
            buf_add_char(out, '\\');
        buf_add_char(out, text.data[i]);
    }
}

static void add_bold(struct buf *out, const char *text)
{
    buf_add_char(out, '*');
    add_plain(out, span_of(text));
    buf_add_char(out, '*');
}

static void add_scd_option(struct buf *out, const struct cli_known *k)
{
    struct buf values = buf_in(out->arena, HELP_BYTES);

    buf_add_text(out, "*--");
    add_plain(out, span_of(k->name));
    buf_add_char(out, '*');
    if (k->argument) {
        buf_add_char(out, ' ');
        add_plain(out, span_of(k->argument));
    }
    buf_add_text(out, "\n\t");
    add_plain(out, span_of(k->help));
    help_values(&values, k);
    if (values.size) {
        buf_add_text(out, ": ");
        add_plain(out, buf_span(&values));
    }
    buf_add_text(out, ".\n\n");
}

/* Lines as they are. */
static void add_literal(struct buf *out, const char *before, const char *text)
{
    struct span line;

    buf_add_text(out, "```\n");
    while (help_line(&text, &line))
        buf_printf(out, "%s%.*s\n", before, SPAN_ARG(line));
    buf_add_text(out, "```\n\n");
}

static void add_scd_command(struct buf *out, const struct cli_command *c)
{
    const char *before = arena_printf(out->arena, "nextring %s ", c->name);

    buf_printf(out, "## nextring %s\n\n", c->name);
    add_plain(out, span_of(c->help));
    buf_add_text(out, ".\n\n");
    add_literal(out, before, c->forms ? c->forms : "\n");
    if (c->about) {
        add_plain(out, span_of(c->about));
        buf_add_char(out, '\n');
    }
    for (const struct cli_known *k = c->options; k && k->name; k++)
        add_scd_option(out, k);
    if (c->examples)
        add_literal(out, "", c->examples);
    struct buf status = buf_in(out->arena, HELP_BYTES);
    help_status(&status, c);
    buf_add_text(out, "Exit status ");
    add_plain(out, buf_span(&status));
    buf_add_text(out, ".\n\n");
}

void manual_commands_scd(struct buf *out)
{
    const char *part = "";

    for (const struct commands_row *r = commands_table; r->command; r++) {
        if (strcmp(part, r->part) != 0) {
            buf_add_text(out, "# ");
            for (const char *p = r->part; *p; p++)
                buf_add_char(out, *p >= 'a' && *p <= 'z' ? (char)(*p - 32) : *p);
            buf_add_text(out, "\n\n");
        }
        part = r->part;
        add_scd_command(out, r->command);
    }
}

void manual_settings_scd(struct buf *out)
{
    for (int i = 0; i < SETTINGS; i++) {
        const struct settings_row *row = &settings_table[i];
        add_bold(out, row->secret ? row->environment : row->key);
        if (!row->secret) {
            buf_add_text(out, " (");
            add_plain(out, span_of(row->environment));
            buf_add_char(out, ')');
        }
        buf_add_text(out, "\n\t");
        add_plain(out, span_of(row->help));
        buf_add_char(out, '.');
        if (row->standard) {
            buf_add_text(out, " Default: ");
            add_plain(out, span_of(row->standard));
            buf_add_char(out, '.');
        }
        buf_add_text(out, "\n\n");
    }
}
