#include "admin/user_note.h"

#include "base/log.h"

static void is_noted(struct work *work)
{
    struct arena *arena = work->arena;

    if (work->err)
        log_line(LOG_ERROR, "web: a note about a user was not stored");
    arena_close(&arena); /* holds the work */
}

static struct work *begin(struct site *site, int32_t tenant, enum user_note what, int64_t user)
{
    struct arena *arena = arena_open(1024);
    struct work *w = ARENA_NEW(arena, struct work);

    if (!tenant && engine_tenants(site->engine) == 1)
        tenant = engine_tenant_at(site->engine, 0);
    arena_mark_secret(arena);
    w->arena = arena;
    w->is_alone = true;
    w->done = is_noted;
    w->event.kind = EVENT_USER;
    w->event.tenant = tenant;
    w->event.user_note = what;
    w->event.user = user;
    return w;
}

static void submit(struct site *site, struct work *w)
{
    const enum err e = engine_submit(site->engine, w);

    if (e) {
        w->err = e;
        is_noted(w);
    }
}

void user_note(struct site *site, int32_t tenant, enum user_note what, int64_t user,
               const char *words)
{
    struct work *w = begin(site, tenant, what, user);

    w->event.body = arena_copy(w->arena, span_of(words));
    submit(site, w);
}

void user_note_code(struct site *site, const struct user *user, const char *code)
{
    struct work *w = begin(site, user->tenant, USER_NOTE_CODE, user->id);

    w->event.body = arena_copy(w->arena, span_of(user->login));
    w->event.operator_id = arena_copy(w->arena, span_of(user->operator_id));
    w->event.digits = arena_copy(w->arena, span_of(code));
    submit(site, w);
}

/* Whose user a login is, asked of the store while nobody waits. */
struct whose {
    struct reading reading;
    struct site *site;
    struct arena *arena; /* holds this */
    const char *login;
    struct user user;
};

static enum err find_whose(struct reading *reading, struct store *store, int64_t now_ms)
{
    struct whose *w = reading->user;

    (void)now_ms;
    return store_user_find(store, span_of(w->login), &w->user);
}

static void found_whose(struct reading *reading)
{
    struct whose *w = reading->user;
    struct arena *arena = w->arena;

    if (w->user.id) /* what nobody is called would let anybody write alarms */
        user_note(w->site, w->user.tenant, USER_NOTE_LOCKED, w->user.id, w->login);
    arena_close(&arena);
}

void user_note_locked(struct site *site, const char *login)
{
    struct arena *arena = arena_open(sizeof(struct whose) + 256);
    struct whose *w = ARENA_NEW(arena, struct whose);

    w->site = site;
    w->arena = arena;
    w->login = arena_text(arena, span_of(login));
    w->reading = (struct reading){.read = find_whose, .done = found_whose, .user = w};
    if (engine_read(site->engine, &w->reading))
        found_whose(&w->reading);
}
