/* Prints the pages of docs/ that follow from tables: `nextring-docs states`. The build runs it
 * for script/check; it is not installed. */
#include <stdio.h>
#include <string.h>

#include "rules/states.h"

static void relay_table(void)
{
    printf("## A relay\n\nOne inbound text, missed call or voicemail going down a chain.\n\n| "
           "state |");
    for (int c = 0; c < RELAY_CAUSES; c++)
        printf(" %s |", states_relay_cause_name((enum relay_cause)c));
    printf("\n|---|");
    for (int c = 0; c < RELAY_CAUSES; c++)
        printf("---|");
    for (int s = 0; s < RELAY_STATES; s++) {
        printf("\n| **%s** |", relay_state_name((enum relay_state)s));
        for (int c = 0; c < RELAY_CAUSES; c++)
            printf(" %s |",
                   states_relay_move_name(states_relay((enum relay_state)s, (enum relay_cause)c)));
    }
    printf("\n");
}

static void cascade_table(void)
{
    printf("\n## A cascade\n\nOne inbound call going down a chain.\n\n| state |");
    for (int c = 0; c < CASCADE_CAUSES; c++)
        printf(" %s |", states_cascade_cause_name((enum cascade_cause)c));
    printf("\n|---|");
    for (int c = 0; c < CASCADE_CAUSES; c++)
        printf("---|");
    for (int s = 0; s < CASCADE_STATES; s++) {
        printf("\n| **%s** |", cascade_state_name((enum cascade_state)s));
        for (int c = 0; c < CASCADE_CAUSES; c++)
            printf(" %s |", states_cascade_move_name(
                                states_cascade((enum cascade_state)s, (enum cascade_cause)c)));
    }
    printf("\n");
}

int main(int argc, char **argv)
{
    if (argc != 2 || strcmp(argv[1], "states") != 0) {
        fprintf(stderr, "nextring-docs: say which page: states\n");
        return 2;
    }
    printf("# State machines\n\nPrinted from the tables in `src/rules/states.c` by `nextring-docs "
           "states`. A cell names the\nmove that a cause makes in a state; \"-\" and \"repeat\" "
           "change nothing, \"cannot be\" would be a bug.\n\n");
    relay_table();
    cascade_table();
    return 0;
}
