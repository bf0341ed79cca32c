#include "backup/copying.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/asking.h"
#include "store/store_copy.h"

enum { LOOK_MS = 100 };

static const int64_t page_kib = 4;
static const char path_of_copies[] = "/api/v1/host/backup";

int64_t copying_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void copying_show(const char *what, int64_t done, int64_t total, const char *unit)
{
    if (!isatty(STDERR_FILENO))
        return;
    if (total)
        fprintf(stderr, "\r\033[K%s: %lld of %lld %s (%lld %%)", what, (long long)done,
                (long long)total, unit, (long long)(done * 100 / total));
    else
        fprintf(stderr, "\r\033[K%s: %lld %s", what, (long long)done, unit);
    fflush(stderr);
}

void copying_hide(void)
{
    if (isatty(STDERR_FILENO))
        fputs("\r\033[K", stderr);
}

/* ---- by the daemon ---- */

struct answer {
    char state[16];
    int64_t done, total;
    const char *path, *why;
};

static bool take(struct cli *cli, const struct control_answer *a, struct answer *out)
{
    struct json *root = NULL;
    struct json_place place;

    if (json_parse(a->body, &root, &place))
        return false;
    snprintf(out->state, sizeof out->state, "%.*s", SPAN_ARG(json_text(json_get(root, "state"))));
    out->path = arena_text(cli->arena, json_text(json_get(root, "path")));
    out->why = arena_text(cli->arena, json_text(json_get(root, "why")));
    const bool is_good = json_number(json_get(root, "pages_done"), 0, INT64_MAX, &out->done) &&
                         json_number(json_get(root, "pages"), 0, INT64_MAX, &out->total);
    json_close(&root);
    return is_good;
}

/* What the daemon has written goes to the disk while we wait, so that the end is no flood. */
static void flush(const char *path)
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    (void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
    close(fd);
}

/* `*at_ms` becomes the time of the last question whose answer was not the end yet: what was
 * committed before is in the copy. */
static int wait_for_it(struct cli *cli, struct answer *answer, int64_t *at_ms)
{
    while (strcmp(answer->state, "copying") == 0) {
        struct control_answer a;
        copying_show("copying", answer->done * page_kib / 1024, answer->total * page_kib / 1024,
                     "MiB");
        flush(answer->path);
        *at_ms = copying_now_ms();
        poll(NULL, 0, LOOK_MS);
        const int status = asking_call(cli, "GET", path_of_copies, (struct span){0}, &a);
        if (status)
            return status;
        if (!take(cli, &a, answer))
            return cli_fail(CLI_COULD_NOT, "the daemon's answer cannot be read");
    }
    copying_hide();
    if (strcmp(answer->state, "done") != 0)
        return cli_fail(CLI_COULD_NOT, "%s",
                        answer->why[0] ? answer->why : "the daemon has given the copy up");
    return CLI_YES;
}

static int ask_daemon(struct cli *cli, const struct control_answer *begun, const char **out_path,
                      int64_t *out_at_ms)
{
    struct answer answer = {.path = "", .why = ""};

    if (begun->status >= 300)
        return asking_complain(begun);
    if (!take(cli, begun, &answer))
        return cli_fail(CLI_COULD_NOT, "the daemon's answer cannot be read");
    int64_t at_ms = copying_now_ms();
    const int status = wait_for_it(cli, &answer, &at_ms);
    if (status)
        return status;
    *out_path = answer.path;
    *out_at_ms = at_ms;
    return CLI_YES;
}

/* ---- without one ---- */

static void show_pages(void *ctx, int64_t done, int64_t total)
{
    (void)ctx;
    copying_show("copying", done * page_kib / 1024, total * page_kib / 1024, "MiB");
}

static int copy_file(struct cli *cli, const char **out_path, int64_t *out_at_ms)
{
    const char *from = arena_printf(cli->arena, "%.*s/nextring.db", SPAN_ARG(cli->settings->data));
    const char *to = arena_printf(cli->arena, "%.*s/backup.copy", SPAN_ARG(cli->settings->data));
    char why[STORE_WHY_SIZE] = "";

    fprintf(stderr, "nextring: no daemon runs here: the file itself is copied\n");
    const int64_t at_ms = copying_now_ms();
    const enum err e = store_copy_file(from, to, show_pages, NULL, why);
    copying_hide();
    if (e)
        return cli_fail(CLI_COULD_NOT, "%s", why);
    *out_path = to;
    *out_at_ms = at_ms;
    return CLI_YES;
}

int copying_make(struct cli *cli, const char **out_path, int64_t *out_at_ms)
{
    struct control_answer a;

    if (control_try(cli->arena, cli->settings, "POST", path_of_copies, (struct span){0}, &a))
        return copy_file(cli, out_path, out_at_ms);
    return ask_daemon(cli, &a, out_path, out_at_ms);
}
