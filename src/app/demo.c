#include "app/demo.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/demo_board.h"
#include "app/demo_days.h"
#include "app/stage.h"

enum { MINUTE_MS = 60000, ACK_MS = 900000, DEFAULT_PORT = 8080 };

/* ---- what was seen ---- */

struct verdict {
    int wrong;
};

static void expect(struct verdict *v, bool seen, const char *what)
{
    printf("   %s %s\n", seen ? "[ok]   " : "[WRONG]", what);
    v->wrong += !seen;
}

static bool text_is(const struct json *object, const char *key, const char *value)
{
    return span_is_text(json_text(json_get(object, key)), value);
}

static bool contains(struct span text, const char *part)
{
    return text.size && memmem(text.data, text.size, part, strlen(part));
}

/* How many texts with `part` in them the phone has, and when the last one came. */
static int texts_with(struct stage *s, const char *number, const char *part, int64_t *out_at_ms)
{
    struct json *phone =
        stage_ask_sim(s, "GET", arena_printf(s->arena, "/sim/phones/%s", number), NULL);
    const struct json *texts = json_get(phone, "texts");
    int n = 0;

    for (size_t i = 0; i < json_count(texts); i++)
        if (contains(json_text(json_get(json_at(texts, i), "body")), part)) {
            n++;
            if (out_at_ms)
                (void)json_number(json_get(json_at(texts, i), "at_ms"), 0, INT64_MAX, out_at_ms);
        }
    json_close(&phone);
    return n;
}

/* The mark with which the first text that has `part` begins. */
static bool tag_of(struct stage *s, const char *number, const char *part, char out[4])
{
    struct json *phone =
        stage_ask_sim(s, "GET", arena_printf(s->arena, "/sim/phones/%s", number), NULL);
    const struct json *texts = json_get(phone, "texts");
    bool found = false;

    for (size_t i = 0; i < json_count(texts) && !found; i++) {
        const struct span body = json_text(json_get(json_at(texts, i), "body"));
        found = body.size > 3 && contains(body, part);
        if (found)
            snprintf(out, 4, "%.3s", body.data);
    }
    json_close(&phone);
    return found;
}

static bool first_item(struct stage *s, const char *path, const char *key, const char *value)
{
    struct json *root = stage_ask_daemon(s, path);
    const bool is = text_is(json_at(json_get(root, "items"), 0), key, value);

    json_close(&root);
    return is;
}

/* ---- the timeline ---- */

struct printed {
    int64_t last; /* number of the last entry that was shown */
};

static void print_time(int64_t at_ms)
{
    const time_t s = (time_t)(at_ms / 1000);
    struct tm tm;
    char text[16];

    strftime(text, sizeof text, "%H:%M:%S", gmtime_r(&s, &tm));
    printf("   %s  ", text);
}

/* What the carrier does inside a moment is left out: who is told and who acts is the story. */
static bool is_for_people(const struct json *entry)
{
    static const char *const kinds[] = {"phone", "call", "text"};
    static const char *const not_these[] = {
        "queued:",       "sending:",    "sent:",      ": initiated",  ": ringing",
        ": in-progress", ": completed", "new script", "'s voicemail", NULL};
    const struct span words = json_text(json_get(entry, "words"));
    bool known = false;

    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        known = known || text_is(entry, "kind", kinds[i]);
    for (const char *const *not = not_these; *not ; not ++)
        known = known && !contains(words, *not );
    return known;
}

static const struct {
    const char *number, *name;
} people[] = {{STAGE_LINE, "the line"},     {STAGE_PRIMARY, "Primary"},
              {STAGE_BACKUP, "Backup"},     {STAGE_OWNER, "Owner"},
              {STAGE_CUSTOMER, "Customer"}, {"+16195550151", "Customer 2"}};

/* People instead of numbers; a text's second line stands under its first. */
static void print_words(struct span words)
{
    while (words.size) {
        size_t i = 0;
        while (i < sizeof people / sizeof people[0] &&
               !span_starts(words, span_of(people[i].number)))
            i++;
        if (i < sizeof people / sizeof people[0]) {
            fputs(people[i].name, stdout);
            words = span_skip(words, strlen(people[i].number));
            continue;
        }
        if (words.data[0] == '\n')
            fputs("\n             ", stdout);
        else
            putchar(words.data[0]);
        words = span_skip(words, 1);
    }
    putchar('\n');
}

static void print_timeline(struct stage *s, struct printed *p)
{
    struct json *root = stage_ask_sim(
        s, "GET", arena_printf(s->arena, "/sim/timeline?after=%" PRId64, p->last), NULL);
    const struct json *entries = json_get(root, "entries");

    for (size_t i = 0; i < json_count(entries); i++) {
        const struct json *e = json_at(entries, i);
        int64_t at_ms = 0;
        if (!is_for_people(e))
            continue;
        (void)json_number(json_get(e, "at_ms"), 0, INT64_MAX, &at_ms);
        print_time(at_ms);
        print_words(json_text(json_get(e, "words")));
    }
    (void)json_number(json_get(root, "last"), 0, INT64_MAX, &p->last);
    json_close(&root);
    fflush(stdout);
}

/* ---- three stories ---- */

static bool play_call(struct stage *s, struct printed *p, struct verdict *v)
{
    puts(
        "\n(a) A customer calls. The primary does not answer, the backup's voicemail picks up and\n"
        "    presses nothing, the owner presses 1 and talks.\n");
    if (!stage_do(s, "PUT", "/sim/phones/" STAGE_PRIMARY, "{\"on_call\":[{\"do\":\"ignore\"}]}") ||
        !stage_do(s, "PUT", "/sim/phones/" STAGE_BACKUP,
                  "{\"on_call\":[{\"do\":\"voicemail\",\"after_ms\":8000}]}") ||
        !stage_do(
            s, "PUT", "/sim/phones/" STAGE_OWNER,
            "{\"on_call\":[{\"do\":\"answer\",\"after_ms\":4000,\"then\":["
            "{\"press\":\"1\",\"after_ms\":3000},{\"talk_ms\":45000},{\"hangup\":true}]}]}") ||
        !stage_do(s, "POST", "/sim/calls",
                  "{\"from\":\"" STAGE_CUSTOMER "\",\"to\":\"" STAGE_LINE "\"}") ||
        !stage_turn(s, 5 * MINUTE_MS))
        return false;
    print_timeline(s, p);
    puts("");
    expect(v, first_item(s, "/api/v1/calls?limit=1", "outcome", "answered"),
           "store: the call was answered");
    expect(v, first_item(s, "/api/v1/calls?limit=1", "accepted_by", "owner"),
           "store: by the owner, the third in line");
    expect(v, texts_with(s, STAGE_OWNER, "press 1 to take it", NULL) == 1,
           "phone: the owner was told who calls before he picked up");
    expect(v, texts_with(s, STAGE_CUSTOMER, "", NULL) == 0,
           "phone: the customer got no \"we missed you\"");
    return true;
}

static bool play_text(struct stage *s, struct printed *p, struct verdict *v)
{
    int64_t sent_ms = 0, backup_ms = 0;
    char tag[4] = "";

    puts(
        "\n(b) A customer texts. The primary stays silent for fifteen minutes; the backup gets it\n"
        "    and answers, and the customer receives the answer.\n");
    if (!stage_do(s, "POST", "/sim/texts",
                  "{\"from\":\"" STAGE_CUSTOMER "\",\"to\":\"" STAGE_LINE
                  "\",\"body\":\"The drain is blocked, can you come?\"}") ||
        !stage_turn(s, ACK_MS + MINUTE_MS))
        return false;
    const bool forwarded = texts_with(s, STAGE_PRIMARY, "The drain is blocked", &sent_ms) == 1;
    const bool escalated = tag_of(s, STAGE_BACKUP, "The drain is blocked", tag);
    (void)texts_with(s, STAGE_BACKUP, "The drain is blocked", &backup_ms);
    if (!stage_do(s, "POST", "/sim/texts",
                  arena_printf(s->arena,
                               "{\"from\":\"" STAGE_BACKUP "\",\"to\":\"" STAGE_LINE
                               "\",\"body\":\"%s We are there in an hour.\"}",
                               tag)) ||
        !stage_turn(s, MINUTE_MS))
        return false;
    print_timeline(s, p);
    puts("");
    expect(v, forwarded, "phone: the primary got the text, once");
    expect(v, escalated && backup_ms - sent_ms >= ACK_MS && backup_ms - sent_ms < ACK_MS + 2000,
           "phone: the backup got it fifteen minutes later");
    expect(v, texts_with(s, STAGE_CUSTOMER, "We are there in an hour.", NULL) == 1,
           "phone: the customer received the answer, once");
    expect(v, first_item(s, "/api/v1/relays?limit=1", "final_status", "acked"),
           "store: the relay is acknowledged");
    expect(v, first_item(s, "/api/v1/relays?limit=1", "acked_by", "backup"),
           "store: by the backup");
    return true;
}

static bool play_crash(struct stage *s, struct printed *p, struct verdict *v)
{
    int64_t sent_ms = 0, backup_ms = 0;

    puts("\n(c) Another customer texts; the daemon is killed (kill -9) while the text waits, and\n"
         "    started again ten minutes later. The text escalates on time. From now on the roster "
         "is\n"
         "    kept in the database.\n");
    if (!stage_do(s, "POST", "/sim/texts",
                  "{\"from\":\"+16195550151\",\"to\":\"" STAGE_LINE
                  "\",\"body\":\"My gate does not open.\"}") ||
        !stage_turn(s, MINUTE_MS))
        return false;
    (void)texts_with(s, STAGE_PRIMARY, "My gate does not open", &sent_ms);
    stage_kill_daemon(s);
    s->is_database = true; /* what was in force is kept, and can be edited on the board */
    if (!stage_do(s, "POST", "/sim/clock",
                  arena_printf(s->arena, "{\"set_ms\":%" PRId64 "}",
                               stage_now_ms(s) + 10 * (int64_t)MINUTE_MS)) ||
        !stage_start_daemon(s) || !stage_turn(s, 6 * MINUTE_MS))
        return false;
    print_timeline(s, p);
    puts("");
    const int n = texts_with(s, STAGE_BACKUP, "My gate does not open", &backup_ms);
    expect(v, texts_with(s, STAGE_PRIMARY, "My gate does not open", NULL) == 1,
           "phone: the primary got the text, once");
    expect(v, n == 1, "phone: the backup got it once");
    expect(v, backup_ms - sent_ms >= ACK_MS && backup_ms - sent_ms < ACK_MS + 2000,
           "phone: fifteen minutes after the primary, in spite of the crash");
    expect(v, first_item(s, "/api/v1/relays?limit=1", "final_status", "backup_triggered"),
           "store: the relay stands with the backup");
    return true;
}

static int64_t number_at(const struct json *root, const char *object, const char *key)
{
    int64_t n = -1;

    (void)json_number(json_get(json_get(root, object), key), 0, INT64_MAX, &n);
    return n;
}

static bool play_days(struct stage *s, struct verdict *v)
{
    puts("\n(d) Three days go by on the fast clock: calls that are taken, passed on and missed, "
         "texts,\n"
         "    jobs. What became of them is counted.\n");
    if (!demo_days_play(s))
        return false;
    struct json *report = stage_ask_daemon(s, "/api/v1/reports?from=2026-11-23&to=2026-11-26");
    struct json *board = stage_ask_daemon(s, "/api/v1/board");
    struct json *roster = stage_ask_daemon(s, "/api/v1/roster");
    expect(v,
           number_at(report, "calls", "answered") >= 6 &&
               number_at(report, "calls", "abandoned") == 2 &&
               number_at(report, "texts", "acked") >= 8,
           "report: calls were answered, two callers hung up, texts were taken");
    expect(v,
           number_at(board, "counts", "relays_waiting") == 3 &&
               number_at(board, "counts", "jobs_active") == 3,
           "board: texts wait, and three jobs are under way");
    expect(v, json_bool(json_get(json_get(roster, "source"), "is_editable")),
           "board: the roster can be edited");
    json_close(&roster);
    json_close(&board);
    json_close(&report);
    return true;
}

static bool play_all(struct stage *s, struct verdict *v)
{
    struct printed p = {0};

    return play_call(s, &p, v) && play_text(s, &p, v) && play_crash(s, &p, v) && play_days(s, v);
}

/* From here on the phones are in people's hands (the line is none), and the clock runs with
 * theirs. */
static void hand_over(struct stage *s)
{
    for (size_t i = 1; i < sizeof people / sizeof people[0]; i++)
        (void)stage_do(s, "PUT", arena_printf(s->arena, "/sim/phones/%s", people[i].number),
                       arena_printf(s->arena, "{\"name\":\"%s\"}", people[i].name));
    (void)stage_do(s, "POST", "/sim/clock", "{\"rate\":1}");
}

static void wait_for_the_end(struct stage *s, const struct demo_board *board)
{
    sigset_t set;
    int number = 0;

    hand_over(s);
    demo_board_tell(s, board);
    printf("\nFrom a shell:\n"
           "  NEXTRING_DATA=%s/data nextring thread   threads; also relay, call, tail\n"
           "  curl http://127.0.0.1:%d/sim/timeline   all that the simulated carrier saw\n",
           s->folder, s->sim_port);
    fflush(stdout);
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    sigwait(&set, &number);
}

int demo_run(bool once)
{
    struct stage stage;
    struct verdict verdict = {0};

    puts("nextring demo: a daemon and a simulated carrier on this machine, their clock turned by\n"
         "hand. Times are UTC; it is Monday evening, 18:05 in Los Angeles.");
    struct demo_board board;
    bool played = stage_open(&stage, DEFAULT_PORT);
    if (played) {
        played = play_all(&stage, &verdict);
        if (played)
            expect(&verdict, demo_board_open(&stage, &board), "board: somebody may sign in");
        if (played)
            printf("\n%s\n", verdict.wrong
                                 ? "Something is WRONG, see above."
                                 : "All outcomes verified, in the store and on the phones.");
        if (played && !once && !verdict.wrong)
            wait_for_the_end(&stage, &board);
    }
    stage_close(&stage);
    return played && !verdict.wrong ? 0 : played ? 1 : 3;
}
