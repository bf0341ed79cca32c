#include "app/demo_days.h"

#include <inttypes.h>
#include <stdio.h>

#include "app/stage.h"

/* Monday, midnight in Los Angeles, of the week that the stage's clock begins in. */
static const int64_t monday_ms = INT64_C(1795420800000);
static const int64_t minute_ms = 60000;

#define ANNE "+16195550152"
#define BELL "+16195550153"
#define CORA "+16195550154"
#define DORN "+16195550155"
#define EVAN "+16195550156"

#define TAKES                                                                        \
    "{\"on_call\":[{\"do\":\"answer\",\"after_ms\":7000,\"then\":[{\"press\":\"1\"," \
    "\"after_ms\":3000},{\"talk_ms\":120000},{\"hangup\":true}]}]}"
#define PASSES                                                                       \
    "{\"on_call\":[{\"do\":\"answer\",\"after_ms\":5000,\"then\":[{\"press\":\"2\"," \
    "\"after_ms\":3000},{\"hangup\":true}]}]}"
#define BUSY "{\"on_call\":[{\"do\":\"busy\"}]}"
#define SILENT "{\"on_call\":[{\"do\":\"ignore\"}]}"

enum deed { PHONE, CALL, TEXT, ACK };
enum { MON, TUE, WED, THU };

#define AT(day, hour, minute) (((day)*24 + (hour)) * 60 + (minute))

/* clang-format off */
static const struct act {
    int at; /* minutes since that Monday, by the business's clocks */
    enum deed deed;
    const char *who;   /* a number; ACK: an operator's id */
    const char *words; /* PHONE: what it does; CALL: what its caller does; TEXT: the text */
} acts[] = {
    {AT(MON, 18, 50), ACK,   "backup", NULL},
    {AT(TUE,  9, 10), PHONE, STAGE_PRIMARY, TAKES},
    {AT(TUE,  9, 11), PHONE, STAGE_OWNER,   TAKES},
    {AT(TUE,  9, 12), CALL,  ANNE, ""},
    {AT(TUE, 11, 30), TEXT,  BELL, "Can you pick up two sofas on Friday?"},
    {AT(TUE, 11, 36), ACK,   "primary", NULL},
    {AT(TUE, 14,  4), PHONE, STAGE_PRIMARY, BUSY},
    {AT(TUE, 14,  5), CALL,  CORA, ""},
    {AT(TUE, 16, 40), CALL,  DORN, ",\"hangup_after_ms\":9000"},
    {AT(TUE, 18, 30), TEXT,  EVAN, "The container is full. Who swaps it?"},
    {AT(TUE, 18, 52), ACK,   "backup", NULL},
    {AT(TUE, 20, 58), PHONE, STAGE_BACKUP, SILENT},
    {AT(TUE, 20, 59), PHONE, STAGE_OWNER,  SILENT},
    {AT(TUE, 21,  0), CALL,  ANNE, ""},
    {AT(TUE, 21, 20), ACK,   "owner", NULL},
    {AT(WED,  8, 19), PHONE, STAGE_PRIMARY, TAKES},
    {AT(WED,  8, 20), CALL,  BELL, ""},
    {AT(WED, 10,  5), TEXT,  ANNE, "Is the gate code still the same?"},
    {AT(WED, 10,  7), ACK,   "primary", NULL},
    {AT(WED, 13, 29), PHONE, STAGE_PRIMARY, PASSES},
    {AT(WED, 13, 30), PHONE, STAGE_OWNER,   TAKES},
    {AT(WED, 13, 31), CALL,  EVAN, ""},
    {AT(WED, 15, 10), TEXT,  CORA, "Please call me about the invoice"},
    {AT(WED, 15, 21), ACK,   "primary", NULL},
    {AT(WED, 19, 45), CALL,  DORN, ",\"hangup_after_ms\":31000"},
    {AT(WED, 20, 15), ACK,   "backup", NULL},
    {AT(THU,  7, 44), PHONE, STAGE_PRIMARY, TAKES},
    {AT(THU,  7, 45), CALL,  CORA, ""},
    {AT(THU, 10, 30), TEXT,  EVAN, "Thank you for the quick swap"},
    {AT(THU, 10, 31), ACK,   "primary", NULL},
    {AT(THU, 12,  0), CALL,  ANNE, ""},
    {AT(THU, 16, 20), CALL,  BELL, ""},
    {AT(THU, 16, 58), TEXT,  ANNE, "Nobody came today. Are we forgotten?"}, /* nobody takes it */
    {AT(THU, 18,  1), TEXT,  DORN, "My gate does not open again. I am locked out."},
    {AT(THU, 18,  4), TEXT,  BELL, "Which day was it for the sofas?"},
    {AT(THU, 18,  5), PHONE, STAGE_BACKUP, SILENT},
};

static const char *const jobs[] = {
    "{\"job_id\":\"job-2041\",\"title\":\"Roll-off at 12 Oak Street\",\"state\":\"in-progress\","
        "\"customer_phone\":\"" ANNE "\",\"customer_name\":\"Anne Hill\","
        "\"crew\":[{\"name\":\"Sam\",\"phone\":\"+16195550161\"}]}",
    "{\"job_id\":\"job-2042\",\"title\":\"Two sofas, second floor\",\"state\":\"assigned\","
        "\"customer_phone\":\"" BELL "\",\"customer_name\":\"Bell & Sons\",\"operator\":\"backup\","
        "\"crew\":[{\"name\":\"Kim\",\"phone\":\"+16195550162\"}]}",
    "{\"job_id\":\"job-2043\",\"title\":\"Gate at Dorn Storage\",\"priority\":\"urgent\","
        "\"customer_phone\":\"" DORN "\",\"customer_name\":\"Dorn Storage\"}",
    "{\"job_id\":\"job-2044\",\"title\":\"Container swap\",\"state\":\"completed\","
        "\"customer_phone\":\"" EVAN "\",\"customer_name\":\"Evan\"}",
};
/* clang-format on */

static bool acknowledge(struct stage *s, const char *operator_id)
{
    struct json *list = stage_ask_daemon(s, "/api/v1/relays?limit=1");
    const struct span id = json_text(json_get(json_at(json_get(list, "items"), 0), "id"));
    const char *path = arena_printf(s->arena, "/api/v1/relays/%.*s/ack", SPAN_ARG(id));

    json_close(&list);
    struct json *answer =
        stage_post_daemon(s, path, arena_printf(s->arena, "{\"operator\":\"%s\"}", operator_id));
    const bool done = answer != NULL;
    json_close(&answer);
    return done;
}

static bool act(struct stage *s, const struct act *a)
{
    switch (a->deed) {
    case PHONE:
        return stage_do(s, "PUT", arena_printf(s->arena, "/sim/phones/%s", a->who), a->words);
    case CALL:
        return stage_do(s, "POST", "/sim/calls",
                        arena_printf(s->arena, "{\"from\":\"%s\",\"to\":\"" STAGE_LINE "\"%s}",
                                     a->who, a->words));
    case TEXT:
        return stage_do(s, "POST", "/sim/texts",
                        arena_printf(s->arena,
                                     "{\"from\":\"%s\",\"to\":\"" STAGE_LINE "\",\"body\":\"%s\"}",
                                     a->who, a->words));
    case ACK:
        return acknowledge(s, a->who);
    }
    return false;
}

static bool make_jobs(struct stage *s)
{
    bool good = true;

    for (size_t i = 0; i < sizeof jobs / sizeof jobs[0]; i++) {
        struct json *made = stage_post_daemon(s, "/api/v1/jobs", jobs[i]);
        good &= made != NULL;
        json_close(&made);
    }
    return good;
}

bool demo_days_play(struct stage *s)
{
    for (size_t i = 0; i < sizeof acts / sizeof acts[0]; i++) {
        const int64_t wait_ms = monday_ms + acts[i].at * minute_ms - stage_now_ms(s);
        if ((wait_ms > 0 && !stage_turn(s, wait_ms)) || !act(s, &acts[i])) {
            fprintf(stderr, "nextring demo: the days could not be played (%zu)\n", i);
            return false;
        }
    }
    return make_jobs(s) && stage_turn(s, minute_ms);
}
