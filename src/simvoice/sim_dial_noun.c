#include "simvoice/sim_dial_noun.h"

#include "codec/phone.h"
#include "simhook/sim_element.h"
#include "simworld/sim_note.h"
#include "simworld/sim_office.h"

enum {
    ERROR_SCHEMA = 12200,
    ERROR_CALLER_ID = 13214,
    ERROR_APPLICATION = 21218,
    ERROR_NUMBER = 13223,
    ERROR_SIP = 13243,
    ERROR_TOO_MANY = 13250,
};

struct list {
    struct sim_run *run;
    struct sim_dial_target *targets;
    size_t count;
};

/* The words of the child of that name, or else the noun's own. */
static struct span words_of(const struct list *l, const struct xml_node *noun, const char *child)
{
    for (const struct xml_node *n = noun->child; n; n = n->next)
        if (span_is_text(n->name, child))
            return sim_run_words(l->run, n);
    return xml_text(l->run->arena, noun);
}

static struct sim_dial_target *add(struct list *l, const struct xml_node *noun)
{
    if (l->count == SIM_DIAL_TARGETS_MAX) {
        sim_run_warn(l->run, ERROR_TOO_MANY, "only %d numbers ring at once", SIM_DIAL_TARGETS_MAX);
        return NULL;
    }
    struct sim_dial_target *t = &l->targets[l->count++];
    *t = (struct sim_dial_target){.noun = noun};
    if (noun) {
        t->url = sim_run_address(l->run, noun, "url");
        t->method = sim_element_method(noun, "method");
    }
    return t;
}

static void add_number(struct list *l, const struct xml_node *noun, struct span given)
{
    struct sim_dial_target *t = add(l, noun);
    char number[PHONE_TEXT_SIZE] = "";

    if (!t)
        return;
    t->good = phone_parse(given.data, given.size, "US", number) == PHONE_GOOD;
    t->number = arena_copy(l->run->leg->arena, t->good ? span_of(number) : given);
    if (noun)
        t->keys = sim_element_value(noun, "sendDigits");
    if (!t->good)
        sim_run_warn(l->run, ERROR_NUMBER, "\"%.*s\" is no number to dial", SPAN_ARG(given));
}

static void read_number(struct list *l, const struct xml_node *noun)
{
    add_number(l, noun, sim_run_words(l->run, noun));
}

static void read_sip(struct list *l, const struct xml_node *noun)
{
    struct sim_dial_target *t = add(l, noun);

    if (!t)
        return;
    t->number = arena_copy(l->run->leg->arena, words_of(l, noun, "Uri"));
    t->good = span_starts(t->number, SPAN("sip:")) || span_starts(t->number, SPAN("sips:"));
    if (!t->good)
        sim_run_warn(l->run, ERROR_SIP, "\"%.*s\" is no sip: address", SPAN_ARG(t->number));
}

static void read_client(struct list *l, const struct xml_node *noun)
{
    struct sim_dial_target *t = add(l, noun);
    const struct span name = words_of(l, noun, "Identity");

    if (!t)
        return;
    t->good = name.size > 0;
    t->number = span_of(arena_printf(l->run->leg->arena, "client:%.*s", SPAN_ARG(name)));
    for (const struct xml_node *n = noun->child; n; n = n->next)
        if (span_is_text(n->name, "Parameter"))
            sim_note(l->run->leg->world, "call", "client %.*s is given %.*s = %.*s", SPAN_ARG(name),
                     SPAN_ARG(xml_attr_get(n, "name")), SPAN_ARG(xml_attr_get(n, "value")));
}

/* An application of the account, as a call to "app:SID" that picks up by itself. */
static void read_application(struct list *l, const struct xml_node *noun)
{
    struct sim_leg *caller = l->run->leg;
    struct sim_dial_target *t = add(l, noun);
    const struct span sid = words_of(l, noun, "ApplicationSid");

    if (!t)
        return;
    t->application = sim_office_application_find(caller->account, sid);
    t->good = t->application && t->application->hooks.voice_url[0];
    t->url = NULL;
    t->number = span_of(arena_printf(caller->arena, "app:%.*s", SPAN_ARG(sid)));
    if (sim_element_flag(noun, "copyParentTo"))
        t->number = span_of(caller->to);
    if (!t->good)
        sim_run_warn(l->run, ERROR_APPLICATION, "\"%.*s\" is no application that takes calls",
                     SPAN_ARG(sid));
}

void sim_dial_noun_open(const struct sim_dial_target *t, struct sim_leg *leg,
                        void (*over)(struct sim_run *run, enum sim_run_end how))
{
    const struct sim_hooks *hooks = &t->application->hooks;
    struct sim_params p = {.arena = leg->arena};

    leg->ear = leg->parent;
    leg->fallback_url = hooks->voice_fallback_url;
    leg->fallback_method = hooks->voice_fallback_method;
    sim_params_text(&p, "ApplicationSid", t->application->sid);
    for (const struct xml_node *n = t->noun->child; n; n = n->next)
        if (span_is_text(n->name, "Parameter"))
            sim_params_add(&p, arena_text(leg->arena, xml_attr_get(n, "name")),
                           xml_attr_get(n, "value"));
    sim_run_fetch(sim_run_open(leg, SIM_IN_CALL, over), span_of(hooks->voice_url),
                  span_of(hooks->voice_method), &p);
}

static const struct {
    const char *name;
    void (*read)(struct list *l, const struct xml_node *noun);
} nouns[] = {{"Number", read_number},
             {"Sip", read_sip},
             {"Client", read_client},
             {"Application", read_application}};

size_t sim_dial_noun_collect(struct sim_run *run, const struct xml_node *dial,
                             struct sim_dial_target out[SIM_DIAL_TARGETS_MAX])
{
    struct list l = {.run = run, .targets = out};
    const struct span plain = xml_text(run->arena, dial);

    for (const struct xml_node *n = dial->child; n; n = n->next) {
        size_t i = 0;
        while (i < sizeof nouns / sizeof nouns[0] && !span_is_text(n->name, nouns[i].name))
            i++;
        if (i < sizeof nouns / sizeof nouns[0])
            nouns[i].read(&l, n);
        else if (sim_element_find(true, SPAN("Dial"), n->name)) /* others are warned of already */
            sim_run_warn(run, ERROR_SCHEMA, "line %d: <%.*s> in <Dial> is not simulated", n->line,
                         SPAN_ARG(n->name));
    }
    if (!l.count && plain.size)
        add_number(&l, NULL, plain);
    return l.count;
}

void sim_dial_noun_settings(struct sim_run *run, const struct sim_dial_target *t,
                            struct sim_leg *leg)
{
    const struct xml_node *noun = t->noun;

    if (!noun)
        return;
    leg->callback.url = sim_run_address(run, noun, "statusCallback");
    leg->callback.method = sim_element_method(noun, "statusCallbackMethod");
    leg->callback.events = sim_leg_events(sim_element_value(noun, "statusCallbackEvent"));
    if (span_is_text(noun->name, "Application"))
        return; /* nobody picks up who could be a machine */
    const struct span detect = sim_element_value(noun, "machineDetection");
    leg->detection.async = true;
    leg->detection.mode = detect.size && !t->keys.size ? arena_text(leg->arena, detect) : NULL;
    leg->detection.timeout_ms = sim_element_number(noun, "machineDetectionTimeout") * 1000;
    leg->detection.callback.url = sim_run_address(run, noun, "amdStatusCallback");
    leg->detection.callback.method = sim_element_method(noun, "amdStatusCallbackMethod");
}

struct span sim_dial_noun_caller_id(struct sim_run *run, const struct xml_node *dial)
{
    const struct sim_leg *caller = run->leg;
    const bool in = caller->direction == SIM_INBOUND;
    const struct span said = sim_element_value(dial, "callerId");
    const struct span given = said.size ? said : span_of(in ? caller->from : caller->to);

    if (sim_office_shows(caller->account, given) || caller->account->any_caller_id)
        return given;
    if (!caller->account->caller_id_refused &&
        (!said.size || span_is_text(given, caller->from) || span_is_text(given, caller->to)))
        return given;
    sim_run_warn(run, ERROR_CALLER_ID, "callerId %.*s is not yours", SPAN_ARG(given));
    return (struct span){0};
}

const char *sim_dial_noun_track(const struct xml_node *dial)
{
    const struct span track = sim_element_value(dial, "recordingTrack");

    if (span_is_text(track, "inbound"))
        return "inbound";
    return span_is_text(track, "outbound") ? "outbound" : "both";
}
