#include "cliops/cmd_send.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "cli/asking.h"
#include "cli/input.h"
#include "codec/url.h"

enum { BODY_BYTES = 32 << 10, PATH_BYTES = 1024, WORDS_BYTES = 8192 };

struct sending {
    struct cli *cli;
    const char *tenant, *operator_id, *tag, *line;
    const char *thread; /* an id; NULL: by the tag */
    struct span words;
};

static const char *path_of(const struct sending *s, const char *path)
{
    struct buf out = buf_in(s->cli->arena, PATH_BYTES);

    buf_add_text(&out, path);
    if (s->tenant) {
        buf_add_text(&out, strchr(path, '?') ? "&tenant=" : "?tenant=");
        url_escape(&out, span_of(s->tenant));
    }
    return buf_span(&out).data;
}

/* Of the threads that the search found, the one with this customer; several are of several lines.
 */
static int take_thread(struct sending *s, const struct json *items, const char *number)
{
    const char *found = NULL;

    for (size_t i = 0; i < json_count(items); i++) {
        const struct json *thread = json_at(items, i);
        const struct span line = json_text(json_get(thread, "line"));
        if (!span_is_text(json_text(json_get(thread, "customer_phone")), number) ||
            (s->line && !span_is_text(line, s->line)))
            continue;
        if (found)
            return cli_fail(CLI_USAGE,
                            "%s has threads with several lines: name one by --line, as --line %.*s",
                            number, SPAN_ARG(line));
        found = arena_text(s->cli->arena, json_text(json_get(thread, "id")));
    }
    if (!found)
        return cli_fail(CLI_NO, "%s has no thread: only who has written or called can be texted",
                        number);
    s->thread = found;
    return CLI_YES;
}

static int find_thread(struct sending *s, const char *number)
{
    struct buf path = buf_in(s->cli->arena, PATH_BYTES);
    struct control_answer a;
    struct json *root = NULL;
    struct json_place place;

    buf_add_text(&path, "/api/v1/threads?limit=200&q=");
    url_escape(&path, span_of(number));
    int status = asking_call(s->cli, "GET", path_of(s, buf_span(&path).data), (struct span){0}, &a);
    if (status)
        return status;
    if (json_parse(a.body, &root, &place))
        return asking_no_json();
    status = take_thread(s, json_get(root, "items"), number);
    json_close(&root);
    return status;
}

/* The words that are left, with blanks between; all of stdin when there are none. */
static int take_words(struct sending *s)
{
    struct buf words = buf_in(s->cli->arena, WORDS_BYTES);
    const char *word;

    while ((word = asking_take_word(s->cli)) != NULL) {
        if (words.size)
            buf_add_char(&words, ' ');
        buf_add_text(&words, word);
    }
    if (cli_no_more(s->cli))
        return CLI_USAGE;
    s->words = buf_span(&words);
    if (!words.size && !input_read(s->cli->arena, stdin, WORDS_BYTES, &s->words))
        return cli_fail(CLI_COULD_NOT, "the words on stdin cannot be read, or are above 8 KiB");
    s->words = span_trim(s->words);
    if (words.full || !s->words.size)
        return cli_fail(CLI_USAGE, words.full
                                       ? "that is longer than a text may be"
                                       : "say what: nextring send THREAD 'We are on our way'");
    return CLI_YES;
}

static int send(struct sending *s)
{
    struct buf body = buf_in(s->cli->arena, BODY_BYTES);
    struct json_out o = json_out(&body);
    struct control_answer a;
    struct json *root = NULL;
    struct json_place place;

    json_out_object(&o, NULL);
    if (s->tag)
        json_out_text(&o, "tag", span_of(s->tag));
    if (s->operator_id)
        json_out_text(&o, "operator", span_of(s->operator_id));
    json_out_text(&o, "body", s->words);
    json_out_end_object(&o);
    const char *path =
        s->thread ? asking_id_path(s->cli, "/api/v1/threads/", s->thread, "/reply") : "/sms/reply";
    const int status = asking_call(s->cli, "POST", path_of(s, path), buf_span(&body), &a);
    if (status)
        return status;
    if (json_parse(a.body, &root, &place))
        return asking_no_json();
    const struct span shown = s->cli->json ? a.body : json_text(json_get(root, "message_id"));
    printf("%.*s\n", SPAN_ARG(shown));
    json_close(&root);
    return CLI_YES;
}

static int run(struct cli *cli)
{
    struct sending s = {
        .cli = cli,
        .tenant = cli_option(cli, "tenant"),
        .operator_id = cli_option(cli, "operator"),
        .tag = cli_option(cli, "tag"),
        .line = cli_option(cli, "line"),
    };
    const char *whom = s.tag ? NULL : asking_take_word(cli);

    if (!s.tag && !whom)
        return cli_fail(CLI_USAGE, "say to whom: nextring send THREAD|NUMBER WORDS, or --tag K7F "
                                   "--operator ID");
    if (s.tag && !s.operator_id)
        return cli_fail(CLI_USAGE, "a tag is an operator's: say whose by --operator ID");
    int status = take_words(&s);
    if (!status && whom && whom[0] == '+')
        status = find_thread(&s, whom);
    else
        s.thread = whom;
    return status ? status : send(&s);
}

static const struct cli_known options[] = {
    {"operator", "ID", "who writes; he has the thread then", NULL},
    {"tag", "TAG", "the thread's mark at that operator, in place of its id", NULL},
    {"line", "NUMBER", "of a number that has threads with several lines", NULL},
    {"tenant", "TENANT", "whose", NULL},
    {NULL},
};

const struct cli_command cmd_send_command = {
    .name = "send",
    .run = run,
    .help = "a text to the customer of a thread, as the business",
    .forms = "THREAD|NUMBER [WORDS...] [--operator ID] [--line NUMBER]\n"
             "--tag TAG --operator ID [WORDS...]",
    .options = options,
    .about =
        "The customer sees the line's number. Without words they are read from stdin. What is\n"
        "printed is the id of the text: it is on its way, and nextring thread ID --texts tells "
        "what\n"
        "became of it. Words that begin with -- stand behind a lone --.\n",
    .examples = "nextring send 06g9k2m4p0001 'We are on our way.' --operator backup\n"
                "nextring send +16195550150 'We are on our way.'\n"
                "nextring send --tag K7F --operator backup < words.txt\n",
    .status = "0: on its way; 1: there is no such thread, or he may not be texted",
};
