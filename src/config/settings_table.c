#include "config/settings_table.h"

#include <string.h>

#include "base/buf.h"
#include "codec/url.h"

#define AT(field) offsetof(struct settings, field)

/* clang-format off */
const struct settings_row settings_table[SETTINGS] = {
    [SETTING_LISTEN] = {"NEXTRING_LISTEN", "listen", SETTING_ADDRESS, 0, 0, "127.0.0.1:8080",
        "address:port for the carrier, the API and the pages", "127.0.0.1:8080", false, AT(listen)},
    [SETTING_PUBLIC_URL] = {"NEXTRING_PUBLIC_URL", "public-url", SETTING_URL, 0, 0, NULL,
        "what the carrier calls and signs", "https://ring.example.com", false, AT(public_url)},
    [SETTING_DATA] = {"NEXTRING_DATA", "data", SETTING_PATH, 0, 0, "./data",
        "state folder (/var/lib/nextring when installed)", "/var/lib/nextring", false, AT(data)},
    [SETTING_DATABASE] = {"NEXTRING_DATABASE", "database", SETTING_POSTGRES, 0, 0, NULL,
        "postgres://...; unset: SQLite in the state folder", "postgres://nextring@db/nextring", false, AT(database)},
    [SETTING_ROSTER] = {"NEXTRING_ROSTER", "roster", SETTING_PLACE, 0, 0, NULL,
        "file, https://, s3:// or a folder with one roster per tenant; unset or 'database': the database",
        "/etc/nextring/roster.json", false, AT(roster)},
    [SETTING_PUBLISH] = {"NEXTRING_PUBLISH", "publish", SETTING_SWITCH, 0, 0, "no",
        "yes: write relays, who is on duty and states of jobs back to the roster (a file, a folder, s3://)", "yes", false, AT(publish)},
    [SETTING_CARRIER_API] = {"NEXTRING_CARRIER_API", "carrier-api", SETTING_URL, 0, 0, "https://api.twilio.com",
        "base of the carrier's REST API", "http://127.0.0.1:9090", false, AT(carrier_api)},
    [SETTING_LOOKUP_API] = {"NEXTRING_LOOKUP_API", "lookup-api", SETTING_URL, 0, 0, NULL,
        "base of the carrier's lookups; unset: as NEXTRING_CARRIER_API, https://lookups.twilio.com for the carrier's own",
        "https://lookups.twilio.com", false, AT(lookup_api)},
    [SETTING_ENV_FILE] = {"NEXTRING_ENV_FILE", "env-file", SETTING_PATH, 0, 0, NULL,
        "the file with TWILIO_*; or exec:COMMAND that prints it, or aws:SECRET (or its ARN) of AWS Secrets Manager", "/etc/nextring/env", false, AT(env_file)},
    [SETTING_KEY_FILE] = {"NEXTRING_KEY_FILE", "key-file", SETTING_PATH, 0, 0, NULL,
        "the file with the keys that seal tenants' secrets: 32 random bytes each", "/etc/nextring/key", false, AT(key_file)},
    [SETTING_SCRIPTS] = {"NEXTRING_SCRIPTS", "scripts", SETTING_PATH, 0, 0, NULL,
        "folder of call scripts; unset: built-in copies", "/etc/nextring/twiml", false, AT(scripts)},
    [SETTING_ACK_SECONDS] = {"NEXTRING_ACK_SECONDS", "ack-seconds", SETTING_NUMBER, 1, 86400, "900",
        "acknowledge seconds of steps that name none", "900", false, AT(ack_s)},
    [SETTING_RING_SECONDS] = {"NEXTRING_RING_SECONDS", "ring-seconds", SETTING_NUMBER, 5, 60, "15",
        "ring seconds of steps that name none", "15", false, AT(ring_s)},
    [SETTING_CALL_RATE] = {"NEXTRING_CALL_RATE", "call-rate", SETTING_NUMBER, 1, 1000, "1",
        "calls per second that we start on an account by REST", "1", false, AT(call_rate)},
    [SETTING_KEEP_BODIES_DAYS] = {"NEXTRING_KEEP_BODIES_DAYS", "keep-bodies-days", SETTING_NUMBER, 0, 3650, "30",
        "days after which the words and photos of messages are erased; 0: never", "30", false, AT(keep_bodies_days)},
    [SETTING_KEEP_RECORDINGS_DAYS] = {"NEXTRING_KEEP_RECORDINGS_DAYS", "keep-recordings-days", SETTING_NUMBER, 0, 3650, "30",
        "days after which voicemails are deleted, at the carrier too; 0: never", "30", false, AT(keep_recordings_days)},
    [SETTING_KEEP_METADATA_DAYS] = {"NEXTRING_KEEP_METADATA_DAYS", "keep-metadata-days", SETTING_NUMBER, 0, 3650, "400",
        "days after which the records of calls, messages and events are deleted; 0: never", "400", false, AT(keep_metadata_days)},
    [SETTING_CORS_ORIGINS] = {"NEXTRING_CORS_ORIGINS", "cors-origins", SETTING_ORIGINS, 0, 0, NULL,
        "origins whose pages may use the API, with commas between", "https://desk.example.com", false, AT(cors_origins)},
    [SETTING_ADMIN_LISTEN] = {"NEXTRING_ADMIN_LISTEN", "admin-listen", SETTING_ADDRESS, 0, 0, "127.0.0.1:9580",
        "address:port of metrics and admin pages", "127.0.0.1:9580", false, AT(admin_listen)},
    [SETTING_PAGES_URL] = {"NEXTRING_PAGES_URL", "pages-url", SETTING_URL, 0, 0, NULL,
        "where people reach the pages when they are served at NEXTRING_ADMIN_LISTEN alone; unset: at NEXTRING_PUBLIC_URL",
        "https://desk.example.com", false, AT(pages_url)},
    [SETTING_SIGN_IN_BY_TEXT] = {"NEXTRING_SIGN_IN_BY_TEXT", "sign-in-by-text", SETTING_SWITCH, 0, 0, "no",
        "yes: a user who is on the roster may sign in by a code that is texted to his phone", "yes", false, AT(sign_in_by_text)},
    [SETTING_LOG] = {"NEXTRING_LOG", "log", SETTING_CHOICE, 0, 0, "auto",
        "form of the log: text, json, journal (fields for journald); auto: journal where stderr goes to it, else text", "json", false, AT(log),
        "auto text json journal"},
    [SETTING_LOG_LEVEL] = {"NEXTRING_LOG_LEVEL", "log-level", SETTING_CHOICE, 0, 0, "info",
        "least weight of what is logged: debug, info, warn, error", "warn", false, AT(log_level), "debug info warn error"},
    [SETTING_EMF] = {"NEXTRING_EMF", "emf", SETTING_SINK, 0, 0, NULL,
        "where the metrics go each minute as CloudWatch's embedded metric format: stdout, or udp://host:port of its agent",
        "udp://127.0.0.1:25888", false, AT(emf)},
    [SETTING_SYSCALL_FILTER] = {"NEXTRING_SYSCALL_FILTER", "syscall-filter", SETTING_SWITCH, 0, 0, "yes",
        "no: the system does not refuse the daemon calls that it has no use for; to search an error", "no", false, AT(syscall_filter)},
    [SETTING_ALARM_COMMAND] = {"NEXTRING_ALARM_COMMAND", "alarm-command", SETTING_TEXT, 0, 0, NULL,
        "program that is given each alarm on its stdin: an absolute path and arguments, run without a shell; docs/guides/alarms.md",
        "/usr/bin/msmtp ops@example.com", false, AT(alarm_command)},
    [SETTING_ALARM_COMMAND_FORM] = {"NEXTRING_ALARM_COMMAND_FORM", "alarm-command-form", SETTING_CHOICE, 0, 0, "mail",
        "what the alarm command is given: mail (a letter with its subject) or json", "json", false, AT(alarm_command_form), "mail json"},
    [SETTING_ALARM_WEBHOOK] = {"NEXTRING_ALARM_WEBHOOK", "alarm-webhook", SETTING_URL, 0, 0, NULL,
        "where alarms are posted as JSON", "https://hooks.example.com/nextring", false, AT(alarm_webhook), NULL, true},
    [SETTING_ALARM_SECRET] = {"NEXTRING_ALARM_SECRET", "alarm-secret", SETTING_TEXT, 0, 0, NULL,
        "key by which what goes to NEXTRING_ALARM_WEBHOOK is signed (environment only)", "...", true, AT(alarm_secret)},
    [SETTING_CANARY_MINUTES] = {"NEXTRING_CANARY_MINUTES", "canary-minutes", SETTING_NUMBER, 0, 1440, "0",
        "a text to itself goes from one of the business's lines to another every so many minutes; 0: none", "15", false, AT(canary_minutes)},
    [SETTING_CANARY_FROM] = {"NEXTRING_CANARY_FROM", "canary-from", SETTING_TEXT, 0, 0, NULL,
        "the line that sends it", "+15035550100", false, AT(canary_from)},
    [SETTING_CANARY_TO] = {"NEXTRING_CANARY_TO", "canary-to", SETTING_TEXT, 0, 0, NULL,
        "the line that gets it: another one of the same roster", "+15035550101", false, AT(canary_to)},
    [SETTING_HEARTBEAT_URL] = {"NEXTRING_HEARTBEAT_URL", "heartbeat-url", SETTING_URL, 0, 0, NULL,
        "asked again and again while all is well: of a service that tells you when nobody asks any more",
        "https://hc.example.com/ping/0f1e", false, AT(heartbeat_url), NULL, true},
    [SETTING_HEARTBEAT_SECONDS] = {"NEXTRING_HEARTBEAT_SECONDS", "heartbeat-seconds", SETTING_NUMBER, 10, 86400, "60",
        "seconds between", "60", false, AT(heartbeat_s)},
    [SETTING_TLS_CERT] = {"NEXTRING_TLS_CERT", "tls-cert", SETTING_PATH, 0, 0, NULL,
        "file with the certificate and its chain (PEM): the public address then speaks TLS", "/etc/nextring/fullchain.pem", false, AT(tls_cert)},
    [SETTING_TLS_KEY] = {"NEXTRING_TLS_KEY", "tls-key", SETTING_PATH, 0, 0, NULL,
        "file with its key (PEM, mode 600); both are read again when they change", "/etc/nextring/privkey.pem", false, AT(tls_key)},
    [SETTING_AWS_REGION] = {"AWS_REGION", "aws-region", SETTING_TEXT, 0, 0, NULL,
        "region for s3:// and aws:", "us-west-2", false, AT(aws_region)},
    [SETTING_AWS_DEFAULT_REGION] = {"AWS_DEFAULT_REGION", "aws-default-region", SETTING_TEXT, 0, 0, NULL,
        "region for s3:// and aws: when AWS_REGION is unset", "us-west-2", false, AT(aws_default_region)},
    [SETTING_AWS_ACCESS_KEY_ID] = {"AWS_ACCESS_KEY_ID", "aws-access-key-id", SETTING_TEXT, 0, 0, NULL,
        "key for s3:// and aws:", "AKIA...", false, AT(aws_access_key_id)},
    [SETTING_AWS_SECRET_ACCESS_KEY] = {"AWS_SECRET_ACCESS_KEY", "aws-secret-access-key", SETTING_TEXT, 0, 0, NULL,
        "secret for s3:// and aws: (environment only)", "...", true, AT(aws_secret_access_key)},
    [SETTING_AWS_SESSION_TOKEN] = {"AWS_SESSION_TOKEN", "aws-session-token", SETTING_TEXT, 0, 0, NULL,
        "session token for s3:// and aws: (environment only)", "...", true, AT(aws_session_token)},
    [SETTING_AWS_ENDPOINT_URL] = {"AWS_ENDPOINT_URL", "aws-endpoint-url", SETTING_URL, 0, 0, NULL,
        "endpoint in place of Amazon's", "http://127.0.0.1:4568", false, AT(aws_endpoint_url)},
    [SETTING_AWS_ENDPOINT_URL_S3] = {"AWS_ENDPOINT_URL_S3", "aws-endpoint-url-s3", SETTING_URL, 0, 0, NULL,
        "the same for s3:// alone", "http://127.0.0.1:4568", false, AT(aws_endpoint_url_s3)},
    [SETTING_AWS_ENDPOINT_URL_SECRETS_MANAGER] = {"AWS_ENDPOINT_URL_SECRETS_MANAGER", "aws-endpoint-url-secrets-manager", SETTING_URL, 0, 0, NULL,
        "the same for Secrets Manager alone", "http://127.0.0.1:4569", false, AT(aws_endpoint_url_secrets_manager)},
};
/* clang-format on */

enum { VALUE_MAX_BYTES = 4096, SHOWN_MAX_BYTES = 8192 };

static const struct span stars = {"***", 3};

/* Where the first `what` begins; the size when there is none. */
static size_t find(struct span text, const char *what)
{
    const char *at = text.size ? memmem(text.data, text.size, what, strlen(what)) : NULL;

    return at ? (size_t)(at - text.data) : text.size;
}

/* The password of scheme://user:password@host; empty with NULL data when there is none. The
 * last '@' before the path counts, since people leave one in a password unescaped. */
static struct span password_of(struct span url)
{
    const size_t scheme = find(url, "://");
    struct span authority = span_skip(url, scheme + 3), rest;
    size_t at;

    if (scheme == url.size)
        return (struct span){0};
    authority.size = find(authority, "?");
    for (at = authority.size; at > 0 && authority.data[at - 1] != '@';)
        at--;
    if (at == 0)
        return (struct span){0};
    const struct span user = span_cut((struct span){authority.data, at - 1}, ':', &rest);
    return user.size < at - 1 ? rest : (struct span){0};
}

/* Whether a query's parameter holds a password: password=, sslpassword=. */
static bool names_password(struct span parameter)
{
    struct span value;
    const struct span name = span_cut(parameter, '=', &value);

    return name.size >= 8 && span_is_nocase(span_skip(name, name.size - 8), SPAN("password"));
}

static bool query_has_password(struct span query)
{
    while (query.size > 0)
        if (names_password(span_cut(query, '&', &query)))
            return true;
    return false;
}

bool settings_table_has_password(struct span value)
{
    struct span query;

    span_cut(value, '?', &query);
    return password_of(value).size > 0 || query_has_password(query);
}

static void add_query(struct buf *b, struct span query)
{
    while (query.size > 0) {
        struct span rest;
        const struct span parameter = span_cut(query, '&', &rest);
        const struct span name = {parameter.data, find(parameter, "=")};

        if (names_password(parameter))
            buf_printf(b, "%.*s=***", SPAN_ARG(name));
        else
            buf_add(b, parameter);
        if (rest.size > 0)
            buf_add_char(b, '&');
        query = rest;
    }
}

/* https://hc.example.com, then three asterisks; what is no address is hidden whole. */
static struct span host_alone(struct arena *arena, struct span value)
{
    struct url u;

    if (url_parse(value, &u))
        return stars;
    const bool has_rest = u.path.size > 1 || u.has_query || u.fragment.size;
    return span_of(arena_printf(arena, "%.*s://%.*s%s%.*s%s", SPAN_ARG(u.scheme), SPAN_ARG(u.host),
                                u.port.size ? ":" : "", SPAN_ARG(u.port), has_rest ? "/***" : ""));
}

struct span settings_table_mask(struct arena *arena, struct span value,
                                const struct settings_row *row)
{
    struct buf b = buf_in(arena, SHOWN_MAX_BYTES);
    struct span query;

    if (row->secret && value.size > 0)
        return stars;
    if (row->hides_path && value.size > 0)
        return host_alone(arena, value);
    const struct span password = password_of(value);
    struct span rest = span_cut(value, '?', &query);
    if (password.size > 0) {
        const size_t before = (size_t)(password.data - value.data);
        buf_add(&b, (struct span){value.data, before});
        buf_add(&b, stars);
        rest = span_skip(rest, before + password.size);
    }
    buf_add(&b, rest);
    if (query.size > 0)
        buf_add_char(&b, '?');
    add_query(&b, query);
    return buf_span(&b);
}

struct put {
    struct arena *arena;
    struct settings *settings;
    const struct settings_row *row;
    struct span value;
    const char *wrong; /* set by a reader that fails: what is wrong, and the mend */
};

int settings_table_by_environment(struct span name)
{
    for (int i = 0; i < SETTINGS; i++)
        if (span_is_text(name, settings_table[i].environment))
            return i;
    return -1;
}

static bool same_key(struct span a, const char *b)
{
    if (a.size != strlen(b))
        return false;
    for (size_t i = 0; i < a.size; i++)
        if (a.data[i] != b[i] && !(a.data[i] == '_' && b[i] == '-'))
            return false;
    return true;
}

int settings_table_by_key(struct span key)
{
    for (int i = 0; i < SETTINGS; i++)
        if (same_key(key, settings_table[i].key))
            return i;
    return -1;
}

static void *field(struct put *p)
{
    return (char *)p->settings + p->row->offset;
}

static bool keep_text(struct put *p, struct span text)
{
    *(struct span *)field(p) = arena_copy(p->arena, text);
    return true;
}

static bool fail(struct put *p, const char *wrong)
{
    p->wrong = wrong;
    return false;
}

/* The port is after the last ':'; a bare IPv6 address has several and needs brackets. */
static bool put_address(struct put *p)
{
    size_t colon = p->value.size;
    int64_t port;

    while (colon > 0 && p->value.data[colon - 1] != ':')
        colon--;
    const struct span host = {p->value.data, colon ? colon - 1 : 0};
    const bool brackets = host.size > 2 && host.data[0] == '[' && host.data[host.size - 1] == ']';

    if (host.size == 0 || (!brackets && memchr(host.data, ':', host.size)))
        return fail(p, "is not address:port");
    if (!span_number(span_skip(p->value, colon), 0, 65535, &port))
        return fail(p, "has no port from 0 to 65535");
    if (!span_is_text(host, "localhost"))
        return keep_text(p, p->value);
    return keep_text(p, span_of(arena_printf(p->arena, "127.0.0.1:%lld", (long long)port)));
}

static bool put_url(struct put *p)
{
    struct url url;

    if (url_parse(p->value, &url) != ERR_NONE)
        return fail(p, "is not an address with http:// or https://");
    if (url.has_query || url.fragment.size > 0)
        return fail(p, "has a part after '?' or '#'; leave that out");
    if (url.user.size > 0)
        return fail(p, "has a user or password before '@'; leave that out");
    struct span text = p->value;
    while (text.size > 0 && text.data[text.size - 1] == '/')
        text.size--;
    return keep_text(p, text);
}

static bool has_scheme(struct span text)
{
    for (size_t i = 0; i + 2 < text.size; i++)
        if (memcmp(text.data + i, "://", 3) == 0)
            return true;
    return false;
}

static bool is_loopback(struct span host)
{
    return span_is_text(host, "localhost") || span_is_text(host, "127.0.0.1") ||
           span_is_text(host, "[::1]");
}

static bool put_place(struct put *p)
{
    struct url url;

    if (span_is_text(p->value, "database"))
        return keep_text(p, (struct span){NULL, 0}); /* as if it were not set */
    if (!has_scheme(p->value))
        return keep_text(p, p->value);
    if (span_starts(p->value, SPAN("s3://")))
        return p->value.size > 5 ? keep_text(p, p->value) : fail(p, "names no bucket");
    if (url_parse(p->value, &url) != ERR_NONE)
        return fail(p, "is no path, https:// or s3:// address");
    if (!span_is_text(url.scheme, "https") && !is_loopback(url.host))
        return fail(p, "is not protected on its way; use https://");
    return keep_text(p, p->value);
}

static bool put_postgres(struct put *p)
{
    if (!span_starts(p->value, SPAN("postgres://")) &&
        !span_starts(p->value, SPAN("postgresql://")))
        return fail(p, "is not postgres://...; leave it out for SQLite in the state folder");
    return keep_text(p, p->value);
}

static bool put_number(struct put *p)
{
    if (span_number(p->value, p->row->min, p->row->max, (int64_t *)field(p)))
        return true;
    return fail(p, arena_printf(p->arena, "is not between %lld and %lld", (long long)p->row->min,
                                (long long)p->row->max));
}

static bool put_switch(struct put *p)
{
    const bool yes = span_is(p->value, SPAN("yes")) || span_is(p->value, SPAN("true"));

    if (!yes && !span_is(p->value, SPAN("no")) && !span_is(p->value, SPAN("false")))
        return fail(p, "is neither yes nor no");
    *(bool *)field(p) = yes;
    return true;
}

static bool put_choice(struct put *p)
{
    struct span rest = span_of(p->row->choices);

    while (rest.size > 0)
        if (span_is(span_cut(rest, ' ', &rest), p->value))
            return keep_text(p, p->value);
    return fail(p, arena_printf(p->arena, "is none of: %s", p->row->choices));
}

static bool put_sink(struct put *p)
{
    struct put address = *p;

    if (span_is_text(p->value, "stdout"))
        return keep_text(p, p->value);
    if (!span_starts(p->value, SPAN("udp://")))
        return fail(p, "is neither stdout nor udp://host:port");
    address.value = span_skip(p->value, 6);
    p->wrong = NULL;
    if (!put_address(&address))
        return fail(p, address.wrong);
    const struct span at = *(struct span *)field(p);
    return keep_text(p, span_of(arena_printf(p->arena, "udp://%.*s", SPAN_ARG(at))));
}

static bool add_origin(struct put *p, struct span text, struct span *list, size_t *count)
{
    struct url url;

    while (text.size > 0 && text.data[text.size - 1] == '/')
        text.size--;
    if (url_parse(text, &url) != ERR_NONE || url.path.size > 0 || url.has_query || url.user.size)
        return fail(p, "is no list of origins (scheme://host, no path, never '*')");
    if (*count == SETTINGS_ORIGINS_MAX)
        return fail(p, "has more than 16 origins");
    list[(*count)++] = arena_copy(p->arena, text);
    return true;
}

static bool put_origins(struct put *p)
{
    struct span list[SETTINGS_ORIGINS_MAX], rest = p->value;
    size_t count = 0;

    while (rest.size > 0) {
        size_t n = 0;
        while (n < rest.size && rest.data[n] != ',' && rest.data[n] != ' ')
            n++;
        if (n > 0 && !add_origin(p, (struct span){rest.data, n}, list, &count))
            return false;
        rest = span_skip(rest, n + 1);
    }
    memcpy(p->settings->cors_origins, list, count * sizeof list[0]);
    p->settings->cors_origin_count = count;
    return true;
}

static bool put_value(struct put *p)
{
    if (p->value.size > VALUE_MAX_BYTES)
        return fail(p, "is longer than 4096 bytes");
    for (size_t i = 0; i < p->value.size; i++)
        if ((unsigned char)p->value.data[i] < 32 || p->value.data[i] == 127)
            return fail(p, "has a control character");
    switch (p->row->kind) {
    case SETTING_ADDRESS:
        return put_address(p);
    case SETTING_URL:
        return put_url(p);
    case SETTING_PLACE:
        return put_place(p);
    case SETTING_POSTGRES:
        return put_postgres(p);
    case SETTING_NUMBER:
        return put_number(p);
    case SETTING_SWITCH:
        return put_switch(p);
    case SETTING_CHOICE:
        return put_choice(p);
    case SETTING_SINK:
        return put_sink(p);
    case SETTING_ORIGINS:
        return put_origins(p);
    case SETTING_TEXT:
    case SETTING_PATH:
    case SETTING_KINDS:
        break;
    }
    return keep_text(p, p->value);
}

static const char *unit(const struct settings_row *row)
{
    const struct span key = span_of(row->key);

    return key.size > 8 && span_is_text(span_skip(key, key.size - 8), "-seconds") ? "seconds, "
                                                                                  : "";
}

bool settings_table_put(struct arena *arena, struct settings *settings, enum setting setting,
                        struct span value, struct mistakes *mistakes, const struct mistake *place)
{
    const struct settings_row *row = &settings_table[setting];
    struct put p = {.arena = arena, .settings = settings, .row = row, .value = value};

    if (put_value(&p)) {
        settings->given[setting] = arena_copy(arena, value);
        return true;
    }
    const struct span shown = settings_table_mask(arena, value, row);
    mistakes_add(mistakes, place->file, place->line, 0, place->where, "%.*s %s; give %se.g. %s",
                 SPAN_ARG(shown), p.wrong, unit(row), row->example);
    return false;
}
