#include "cliops/cmd_completion.h"

#include <stdio.h>
#include <string.h>

#include "cli/asking.h"
#include "cliops/completion.h"

enum { SCRIPT_BYTES = 1 << 20 };

static const struct {
    const char *name;
    void (*print)(struct buf *out);
} shells[] = {{"bash", completion_bash}, {"zsh", completion_zsh}, {"fish", completion_fish}};

int cmd_completion_run(struct cli *cli)
{
    struct buf out = buf_in(cli->arena, SCRIPT_BYTES);
    const char *shell = asking_take_word(cli);

    if (cli_no_more(cli))
        return CLI_USAGE;
    for (size_t i = 0; shell && i < sizeof shells / sizeof shells[0]; i++)
        if (strcmp(shell, shells[i].name) == 0) {
            shells[i].print(&out);
            fwrite(out.data, 1, out.size, stdout);
            return CLI_YES;
        }
    return cli_fail(CLI_USAGE, "say for which shell: nextring completion bash, zsh or fish");
}
