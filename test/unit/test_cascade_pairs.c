/* Every two things that can happen to a call, one after the other, in every situation that it can
 * be in: late and colliding keys, the caller's hang-up at any instant, dials that end in any way.
 *
 * The tables say what each thing does where; each pair is played in turns of its own and in one
 * turn of the loop, and must do what the tables say of its parts. Then the second comes once more
 * and changes nothing. Written from design.md, not from the code's tables.
 */
#include "core_world.h"

static struct world *const w = &world_shared;

/* Two phones ring one after the other: the first's and the last's. */
enum at {
    FR, /* the first rings */
    FA, /* the first has picked up and is asked */
    FP, /* the first has passed it on, and his dial has not ended yet */
    LR,
    LA,
    LP, /* the last likewise */
    TF, /* the first has taken it */
    TL, /* the last has */
    VM, /* the caller may speak */
    SP, /* he has spoken */
    CL, /* nobody is on duty */
    AN, /* over: answered */
    LE, /* over: he left before anybody took it */
    MI, /* over: missed */
    HE, /* over: he has left a message */
    AK, /* an unknown caller is asked for a key */
    MN, /* an operator's own call: he is asked what he would like */
    ME, /* over: he has hung up */
    SITUATIONS,
    __ = SITUATIONS /* this cannot happen here yet */
};

enum happens {
    AGAIN,  /* the call's first request, repeated */
    F_NONE, /* the first's dial ends: nobody answered */
    F_BUSY, /* ... busy */
    F_FAIL, /* ... failed: the number is invalid, the carrier cannot, SIP 480 */
    F_DONE, /* ... completed: somebody, or a mailbox, had picked up */
    F_LOST, /* ... completed, and no leg was ever connected */
    F_STAT, /* the first's own status: busy */
    F_PICK, /* the first picks up */
    F_1,    /* ... presses 1 */
    F_2,    /* ... presses 2 */
    F_X,    /* ... presses another key */
    L_NONE,
    L_LOST,
    L_PICK,
    L_1,
    L_2,
    L_X,    /* the last likewise */
    SPOKE,  /* the recording */
    GONE,   /* the caller's status: completed */
    GONE_D, /* the result of the dial says that he is gone */
    TIME,   /* the hard end */
    CH_1,   /* he would rather leave a message */
    CH_2,   /* he would rather be texted */
    K_1,    /* key 1 of whoever is asked */
    K_2,    /* key 2, when asked for the first time */
    K_X,    /* another key, when asked for the first time */
    K_NO,   /* no key, when asked for the last time */
    HAPPENINGS
};

/* clang-format off */
static const char *const at_words[SITUATIONS] = {
    "the first rings", "the first is asked", "the first has passed it on",
    "the last rings", "the last is asked", "the last has passed it on",
    "the first has it", "the last has it", "he may speak", "he has spoken", "nobody is on duty",
    "it was answered", "he has left", "it was missed", "he left a message",
    "he is asked for a key", "an operator is asked", "the operator has hung up",
};
static const char *const happens_words[HAPPENINGS] = {
    "the request comes again", "nobody answered the first", "the first is busy", "the first cannot be reached",
    "the first's dial is completed", "the first was never connected", "the first's status says busy",
    "the first picks up", "the first presses 1", "the first presses 2", "the first presses 9",
    "nobody answered the last", "the last was never connected", "the last picks up", "the last presses 1",
    "the last presses 2", "the last presses 9",
    "the recording comes", "the caller is gone", "the dial says that the caller is gone", "the hard end is there",
    "the caller would leave a message", "the caller would be texted",
    "key 1 is pressed", "key 2 is pressed", "key 9 is pressed", "no key is pressed",
};

static const uint8_t next[SITUATIONS][HAPPENINGS] = {
/*         AGAIN F_NONE BUSY FAIL DONE LOST STAT PICK F_1 F_2 F_X  L_NONE LOST PICK L_1 L_2 L_X  SPOKE GONE GONE_D TIME CH_1 CH_2  K_1  K_2 K_X K_NO */
    [FR] = {FR,   LR,    LR,  LR,  LR,  LR,  FR,  FA,  TF, FP, FA,  __,    __,  __,  __, __, __,  __,   LE,  LE,    LE,  VM,  MI,  FR,  FR, FR, FR},
    [FA] = {FA,   LR,    LR,  LR,  LR,  LR,  FA,  FA,  TF, FP, FA,  __,    __,  __,  __, __, __,  __,   LE,  LE,    LE,  VM,  MI,  FA,  FA, FA, FA},
    [FP] = {LR,   LR,    LR,  LR,  LR,  LR,  FP,  FP,  FP, FP, FP,  __,    __,  __,  __, __, __,  __,   LE,  LE,    LE,  VM,  MI,  LR,  LR, LR, LR},
    [LR] = {LR,   LR,    LR,  LR,  LR,  LR,  LR,  LR,  LR, LR, LR,  VM,    VM,  LA,  TL, LP, LA,  __,   LE,  LE,    LE,  VM,  MI,  LR,  LR, LR, LR},
    [LA] = {LA,   LA,    LA,  LA,  LA,  LA,  LA,  LA,  LA, LA, LA,  VM,    VM,  LA,  TL, LP, LA,  __,   LE,  LE,    LE,  VM,  MI,  LA,  LA, LA, LA},
    [LP] = {VM,   VM,    VM,  VM,  VM,  VM,  LP,  LP,  LP, LP, LP,  VM,    VM,  LP,  LP, LP, LP,  __,   LE,  LE,    LE,  VM,  MI,  VM,  VM, VM, VM},
    [TF] = {TF,   AN,    AN,  AN,  AN,  LR,  TF,  TF,  TF, TF, TF,  __,    __,  __,  __, __, __,  __,   AN,  AN,    AN,  TF,  TF,  TF,  TF, TF, TF},
    [TL] = {TL,   TL,    TL,  TL,  TL,  TL,  TL,  TL,  TL, TL, TL,  AN,    VM,  TL,  TL, TL, TL,  __,   AN,  AN,    AN,  TL,  TL,  TL,  TL, TL, TL},
    [VM] = {VM,   VM,    VM,  VM,  VM,  VM,  VM,  VM,  VM, VM, VM,  VM,    VM,  VM,  VM, VM, VM,  SP,   MI,  VM,    MI,  VM,  VM,  VM,  VM, VM, VM},
    [SP] = {SP,   SP,    SP,  SP,  SP,  SP,  SP,  SP,  SP, SP, SP,  SP,    SP,  SP,  SP, SP, SP,  SP,   HE,  SP,    HE,  SP,  SP,  SP,  SP, SP, SP},
    [CL] = {CL,   CL,    CL,  CL,  CL,  CL,  CL,  CL,  CL, CL, CL,  CL,    CL,  CL,  CL, CL, CL,  __,   MI,  CL,    MI,  CL,  CL,  CL,  CL, CL, CL},
    [AN] = {AN,   AN,    AN,  AN,  AN,  AN,  AN,  AN,  AN, AN, AN,  AN,    AN,  AN,  AN, AN, AN,  __,   AN,  AN,    AN,  AN,  AN,  AN,  AN, AN, AN},
    [LE] = {LE,   LE,    LE,  LE,  LE,  LE,  LE,  LE,  LE, LE, LE,  LE,    LE,  LE,  LE, LE, LE,  HE,   LE,  LE,    LE,  LE,  LE,  LE,  LE, LE, LE},
    [MI] = {MI,   MI,    MI,  MI,  MI,  MI,  MI,  MI,  MI, MI, MI,  MI,    MI,  MI,  MI, MI, MI,  HE,   MI,  MI,    MI,  MI,  MI,  MI,  MI, MI, MI},
    [HE] = {HE,   HE,    HE,  HE,  HE,  HE,  HE,  HE,  HE, HE, HE,  HE,    HE,  HE,  HE, HE, HE,  HE,   HE,  HE,    HE,  HE,  HE,  HE,  HE, HE, HE},
    [AK] = {AK,   __,    __,  __,  __,  __,  __,  __,  __, __, __,  __,    __,  __,  __, __, __,  __,   LE,  AK,    LE,  __,  __,  FR,  AK, AK, VM},
    [MN] = {MN,   __,    __,  __,  __,  __,  __,  __,  __, __, __,  __,    __,  __,  __, __, __,  __,   ME,  ME,    ME,  __,  __,  MN,  FR, MN, ME},
    [ME] = {ME,   __,    __,  __,  __,  __,  __,  __,  __, __, __,  __,    __,  __,  __, __, __,  __,   ME,  ME,    ME,  __,  __,  ME,  ME, ME, ME},
};

/* What a leg hears: asked, too late, connected, nothing more. */
enum { ASK = ANSWER_SCREEN, SAY = ANSWER_SAY, CON = ANSWER_CONNECT, BYE = ANSWER_HANGUP };
static const uint8_t leg_hears[SITUATIONS][HAPPENINGS] = {
/*          F_PICK         F_1          F_2          F_X          L_PICK         L_1          L_2          L_X */
    [FR] = {[F_PICK]=ASK, [F_1]=CON, [F_2]=BYE, [F_X]=ASK},
    [FA] = {[F_PICK]=ASK, [F_1]=CON, [F_2]=BYE, [F_X]=ASK},
    [FP] = {[F_PICK]=SAY, [F_1]=SAY, [F_2]=BYE, [F_X]=SAY},
    [LR] = {[F_PICK]=SAY, [F_1]=SAY, [F_2]=SAY, [F_X]=SAY, [L_PICK]=ASK, [L_1]=CON, [L_2]=BYE, [L_X]=ASK},
    [LA] = {[F_PICK]=SAY, [F_1]=SAY, [F_2]=SAY, [F_X]=SAY, [L_PICK]=ASK, [L_1]=CON, [L_2]=BYE, [L_X]=ASK},
    [LP] = {[F_PICK]=SAY, [F_1]=SAY, [F_2]=SAY, [F_X]=SAY, [L_PICK]=SAY, [L_1]=SAY, [L_2]=BYE, [L_X]=SAY},
    [TF] = {[F_PICK]=SAY, [F_1]=CON, [F_2]=SAY, [F_X]=SAY},
    [TL] = {[F_PICK]=SAY, [F_1]=SAY, [F_2]=SAY, [F_X]=SAY, [L_PICK]=SAY, [L_1]=CON, [L_2]=SAY, [L_X]=SAY},
    [VM] = {[F_PICK]=SAY, [F_1]=SAY, [F_2]=SAY, [F_X]=SAY, [L_PICK]=SAY, [L_1]=SAY, [L_2]=SAY, [L_X]=SAY},
    [SP] = {[F_PICK]=SAY, [F_1]=SAY, [F_2]=SAY, [F_X]=SAY, [L_PICK]=SAY, [L_1]=SAY, [L_2]=SAY, [L_X]=SAY},
    [CL] = {[F_PICK]=SAY, [F_1]=SAY, [F_2]=SAY, [F_X]=SAY, [L_PICK]=SAY, [L_1]=SAY, [L_2]=SAY, [L_X]=SAY},
    [AN] = {[F_PICK]=SAY, [F_1]=SAY, [F_2]=SAY, [F_X]=SAY, [L_PICK]=SAY, [L_1]=SAY, [L_2]=SAY, [L_X]=SAY},
    [LE] = {[F_PICK]=SAY, [F_1]=SAY, [F_2]=SAY, [F_X]=SAY, [L_PICK]=SAY, [L_1]=SAY, [L_2]=SAY, [L_X]=SAY},
    [MI] = {[F_PICK]=SAY, [F_1]=SAY, [F_2]=SAY, [F_X]=SAY, [L_PICK]=SAY, [L_1]=SAY, [L_2]=SAY, [L_X]=SAY},
    [HE] = {[F_PICK]=SAY, [F_1]=SAY, [F_2]=SAY, [F_X]=SAY, [L_PICK]=SAY, [L_1]=SAY, [L_2]=SAY, [L_X]=SAY},
};

/* How each situation comes about, what its caller hears, how many relays it has, and who has it. */
static const struct row {
    enum happens story[4];
    int events;
    enum { USUAL, NIGHT, UNKNOWN, STAFF } begins; /* nobody on duty; a key is asked for; an operator calls */
    enum answer_kind document;
    size_t relays;
    const char *taken_by;
} rows[SITUATIONS] = {
    [FR] = {{0}, 0, USUAL,                    ANSWER_RING, 0, ""},
    [FA] = {{F_PICK}, 1, USUAL,               ANSWER_RING, 0, ""},
    [FP] = {{F_2}, 1, USUAL,                  ANSWER_RING, 0, ""},
    [LR] = {{F_NONE}, 1, USUAL,               ANSWER_RING, 0, ""},
    [LA] = {{F_BUSY, L_PICK}, 2, USUAL,       ANSWER_RING, 0, ""},
    [LP] = {{F_FAIL, L_2}, 2, USUAL,          ANSWER_RING, 0, ""},
    [TF] = {{F_PICK, F_1}, 2, USUAL,          ANSWER_HANGUP, 0, "primary"},
    [TL] = {{F_DONE, L_1}, 2, USUAL,          ANSWER_HANGUP, 0, "backup"},
    [VM] = {{F_NONE, L_NONE}, 2, USUAL,       ANSWER_VOICEMAIL, 1, ""},
    [SP] = {{F_NONE, L_NONE, SPOKE}, 3, USUAL, ANSWER_VOICEMAIL, 1, ""},
    [CL] = {{0}, 0, NIGHT,                   ANSWER_SAY, 1, ""},
    [AN] = {{F_1, F_DONE}, 2, USUAL,          ANSWER_HANGUP, 0, NULL}, /* either of them */
    [LE] = {{GONE}, 1, USUAL,                 ANSWER_HANGUP, 1, ""},
    [MI] = {{F_NONE, L_NONE, GONE}, 3, USUAL, ANSWER_HANGUP, 1, ""},
    [HE] = {{F_NONE, L_NONE, SPOKE, GONE}, 4, USUAL, ANSWER_HANGUP, 1, ""},
    [AK] = {{0}, 0, UNKNOWN,                  ANSWER_ASK, 0, ""},
    [MN] = {{0}, 0, STAFF,                    ANSWER_ASK, 0, ""},
    [ME] = {{GONE}, 1, STAFF,                 ANSWER_HANGUP, 0, ""},
};
/* clang-format on */

/* ---- what happens ---- */

static struct event of_call(int rang, const char *dial_status)
{
    return (struct event){.kind = EVENT_CALL,
                          .account = SPAN("AC1"),
                          .sid = span_of(w->call),
                          .from = span_of(world_cascade(w)->caller),
                          .to = SPAN(LINE),
                          .call_status = SPAN("in-progress"),
                          .dial_status = span_of(dial_status),
                          .error_code = dial_status[0] == 'f' ? 13224 : 0, /* not the caller id */
                          .attempt = rang + 1};
}

static struct event of_leg(int rung, const char *digits)
{
    return (struct event){.kind = digits ? EVENT_PRESS : EVENT_SCREEN,
                          .cascade = world_cascade(w)->id,
                          .attempt = rung,
                          .leg_sid = rung ? SPAN("CAlast") : SPAN("CAfirst"),
                          .digits = span_of(digits)};
}

static struct event of_status(const char *status, bool is_leg)
{
    return (struct event){.kind = EVENT_CALL_STATUS,
                          .sid = is_leg ? SPAN("CAfirst") : span_of(w->call),
                          .cascade = is_leg ? world_cascade(w)->id : 0,
                          .attempt = is_leg ? 0 : -1,
                          .call_status = span_of(status),
                          .sequence = SPAN("3")};
}

static struct event changed(struct event e, bool unbridged, bool is_gone)
{
    e.unbridged = unbridged;
    if (is_gone)
        e.call_status = SPAN("completed");
    return e;
}

static struct event of_caller(enum event_kind kind, const char *digits)
{
    return (struct event){.kind = kind,
                          .sid = span_of(w->call),
                          .cascade = world_cascade(w)->id,
                          .digits = span_of(digits),
                          .recording = SPAN("https://carrier.example.test/RE1"),
                          .seconds = 9};
}

static struct event of_key(const char *digits, int attempt)
{
    return (struct event){.kind = EVENT_KEY,
                          .account = SPAN("AC1"),
                          .sid = span_of(w->call),
                          .from = span_of(world_cascade(w)->caller),
                          .to = SPAN(LINE),
                          .cascade = world_cascade(w)->id,
                          .digits = span_of(digits),
                          .attempt = attempt};
}

/* The hard end of the state that is, or, when it is over, one that comes late. */
static struct event of_time(void)
{
    const struct cascade *k = world_cascade(w);
    const int64_t due_ms = k->due_ms ? k->due_ms : w->now_ms;

    if (due_ms > w->now_ms)
        w->now_ms = due_ms;
    return (struct event){.kind = EVENT_TIMER,
                          .timer = {due_ms, WORLD_TENANT, TIMER_CASCADE, k->id, false}};
}

static struct event event_of(enum happens what)
{
    const int rang = world_cascade(w)->attempt;

    switch (what) {
    case AGAIN:
        return of_call(-2, "");
    case F_NONE:
        return of_call(0, "no-answer");
    case F_BUSY:
        return of_call(0, "busy");
    case F_FAIL:
        return of_call(0, "failed");
    case F_DONE:
        return of_call(0, "completed");
    case F_LOST:
        return changed(of_call(0, "completed"), true, false);
    case F_STAT:
        return of_status("busy", true);
    case F_PICK:
        return of_leg(0, NULL);
    case F_1:
        return of_leg(0, "1");
    case F_2:
        return of_leg(0, "2");
    case F_X:
        return of_leg(0, "9");
    case L_NONE:
        return of_call(1, "no-answer");
    case L_LOST:
        return changed(of_call(1, "completed"), true, false);
    case L_PICK:
        return of_leg(1, NULL);
    case L_1:
        return of_leg(1, "1");
    case L_2:
        return of_leg(1, "2");
    case L_X:
        return of_leg(1, "9");
    case SPOKE:
        return of_caller(EVENT_RECORDED, "");
    case GONE:
        return of_status("completed", false);
    case GONE_D:
        return changed(of_call(rang, "canceled"), false, true);
    case TIME:
        return of_time();
    case CH_1:
        return of_caller(EVENT_CHOICE, "1");
    case CH_2:
        return of_caller(EVENT_CHOICE, "2");
    case K_1:
        return of_key("1", -1);
    case K_2:
        return of_key("2", -1);
    case K_X:
        return of_key("9", -1);
    case K_NO:
        return of_key("", 1);
    case HAPPENINGS:
        break;
    }
    fail();
    return (struct event){0};
}

/* ---- what is seen ---- */

static enum at of_rung(const struct cascade *k)
{
    const enum rung_state s = k->plan->rungs[k->attempt].state;
    const enum at rings = k->attempt ? LR : FR;

    return s == RUNG_TOLD      ? rings
           : s == RUNG_REACHED ? rings + (FA - FR)
           : s == RUNG_PASSED  ? rings + (FP - FR)
                               : SITUATIONS;
}

static enum at seen(void)
{
    static const enum at ends[OUTCOMES] = {
        [OUTCOME_NONE] = SITUATIONS, [OUTCOME_ANSWERED] = AN,  [OUTCOME_VOICEMAIL] = HE,
        [OUTCOME_MISSED] = MI,       [OUTCOME_ABANDONED] = LE, [OUTCOME_REFUSED] = SITUATIONS,
        [OUTCOME_MENU] = ME};
    static const enum at states[CASCADE_STATES] = {
        [CASCADE_CLOSED] = CL, [CASCADE_ASKED] = AK, [CASCADE_MENU] = MN};
    const struct cascade *k = world_cascade(w);

    if (k->state == CASCADE_RINGING)
        return of_rung(k);
    if (k->state == CASCADE_ACCEPTED)
        return strcmp(k->leg_sid, "CAfirst") == 0 ? TF : TL;
    if (k->state == CASCADE_VOICEMAIL)
        return k->recording.size ? SP : VM;
    return k->state == CASCADE_OVER ? ends[k->outcome] : states[k->state];
}

/* One who has it, or nobody; a timer as long as it is not over; a relay exactly when nobody had
 * it; the customer texted once for that. NULL, or what is not so. */
static const char *broken(enum at at)
{
    const struct cascade *k = world_cascade(w);
    const struct row *r = &rows[at];
    int accepted = 0;

    for (int i = 0; i < k->plan->count; i++)
        accepted += k->plan->rungs[i].state == RUNG_ACCEPTED;
    if (accepted != (at == TF || at == TL || at == AN))
        return "somebody has it, or nobody has";
    if (r->taken_by ? strcmp(k->accepted_by, r->taken_by) != 0 : !k->accepted_by[0])
        return "another one has it";
    if ((k->due_ms == 0) != (k->state == CASCADE_OVER))
        return "only what is not over has an end";
    if (k->due_ms && !world_has_timer(w, TIMER_CASCADE, k->id, k->due_ms))
        return "its end has no timer";
    if (world_count(w, FACT_RELAY) != r->relays || (k->relay != 0) != (r->relays != 0))
        return "a relay is raised when nobody had it, and once";
    const bool is_customer = strcmp(k->caller, ANNA) == 0;
    if (world_count_to(w, k->caller) != (is_customer ? r->relays : 0))
        return "the customer is texted when nobody had it, and once";
    return NULL;
}

static size_t timers_of_cascades(void)
{
    size_t n = 0;

    for (size_t i = 0; i < w->timer_count; i++)
        n += w->timers[i].kind == TIMER_CASCADE;
    return n;
}

static bool is_of_leg(enum happens what)
{
    return (what >= F_PICK && what <= F_X) || (what >= L_PICK && what <= L_X);
}

static enum answer_kind heard(enum at from, enum happens what, enum at to)
{
    if (is_of_leg(what))
        return (enum answer_kind)leg_hears[from][what];
    if (what == GONE || what == TIME || what == F_STAT)
        return ANSWER_NOTHING;
    if (what == SPOKE || (what == CH_2 && to == MI && from < TF) || (what == K_NO && from == MN))
        return ANSWER_SAY;
    return rows[to].document;
}

/* ---- pairs ---- */

struct pair {
    enum at from;
    enum happens first, second;
    bool together;
};

static void not_so(const struct pair *p, const char *why)
{
    fail_msg("while %s, %s%s%s: %s", at_words[p->from], happens_words[p->first],
             p->together ? " and in the same turn " : ", then ", happens_words[p->second], why);
}

static enum at play(const struct pair *p, enum at from, enum happens what)
{
    const enum at to = (enum at)next[from][what];

    assert_int_equal(world_do(w, event_of(what)), ERR_NONE);
    if (w->answer.kind != heard(from, what, to))
        not_so(p, arena_printf(w->arena, "the answer to '%s' is %d", happens_words[what],
                               (int)w->answer.kind));
    return to;
}

static void must_be(const struct pair *p, enum at at)
{
    const enum at is = seen();

    if (is != at)
        not_so(p, arena_printf(w->arena, "%s, and not %s", is < SITUATIONS ? at_words[is] : "?",
                               at_words[at]));
    if (broken(at))
        not_so(p, broken(at));
    if (timers_of_cascades() != (world_cascade(w)->due_ms != 0))
        not_so(p, "timers are left over");
}

static void come_to(const struct pair *p)
{
    const struct row *r = &rows[p->from];
    static const enum at begins[] = {FR, CL, AK, MN};
    enum at at = begins[r->begins];

    w->chains[0].step_count = 2;
    w->roster.operator_menu = true;
    w->roster.screening = r->begins == UNKNOWN ? SCREENING_VOICEMAIL : SCREENING_NONE;
    for (int i = 0; r->begins == NIGHT && i < WORLD_PEOPLE; i++)
        world_off(w, i);
    world_call(w, r->begins == STAFF ? SPARE : ANNA);
    for (int i = 0; i < r->events; i++)
        at = play(p, at, r->story[i]);
    must_be(p, p->from);
}

static void play_pair(const struct pair *p)
{
    world_open(w);
    come_to(p);
    w->batch = p->together;
    const enum at between = play(p, p->from, p->first);
    if (!p->together)
        must_be(p, between);
    const struct event second = event_of(p->second);
    const enum at to = play(p, between, p->second);
    if (p->together)
        world_commit(w);
    w->batch = false;
    must_be(p, to);
    if (next[to][p->second] == to) { /* it does nothing more there */
        world_again(w, second);
        must_be(p, to);
        if (w->changes && second.kind != EVENT_TIMER)
            not_so(p, "the second, repeated, changes rows");
    }
    world_close(w);
}

static bool can_happen(enum at at, enum happens what)
{
    return next[at][what] != __;
}

static void every_pair(bool together)
{
    struct pair p = {.together = together};
    int played = 0;

    for (int at = 0; at < SITUATIONS; at++)
        for (int first = 0; first < HAPPENINGS; first++)
            for (int second = 0; second < HAPPENINGS; second++) {
                p.from = (enum at)at;
                p.first = (enum happens)first;
                p.second = (enum happens)second;
                if (!can_happen(p.from, p.first) || !can_happen((enum at)next[at][first], p.second))
                    continue;
                play_pair(&p);
                played++;
            }
    assert_true(played > 5000);
}

static void each_pair_one_after_the_other(void **unused)
{
    (void)unused;
    every_pair(false);
}

static void each_pair_in_one_turn(void **unused)
{
    (void)unused;
    every_pair(true);
}

/* A cell that nobody has written would read "the first rings". */
static void every_cell_is_written(void **unused)
{
    (void)unused;
    for (int at = 0; at < SITUATIONS; at++)
        for (int what = 0; what < HAPPENINGS; what++) {
            assert_true(next[at][what] != FR || at == FR || at == AK || at == MN);
            if (can_happen((enum at)at, (enum happens)what) && is_of_leg((enum happens)what))
                assert_int_not_equal(leg_hears[at][what], 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_written),
        cmocka_unit_test(each_pair_one_after_the_other),
        cmocka_unit_test(each_pair_in_one_turn),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
