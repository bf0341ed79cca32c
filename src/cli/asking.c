#include "cli/asking.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "codec/url.h"

int asking_status(int answered)
{
    if (answered == 400)
        return CLI_USAGE;
    return answered == 404 || answered == 409 || answered == 412 ? CLI_NO : CLI_COULD_NOT;
}

int asking_complain(const struct control_answer *a)
{
    struct json *root = NULL;
    struct json_place place;

    if (json_parse(a->body, &root, &place))
        return cli_fail(CLI_COULD_NOT, "the daemon answered %d", a->status);
    const struct span message = json_text(json_get(root, "message"));
    const struct span help = json_text(json_get(root, "help"));
    const int status = cli_fail(asking_status(a->status), "%.*s%s%.*s", SPAN_ARG(message),
                                help.size ? "; " : "", SPAN_ARG(help));
    json_close(&root);
    return status;
}

int asking_call(struct cli *cli, const char *method, const char *path, struct span body,
                struct control_answer *out)
{
    if (control_call(cli->arena, cli->settings, method, path, body, out))
        return CLI_COULD_NOT;
    return out->status >= 300 ? asking_complain(out) : CLI_YES;
}

/* Words of people, who may have put a terminal's commands into them. */
void asking_print_words(struct span words)
{
    for (size_t i = 0; i < words.size; i++) {
        const unsigned char c = (unsigned char)words.data[i];
        putchar(c < 32 || c == 127 ? '?' : c);
    }
}

static void print_value(const struct json *v)
{
    struct arena *arena = arena_open(0);

    if (json_type(v) == JSON_TEXT)
        asking_print_words(json_text(v));
    else if (json_type(v) == JSON_NULL || json_type(v) == JSON_ABSENT)
        printf("-");
    else
        printf("%.*s", SPAN_ARG(json_dump(arena, v)));
    arena_close(&arena);
}

/* One line an item: the named columns, two spaces between. */
static void print_items(const struct json *root, const char *const *columns)
{
    const struct json *items = json_get(root, "items");

    for (size_t i = 0; i < json_count(items); i++) {
        for (const char *const *c = columns; *c; c++) {
            if (c != columns)
                printf("  ");
            print_value(json_get(json_at(items, i), *c));
        }
        putchar('\n');
    }
}

int asking_no_json(void)
{
    return cli_fail(CLI_COULD_NOT, "the daemon's answer is no JSON");
}

/* What was done, in the daemon's words. */
int asking_print_done(const struct cli *cli, const struct control_answer *a)
{
    struct json *root = NULL;
    struct json_place place;

    if (json_parse(a->body, &root, &place))
        return asking_no_json();
    if (cli->json)
        printf("%.*s", SPAN_ARG(a->body));
    else
        asking_print_words(json_text(json_get(root, "message")));
    putchar('\n');
    json_close(&root);
    return CLI_YES;
}

int asking_list(struct cli *cli, const char *path, const char *const *columns)
{
    struct control_answer a;
    struct json *root = NULL;
    struct json_place place;
    const char *tenant = cli_option(cli, "tenant");
    const char *state = cli_option(cli, "state");
    const char *limit = cli_option(cli, "limit");
    struct buf query = buf_in(cli->arena, 1024);

    if (cli_no_more(cli))
        return CLI_USAGE;
    buf_printf(&query, "%s%climit=", path, strchr(path, '?') ? '&' : '?');
    url_escape(&query, span_of(limit ? limit : "100"));
    if (tenant) {
        buf_add_text(&query, "&tenant=");
        url_escape(&query, span_of(tenant));
    }
    if (state) {
        buf_add_text(&query, "&state=");
        url_escape(&query, span_of(state));
    }
    const int status = asking_call(cli, "GET", query.data, (struct span){0}, &a);
    if (status)
        return status;
    if (cli->json) {
        printf("%.*s\n", SPAN_ARG(a.body));
        return CLI_YES;
    }
    if (json_parse(a.body, &root, &place))
        return asking_no_json();
    print_items(root, columns);
    if (json_type(json_get(root, "next")) == JSON_TEXT)
        fputs("nextring: there are more than these; --limit 500 shows as many\n", stderr);
    json_close(&root);
    return CLI_YES;
}

char *asking_take_word(struct cli *cli)
{
    if (cli->words == 0)
        return NULL;
    cli->words--;
    cli->argc--;
    return *cli->argv++;
}

const char *asking_id_path(struct cli *cli, const char *prefix, const char *id, const char *rest)
{
    struct buf path = buf_in(cli->arena, 512);

    buf_add_text(&path, prefix);
    url_escape(&path, span_of(id));
    buf_add_text(&path, rest);
    return buf_span(&path).data;
}
