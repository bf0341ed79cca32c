#include "alarm/alarm_way.h"

#include <string.h>

static const char *const names[ALARM_WAYS] = {
    [ALARM_WAY_COMMAND] = "command", [ALARM_WAY_HOST_WEBHOOK] = "host-webhook",
    [ALARM_WAY_WEBHOOK] = "webhook", [ALARM_WAY_TEXT] = "text",
    [ALARM_WAY_VOICE] = "voice",
};

const char *alarm_way_name(enum alarm_way way)
{
    return names[way];
}

bool alarm_way_parse(struct span text, enum alarm_way *out)
{
    for (int i = 0; i < ALARM_WAYS; i++)
        if (span_is_text(text, names[i])) {
            *out = (enum alarm_way)i;
            return true;
        }
    return false;
}

static bool begins(const char *kind, const char *with)
{
    return strncmp(kind, with, strlen(with)) == 0;
}

/* Texts and calls may be what does not work. */
static bool is_about_sending(const char *kind)
{
    return begins(kind, "carrier.") || begins(kind, "outbox.") || begins(kind, "canary.");
}

static bool is_wanted(const struct roster_alarms *a, const char *kind)
{
    for (int i = 0; i < a->kind_count; i++) {
        const size_t size = strlen(a->kinds[i]);
        const bool is_group = size > 0 && a->kinds[i][size - 1] == '.';
        if (is_group ? begins(kind, a->kinds[i]) : strcmp(kind, a->kinds[i]) == 0)
            return true;
    }
    return a->kind_count == 0;
}

unsigned alarm_way_hosts(const struct alarm_way_ask *ask)
{
    return (ask->has_command ? 1u << ALARM_WAY_COMMAND : 0) |
           (ask->has_webhook ? 1u << ALARM_WAY_HOST_WEBHOOK : 0);
}

static unsigned own(const struct alarm_way_ask *ask)
{
    const struct roster_alarms *a = ask->tenant;

    return (a->webhook ? 1u << ALARM_WAY_WEBHOOK : 0) | (a->text_count ? 1u << ALARM_WAY_TEXT : 0) |
           (a->voice_count ? 1u << ALARM_WAY_VOICE : 0) |
           (a->command && ask->has_command ? 1u << ALARM_WAY_COMMAND : 0);
}

unsigned alarm_way_of(const struct alarm_way_ask *ask)
{
    const unsigned hosts = alarm_way_hosts(ask);
    const bool has_own = ask->tenant && ask->tenant->is_given;

    if (!has_own)
        return hosts;
    if (ask->is_hosts)
        return hosts ? hosts : own(ask);
    if (!is_wanted(ask->tenant, ask->kind))
        return 0;
    if (strcmp(ask->kind, "alarm.not-heard") == 0) /* calling him once more would be no news */
        return (own(ask) & ~(1u << ALARM_WAY_VOICE)) | hosts;
    const unsigned ways = own(ask);
    return ways && !is_about_sending(ask->kind) ? ways : ways | hosts;
}
