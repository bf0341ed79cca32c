/* Prints the pages of docs/ that follow from tables: `nextring-docs states`,
 * `nextring-docs paths`, `nextring-docs api`, `nextring-docs simulator`, `nextring-docs scenarios`.
 * The build runs it for script/check; it is not installed. */
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "cliops/manual.h"
#include "metric/metric_table.h"
#include "rules/job_states.h"
#include "rules/states.h"
#include "sim/sim_control.h"
#include "simhook/sim_delivery.h"
#include "simhook/sim_document.h"
#include "simhook/sim_element.h"
#include "simhook/sim_override.h"
#include "simplay/play_manual.h"
#include "simrest/sim_routes.h"
#include "web/web.h"

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

static void job_table(void)
{
    printf(
        "\n## A job\n\nFrom `src/rules/job_states.c`. \"refuse\" is 409 with what is possible.\n\n"
        "| state |");
    for (int c = 0; c < JOB_CAUSES; c++)
        printf(" %s |", job_cause_name((enum job_cause)c));
    printf("\n|---|");
    for (int c = 0; c < JOB_CAUSES; c++)
        printf("---|");
    for (int s = 0; s < JOB_STATES; s++) {
        printf("\n| **%s** |", job_state_name((enum job_state)s));
        for (int c = 0; c < JOB_CAUSES; c++)
            printf(" %s |",
                   job_states_move_name(job_states_move((enum job_state)s, (enum job_cause)c)));
    }
    printf("\n");
}

static void paths(void)
{
    struct arena *arena = arena_open(0);
    struct span rest = web_table(arena);

    printf(
        "# Paths\n\nPrinted from the table in `src/web/web.c` by `nextring-docs paths`. GET "
        "stands for HEAD too; OPTIONS is\nanswered below `/api/` and `/sms/`, to pages of the "
        "origins in `NEXTRING_CORS_ORIGINS`.\n\nWho may call: `carrier` needs a valid "
        "signature, `api` a token or a session with a role, `both` a signature where\nthe request "
        "has one, "
        "else a token or a session; `session` needs a session, and `page` nothing, but only from "
        "pages\n"
        "of ours; `admin` is the admin address and the control socket alone. Roles: a viewer sees, "
        "a\n"
        "dispatcher acts, an admin sets. With `NEXTRING_PAGES_URL` set, `page`, `session` and "
        "sessions in place\nof tokens are served at `NEXTRING_ADMIN_LISTEN` and nowhere else.\n\n"
        "| method | path | who | role | does |\n|---|---|---|---|---|\n");
    while (rest.size > 0) {
        struct span line = span_cut(rest, '\n', &rest);
        const struct span method = span_cut(line, ' ', &line), path = span_cut(line, ' ', &line);
        const struct span who = span_cut(line, ' ', &line), role = span_cut(line, ' ', &line);
        printf("| %.*s | `%.*s` | %.*s | %.*s | %.*s |\n", SPAN_ARG(method), SPAN_ARG(path),
               SPAN_ARG(who), SPAN_ARG(span_is_text(role, "none") ? SPAN("-") : role),
               SPAN_ARG(line));
    }
    arena_close(&arena);
}

static void states(void)
{
    printf("# State machines\n\nPrinted from the tables in `src/rules/states.c` by `nextring-docs "
           "states`. A cell names the\nmove that a cause makes in a state; \"-\" and \"repeat\" "
           "change nothing, \"cannot be\" would be a bug.\n\n");
    relay_table();
    cascade_table();
    job_table();
}

static void simulator(void)
{
    struct arena *arena = arena_open(0);
    struct buf b = buf_in(arena, 1 << 20);

    buf_add_text(
        &b,
        "# The simulated carrier\n\nPrinted from the tables in `src/simrest/sim_routes.c`, "
        "`src/simhook/sim_element.c` and\n`src/sim/sim_control.c` by `nextring-docs simulator`. "
        "What docs/guides/simulator.md does not tell\nstands here: each path that `nextring-sim` "
        "answers.\n\n## The REST API\n\nAt "
        "the simulator's own address the paths alone tell the carrier's hosts apart; through the "
        "proxy the\nhost names do. The 2010 API answers with XML when `.json` is left out.\n");
    sim_routes_print(&b);
    buf_add_text(&b,
                 "\n## TwiML\n\nWhat documents may hold, what holds without it, and the code of "
                 "the warning about a value\nthat cannot be; a verb that is unknown is 12200, "
                 "and skipped.\n\n");
    sim_element_print(&b);
    buf_add_text(&b, "\n## Webhooks\n\nSigned with the account's token, as the carrier signs. "
                     "What an address says in its fragment,\n`https://host/path#rc=2&rp=all`, is "
                     "neither sent nor signed:\n\n");
    sim_override_print(&b);
    buf_add_text(&b, "\nWhat goes wrong is a notification and an alert. A request for a document "
                     "then goes to the\nfallback address, with `ErrorCode` and `ErrorUrl`; a "
                     "status callback is lost.\n\n");
    sim_delivery_print(&b);
    sim_document_print(&b);
    buf_add_text(&b, "\nThe set-up may switch `verify_certificates` off for an account, and name a "
                     "`webhook_ca_file` of\nauthorities that are believed.\n");
    buf_add_text(&b, "\n## The hand on the simulator\n\nJSON in and out, on the same "
                     "address.\n\n");
    sim_control_print(&b);
    fwrite(b.data, 1, b.size, stdout);
    arena_close(&arena);
}

static void scenarios(void)
{
    struct arena *arena = arena_open(0);
    struct buf b = buf_in(arena, 1 << 20);

    play_manual_print(&b);
    fwrite(b.data, 1, b.size, stdout);
    arena_close(&arena);
}

static void api(void)
{
    struct arena *arena = arena_open(0);
    struct buf b = buf_in(arena, 1 << 20);

    web_api_page(&b);
    fwrite(b.data, 1, b.size, stdout);
    arena_close(&arena);
}

static void metrics(void)
{
    struct arena *arena = arena_open(0);
    struct buf b = buf_in(arena, 1 << 20);

    buf_add_text(&b,
                 "# Metrics\n\nPrinted from the table in `src/metric/metric_table.c` by "
                 "`nextring-docs metrics`. `GET /metrics` at\n`NEXTRING_ADMIN_LISTEN` gives "
                 "them as Prometheus reads them; with `NEXTRING_EMF` CloudWatch gets them too.\n"
                 "What to watch, and what to do when an alert comes: `docs/guides/watch.md`. No "
                 "label holds a number or\na tenant; a figure that cannot be found out is left "
                 "out.\n");
    metric_table_print(&b);
    fwrite(b.data, 1, b.size, stdout);
    arena_close(&arena);
}

/* clang-format off */
static const struct page {
    const char *name;
    void (*print)(void);
    void (*fill)(struct buf *out); /* in place of it */
} pages[] = {
    {"states",    states},
    {"paths",     paths},
    {"api",       api},
    {"simulator", simulator},
    {"scenarios", scenarios},
    {"metrics",   metrics},
    {"commands",  NULL, manual_commands_page},
    {"settings",  NULL, manual_settings_page},
    {"man-commands", NULL, manual_commands_scd}, /* for tools/man-page */
    {"man-settings", NULL, manual_settings_scd},
};
/* clang-format on */

static void print_page(const struct page *page)
{
    struct arena *arena = arena_open(0);
    struct buf b = buf_in(arena, 1 << 20);

    if (page->fill)
        page->fill(&b);
    else
        page->print();
    fwrite(b.data, 1, b.size, stdout);
    arena_close(&arena);
}

int main(int argc, char **argv)
{
    for (size_t i = 0; argc == 2 && i < sizeof pages / sizeof pages[0]; i++)
        if (strcmp(argv[1], pages[i].name) == 0) {
            print_page(&pages[i]);
            return 0;
        }
    fputs("nextring-docs: say which page:", stderr);
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        fprintf(stderr, " %s", pages[i].name);
    fputc('\n', stderr);
    return 2;
}
