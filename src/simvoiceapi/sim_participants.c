#include "simvoiceapi/sim_participants.h"

#include "simapi/sim_list.h"
#include "simapi/sim_write.h"
#include "simvoice/sim_call.h"
#include "simvoice/sim_conference.h"
#include "simvoiceapi/sim_conferences.h"
#include "simvoiceapi/sim_placing.h"

/* Those that are in, then those on their way. */
static struct sim_participant *next_of(struct sim_participant *p)
{
    return p->next || !p->run ? p->next : p->conference->coming;
}

/* The newest of those older than `than`; NULL: of all. Of one instant the last is the newest. */
static void *newest(const struct sim_conference *c, const struct sim_participant *than)
{
    struct sim_participant *best = NULL;
    bool passed = false;

    for (struct sim_participant *p = c->participants ? c->participants : c->coming; p;
         p = next_of(p)) {
        passed = passed || p == than;
        if (than && (p->joined_ms > than->joined_ms || (p->joined_ms == than->joined_ms && passed)))
            continue;
        if (!best || p->joined_ms >= best->joined_ms)
            best = p;
    }
    return best;
}

static void *at(const struct sim_api *a, size_t i)
{
    (void)i;
    return newest(a->parent, NULL);
}

static void *after(const void *row)
{
    const struct sim_participant *p = row;

    return newest(p->conference, p);
}

static bool is_here(const struct sim_api *a, const void *row)
{
    const struct sim_participant *p = row;

    return p->conference == a->parent;
}

static bool is_true_as_asked(const struct sim_api *a, const char *name, bool value)
{
    const struct span asked = sim_api_field(a, name);

    return !asked.size || span_is_text(asked, value ? "true" : "false");
}

static bool is_met(const struct sim_api *a, const void *row)
{
    const struct sim_participant *p = row;

    return is_true_as_asked(a, "Muted", p->muted) && is_true_as_asked(a, "Hold", p->hold) &&
           is_true_as_asked(a, "Coaching", p->coached[0] != 0);
}

static void *find(const struct sim_api *a, struct span sid)
{
    struct sim_participant *p = sim_conference_participant(a->parent, sid);

    return p ? p : sim_conference_coming(a->parent, sid);
}

static const char *sid_of(const void *row)
{
    const struct sim_participant *p = row;

    return p->leg->sid;
}

static const char *status_of(const struct sim_participant *p)
{
    if (p->run)
        return "connected";
    if (p->leg->state == SIM_IN_PROGRESS)
        return "connecting";
    return p->leg->state == SIM_RINGING ? "ringing" : "queued";
}

static void shape(const struct sim_api *a, struct json_out *o, const char *key, const void *row)
{
    const struct sim_participant *p = row;
    const struct sim_account *account = p->leg->account;
    const char *conference = p->conference->sid, *call = p->leg->sid;

    json_out_object(o, key);
    json_out_text(o, "account_sid", span_of(account->sid));
    json_out_text(o, "call_sid", span_of(call));
    json_out_text(o, "conference_sid", span_of(conference));
    sim_write_text(o, "label", p->label);
    sim_write_text(o, "call_sid_to_coach", p->coached);
    json_out_bool(o, "coaching", p->coached[0] != 0);
    json_out_bool(o, "muted", p->muted);
    json_out_bool(o, "hold", p->hold);
    json_out_text(o, "status", span_of(status_of(p)));
    json_out_bool(o, "start_conference_on_enter", p->starts);
    json_out_bool(o, "end_conference_on_exit", p->ends);
    sim_write_number(o, "queue_time", 0);
    sim_write_date(a, o, "date_created", p->joined_ms);
    sim_write_date(a, o, "date_updated", p->updated_ms);
    sim_write_uri(o, "uri", account, "/Conferences/%s/Participants/%s", conference, call);
    json_out_end_object(o);
}

static const struct sim_api_kind participants = {
    .name = "Participants",
    .key = "participants",
    .element = "Participant",
    .at = at,
    .after = after,
    .is_here = is_here,
    .is_met = is_met,
    .find = find,
    .sid = sid_of,
    .shape = shape,
};

/* ---- one more ---- */

/* Fields of the form that are attributes of the noun. */
static const struct {
    const char *field, *attribute;
} passed_on[] = {
    {"Muted", "muted"},
    {"Beep", "beep"},
    {"StartConferenceOnEnter", "startConferenceOnEnter"},
    {"EndConferenceOnExit", "endConferenceOnExit"},
    {"WaitUrl", "waitUrl"},
    {"WaitMethod", "waitMethod"},
    {"MaxParticipants", "maxParticipants"},
    {"Label", "participantLabel"},
    {"CallSidToCoach", "coach"},
    {"ConferenceStatusCallback", "statusCallback"},
    {"ConferenceStatusCallbackMethod", "statusCallbackMethod"},
    {"ConferenceStatusCallbackEvent", "statusCallbackEvent"},
    {"ConferenceRecord", "record"},
    {"ConferenceTrim", "trim"},
    {"ConferenceRecordingStatusCallback", "recordingStatusCallback"},
    {"ConferenceRecordingStatusCallbackMethod", "recordingStatusCallbackMethod"},
    {"ConferenceRecordingStatusCallbackEvent", "recordingStatusCallbackEvent"},
};

enum { PASSED_ON = sizeof passed_on / sizeof passed_on[0], VALUE_MAX = 4 << 10, SID_LENGTH = 34 };

/* Repeated fields are one list in the attribute. */
static const char *joined(const struct sim_api *a, const char *field)
{
    struct buf b = buf_in(a->arena, VALUE_MAX);

    for (size_t i = 0; i < a->form->count; i++)
        if (span_is_text(a->form->fields[i].name, field) && a->form->fields[i].value.size)
            buf_printf(&b, "%s%.*s", b.size ? " " : "", SPAN_ARG(a->form->fields[i].value));
    return b.size ? arena_text(a->arena, buf_span(&b)) : NULL;
}

static const char *document_of(const struct sim_api *a, struct span name)
{
    const char *attributes[2 * PASSED_ON + 3] = {NULL};
    size_t n = 0;

    for (size_t i = 0; i < PASSED_ON; i++) {
        const char *value = joined(a, passed_on[i].field);
        if (!value)
            continue;
        attributes[n++] = passed_on[i].attribute;
        attributes[n++] = value;
    }
    if (!joined(a, "ConferenceStatusCallbackEvent")) {
        attributes[n++] = "statusCallbackEvent";
        attributes[n++] = "start end";
    }
    return sim_conference_document(a->arena, name, attributes);
}

static bool judge(struct sim_api *a)
{
    static const struct {
        const char *name;
        int code;
    } addresses[] = {{"ConferenceStatusCallback", 21609},
                     {"ConferenceRecordingStatusCallback", 20001},
                     {"WaitUrl", 21205}};
    static const char *const methods[] = {"ConferenceStatusCallbackMethod",
                                          "ConferenceRecordingStatusCallbackMethod", "WaitMethod"};

    sim_placing_judge(a, true);
    for (size_t i = 0; i < PASSED_ON; i++)
        if (sim_api_field(a, passed_on[i].field).size >= VALUE_MAX)
            sim_api_refuse(a, 400, 20001, "%s is longer than %d bytes", passed_on[i].field,
                           VALUE_MAX - 1);
    for (size_t i = 0; i < sizeof addresses / sizeof addresses[0] && !a->code; i++)
        sim_placing_address(a, addresses[i].name, addresses[i].code);
    for (size_t i = 0; i < sizeof methods / sizeof methods[0] && !a->code; i++)
        sim_placing_method(a, methods[i]);
    return a->code == 0;
}

/* By SID or by name; a name that nobody uses opens a conference. */
static struct sim_conference *room_of(struct sim_api *a)
{
    const struct span given = a->part[0];
    struct sim_conference *c = sim_conference_find(a->world, a->account, given);

    if (!c && span_starts(given, SPAN("CF")) && given.size == SID_LENGTH)
        sim_api_refuse_unknown(a);
    else if (given.size >= SIM_CONFERENCE_NAME_SIZE)
        sim_api_refuse(a, 400, 20001, "The conference's name is longer than %d bytes",
                       SIM_CONFERENCE_NAME_SIZE - 1);
    else if (c && c->state == SIM_CONFERENCE_COMPLETED)
        sim_api_refuse(a, 400, 20001, "The conference %s has ended", c->sid);
    else if (!c)
        c = sim_conference_made(a->world, a->account, given);
    if (!c)
        sim_api_refuse(a, 429, 20429, "Too Many Requests");
    return a->code ? NULL : c;
}

static void create(struct sim_api *a)
{
    struct sim_conference *c = judge(a) ? room_of(a) : NULL;
    const char *document = c ? document_of(a, span_of(c->name)) : NULL;

    if (c && !document)
        sim_api_refuse(a, 400, 20001, "The addresses of the conference are too long");
    struct sim_leg *leg = document ? sim_placing_place(a, document) : NULL;
    if (!leg)
        return;
    struct sim_participant *p = sim_conference_expect(c, leg);
    sim_world_copy(p->label, sizeof p->label, sim_api_field(a, "Label"));
    sim_world_copy(p->coached, sizeof p->coached, sim_api_field(a, "CallSidToCoach"));
    p->muted = sim_api_is_true(a, "Muted");
    p->starts = is_true_as_asked(a, "StartConferenceOnEnter", true);
    p->ends = sim_api_is_true(a, "EndConferenceOnExit");
    a->row = p;
}

/* ---- changes ---- */

static void hold(struct sim_api *a, struct sim_participant *p)
{
    const struct span url = sim_api_field(a, "HoldUrl");

    sim_conference_hold(p, sim_api_is_true(a, "Hold"), url.size ? arena_text(a->arena, url) : NULL,
                        span_is_text(sim_api_field(a, "HoldMethod"), "GET") ? "GET" : "POST");
}

static void coach(struct sim_api *a, struct sim_participant *p)
{
    const struct span call = sim_api_field(a, "CallSidToCoach");

    if (!sim_api_is_true(a, "Coaching"))
        sim_conference_coach(p, (struct span){0});
    else if (!sim_conference_participant(p->conference, call))
        sim_api_refuse(a, 400, 20001, "CallSidToCoach %.*s is not in this conference",
                       SPAN_ARG(call));
    else
        sim_conference_coach(p, call);
}

static bool judge_update(struct sim_api *a)
{
    static const char *const flags[] = {"Muted", "Hold", "Coaching", "EndConferenceOnExit"};

    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        const struct span value = sim_api_field(a, flags[i]);
        if (value.size && !span_is_nocase(value, SPAN("true")) &&
            !span_is_nocase(value, SPAN("false")))
            sim_api_refuse(a, 400, 20001, "%s is true or false, not %.*s", flags[i],
                           SPAN_ARG(value));
    }
    return a->code == 0 && sim_placing_address(a, "AnnounceUrl", 21205) &&
           sim_placing_address(a, "HoldUrl", 21205) && sim_placing_method(a, "HoldMethod") &&
           sim_placing_method(a, "AnnounceMethod");
}

/* What can be said of one on its way holds once it is in. */
static void update_coming(struct sim_api *a, struct sim_participant *p)
{
    if (sim_api_is_true(a, "Hold") || sim_api_field(a, "AnnounceUrl").size) {
        sim_api_refuse(a, 400, 21220, "Call is not in-progress. Cannot update.");
        return;
    }
    if (sim_api_field(a, "Muted").size)
        p->muted = sim_api_is_true(a, "Muted");
    if (sim_api_field(a, "EndConferenceOnExit").size)
        p->ends = sim_api_is_true(a, "EndConferenceOnExit");
    if (sim_api_field(a, "Coaching").size)
        sim_world_copy(p->coached, sizeof p->coached,
                       sim_api_is_true(a, "Coaching") ? sim_api_field(a, "CallSidToCoach")
                                                      : (struct span){0});
    p->updated_ms = sim_world_now(a->world);
}

static void update_inside(struct sim_api *a, struct sim_participant *p)
{
    const struct span announce = sim_api_field(a, "AnnounceUrl");

    if (sim_api_field(a, "Coaching").size)
        coach(a, p);
    if (a->code)
        return;
    if (sim_api_field(a, "Muted").size)
        sim_conference_mute(p, sim_api_is_true(a, "Muted"));
    if (sim_api_field(a, "Hold").size)
        hold(a, p);
    if (sim_api_field(a, "EndConferenceOnExit").size)
        sim_conference_ends_with(p, sim_api_is_true(a, "EndConferenceOnExit"));
    if (announce.size)
        sim_conference_announce(p->conference, p, announce, sim_api_field(a, "AnnounceMethod"));
}

static void update(struct sim_api *a)
{
    struct sim_participant *p = a->row;

    if (!judge_update(a))
        return;
    if (p->run)
        update_inside(a, p);
    else
        update_coming(a, p);
}

static void remove_one(struct sim_api *a)
{
    struct sim_participant *p = a->row;

    if (p->run)
        sim_conference_kick(p);
    else
        sim_call_end(p->leg);
}

/* clang-format off */
const struct sim_api_route sim_participants_routes[] = {
    {SIM_API_CORE, "GET", "/Conferences/{sid}/Participants", sim_list_answer, &participants,
     &sim_conferences_kind, 0, "lists who is in it, newest first"},
    {SIM_API_CORE, "POST", "/Conferences/{name}/Participants", create, &participants, NULL,
     SIM_API_CREATES, "calls somebody and lets him in; by SID or name"},
    {SIM_API_CORE, "GET", "/Conferences/{sid}/Participants/{sid}", sim_api_fetch, &participants,
     &sim_conferences_kind, 0, "one of them, by the call's SID or its label"},
    {SIM_API_CORE, "POST", "/Conferences/{sid}/Participants/{sid}", update, &participants,
     &sim_conferences_kind, 0, "mute, hold, coach, announce"},
    {SIM_API_CORE, "DELETE", "/Conferences/{sid}/Participants/{sid}", remove_one, &participants,
     &sim_conferences_kind, 0, "puts one out"},
    {.path = NULL},
};
/* clang-format on */
