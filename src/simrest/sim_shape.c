#include "simrest/sim_shape.h"

#include <string.h>

static void instant(struct json_out *o, const char *key, int64_t at_ms)
{
    if (at_ms)
        json_out_number(o, key, at_ms);
    else
        json_out_null(o, key);
}

static void phone_media(struct json_out *o, const struct sim_text *t)
{
    json_out_list(o, "media");
    for (size_t i = 0; i < t->media_count; i++) {
        const struct sim_media *m = &t->media[i];
        json_out_object(o, NULL);
        json_out_text(o, "sid", span_of(m->sid));
        json_out_text(o, "url", span_of(m->url));
        json_out_text(o, "type", span_of(m->type));
        json_out_number(o, "bytes", (int64_t)m->size);
        json_out_end_object(o);
    }
    json_out_end_list(o);
}

static void phone_texts(struct json_out *o, const struct sim_world *w, const struct sim_phone *p)
{
    json_out_list(o, "texts");
    for (size_t i = 0; i < w->text_count; i++) {
        const struct sim_text *t = w->texts[i];
        if (strcmp(t->to, p->number) != 0 || !t->arrived_ms)
            continue;
        json_out_object(o, NULL);
        json_out_text(o, "sid", span_of(t->sid));
        json_out_text(o, "from", span_of(t->from));
        json_out_text(o, "body", span_of(t->body));
        json_out_number(o, "at_ms", t->arrived_ms);
        phone_media(o, t);
        json_out_bool(o, "automatic", t->automatic);
        json_out_end_object(o);
    }
    json_out_end_list(o);
}

static void phone_heard(struct json_out *o, const struct sim_leg *leg)
{
    json_out_list(o, "heard");
    for (const struct sim_heard *h = leg->heard; h; h = h->next) {
        if (h->by != SIM_BY_CARRIER)
            continue;
        json_out_object(o, NULL);
        json_out_text(o, "words", h->words);
        json_out_number(o, "at_ms", h->at_ms);
        json_out_end_object(o);
    }
    json_out_end_list(o);
}

/* The number at the other end of two legs that were joined. */
static const char *joined_number(const struct sim_leg *leg)
{
    const struct sim_leg *other = leg->joined_to;

    return other->direction == SIM_INBOUND ? other->from : other->to;
}

static void phone_calls(struct json_out *o, const struct sim_world *w, const struct sim_phone *p)
{
    json_out_list(o, "calls");
    for (size_t i = 0; i < w->leg_count; i++) {
        const struct sim_leg *leg = w->legs[i];
        if (leg->phone != p)
            continue;
        json_out_object(o, NULL);
        json_out_text(o, "sid", span_of(leg->sid));
        json_out_text(o, "direction",
                      leg->direction == SIM_INBOUND ? SPAN("placed") : SPAN("taken"));
        json_out_text(o, "from", span_of(leg->from));
        json_out_text(o, "to", span_of(leg->to));
        json_out_text(o, "status", span_of(sim_call_state_name(leg->state)));
        instant(o, "rang_at", leg->rang_ms);
        instant(o, "answered_at", leg->answered_ms);
        instant(o, "bridged_at", leg->joined_ms);
        json_out_text_or_null(o, "bridged_to",
                              leg->joined_to ? span_of(joined_number(leg)) : (struct span){0});
        instant(o, "ended_at", leg->ended_ms);
        phone_heard(o, leg);
        json_out_end_object(o);
    }
    json_out_end_list(o);
}

void sim_shape_phone(struct json_out *o, const struct sim_world *w, const struct sim_phone *p)
{
    json_out_object(o, NULL);
    json_out_text(o, "number", span_of(p->number));
    json_out_text(o, "name", span_of(p->name));
    phone_texts(o, w, p);
    phone_calls(o, w, p);
    json_out_end_object(o);
}
