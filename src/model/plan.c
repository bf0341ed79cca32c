#include "model/plan.h"

#include <string.h>

#include "base/buf.h"
#include "model/named.h"

/* A rung of the longest operator, numbers and words. */
enum { RUNG_TEXT_BYTES = LIMIT_SLUG_SIZE + LIMIT_SID_SIZE + 80, RUNG_FIELDS = 7, LEG_FIELDS = 9 };
static const char overlap_word[] = "overlap";

static const char *const reason_names[REASONS] = {
    [REASON_ON_DUTY] = "on_duty",     [REASON_JOB] = "job",
    [REASON_OWNER] = "owner",         [REASON_OFF_DUTY] = "off_duty",
    [REASON_AWAY] = "away",           [REASON_CALLER] = "caller",
    [REASON_EARLIER] = "earlier",     [REASON_OPTED_OUT] = "opted_out",
    [REASON_TURN] = "turn",           [REASON_EXTRA] = "override_on",
    [REASON_STANDS_IN] = "stands_in", [REASON_OVERRIDE] = "override_off",
    [REASON_VACATION] = "vacation",   [REASON_NOT_TURN] = "not_his_turn",
    [REASON_SWAPPED] = "swapped",     [REASON_JOB_LOAD] = "job_load",
};

/* clang-format off */
static const char *const reason_texts[REASONS] = {
    [REASON_ON_DUTY]   = "on duty",
    [REASON_JOB]       = "the job is his",
    [REASON_OWNER]     = "the thread is his",
    [REASON_OFF_DUTY]  = "off duty",
    [REASON_AWAY]      = "said that he is away",
    [REASON_CALLER]    = "is the caller himself",
    [REASON_EARLIER]   = "stands earlier in the order",
    [REASON_OPTED_OUT] = "the carrier refuses texts to him",
    [REASON_TURN]      = "it is his turn",
    [REASON_EXTRA]     = "on duty by an override",
    [REASON_STANDS_IN] = "stands in for somebody (swap)",
    [REASON_OVERRIDE]  = "off duty by an override",
    [REASON_VACATION]  = "on vacation",
    [REASON_NOT_TURN]  = "not his turn",
    [REASON_SWAPPED]   = "somebody stands in for him (swap)",
    [REASON_JOB_LOAD]  = "the job is his and others': fewest open threads first, then as written",
};
/* clang-format on */

static const char *const rung_state_names[RUNG_STATES] = {
    [RUNG_WAITING] = "waiting", [RUNG_TOLD] = "told",         [RUNG_REACHED] = "reached",
    [RUNG_PASSED] = "passed",   [RUNG_MISSED] = "missed",     [RUNG_BUSY] = "busy",
    [RUNG_FAILED] = "failed",   [RUNG_ACCEPTED] = "accepted",
};

static const char *const wish_words[WISHES] = {
    [WISH_NONE] = "", [WISH_KEPT] = "kept", [WISH_AGAIN] = "again"};

bool reason_is_taken(enum reason reason)
{
    return reason == REASON_ON_DUTY || reason == REASON_JOB || reason == REASON_OWNER ||
           reason == REASON_TURN || reason == REASON_EXTRA || reason == REASON_STANDS_IN ||
           reason == REASON_JOB_LOAD;
}

/* clang-format off */
NAMED(reason, REASONS)
NAMED(rung_state, RUNG_STATES)
/* clang-format on */

const char *reason_words(enum reason reason)
{
    return reason_texts[reason];
}

static void render_rungs(struct buf *b, const struct rung *rungs, int count)
{
    for (int i = 0; i < count; i++) {
        const struct rung *r = &rungs[i];

        if (i > 0)
            buf_add_char(b, ';');
        buf_add_text(b, r->operator_id);
        buf_add_char(b, '/');
        buf_add_number(b, r->step);
        buf_add_char(b, '/');
        buf_add_number(b, r->ring_s);
        buf_add_char(b, '/');
        buf_add_number(b, r->ack_s);
        buf_add_char(b, '/');
        buf_add_text(b, reason_names[r->reason]);
        buf_add_char(b, '/');
        buf_add_text(b, rung_state_names[r->state]);
        buf_add_char(b, '/');
        buf_add_text(b, r->tag);
        if (r->overlaps) {
            buf_add_char(b, '/');
            buf_add_text(b, overlap_word);
            buf_add_char(b, '/');
            buf_add_text(b, r->leg);
        }
        if (r->wish) {
            buf_add_char(b, '/');
            buf_add_text(b, wish_words[r->wish]);
        }
    }
}

struct span plan_render(struct arena *arena, const struct plan *plan)
{
    struct buf b = buf_in(arena, 2 * LIMIT_RUNGS * RUNG_TEXT_BYTES);

    render_rungs(&b, plan->rungs, plan->count);
    buf_add_char(&b, '|');
    render_rungs(&b, plan->out, plan->out_count);
    return buf_span(&b);
}

static bool parse_word(struct span text, size_t room, char *out)
{
    if (text.size >= room || (text.size && memchr(text.data, 0, text.size)))
        return false;
    if (text.size)
        memcpy(out, text.data, text.size);
    out[text.size] = 0;
    return true;
}

static int count_of(struct span text, char c)
{
    int n = 0;

    for (size_t i = 0; i < text.size; i++)
        n += text.data[i] == c;
    return n;
}

static bool parse_wish(struct span text, enum wish *out)
{
    for (int i = WISH_NONE + 1; i < WISHES; i++)
        if (span_is_text(text, wish_words[i])) {
            *out = (enum wish)i;
            return true;
        }
    return false;
}

/* What stands behind the tag: of a rung that overlaps, of one with a wish, or of both. */
static bool parse_more(struct span text, int fields, struct rung *out)
{
    struct span rest = text;

    if (fields >= LEG_FIELDS) {
        out->overlaps = span_is_text(span_cut(rest, '/', &rest), overlap_word);
        if (!out->overlaps || !parse_word(span_cut(rest, '/', &rest), sizeof out->leg, out->leg))
            return false;
    }
    return fields == RUNG_FIELDS || fields == LEG_FIELDS || parse_wish(rest, &out->wish);
}

static bool parse_rung(struct span text, struct rung *out)
{
    struct span rest;
    int64_t step, ring_s, ack_s;
    const int fields = count_of(text, '/') + 1;
    bool good = fields >= RUNG_FIELDS && fields <= LEG_FIELDS + 1;

    const struct span operator_id = span_cut(text, '/', &rest);
    good = good && operator_id.size > 0 &&
           parse_word(operator_id, sizeof out->operator_id, out->operator_id);
    good = good && span_number(span_cut(rest, '/', &rest), 0, UINT8_MAX, &step);
    good = good && span_number(span_cut(rest, '/', &rest), 0, UINT8_MAX, &ring_s);
    good = good && span_number(span_cut(rest, '/', &rest), 0, INT32_MAX, &ack_s);
    good = good && reason_parse(span_cut(rest, '/', &rest), &out->reason);
    good = good && rung_state_parse(span_cut(rest, '/', &rest), &out->state);
    good = good && parse_word(span_cut(rest, '/', &rest), sizeof out->tag, out->tag);
    out->overlaps = false;
    out->leg[0] = 0;
    out->wish = WISH_NONE;
    good = good && parse_more(rest, fields, out);
    if (!good)
        return false;
    out->step = (uint8_t)step;
    out->ring_s = (uint8_t)ring_s;
    out->ack_s = (int32_t)ack_s;
    return true;
}

static bool parse_rungs(struct span text, struct rung *out, uint8_t *out_count)
{
    uint8_t count = 0;

    while (text.size > 0) {
        struct span rest;
        const struct span one = span_cut(text, ';', &rest);

        /* A ';' at the very end would begin a rung that is not there. */
        if (count == LIMIT_RUNGS || one.size + 1 == text.size || !parse_rung(one, &out[count]))
            return false;
        count++;
        text = rest;
    }
    *out_count = count;
    return true;
}

enum err plan_parse(struct span text, struct plan *out)
{
    struct plan plan;
    const char *bar = text.size ? memchr(text.data, '|', text.size) : NULL;

    if (!bar)
        return ERR_BAD_INPUT;
    const struct span taken = {text.data, (size_t)(bar - text.data)};
    if (!parse_rungs(taken, plan.rungs, &plan.count) ||
        !parse_rungs(span_skip(text, taken.size + 1), plan.out, &plan.out_count))
        return ERR_BAD_INPUT;
    /* Most plans are short, and the struct is not. */
    out->count = plan.count;
    out->out_count = plan.out_count;
    memcpy(out->rungs, plan.rungs, plan.count * sizeof plan.rungs[0]);
    memcpy(out->out, plan.out, plan.out_count * sizeof plan.out[0]);
    return ERR_NONE;
}

int plan_find(const struct plan *plan, struct span operator_id)
{
    for (int i = 0; i < plan->count; i++)
        if (span_is_text(operator_id, plan->rungs[i].operator_id))
            return i;
    return -1;
}
