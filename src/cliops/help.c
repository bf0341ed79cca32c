#include "cliops/help.h"

#include <string.h>

#include "cliops/commands.h"

enum { OPTION_COLUMNS = 24, NAME_COLUMNS = 11 };

const struct cli_known help_common[] = {
    {"json", NULL, "the result as JSON", NULL},
    {"help", NULL, "this page", NULL},
    {NULL},
};

bool help_line(const char **text, struct span *out)
{
    const char *from = *text;

    if (!from || !*from)
        return false;
    const size_t size = strcspn(from, "\n");
    *out = (struct span){from, size};
    *text = from + size + (from[size] == '\n');
    return true;
}

void help_option(struct buf *out, const struct cli_known *option)
{
    buf_printf(out, "--%s", option->name);
    if (option->argument)
        buf_printf(out, " %s", option->argument);
}

void help_values(struct buf *out, const struct cli_known *option)
{
    struct span rest = span_of(option->values);
    bool is_first = true;

    if (!option->values || option->values[0] == '@' || !strchr(option->values, ' '))
        return;
    while (rest.size) {
        const struct span word = span_cut(rest, ' ', &rest);
        buf_printf(out, "%s%.*s", is_first ? "" : rest.size ? ", " : " or ", SPAN_ARG(word));
        is_first = false;
    }
}

void help_status(struct buf *out, const struct cli_command *command)
{
    const char *said = command->status ? command->status : "0: done";

    buf_add_text(out, said);
    if (!strstr(said, "2:"))
        buf_add_text(out, "; 2: wrong usage");
    if (!strstr(said, "3:"))
        buf_add_text(out, "; 3: could not");
}

static void add_option(struct buf *out, const struct cli_known *option)
{
    size_t from = out->size;

    buf_add_text(out, "  ");
    help_option(out, option);
    if (out->size - from > OPTION_COLUMNS) {
        buf_add_char(out, '\n');
        from = out->size;
    }
    while (!out->full && out->size - from < OPTION_COLUMNS + 2)
        buf_add_char(out, ' ');
    buf_add_char(out, ' ');
    buf_add_text(out, option->help);
    if (option->values && option->values[0] != '@' && strchr(option->values, ' ')) {
        buf_add_text(out, ": ");
        help_values(out, option);
    }
    buf_add_char(out, '\n');
}

static void add_lines(struct buf *out, const char *before, const char *text)
{
    struct span line;

    while (help_line(&text, &line))
        buf_printf(out, "%s%.*s\n", before, SPAN_ARG(line));
}

static void add_forms(struct buf *out, const struct cli_command *command)
{
    const char *forms = command->forms ? command->forms : "";
    const char *word = "Usage:";
    struct span line;

    if (!*forms)
        buf_printf(out, "%s nextring %s\n", word, command->name);
    while (help_line(&forms, &line)) {
        buf_printf(out, "%-6s nextring %s %.*s\n", word, command->name, SPAN_ARG(line));
        word = "";
    }
}

void help_command(struct buf *out, const struct cli_command *command)
{
    buf_printf(out, "nextring %s - %s\n\n", command->name, command->help);
    add_forms(out, command);
    if (command->about) {
        buf_add_char(out, '\n');
        add_lines(out, "", command->about);
    }
    buf_add_text(out, "\nOptions:\n");
    for (const struct cli_known *k = command->options; k && k->name; k++)
        add_option(out, k);
    for (const struct cli_known *k = help_common; k->name; k++)
        if (command->run || strcmp(k->name, "json") != 0) /* the program's own have no result */
            add_option(out, k);
    buf_add_text(
        out, "  Every setting is an option, too, as --data FOLDER: nextring check --settings.\n");
    if (command->examples) {
        buf_add_text(out, "\nExamples:\n");
        add_lines(out, "  ", command->examples);
    }
    buf_add_text(out, "\nExit status: ");
    help_status(out, command);
    buf_add_text(out, ".\n");
}

void help_all(struct buf *out)
{
    const char *part = "";

    buf_add_text(out, "nextring: a business's number that always reaches a human\n");
    for (const struct commands_row *r = commands_table; r->command; r++) {
        if (strcmp(part, r->part) != 0)
            buf_printf(out, "\n%s:\n", r->part);
        part = r->part;
        buf_printf(out, "  nextring %-*s %s\n", NAME_COLUMNS, r->command->name, r->command->help);
    }
    buf_add_text(out,
                 "\nEach has --help with examples. Every setting is an option, too: nextring check "
                 "--settings\nlists them. Exit status: 0 yes or done, 1 no, 2 wrong usage, 3 could "
                 "not.\n");
}
