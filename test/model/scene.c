#include "scene.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/decide.h"

enum { ROUNDS_MAX = 12, WARM_UP = 8 };

static const struct zone utc = {"UTC", (const struct zone_change[]){{0, 0}}, 1};
static const struct hours tuesday[] = {{2, 8 * 60, 20 * 60}};

/* ---- the beginning and the end ---- */

void scene_begin(struct scene *s, uint64_t seed, uint64_t salt)
{
    if (!s->store.arena)
        s->store.arena = arena_open(1 << 20);
    if (!s->batch)
        s->batch = arena_open(1 << 19);
    model_store_reset(&s->store);
    s->seed = seed;
    s->dice = dice_from(seed);
    for (int i = 0; i < WARM_UP; i++)
        (void)dice_throw(&s->dice, 2); /* seeds beside one another begin alike */
    s->tags = dice_from(seed ^ salt);
    s->ids = (struct id_maker){0};
    s->guard = NULL;
    s->now_ms = STORY_START;
    s->roster = (struct roster){
        .tenant = "acme",
        .name = "Acme",
        .account_sid = "AC1",
        .zone = &utc,
        .wait_s = 75,
        .bare_replies = true,
    };
}

void scene_end(struct scene *s)
{
    arena_close(&s->store.arena);
    arena_close(&s->batch);
}

void scene_fill_person(struct roster_operator *o, const char *id, const char *name,
                       const char *phone)
{
    strcpy(o->id, id);
    strcpy(o->name, name);
    strcpy(o->phone, phone);
    o->zone = &utc;
}

void scene_set_hours(struct roster_operator *o, bool is_on)
{
    o->hours = is_on ? NULL : tuesday;
    o->hours_count = is_on ? 0 : 1;
}

/* ---- chance, and what is told ---- */

int scene_roll(struct scene *s, int sides)
{
    return (int)dice_throw(&s->dice, (uint32_t)sides);
}

bool scene_chance(struct scene *s, int percent)
{
    return scene_roll(s, 100) < percent;
}

void scene_say(const struct scene *s, const char *format, ...)
{
    va_list args;

    if (!s->is_told)
        return;
    const int64_t ms = s->now_ms - STORY_START;
    printf("%3dh %02d:%02d.%03d  ", (int)(ms / HOUR), (int)(ms / MIN % 60), (int)(ms / S % 60),
           (int)(ms % S));
    va_start(args, format);
    (void)vprintf(format, args);
    va_end(args);
    putchar('\n');
}

/* ---- a decision ---- */

static unsigned links_made;

static void new_link(struct context_link *out)
{
    memset(out, 0, sizeof *out);
    (void)snprintf(out->text, sizeof out->text, "link-%017u", ++links_made);
    memcpy(out->hash, out->text, CONTEXT_LINK_SIZE - 1);
}

static size_t count_marks(const struct facts *f)
{
    size_t n = 0;

    for (const struct fact *fact = f->first; fact; fact = fact->next)
        n += fact->fresh || fact->dirty;
    return n;
}

struct fact *scene_last_fact(const struct facts *f)
{
    struct fact *last = f->first;

    while (last && last->next)
        last = last->next;
    return last;
}

void scene_decide(struct scene *s, struct facts *f, const struct event *e, struct answer *out)
{
    struct event copy = *e;
    const struct context c = {
        .facts = f,
        .roster = &s->roster,
        .event = &copy,
        .answer = out,
        .dice = &s->tags,
        .guard = s->guard,
        .public_url = SPAN("https://relay.example.test"),
        .new_link = new_link,
    };
    enum err err = ERR_BUSY;

    copy.tenant = TENANT;
    copy.id = id_next(&s->ids, s->now_ms);
    for (int round = 0; round < ROUNDS_MAX; round++) {
        struct appended *const *const added = f->added_last;
        const size_t marks = count_marks(f);
        memset(out, 0, sizeof *out);
        err = decide(&c);
        if (err != ERR_BUSY)
            break;
        MUST(f->short_of && added == f->added_last && marks == count_marks(f),
             "gave up to have something loaded, and had changed something");
        model_store_load(&s->store, f);
    }
    MUST(err == ERR_NONE, "an event is refused: %s", err_name(err));
}
