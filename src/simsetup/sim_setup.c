#include "simsetup/sim_setup.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "codec/phone.h"
#include "simsetup/sim_setup_account.h"
#include "simworld/sim_office.h"

enum { CODE_MAX = 99999, PERCENT = 100, CONFIDENCE = 90, SIP_MIN = 300, SIP_MAX = 699 };

enum err sim_setup_keys(const struct json *object, const char *keys, char words[SIM_SETUP_WORDS])
{
    struct sim_setup_reader r = {.words = words};

    words[0] = 0;
    sim_setup_reader_keys(&r, object, keys);
    return words[0] ? ERR_BAD_INPUT : ERR_NONE;
}

static void read_step(struct sim_setup_reader *r, const struct json *j, struct sim_step *out)
{
    sim_setup_reader_keys(r, j, "press say confidence talk_ms wait_ms hangup after_ms");
    sim_setup_reader_text_into(r, j, "press", out->keys, sizeof out->keys);
    out->after_ms = sim_setup_reader_ms(r, j, "after_ms", 0);
    if (json_type(json_get(j, "press")) == JSON_TEXT) {
        out->act = SIM_PRESS;
        if (strspn(out->keys, "0123456789*#ABCD") != strlen(out->keys))
            sim_setup_reader_wrong(r, "press \"%s\": keys are 0-9 * # A-D", out->keys);
    } else if (json_type(json_get(j, "say")) == JSON_TEXT) {
        int64_t confidence = CONFIDENCE;
        out->act = SIM_SPEAK;
        out->words = arena_text(r->world->arena, json_text(json_get(j, "say")));
        if (json_type(json_get(j, "confidence")) != JSON_ABSENT &&
            !json_number(json_get(j, "confidence"), 0, PERCENT, &confidence))
            sim_setup_reader_wrong(r, "confidence is not a number of percent");
        out->confidence = (int)confidence;
    } else if (json_type(json_get(j, "talk_ms")) != JSON_ABSENT) {
        out->act = SIM_TALK;
        out->after_ms = sim_setup_reader_ms(r, j, "talk_ms", 0);
    } else if (json_bool(json_get(j, "hangup"))) {
        out->act = SIM_HANG_UP;
    } else {
        out->act = SIM_WAIT;
        out->after_ms += sim_setup_reader_ms(r, j, "wait_ms", 0);
    }
}

static void read_steps(struct sim_setup_reader *r, const struct json *list,
                       struct sim_behaviour *out)
{
    if (json_type(list) != JSON_LIST || json_count(list) > SIM_STEPS_MAX) {
        sim_setup_reader_wrong(r, "then is not a list of up to %d steps", SIM_STEPS_MAX);
        return;
    }
    out->step_count = json_count(list);
    for (size_t i = 0; i < json_count(list); i++)
        read_step(r, json_at(list, i), &out->steps[i]);
}

enum err sim_setup_steps(struct sim_world *w, const struct json *list, struct sim_behaviour *out,
                         char words[SIM_SETUP_WORDS])
{
    struct sim_setup_reader r = {.world = w, .words = words};
    struct sim_behaviour read = *out;

    words[0] = 0;
    read_steps(&r, list, &read);
    if (words[0])
        return ERR_BAD_INPUT;
    *out = read;
    return ERR_NONE;
}

/* What the phone itself says when nobody takes the call in person. */
static void read_greeting(struct sim_setup_reader *r, const struct json *j,
                          struct sim_behaviour *out)
{
    const bool screening = out->manner == SIM_SCREENING;
    const struct span said = json_text(json_get(j, "says"));
    const struct span usual =
        screening ? SPAN("Please say your name and why you are calling.")
                  : SPAN("Nobody is here now. Please leave a message after the tone.");

    out->greeting_ms = sim_setup_reader_ms(r, j, "greeting_ms", screening ? 4000 : 6000);
    out->record_ms = sim_setup_reader_ms(r, j, "record_ms", screening ? 15000 : 30000);
    if (screening || out->manner == SIM_VOICEMAIL)
        out->greeting = arena_text(r->world->arena, said.size ? said : usual);
}

static void read_refusal(struct sim_setup_reader *r, const struct json *j,
                         struct sim_behaviour *out)
{
    int64_t code = 0;

    out->status = sim_setup_reader_word(r, j, "status", "busy no-answer failed");
    if (json_type(json_get(j, "sip_code")) != JSON_ABSENT &&
        !json_number(json_get(j, "sip_code"), SIP_MIN, SIP_MAX, &code))
        sim_setup_reader_wrong(r, "sip_code is not a number from %d to %d", SIP_MIN, SIP_MAX);
    out->sip_code = (int)code;
}

static void read_behaviour(struct sim_setup_reader *r, const struct json *j,
                           struct sim_behaviour *out)
{
    const struct span what = json_text(json_get(j, "do"));
    enum sim_manner m = SIM_IGNORE;

    sim_setup_reader_keys(
        r, j, "do after_ms greeting_ms record_ms says hangup_ms status sip_code answered_by then");
    while (m < SIM_MANNERS && !span_is_text(what, sim_manner_name(m)))
        m++;
    if (m == SIM_MANNERS)
        sim_setup_reader_wrong(
            r,
            "do \"%.*s\" is none of ignore, answer, voicemail, screening, busy, decline, "
            "unavailable, unreachable, hand",
            SPAN_ARG(what));
    out->manner = m;
    out->after_ms = sim_setup_reader_ms(r, j, "after_ms", 0);
    out->hang_up_ms = sim_setup_reader_ms(r, j, "hangup_ms", -1);
    out->answered_by = sim_setup_reader_word(
        r, j, "answered_by",
        "human machine_start machine_end_beep machine_end_silence machine_end_other fax "
        "unknown");
    read_greeting(r, j, out);
    read_refusal(r, j, out);
    if (json_type(json_get(j, "then")) != JSON_ABSENT)
        read_steps(r, json_get(j, "then"), out);
}

static void read_answer(struct sim_setup_reader *r, const struct json *j, struct sim_answer *out)
{
    const struct span reply = json_text(json_get(j, "reply"));
    const struct span match = json_text(json_get(j, "match"));

    sim_setup_reader_keys(r, j, "reply match after_ms");
    out->reply = reply.size ? arena_text(r->world->arena, reply) : NULL;
    out->match = match.size ? arena_text(r->world->arena, match) : NULL;
    out->after_ms = sim_setup_reader_ms(r, j, "after_ms", 0);
}

/* A code, or {"code","status"}: the receipt that texts to this phone come back with. */
static void read_receipt(struct sim_setup_reader *r, const struct json *j, struct sim_phone *out)
{
    const bool whole = json_type(j) == JSON_OBJECT;
    const struct span status = json_text(json_get(j, "status"));
    int64_t code = 0;

    if (json_type(j) == JSON_ABSENT)
        return;
    if (whole)
        sim_setup_reader_keys(r, j, "code status");
    if (!json_number(whole ? json_get(j, "code") : j, 1, CODE_MAX, &code))
        sim_setup_reader_wrong(
            r, "receipt_error is no code like 30005, nor an object with code and status");
    if (status.size && !sim_setup_reader_is_word_of(status, "undelivered failed"))
        sim_setup_reader_wrong(r, "status of receipt_error is \"undelivered\" or \"failed\"");
    out->receipt_error = (int)code;
    out->receipt_failed = span_is_text(status, "failed");
}

static void read_script(struct sim_setup_reader *r, const struct json *j, struct sim_phone *out)
{
    struct arena *arena = r->world->arena;
    const struct json *calls, *texts;

    sim_setup_reader_keys(
        r, j,
        sim_setup_reader_known(
            r,
            "number name caller_name city state zip country stir line_type lookup "
            "unreachable landline opted_out receipt_error on_call on_text",
            sim_office_phone_settings));
    sim_setup_reader_fields(r, j, sim_office_phone_settings, out);
    if (json_type(json_get(j, "lookup")) == JSON_OBJECT)
        out->lookup = arena_text(arena, json_dump(arena, json_get(j, "lookup")));
    else if (json_type(json_get(j, "lookup")) != JSON_ABSENT)
        sim_setup_reader_wrong(r, "lookup is %s, not an object of packages",
                               json_type_name(json_type(json_get(j, "lookup"))));
    out->place = (struct sim_place){.city = sim_setup_reader_text(r, j, "city"),
                                    .state = sim_setup_reader_text(r, j, "state"),
                                    .zip = sim_setup_reader_text(r, j, "zip"),
                                    .country = sim_setup_reader_text(r, j, "country")};
    out->stir = sim_setup_reader_text(r, j, "stir");
    sim_setup_reader_text_into(r, j, "name", out->name, sizeof out->name);
    sim_setup_reader_text_into(r, j, "caller_name", out->caller_name, sizeof out->caller_name);
    sim_setup_reader_text_into(r, j, "line_type", out->line_type, sizeof out->line_type);
    out->unreachable = json_bool(json_get(j, "unreachable"));
    out->opted_out = json_bool(json_get(j, "opted_out"));
    out->landline = json_bool(json_get(j, "landline"));
    read_receipt(r, json_get(j, "receipt_error"), out);
    calls = sim_setup_reader_list(r, j, "on_call", SIM_STEPS_MAX);
    texts = sim_setup_reader_list(r, j, "on_text", SIM_STEPS_MAX);
    struct sim_behaviour *behaviours = ARENA_NEW_N(arena, struct sim_behaviour, json_count(calls));
    struct sim_answer *answers = ARENA_NEW_N(arena, struct sim_answer, json_count(texts));
    for (size_t i = 0; i < json_count(calls); i++)
        read_behaviour(r, json_at(calls, i), &behaviours[i]);
    for (size_t i = 0; i < json_count(texts); i++)
        read_answer(r, json_at(texts, i), &answers[i]);
    out->on_call = behaviours;
    out->on_call_count = json_count(calls);
    out->on_text = answers;
    out->on_text_count = json_count(texts);
}

static void read_phone_number(struct sim_setup_reader *r, struct span given, struct sim_phone *out)
{
    char number[PHONE_TEXT_SIZE];

    if (given.size < sizeof out->number &&
        (span_starts(given, SPAN("sip:")) || span_starts(given, SPAN("client:"))))
        sim_world_copy(out->number, sizeof out->number, given);
    else if (phone_parse(given.data, given.size, NULL, number) != PHONE_GOOD)
        sim_setup_reader_wrong(r, "the phone's number \"%.*s\" is no number", SPAN_ARG(given));
    else
        sim_world_copy(out->number, sizeof out->number, span_of(number));
}

/* Counters start anew with the script. */
static void adopt_phone(struct sim_setup_reader *r, const struct sim_phone *read)
{
    struct sim_phone *p = sim_world_phone_made(r->world, span_of(read->number));

    if (p)
        *p = *read;
    else
        sim_setup_reader_wrong(r, "there are more than %d phones", SIM_PHONES_MAX);
}

enum err sim_setup_phone(struct sim_world *w, struct span number, const struct json *script,
                         char words[SIM_SETUP_WORDS])
{
    struct sim_setup_reader r = {w, words, arena_open(0)};
    struct sim_phone read = {0};

    words[0] = 0;
    read_phone_number(&r, number, &read);
    read_script(&r, script, &read);
    arena_close(&r.arena);
    if (!words[0])
        adopt_phone(&r, &read);
    return words[0] ? ERR_BAD_INPUT : ERR_NONE;
}

/* Of the authorities that webhooks believe. */
static void check_ca_file(struct sim_setup_reader *r, const struct json *root)
{
    const char *path = sim_setup_reader_text(r, root, "webhook_ca_file");

    if (path && path[0] && access(path, R_OK) != 0)
        sim_setup_reader_wrong(r, "webhook_ca_file \"%.160s\" cannot be read: %s", path,
                               strerror(errno));
}

static void take(struct sim_setup_reader *r, const struct json *root)
{
    sim_setup_reader_keys(
        r, root,
        sim_setup_reader_known(
            r, "accounts phones dial_drops_others dial_action_after_hangup webhook_ca_file",
            sim_office_world_settings));
    const struct json *accounts = sim_setup_reader_list(r, root, "accounts", SIM_ACCOUNTS_MAX);
    const struct json *phones = sim_setup_reader_list(r, root, "phones", SIM_PHONES_MAX);
    const struct span drops = json_text(json_get(root, "dial_drops_others"));
    struct sim_setup_account *read_accounts =
        ARENA_NEW_N(r->arena, struct sim_setup_account, json_count(accounts));
    struct sim_phone *read_phones = ARENA_NEW_N(r->arena, struct sim_phone, json_count(phones));

    for (size_t i = 0; i < json_count(accounts); i++)
        sim_setup_account_read(r, json_at(accounts, i), &read_accounts[i]);
    for (size_t i = 0; i < json_count(phones); i++) {
        const struct json *phone = json_at(phones, i);
        read_phone_number(r, json_text(json_get(phone, "number")), &read_phones[i]);
        read_script(r, phone, &read_phones[i]);
    }
    sim_setup_account_owners(r, read_accounts, json_count(accounts));
    if (drops.size && !sim_setup_reader_is_word_of(drops, "pickup bridge"))
        sim_setup_reader_wrong(r, "dial_drops_others is \"pickup\" or \"bridge\"");
    check_ca_file(r, root);
    if (!r->words[0])
        sim_setup_reader_fields(r, root, sim_office_world_settings, r->world);
    if (r->words[0])
        return;
    for (size_t i = 0; i < json_count(accounts); i++)
        sim_setup_account_adopt(r, &read_accounts[i]);
    for (size_t i = 0; i < json_count(phones); i++)
        adopt_phone(r, &read_phones[i]);
    if (json_type(json_get(root, "webhook_ca_file")) != JSON_ABSENT)
        sim_setup_reader_text_into(r, root, "webhook_ca_file", r->world->ca_file,
                                   sizeof r->world->ca_file);
    if (drops.size)
        r->world->drops_at_join = span_is_text(drops, "bridge");
    if (json_type(json_get(root, "dial_action_after_hangup")) != JSON_ABSENT)
        r->world->quiet_end = !json_bool(json_get(root, "dial_action_after_hangup"));
}

enum err sim_setup_take(struct sim_world *w, struct span text, char words[SIM_SETUP_WORDS])
{
    struct sim_setup_reader r = {w, words};
    struct json *root = NULL;
    struct json_place place;

    words[0] = 0;
    if (json_parse(text, &root, &place)) {
        sim_setup_reader_wrong(&r, "line %d, column %d: %s", place.line, place.column, place.words);
        return ERR_BAD_INPUT;
    }
    r.arena = arena_open(0);
    take(&r, root);
    arena_close(&r.arena);
    json_close(&root);
    return words[0] ? ERR_BAD_INPUT : ERR_NONE;
}
