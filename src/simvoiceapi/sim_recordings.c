#include "simvoiceapi/sim_recordings.h"

#include "simapi/sim_filter.h"
#include "simapi/sim_list.h"
#include "simapi/sim_price.h"
#include "simapi/sim_write.h"
#include "simvoice/sim_conference.h"
#include "simvoice/sim_recording.h"
#include "simvoiceapi/sim_calls.h"
#include "simvoiceapi/sim_conferences.h"
#include "simvoiceapi/sim_placing.h"

static const int64_t kept_ms = 40LL * 86400 * 1000; /* of the data of one that is deleted */

/* ---- the rows ---- */

static bool is_over(const struct sim_recording *r)
{
    return r->state >= SIM_RECORDING_COMPLETED;
}

/* Its own path, or below its call or its conference when it was asked for there. */
static void write_path(const struct sim_api *a, struct json_out *o, const struct sim_recording *r)
{
    const struct sim_account *account = r->leg->account;

    if (a->route->parent == &sim_calls_kind)
        sim_write_uri(o, "uri", account, "/Calls/%s/Recordings/%s", r->leg->sid, r->sid);
    else if (a->route->parent == &sim_conferences_kind && r->conference)
        sim_write_uri(o, "uri", account, "/Conferences/%s/Recordings/%s", r->conference->sid,
                      r->sid);
    else
        sim_write_uri(o, "uri", account, "/Recordings/%s", r->sid);
}

static void write_below(struct json_out *o, const struct sim_recording *r)
{
    json_out_object(o, "subresource_uris");
    sim_write_uri(o, "add_on_results", r->leg->account, "/Recordings/%s/AddOnResults", r->sid);
    sim_write_uri(o, "transcriptions", r->leg->account, "/Recordings/%s/Transcriptions", r->sid);
    json_out_end_object(o);
}

static void shape(const struct sim_api *a, struct json_out *o, const char *key, const void *row)
{
    const struct sim_recording *r = row;

    json_out_object(o, key);
    json_out_text(o, "sid", span_of(r->sid));
    json_out_text(o, "account_sid", span_of(r->leg->account->sid));
    json_out_text(o, "call_sid", span_of(r->leg->sid));
    json_out_text_or_null(o, "conference_sid", span_of(r->conference ? r->conference->sid : NULL));
    json_out_text(o, "status", span_of(r->deleted ? "deleted" : sim_recording_state_name(r)));
    json_out_number(o, "channels", r->plan.channels);
    if (is_over(r))
        sim_write_number(o, "duration", r->seconds);
    else
        json_out_null(o, "duration");
    json_out_text(o, "source", span_of(r->plan.source));
    if (a->route->parent == &sim_calls_kind)
        json_out_text(o, "track", span_of(r->plan.track));
    sim_write_date(a, o, "date_created", r->since_ms);
    sim_write_date(a, o, "date_updated", r->updated_ms ? r->updated_ms : r->since_ms);
    sim_write_date(a, o, "start_time", r->since_ms);
    sim_write_price(o, "price", is_over(r) ? sim_price_of_recording(r) : 0);
    json_out_text(o, "price_unit", SPAN("USD"));
    json_out_null(o, "error_code");
    json_out_null(o, "encryption_details");
    json_out_text(o, "api_version", SPAN("2010-04-01"));
    json_out_text(o, "media_url",
                  span_of(arena_printf(a->arena, "%s/2010-04-01/Accounts/%s/Recordings/%s",
                                       sim_api_base(a), r->leg->account->sid, r->sid)));
    write_path(a, o, r);
    write_below(o, r);
    json_out_end_object(o);
}

static void *at(const struct sim_api *a, size_t i)
{
    (void)i;
    return a->world->recordings;
}

static void *after(const void *row)
{
    const struct sim_recording *r = row;

    return r->next;
}

static bool is_shown(const struct sim_api *a, const struct sim_recording *r)
{
    return !r->deleted || (sim_api_is_true(a, "IncludeSoftDeleted") &&
                           sim_world_now(a->world) - r->updated_ms < kept_ms);
}

static bool is_here(const struct sim_api *a, const void *row)
{
    const struct sim_recording *r = row;

    if (r->leg->account != a->account || !is_shown(a, r))
        return false;
    if (a->route->parent == &sim_calls_kind)
        return r->leg == a->parent && !r->conference;
    return a->route->parent != &sim_conferences_kind || r->conference == a->parent;
}

static bool is_met(const struct sim_api *a, const void *row)
{
    const struct sim_recording *r = row;

    return sim_filter_text(a, "CallSid", r->leg->sid) &&
           sim_filter_text(a, "ConferenceSid", r->conference ? r->conference->sid : "") &&
           sim_filter_date(a, "DateCreated", r->since_ms);
}

/* "Twilio.CURRENT": the one under way of a call or a conference. */
static void *find_current(const struct sim_api *a)
{
    const struct sim_conference *c = a->parent;

    if (a->route->parent == &sim_calls_kind)
        return sim_recording_current(a->parent);
    if (a->route->parent != &sim_conferences_kind || !c->recording || is_over(c->recording))
        return NULL;
    return c->recording;
}

static void *find(const struct sim_api *a, struct span sid)
{
    struct sim_recording *r = a->world->recordings;

    if (span_is_text(sid, "Twilio.CURRENT"))
        return find_current(a);
    while (r && !span_is_text(sid, r->sid))
        r = r->next;
    return r && is_here(a, r) ? r : NULL;
}

static const char *sid_of(const void *row)
{
    const struct sim_recording *r = row;

    return r->sid;
}

const struct sim_api_kind sim_recordings_kind = {
    .name = "Recordings",
    .key = "recordings",
    .element = "Recording",
    .sids = "RE",
    .at = at,
    .after = after,
    .is_here = is_here,
    .is_met = is_met,
    .find = find,
    .sid = sid_of,
    .shape = shape,
};

/* ---- what is done to them ---- */

static void drop(struct sim_api *a)
{
    struct sim_recording *r = a->row;

    if (!is_over(r)) {
        sim_api_refuse_early(a, "recording");
        return;
    }
    r->deleted = true;
    r->updated_ms = sim_world_now(a->world);
}

static void send_sound(struct sim_api *a)
{
    const struct sim_recording *r = a->row;

    if (r->deleted) {
        sim_api_refuse_unknown(a);
        return;
    }
    a->answered = true;
    sim_recording_serve(r, a->suffix == SIM_API_MP3 ? SIM_MP3 : SIM_WAV, a->rq);
}

static void start(struct sim_api *a)
{
    struct sim_leg *leg = a->parent;

    if (leg->state != SIM_IN_PROGRESS) {
        sim_api_refuse(a, 400, 21220, "Call is not in-progress. Cannot record.");
        return;
    }
    if (sim_placing_judge_recording(a))
        a->row =
            sim_recording_start(leg, sim_placing_recording(a, leg->arena, "StartCallRecordingAPI"));
}

/* What a live one may become. */
static void update(struct sim_api *a)
{
    const struct span status = sim_api_field(a, "Status");
    struct sim_recording *r = a->row;
    enum err e = ERR_NONE;

    if (span_is_text(status, "paused"))
        e = sim_recording_pause(r, !span_is_text(sim_api_field(a, "PauseBehavior"), "silence"));
    else if (span_is_text(status, "in-progress"))
        e = sim_recording_resume(r);
    else if (span_is_text(status, "stopped"))
        e = sim_recording_stop(r);
    else
        sim_api_refuse(a, 400, 20001, "Status must be paused, in-progress or stopped, not \"%.*s\"",
                       SPAN_ARG(status));
    if (e)
        sim_api_refuse(a, 400, 21220, "The recording %s is %s", r->sid,
                       sim_recording_state_name(r));
}

/* clang-format off */
const struct sim_api_route sim_recordings_routes[] = {
    {SIM_API_CORE, "GET", "/Recordings", sim_list_answer, &sim_recordings_kind, NULL, 0,
     "lists recordings, newest first"},
    {SIM_API_CORE, "GET", "/Recordings/{sid}", send_sound, &sim_recordings_kind, NULL,
     SIM_API_BYTES, "the sound, as .wav (the default) or .mp3"},
    {SIM_API_CORE, "GET", "/Recordings/{sid}", sim_api_fetch, &sim_recordings_kind, NULL, 0,
     "one recording"},
    {SIM_API_CORE, "DELETE", "/Recordings/{sid}", drop, &sim_recordings_kind, NULL, 0,
     "deletes it; what it was is kept for 40 days"},
    {SIM_API_CORE, "GET", "/Calls/{sid}/Recordings", sim_list_answer, &sim_recordings_kind,
     &sim_calls_kind, 0, "lists a call's recordings"},
    {SIM_API_CORE, "POST", "/Calls/{sid}/Recordings", start, &sim_recordings_kind, &sim_calls_kind,
     SIM_API_CREATES, "records a call under way"},
    {SIM_API_CORE, "GET", "/Calls/{sid}/Recordings/{sid}", sim_api_fetch, &sim_recordings_kind,
     &sim_calls_kind, 0, "one of them"},
    {SIM_API_CORE, "POST", "/Calls/{sid}/Recordings/{sid}", update, &sim_recordings_kind,
     &sim_calls_kind, 0, "pauses, resumes or stops it; also as Twilio.CURRENT"},
    {SIM_API_CORE, "DELETE", "/Calls/{sid}/Recordings/{sid}", drop, &sim_recordings_kind,
     &sim_calls_kind, 0, "deletes it"},
    {SIM_API_CORE, "GET", "/Conferences/{sid}/Recordings", sim_list_answer, &sim_recordings_kind,
     &sim_conferences_kind, 0, "lists a conference's recordings"},
    {SIM_API_CORE, "GET", "/Conferences/{sid}/Recordings/{sid}", sim_api_fetch,
     &sim_recordings_kind, &sim_conferences_kind, 0, "one of them"},
    {SIM_API_CORE, "POST", "/Conferences/{sid}/Recordings/{sid}", update, &sim_recordings_kind,
     &sim_conferences_kind, 0, "pauses, resumes or stops it"},
    {SIM_API_CORE, "DELETE", "/Conferences/{sid}/Recordings/{sid}", drop, &sim_recordings_kind,
     &sim_conferences_kind, 0, "deletes it"},
    {.path = NULL},
};
/* clang-format on */
