#include "openapi/openapi_nouns.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define FIELDS (const struct openapi_nouns_field[])
#define END     \
    {           \
        0, 0, 0 \
    }

/* clang-format off */
const struct openapi_nouns openapi_nouns_given[] = {
    {"Error", "what is wrong, and how to mend it", FIELDS{
        {"code", "text", "for programs: bad_input, not_found, has_changed, busy, ..."},
        {"message", "text", "one line for people"},
        {"field", "text?", "which part of the request"},
        {"help", "text?", "how to mend it"},
        {"mistakes?", "[Mistake/JobMistake]", "of a document: all of them"},
        {"version?", "number", "412: of the roster in force"},
        {"by?", "text?", "412: who made it"},
        {"difference?", "[Difference]", "between what was seen, or is in force, and what is"},
        {"difference_more?", "number", "how many more there are"},
        END}, NULL},
    {"Said", "words for people", FIELDS{
        {"message", "text", NULL}, END}, NULL},
    {"RelayMade", "a relay was acted on", FIELDS{
        {"relay_id", "id", NULL}, {"message", "text", NULL}, END}, NULL},
    {"ThreadMade", "a thread was acted on", FIELDS{
        {"thread_id", "id", NULL}, {"message", "text", NULL}, END}, NULL},
    {"MessageMade", "a text or a call is on its way", FIELDS{
        {"message_id", "id", NULL}, {"message", "text", NULL}, END}, NULL},
    {"Rung", "one operator's place in a plan", FIELDS{
        {"operator", "text", NULL}, {"name", "text", NULL},
        {"step", "number", "from 1"},
        {"ring_seconds", "number", NULL}, {"ack_seconds?", "number", NULL},
        {"reason", "text", "why he was taken or left out"},
        {"state", "waiting|told|reached|passed|missed|busy|failed|accepted", "what became of it"},
        {"tag", "text?", "the thread's mark in his texts"},
        END}, NULL},
    {"Holder", "somebody whose turn it is", FIELDS{
        {"operator", "text", NULL}, {"name", "text", NULL}, END}, NULL},
    {"Call", "an inbound call going down its plan", FIELDS{
        {"id", "id", NULL}, {"thread_id", "id?", NULL},
        {"call_sid", "text", "the carrier's id"},
        {"line", "text", NULL},
        {"customer_phone", "text", "E.164 where it is a number"},
        {"job_id", "text?", NULL},
        {"state", "ringing|accepted|voicemail|closed|asked|menu|over", NULL},
        {"outcome", "none|answered|voicemail|missed|abandoned|refused|menu", "how it ended"},
        {"attempt", "number", "index in the plan of who rings, or rang last"},
        {"ring_s", "number", "his ring seconds"},
        {"plan", "[Rung]?", "who is rung, in order"},
        {"left_out?", "[Rung]", "who is not, and why"},
        {"started_at", "at", NULL},
        {"rang_at", "at?", "since when the phone rings"},
        {"due_at", "at?", "its hard end"},
        {"accepted_at", "at?", NULL}, {"ended_at", "at?", NULL}, {"accepted_by", "text?", NULL},
        {"leg_sid", "text?", NULL},
        {"recording", "text?", "the voicemail, by the carrier's id"},
        {"recording_url", "text?", "where it can be heard"},
        {"recording_s", "number?", NULL}, {"transcript", "text?", NULL},
        {"relay_id", "id?", "of the missed call"},
        {"customer_name", "text?", NULL}, END}, NULL},
    {"Leg", "a phone that was rung in a call", FIELDS{
        {"operator", "text", NULL}, {"name", "text", NULL}, {"step", "number", NULL},
        {"attempt", "number", NULL},
        {"rings", "number", "how often"},
        {"rang_at", "at?", NULL}, {"picked_up_at", "at?", NULL}, {"ended_at", "at?", NULL},
        {"result", "text", NULL}, {"reason", "text", NULL}, END}, NULL},
    {"CallWithLegs", "a call, and each phone that was rung", FIELDS{
        {"legs", "[Leg]", NULL}, END}, "Call"},
    {"Relay", "a text, missed call, voicemail or job's trouble on its way to a human", FIELDS{
        {"id", "id", NULL}, {"thread_id", "id", NULL},
        {"kind", "text|missed_call|voicemail|job", NULL},
        {"state", "idle|open|taken|exhausted", "idle: nobody is on duty"},
        {"step", "number", "from 0"},
        {"customer_phone", "text?", NULL}, {"message_id", "id?", NULL},
        {"cascade_id", "id?", "the call"},
        {"body", "text", NULL}, {"plan?", "[Rung]?", NULL}, {"left_out?", "[Rung]", NULL},
        {"holders", "[Holder]", "whose clock runs"},
        {"next_holders", "[Holder]", "who is next"},
        {"raised_at", "at", NULL}, {"due_at", "at?", NULL},
        {"forwarded_to_primary_at", "at?", NULL}, {"primary_ack_at", "at?", NULL},
        {"forwarded_to_backup_at", "at?", NULL}, {"acked_at", "at?", NULL},
        {"acked_by", "text?", NULL},
        {"final_status", "delivered|backup_triggered|failed|acked?", "null until known"},
        {"customer_name", "text?", NULL}, {"line", "text?", NULL}, {"job_id", "text?", NULL}, END}, NULL},
    {"CallEvent", "a row of twilio_call_events", FIELDS{
        {"id", "id", NULL}, {"cascade_id", "id?", NULL}, {"created_at", "at", NULL},
        {"call_sid", "text", NULL}, {"kind", "text", NULL}, {"line", "text?", NULL},
        {"caller", "text?", NULL}, {"operator", "text?", NULL}, {"attempt", "number?", NULL},
        {"detail", "text?", NULL}, END}, NULL},
    {"Media", "a photo, or whatever came with a text", FIELDS{
        {"url", "text", NULL}, END}, NULL},
    {"Message", "a text, in or out, or a call that stands for one", FIELDS{
        {"id", "id", NULL}, {"thread_id", "id?", NULL}, {"relay_id", "id?", NULL},
        {"cascade_id", "id?", NULL}, {"direction", "in|out", NULL},
        {"origin", "customer|operator|dashboard|api|system", NULL},
        {"kind", "text", "inbound, forward, reply, notice, ..."},
        {"delivery", "text", "queued, sent, delivered, undelivered, ..."},
        {"error", "text?", "what the carrier's code means"},
        {"error_code", "number?", "the carrier's"},
        {"sid", "text?", NULL}, {"sender", "text", NULL}, {"recipient", "text", NULL},
        {"customer_phone", "text", NULL}, {"operator", "text?", NULL}, {"job_id", "text?", NULL},
        {"body", "text", NULL}, {"media", "[Media]", NULL}, {"created_at", "at", NULL},
        {"is_late", "bool", "found in the carrier's log"},
        {"is_duplicate", "bool", "sent again while unsure"},
        {"customer_name", "text?", NULL}, END}, NULL},
    {"Delivery", "a text that we sent, and what became of it", FIELDS{
        {"id", "id", NULL}, {"created_at", "at", NULL}, {"kind", "text", NULL},
        {"origin", "text", NULL}, {"recipient", "text", NULL}, {"sender", "text", NULL},
        {"customer_phone", "text", NULL}, {"operator", "text?", NULL}, {"delivery", "text", NULL},
        {"error", "text?", NULL}, {"error_code", "number?", NULL}, {"is_duplicate", "bool", NULL},
        {"sid", "text?", NULL}, {"thread_id", "id?", NULL}, {"relay_id", "id?", NULL},
        {"cascade_id", "id?", NULL}, {"job_id", "text?", NULL}, END}, NULL},
    {"Last", "what happened last in a thread", FIELDS{
        {"kind", "text", NULL}, {"direction", "in|out", NULL}, {"at", "at", NULL},
        {"outcome", "text?", NULL}, {"body", "text?", NULL}, END}, NULL},
    {"Found", "a text with the words that were looked for", FIELDS{
        {"at", "at", NULL}, {"body", "text", NULL}, END}, NULL},
    {"Thread", "everything between one customer and one line", FIELDS{
        {"id", "id", NULL}, {"line", "text", NULL}, {"customer_phone", "text", NULL},
        {"owner", "text?", NULL}, {"job_id", "text?", NULL}, {"state", "open|closed", NULL},
        {"is_closed", "bool", NULL}, {"relay_id", "id?", NULL}, {"relay_state", "text?", NULL},
        {"due_at", "at?", NULL}, {"opened_at", "at", NULL}, {"last_at", "at", NULL},
        {"closed_text_at", "at?", NULL}, {"customer_name", "text?", NULL}, {"last", "Last?", NULL},
        {"found?", "Found?", "with ?q=: the latest text that has the words"},
        END}, NULL},
    {"Event", "a row of the log", FIELDS{
        {"id", "id", NULL}, {"kind", "text", NULL}, {"created_at", "at", NULL},
        {"thread_id", "id?", NULL}, {"subject_id", "id?", NULL}, {"operator", "text?", NULL},
        {"detail", "text?", NULL}, {"is_alarm", "bool", NULL}, END}, NULL},
    {"EventPage", "rows of the log", FIELDS{
        {"items", "[Event]", NULL}, {"next", "text?", NULL},
        {"previous?", "text?", "?after= of the page of later rows"},
        END}, NULL},
    {"TimelineMessage", "a text in a timeline", FIELDS{
        {"type", "message", NULL}, {"at", "at", NULL},
        {"note", "text?", "who wrote it"},
        END}, "Message"},
    {"TimelineCall", "a call in a timeline", FIELDS{
        {"type", "call", NULL}, {"at", "at", NULL}, {"note", "text?", NULL}, END}, "Call"},
    {"TimelineEvent", "an event in a timeline", FIELDS{
        {"type", "event", NULL}, {"at", "at", NULL}, {"note", "text?", NULL}, END}, "Event"},
    {"TimelineJob", "news of a job in a timeline", FIELDS{
        {"type", "job", NULL}, {"at", "at", NULL}, {"note", "text?", NULL},
        {"job_id", "text?", NULL}, {"title", "text?", NULL}, {"state", "text?", NULL}, END}, "Event"},
    {"Outgoing", "what is still to be sent", FIELDS{
        {"id", "id", NULL}, {"kind", "text|call|update|erase", NULL},
        {"class", "urgent|normal|bulk", NULL}, {"state", "queued|sending|unsure", NULL},
        {"sender", "text", NULL}, {"recipient", "text", NULL}, {"body", "text?", NULL},
        {"cascade_id", "id?", NULL}, {"due_at", "at", NULL}, {"expires_at", "at?", NULL},
        {"fence", "number", NULL}, {"attempt", "number", NULL}, {"unsure_at", "at?", NULL},
        {"is_again", "bool", NULL}, END}, NULL},
    {"JobPerson", "somebody named on a job", FIELDS{
        {"name", "text", NULL}, {"phone", "text", NULL}, {"language", "text?", NULL}, END}, NULL},
    {"Job", "a piece of work", FIELDS{
        {"id", "id", NULL},
        {"job_id", "text", "the business's own id"},
        {"state", "pending|assigned|in-progress|completed|cancelled", NULL},
        {"priority", "text", NULL}, {"exception", "text?", NULL}, {"title", "text?", NULL},
        {"notes", "text?", NULL}, {"address", "text?", NULL}, {"customer_phone", "text?", NULL},
        {"customer_name", "text?", NULL}, {"language", "text?", NULL}, {"operator", "text?", NULL},
        {"line", "text?", NULL}, {"crew", "[JobPerson]", NULL},
        {"stakeholders", "[JobPerson]", NULL}, {"claimed_by", "text?", NULL},
        {"handed_by", "text?", NULL}, {"handed_to", "text?", NULL}, {"handed_at", "at?", NULL},
        {"claim_seconds", "number", NULL}, {"progress_seconds", "number", NULL},
        {"created_at", "at", NULL}, {"created_by", "text?", NULL}, {"assigned_at", "at?", NULL},
        {"claimed_at", "at?", NULL}, {"started_at", "at?", NULL}, {"completed_at", "at?", NULL},
        {"cancelled_at", "at?", NULL}, {"changed_at", "at", NULL}, {"due_at", "at?", NULL},
        {"version", "number", "its ETag"},
        {"thread_id", "id?", NULL}, END}, NULL},
    {"JobNews", "what happened to a job: an event, a text or a call", FIELDS{
        {"id", "id", NULL}, {"kind", "text", NULL}, {"created_at", "at", NULL},
        {"operator", "text?", NULL}, {"detail", "text?", NULL}, {"is_alarm", "bool", NULL},
        {"recipient", "text?", NULL}, {"delivery", "text?", NULL}, {"error", "text?", NULL},
        {"error_code", "number?", NULL}, {"body", "text?", NULL}, END}, NULL},
    {"JobPage", "jobs, and how many there are in each state", FIELDS{
        {"items", "[Job]", NULL}, {"next", "text?", NULL}, {"counts?", "{number}", NULL}, END}, NULL},
    {"JobMistake", "what is wrong in a job", FIELDS{
        {"line", "number", NULL}, {"column", "number", NULL}, {"field", "text?", NULL},
        {"message", "text", NULL}, END}, NULL},
    {"JobsImported", "what became of an import", FIELDS{
        {"made", "number", NULL}, {"left_out", "number", NULL}, {"message", "text", NULL},
        {"mistakes", "[JobMistake]", NULL}, END}, NULL},
    {"JobRelays", "relays of a job", FIELDS{
        {"job_id", "text", NULL}, {"relays", "[Relay]", NULL}, {"next", "text?", NULL}, END}, NULL},
    {"JobCalls", "calls of a job", FIELDS{
        {"job_id", "text", NULL}, {"calls", "[Call]", NULL}, {"next", "text?", NULL}, END}, NULL},
    {"JobMessages", "texts of a job", FIELDS{
        {"job_id", "text", NULL}, {"messages", "[Message]", NULL}, {"next", "text?", NULL}, END}, NULL},
    {"SaidDuty", "what an operator said of his own duty", FIELDS{
        {"place", "number", NULL}, {"operator", "text", NULL},
        {"state", "hours|on|off|away", NULL}, {"since_at", "at?", NULL}, {"until_at", "at?", NULL},
        {"wrong_tags", "number", NULL}, {"wrong_at", "at?", NULL}, {"locked_at", "at?", NULL}, END}, NULL},
    {"Consent", "who wrote STOP or START, and to which line", FIELDS{
        {"place", "number", NULL}, {"line", "text", NULL}, {"person", "text", NULL},
        {"is_out", "bool", NULL}, {"changed_at", "at", NULL}, END}, NULL},
    {"Standing", "how one part of nextring stands", FIELDS{
        {"name", "store|queue|carrier|webhooks|roster|stream", NULL},
        {"state", "ok|warn|bad", NULL},
        {"words", "text", "for people"},
        {"since", "at", NULL}, END}, NULL},
    {"Health", "how nextring stands: the worst of its parts, and each of them", FIELDS{
        {"state", "ok|warn|bad", NULL}, {"words", "text", NULL}, {"since", "at", NULL},
        {"items", "[Standing]", NULL}, {"version", "text", NULL}, {"started_at", "at", NULL}, END}, NULL},
    {"Node", "a program that shares the database", FIELDS{
        {"number", "number", "in the ids that it makes"}, {"name", "text", "its machine's"},
        {"state", "living|late|draining|gone|dead", "late: its lease is over, dead: and it was found so"},
        {"is_this", "bool", "the one that answers"}, {"version", "text", NULL},
        {"schema", "number", "of the database that its program was made for"},
        {"started_at", "at", NULL}, {"seen_at", "at", NULL}, {"gone_at", "at?", NULL}, END}, NULL},
    {"Finding", "what a check of the set-up has found", FIELDS{
        {"check", "text", NULL}, {"state", "ok|warn|bad", NULL}, {"what", "text", NULL},
        {"why", "text?", "why it matters"},
        {"mend", "text?", "how to mend it"},
        END}, NULL},
    {"Findings", "all of them", FIELDS{
        {"items", "[Finding]", NULL}, END}, NULL},
    {"Script", "a call script in force", FIELDS{
        {"name", "inbound_routing|screen|voicemail|closed", NULL},
        {"source", "built-in|file", NULL},
        {"is_own", "bool", "the business's own, not of all"},
        {"digest", "text", NULL}, {"text", "text", NULL}, END}, NULL},
    {"ScriptMistake", "what is wrong in a call script", FIELDS{
        {"file", "text?", NULL}, {"line", "number", NULL}, {"column", "number", NULL},
        {"message", "text", NULL}, END}, NULL},
    {"Scripts", "the call scripts, and what was wrong at the last reload", FIELDS{
        {"items", "[Script]", NULL},
        {"version", "text", "as in the log of calls"},
        {"mistakes", "[ScriptMistake]", NULL}, END}, NULL},
    {"Preview", "how a call script is heard", FIELDS{
        {"mistakes", "[ScriptMistake]", NULL},
        {"words", "[text]", "in order; what nextring does stands in brackets"},
        {"twiml", "text?", "<Step/> stands for nextring's own part"},
        END}, NULL},
    {"Spread", "within which seconds half of them, and nine of ten", FIELDS{
        {"p50", "number?", NULL}, {"p90", "number?", NULL}, END}, NULL},
    {"CallTotals", "calls of some days", FIELDS{
        {"total", "number", NULL}, {"answered", "number", NULL}, {"missed", "number", NULL},
        {"voicemail", "number", NULL}, {"abandoned", "number", NULL}, {"refused", "number", NULL},
        {"answered_share", "share?", "of those that were let in, 0 to 1"},
        {"answer_seconds", "Spread", NULL}, END}, NULL},
    {"TextTotals", "texts and relays of some days", FIELDS{
        {"in", "number", NULL}, {"out", "number", NULL}, {"relays", "number", NULL},
        {"acked", "number", NULL}, {"exhausted", "number", NULL}, {"ack_seconds", "Spread", NULL},
        END}, NULL},
    {"ReportDay", "counts of a day", FIELDS{
        {"day", "day", NULL}, {"calls", "number", NULL}, {"answered", "number", NULL},
        {"missed", "number", NULL}, {"voicemail", "number", NULL}, {"abandoned", "number", NULL},
        {"refused", "number", NULL}, {"texts_in", "number", NULL}, {"texts_out", "number", NULL},
        {"relays", "number", NULL}, {"acked", "number", NULL}, {"exhausted", "number", NULL},
        {"answer_p50", "number?", NULL}, {"answer_p90", "number?", NULL},
        {"ack_p50", "number?", NULL}, {"ack_p90", "number?", NULL}, END}, NULL},
    {"ReportPerson", "what somebody did", FIELDS{
        {"operator", "text", NULL}, {"name", "text", NULL},
        {"rung", "number", "calls in which his phone rang"},
        {"accepted", "number", NULL}, {"passed_on", "number", NULL},
        {"not_answered", "number", NULL},
        {"answer_p50", "number?", "seconds from his phone's first ring"},
        {"answer_p90", "number?", NULL},
        {"relays", "number", "that he was told of"},
        {"acked", "number", NULL},
        {"ack_p50", "number?", "seconds from the first text to him"},
        {"ack_p90", "number?", NULL}, END}, NULL},
    {"ReportHours", "seven days from Monday on, of 24 hours", FIELDS{
        {"calls", "[[number]]", NULL}, {"texts", "[[number]]", NULL},
        {"missed", "[[number]]", NULL}, END}, NULL},
    {"ReportMissed", "what nobody took", FIELDS{
        {"id", "id", NULL}, {"thread_id", "id?", NULL}, {"at", "at", NULL},
        {"customer_phone", "text", NULL}, {"customer_name", "text?", NULL},
        {"kind", "missed|voicemail|abandoned|text|job", NULL}, {"why", "text", NULL}, END}, NULL},
    {"ReportSpend", "what left on a day", FIELDS{
        {"day", "day", NULL}, {"texts", "number", NULL}, {"calls", "number", NULL}, END}, NULL},
    {"Budget", "what may leave on a day; null: no bound", FIELDS{
        {"texts_per_day", "number?", NULL}, {"calls_per_day", "number?", NULL},
        {"texts_per_number_per_day", "number?", NULL}, END}, NULL},
    {"Report", "what came in some days of the business, and what became of it", FIELDS{
        {"from", "day", NULL}, {"to", "day", NULL}, {"time_zone", "text", NULL},
        {"line", "text?", NULL}, {"calls", "CallTotals", NULL}, {"texts", "TextTotals", NULL},
        {"by_day", "[ReportDay]", NULL}, {"by_operator", "[ReportPerson]", NULL},
        {"by_hour", "ReportHours", NULL}, {"missed", "[ReportMissed]", NULL},
        {"spend", "[ReportSpend]", NULL}, {"budget", "Budget", NULL}, END}, NULL},
    {"DutyNow", "somebody on duty", FIELDS{
        {"operator", "text", NULL}, {"name", "text", NULL}, {"step", "number", NULL},
        {"reason", "text", NULL}, {"words", "text", NULL}, {"until", "at?", NULL}, END}, NULL},
    {"DutyNext", "who comes on next", FIELDS{
        {"operator", "text", NULL}, {"name", "text", NULL}, {"at", "at?", NULL}, END}, NULL},
    {"Gap", "a time at which nobody is on duty", FIELDS{
        {"from", "at", NULL}, {"to", "at?", NULL}, END}, NULL},
    {"LineDuty", "who is on duty on a line", FIELDS{
        {"line", "text", NULL}, {"chain", "text", NULL}, {"now", "[DutyNow]", NULL},
        {"next", "DutyNext?", NULL}, {"gap", "Gap?", NULL}, END}, NULL},
    {"Counts", "of what there is now", FIELDS{
        {"threads_open", "number", NULL}, {"relays_waiting", "number", NULL},
        {"calls_live", "number", NULL}, {"jobs_active", "number", NULL}, END}, NULL},
    {"Business", "whose board it is", FIELDS{
        {"id", "text", NULL}, {"name", "text", NULL}, {"time_zone", "text", NULL},
        {"region", "text", NULL},
        {"is_suspended", "bool", "by the host: closed script, texts kept, nothing sent"}, END}, NULL},
    {"Rehearsal", "where the simulated phones are", FIELDS{
        {"phones", "text", NULL}, END}, NULL},
    {"Board", "all that the board shows, of one instant", FIELDS{
        {"cursor", "text", "for the stream"},
        {"now", "at", NULL}, {"tenant", "Business", NULL}, {"calls", "[Call]", NULL},
        {"waiting", "[Relay]", NULL}, {"duty", "[LineDuty]", NULL}, {"health", "Health", NULL},
        {"alarms", "[Event]", NULL}, {"counts", "Counts", NULL}, {"rehearsal", "Rehearsal?", NULL},
        END}, NULL},
    {"Source", "where the roster comes from", FIELDS{
        {"kind", "file|address|database", NULL}, {"name", "text", NULL},
        {"is_editable", "bool", NULL},
        {"why", "text?", "why not"},
        END}, NULL},
    {"Mistake", "what is wrong in a roster", FIELDS{
        {"path", "text?", NULL}, {"line", "number", NULL}, {"column", "number", NULL},
        {"message", "text", NULL}, {"help", "text?", NULL}, END}, NULL},
    {"Difference", "what an edit changes", FIELDS{
        {"path", "text", NULL},
        {"change", "text", "added, removed, changed"},
        {"before", "any", NULL}, {"after", "any", NULL}, END}, NULL},
    {"Trial", "what an edit would do", FIELDS{
        {"version", "number", "of the roster in force"},
        {"mistakes", "[Mistake]", NULL}, {"difference", "[Difference]", NULL},
        {"difference_more", "number", NULL}, {"warnings", "[Warning]", NULL},
        {"mistakes_more?", "number", NULL}, END}, NULL},
    {"Edited", "an edit that is in force", FIELDS{
        {"version", "number", NULL}, {"digest", "text", NULL}, {"tenant", "text", NULL},
        {"by", "text", NULL}, {"note", "text", NULL}, {"difference", "[Difference]", NULL},
        {"difference_more", "number", NULL}, {"warnings", "[Warning]", NULL}, END}, NULL},
    {"Roster", "the roster in force", FIELDS{
        {"version", "number", NULL}, {"digest", "text", NULL}, {"tenant", "text", NULL},
        {"source", "Source", NULL}, {"document", "any", NULL}, END}, NULL},
    {"RosterVersion", "a version of the roster", FIELDS{
        {"version", "number", NULL}, {"is_good", "bool", NULL}, {"digest", "text", NULL},
        {"size", "number", NULL}, {"mistakes", "text?", NULL}, {"created_at", "at", NULL},
        {"made_by", "text?", NULL}, {"note", "text?", NULL}, END}, NULL},
    {"RosterText", "a version of the roster, with its document", FIELDS{
        {"version", "number", NULL}, {"is_good", "bool", NULL}, {"digest", "text", NULL},
        {"document", "any", NULL}, {"mistakes", "text?", NULL}, {"created_at", "at", NULL},
        {"made_by", "text?", NULL}, {"note", "text?", NULL}, END}, NULL},
    {"Step", "of a chain", FIELDS{
        {"operators", "[text]", NULL}, {"how", "strict|parallel|overlap", NULL},
        {"ring_seconds", "number", NULL}, {"ack_seconds", "number", NULL},
        {"on_unsure", "text", NULL}, END}, NULL},
    {"Chain", "who is rung, and in which order", FIELDS{
        {"id", "text", NULL}, {"is_fallback", "bool", NULL}, {"steps", "[Step]", NULL},
        {"lines", "[text]", NULL},
        {"document", "any", "as the roster has it"},
        END}, NULL},
    {"Chains", "all chains", FIELDS{
        {"items", "[Chain]", NULL}, {"next", "text?", NULL}, {"version", "number", NULL},
        {"source", "Source", NULL}, END}, NULL},
    {"SaidWord", "what he said of himself, and until when", FIELDS{
        {"state", "hours|on|off|away", NULL}, {"until", "at?", NULL}, END}, NULL},
    {"Operator", "a person who can be rung or texted", FIELDS{
        {"id", "text", NULL}, {"name", "text", NULL}, {"phone", "text", NULL},
        {"time_zone", "text?", NULL}, {"prealert", "always|missed|never", NULL},
        {"accept", "text", NULL}, {"caller_id", "text", NULL}, {"ring_seconds", "number?", NULL},
        {"is_last_resort", "bool", NULL}, {"is_always_on_call", "bool", NULL},
        {"is_contact", "bool", NULL},
        {"is_on", "bool", "on duty now"},
        {"words", "text", "why"},
        {"said", "SaidWord?", "of his own duty"},
        {"document", "any", "as the roster has it"},
        END}, NULL},
    {"Operators", "all operators", FIELDS{
        {"items", "[Operator]", NULL}, {"next", "text?", NULL}, {"version", "number", NULL},
        {"source", "Source", NULL}, END}, NULL},
    {"Override", "somebody on or off duty for some time, or in the place of somebody", FIELDS{
        {"n", "number", "its place"},
        {"operator", "text", NULL}, {"name", "text", NULL}, {"instead_of", "text?", NULL},
        {"from", "at", NULL}, {"to", "at", NULL}, {"is_on", "bool?", NULL},
        {"is_over", "bool", NULL}, {"note", "any", NULL}, END}, NULL},
    {"Overrides", "all of them", FIELDS{
        {"items", "[Override]", NULL}, {"next", "text?", NULL}, {"version", "number", NULL},
        {"source", "Source", NULL}, END}, NULL},
    {"Hours", "weekly hours", FIELDS{
        {"days", "[text]", NULL}, {"from", "text", NULL}, {"to", "text", NULL}, END}, NULL},
    {"Stretch", "a part of time", FIELDS{
        {"from", "at", NULL}, {"to", "at", NULL}, END}, NULL},
    {"Schedule", "somebody's hours and times off", FIELDS{
        {"operator", "text", NULL}, {"name", "text", NULL}, {"time_zone", "text", NULL},
        {"is_always", "bool", NULL}, {"has_calendar", "bool", NULL}, {"hours", "[Hours]", NULL},
        {"away", "[Stretch]", NULL}, END}, NULL},
    {"HandOver", "when a duty goes to the next", FIELDS{
        {"at", "at", NULL}, {"operator", "text", NULL}, END}, NULL},
    {"Rotation", "a duty that goes round", FIELDS{
        {"id", "text", NULL}, {"time_zone", "text", NULL}, {"operators", "[text]", NULL},
        {"holder", "text", NULL}, {"hand_overs", "[HandOver]", NULL}, {"document", "any", NULL}, END}, NULL},
    {"Schedules", "hours and rotations", FIELDS{
        {"items", "[Schedule]", NULL}, {"next", "text?", NULL}, {"rotations", "[Rotation]", NULL},
        END}, NULL},
    {"Line", "a number of the business", FIELDS{
        {"number", "text", NULL}, {"chain", "text", NULL}, {"texts_per_second", "number", NULL},
        {"relays_per_minute", "number", NULL}, {"is_mms", "bool", NULL},
        {"help", "text?", "our answer to HELP"},
        END}, NULL},
    {"Lines", "all lines", FIELDS{
        {"items", "[Line]", NULL}, {"next", "text?", NULL}, {"version", "number", NULL},
        {"source", "Source", NULL}, END}, NULL},
    {"LineLive", "whether the carrier comes here for a line", FIELDS{
        {"number", "text", NULL}, {"is_live", "bool", NULL}, END}, NULL},
    {"LineReportOnly", "a line, and whether wrong signatures of its webhooks are only counted", FIELDS{
        {"number", "text", NULL}, {"is_report_only", "bool", NULL}, {"since", "at?", NULL},
        {"until", "at?", "it ends by itself"}, {"by", "text?", "who switched it on"},
        {"right", "number", "webhooks with a right signature since then, at this node"},
        {"right_at", "at?", "the last of them"},
        {"wrong", "number", "those that would have been refused"}, {"wrong_at", "at?", NULL},
        END}, NULL},
    {"LinesReportOnly", "all lines", FIELDS{
        {"items", "[LineReportOnly]", NULL}, {"next", "text?", NULL}, END}, NULL},
    {"Tenant", "a business", FIELDS{
        {"id", "text", NULL}, {"name", "text", NULL}, {"time_zone", "text", NULL},
        {"region", "text", NULL}, {"is_suspended", "bool", "by the host"}, END}, NULL},
    {"TenantRow", "a business, and how large it is", FIELDS{
        {"lines", "number", NULL}, {"operators", "number", NULL}, END}, "Tenant"},
    {"HostTenant", "a business on the host's terms", FIELDS{
        {"id", "text", NULL}, {"number", "number", NULL}, {"name", "text", NULL},
        {"account", "text", "at the carrier"}, {"way", "pool|subaccount|own", NULL},
        {"state", "active|suspended", NULL}, {"weight", "number", "its share among tenants"},
        {"texts_a_day", "number?", "null: without bound"}, {"calls_a_day", "number?", NULL},
        {"secrets", "[text]", "which there are; never what they are"}, {"has_roster", "bool", NULL},
        {"lines", "number", NULL}, {"created_at", "at?", NULL}, {"changed_at", "at?", NULL},
        END}, NULL},
    {"Rotated", "how sealing anew went", FIELDS{
        {"key_id", "text?", "of the key that seals now"}, {"sealed", "number", NULL},
        {"unopened", "number", "whose key is not there"}, END}, NULL},
    {"TenantRows", "a page of one table's rows", FIELDS{
        {"table", "text", NULL}, {"is_secret", "bool", "nothing of it leaves"},
        {"items", "[any]", NULL}, {"next", "text?", NULL}, END}, NULL},
    {"Trace", "what a table has left of a tenant", FIELDS{{"table", "text", NULL}, {"looked", "text", "by what"}, {"left", "number", NULL}, END}, NULL},
    {"Leaving", "how far the deletion has come", FIELDS{
        {"phase", "recordings|deleting|deleted", "ask again until it is deleted"},
        {"gone", "number", "rows that this request has deleted"},
        {"recordings", "number", "that are still at the carrier"},
        {"number", "number", "to be given with the last request"}, {"account", "text", NULL},
        {"is_shared", "bool", "other nodes take two seconds to know"}, END}, NULL},
    {"Gone", "the proof", FIELDS{{"phase", "proven", NULL}, {"gone", "number", NULL}, {"tables", "[Trace]", NULL},
        {"is_clean", "bool", NULL}, END}, NULL},
    {"Warning", "what an edit brings with it", FIELDS{
        {"path", "text", NULL}, {"message", "text", NULL}, END}, NULL},
    {"Chosen", "somebody on a plan, or left out of it", FIELDS{
        {"operator", "text", NULL}, {"name", "text", NULL}, {"step", "number", NULL},
        {"ring_seconds", "number", NULL}, {"ack_seconds", "number", NULL},
        {"reason", "text", NULL}, {"words", "text", NULL}, END}, NULL},
    {"DutyAt", "who would be rung, and why", FIELDS{
        {"at", "at", NULL}, {"line", "text", NULL}, {"chain", "text", NULL},
        {"time_zone", "text", NULL}, {"plan", "[Chosen]", NULL}, {"left_out", "[Chosen]", NULL}, END}, NULL},
    {"Shift", "a time on duty, or off it by decision", FIELDS{
        {"from", "at?", NULL}, {"to", "at?", NULL}, {"reason", "text", NULL},
        {"words", "text", NULL}, END}, NULL},
    {"Shifts", "of one operator", FIELDS{
        {"operator", "text", NULL}, {"name", "text", NULL}, {"shifts", "[Shift]", NULL}, END}, NULL},
    {"WeekOverride", "an override within that week", FIELDS{
        {"n", "number", NULL}, {"operator", "text", NULL}, {"instead_of", "text?", NULL},
        {"from", "at", NULL}, {"to", "at", NULL}, {"is_on", "bool?", NULL}, END}, NULL},
    {"DutyWeek", "who is on duty when", FIELDS{
        {"from", "at", NULL}, {"to", "at", NULL}, {"line", "text", NULL}, {"chain", "text", NULL},
        {"time_zone", "text", NULL},
        {"version", "number", "of the roster"},
        {"operators", "[Shifts]", NULL}, {"gaps", "[Gap]", NULL},
        {"is_cut", "bool", "there is more than is shown"},
        {"overrides", "[WeekOverride]", NULL}, END}, NULL},
    {"DutySaid", "what became of it", FIELDS{
        {"operator", "text", NULL}, {"message", "text", NULL}, END}, NULL},
    {"Verified", "whether the log is whole", FIELDS{
        {"is_whole", "bool", NULL}, {"count", "number", NULL}, {"first_at", "at?", NULL},
        {"last_at", "at?", NULL},
        {"head", "text?", "the chain's last link"},
        {"broken_at", "at?", NULL}, {"broken_id", "id?", NULL}, {"words", "text", NULL}, END}, NULL},
    {"Seen", "what there is of a person", FIELDS{
        {"phase", "look", NULL}, {"hindrance", "text?", "why he cannot be erased now"},
        {"rows", "{number}", "by table"}, END}, NULL},
    {"Forgotten", "how far it is", FIELDS{
        {"phase", "carrier|rows|done", NULL}, {"gone", "number", "rows, by this request"},
        {"next", "text?", "for the next request"}, END}, NULL},
    {"Copying", "a copy of the database that is made, or was", FIELDS{
        {"state", "none|copying|done|failed", NULL}, {"pages_done", "number", NULL},
        {"pages", "number", NULL}, {"path", "text", NULL}, {"why", "text", NULL}, END}, NULL},
    {"Me", "who is signed in", FIELDS{
        {"id", "id", NULL}, {"login", "text", NULL}, {"name", "text", NULL},
        {"role", "viewer|dispatcher|admin", NULL}, {"operator", "text?", NULL}, END}, NULL},
    {"Session", "who is signed in, and what he may see", FIELDS{
        {"user", "Me", NULL}, {"tenant", "text?", NULL}, {"tenants", "[Tenant]", NULL},
        {"csrf", "text", "for X-CSRF-Token"},
        {"expires_at", "at", NULL}, {"server_time", "at", NULL}, {"version", "text", NULL}, END}, NULL},
    {"Invited", "whom a set-up link is for", FIELDS{
        {"login", "text", NULL}, {"name", "text", NULL}, END}, NULL},
    {"User", "somebody who may sign in", FIELDS{
        {"id", "id", NULL},
        {"tenant", "text?", "null: of every one"},
        {"login", "text", NULL}, {"name", "text", NULL}, {"role", "viewer|dispatcher|admin", NULL},
        {"operator", "text?", NULL}, {"is_disabled", "bool", NULL},
        {"is_set_up", "bool", "has a password"},
        {"created_at", "at", NULL}, {"seen_at", "at?", NULL}, {"disabled_at", "at?", NULL},
        {"setup_until_at", "at?", "until when his set-up link is good"},
        {"version", "number", "its ETag"},
        END}, NULL},
    {"SetUpLink", "by which he sets his password, once", FIELDS{
        {"link", "text", NULL}, {"until", "at", NULL}, END}, NULL},
    {"Token", "what a program signs in with, without its text", FIELDS{
        {"id", "id", NULL},
        {"tenant", "text?", "null: every one"},
        {"role", "viewer|dispatcher|admin", NULL}, {"name", "text", NULL},
        {"created_at", "at", NULL}, {"revoked_at", "at?", NULL}, {"used_at", "at?", NULL}, END}, NULL},
    {"NewToken", "the one answer that shows it", FIELDS{
        {"id", "id", NULL}, {"token", "text", NULL},
        {"tenant", "text?", "null: every one"},
        {"role", "viewer|dispatcher|admin", NULL}, {"name", "text", NULL}, END}, NULL},
    {"Available", "somebody who is available", FIELDS{
        {"operator", "text", NULL}, {"name", "text", NULL}, {"state", "text", NULL},
        {"until", "at?", NULL}, END}, NULL},
    {"Availability", "who is available now", FIELDS{
        {"line", "text", NULL}, {"available", "[Available]", NULL}, {"next_at", "at?", NULL}, END}, NULL},
};
/* clang-format on */

const size_t openapi_nouns_given_count = COUNT(openapi_nouns_given);
