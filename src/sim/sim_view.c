#include "sim/sim_view.h"

#include <stdlib.h>
#include <string.h>

#include "simvoice/sim_leg.h"
#include "simvoice/sim_phone.h"
#include "simvoice/sim_run.h"
#include "simworld/sim_office.h"

struct sim_view {
    struct sim_world *world;
    int64_t version;
    uint64_t phones[SIM_VIEW_PHONES], texts[SIM_VIEW_TEXTS]; /* marks */
    uint64_t *calls;   /* marks, by index; 0: not shown, or shown for the last time */
    size_t calls_from; /* none before is going on */
    uint64_t lines, faults, clock;
};

/* ---- marks: one number that changes with whatever is shown ---- */

static uint64_t mix(uint64_t mark, uint64_t n)
{
    return (mark ^ n) * UINT64_C(0x100000001b3) + (n >> 32);
}

static uint64_t mix_text(uint64_t mark, const char *text)
{
    for (; *text; text++)
        mark = mix(mark, (unsigned char)*text);
    return mix(mark, 256);
}

static uint64_t mark_of_phone(const struct sim_phone *p)
{
    const struct sim_hand *h = &p->hand;
    const unsigned flags = (unsigned)h->held | (unsigned)h->voicemail << 1 |
                           (unsigned)h->screening << 2 | (unsigned)h->silent << 3 |
                           (unsigned)p->unreachable << 4 | (unsigned)p->landline << 5 |
                           (unsigned)p->opted_out << 6;

    uint64_t mark = mix_text(mix(1, flags), p->name);
    mark = mix_text(mark, h->greeting);
    mark = mix(mark, (uint64_t)h->voicemail_after_ms);
    return mix(mark, p->on_call_count);
}

/* The leg whose party it talks with, or NULL. */
static const struct sim_leg *company_of(const struct sim_leg *leg)
{
    return leg->joined_to && !sim_leg_is_over(leg->joined_to) ? leg->joined_to : NULL;
}

/* A Dial or a conference hears keys and words too, but waits for none. */
static bool is_asked(const struct sim_leg *leg)
{
    return leg->run && leg->run->asks && leg->state == SIM_IN_PROGRESS && !company_of(leg);
}

static bool listens_to_keys(const struct sim_leg *leg)
{
    return is_asked(leg) && leg->run->key;
}

static bool listens_to_words(const struct sim_leg *leg)
{
    return is_asked(leg) && leg->run->speech;
}

static uint64_t mark_of_call(const struct sim_leg *leg, size_t index)
{
    uint64_t mark = mix(2, index);

    mark = mix(mark, (uint64_t)leg->state);
    mark = mix(mark, (uint64_t)(uintptr_t)leg->heard_end);
    mark = mix(mark, (uint64_t)leg->plan.manner);
    mark = mix(mark, (uint64_t)(uintptr_t)company_of(leg));
    mark = mix(mark, leg->phone != NULL);
    return mix(mark, (uint64_t)listens_to_keys(leg) + 2 * (uint64_t)listens_to_words(leg));
}

static uint64_t mark_of_text(const struct sim_text *t, size_t index)
{
    uint64_t mark = mix(mix(3, index), (uint64_t)t->state);

    mark = mix(mark, (uint64_t)t->error);
    for (size_t i = 0; i < t->media_count; i++)
        mark = mix(mix(mark, (uint64_t)t->media[i].status), t->media[i].size);
    return mark;
}

static uint64_t mark_of_lines(const struct sim_world *w)
{
    uint64_t mark = mix(4, w->account_count);

    for (size_t i = 0; i < w->account_count; i++)
        for (size_t k = 0; k < w->accounts[i].numbers.count; k++)
            mark = mix_text(mark, sim_office_line(&w->accounts[i], k)->phone_number);
    return mark;
}

static uint64_t mark_of_faults(const struct sim_world *w)
{
    uint64_t mark = mix(5, w->faults.count);

    for (size_t i = 0; i < w->faults.count; i++) {
        const struct sim_fault *f = &w->faults.list[i];
        mark = mix(mix(mix(mark, f->kind), (uint64_t)f->left), (uint64_t)f->hits);
    }
    return mark;
}

/* ---- what is shown ---- */

static void shape_phone(struct json_out *o, const struct sim_phone *p)
{
    const struct sim_hand *h = &p->hand;

    json_out_object(o, NULL);
    json_out_text(o, "number", span_of(p->number));
    json_out_text(o, "name", span_of(p->name));
    json_out_bool(o, "held", h->held);
    json_out_bool(o, "scripted", p->on_call_count > 0);
    json_out_bool(o, "voicemail", h->voicemail);
    json_out_number(o, "voicemail_after_s", h->voicemail_after_ms / 1000);
    json_out_text(o, "greeting", span_of(h->greeting));
    json_out_bool(o, "screening", h->screening);
    json_out_bool(o, "silent", h->silent);
    json_out_bool(o, "unreachable", p->unreachable);
    json_out_bool(o, "landline", p->landline);
    json_out_end_object(o);
}

static void shape_transcript(struct json_out *o, const struct sim_leg *leg)
{
    static const char *const names[SIM_BYS] = {
        [SIM_BY_CARRIER] = "line",
        [SIM_BY_PARTY] = "party",
        [SIM_BY_KEYS] = "keys",
        [SIM_BY_OTHER] = "other",
    };
    size_t skip = 0;

    for (const struct sim_heard *h = leg->heard; h; h = h->next)
        skip++;
    skip = skip > SIM_VIEW_LINES ? skip - SIM_VIEW_LINES : 0;
    json_out_list(o, "said");
    for (const struct sim_heard *h = leg->heard; h; h = h->next) {
        if (skip && skip--)
            continue;
        json_out_object(o, NULL);
        json_out_number(o, "at_ms", h->at_ms);
        json_out_text(o, "by", span_of(names[h->by]));
        json_out_text(o, "words", h->words);
        json_out_end_object(o);
    }
    json_out_end_list(o);
}

/* What the phone itself does with the call meanwhile. */
static const char *keeper_of(const struct sim_leg *leg)
{
    if (leg->direction == SIM_INBOUND || leg->state < SIM_IN_PROGRESS)
        return "";
    const enum sim_manner m = leg->plan.manner;
    return m == SIM_SCREENING || m == SIM_VOICEMAIL ? sim_manner_name(m) : "";
}

static void shape_call(struct json_out *o, const struct sim_leg *leg)
{
    const bool out = leg->direction == SIM_INBOUND; /* the carrier's words, seen from the phone */
    const struct sim_leg *with = sim_leg_is_over(leg) ? leg->joined_to : company_of(leg);

    json_out_object(o, NULL);
    json_out_text(o, "sid", span_of(leg->sid));
    json_out_text(o, "phone", span_of(sim_leg_party(leg)));
    json_out_text(o, "other", span_of(out ? leg->to : leg->from));
    json_out_bool(o, "placed", out);
    json_out_text(o, "state", span_of(sim_call_state_name(leg->state)));
    json_out_text(o, "kept_by", span_of(keeper_of(leg)));
    json_out_number(o, "began_ms", leg->rang_ms ? leg->rang_ms : leg->created_ms);
    json_out_number(o, "answered_ms", leg->answered_ms);
    json_out_number(o, "ended_ms", leg->ended_ms);
    json_out_text_or_null(o, "with", with ? span_of(sim_leg_party(with)) : (struct span){0});
    json_out_bool(o, "keys_wanted", listens_to_keys(leg));
    json_out_bool(o, "words_wanted", listens_to_words(leg));
    shape_transcript(o, leg);
    json_out_end_object(o);
}

static void shape_media(struct json_out *o, const struct sim_text *t)
{
    json_out_list(o, "media");
    for (size_t i = 0; i < t->media_count; i++) {
        const struct sim_media *m = &t->media[i];
        json_out_object(o, NULL);
        json_out_text(o, "key", span_of(m->key));
        json_out_text(o, "type", span_of(m->type));
        json_out_number(o, "bytes", m->bytes ? (int64_t)m->size : 0);
        json_out_end_object(o);
    }
    json_out_end_list(o);
}

static void shape_text(struct json_out *o, const struct sim_text *t)
{
    const bool sent = t->direction == SIM_INBOUND; /* by the phone */

    json_out_object(o, NULL);
    json_out_text(o, "sid", span_of(t->sid));
    json_out_text(o, "phone", span_of(sent ? t->from : t->to));
    json_out_text(o, "other", span_of(sent ? t->to : t->from));
    json_out_bool(o, "placed", sent);
    json_out_text(o, "body", span_of(t->body));
    json_out_text(o, "state", span_of(sim_text_state_name(t->state)));
    json_out_number(o, "error", t->error);
    json_out_number(o, "at_ms", t->created_ms);
    json_out_number(o, "arrived_ms", t->arrived_ms);
    shape_media(o, t);
    json_out_end_object(o);
}

static void shape_lines(struct json_out *o, const struct sim_world *w)
{
    json_out_list(o, "lines");
    for (size_t i = 0; i < w->account_count; i++)
        for (size_t k = 0; k < w->accounts[i].numbers.count; k++)
            json_out_text(o, NULL, span_of(sim_office_line(&w->accounts[i], k)->phone_number));
    json_out_end_list(o);
}

static void shape_faults(struct json_out *o, const struct sim_world *w)
{
    json_out_list(o, "faults");
    for (enum sim_fault_kind k = 0; k < SIM_FAULTS; k++) {
        int64_t waiting = 0, hits = 0;
        for (size_t i = 0; i < w->faults.count; i++)
            if (w->faults.list[i].kind == k) {
                waiting++;
                hits += w->faults.list[i].hits;
            }
        json_out_object(o, NULL);
        json_out_text(o, "what", span_of(sim_fault_name(k)));
        json_out_text(o, "help", span_of(sim_fault_help(k)));
        json_out_number(o, "waiting", waiting);
        json_out_number(o, "hits", hits);
        json_out_end_object(o);
    }
    json_out_end_list(o);
}

int64_t sim_view_next(const struct sim_world *w)
{
    const int64_t ours = sim_agenda_next(w->agenda);
    int64_t theirs = CLOCK_NEVER;

    if (!clock_guests_idle(w->clock, &theirs))
        return ours;
    return theirs < ours ? theirs : ours;
}

static void shape_clock(struct json_out *o, const struct sim_world *w)
{
    const int64_t next = sim_view_next(w);

    json_out_object(o, "clock");
    json_out_number(o, "now_ms", sim_world_now(w));
    json_out_number(o, "rate", clock_rate(w->clock));
    if (next == CLOCK_NEVER)
        json_out_null(o, "next_ms");
    else
        json_out_number(o, "next_ms", next);
    json_out_end_object(o);
}

/* ---- whole, and changes ---- */

static size_t first_of(size_t count, size_t window)
{
    return count > window ? count - window : 0;
}

static bool is_recent(const struct sim_world *w, size_t call)
{
    return call >= first_of(w->leg_count, SIM_VIEW_CALLS);
}

static size_t phones_shown(const struct sim_world *w)
{
    return w->phone_count < SIM_VIEW_PHONES ? w->phone_count : SIM_VIEW_PHONES;
}

/* Notes that the mark is seen; true when it differs from what was seen. */
static bool is_news(uint64_t *seen, uint64_t mark)
{
    if (*seen == mark)
        return false;
    *seen = mark;
    return true;
}

static void all_phones(const struct sim_view *v, struct json_out *o)
{
    json_out_list(o, "phones");
    for (size_t i = 0; i < phones_shown(v->world); i++)
        shape_phone(o, v->world->phones[i]);
    json_out_end_list(o);
}

/* Those of one phone, or of all when `number` is NULL. */
static void all_calls(const struct sim_view *v, const char *number, struct json_out *o)
{
    const struct sim_world *w = v->world;

    json_out_list(o, "calls");
    for (size_t i = 0; i < w->leg_count; i++)
        if (w->legs[i]->phone && (is_recent(w, i) || !sim_leg_is_over(w->legs[i])) &&
            (!number || !strcmp(number, sim_leg_party(w->legs[i]))))
            shape_call(o, w->legs[i]);
    json_out_end_list(o);
}

static void all_texts(const struct sim_view *v, const char *number, struct json_out *o)
{
    const struct sim_world *w = v->world;

    json_out_list(o, "texts");
    for (size_t i = first_of(w->text_count, SIM_VIEW_TEXTS); i < w->text_count; i++) {
        const struct sim_text *t = w->texts[i];
        if (!number || !strcmp(number, t->direction == SIM_INBOUND ? t->from : t->to))
            shape_text(o, t);
    }
    json_out_end_list(o);
}

void sim_view_whole(const struct sim_view *v, struct buf *out)
{
    struct json_out o = json_out(out);

    json_out_object(&o, NULL);
    json_out_number(&o, "version", v->version);
    shape_clock(&o, v->world);
    shape_lines(&o, v->world);
    shape_faults(&o, v->world);
    all_phones(v, &o);
    all_calls(v, NULL, &o);
    all_texts(v, NULL, &o);
    json_out_end_object(&o);
}

static size_t changed_phones(struct sim_view *v, struct json_out *o)
{
    size_t count = 0;

    json_out_list(o, "phones");
    for (size_t i = 0; i < phones_shown(v->world); i++)
        if (is_news(&v->phones[i], mark_of_phone(v->world->phones[i]))) {
            shape_phone(o, v->world->phones[i]);
            count++;
        }
    json_out_end_list(o);
    return count;
}

static size_t changed_calls(struct sim_view *v, struct json_out *o)
{
    const struct sim_world *w = v->world;
    size_t count = 0;

    json_out_list(o, "calls");
    for (size_t i = v->calls_from; i < w->leg_count; i++) {
        const bool last = !is_recent(w, i) && sim_leg_is_over(w->legs[i]);
        if (last && i == v->calls_from)
            v->calls_from++;
        if (last && !v->calls[i])
            continue;
        if (is_news(&v->calls[i], mark_of_call(w->legs[i], i)) && w->legs[i]->phone) {
            shape_call(o, w->legs[i]);
            count++;
        }
        if (last)
            v->calls[i] = 0;
    }
    json_out_end_list(o);
    return count;
}

static size_t changed_texts(struct sim_view *v, struct json_out *o)
{
    const struct sim_world *w = v->world;
    size_t count = 0;

    json_out_list(o, "texts");
    for (size_t i = first_of(w->text_count, SIM_VIEW_TEXTS); i < w->text_count; i++)
        if (is_news(&v->texts[i % SIM_VIEW_TEXTS], mark_of_text(w->texts[i], i))) {
            shape_text(o, w->texts[i]);
            count++;
        }
    json_out_end_list(o);
    return count;
}

static uint64_t mark_of_clock(const struct sim_world *w)
{
    const int64_t rate = clock_rate(w->clock);

    return mix(mix(6, (uint64_t)rate), rate ? 0 : (uint64_t)sim_world_now(w));
}

bool sim_view_changes(struct sim_view *v, struct buf *out)
{
    const struct sim_world *w = v->world;
    struct json_out o = json_out(out);
    const size_t start = out->size;
    size_t count = is_news(&v->clock, mark_of_clock(w));

    json_out_object(&o, NULL);
    json_out_number(&o, "version", v->version + 1);
    shape_clock(&o, w);
    if (is_news(&v->lines, mark_of_lines(w)) && ++count)
        shape_lines(&o, w);
    if (is_news(&v->faults, mark_of_faults(w)) && ++count)
        shape_faults(&o, w);
    count += changed_phones(v, &o);
    count += changed_calls(v, &o);
    count += changed_texts(v, &o);
    json_out_end_object(&o);
    if (count)
        v->version++;
    else
        out->size = start;
    return count > 0;
}

struct sim_view *sim_view_open(struct sim_world *w)
{
    struct sim_view *v = arena_must_alloc(sizeof *v);

    v->world = w;
    v->calls = arena_must_alloc(SIM_LEGS_MAX * sizeof *v->calls);
    return v;
}

void sim_view_close(struct sim_view **view)
{
    if (*view)
        free((*view)->calls);
    free(*view);
    *view = NULL;
}
