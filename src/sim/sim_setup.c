#include "sim/sim_setup.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "codec/phone.h"
#include "codec/url.h"

enum {
    CODE_MAX = 99999,
    CALL_RATE_MAX = 1000,
    PERCENT = 100,
    CONFIDENCE = 90,
    SIP_MIN = 300,
    SIP_MAX = 699
};

static const int64_t week_ms = INT64_C(7) * 24 * 3600 * 1000;

struct reader {
    struct sim_world *world;
    char *words; /* the first mistake; empty: none */
};

__attribute__((format(printf, 2, 3))) static void wrong(struct reader *r, const char *format, ...)
{
    va_list args;

    if (r->words[0])
        return;
    va_start(args, format);
    vsnprintf(r->words, SIM_SETUP_WORDS, format, args);
    va_end(args);
}

static bool is_word_of(struct span word, const char *words)
{
    struct span rest = span_of(words);

    while (rest.size)
        if (span_is(span_cut(rest, ' ', &rest), word))
            return true;
    return false;
}

static void check_keys(struct reader *r, const struct json *object, const char *keys)
{
    if (json_type(object) != JSON_OBJECT) {
        wrong(r, "an object with %s is expected, not %s", keys, json_type_name(json_type(object)));
        return;
    }
    for (size_t i = 0; i < json_count(object); i++) {
        struct span key;
        json_member(object, i, &key);
        if (!is_word_of(key, keys))
            wrong(r, "\"%.*s\" is unknown; known are: %s", SPAN_ARG(key), keys);
    }
}

enum err sim_setup_keys(const struct json *object, const char *keys, char words[SIM_SETUP_WORDS])
{
    struct reader r = {.words = words};

    words[0] = 0;
    check_keys(&r, object, keys);
    return words[0] ? ERR_BAD_INPUT : ERR_NONE;
}

/* A text that must fit; empty when it is absent. */
static void text_into(struct reader *r, const struct json *object, const char *key, char *out,
                      size_t room)
{
    const struct json *value = json_get(object, key);
    const struct span text = json_text(value);

    if (json_type(value) != JSON_ABSENT && json_type(value) != JSON_TEXT)
        wrong(r, "%s is %s, not a text", key, json_type_name(json_type(value)));
    else if (text.size >= room)
        wrong(r, "%s is longer than %zu bytes", key, room - 1);
    else
        sim_world_copy(out, room, text);
}

static int64_t number_of(struct reader *r, const struct json *object, const char *key,
                         int64_t otherwise)
{
    const struct json *value = json_get(object, key);
    int64_t n = otherwise;

    if (json_type(value) != JSON_ABSENT && !json_number(value, 0, week_ms, &n))
        wrong(r, "%s is not a number of milliseconds up to a week", key);
    return n;
}

static const char *address_of(struct reader *r, const struct json *object, const char *key)
{
    const struct span text = json_text(json_get(object, key));
    struct url u;

    if (text.size && url_parse(text, &u))
        wrong(r, "%s \"%.*s\" is no http or https address", key, SPAN_ARG(text));
    return arena_text(r->world->arena, text);
}

/* The list under `key`, at most `max` long; NULL when it is absent. */
static const struct json *list_of(struct reader *r, const struct json *object, const char *key,
                                  size_t max)
{
    const struct json *list = json_get(object, key);

    if (json_type(list) == JSON_ABSENT)
        return NULL;
    if (json_type(list) != JSON_LIST)
        wrong(r, "%s is %s, not a list", key, json_type_name(json_type(list)));
    else if (json_count(list) > max)
        wrong(r, "%s has more than %zu members", key, max);
    return r->words[0] ? NULL : list;
}

static void read_number(struct reader *r, const struct json *j, struct sim_number *out)
{
    const struct span given = json_text(json_get(j, "phone_number"));

    check_keys(r, j,
               "phone_number voice_url voice_fallback_url sms_url sms_fallback_url "
               "status_callback caller_name");
    out->caller_name = json_bool(json_get(j, "caller_name"));
    if (phone_parse(given.data, given.size, NULL, out->phone_number) != PHONE_GOOD)
        wrong(r, "phone_number \"%.*s\" is no number", SPAN_ARG(given));
    out->voice_url = address_of(r, j, "voice_url");
    out->voice_fallback_url = address_of(r, j, "voice_fallback_url");
    out->sms_url = address_of(r, j, "sms_url");
    out->sms_fallback_url = address_of(r, j, "sms_fallback_url");
    out->status_callback = address_of(r, j, "status_callback");
}

static void read_account(struct reader *r, const struct json *j, struct sim_account *out)
{
    const struct json *keys, *numbers;

    check_keys(r, j, "sid auth_token api_keys numbers call_rate any_caller_id caller_id_refused");
    if (json_type(json_get(j, "call_rate")) != JSON_ABSENT &&
        !json_number(json_get(j, "call_rate"), 1, CALL_RATE_MAX, &out->call_rate))
        wrong(r, "call_rate is not a number from 1 to %d", CALL_RATE_MAX);
    out->any_caller_id = json_bool(json_get(j, "any_caller_id"));
    out->caller_id_refused = json_bool(json_get(j, "caller_id_refused"));
    text_into(r, j, "sid", out->sid, sizeof out->sid);
    text_into(r, j, "auth_token", out->auth_token, sizeof out->auth_token);
    if (!out->sid[0] || !out->auth_token[0])
        wrong(r, "an account needs sid and auth_token");
    keys = list_of(r, j, "api_keys", SIM_KEYS_MAX);
    for (size_t i = 0; i < json_count(keys); i++) {
        const struct json *key = json_at(keys, i);
        check_keys(r, key, "sid secret");
        text_into(r, key, "sid", out->keys[i].sid, sizeof out->keys[i].sid);
        text_into(r, key, "secret", out->keys[i].secret, sizeof out->keys[i].secret);
        out->key_count++;
    }
    numbers = list_of(r, j, "numbers", SIM_NUMBERS_MAX);
    for (size_t i = 0; i < json_count(numbers); i++)
        read_number(r, json_at(numbers, i), &out->numbers[out->number_count++]);
}

static void read_step(struct reader *r, const struct json *j, struct sim_step *out)
{
    check_keys(r, j, "press say confidence talk_ms wait_ms hangup after_ms");
    text_into(r, j, "press", out->keys, sizeof out->keys);
    out->after_ms = number_of(r, j, "after_ms", 0);
    if (json_type(json_get(j, "press")) == JSON_TEXT) {
        out->act = SIM_PRESS;
        if (strspn(out->keys, "0123456789*#ABCD") != strlen(out->keys))
            wrong(r, "press \"%s\": keys are 0-9 * # A-D", out->keys);
    } else if (json_type(json_get(j, "say")) == JSON_TEXT) {
        int64_t confidence = CONFIDENCE;
        out->act = SIM_SPEAK;
        out->words = arena_text(r->world->arena, json_text(json_get(j, "say")));
        if (json_type(json_get(j, "confidence")) != JSON_ABSENT &&
            !json_number(json_get(j, "confidence"), 0, PERCENT, &confidence))
            wrong(r, "confidence is not a number of percent");
        out->confidence = (int)confidence;
    } else if (json_type(json_get(j, "talk_ms")) != JSON_ABSENT) {
        out->act = SIM_TALK;
        out->after_ms = number_of(r, j, "talk_ms", 0);
    } else if (json_bool(json_get(j, "hangup"))) {
        out->act = SIM_HANG_UP;
    } else {
        out->act = SIM_WAIT;
        out->after_ms += number_of(r, j, "wait_ms", 0);
    }
}

static void read_steps(struct reader *r, const struct json *list, struct sim_behaviour *out)
{
    if (json_type(list) != JSON_LIST || json_count(list) > SIM_STEPS_MAX) {
        wrong(r, "then is not a list of up to %d steps", SIM_STEPS_MAX);
        return;
    }
    out->step_count = json_count(list);
    for (size_t i = 0; i < json_count(list); i++)
        read_step(r, json_at(list, i), &out->steps[i]);
}

enum err sim_setup_steps(struct sim_world *w, const struct json *list, struct sim_behaviour *out,
                         char words[SIM_SETUP_WORDS])
{
    struct reader r = {.world = w, .words = words};
    struct sim_behaviour read = *out;

    words[0] = 0;
    read_steps(&r, list, &read);
    if (words[0])
        return ERR_BAD_INPUT;
    *out = read;
    return ERR_NONE;
}

/* What the phone itself says when nobody takes the call in person. */
static void read_greeting(struct reader *r, const struct json *j, struct sim_behaviour *out)
{
    const bool screening = out->manner == SIM_SCREENING;
    const struct span said = json_text(json_get(j, "says"));
    const struct span usual =
        screening ? SPAN("Please say your name and why you are calling.")
                  : SPAN("Nobody is here now. Please leave a message after the tone.");

    out->greeting_ms = number_of(r, j, "greeting_ms", screening ? 4000 : 6000);
    out->record_ms = number_of(r, j, "record_ms", screening ? 15000 : 30000);
    if (screening || out->manner == SIM_VOICEMAIL)
        out->greeting = arena_text(r->world->arena, said.size ? said : usual);
}

static const char *word_of(struct reader *r, const struct json *j, const char *key,
                           const char *words)
{
    const struct span word = json_text(json_get(j, key));

    if (json_type(json_get(j, key)) == JSON_ABSENT)
        return NULL;
    if (!is_word_of(word, words))
        wrong(r, "%s \"%.*s\" is none of %s", key, SPAN_ARG(word), words);
    return arena_text(r->world->arena, word);
}

static void read_refusal(struct reader *r, const struct json *j, struct sim_behaviour *out)
{
    int64_t code = 0;

    out->status = word_of(r, j, "status", "busy no-answer failed");
    if (json_type(json_get(j, "sip_code")) != JSON_ABSENT &&
        !json_number(json_get(j, "sip_code"), SIP_MIN, SIP_MAX, &code))
        wrong(r, "sip_code is not a number from %d to %d", SIP_MIN, SIP_MAX);
    out->sip_code = (int)code;
}

static void read_behaviour(struct reader *r, const struct json *j, struct sim_behaviour *out)
{
    const struct span what = json_text(json_get(j, "do"));
    enum sim_manner m = SIM_IGNORE;

    check_keys(r, j,
               "do after_ms greeting_ms record_ms says hangup_ms status sip_code answered_by then");
    while (m < SIM_MANNERS && !span_is_text(what, sim_manner_name(m)))
        m++;
    if (m == SIM_MANNERS)
        wrong(r,
              "do \"%.*s\" is none of ignore, answer, voicemail, screening, busy, decline, "
              "unavailable, unreachable",
              SPAN_ARG(what));
    out->manner = m;
    out->after_ms = number_of(r, j, "after_ms", 0);
    out->hang_up_ms = number_of(r, j, "hangup_ms", -1);
    out->answered_by =
        word_of(r, j, "answered_by",
                "human machine_start machine_end_beep machine_end_silence machine_end_other fax "
                "unknown");
    read_greeting(r, j, out);
    read_refusal(r, j, out);
    if (json_type(json_get(j, "then")) != JSON_ABSENT)
        read_steps(r, json_get(j, "then"), out);
}

static void read_answer(struct reader *r, const struct json *j, struct sim_answer *out)
{
    const struct span reply = json_text(json_get(j, "reply"));
    const struct span match = json_text(json_get(j, "match"));

    check_keys(r, j, "reply match after_ms");
    out->reply = reply.size ? arena_text(r->world->arena, reply) : NULL;
    out->match = match.size ? arena_text(r->world->arena, match) : NULL;
    out->after_ms = number_of(r, j, "after_ms", 0);
}

/* A code, or {"code","status"}: the receipt that texts to this phone come back with. */
static void read_receipt(struct reader *r, const struct json *j, struct sim_phone *out)
{
    const bool whole = json_type(j) == JSON_OBJECT;
    const struct span status = json_text(json_get(j, "status"));
    int64_t code = 0;

    if (json_type(j) == JSON_ABSENT)
        return;
    if (whole)
        check_keys(r, j, "code status");
    if (!json_number(whole ? json_get(j, "code") : j, 1, CODE_MAX, &code))
        wrong(r, "receipt_error is no code like 30005, nor an object with code and status");
    if (status.size && !is_word_of(status, "undelivered failed"))
        wrong(r, "status of receipt_error is \"undelivered\" or \"failed\"");
    out->receipt_error = (int)code;
    out->receipt_failed = span_is_text(status, "failed");
}

static void read_script(struct reader *r, const struct json *j, struct sim_phone *out)
{
    struct arena *arena = r->world->arena;
    const struct json *calls, *texts;

    check_keys(r, j,
               "number name caller_name line_type unreachable landline opted_out receipt_error "
               "on_call "
               "on_text");
    text_into(r, j, "name", out->name, sizeof out->name);
    text_into(r, j, "caller_name", out->caller_name, sizeof out->caller_name);
    text_into(r, j, "line_type", out->line_type, sizeof out->line_type);
    out->unreachable = json_bool(json_get(j, "unreachable"));
    out->opted_out = json_bool(json_get(j, "opted_out"));
    out->landline = json_bool(json_get(j, "landline"));
    read_receipt(r, json_get(j, "receipt_error"), out);
    calls = list_of(r, j, "on_call", SIM_STEPS_MAX);
    texts = list_of(r, j, "on_text", SIM_STEPS_MAX);
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

static void read_phone_number(struct reader *r, struct span given, struct sim_phone *out)
{
    char number[PHONE_TEXT_SIZE];

    if (given.size < sizeof out->number &&
        (span_starts(given, SPAN("sip:")) || span_starts(given, SPAN("client:"))))
        sim_world_copy(out->number, sizeof out->number, given);
    else if (phone_parse(given.data, given.size, NULL, number) != PHONE_GOOD)
        wrong(r, "the phone's number \"%.*s\" is no number", SPAN_ARG(given));
    else
        sim_world_copy(out->number, sizeof out->number, span_of(number));
}

/* Counters start anew with the script. */
static void adopt_phone(struct reader *r, const struct sim_phone *read)
{
    struct sim_phone *p = sim_world_phone_made(r->world, span_of(read->number));

    if (p)
        *p = *read;
    else
        wrong(r, "there are more than %d phones", SIM_PHONES_MAX);
}

enum err sim_setup_phone(struct sim_world *w, struct span number, const struct json *script,
                         char words[SIM_SETUP_WORDS])
{
    struct reader r = {w, words};
    struct sim_phone read = {0};

    words[0] = 0;
    read_phone_number(&r, number, &read);
    read_script(&r, script, &read);
    if (!words[0])
        adopt_phone(&r, &read);
    return words[0] ? ERR_BAD_INPUT : ERR_NONE;
}

static void adopt_account(struct reader *r, const struct sim_account *read)
{
    struct sim_world *w = r->world;
    struct sim_account *there = sim_world_account(w, span_of(read->sid));

    if (!there && w->account_count == SIM_ACCOUNTS_MAX) {
        wrong(r, "there are more than %d accounts", SIM_ACCOUNTS_MAX);
        return;
    }
    if (!there)
        there = &w->accounts[w->account_count++];
    const int64_t next_call_us = there->next_call_us;
    *there = *read;
    there->next_call_us = next_call_us;
}

static void take(struct reader *r, const struct json *root, struct arena *arena)
{
    check_keys(r, root, "accounts phones dial_drops_others dial_action_after_hangup trial redact");
    const struct json *accounts = list_of(r, root, "accounts", SIM_ACCOUNTS_MAX);
    const struct json *phones = list_of(r, root, "phones", SIM_PHONES_MAX);
    const struct span drops = json_text(json_get(root, "dial_drops_others"));
    struct sim_account *read_accounts =
        ARENA_NEW_N(arena, struct sim_account, json_count(accounts));
    struct sim_phone *read_phones = ARENA_NEW_N(arena, struct sim_phone, json_count(phones));

    for (size_t i = 0; i < json_count(accounts); i++)
        read_account(r, json_at(accounts, i), &read_accounts[i]);
    for (size_t i = 0; i < json_count(phones); i++) {
        const struct json *phone = json_at(phones, i);
        read_phone_number(r, json_text(json_get(phone, "number")), &read_phones[i]);
        read_script(r, phone, &read_phones[i]);
    }
    if (drops.size && !is_word_of(drops, "pickup bridge"))
        wrong(r, "dial_drops_others is \"pickup\" or \"bridge\"");
    if (r->words[0])
        return;
    for (size_t i = 0; i < json_count(accounts); i++)
        adopt_account(r, &read_accounts[i]);
    for (size_t i = 0; i < json_count(phones); i++)
        adopt_phone(r, &read_phones[i]);
    if (drops.size)
        r->world->drops_at_join = span_is_text(drops, "bridge");
    if (json_type(json_get(root, "dial_action_after_hangup")) != JSON_ABSENT)
        r->world->quiet_end = !json_bool(json_get(root, "dial_action_after_hangup"));
    if (json_type(json_get(root, "trial")) != JSON_ABSENT)
        r->world->trial = json_bool(json_get(root, "trial"));
    if (json_type(json_get(root, "redact")) != JSON_ABSENT)
        r->world->redact = json_bool(json_get(root, "redact"));
}

enum err sim_setup_take(struct sim_world *w, struct span text, char words[SIM_SETUP_WORDS])
{
    struct reader r = {w, words};
    struct json *root = NULL;
    struct json_place place;

    words[0] = 0;
    if (json_parse(text, &root, &place)) {
        wrong(&r, "line %d, column %d: %s", place.line, place.column, place.words);
        return ERR_BAD_INPUT;
    }
    struct arena *arena = arena_open(0);
    take(&r, root, arena);
    arena_close(&arena);
    json_close(&root);
    return words[0] ? ERR_BAD_INPUT : ERR_NONE;
}
