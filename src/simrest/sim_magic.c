#include "simrest/sim_magic.h"

#include <string.h>

#include "codec/phone.h"
#include "codec/url.h"

enum { DIGITS = 12 }; /* of "+15005550006" */

struct spell {
    const char *number;
    int status, code;
    const char *words;
};

/* clang-format off */
/* The last row, without a number, is for all others; code 0: good. */
static const struct spell text_from[] = {
    {"+15005550001", 400, 21212, "The 'From' number is not a valid phone number."},
    {"+15005550007", 400, 21606, "The 'From' number is not yours, or not SMS-capable."},
    {"+15005550008", 429, 21611, "The 'From' number has an SMS message queue that is full."},
    {"+15005550006", 0, 0, NULL},
    {NULL,           400, 21606, "The 'From' number is not yours, or not SMS-capable."},
};
static const struct spell text_to[] = {
    {"+15005550001", 400, 21211, "The 'To' number is not a valid phone number."},
    {"+15005550002", 400, 21612, "The 'To' number is not currently reachable by SMS."},
    {"+15005550003", 400, 21408, "Permission to send an SMS has not been enabled for the region."},
    {"+15005550004", 400, 21610, "Attempt to send to unsubscribed recipient"},
    {"+15005550009", 400, 21614, "The 'To' number is not a valid mobile number."},
    {NULL, 0, 0, NULL},
};
static const struct spell call_from[] = {
    {"+15005550001", 400, 21212, "The 'From' number is not a valid phone number."},
    {"+15005550006", 0, 0, NULL},
    {NULL,           400, 21210, "The 'From' number is not verified for your account."},
};
static const struct spell call_to[] = {
    {"+15005550001", 400, 21217, "The phone number does not appear to be valid."},
    {"+15005550002", 400, 21214, "The 'To' number cannot be reached."},
    {"+15005550003", 400, 21215, "Your account is not permitted to call this number."},
    {"+15005550004", 400, 21216, "Your account is not allowed to call this number."},
    {NULL, 0, 0, NULL},
};
/* clang-format on */

/* False leaves the error of the number's row. */
static bool is_good(struct sim_api *a, const struct spell *table, struct span number)
{
    while (table->number && !span_is_text(number, table->number))
        table++;
    if (table->code)
        sim_api_refuse(a, table->status, table->code, "%s", table->words);
    return !table->code;
}

static bool is_number(struct span text)
{
    char number[PHONE_TEXT_SIZE];

    return (text.size == DIGITS && span_starts(text, SPAN("+1500555"))) ||
           phone_parse(text.data, text.size, NULL, number) == PHONE_GOOD;
}

static char *allocated(struct span text)
{
    char *copy = arena_must_alloc(text.size + 1);

    if (text.size)
        memcpy(copy, text.data, text.size);
    return copy;
}

static void text(struct sim_api *a)
{
    const struct span from = sim_api_field(a, "From"), to = sim_api_field(a, "To");
    const struct span body = sim_api_field(a, "Body");

    if (!to.size)
        sim_api_refuse(a, 400, 21604, "A 'To' phone number is required.");
    else if (sim_api_field(a, "MessagingServiceSid").size)
        sim_api_refuse(a, 403, 20008, "MessagingServiceSid is not supported by test credentials");
    else if (!from.size)
        sim_api_refuse(a, 400, 21603, "A 'From' phone number is required.");
    else if (is_good(a, text_from, from) && is_good(a, text_to, to) && !is_number(to))
        sim_api_refuse(a, 400, 21211, "The 'To' number %.*s is not a valid phone number.",
                       SPAN_ARG(to));
    if (!a->code && !body.size && !form_count(a->form, "MediaUrl"))
        sim_api_refuse(a, 400, 21602, "Message body is required.");
    struct sim_text *t = a->code ? NULL : sim_world_text_made(a->world, "SM");
    if (!t)
        return;
    t->account = a->account;
    t->direction = SIM_OUTBOUND_API;
    t->deleted = true;
    t->segments = 1;
    t->state = SIM_TEXT_QUEUED;
    t->body = allocated(body);
    t->callback = allocated((struct span){NULL, 0});
    sim_world_copy(t->from, sizeof t->from, from);
    sim_world_copy(t->to, sizeof t->to, to);
    a->row = t;
}

static void call(struct sim_api *a)
{
    const struct span from = sim_api_field(a, "From"), to = sim_api_field(a, "To");
    const struct span url = sim_api_field(a, "Url");
    struct url u;

    if (!to.size)
        sim_api_refuse(a, 400, 21201, "No 'To' number is specified");
    else if (!from.size)
        sim_api_refuse(a, 400, 21213, "No 'From' number is specified");
    else if (is_good(a, call_from, from) && is_good(a, call_to, to) && !is_number(to))
        sim_api_refuse(a, 400, 21211, "The 'To' number %.*s is not a valid phone number.",
                       SPAN_ARG(to));
    if (!a->code && !sim_api_field(a, "Twiml").size && (!url.size || url_parse(url, &u)))
        sim_api_refuse(a, 400, 21205, "Url is not a valid URL: %.*s", SPAN_ARG(url));
    struct sim_leg *leg = a->code ? NULL : sim_world_leg_made(a->world);
    if (!leg)
        return;
    leg->account = a->account;
    leg->state = SIM_QUEUED;
    leg->direction = SIM_OUTBOUND_API;
    leg->deleted = true;
    sim_world_copy(leg->from, sizeof leg->from, from);
    sim_world_copy(leg->to, sizeof leg->to, to);
    a->row = leg;
}

static const struct {
    const char *path;
    sim_api_fn *answer;
} creates[] = {{"/Messages", text}, {"/Calls", call}};

bool sim_magic_answers(struct sim_api *a)
{
    if (!a->account->test || !(a->route->flags & SIM_API_CREATES))
        return false;
    for (size_t i = 0; i < sizeof creates / sizeof creates[0]; i++)
        if (!strcmp(a->route->path, creates[i].path)) {
            creates[i].answer(a);
            if (!a->code && !a->row)
                sim_api_refuse(a, 429, 20429, "Too Many Requests");
            return true;
        }
    return false;
}
