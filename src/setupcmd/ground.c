#include "setupcmd/ground.h"

#include <string.h>
#include <time.h>

#include "base/buf.h"
#include "cli/cmd_local.h"
#include "cli/control.h"
#include "cli/findings.h"
#include "codec/json.h"
#include "codec/url.h"
#include "keys/keys.h"

enum { PATH_BYTES_MAX = 1024 };

const char *ground_path(const struct ground *g, const char *path, const char *query)
{
    struct buf out = buf_in(g->arena, PATH_BYTES_MAX);

    buf_add_text(&out, path);
    if (query || g->tenant)
        buf_add_char(&out, '?');
    if (query)
        buf_add_text(&out, query);
    if (query && g->tenant)
        buf_add_char(&out, '&');
    if (g->tenant) {
        buf_add_text(&out, "tenant=");
        url_escape(&out, span_of(g->tenant));
    }
    return buf_span(&out).data;
}

static bool is_line(const struct ground *g, const char *number)
{
    for (size_t i = 0; i < g->line_count; i++)
        if (span_is_text(g->lines[i], number))
            return true;
    return false;
}

bool ground_tell_line(const struct ground *g, const char *number, bool is_live)
{
    struct buf path = buf_in(g->arena, PATH_BYTES_MAX);
    struct control_answer a;

    if (!is_line(g, number))
        return true;
    buf_add_text(&path, "/api/v1/lines/");
    url_escape(&path, span_of(number));
    buf_add_text(&path, "/live");
    return g->has_daemon &&
           !control_try(g->arena, g->cli->settings, is_live ? "POST" : "DELETE",
                        ground_path(g, buf_span(&path).data, NULL), (struct span){0}, &a) &&
           a.status == 200;
}

static int open_credentials(struct ground *g)
{
    struct mistakes *mistakes = ARENA_NEW(g->arena, struct mistakes);

    mistakes_init(mistakes, g->arena);
    if (!keys_once(g->cli->settings, &g->credentials, mistakes))
        return CLI_YES;
    findings_say(g->arena, mistakes);
    return CLI_COULD_NOT;
}

/* ---- of the daemon ---- */

static bool is_of(const struct ground *g, const struct json *item)
{
    return !g->tenant || span_is_text(json_text(json_get(item, "id")), g->tenant);
}

static void take_secrets(struct ground *g, const struct json *names)
{
    for (size_t i = 0; i < json_count(names); i++) {
        const struct span name = json_text(json_at(names, i));
        g->has_own_key |= span_is_text(name, "api_key");
        g->has_own_token |= span_is_text(name, "auth_token");
    }
}

/* The account of the tenant that is meant. */
static int take_account(struct ground *g, const struct json *items)
{
    const size_t count = json_count(items);

    if (!g->tenant && count > 1)
        return cli_fail(CLI_USAGE, "this host has %zu tenants; say whose numbers: --tenant T",
                        count);
    for (size_t i = 0; i < count; i++) {
        const struct json *item = json_at(items, i);
        const struct span account = json_text(json_get(item, "account"));
        if (!is_of(g, item))
            continue;
        g->knows_tenant = true;
        if (account.size && !span_is(account, g->account)) {
            g->account = arena_copy(g->arena, account);
            take_secrets(g, json_get(item, "secrets"));
        }
        return CLI_YES;
    }
    if (g->tenant)
        return cli_fail(CLI_NO, "there is no tenant %s; nextring tenant list", g->tenant);
    return CLI_YES;
}

static int ask_account(struct ground *g)
{
    struct control_answer a;
    struct json *root = NULL;
    struct json_place place;

    g->has_daemon = !control_try(g->arena, g->cli->settings, "GET", "/api/v1/host/tenants",
                                 (struct span){0}, &a);
    if (!g->has_daemon || a.status != 200 || json_parse(a.body, &root, &place))
        return CLI_YES;
    const int status = take_account(g, json_get(root, "items"));
    json_close(&root);
    return status;
}

/* False: it has none to tell. */
static bool ask_lines(struct ground *g)
{
    struct control_answer a;
    struct json *root = NULL;
    struct json_place place;

    if (!g->has_daemon ||
        control_try(g->arena, g->cli->settings, "GET", ground_path(g, "/api/v1/lines", NULL),
                    (struct span){0}, &a) ||
        a.status != 200 || json_parse(a.body, &root, &place))
        return false;
    const struct json *items = json_get(root, "items");
    g->lines = ARENA_NEW_N(g->arena, struct span, json_count(items) + 1);
    for (size_t i = 0; i < json_count(items); i++)
        g->lines[g->line_count++] =
            arena_copy(g->arena, json_text(json_get(json_at(items, i), "number")));
    json_close(&root);
    return true;
}

/* ---- of the file ---- */

static void read_lines(struct ground *g)
{
    struct mistakes *mistakes = ARENA_NEW(g->arena, struct mistakes);

    mistakes_init(mistakes, g->arena);
    const struct roster *roster = cmd_local_roster(g->cli, (int64_t)time(NULL) * 1000, mistakes);
    if (!roster) {
        g->no_lines = mistakes->count ? mistakes_line(g->arena, &mistakes->list[0]).data
                                      : "No roster is to be had.";
        return;
    }
    if (g->tenant && strcmp(g->tenant, roster->tenant) != 0) {
        g->no_lines = arena_printf(g->arena, "The roster is that of %s, and no daemon answers.",
                                   roster->tenant);
        return;
    }
    g->lines = ARENA_NEW_N(g->arena, struct span, roster->line_count + 1u);
    for (int i = 0; i < roster->line_count; i++)
        g->lines[g->line_count++] = span_of(roster->lines[i].number);
    g->knows_tenant = true;
    if (roster->account_sid[0])
        g->account = span_of(roster->account_sid);
}

static bool is_loopback(struct span api)
{
    struct url u;

    return !url_parse(api, &u) &&
           (span_is_text(u.host, "127.0.0.1") || span_is_text(u.host, "localhost") ||
            span_is_text(u.host, "[::1]"));
}

static void open_consoles(struct ground *g)
{
    const struct span *c = g->credentials->values;
    const struct console console = {
        .arena = g->arena, .api = g->cli->settings->carrier_api, .account = g->account};

    g->by_token = g->by_key = console;
    if (c[CREDENTIAL_AUTH_TOKEN].size) {
        g->by_token.user = c[CREDENTIAL_ACCOUNT_SID].data;
        g->by_token.password = c[CREDENTIAL_AUTH_TOKEN].data;
    }
    if (c[CREDENTIAL_API_KEY].size && c[CREDENTIAL_API_SECRET].size) {
        g->by_key.user = c[CREDENTIAL_API_KEY].data;
        g->by_key.password = c[CREDENTIAL_API_SECRET].data;
    }
}

int ground_open(struct cli *cli, const char *tenant, struct ground *out)
{
    *out = (struct ground){.cli = cli, .arena = cli->arena, .tenant = tenant};
    int status = open_credentials(out);
    if (status)
        return status;
    out->account = out->credentials->values[CREDENTIAL_ACCOUNT_SID];
    status = ask_account(out);
    if (status) {
        ground_close(out);
        return status;
    }
    if (!ask_lines(out))
        read_lines(out);
    out->is_rehearsal = is_loopback(cli->settings->carrier_api);
    open_consoles(out);
    return CLI_YES;
}

void ground_close(struct ground *ground)
{
    credentials_close(&ground->credentials);
}
