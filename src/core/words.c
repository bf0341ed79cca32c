#include "core/words.h"

#include "base/buf.h"

enum { WORDS_MAX = 16384 };

/* Writes `pattern`, in which a letter in braces stands for a part of `a`: {b}usiness,
 * {c}ustomer, {j}ob with " about " before it, {t}ag, {n}ame, {w}ords, {l}ink with a space before
 * it. */
static struct span fill(struct arena *arena, const char *pattern, const struct words_about *a)
{
    struct buf out = buf_in(arena, WORDS_MAX);

    for (const char *p = pattern; *p; p++) {
        if (p[0] != '{') {
            buf_add_char(&out, *p);
            continue;
        }
        switch (p[1]) {
        case 'b':
            buf_add(&out, a->business);
            break;
        case 'c':
            buf_add(&out, a->customer);
            break;
        case 'j':
            if (a->job.size)
                buf_printf(&out, " about %.*s", SPAN_ARG(a->job));
            break;
        case 't':
            buf_add(&out, a->tag);
            break;
        case 'n':
            buf_add(&out, a->name);
            break;
        case 'w':
            buf_add(&out, a->body);
            break;
        case 'l':
            if (a->link.size)
                buf_printf(&out, " %.*s", SPAN_ARG(a->link));
            break;
        default:
            break;
        }
        p += 2;
    }
    return buf_span(&out);
}

/* A call's relay begins with these words; what the caller said or wrote since follows them. */
static struct span forward_call(struct arena *arena, const struct words_about *a)
{
    const struct span first = words_missed_call();
    struct words_about said = *a;

    if (span_starts(a->body, first))
        said.body = span_trim(span_skip(a->body, first.size));
    if (!said.body.size)
        return fill(arena,
                    "{t} Missed call from {c}{j}. Call back or reply here, ok to take it:{l}", a);
    return fill(arena, "{t} Missed call from {c}{j}: {w}\nCall back or reply, ok to take it:{l}",
                &said);
}

struct span words_missed_call(void)
{
    return SPAN("missed call");
}

struct span words_forward(struct arena *arena, enum relay_kind kind, const struct words_about *a)
{
    switch (kind) {
    case RELAY_TEXT:
        return fill(arena, "{t} {c}{j}: {w}\nReply to answer, ok to take it:{l}", a);
    case RELAY_MISSED_CALL:
    case RELAY_VOICEMAIL:
        return forward_call(arena, a);
    case RELAY_KINDS:
        break;
    }
    return (struct span){0};
}

struct span words_joined(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{t} {c}: {w}", a);
}

struct span words_exhausted(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{t} NOBODY HAS ANSWERED {c}{j}: {w}\nReply to answer, ok to take it:{l}",
                a);
}

struct span words_idle(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{t} Nobody is on duty. {c}{j}: {w}\nReply to answer, ok to take it:{l}", a);
}

struct span words_passed_on(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{t} {c} went on to {n}. You can still take it: {t} ok", a);
}

struct span words_taken(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{t} {c} is with {n}.", a);
}

struct span words_yours(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{t} {c} is yours. To answer: {t} and your words. To give it back: {t} next",
                a);
}

struct span words_prealert(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{b}: call from {c}{j}. Your phone rings now: press 1 to take it.{l}", a);
}

struct span words_you_missed(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{b}: you missed a call from {c}{j}. It went on to the next.", a);
}

struct span words_not_delivered(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{t} Your reply did not reach {c}. Please call.", a);
}

struct span words_unknown_tag(struct arena *arena, const struct words_about *a)
{
    return fill(
        arena, "Not sent: {t} is no mark of yours. Begin with the mark of the text you answer.", a);
}

struct span words_which(struct arena *arena, struct span choices)
{
    return fill(arena, "Not sent: which one? Begin your text with its mark: {w}",
                &(struct words_about){.body = choices});
}

struct span words_nobody_wrote(struct arena *arena)
{
    return fill(arena,
                "Not sent: nobody has written to you in the last 12 hours. Begin with a mark.",
                &(struct words_about){0});
}

struct span words_not_a_command(struct arena *arena, struct span word)
{
    return fill(arena,
                "Nothing done: '{w}' is not served by text. Served: ok, next, or your reply.",
                &(struct words_about){.body = word});
}

struct span words_cannot_text(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{t} Not sent: {c} cannot be texted.", a);
}

struct span words_missed_you(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{b}: we missed your call. Reply here and we will get back to you.", a);
}

struct span words_closed_text(struct arena *arena, const struct words_about *a)
{
    return fill(arena,
                "{b}: nobody is on duty right now. We have your text and will get back to you.", a);
}

/* Digits one by one, so that a voice reads a number and no sum. */
static struct span spell(struct arena *arena, struct span number)
{
    struct buf out = buf_in(arena, WORDS_MAX);

    for (size_t i = 0; i < number.size; i++) {
        const char c = number.data[i];
        if (c == '+')
            continue;
        buf_add_char(&out, c);
        if (c >= '0' && c <= '9' && i + 1 < number.size)
            buf_add_char(&out, ' ');
    }
    return buf_span(&out);
}

struct span words_screen(struct arena *arena, const struct words_about *a)
{
    struct words_about spoken = *a;

    spoken.customer = spell(arena, a->customer);
    return fill(arena, "{b}. Call from {c}{j}. Press 1 to take it, 2 to pass it on.", &spoken);
}

struct span words_screen_again(void)
{
    return SPAN("Press 1 to take the call, 2 to pass it on.");
}

struct span words_voicemail(struct arena *arena, const struct words_about *a)
{
    return fill(arena,
                "{b}. Nobody can take your call right now. Please leave a message after the tone. "
                "It is recorded and sent to our team. Hang up when you are done.",
                a);
}

struct span words_closed(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{b}. Nobody is on duty right now. Our team is told that you called.", a);
}

struct span words_too_late(struct arena *arena, struct span name)
{
    if (!name.size)
        return SPAN("This call has been passed on. Thank you.");
    return fill(arena, "{n} has taken this call. Thank you.", &(struct words_about){.name = name});
}

struct span words_recorded(void)
{
    return SPAN("Thank you. We will get back to you.");
}
