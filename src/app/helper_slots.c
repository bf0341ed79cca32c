#include "app/helper_slots.h"

#include <string.h>
#include <unistd.h>

struct slots {
    struct arena *arena;
    struct helper_slot list[HELPER_SLOTS + 1]; /* one more, so that too many are told */
    size_t count;
};

static void add(struct slots *s, const char *name, struct span command)
{
    if (command.size > 0 && s->count <= HELPER_SLOTS)
        s->list[s->count++] =
            (struct helper_slot){.name = name, .command = arena_text(s->arena, command)};
}

int helper_slots_open(struct cli *cli, const struct keys *keys, struct helper **out)
{
    struct slots s = {.arena = cli->arena};
    char why[HELPER_WHY_SIZE] = "";

    s.count = keys_slots(keys, s.list, HELPER_SLOTS);
    add(&s, "NEXTRING_ALARM_COMMAND", cli->settings->alarm_command);
    const enum err e = helper_open(s.list, s.count, out, why);
    if (e)
        return cli_fail(e == ERR_BROKEN ? CLI_COULD_NOT : CLI_USAGE, "%s", why);
    return CLI_YES;
}
