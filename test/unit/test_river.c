#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sched.h>
#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "river/river.h"
#include "spool/spool.h"

/* A store that hangs, fails, gives way to others or loses the answer to a commit, when a test says
 * so: the real one in memory, with three of its functions in front. */
enum { PATH_SIZE = 128, LONG_MS = 60000, WORKS = 8 };

static struct scene {
    char folder[PATH_SIZE], spool[PATH_SIZE + 16];
    struct loop *loop;
    struct clock *clock;
    struct river *river;
    struct book *book;
    struct store_ops real, ops;
    sem_t gate; /* a save that hangs waits for it */
    /* Set while the storage thread sleeps, or before what it does next. */
    _Atomic bool hangs; /* ... or at any time */
    bool is_away, loses_answer;
    int in_others_way;        /* times that a hold gives way */
    int in_others_way_at_end; /* ... and that a save does */
    bool is_again;
    bool adds_timer;         /* the commit whose answer is lost has stored one */
    sem_t reads;             /* a reading has begun */
    int holds, saves, fired; /* saves that were committed, and timers that went with them */
} scene;

struct asked {
    struct work work;
    struct arena *arena;
    bool is_done;
};

static enum err hold(struct store *store, const int32_t *tenants, size_t count, int64_t now_ms)
{
    scene.holds++;
    scene.is_again = scene.in_others_way > 0;
    if (scene.is_again) {
        scene.in_others_way--;
        return ERR_BUSY;
    }
    return scene.is_away ? ERR_BUSY : scene.real.hold(store, tenants, count, now_ms);
}

static bool is_again(const struct store *store)
{
    return scene.is_again || scene.real.is_again(store);
}

/* A relay's that is not there: whoever is told of it deletes the row. */
static void add_timer(struct store *store)
{
    const struct timer timer = {.due_ms = 1, .kind = TIMER_RELAY, .subject = 1};
    struct arena *arena = arena_open(0);
    struct id_maker ids = {.node = 1};
    struct facts facts;

    facts_init(&facts, arena, &ids, 1);
    facts_put_timer(&facts, &timer);
    assert_int_equal(scene.real.save(store, &facts), ERR_NONE);
    arena_close(&arena);
}

static void count_fired(const struct facts *facts)
{
    for (const struct appended *row = facts->added; row; row = row->next)
        scene.fired += row->kind == APPEND_TIMER && row->timer.gone;
}

static enum err save(struct store *store, const struct facts *facts)
{
    if (scene.hangs)
        while (sem_wait(&scene.gate) != 0)
            ;
    scene.is_again = scene.in_others_way_at_end > 0;
    scene.in_others_way_at_end -= scene.is_again;
    if (scene.is_away || scene.is_again)
        return ERR_BUSY;
    const enum err err = scene.real.save(store, facts);
    scene.saves += !err;
    if (!err)
        count_fired(facts);
    if (!err && scene.loses_answer && scene.adds_timer)
        add_timer(store);
    if (!err && scene.loses_answer) {
        scene.loses_answer = false;
        return ERR_UNSURE;
    }
    return err;
}

static enum err probe(struct store *store, int64_t now_ms)
{
    return scene.is_away ? ERR_BUSY : scene.real.probe(store, now_ms);
}

static void let_go(void *ctx)
{
    (void)ctx;
}

static void open_river(int64_t patience_ms)
{
    static uint8_t key[32];
    char why[RIVER_WHY_SIZE] = "";
    const struct river_options options = {
        .loop = scene.loop,
        .clock = scene.clock,
        .database = "",
        .spool = scene.spool,
        .sender = {.api = "http://127.0.0.1:9",
                   .public_url = "https://ring.example.com",
                   .callback_key = key,
                   .user = "AC1",
                   .password = "no secret"},
        .lookup_api = "http://127.0.0.1:9",
        .call_rate = 1,
        .queue_max = 100,
        .patience_ms = patience_ms,
        .callback_key = key,
        .let_go = let_go,
    };

    if (river_open(&options, &scene.river, why))
        fail_msg("%s", why);
    struct store *store = river_apply(scene.river)->store;
    scene.real = scene.ops = *store->ops;
    scene.ops.hold = hold;
    scene.ops.is_again = is_again;
    scene.ops.save = save;
    scene.ops.probe = probe;
    store->ops = &scene.ops;
    if (river_start(scene.river, scene.book, why))
        fail_msg("%s", why);
}

static int set_up(void **unused)
{
    (void)unused;
    memset(&scene, 0, sizeof scene);
    snprintf(scene.folder, sizeof scene.folder, "/tmp/nextring-river-XXXXXX");
    assert_non_null(mkdtemp(scene.folder));
    snprintf(scene.spool, sizeof scene.spool, "%s/spool", scene.folder);
    assert_int_equal(sem_init(&scene.gate, 0, 0), 0);
    assert_int_equal(sem_init(&scene.reads, 0, 0), 0);
    assert_int_equal(loop_open(&scene.loop), ERR_NONE);
    scene.clock = clock_open_system();
    scene.book = book_open(NULL, 0);
    return 0;
}

static int tear_down(void **unused)
{
    (void)unused;
    river_close(&scene.river);
    book_close(&scene.book);
    loop_close(&scene.loop);
    clock_close(&scene.clock);
    sem_destroy(&scene.gate);
    sem_destroy(&scene.reads);
    unlink(scene.spool);
    rmdir(scene.folder);
    return 0;
}

static void turn(void)
{
    (void)river_collect(scene.river);
    (void)river_turn(scene.river);
    sched_yield();
}

static void is_done(struct work *work)
{
    ((struct asked *)work->user)->is_done = true;
}

/* A text to a number that is nobody's, or what a page asks. */
static void ask(struct asked *asked, enum event_kind kind, const char *sid)
{
    *asked = (struct asked){.arena = arena_open(0)};
    asked->work.arena = asked->arena;
    asked->work.done = is_done;
    asked->work.user = asked;
    asked->work.event = (struct event){
        .kind = kind,
        .tenant = kind == EVENT_STRAY ? 0 : 1,
        .account = SPAN("AC1"),
        .sid = arena_copy(asked->arena, span_of(sid)),
        .from = SPAN("+16195550150"),
        .to = SPAN("+16195550100"),
        .body = SPAN("hello"),
        .attempt = -1,
    };
    assert_int_equal(river_submit(scene.river, &asked->work), ERR_NONE);
}

static void until_done(struct asked *asked)
{
    while (!asked->is_done)
        turn();
    arena_close(&asked->arena);
}

static void until_brought_in(void)
{
    do
        turn();
    while (river_counts(scene.river).spooled > 0);
}

static void what_is_stored_is_answered(void **unused)
{
    struct asked text;

    (void)unused;
    open_river(LONG_MS);
    ask(&text, EVENT_STRAY, "SM1");
    until_done(&text);
    assert_int_equal(text.work.err, ERR_NONE);
    assert_int_equal(text.work.answer.kind, ANSWER_NOTHING);
    assert_int_equal(scene.saves, 1);
    assert_int_equal(river_counts(scene.river).spooled, 0);
}

static void who_waits_for_a_batch_that_hangs_is_answered_without_it(void **unused)
{
    struct asked texts[WORKS], later;

    (void)unused;
    open_river(1);
    scene.hangs = true;
    for (int i = 0; i < WORKS; i++) {
        char sid[] = "SM0";
        sid[2] = (char)('0' + i);
        ask(&texts[i], EVENT_STRAY, sid);
    }
    for (int i = 0; i < WORKS; i++) {
        until_done(&texts[i]);
        assert_int_equal(texts[i].work.err, ERR_NONE);
    }
    assert_int_equal(scene.saves, 0);
    assert_int_equal(river_counts(scene.river).spooled, WORKS);
    ask(&later, EVENT_STRAY, "SM9"); /* while it hangs still: at once */
    until_done(&later);
    assert_int_equal(later.work.err, ERR_NONE);
    assert_int_equal(scene.saves, 0);
    scene.hangs = false;
    assert_int_equal(sem_post(&scene.gate), 0);
    until_brought_in();
    /* The batch that hung has committed; of what was kept the ninth alone is new. */
    assert_int_equal(scene.saves, 2);
}

static void a_store_that_is_away_keeps_nobody_waiting(void **unused)
{
    struct asked text, page;

    (void)unused;
    open_river(LONG_MS);
    scene.is_away = true;
    ask(&text, EVENT_STRAY, "SM1");
    until_done(&text);
    assert_int_equal(text.work.err, ERR_NONE);
    assert_int_equal(river_counts(scene.river).spooled, 1);
    ask(&page, EVENT_ACK, "");
    until_done(&page);
    assert_int_equal(page.work.err, ERR_BUSY);
    scene.is_away = false;
    until_brought_in();
    assert_int_equal(scene.saves, 1);
}

/* Where neither takes it, a yes would be a lie; but who waits on a line is told how it goes on. */
static void what_cannot_be_kept_is_refused_but_for_calls(void **unused)
{
    static const struct {
        enum event_kind kind;
        enum err want;
    } kinds[] = {
        {EVENT_STRAY, ERR_FULL},       {EVENT_TEXT, ERR_FULL},        {EVENT_RECEIPT, ERR_FULL},
        {EVENT_CALL_STATUS, ERR_FULL}, {EVENT_TRANSCRIBED, ERR_FULL}, {EVENT_CALL, ERR_NONE},
        {EVENT_SCREEN, ERR_NONE},      {EVENT_PRESS, ERR_NONE},       {EVENT_RECORDED, ERR_NONE},
        {EVENT_CHOICE, ERR_NONE},      {EVENT_KEY, ERR_NONE},         {EVENT_HEARD, ERR_NONE},
        {EVENT_CALLED, ERR_NONE},
    };
    struct spool *tiny = NULL;
    char why[SPOOL_WHY_SIZE];

    (void)unused;
    assert_int_equal(spool_open(scene.spool, 64, &tiny, why), ERR_NONE);
    spool_close(&tiny);
    open_river(LONG_MS);
    scene.is_away = true;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct asked asked;
        ask(&asked, kinds[i].kind, "SM1");
        while (!asked.is_done)
            turn();
        if (asked.work.err != kinds[i].want)
            fail_msg("%s is answered with %s", event_kind_name(kinds[i].kind),
                     err_name(asked.work.err));
        if (!asked.work.err)
            assert_int_not_equal(asked.work.answer.kind, ANSWER_NOTHING);
        arena_close(&asked.arena);
    }
    assert_int_equal(river_counts(scene.river).spooled, 0);
}

/* This node knew it from its start, and another one has settled it. */
static void what_others_have_settled_is_unsure_no_more(void **unused)
{
    struct asked text;

    (void)unused;
    open_river(LONG_MS);
    struct claim *claim = &river_apply(scene.river)->claim;
    claim->unsure = arena_must_grow(claim->unsure, sizeof *claim->unsure);
    claim->unsure[0] = 1;
    claim->unsure_count = claim->unsure_room = 1;
    claim->next_unsure_ms = 0;
    ask(&text, EVENT_STRAY, "SM1");
    until_done(&text);
    assert_int_equal(claim->unsure_count, 0);
}

static void a_commit_whose_answer_was_lost_acts_once(void **unused)
{
    struct asked text;

    (void)unused;
    open_river(LONG_MS);
    scene.loses_answer = true;
    ask(&text, EVENT_STRAY, "SM1");
    until_done(&text);
    assert_int_equal(text.work.err, ERR_NONE);
    assert_int_equal(river_counts(scene.river).spooled, 1);
    until_brought_in();
    assert_int_equal(scene.saves, 1); /* it was there, and nothing was left to be saved */
    assert_int_equal(river_apply(scene.river)->commits_unsure, 1);
}

static void whom_a_lost_answer_leaves_in_doubt_is_told_so(void **unused)
{
    struct asked text, page;

    (void)unused;
    open_river(LONG_MS);
    scene.loses_answer = true;
    ask(&text, EVENT_STRAY, "SM1"); /* one batch of both */
    ask(&page, EVENT_ACK, "");
    until_done(&page);
    assert_int_equal(page.work.err, ERR_UNSURE);
    until_done(&text);
    assert_int_equal(text.work.err, ERR_NONE);
}

static void what_fails_for_others_sake_is_tried_again_at_once(void **unused)
{
    struct asked text;

    (void)unused;
    open_river(LONG_MS);
    scene.in_others_way = 4;
    ask(&text, EVENT_STRAY, "SM1");
    until_done(&text);
    assert_int_equal(text.work.err, ERR_NONE);
    assert_int_equal(scene.saves, 1);
    assert_int_equal(river_counts(scene.river).spooled, 0);
    assert_int_equal(river_apply(scene.river)->repeats, 4);
}

static void but_not_for_ever(void **unused)
{
    struct asked text;

    (void)unused;
    open_river(LONG_MS);
    scene.in_others_way = 5;
    ask(&text, EVENT_STRAY, "SM1");
    until_done(&text);
    assert_int_equal(text.work.err, ERR_NONE);
    assert_int_equal(scene.saves, 0);
    assert_int_equal(river_counts(scene.river).spooled, 1);
    until_brought_in();
    assert_int_equal(scene.saves, 1);
}

static void a_batch_that_is_made_again_has_its_timers_again(void **unused)
{
    struct asked text;

    (void)unused;
    open_river(LONG_MS);
    add_timer(river_apply(scene.river)->store);
    scene.in_others_way_at_end = 1;
    ask(&text, EVENT_STRAY, "SM1");
    until_done(&text);
    assert_int_equal(text.work.err, ERR_NONE);
    assert_int_equal(scene.saves, 1);
    assert_int_equal(scene.fired, 1);
}

static void a_timer_of_a_commit_whose_answer_was_lost_fires(void **unused)
{
    struct asked before, text;

    (void)unused;
    open_river(LONG_MS);
    ask(&before, EVENT_STRAY, "SM1"); /* no timer is known from here on */
    until_done(&before);
    scene.loses_answer = scene.adds_timer = true;
    ask(&text, EVENT_STRAY, "SM2");
    until_done(&text);
    assert_int_equal(river_counts(scene.river).spooled, 1);
    until_brought_in();
    assert_int_equal(scene.fired, 1);
}

/* A number of premium rate: it is claimed, and never sent to. */
static void what_may_not_be_sent_is_not_after_a_lost_answer(void **unused)
{
    const struct outbox row = {.id = 1 << 20,
                               .kind = OUTBOX_TEXT,
                               .state = OUTBOX_QUEUED,
                               .from = "+16195550100",
                               .to = "+19005550150",
                               .body = SPAN("hello")};
    const struct store_sender sender = {.kind = OUTBOX_TEXT, .from = "+16195550100"};
    struct arena *arena = arena_open(0);
    struct id_maker ids = {.node = 1};
    struct facts facts;

    (void)unused;
    open_river(LONG_MS);
    facts_init(&facts, arena, &ids, 1);
    facts_add_outbox(&facts, &row);
    assert_int_equal(scene.real.save(river_apply(scene.river)->store, &facts), ERR_NONE);
    arena_close(&arena);
    pace_note(river_apply(scene.river)->claim.pace, &sender, 0);
    scene.loses_answer = true;
    while (river_counts(scene.river).results.refused + river_counts(scene.river).results.retried ==
           0)
        turn();
    assert_int_equal(river_counts(scene.river).results.retried, 0);
    assert_int_equal(river_apply(scene.river)->commits_unsure, 1);
}

static enum err read_for_long(struct reading *reading, struct store *store, int64_t now_ms)
{
    (void)reading;
    (void)store;
    (void)now_ms;
    sem_post(&scene.reads);
    while (sem_wait(&scene.gate) != 0)
        ;
    return ERR_NONE;
}

static void is_read(struct reading *reading)
{
    *(bool *)reading->user = true;
}

static void what_is_stored_does_not_wait_for_a_reading(void **unused)
{
    bool has_read = false;
    struct reading reading = {.read = read_for_long, .done = is_read, .user = &has_read};
    struct asked text;

    (void)unused;
    open_river(1);
    ask(&text, EVENT_STRAY, "SM1");
    assert_int_equal(river_read(scene.river, &reading), ERR_NONE);
    turn(); /* one batch of both */
    while (sem_wait(&scene.reads) != 0)
        ;
    until_done(&text);
    assert_int_equal(text.work.err, ERR_NONE);
    assert_int_equal(text.work.answer.kind, ANSWER_NOTHING);
    assert_int_equal(river_counts(scene.river).spooled, 0);
    assert_int_equal(scene.saves, 1);
    assert_false(has_read);
    assert_int_equal(sem_post(&scene.gate), 0);
    while (!has_read)
        turn();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_is_stored_is_answered),
        TEST(who_waits_for_a_batch_that_hangs_is_answered_without_it),
        TEST(a_store_that_is_away_keeps_nobody_waiting),
        TEST(what_cannot_be_kept_is_refused_but_for_calls),
        TEST(what_others_have_settled_is_unsure_no_more),
        TEST(a_commit_whose_answer_was_lost_acts_once),
        TEST(whom_a_lost_answer_leaves_in_doubt_is_told_so),
        TEST(what_fails_for_others_sake_is_tried_again_at_once),
        TEST(but_not_for_ever),
        TEST(a_batch_that_is_made_again_has_its_timers_again),
        TEST(a_timer_of_a_commit_whose_answer_was_lost_fires),
        TEST(what_may_not_be_sent_is_not_after_a_lost_answer),
        TEST(what_is_stored_does_not_wait_for_a_reading),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
