#include "cli/cmd_twiml.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/findings.h"
#include "cli/input.h"
#include "config/script_file.h"

enum { REPORT_MAX = 1 << 20, INPUT_MAX = 1 << 20 };

/* By --kind, else by the file's name. */
static bool find_kind(const char *path, const char *given, enum script_kind *out)
{
    const char *slash = strrchr(path, '/');
    struct span name = span_of(slash ? slash + 1 : path);

    if (given)
        return script_kind_parse(span_of(given), out);
    if (name.size < sizeof SCRIPT_SUFFIX - 1)
        return false;
    name.size -= sizeof SCRIPT_SUFFIX - 1;
    return span_is_text(span_skip(span_of(name.data), name.size), SCRIPT_SUFFIX) &&
           script_kind_parse(name, out);
}

static void report(struct cli *cli, const char *file, enum script_kind kind,
                   const struct mistakes *mistakes)
{
    struct buf out = buf_in(cli->arena, REPORT_MAX);
    struct json_out o = json_out(&out);

    if (!cli->json) {
        findings_say(cli->arena, mistakes);
        if (mistakes->count == 0)
            printf("%s: good, as a script for %s\n", file, script_kind_name(kind));
        return;
    }
    json_out_object(&o, NULL);
    json_out_text(&o, "kind", span_of(script_kind_name(kind)));
    findings_json(&o, mistakes);
    json_out_end_object(&o);
    printf("%.*s\n", SPAN_ARG(buf_span(&out)));
}

static int run(struct cli *cli)
{
    struct mistakes *mistakes = ARENA_NEW(cli->arena, struct mistakes);
    const char *given = cli_option(cli, "kind");
    struct script_file file = {0};
    const struct script_node *verbs = NULL;

    if (cli->argc != 1)
        return cli_fail(CLI_USAGE, "name one script, or - for stdin; see --help");
    const bool is_stdin = strcmp(cli->argv[0], "-") == 0;
    file.name = is_stdin ? "stdin" : cli->argv[0];
    if (!is_stdin && access(file.name, F_OK) != 0)
        return cli_fail(CLI_COULD_NOT, "%s: there is no such file", file.name);
    if (!find_kind(cli->argv[0], given, &file.kind))
        return cli_fail(CLI_USAGE, "%s%s; give --kind inbound_routing, screen, voicemail or closed",
                        given ? given : file.name,
                        given ? " is no kind of script" : ": its name tells no kind of script");
    if (is_stdin ? !input_read(cli->arena, stdin, INPUT_MAX, &file.text)
                 : !input_read_path(cli->arena, cli->argv[0], INPUT_MAX, &file.text))
        return cli_fail(CLI_COULD_NOT, "%s cannot be read, or is above 1 MiB", file.name);
    mistakes_init(mistakes, cli->arena);
    const enum err err = script_file_parse(cli->arena, &file, &verbs, mistakes);
    report(cli, file.name, file.kind, mistakes);
    return err ? CLI_NO : CLI_YES;
}

static const struct cli_known options[] = {
    {"kind", "KIND", "what it is for; without it the file's name tells",
     "inbound_routing screen voicemail closed"},
    {NULL},
};

const struct cli_command cmd_twiml_command = {
    .name = "twiml",
    .run = run,
    .help = "is this call script valid: every mistake with its place",
    .forms = "[--kind KIND] FILE|-",
    .words = CLI_FILE,
    .options = options,
    .examples = "nextring twiml twiml/voicemail.twiml\n"
                "nextring twiml --kind closed - < draft.xml\n",
    .status = "0: valid; 1: it has mistakes",
};
