#include "setup/finding.h"

#include <string.h>

static const char *const names[FINDING_STATES] = {"ok", "unknown", "warn", "bad"};

const char *finding_state_name(enum finding_state state)
{
    return names[state];
}

bool finding_state_parse(struct span text, enum finding_state *out)
{
    for (int i = 0; i < FINDING_STATES; i++)
        if (span_is_text(text, names[i])) {
            *out = (enum finding_state)i;
            return true;
        }
    return false;
}

void finding_init(struct finding_list *list, struct arena *arena)
{
    *list = (struct finding_list){.arena = arena};
}

static void grow(struct finding_list *list)
{
    const size_t room = list->room ? list->room * 2 : 32;
    struct finding *items = ARENA_NEW_N(list->arena, struct finding, room);

    if (list->count)
        memcpy(items, list->items, list->count * sizeof *items);
    list->items = items;
    list->room = room;
}

void finding_add(struct finding_list *list, const struct finding *finding)
{
    if (list->count == FINDING_MAX)
        return;
    if (list->count == list->room)
        grow(list);
    list->items[list->count++] = *finding;
}

void finding_well(struct finding_list *list, const char *check, const char *what)
{
    finding_add(list, &(struct finding){check, FINDING_OK, what, NULL, NULL});
}

enum finding_state finding_worst(const struct finding_list *list)
{
    enum finding_state worst = FINDING_OK;

    for (size_t i = 0; i < list->count; i++)
        worst = list->items[i].state > worst ? list->items[i].state : worst;
    return worst;
}

size_t finding_count(const struct finding_list *list, enum finding_state state)
{
    size_t count = 0;

    for (size_t i = 0; i < list->count; i++)
        count += list->items[i].state == state;
    return count;
}
