#include "cliops/completion.h"

#include <string.h>

#include "cliops/commands.h"
#include "cliops/help.h"

/* An option of the settings: every command has those. */
struct shared {
    const char *name, *values;
};

static bool take_setting(int i, struct shared *out)
{
    const struct settings_row *row = &settings_table[i];

    *out = (struct shared){.name = row->key};
    if (row->kind == SETTING_PATH || row->kind == SETTING_PLACE)
        out->values = i == SETTING_DATA || i == SETTING_SCRIPTS ? CLI_FOLDER : CLI_FILE;
    else if (row->kind == SETTING_SWITCH)
        out->values = "yes no";
    return !row->secret;
}

static bool is_file(const char *values)
{
    return values && strcmp(values, CLI_FILE) == 0;
}

static bool is_folder(const char *values)
{
    return values && strcmp(values, CLI_FOLDER) == 0;
}

/* In single quotes, which a quote in it leaves for a moment. */
static void add_quoted(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (*text == '\'')
            buf_add_text(out, "'\\'");
        buf_add_char(out, *text);
    }
}

/* ---- bash ---- */

static const char bash_head[] =
    "# bash completion of nextring, printed by `nextring completion bash`.\n"
    "_nextring()\n"
    "{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
    "    local command=${COMP_WORDS[1]} options='' acts='' words='' values=''\n"
    "\n"
    "    # bash takes --option=value apart at the sign.\n"
    "    if [[ $cur == '=' ]]; then\n"
    "        cur=''\n"
    "    elif [[ $prev == '=' ]]; then\n"
    "        prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
    "    fi\n"
    "    if ((COMP_CWORD == 1)); then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$_nextring_commands\" -- \"$cur\")\n"
    "        return\n"
    "    fi\n"
    "    case $command in\n";

static const char bash_tail[] =
    "    case $values in\n"
    "    '') ;;\n"
    "    @file)\n"
    "        compopt -o filenames\n"
    "        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
    "        return\n"
    "        ;;\n"
    "    @folder)\n"
    "        compopt -o filenames\n"
    "        mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")\n"
    "        return\n"
    "        ;;\n"
    "    @any) return ;;\n"
    "    *)\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$values\" -- \"$cur\")\n"
    "        return\n"
    "        ;;\n"
    "    esac\n"
    "    if [[ $cur == -* ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$options $_nextring_settings\" -- \"$cur\")\n"
    "    elif ((COMP_CWORD == 2)) && [[ $acts ]]; then\n"
    "        mapfile -t COMPREPLY < <(compgen -W \"$acts\" -- \"$cur\")\n"
    "    elif [[ $words ]]; then\n"
    "        compopt -o filenames\n"
    "        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n"
    "    fi\n"
    "}\n"
    "\n"
    "# nextring-sim's words are those that its help has.\n"
    "_nextring_sim()\n"
    "{\n"
    "    local cur=${COMP_WORDS[COMP_CWORD]} words\n"
    "\n"
    "    if ((COMP_CWORD == 1)) && [[ $cur != -* ]]; then\n"
    "        words='serve play phone load help'\n"
    "    else\n"
    "        words=$(\"${COMP_WORDS[0]}\" \"${COMP_WORDS[1]}\" --help 2>/dev/null |\n"
    "            grep -oE -- '--[a-z][a-z-]*')\n"
    "    fi\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
    "}\n"
    "complete -o default -F _nextring nextring\n"
    "complete -o default -F _nextring_sim nextring-sim\n";

static void bash_command(struct buf *out, const struct cli_command *c)
{
    buf_printf(out, "    %s)\n        options='", c->name);
    for (const struct cli_known *k = c->options; k && k->name; k++)
        buf_printf(out, "--%s ", k->name);
    buf_add_text(out, "--json --help'\n");
    if (c->acts)
        buf_printf(out, "        acts='%s'\n", c->acts);
    if (c->words)
        buf_printf(out, "        words='%s'\n", c->words);
    buf_add_text(out, "        case $prev in\n");
    for (const struct cli_known *k = c->options; k && k->name; k++)
        if (k->argument)
            buf_printf(out, "        --%s) values='%s' ;;\n", k->name,
                       k->values ? k->values : "@any");
    buf_add_text(out, "        esac\n        ;;\n");
}

void completion_bash(struct buf *out)
{
    struct shared s;

    buf_add_text(out, bash_head);
    for (const struct commands_row *r = commands_table; r->command; r++)
        bash_command(out, r->command);
    buf_add_text(out, "    esac\n    case $prev in\n    --config) values='" CLI_FILE "' ;;\n");
    for (int i = 0; i < SETTINGS; i++)
        if (take_setting(i, &s))
            buf_printf(out, "    --%s) values='%s' ;;\n", s.name, s.values ? s.values : "@any");
    buf_add_text(out, "    esac\n");
    buf_add_text(out, bash_tail);
    buf_add_text(out, "_nextring_commands='");
    for (const struct commands_row *r = commands_table; r->command; r++)
        buf_printf(out, "%s ", r->command->name);
    buf_add_text(out, "help --help --version'\n_nextring_settings='--config");
    for (int i = 0; i < SETTINGS; i++)
        if (take_setting(i, &s))
            buf_printf(out, " --%s", s.name);
    buf_add_text(out, "'\n");
}

/* ---- zsh ---- */

/* Within a specification of _arguments, in single quotes. */
static void zsh_words(struct buf *out, const char *text)
{
    for (; *text; text++) {
        if (strchr("[]:\\", *text))
            buf_add_char(out, '\\');
        if (*text == '\'')
            buf_add_text(out, "'\\'");
        buf_add_char(out, *text);
    }
}

static void zsh_values(struct buf *out, const char *values)
{
    if (is_file(values))
        buf_add_text(out, "_files");
    else if (is_folder(values))
        buf_add_text(out, "_files -/");
    else if (values)
        buf_printf(out, "(%s)", values);
}

static void zsh_option(struct buf *out, const struct cli_known *k)
{
    buf_printf(out, "            '*--%s%s[", k->name, k->argument ? "=" : "");
    zsh_words(out, k->help);
    buf_add_char(out, ']');
    if (k->argument) {
        buf_add_char(out, ':');
        zsh_words(out, k->argument);
        buf_add_char(out, ':');
        zsh_values(out, k->values);
    }
    buf_add_text(out, "' \\\n");
}

static void zsh_command(struct buf *out, const struct cli_command *c)
{
    buf_printf(out, "    %s)\n        _arguments \\\n", c->name);
    for (const struct cli_known *k = c->options; k && k->name; k++)
        zsh_option(out, k);
    if (c->acts)
        buf_printf(out, "            '1:what:(%s)' \\\n", c->acts);
    if (c->words) {
        buf_add_text(out, "            '*:file:");
        zsh_values(out, c->words);
        buf_add_text(out, "' \\\n");
    }
    buf_add_text(out, "            $settings\n        ;;\n");
}

void completion_zsh(struct buf *out)
{
    struct shared s;

    buf_add_text(out, "#compdef nextring\n"
                      "# zsh completion of nextring, printed by `nextring completion zsh`.\n"
                      "_nextring()\n{\n    local -a commands settings\n\n    commands=(\n");
    for (const struct commands_row *r = commands_table; r->command; r++) {
        buf_printf(out, "        '%s:", r->command->name);
        zsh_words(out, r->command->help);
        buf_add_text(out, "'\n");
    }
    buf_add_text(out, "    )\n    settings=(\n        '--json[the result as JSON]'\n"
                      "        '--help[what it does, with examples]'\n"
                      "        '--config=[the file of settings]:file:_files'\n");
    for (int i = 0; i < SETTINGS; i++)
        if (take_setting(i, &s)) {
            buf_printf(out, "        '--%s=[", s.name);
            zsh_words(out, settings_table[i].help);
            buf_add_text(out, "]:value:");
            zsh_values(out, s.values);
            buf_add_text(out, "'\n");
        }
    buf_add_text(out, "    )\n    if (( CURRENT == 2 )); then\n"
                      "        _describe -t commands 'command' commands\n        return\n    fi\n"
                      "    shift words\n    (( CURRENT-- ))\n    case $words[1] in\n");
    for (const struct commands_row *r = commands_table; r->command; r++)
        zsh_command(out, r->command);
    buf_add_text(out, "    esac\n}\n\n"
                      "# As a file of fpath it is called; sourced, it says what it is for.\n"
                      "if [[ $funcstack[1] == _nextring ]]; then\n    _nextring \"$@\"\nelse\n"
                      "    compdef _nextring nextring\nfi\n");
}

/* ---- fish ---- */

static void fish_option(struct buf *out, const char *command, const char *name, const char *help,
                        bool has_value, const char *values)
{
    buf_printf(out, "complete -c nextring -n '__nextring_is %s' -l %s", command, name);
    if (is_file(values))
        buf_add_text(out, " -r -F");
    else if (is_folder(values))
        buf_add_text(out, " -x -a '(__fish_complete_directories)'");
    else if (has_value)
        buf_printf(out, " -x%s%s%s", values ? " -a '" : "", values ? values : "",
                   values ? "'" : "");
    buf_add_text(out, " -d '");
    add_quoted(out, help);
    buf_add_text(out, "'\n");
}

static void fish_command(struct buf *out, const struct cli_command *c)
{
    buf_printf(out, "complete -c nextring -n __nextring_is_none -a %s -d '", c->name);
    add_quoted(out, c->help);
    buf_add_text(out, "'\n");
    if (c->acts)
        buf_printf(out,
                   "complete -c nextring -n '__nextring_is %s; and __nextring_is_bare' -a '%s'\n",
                   c->name, c->acts);
    if (c->words)
        buf_printf(out, "complete -c nextring -n '__nextring_is %s' -F\n", c->name);
    for (const struct cli_known *k = c->options; k && k->name; k++)
        fish_option(out, c->name, k->name, k->help, k->argument != NULL, k->values);
}

void completion_fish(struct buf *out)
{
    struct shared s;

    buf_add_text(out, "# fish completion of nextring, printed by `nextring completion fish`.\n"
                      "function __nextring_is_none\n"
                      "    test (count (commandline -opc)) -eq 1\n"
                      "end\n"
                      "function __nextring_is\n"
                      "    set -l words (commandline -opc)\n"
                      "    test (count $words) -gt 1; and contains -- $words[2] $argv\n"
                      "end\n"
                      "function __nextring_is_bare\n"
                      "    test (count (commandline -opc)) -eq 2\n"
                      "end\n"
                      "function __nextring_is_any\n"
                      "    test (count (commandline -opc)) -gt 1\n"
                      "end\n"
                      "complete -c nextring -f\n");
    for (const struct commands_row *r = commands_table; r->command; r++)
        fish_command(out, r->command);
    buf_add_text(out, "complete -c nextring -n __nextring_is_any -l json -d 'the result as JSON'\n"
                      "complete -c nextring -l help -d 'what it does, with examples'\n");
    for (int i = 0; i < SETTINGS; i++)
        if (take_setting(i, &s)) {
            buf_printf(out, "complete -c nextring -n __nextring_is_any -l %s %s", s.name,
                       is_file(s.values)     ? "-r -F"
                       : is_folder(s.values) ? "-x -a '(__fish_complete_directories)'"
                                             : "-x");
            if (s.values && s.values[0] != '@')
                buf_printf(out, " -a '%s'", s.values);
            buf_add_text(out, " -d '");
            add_quoted(out, settings_table[i].help);
            buf_add_text(out, "'\n");
        }
}
