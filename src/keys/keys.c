#include "keys/keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "config/settings_table.h"
#include "keys/aws_role.h"
#include "keys/secrets_manager.h"
#include "net/worker.h"

enum { WHY_SIZE = 1024, WAITING_MAX = 1, ENVIRONMENT_MAX = 64 };

static const char exec_scheme[] = "exec:";

struct waiter {
    struct waiter *next;
    keys_done_fn *done;
    void *ctx;
};

/* One reading beside the loop; its thread has it alone until it is handed back. */
struct trial {
    struct worker_job job;
    struct arena *arena;
    struct mistakes *mistakes;
    struct credentials *found; /* NULL: refused */
};

struct keys {
    struct arena *arena;
    const struct settings *settings;
    char **environment; /* a copy of what is for us */
    const char *database_password;
    struct helper *helper;
    struct credentials *now;
    struct worker *worker;
    keys_changed_fn *changed;
    void *ctx;
    struct trial trial;
    bool is_reading, may_come;
    struct waiter *waiting, *served; /* served: by the reading under way */
};

/* ---- the environment ---- */

static const char database_password[] = "PGPASSWORD";

static bool is_for_us(struct span name)
{
    return span_starts(name, SPAN("TWILIO_")) || span_is(name, SPAN("CREDENTIALS_DIRECTORY")) ||
           aws_role_reads(name);
}

static bool is_secret(struct span name, struct span value)
{
    const int setting = settings_table_by_environment(name);

    for (int i = 0; i < CREDENTIALS; i++)
        if (span_is_text(name, credentials_name((enum credential)i)))
            return credentials_is_secret((enum credential)i);
    if (span_is_text(name, database_password) || aws_role_is_secret(name))
        return true;
    return setting >= 0 && (settings_table[setting].secret || settings_table_has_password(value));
}

static void take_environment(struct keys *k, bool wipe)
{
    size_t count = 0;

    k->environment = ARENA_NEW_N(k->arena, char *, ENVIRONMENT_MAX + 1);
    for (char **v = environ; v && *v; v++) {
        struct span value;
        const struct span name = span_cut(span_of(*v), '=', &value);

        if (span_is_text(name, database_password) && value.size)
            k->database_password = arena_text(k->arena, value);
        if (is_for_us(name) && count < ENVIRONMENT_MAX)
            k->environment[count++] = arena_text(k->arena, span_of(*v));
        if (wipe && is_secret(name, value))
            explicit_bzero(*v + name.size + 1, value.size);
    }
}

/* ---- places that are no files ---- */

static bool run_command(struct keys *k, const char *where, struct arena *arena, struct span *out,
                        struct mistakes *mistakes)
{
    char why[HELPER_WHY_SIZE] = "";
    struct helper_answer answer;
    const enum err e = helper_run(k->helper, where, (struct span){NULL, 0}, arena, &answer, why);

    k->may_come = e == ERR_NONE || e == ERR_UNSURE; /* it runs, if to no good end this time */
    if (e)
        mistakes_add(mistakes, NULL, 0, 0, NULL, "%s", why); /* which names the setting */
    else if (answer.status != 0)
        mistakes_add(mistakes, NULL, 0, 0, where,
                     "the command ended with status %d; run it by hand as this user, without a "
                     "terminal, and see why",
                     answer.status);
    else if (answer.is_cut)
        mistakes_add(mistakes, NULL, 0, 0, where,
                     "the command printed more than %d bytes; let it print the secret alone",
                     HELPER_OUTPUT_BYTES);
    else if (span_trim(answer.output).size == 0)
        mistakes_add(mistakes, NULL, 0, 0, where,
                     "the command printed nothing; let it print the secret to its stdout");
    else {
        *out = answer.output;
        return true;
    }
    return false;
}

static const char *text_of(struct span text)
{
    return text.size ? text.data : NULL;
}

/* Where no keys are given. A role that cannot be asked now may be there later. */
static bool take_role(struct keys *k, struct arena *arena, struct secrets_manager_login *login,
                      const char **out_why)
{
    struct aws_role_keys role;

    if (login->key_id || login->secret)
        return true;
    const enum err e = aws_role_get(arena, k->environment, login->region, &role, out_why);
    if (!e) {
        login->key_id = role.key_id;
        login->secret = role.secret;
        login->session_token = role.session_token;
        return true;
    }
    k->may_come = e == ERR_DENIED;
    *out_why = arena_printf(
        arena, "needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role: %s", *out_why);
    return false;
}

static bool ask_aws(struct keys *k, const char *where, const char *place, struct arena *arena,
                    struct span *out, struct mistakes *mistakes)
{
    const struct settings *s = k->settings;
    struct secrets_manager_login login = {
        .region = text_of(s->aws_region.size ? s->aws_region : s->aws_default_region),
        .key_id = text_of(s->aws_access_key_id),
        .secret = text_of(s->aws_secret_access_key),
        .session_token = text_of(s->aws_session_token),
        .endpoint =
            text_of(s->aws_endpoint_url_secrets_manager.size ? s->aws_endpoint_url_secrets_manager
                                                             : s->aws_endpoint_url),
    };
    struct http_result result;
    struct http_call call;
    const char *why;

    bool is_good = take_role(k, arena, &login, &why) &&
                   secrets_manager_call(arena, place, &login, &call, &why);
    if (is_good) {
        http_client_once(arena, &call, &result);
        is_good = secrets_manager_judge(arena, &result, out, &why);
        k->may_come = result.outcome != HTTP_ANSWERED || result.status >= 500;
    }
    if (!is_good)
        mistakes_add(mistakes, place, 0, 0, where, "%s", why);
    return is_good;
}

static bool fetch(void *ctx, const char *where, const char *place, struct arena *arena,
                  struct span *out, struct mistakes *mistakes)
{
    struct keys *k = ctx;
    const bool may_before = k->may_come;
    const bool is_good = span_starts(span_of(place), span_of(exec_scheme))
                             ? run_command(k, where, arena, out, mistakes)
                             : ask_aws(k, where, place, arena, out, mistakes);

    k->may_come = is_good ? may_before : k->may_come || may_before;
    return is_good;
}

static enum err gather(struct keys *k, struct credentials **out, struct mistakes *mistakes)
{
    const struct credentials_from from = {
        .environment = k->environment,
        .env_file = text_of(k->settings->env_file),
        .self = geteuid(),
        .fetch = fetch,
        .fetch_ctx = k,
    };

    return credentials_open(&from, out, mistakes);
}

/* Those that the daemon can run with. */
static enum err gather_all(struct keys *k, struct credentials **out, struct mistakes *mistakes)
{
    struct credentials *found = NULL;
    enum err e = gather(k, &found, mistakes);

    if (!e)
        e = credentials_require(found, mistakes);
    if (e)
        credentials_close(&found);
    else
        *out = found;
    return e;
}

/* ---- open and close ---- */

struct keys *keys_open(const struct settings *settings, bool wipe)
{
    struct arena *arena = arena_open_locked(0);
    struct keys *k = ARENA_NEW(arena, struct keys);

    *k = (struct keys){.arena = arena, .settings = settings};
    take_environment(k, wipe);
    return k;
}

static void free_all(struct waiter *w)
{
    for (struct waiter *next; w; w = next) {
        next = w->next;
        free(w);
    }
}

static void end_trial(struct keys *k)
{
    credentials_close(&k->trial.found);
    arena_close(&k->trial.arena);
    k->is_reading = false;
}

void keys_close(struct keys **keys)
{
    struct keys *k = *keys;

    if (!k)
        return;
    worker_close(&k->worker);
    end_trial(k);
    free_all(k->waiting);
    free_all(k->served);
    credentials_close(&k->now);
    struct arena *arena = k->arena; /* holds the struct itself */
    arena_close(&arena);
    *keys = NULL;
}

static void add_slot(const struct keys *k, const char *name, const char *place,
                     struct helper_slot *out, size_t max, size_t *count)
{
    if (*count < max && span_starts(span_of(place), span_of(exec_scheme)))
        out[(*count)++] = (struct helper_slot){.name = arena_text(k->arena, span_of(name)),
                                               .command = place + strlen(exec_scheme)};
}

size_t keys_slots(const struct keys *k, struct helper_slot *out, size_t max)
{
    size_t count = 0;

    for (int i = 0; i < CREDENTIALS; i++) {
        const char *name = arena_printf(k->arena, "%s_FILE", credentials_name((enum credential)i));
        const size_t size = strlen(name);
        for (char **v = k->environment; *v; v++)
            if (strncmp(*v, name, size) == 0 && (*v)[size] == '=')
                add_slot(k, name, *v + size + 1, out, max, &count);
    }
    add_slot(k, "NEXTRING_ENV_FILE", text_of(k->settings->env_file), out, max, &count);
    return count;
}

enum err keys_read(struct keys *k, struct helper *helper, struct mistakes *mistakes)
{
    k->helper = helper;
    return gather_all(k, &k->now, mistakes);
}

const char *keys_database_password(const struct keys *k)
{
    return k->database_password;
}

char *const *keys_environment(const struct keys *k)
{
    return k->environment;
}

bool keys_may_come(const struct keys *k)
{
    return k->may_come;
}

const struct credentials *keys_now(const struct keys *k)
{
    return k->now;
}

enum err keys_once(const struct settings *settings, struct credentials **out,
                   struct mistakes *mistakes)
{
    struct keys *k = keys_open(settings, false);
    struct helper_slot slots[HELPER_SLOTS];
    char why[HELPER_WHY_SIZE] = "";

    enum err e = helper_open(slots, keys_slots(k, slots, HELPER_SLOTS), &k->helper, why);
    if (e)
        mistakes_add(mistakes, NULL, 0, 0, NULL, "%s", why);
    else
        e = gather(k, out, mistakes);
    helper_close(&k->helper);
    keys_close(&k);
    return e ? ERR_BAD_INPUT : ERR_NONE;
}

/* ---- reading anew ---- */

static void read_beside(struct worker_job *job)
{
    struct keys *k = job->user;

    (void)!gather_all(k, &k->trial.found, k->trial.mistakes);
}

static void start(struct keys *k);

static void tell(struct keys *k, bool is_good, const char *why)
{
    struct waiter *served = k->served;

    k->served = NULL;
    for (struct waiter *w = served; w; w = w->next)
        if (w->done)
            w->done(w->ctx, is_good, why);
    free_all(served);
}

/* What the daemon was built on cannot be exchanged under it. */
static void refuse_another_account(struct keys *k)
{
    struct trial *t = &k->trial;

    if (!t->found || credentials_is_same(t->found, k->now, CREDENTIAL_ACCOUNT_SID))
        return;
    mistakes_add(t->mistakes, NULL, 0, 0, t->found->places[CREDENTIAL_ACCOUNT_SID],
                 "is another account than the one that the daemon was started with; restart it "
                 "for that: systemctl restart nextring");
    credentials_close(&t->found);
}

static bool conclude_refused(struct keys *k, char why[WHY_SIZE])
{
    const struct mistakes *m = k->trial.mistakes;

    for (size_t i = 0; i < m->count; i++) {
        const struct span line = mistakes_line(k->trial.arena, &m->list[i]);
        log_line(LOG_ERROR, "credentials: %.*s", SPAN_ARG(line));
        if (i == 0)
            snprintf(why, WHY_SIZE, "the credentials were refused, and those before stay: %.*s%s",
                     SPAN_ARG(line), m->count > 1 ? " (the log has the rest)" : "");
    }
    log_line(LOG_ERROR, "credentials: refused; those that were read before stay in force");
    return false;
}

static bool conclude_changed(struct keys *k, char why[WHY_SIZE])
{
    struct credentials *old = k->now, *fresh = k->trial.found;
    size_t used = 0;

    k->trial.found = NULL;
    for (int i = 0; i < CREDENTIALS; i++)
        if (!credentials_is_same(old, fresh, (enum credential)i))
            used += (size_t)snprintf(why + used, WHY_SIZE - used, "%s%s",
                                     used ? ", " : "credentials read again, others in force: ",
                                     credentials_name((enum credential)i));
    if (!used)
        snprintf(why, WHY_SIZE, "credentials read again, all as before");
    if (!credentials_is_same(old, fresh, CREDENTIAL_FROM_NUMBER))
        log_line(LOG_WARN, "credentials: TWILIO_FROM_NUMBER counts from the next start on");
    log_line(LOG_INFO, "%s", why);
    k->now = fresh;
    k->changed(k->ctx, fresh);
    credentials_close(&old);
    return true;
}

static void read_done(struct worker_job *job)
{
    struct keys *k = job->user;
    char why[WHY_SIZE] = "";

    refuse_another_account(k);
    const bool is_good = k->trial.found ? conclude_changed(k, why) : conclude_refused(k, why);
    end_trial(k);
    tell(k, is_good, why);
    if (k->waiting)
        start(k);
}

static void start(struct keys *k)
{
    struct trial *t = &k->trial;

    k->is_reading = true;
    k->served = k->waiting;
    k->waiting = NULL;
    *t = (struct trial){.job = {.run = read_beside, .done = read_done, .user = k}};
    t->arena = arena_open(0);
    t->mistakes = ARENA_NEW(t->arena, struct mistakes);
    mistakes_init(t->mistakes, t->arena);
    if (worker_put(k->worker, &t->job)) { /* one at a time, so that there is room */
        end_trial(k);
        tell(k, false, "the credentials cannot be read now; try again");
    }
}

void keys_serve(struct keys *k, struct loop *loop, keys_changed_fn *changed, void *ctx)
{
    k->changed = changed;
    k->ctx = ctx;
    k->worker = worker_open(loop, WAITING_MAX);
}

void keys_reload(struct keys *k, keys_done_fn *done, void *ctx)
{
    struct waiter *w = arena_must_alloc(sizeof *w);

    *w = (struct waiter){k->waiting, done, ctx};
    k->waiting = w;
    if (!k->is_reading)
        start(k);
}
