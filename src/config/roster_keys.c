#include "config/roster_keys.h"

#include "config/doc.h"

/* All that have a meaning at the top: docs/roster.md. */
static const char *const known[] = {
    "tenant",
    "name",
    "region",
    "time_zone",
    "timezone",
    "account_sid",
    "wait_seconds",
    "acknowledge_needs_tag",
    "relays_per_minute",
    "still_trying",
    "blocked",
    "anonymous_calls",
    "lookup",
    "voicemail",
    "screen_unknown_callers",
    "operator_menu",
    "budget",
    "alarms",
    "keep_recordings_days",
    "shift_texts",
    "shift_confirm_seconds",
    "bare_replies",
    "dispatchers",
    "fallback_chain",
    "chains",
    "lines",
    "rotations",
    "overrides",
    "job_routing",
    "jobs",
    "shift_texts",
    "shift_confirm_seconds",
    "last_updated",
    "relay",
    NULL,
};

void roster_keys_note(struct span text, const char *file, struct mistakes *notes)
{
    struct mistakes unread;
    struct doc doc;

    mistakes_init(&unread, notes->arena); /* that it is no JSON is told elsewhere */
    const struct doc_node *top = doc_open(&doc, file, text, &unread);
    doc.mistakes = notes;
    if (top && json_type(top->value) == JSON_OBJECT)
        doc_known(&doc, top, known, false);
    doc_close(&doc);
}
