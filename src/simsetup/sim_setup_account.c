#include "simsetup/sim_setup_account.h"

#include <string.h>

#include "codec/phone.h"
#include "simworld/sim_office.h"

enum { CALL_RATE_MAX = 1000, CONCURRENCY_MAX = 100000, SHORT_CODE_MIN = 3, SHORT_CODE_SIZE = 7 };

static bool is_denied(const struct json *object, const char *key)
{
    return json_type(json_get(object, key)) == JSON_BOOL && !json_bool(json_get(object, key));
}

static void read_short_code(struct sim_setup_reader *r, const struct json *j,
                            struct sim_number *out)
{
    sim_setup_reader_text_into(r, j, "phone_number", out->phone_number, SHORT_CODE_SIZE);
    const size_t size = strlen(out->phone_number);
    if (size < SHORT_CODE_MIN || strspn(out->phone_number, "0123456789") != size)
        sim_setup_reader_wrong(r, "the short code \"%s\" is not 3 to 6 digits", out->phone_number);
}

static void read_number(struct sim_setup_reader *r, const struct json *j, struct sim_number *out)
{
    const struct span given = json_text(json_get(j, "phone_number"));
    const char *type = sim_setup_reader_word(r, j, "type", "local toll-free mobile short-code");
    const char *plain = "phone_number sid type caller_name voice sms mms";

    sim_setup_reader_keys(
        r, j,
        sim_setup_reader_known(r, sim_setup_reader_known(r, plain, sim_office_number_fields),
                               sim_office_number_settings));
    sim_field_init(sim_office_number_fields, out);
    sim_field_init(sim_office_number_settings, out);
    sim_setup_reader_fields(r, j, sim_office_number_fields, out);
    sim_setup_reader_fields(r, j, sim_office_number_settings, out);
    if (type && !strcmp(type, "short-code"))
        read_short_code(r, j, out);
    else if (phone_parse(given.data, given.size, NULL, out->phone_number) != PHONE_GOOD)
        sim_setup_reader_wrong(r, "phone_number \"%.*s\" is no number", SPAN_ARG(given));
    out->caller_name |= json_bool(json_get(j, "caller_name"));
    sim_setup_reader_text_into(r, j, "sid", out->sid, sizeof out->sid);
    out->type = type ? type : "local";
    out->no_voice = is_denied(j, "voice");
    out->no_sms = is_denied(j, "sms");
    out->no_mms = is_denied(j, "mms");
}

static void read_key(struct sim_setup_reader *r, const struct json *j, struct sim_key *out)
{
    sim_setup_reader_keys(r, j, "sid secret main");
    sim_setup_reader_text_into(r, j, "sid", out->sid, sizeof out->sid);
    sim_setup_reader_text_into(r, j, "secret", out->secret, sizeof out->secret);
    out->may_manage = json_bool(json_get(j, "main"));
    if (!out->sid[0] || !out->secret[0])
        sim_setup_reader_wrong(r, "an API key needs sid and secret");
}

void sim_setup_account_read(struct sim_setup_reader *r, const struct json *j,
                            struct sim_setup_account *out)
{
    struct sim_account *a = &out->account;
    const struct json *keys, *numbers;

    sim_setup_reader_keys(
        r, j,
        sim_setup_reader_known(
            r,
            "sid auth_token api_keys numbers call_rate concurrency any_caller_id "
            "caller_id_refused friendly_name owner test trial verify_certificates",
            sim_office_account_settings));
    sim_setup_reader_fields(r, j, sim_office_account_settings, a);
    a->call_rate = sim_setup_reader_count(r, j, "call_rate", CALL_RATE_MAX);
    a->concurrency = sim_setup_reader_count(r, j, "concurrency", CONCURRENCY_MAX);
    a->any_caller_id = json_bool(json_get(j, "any_caller_id"));
    a->caller_id_refused = json_bool(json_get(j, "caller_id_refused"));
    a->unverified = json_type(json_get(j, "verify_certificates")) == JSON_BOOL &&
                    !json_bool(json_get(j, "verify_certificates"));
    a->test = json_bool(json_get(j, "test"));
    a->trial = json_bool(json_get(j, "trial"));
    a->friendly_name = arena_text(r->world->arena, json_text(json_get(j, "friendly_name")));
    out->owner = json_text(json_get(j, "owner"));
    sim_setup_reader_text_into(r, j, "sid", a->sid, sizeof a->sid);
    sim_setup_reader_text_into(r, j, "auth_token", a->auth_token, sizeof a->auth_token);
    if (!a->sid[0] || !a->auth_token[0])
        sim_setup_reader_wrong(r, "an account needs sid and auth_token");
    keys = sim_setup_reader_list(r, j, "api_keys", SIM_KEYS_MAX);
    numbers = sim_setup_reader_list(r, j, "numbers", SIM_NUMBERS_MAX);
    out->keys = ARENA_NEW_N(r->arena, struct sim_key, json_count(keys));
    out->numbers = ARENA_NEW_N(r->arena, struct sim_number, json_count(numbers));
    for (; out->key_count < json_count(keys); out->key_count++)
        read_key(r, json_at(keys, out->key_count), &out->keys[out->key_count]);
    for (; out->number_count < json_count(numbers); out->number_count++)
        read_number(r, json_at(numbers, out->number_count), &out->numbers[out->number_count]);
}

/* What a number was is kept but for what a document can say. */
static void adopt_number(struct sim_setup_reader *r, struct sim_account *a,
                         const struct sim_number *read)
{
    struct sim_number *n = sim_world_number(a, span_of(read->phone_number));
    struct sim_number *there = n ? n : sim_office_number(a, span_of(read->phone_number));

    if (!there) {
        sim_setup_reader_wrong(r, "there are too many numbers");
        return;
    }
    const struct sim_number old = *there;
    *there = *read;
    there->account = a;
    there->created_ms = old.created_ms;
    there->updated_ms = sim_world_now(r->world);
    there->service = old.service;
    there->line = old.line;
    if (!read->sid[0])
        sim_world_copy(there->sid, sizeof there->sid, span_of(old.sid));
    if (!read->friendly_name[0])
        there->friendly_name = old.friendly_name;
}

static void adopt_key(struct sim_setup_reader *r, struct sim_account *a, const struct sim_key *read)
{
    struct sim_key *k = sim_office_key(a);

    if (!k) {
        sim_setup_reader_wrong(r, "there are too many keys");
        return;
    }
    sim_world_copy(k->sid, sizeof k->sid, span_of(read->sid));
    sim_world_copy(k->secret, sizeof k->secret, span_of(read->secret));
    k->may_manage = read->may_manage;
}

static bool is_read(const struct sim_setup_account *d, const struct sim_number *number)
{
    for (size_t i = 0; i < d->number_count; i++)
        if (!strcmp(d->numbers[i].phone_number, number->phone_number))
            return true;
    return false;
}

void sim_setup_account_adopt(struct sim_setup_reader *r, const struct sim_setup_account *d)
{
    struct sim_world *w = r->world;
    struct sim_account *there = sim_world_account(w, span_of(d->account.sid));

    if (!there)
        there = sim_office_account(w, span_of(d->account.sid));
    if (!there) {
        sim_setup_reader_wrong(r, "there are more than %d accounts", SIM_ACCOUNTS_MAX);
        return;
    }
    const struct sim_account old = *there;
    *there = d->account;
    there->world = w;
    there->owner = sim_world_account(w, d->owner);
    there->created_ms = old.created_ms;
    there->updated_ms = sim_world_now(w);
    there->next_call_us = old.next_call_us;
    there->open_requests = old.open_requests;
    there->keys = old.keys;
    there->numbers = old.numbers;
    there->applications = old.applications;
    there->caller_ids = old.caller_ids;
    there->keys.count = 0;
    for (size_t i = there->numbers.count; i-- > 0;)
        if (!is_read(d, there->numbers.rows[i]))
            sim_office_drop(&there->numbers, there->numbers.rows[i]);
    for (size_t i = 0; i < d->key_count; i++)
        adopt_key(r, there, &d->keys[i]);
    for (size_t i = 0; i < d->number_count; i++)
        adopt_number(r, there, &d->numbers[i]);
}

void sim_setup_account_owners(struct sim_setup_reader *r, const struct sim_setup_account *drafts,
                              size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool there = !drafts[i].owner.size || sim_world_account(r->world, drafts[i].owner);
        for (size_t k = 0; k < i; k++)
            there |= span_is_text(drafts[i].owner, drafts[k].account.sid);
        if (!there)
            sim_setup_reader_wrong(r, "owner \"%.*s\" is no account before this one",
                                   SPAN_ARG(drafts[i].owner));
    }
}
