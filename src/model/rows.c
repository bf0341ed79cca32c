#include "model/rows.h"

#include "model/named.h"

/* In the order of the enums; the store keeps these words, so a word once given stays. */
/* clang-format off */
static const char *const relay_kind_names[RELAY_KINDS] = {
    "text", "missed_call", "voicemail", "job"
};
static const char *const relay_state_names[RELAY_STATES] = {"idle", "open", "taken", "exhausted"};
static const char *const final_status_names[FINAL_STATUSES] = {
    "", "delivered", "backup_triggered", "failed", "acked"
};
static const char *const cascade_state_names[CASCADE_STATES] = {
    "ringing", "accepted", "voicemail", "closed", "asked", "menu", "over"
};
static const char *const outcome_names[OUTCOMES] = {
    "none", "answered", "voicemail", "missed", "abandoned", "refused", "menu"
};
static const char *const direction_names[DIRECTIONS] = {"in", "out"};
static const char *const origin_names[ORIGINS] = {
    "customer", "operator", "dashboard", "api", "system"
};
static const char *const message_kind_names[MESSAGE_KINDS] = {
    "inbound", "command", "forward", "reply", "prealert", "notice", "customer", "spoken",
    "held_back", "call_back", "job", "crew"
};
static const char *const delivery_names[DELIVERIES] = {
    "none", "queued", "unsure", "accepted", "sent",
    "delivered", "undelivered", "failed", "dropped"
};
static const char *const outbox_kind_names[OUTBOX_KINDS] = {"text", "call", "update", "erase"};
static const char *const outbox_class_names[OUTBOX_CLASSES] = {"urgent", "normal", "bulk"};
static const char *const outbox_state_names[OUTBOX_STATES] = {"queued", "sending", "unsure"};
static const char *const duty_state_names[DUTY_STATES] = {"hours", "on", "off", "away"};
static const char *const line_type_names[LINE_TYPES] = {
    "unknown", "mobile", "landline", "voip", "other"
};
static const char *const question_kind_names[QUESTION_KINDS] = {"which", "take", "command", "confirm"};
static const char *const timer_kind_names[TIMER_KINDS] = {
    "relay", "cascade", "question", "thread", "overlap", "recording", "job", "gaps", "shift", "confirm", "forget"
};
static const char *const link_purpose_names[LINK_PURPOSES] = {
    "acknowledge", "call", "recording", "media", "words", "text", "job", "shift"
};

NAMED(relay_kind, RELAY_KINDS)
NAMED(relay_state, RELAY_STATES)
NAMED(final_status, FINAL_STATUSES)
NAMED(cascade_state, CASCADE_STATES)
NAMED(outcome, OUTCOMES)
NAMED(direction, DIRECTIONS)
NAMED(origin, ORIGINS)
NAMED(message_kind, MESSAGE_KINDS)
NAMED(delivery, DELIVERIES)
NAMED(outbox_kind, OUTBOX_KINDS)
NAMED(outbox_class, OUTBOX_CLASSES)
NAMED(outbox_state, OUTBOX_STATES)
NAMED(duty_state, DUTY_STATES)
NAMED(line_type, LINE_TYPES)
NAMED(question_kind, QUESTION_KINDS)
NAMED(timer_kind, TIMER_KINDS)
NAMED(link_purpose, LINK_PURPOSES)
/* clang-format on */
