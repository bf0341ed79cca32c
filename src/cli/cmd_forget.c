#include "cli/cmd_forget.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cli/asking.h"
#include "codec/url.h"

enum {
    BODY_MAX = 4096,
    LOOK_MS = 200,
    TRIES_MAX = 1500, /* five minutes without a step */
};

struct forgetting {
    struct cli *cli;
    const char *path, *number;
    char phase[16], next[512];
    int64_t gone;
};

static int ask(struct forgetting *f, bool is_confirmed, struct control_answer *a)
{
    struct buf body = buf_in(f->cli->arena, BODY_MAX);
    struct json_out o = json_out(&body);

    json_out_object(&o, NULL);
    json_out_text(&o, "number", span_of(f->number));
    if (is_confirmed)
        json_out_text(&o, "confirm", span_of(f->number));
    if (f->next[0])
        json_out_text(&o, "next", span_of(f->next));
    json_out_end_object(&o);
    return asking_call(f->cli, "POST", f->path, buf_span(&body), a);
}

/* ---- what there is ---- */

static int print_sight(struct forgetting *f)
{
    struct control_answer a;
    struct json *root = NULL;
    struct json_place place;
    struct span table;

    const int status = ask(f, false, &a);
    if (status)
        return status;
    if (json_parse(a.body, &root, &place))
        return asking_no_json();
    const struct json *rows = json_get(root, "rows");
    const struct span hindrance = json_text(json_get(root, "hindrance"));
    int64_t all = 0;
    if (f->cli->json)
        printf("%.*s\n", SPAN_ARG(a.body));
    for (size_t i = 0; i < json_count(rows); i++) {
        int64_t count = 0;
        (void)json_number(json_member(rows, i, &table), 0, INT64_MAX, &count);
        all += count;
        if (!f->cli->json && count)
            printf("%-24.*s %10lld\n", SPAN_ARG(table), (long long)count);
    }
    if (hindrance.size)
        fprintf(stderr, "nextring: not yet: %.*s\n", SPAN_ARG(hindrance));
    else
        fprintf(stderr, "nextring: %lld rows would be erased, for ever; say --yes\n",
                (long long)all);
    json_close(&root);
    return CLI_YES;
}

/* ---- the deed ---- */

static int step(struct forgetting *f)
{
    struct control_answer a;
    struct json *root = NULL;
    struct json_place place;
    int64_t gone = 0;

    const int status = ask(f, true, &a);
    if (status)
        return status;
    if (json_parse(a.body, &root, &place))
        return asking_no_json();
    snprintf(f->phase, sizeof f->phase, "%.*s", SPAN_ARG(json_text(json_get(root, "phase"))));
    snprintf(f->next, sizeof f->next, "%.*s", SPAN_ARG(json_text(json_get(root, "next"))));
    (void)json_number(json_get(root, "gone"), 0, INT64_MAX, &gone);
    f->gone += gone;
    json_close(&root);
    return CLI_YES;
}

static int forget(struct forgetting *f)
{
    char before[sizeof f->next] = "";
    int tries = 0;

    while (strcmp(f->phase, "done") != 0) {
        const int status = step(f);
        if (status)
            return status;
        tries = strcmp(before, f->next) == 0 ? tries + 1 : 0;
        memcpy(before, f->next, sizeof before);
        if (tries == TRIES_MAX)
            return cli_fail(CLI_COULD_NOT, "the daemon does not come on: see nextring health; say "
                                           "it again, it goes on where it ended");
        if (tries)
            poll(NULL, 0, LOOK_MS);
    }
    return CLI_YES;
}

static int print_done(const struct forgetting *f)
{
    if (f->cli->json)
        printf("{\"gone\":%lld}\n", (long long)f->gone);
    else
        printf("%lld rows are erased; the carrier is asked to delete the texts and recordings\n",
               (long long)f->gone);
    fputs("nextring: backups that were made before still have the number: they end with --keep. "
          "After a restore of one, say this again\n",
          stderr);
    return CLI_YES;
}

static int cmd_forget(struct cli *cli)
{
    struct forgetting f = {.cli = cli};
    const char *tenant = cli_option(cli, "tenant");
    const bool is_sure = cli_flag(cli, "yes"), is_dry = cli_flag(cli, "dry-run");
    struct buf path = buf_in(cli->arena, 512);

    f.number = asking_take_word(cli);
    if (cli_no_more(cli))
        return CLI_USAGE;
    if (!f.number)
        return cli_fail(CLI_USAGE, "say whom: nextring forget +16195550123");
    if (is_sure && is_dry)
        return cli_fail(CLI_USAGE, "--yes erases and --dry-run does not: say one of them");
    buf_add_text(&path, "/api/v1/forget");
    if (tenant) {
        buf_add_text(&path, "?tenant=");
        url_escape(&path, span_of(tenant));
    }
    f.path = buf_span(&path).data;
    if (!is_sure)
        return print_sight(&f);
    const int status = forget(&f);
    return status ? status : print_done(&f);
}

static const struct cli_known options[] = {
    {"tenant", "T", "whose; needed where there are several", NULL},
    {"yes", NULL, "erases; without, it only tells what there is", NULL},
    {"dry-run", NULL, "only tells what there is, as without --yes", NULL},
    {NULL},
};

const struct cli_command cmd_forget_command = {
    .name = "forget",
    .run = cmd_forget,
    .help = "erases a person by his number, here and at the carrier",
    .forms = "NUMBER [--tenant T] [--dry-run]\nNUMBER [--tenant T] --yes",
    .options = options,
    .about =
        "His texts' words, names, numbers, what was written of him, photos and recordings go; "
        "so\n"
        "do others' words in which his number stands, as +16195550123, (619) 555-0123 or in any\n"
        "such form. Rows\n"
        "that count something stay without him, and the log still proves itself. The carrier is\n"
        "asked to delete his texts and recordings. Nothing brings him back. Refused while a call "
        "of\n"
        "his is on, somebody waits for him, a job that is not over or the roster names him, and "
        "for\n"
        "operators: take them off the roster first. That he wrote STOP is forgotten here, too; "
        "the\n"
        "carrier keeps it.\n",
    .examples = "nextring forget +16195550123                 what there is of him\n"
                "nextring forget +16195550123 --dry-run --json\n"
                "nextring forget +16195550123 --yes\n",
    .status = "0: done, or told; 1: something is in the way",
};
