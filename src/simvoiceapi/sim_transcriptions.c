#include "simvoiceapi/sim_transcriptions.h"

#include "simapi/sim_list.h"
#include "simapi/sim_write.h"
#include "simvoiceapi/sim_recordings.h"

/* A row is the recording that has one. */
static void *at(const struct sim_api *a, size_t i)
{
    (void)i;
    return a->world->transcripts;
}

static void *after(const void *row)
{
    const struct sim_recording *r = row;

    return r->next_transcript;
}

static bool is_here(const struct sim_api *a, const void *row)
{
    const struct sim_recording *r = row;

    return r->leg->account == a->account && r->transcription_sid[0] &&
           (!a->parent || r == a->parent);
}

static const char *sid_of(const void *row)
{
    const struct sim_recording *r = row;

    return r->transcription_sid;
}

static const char *status_of(const struct sim_recording *r)
{
    if (!r->transcribed_ms)
        return "in-progress";
    return r->words ? "completed" : "failed";
}

static void shape(const struct sim_api *a, struct json_out *o, const char *key, const void *row)
{
    const struct sim_recording *r = row;
    const char *words = r->transcribed_ms ? r->words : NULL;

    json_out_object(o, key);
    json_out_text(o, "sid", span_of(r->transcription_sid));
    json_out_text(o, "account_sid", span_of(r->leg->account->sid));
    json_out_text(o, "recording_sid", span_of(r->sid));
    json_out_text(o, "status", span_of(status_of(r)));
    json_out_text_or_null(o, "transcription_text", span_of(words));
    json_out_text(o, "type", SPAN("fast"));
    sim_write_number(o, "duration", r->seconds);
    json_out_null(o, "price");
    json_out_text(o, "price_unit", SPAN("USD"));
    json_out_text(o, "api_version", SPAN("2010-04-01"));
    sim_write_date(a, o, "date_created", r->transcript_ms);
    sim_write_date(a, o, "date_updated", r->transcribed_ms ? r->transcribed_ms : r->transcript_ms);
    sim_write_uri(o, "uri", r->leg->account, "/Transcriptions/%s", r->transcription_sid);
    json_out_end_object(o);
}

static const struct sim_api_kind transcriptions = {
    .name = "Transcriptions",
    .key = "transcriptions",
    .element = "Transcription",
    .sids = "TR",
    .at = at,
    .after = after,
    .is_here = is_here,
    .sid = sid_of,
    .shape = shape,
};

static void drop(struct sim_api *a)
{
    struct sim_recording *r = a->row;

    r->transcription_sid[0] = 0;
}

/* clang-format off */
const struct sim_api_route sim_transcriptions_routes[] = {
    {SIM_API_CORE, "GET", "/Transcriptions", sim_list_answer, &transcriptions, NULL, 0,
     "lists transcriptions, newest first"},
    {SIM_API_CORE, "GET", "/Transcriptions/{sid}", sim_api_fetch, &transcriptions, NULL, 0,
     "one of them"},
    {SIM_API_CORE, "DELETE", "/Transcriptions/{sid}", drop, &transcriptions, NULL, 0,
     "deletes it"},
    {SIM_API_CORE, "GET", "/Recordings/{sid}/Transcriptions", sim_list_answer, &transcriptions,
     &sim_recordings_kind, 0, "lists those of a recording"},
    {SIM_API_CORE, "GET", "/Recordings/{sid}/Transcriptions/{sid}", sim_api_fetch, &transcriptions,
     &sim_recordings_kind, 0, "one of them"},
    {SIM_API_CORE, "DELETE", "/Recordings/{sid}/Transcriptions/{sid}", drop, &transcriptions,
     &sim_recordings_kind, 0, "deletes it"},
    {.path = NULL},
};
/* clang-format on */
