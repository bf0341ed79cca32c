#include "app/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "app/await_database.h"
#include "app/aws_keys.h"
#include "app/call_scripts.h"
#include "app/helper_slots.h"
#include "app/listeners.h"
#include "app/minder.h"
#include "app/node_key.h"
#include "app/reloading.h"
#include "app/watching.h"
#include "base/dice.h"
#include "base/locked.h"
#include "base/log.h"
#include "codec/url.h"
#include "engine/engine.h"
#include "keys/keys.h"
#include "net/http_server.h"
#include "net/loop.h"
#include "provider/lookup.h"
#include "service/confine.h"
#include "store/store_migrate.h"
#include "web/web.h"

enum {
    EVENTS_WAITING_MAX = 20000,
    FILES_MAX = 65536, /* three for each connection that speaks TLS */
    DRAIN_MS = 10000,
    DRAIN_LOOK_MS = 20,
    BALANCER_MS = 5000,    /* until which it has asked /readyz, and asks the other nodes */
    SOCKET_PATH_MAX = 107, /* what Linux takes */
};

/* In place of an exit status: it was told to end before it had begun. */
enum { ENDED = -1 };

static const char socket_name[] = "control.sock";

static const char version[] = "0.1.0";

/* All that the daemon is made of, in the order in which it is opened. */
struct daemon {
    struct cli *cli;
    struct sockets sockets; /* handed to us */
    struct helper *helper;  /* NULL: no command is configured */
    struct keys *keys;
    struct certificate *certificate; /* NULL: the public address speaks no TLS */
    struct loop *loop;
    struct clock *clock;
    struct engine_options engine_options;
    struct aws_keys *aws_keys;
    struct engine *engine;
    struct call_scripts *scripts;
    struct web_options web_options;
    struct web *web;
    struct http_server *server;
    struct minder *minder;
    struct watchers *watchers;
    struct node_key node;
    uint8_t callback_key[32];
    int64_t end_by_ns; /* 0 while nobody has asked for the end */
    int64_t shut_ns;   /* then: until which new connections are taken */
};

static volatile sig_atomic_t reload_wanted, end_wanted;
static struct loop *running; /* for the signal handlers */

static void on_end(int number)
{
    (void)number;
    end_wanted = 1;
    if (running)
        loop_wake(running);
}

static void on_hangup(int number)
{
    (void)number;
    reload_wanted = 1;
    if (running)
        loop_wake(running);
}

/* All but the rosters, which the engine reads. */
static void reload_rest(void *ctx, web_reloaded_fn *done, void *done_ctx)
{
    struct daemon *d = ctx;

    aws_keys_renew(d->aws_keys);
    reloading_start(&(struct reloading){d->scripts, d->certificate, d->keys}, done, done_ctx);
}

static void reloaded(void *ctx, bool is_good, const char *why)
{
    const struct daemon *d = ctx;

    (void)is_good, (void)why; /* it is logged */
    minder_reloaded(d->minder);
}

static void reload(struct daemon *d)
{
    char why[ENGINE_WHY_SIZE];

    reload_wanted = 0;
    minder_reloading(d->minder);
    const enum err err = engine_reload(d->engine, why);
    log_line(err ? LOG_ERROR : LOG_INFO, "%s", why);
    reload_rest(d, reloaded, d);
}

/* Whoever uses a credential takes the new one here; requests under way go on with the old. */
static void take_keys(void *ctx, const struct credentials *fresh)
{
    struct daemon *d = ctx;
    const struct span *v = fresh->values;
    const struct span tokens[SIGNATURE_TOKENS_MAX] = {v[CREDENTIAL_AUTH_TOKEN],
                                                      v[CREDENTIAL_AUTH_TOKEN_2]};

    engine_take_login(d->engine, v[CREDENTIAL_API_KEY].data, v[CREDENTIAL_API_SECRET].data);
    web_take_tokens(d->web, tokens);
}

static void begin_end(struct daemon *d)
{
    const int64_t now_ns = clock_mono_ns();

    minder_stopping(d->minder);
    d->end_by_ns = now_ns + (int64_t)DRAIN_MS * 1000000;
    d->shut_ns =
        now_ns + (engine_nodes(d->engine)->living > 1 ? (int64_t)BALANCER_MS * 1000000 : 0);
    web_drain(d->web);
    http_server_leave(d->server);
    engine_drain(d->engine);
}

/* What is under way at the carrier is waited for, so that its outcome is known afterwards. Beside
 * other nodes there is a balancer in front, which must see first that we are not ready any more;
 * until then whatever comes is answered. */
static int64_t look_for_signals(void *ctx)
{
    struct daemon *d = ctx;

    if (reload_wanted)
        reload(d);
    if (engine_is_superseded(d->engine))
        end_wanted = 1;
    if (!end_wanted)
        return -1;
    if (d->end_by_ns == 0)
        begin_end(d);
    const int64_t now_ns = clock_mono_ns();
    if (now_ns >= d->shut_ns)
        http_server_drain(d->server);
    if ((now_ns >= d->shut_ns && engine_is_idle(d->engine) &&
         http_server_open_requests(d->server) == 0 && !http_server_has_begun(d->server)) ||
        now_ns > d->end_by_ns)
        loop_stop(d->loop);
    return DRAIN_LOOK_MS;
}

static int open_credentials(struct daemon *d)
{
    struct mistakes *mistakes = ARENA_NEW(d->cli->arena, struct mistakes);

    mistakes_init(mistakes, d->cli->arena);
    if (settings_require(d->cli->settings, mistakes) || keys_read(d->keys, d->helper, mistakes) ||
        certificate_open(d->cli->settings, &d->certificate, mistakes)) {
        for (size_t i = 0; i < mistakes->count; i++)
            fprintf(stderr, "nextring: %.*s\n",
                    SPAN_ARG(mistakes_line(d->cli->arena, &mistakes->list[i])));
        return keys_may_come(d->keys) ? CLI_COULD_NOT : CLI_USAGE;
    }
    if (locked_refused_bytes())
        log_line(LOG_WARN, "secrets could not be locked into memory and may be swapped out: raise "
                           "RLIMIT_MEMLOCK (LimitMEMLOCK=8M in the unit, ulimit -l 8192)");
    return CLI_YES;
}

static bool is_loopback(struct span address)
{
    struct url u;

    return url_parse(address, &u) == ERR_NONE &&
           (span_starts(u.host, SPAN("127.")) || span_is(u.host, SPAN("localhost")) ||
            span_is(u.host, SPAN("[::1]")));
}

static struct span lookup_api(const struct daemon *d)
{
    const struct settings *s = d->cli->settings;

    return s->lookup_api.size ? s->lookup_api : lookup_base(d->cli->arena, s->carrier_api);
}

static int open_clock(struct daemon *d, const char *fd_text)
{
    int64_t fd = 0;

    if (!fd_text) {
        d->clock = clock_open_system();
        return 0;
    }
    if (!is_loopback(d->cli->settings->carrier_api) || !is_loopback(lookup_api(d)))
        return cli_fail(CLI_USAGE,
                        "--clock-fd is for rehearsals: it is refused because %s is not "
                        "on loopback",
                        is_loopback(d->cli->settings->carrier_api) ? "NEXTRING_LOOKUP_API"
                                                                   : "NEXTRING_CARRIER_API");
    if (!span_number(span_of(fd_text), 3, 1000, &fd) ||
        clock_open_page((int)fd, false, 0, &d->clock))
        return cli_fail(CLI_USAGE,
                        "--clock-fd %s is no clock of a rehearsal: let nextring-sim "
                        "open it first",
                        fd_text);
    const uint64_t seed = clock_seed(d->clock);
    if (seed)
        dice_rehearse(seed);
    return 0;
}

static int make_folder(const char *path)
{
    struct stat st;

    if (strlen(path) + sizeof socket_name > SOCKET_PATH_MAX)
        return cli_fail(CLI_USAGE,
                        "NEXTRING_DATA: %s is too long for the socket in it; name a shorter path",
                        path);
    if (stat(path, &st) == 0 && !S_ISDIR(st.st_mode))
        return cli_fail(CLI_COULD_NOT,
                        "%s is no folder; move the file away, or name another place by "
                        "NEXTRING_DATA",
                        path);
    if (mkdir(path, 0700) != 0 && errno != EEXIST)
        return cli_fail(CLI_COULD_NOT,
                        "%s cannot be made: %s; name a state folder that may be "
                        "written by NEXTRING_DATA",
                        path, strerror(errno));
    if (access(path, W_OK | X_OK) != 0)
        return cli_fail(CLI_COULD_NOT,
                        "%s may not be written: %s; chown it to the user that runs "
                        "nextring, or name another by NEXTRING_DATA",
                        path, strerror(errno));
    return 0;
}

static int write_key(const char *path, const uint8_t key[32])
{
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    const bool kept = fd >= 0 && write(fd, key, 32) == 32 && fsync(fd) == 0;

    if (fd >= 0)
        close(fd);
    if (!kept)
        return cli_fail(CLI_COULD_NOT,
                        "%s cannot be written: %s; free some space or check "
                        "the folder's owner",
                        path, strerror(errno));
    return 0;
}

/* The key of status-callback addresses: made once, kept beside the database. */
static int read_key(const char *path, uint8_t key[32])
{
    const int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0) {
        dice_fill(key, 32);
        return write_key(path, key);
    }
    const bool whole = read(fd, key, 32) == 32;
    close(fd);
    if (!whole)
        return cli_fail(CLI_COULD_NOT,
                        "%s is damaged: move it away, a new one is made at the "
                        "next start",
                        path);
    return 0;
}

static int check_sources(const struct settings *s)
{
    if (s->publish && (!s->roster.size || span_starts(s->roster, SPAN("http"))))
        return cli_fail(CLI_USAGE, "NEXTRING_PUBLISH: there is nothing to write to; name a file, a "
                                   "folder or s3:// by NEXTRING_ROSTER, or unset it");
    return 0;
}

/* Whoever names a PostgreSQL and forgets to move would see everybody's work gone. */
static void warn_of_left_behind(const char *file, const struct settings *s)
{
    char why[STORE_WHY_SIZE] = "";
    int schema = 0;

    if (s->database.size && !store_migrate_look(file, &schema, why) && schema)
        log_line(LOG_WARN,
                 "%s is not used, as NEXTRING_DATABASE names PostgreSQL: what it holds goes there"
                 " by nextring move",
                 file);
}

static int open_node(struct daemon *d)
{
    struct engine_options *o = &d->engine_options;

    const int status = node_key_open(d->cli->arena, d->cli->settings->data.data, &d->node);
    if (status)
        return status;
    memcpy(o->self.key, d->node.key, sizeof o->self.key);
    snprintf(o->self.version, sizeof o->self.version, "%s", version);
    if (gethostname(o->self.name, sizeof o->self.name - 1) != 0)
        snprintf(o->self.name, sizeof o->self.name, "unnamed");
    o->node_before = (uint8_t)(d->node.number >= 0 ? d->node.number : STORE_NODES);
    o->callback_key = d->callback_key;
    return 0;
}

/* All nodes use one key, so that a status callback may come to any of them. */
static int keep_node(struct daemon *d, const uint8_t key_before[32])
{
    const char *path = arena_printf(d->cli->arena, "%s/callback.key", d->cli->settings->data.data);

    node_key_keep(&d->node, engine_node(d->engine));
    if (memcmp(key_before, d->callback_key, sizeof d->callback_key) == 0)
        return 0;
    return write_key(path, d->callback_key);
}

static int open_engine(struct daemon *d)
{
    const struct settings *s = d->cli->settings;
    const struct span *c = keys_now(d->keys)->values;
    struct engine_options *o = &d->engine_options;
    char why[ENGINE_WHY_SIZE] = "";
    uint8_t key_before[32];

    o->clock = d->clock;
    int status = check_sources(s);
    if (!status && !(d->aws_keys = aws_keys_open(s, d->keys, &o->aws)))
        status = CLI_USAGE;
    if (!status)
        status = make_folder(s->data.data);
    if (!status)
        status =
            read_key(arena_printf(d->cli->arena, "%s/callback.key", s->data.data), d->callback_key);
    if (!status)
        status = open_node(d);
    if (status)
        return status;
    const char *file = arena_printf(d->cli->arena, "%s/nextring.db", s->data.data);
    warn_of_left_behind(file, s);
    o->database = s->database.size ? s->database.data : file;
    o->feeds = arena_printf(d->cli->arena, "%s/feeds", s->data.data);
    o->spool = arena_printf(d->cli->arena, "%s/spool", s->data.data);
    o->public_url = s->public_url.data;
    o->carrier_api = s->carrier_api.data;
    o->lookup_api = arena_text(d->cli->arena, lookup_api(d));
    o->roster = s->roster.size ? s->roster.data : NULL;
    o->publish = s->publish;
    o->is_rehearsal = is_loopback(s->carrier_api);
    o->account_sid = arena_text(d->cli->arena, c[CREDENTIAL_ACCOUNT_SID]);
    o->api_user = c[CREDENTIAL_API_KEY].data;
    o->api_password = c[CREDENTIAL_API_SECRET].data;
    o->key_folder = getenv("CREDENTIALS_DIRECTORY");
    o->key_file = s->key_file.size ? s->key_file.data : NULL;
    o->from_number = c[CREDENTIAL_FROM_NUMBER].size
                         ? arena_text(d->cli->arena, c[CREDENTIAL_FROM_NUMBER])
                         : NULL;
    o->ack_s = (int32_t)s->ack_s;
    o->keep_recordings_days = (uint16_t)s->keep_recordings_days;
    o->keep_bodies_days = (int)s->keep_bodies_days;
    o->keep_metadata_days = (int)s->keep_metadata_days;
    o->ring_s = (uint8_t)s->ring_s;
    o->call_rate = (double)s->call_rate;
    o->queue_max = EVENTS_WAITING_MAX;
    await_database_raise(o->database);
    if (s->database.size && await_database(o->database, clock_now_ms(d->clock), &end_wanted, why))
        return end_wanted ? ENDED : cli_fail(CLI_COULD_NOT, "%s", why);
    memcpy(key_before, d->callback_key, sizeof key_before);
    if (engine_open(d->loop, d->clock, o, &d->engine, why))
        return cli_fail(CLI_COULD_NOT, "%s", why);
    return keep_node(d, key_before);
}

/* What the app alone knows. */
static void put_figures(void *ctx, struct metric_set *set)
{
    const struct daemon *d = ctx;
    const int64_t end_s = certificate_end_s(d->certificate);

    watching_figures(d->watchers, set);
    if (end_s)
        metric_set_put(set, METRIC_CERTIFICATE_EXPIRY, end_s * 1000000);
}

static void look_beside(void *ctx, struct arena *arena, struct web_sight *out)
{
    const struct daemon *d = ctx;

    watching_sight(d->watchers, d->certificate, arena, out);
}

static int open_web(struct daemon *d)
{
    const struct settings *s = d->cli->settings;
    struct web_options *o = &d->web_options;
    const char **origins = ARENA_NEW_N(d->cli->arena, const char *, s->cors_origin_count + 1);

    for (size_t i = 0; i < s->cors_origin_count; i++)
        origins[i] = s->cors_origins[i].data;
    o->engine = d->engine;
    d->scripts = call_scripts_open(s->scripts.size ? s->scripts.data : NULL, d->engine);
    o->scripts = call_scripts_get(d->scripts);
    o->public_url = s->public_url.data;
    o->pages_url = s->pages_url.data;
    o->sign_in_by_text = s->sign_in_by_text;
    o->auth_tokens[0] = keys_now(d->keys)->values[CREDENTIAL_AUTH_TOKEN];
    o->auth_tokens[1] = keys_now(d->keys)->values[CREDENTIAL_AUTH_TOKEN_2];
    o->reload = reload_rest;
    o->reload_ctx = d;
    memcpy(o->callback_key, d->callback_key, sizeof o->callback_key);
    o->cors_origins = origins;
    o->cors_origin_count = s->cors_origin_count;
    o->version = version;
    o->state_folder = s->data.data;
    o->figures = put_figures;
    o->figures_ctx = d;
    o->sight = look_beside;
    o->emf = s->emf.size ? s->emf.data : NULL;
    o->loop = d->loop;
    o->carrier_api = d->engine_options.carrier_api;
    if (web_open(o, &d->web) || http_server_open(d->loop, web_handle, d->web, &d->server))
        return cli_fail(CLI_COULD_NOT, "the HTTP side could not be opened");
    return 0;
}

static int open_listeners(struct daemon *d)
{
    return listeners_open(&(struct listeners){
        .arena = d->cli->arena,
        .settings = d->cli->settings,
        .server = d->server,
        .sockets = &d->sockets,
        .tls = certificate_pair(d->certificate),
        .control =
            arena_printf(d->cli->arena, "unix:%s/%s", d->cli->settings->data.data, socket_name),
    });
}

static void close_all(struct daemon *d)
{
    running = NULL;
    engine_close(&d->engine);
    aws_keys_close(&d->aws_keys);
    watchers_close(&d->watchers);
    http_server_close(&d->server);
    certificate_close(&d->certificate);
    keys_close(&d->keys); /* before who waits for a reload goes */
    web_close(&d->web);
    call_scripts_close(&d->scripts);
    minder_close(&d->minder); /* after the engine, whose thread may be proving */
    node_key_close(&d->node);
    clock_close(&d->clock);
    loop_close(&d->loop);
    helper_close(&d->helper);
}

/* The settings hold names that there are. */
static void begin_log(const struct settings *s)
{
    enum log_form form = LOG_TEXT;
    enum log_level least = LOG_INFO;

    (void)log_form_parse(s->log, &form);
    (void)log_level_parse(s->log_level, &least);
    log_setup(least, form, NULL);
}

static void harden(void)
{
    struct rlimit files = {0, 0};
    const struct rlimit no_core = {0, 0};

    if (getrlimit(RLIMIT_NOFILE, &files) == 0) { /* as many connections as are allowed */
        files.rlim_cur = files.rlim_max < FILES_MAX ? files.rlim_max : FILES_MAX;
        (void)setrlimit(RLIMIT_NOFILE, &files);
    }
    (void)setrlimit(RLIMIT_CORE, &no_core); /* a core dump would hold secrets */
    (void)prctl(PR_SET_DUMPABLE, 0);
    signal(SIGXFSZ, SIG_IGN); /* a write above a limit then fails, like one on a full disk */
}

/* From the start on, as a database may be waited for: what comes before the loop runs is seen in
 * its first turn. */
static void catch_signals(void)
{
    const struct sigaction end = {.sa_handler = on_end};
    const struct sigaction hangup = {.sa_handler = on_hangup};

    sigaction(SIGTERM, &end, NULL);
    sigaction(SIGINT, &end, NULL);
    sigaction(SIGHUP, &hangup, NULL);
}

static void watch_signals(struct daemon *d)
{
    running = d->loop;
    keys_serve(d->keys, d->loop, take_keys, d);
    aws_keys_serve(d->aws_keys, d->loop);
    loop_add_turn(d->loop, look_for_signals, d);
    loop_add_turn(d->loop, call_scripts_turn, d->scripts);
    certificate_watch(d->certificate, d->loop);
    d->minder = minder_open(
        &(struct minder_options){.loop = d->loop,
                                 .engine = d->engine,
                                 .helper = d->helper,
                                 .wants_proof = watching_wants_proof(d->cli->settings)});
}

static int open_watchers(struct daemon *d)
{
    return watching_open(&(struct watching){.cli = d->cli,
                                            .loop = d->loop,
                                            .engine = d->engine,
                                            .helper = d->helper,
                                            .minder = d->minder,
                                            .certificate = d->certificate,
                                            .is_rehearsal = d->engine_options.is_rehearsal},
                         &d->watchers);
}

/* Nothing needs to be opened from here on that the filter would refuse. */
static void set_filter(const struct daemon *d)
{
    char why[CONFINE_WHY_SIZE];

    if (!d->cli->settings->syscall_filter)
        log_line(LOG_WARN, "NEXTRING_SYSCALL_FILTER is no: whoever takes the daemon over may call "
                           "whatever the system lets its user");
    else if (confine(why))
        log_line(LOG_WARN, "%s; the daemon runs without it", why);
}

int serve_run(struct cli *cli)
{
    struct daemon d = {.cli = cli, .node = {.fd = -1}};
    const char *clock_fd = cli_option(cli, "clock-fd");

    if (cli_no_more(cli))
        return CLI_USAGE;
    begin_log(cli->settings);
    harden();
    catch_signals();
    sockets_open(&d.sockets);
    d.keys = keys_open(cli->settings, true);
    store_use_password(keys_database_password(d.keys));
    int status = helper_slots_open(cli, d.keys, &d.helper); /* before threads and secrets */
    if (!status)
        status = open_credentials(&d);
    if (!status)
        status = open_clock(&d, clock_fd);
    if (!status && loop_open(&d.loop))
        status = cli_fail(CLI_COULD_NOT, "the event loop could not be opened: %s", strerror(errno));
    if (!status)
        status = open_engine(&d);
    if (!status)
        status = open_web(&d);
    if (!status)
        status = open_listeners(&d);
    if (!status) {
        watch_signals(&d);
        status = open_watchers(&d);
    }
    if (!status) {
        set_filter(&d);
        log_line(LOG_INFO, "ready: %.*s, port %d, tenants %d", SPAN_ARG(cli->settings->public_url),
                 http_server_port(d.server, WEB_PUBLIC), engine_tenants(d.engine));
        loop_run(d.loop);
        log_line(LOG_INFO, "ended");
    }
    close_all(&d);
    if (status != ENDED)
        return status;
    log_line(LOG_INFO, "ended");
    return CLI_YES;
}
