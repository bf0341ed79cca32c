#include "cli/cmd_who_said.h"

#include <string.h>

#include "base/buf.h"
#include "cli/control.h"
#include "codec/json.h"
#include "codec/timestamp.h"
#include "codec/url.h"

enum { PATH_MAX_BYTES = 1024 };

static struct json *get(struct cli *cli, const char *path)
{
    struct control_answer a;
    struct json *root = NULL;
    struct json_place place;

    if (control_try(cli->arena, cli->settings, "GET", path, (struct span){0}, &a) ||
        a.status != 200 || json_parse(a.body, &root, &place))
        return NULL;
    return root;
}

static int64_t instant(const struct json *at)
{
    int64_t ms;
    bool is_local;

    return timestamp_parse(json_text(at), &ms, &is_local) ? ms : 0;
}

static bool read_duty(const struct json *item, struct duty *out)
{
    const struct span id = json_text(json_get(item, "operator"));

    if (id.size >= sizeof out->operator_id ||
        !duty_state_parse(json_text(json_get(item, "state")), &out->state))
        return false;
    memcpy(out->operator_id, id.data, id.size);
    out->since_ms = instant(json_get(item, "since_at"));
    out->until_ms = instant(json_get(item, "until_at"));
    return true;
}

static const struct duties *read_duties(struct cli *cli, const struct json *root)
{
    const struct json *items = json_get(root, "items");
    struct duties *duties = ARENA_NEW(cli->arena, struct duties);

    *duties = (struct duties){0};
    duties->room = json_count(items);
    duties->rows = ARENA_NEW_N(cli->arena, struct duty, duties->room + 1);
    for (size_t i = 0; i < duties->room; i++) {
        duties->rows[duties->count] = (struct duty){0};
        duties->count += read_duty(json_at(items, i), &duties->rows[duties->count]);
    }
    return duties;
}

static const char *operator_of(struct cli *cli, const char *tenant, const char *job)
{
    struct buf path = buf_in(cli->arena, PATH_MAX_BYTES);

    buf_add_text(&path, "/api/v1/jobs/");
    url_escape(&path, span_of(job));
    buf_printf(&path, "?tenant=%s", tenant);
    struct json *root = path.full ? NULL : get(cli, path.data);
    const struct span id = json_text(json_get(root, "operator"));
    const char *text = id.size ? arena_text(cli->arena, id) : NULL;
    json_close(&root);
    return text;
}

void cmd_who_said_read(struct cli *cli, const struct roster *roster, const char *job,
                       struct cmd_who_said *out)
{
    struct json *root = get(cli, arena_printf(cli->arena, "/api/v1/duties?limit=%d&tenant=%s",
                                              LIMIT_OPERATORS, roster->tenant));

    *out = (struct cmd_who_said){.by_daemon = root != NULL};
    if (!root)
        return;
    out->duties = read_duties(cli, root);
    if (job)
        out->job_operator = operator_of(cli, roster->tenant, job);
    json_close(&root);
}
