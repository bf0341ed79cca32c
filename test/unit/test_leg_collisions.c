/* Two phones ring together, Ann's and Ben's, then the owner's: what happens to their call when
 * keys, pick-ups, ends of dials and the caller's hang-up come in any order.
 *
 * A story is words of two letters; each is followed by what its sender hears. Every story is told
 * four times: as it stands and with Ann and Ben exchanged, in turns of its own and in one turn of
 * the loop.
 */
#include "core_world.h"

static struct world *const w = &world_shared;

enum { ANN, BEN, LAST };

/* clang-format off */
static const struct word {
    const char *word;
    int who;             /* of a leg */
    const char *digits;  /* NULL: he picks up */
    const char *dial;    /* of the dial that rings: its result */
    const char *status;  /* of a leg, or of the caller */
} words[] = {
    {"A^", ANN, NULL, NULL, NULL}, {"A1", ANN, "1", NULL, NULL}, {"A2", ANN, "2", NULL, NULL},
    {"A?", ANN, "", NULL, NULL},   {"Ab", ANN, NULL, NULL, "busy"}, {"Af", ANN, NULL, NULL, "failed"},
    {"B^", BEN, NULL, NULL, NULL}, {"B1", BEN, "1", NULL, NULL}, {"B2", BEN, "2", NULL, NULL},
    {"B?", BEN, "", NULL, NULL},   {"Bb", BEN, NULL, NULL, "busy"}, {"Bf", BEN, NULL, NULL, "failed"},
    {"L^", LAST, NULL, NULL, NULL}, {"L1", LAST, "1", NULL, NULL},
    {"D-", -1, NULL, "no-answer", NULL}, {"D=", -1, NULL, "completed", NULL}, {"D/", -1, NULL, "lost", NULL},
    {"Do", -1, NULL, "old", NULL},       /* the first dial's result, once more */
    {"Dx", -1, NULL, "gone", NULL},      /* ... says that the caller is gone */
    {"C.", -1, NULL, NULL, "completed"}, /* the caller's own status */
};

static const struct row {
    const char *says, *story, *heard; /* a letter each: asked, connected, late, bye, rings, voicemail, over, - */
    const char *end;                  /* who has it, or the state */
} rows[] = {
    {"the first key that is stored takes the call",          "A^ B^ A1 B1",       "a a c l",       "A"},
    {"... whoever picked up first",                          "A^ B^ B1 A1",       "a a c l",       "B"},
    {"a key that comes before the pick-up counts",           "A1 B1",             "c l",           "A"},
    {"a key repeated connects again, and takes nothing",     "A1 A1 B1 A1",       "c c l c",       "A"},
    {"who picks up when it is taken comes too late",         "A1 B^",             "c l",           "A"},
    {"who passes on too late changes nothing",               "A1 B2 A2",          "c l l",         "A"},
    {"who passed it on cannot take it",                      "A2 A1",             "b l",           "both ring"},
    {"... and the other can",                                "A2 B1",             "b c",           "B"},
    {"a pass that is repeated is a pass",                    "A2 A2 B^",          "b b a",         "both ring"},
    {"no key is asked again",                                "A^ A? A1",          "a a c",         "A"},
    {"both pass it on: the next step, when the dial ends",   "A2 B2 D=",          "b b r",         "last rings"},
    {"nobody picks up: the next step",                       "D-",                "r",             "last rings"},
    {"one is asked, and the dial is over: the other again",  "A^ D=",             "a r",           "again"},
    {"... and takes it",                                     "A^ D= B1",          "a r c",         "B"},
    {"... the first presses now: too late",                  "A^ D= A1 B1",       "a r l c",       "B"},
    {"... the first dial's result comes again",              "A^ D= Do B1 Do",    "a r r c o",     "B"},
    {"... nobody takes it in the second round either",       "A^ D= D-",          "a r r",         "last rings"},
    {"... both were asked in the end",                       "A^ D= B^ D=",       "a r a r",       "last rings"},
    {"both are asked, and nobody takes it",                  "A^ B^ D=",          "a a r",         "last rings"},
    {"one has passed it on: the other again",                "A2 D= B1",          "b r c",         "B"},
    {"a busy phone is not rung again",                       "Ab B^ D=",          "- a r",         "last rings"},
    {"... and nothing it sends takes the call",              "Ab A1 B1",          "- l c",         "B"},
    {"a number that fails is not rung again",                "Af B2 D=",          "- b r",         "last rings"},
    {"both cannot be reached",                               "Ab Bf D-",          "- - r",         "last rings"},
    {"a status behind the pick-up changes nothing",          "A^ Ab A1",          "a - c",         "A"},
    {"a status behind the accept changes nothing",           "A1 Bb Af",          "c - -",         "A"},
    {"the accepted call ends",                               "A1 D=",             "c o",           "answered"},
    {"... and keys come late",                               "A1 D= B1 A1 B2",    "c o l l l",     "answered"},
    {"accepted, and gone before he was connected: the other","A1 D/ B^",          "c r l",         "last rings"},
    {"... the last takes it",                                "A1 D/ L^ L1",       "c r a c",       "L"},
    {"the caller hangs up while they are asked",             "A^ B^ C. A1 B1",    "a a - l l",     "left"},
    {"the caller hangs up, and the dial tells",              "A^ Dx A1",          "a o l",         "left"},
    {"a key before the hang-up has the call",                "A1 C. B1",          "c - l",         "answered"},
    {"the hang-up, told twice",                              "C. C. Dx A^",       "- - o l",       "left"},
    {"a key of the first step while the last rings",         "D- A1 B1 L1",       "r l l c",       "L"},
    {"the first dial's result while the last rings",         "D- Do L^ Do L1",    "r r a r c",     "L"},
    {"nobody at all",                                        "D- D-",             "r v",           "voicemail"},
    {"... and keys come late",                               "D- D- A1 L1 Do",    "r v l l v",     "voicemail"},
};
/* clang-format on */

static const struct word *word_of(const char *text)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strncmp(words[i].word, text, 2) == 0)
            return &words[i];
    fail_msg("no word is %.2s", text);
    return NULL;
}

static int exchanged(int who, bool is_other_way)
{
    return is_other_way && who != LAST && who >= 0 ? BEN - who : who;
}

static const char *leg_sid(int who)
{
    static const char *const sids[] = {"CAann", "CAben", "CAlast"};

    return sids[who];
}

static struct event of_dial(const struct word *word)
{
    const struct cascade *k = world_cascade(w);
    const bool is_old = strcmp(word->dial, "old") == 0, is_gone = strcmp(word->dial, "gone") == 0;
    const bool is_lost = strcmp(word->dial, "lost") == 0;

    return (struct event){.kind = EVENT_CALL,
                          .account = SPAN("AC1"),
                          .sid = span_of(w->call),
                          .from = SPAN(ANNA),
                          .to = SPAN(LINE),
                          .call_status = is_gone ? SPAN("completed") : SPAN("in-progress"),
                          .dial_status = is_old || is_lost ? SPAN("completed")
                                         : is_gone         ? SPAN("canceled")
                                                           : span_of(word->dial),
                          .unbridged = is_lost,
                          .attempt = is_old ? 1 : k->attempt + 1,
                          .round = is_old ? 0 : k->round};
}

static struct event of_word(const struct word *word, int who)
{
    const int64_t cascade = world_cascade(w)->id;

    if (word->dial)
        return of_dial(word);
    if (word->status)
        return (struct event){.kind = EVENT_CALL_STATUS,
                              .sid = who < 0 ? span_of(w->call) : span_of(leg_sid(who)),
                              .cascade = who < 0 ? 0 : cascade,
                              .attempt = who,
                              .call_status = span_of(word->status),
                              .sequence = SPAN("2")};
    return (struct event){.kind = word->digits ? EVENT_PRESS : EVENT_SCREEN,
                          .cascade = cascade,
                          .attempt = who,
                          .leg_sid = span_of(leg_sid(who)),
                          .digits = span_of(word->digits)};
}

static char heard(bool is_leg)
{
    static const struct {
        enum answer_kind kind;
        char of_leg, of_caller;
    } letters[] = {
        {ANSWER_SCREEN, 'a', '!'},  {ANSWER_CONNECT, 'c', '!'}, {ANSWER_SAY, 'l', 's'},
        {ANSWER_HANGUP, 'b', 'o'},  {ANSWER_RING, '!', 'r'},    {ANSWER_VOICEMAIL, '!', 'v'},
        {ANSWER_NOTHING, '!', '-'},
    };

    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
        if (letters[i].kind == w->answer.kind)
            return is_leg ? letters[i].of_leg : letters[i].of_caller;
    return '?';
}

/* "A", "B", "L": who has it. */
static const char *end_of(bool is_other_way)
{
    static const char *const holders[] = {"A", "B", "L"};
    static const char *const ends[OUTCOMES] = {
        [OUTCOME_ANSWERED] = "answered", [OUTCOME_ABANDONED] = "left"};
    const struct cascade *k = world_cascade(w);

    if (k->state == CASCADE_ACCEPTED)
        for (int who = ANN; who <= LAST; who++)
            if (strcmp(k->leg_sid, leg_sid(who)) == 0)
                return holders[exchanged(who, is_other_way)];
    if (k->state == CASCADE_RINGING)
        return k->attempt ? "last rings" : k->round ? "again" : "both ring";
    return k->state == CASCADE_VOICEMAIL ? "voicemail"
           : k->state == CASCADE_OVER && k->outcome < OUTCOMES && ends[k->outcome]
               ? ends[k->outcome]
               : "?";
}

/* One who accepted, or none; texts to those who rang with him. */
static void must_hold(const struct row *r)
{
    const struct cascade *k = world_cascade(w);
    int accepted = 0;

    for (int i = 0; i < k->plan->count; i++)
        accepted += k->plan->rungs[i].state == RUNG_ACCEPTED;
    if (accepted != (k->accepted_by[0] != 0) || accepted > 1)
        fail_msg("not so: %s: %d have it", r->says, accepted);
    if ((k->due_ms == 0) != (k->state == CASCADE_OVER))
        fail_msg("not so: %s: its end", r->says);
    if (world_count(w, FACT_RELAY) !=
        (k->state == CASCADE_VOICEMAIL || k->outcome == OUTCOME_ABANDONED))
        fail_msg("not so: %s: %zu relays", r->says, world_count(w, FACT_RELAY));
}

static void ring_together(void)
{
    struct chain *c = &w->chains[0];

    c->steps[0] = (struct step){.operators = {AT_PRIMARY, AT_BACKUP},
                                .operator_count = 2,
                                .how = RING_PARALLEL,
                                .ring_s = 25,
                                .ack_s = 900};
    c->steps[1] =
        (struct step){.operators = {AT_OWNER}, .operator_count = 1, .ring_s = 15, .ack_s = 900};
    c->step_count = 2;
}

static void tell(const struct row *r, bool is_other_way, bool together)
{
    world_open(w);
    ring_together();
    world_call(w, ANNA);
    assert_int_equal(w->answer.number_count, 2);
    w->batch = together;
    const char *want = r->heard;
    for (const char *at = r->story; *at; at += at[2] ? 3 : 2, want += want[1] ? 2 : 1) {
        const struct word *word = word_of(at);
        const int who = exchanged(word->who, is_other_way);
        assert_int_equal(world_do(w, of_word(word, who)), ERR_NONE);
        if (heard(who >= 0 && !word->status) != *want)
            fail_msg("not so: %s%s: %.2s hears %c", r->says, is_other_way ? " (exchanged)" : "", at,
                     heard(who >= 0 && !word->status));
    }
    if (together)
        world_commit(w);
    if (strcmp(end_of(is_other_way), r->end) != 0)
        fail_msg("not so: %s%s: it ends with '%s'", r->says, is_other_way ? " (exchanged)" : "",
                 end_of(is_other_way));
    must_hold(r);
    world_close(w);
}

static void each_story_one_by_one(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tell(&rows[i], false, false);
        tell(&rows[i], true, false);
    }
}

static void each_story_in_one_turn(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        tell(&rows[i], false, true);
        tell(&rows[i], true, true);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_story_one_by_one),
        cmocka_unit_test(each_story_in_one_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
