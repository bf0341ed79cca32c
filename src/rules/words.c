#include "rules/words.h"

#include <string.h>

#include "base/buf.h"
#include "rules/party.h"

enum { WORDS_MAX = 16384 };

/* Writes `pattern`, in which a letter in braces stands for a part of `a`: {b}usiness,
 * {c}ustomer with the name before the number, {j}ob with " about " or ", crew of job " before
 * it, {t}ag, {n}ame,
 * {w}ords, {l}ink with a space before it. */
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
            if (a->customer_name.size)
                buf_printf(&out, "%.*s ", SPAN_ARG(a->customer_name));
            buf_add(&out, a->customer);
            break;
        case 'j':
            if (a->job.size)
                buf_printf(&out, a->is_crew ? ", crew of job %.*s" : " about %.*s",
                           SPAN_ARG(a->job));
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

struct span words_missed_call(void)
{
    return SPAN("missed call");
}

struct span words_transcript(struct arena *arena, struct span text)
{
    return fill(arena, "the voicemail says: {w}", &(struct words_about){.body = text});
}

struct span words_no_key(void)
{
    return SPAN("missed call (an unknown number, no key was pressed)");
}

struct span words_menu_took(struct arena *arena, const struct words_about *a)
{
    return fill(arena,
                "{b}: you called and took the call from {c}{j}. If it was not you who "
                "called, tell the office.",
                a);
}

/* A call's relay begins with these words; what the caller said or wrote since follows them. */
struct span words_forward_call(struct arena *arena, const struct words_about *a)
{
    const struct span first = words_missed_call();
    struct words_about said = *a;

    if (span_starts(a->body, first))
        said.body = span_trim(span_skip(a->body, first.size));
    if (!party_is_number(a->customer)) /* nobody can call or text him */
        return fill(arena,
                    said.body.size ? "{t} Missed call from {c}{j}: {w}\nReply ok to take it:{l}"
                                   : "{t} Missed call from {c}{j}. Reply ok to take it:{l}",
                    &said);
    if (!said.body.size)
        return fill(arena,
                    "{t} Missed call from {c}{j}. Call back or reply here, ok to take it:{l}", a);
    return fill(arena, "{t} Missed call from {c}{j}: {w}\nCall back or reply, ok to take it:{l}",
                &said);
}

struct span words_forward_text(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{t} {c}{j}: {w}\nReply to answer, ok to take it:{l}", a);
}

struct span words_forward_job(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{t} {w}\nReply ok to take it:{l}", a);
}

struct span words_fallback_call(struct arena *arena, int seconds)
{
    return span_of(arena_printf(arena, "call taken by the fallback, %d s", seconds));
}

struct span words_body(struct arena *arena, struct span words, int photos, bool late)
{
    const char *count = photos == 1 ? "(1 photo)" : arena_printf(arena, "(%d photos)", photos);

    if (photos > 0)
        words =
            span_of(arena_printf(arena, "%.*s%s%s", SPAN_ARG(words), words.size ? " " : "", count));
    return late ? span_of(arena_printf(arena, "(late) %.*s", SPAN_ARG(words))) : words;
}

struct span words_sign_in(struct arena *arena, struct span business, struct span code)
{
    return span_of(arena_printf(arena,
                                "%.*s is your code to sign in to %.*s. It holds for 5 minutes. "
                                "If you did not ask for it, ignore it.",
                                SPAN_ARG(code), SPAN_ARG(business)));
}

struct span words_no_photo(void)
{
    return SPAN("(a photo could not be passed on)");
}

struct span words_joined(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{t} {c}: {w}{l}", a);
}

struct span words_short_talk(struct arena *arena, const struct words_about *a)
{
    return fill(arena,
                "{t} You were connected to {c} for some seconds only, so it still waits. "
                "If you have talked, reply {t} ok",
                a);
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

struct span words_accept(enum accept accept)
{
    switch (accept) {
    case ACCEPT_SPEECH:
        return SPAN("press 1 or speak");
    case ACCEPT_NONE:
        return SPAN("pick up");
    case ACCEPT_PRESS:
    case ACCEPTS:
        break;
    }
    return SPAN("press 1");
}

struct span words_prealert(struct arena *arena, const struct words_about *a, enum accept accept)
{
    struct words_about said = *a;

    said.body = words_accept(accept);
    return fill(arena, "{t} {b}: call from {c}{j}. Your phone rings now: {w} to take it.{l}",
                &said);
}

struct span words_you_missed(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{t} {b}: you missed a call from {c}{j}. It went on to the next.", a);
}

struct span words_no_text_there(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{t} Your reply did not reach {c}: a landline takes no texts. Please call.",
                a);
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

static struct span with(struct arena *arena, const char *pattern, struct span words)
{
    return fill(arena, pattern, &(struct words_about){.body = words});
}

static struct span until(struct arena *arena, const char *pattern, struct span name,
                         struct span time)
{
    const struct span words =
        time.size ? span_of(arena_printf(arena, " until %.*s", SPAN_ARG(time))) : time;

    return fill(arena, pattern, &(struct words_about){.name = name, .body = words});
}

struct span words_which(struct arena *arena, struct span choices)
{
    return with(arena, "Not sent yet: to which one? Answer with the digit: {w}", choices);
}

struct span words_which_take(struct arena *arena, struct span choices)
{
    return with(arena, "Which one do you take? Answer with the digit, or ok all: {w}", choices);
}

struct span words_not_placed(struct arena *arena, struct span words)
{
    return with(arena, "Not sent, as you did not say to whom: {w}", words);
}

struct span words_echo(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{t} Sent to {c}: {w}", a);
}

struct span words_needs_mark(struct arena *arena, struct span choices, struct span command)
{
    return fill(arena, "Nothing done: begin with the mark, as in K7F {n}. Yours: {w}",
                &(struct words_about){.name = command, .body = choices});
}

struct span words_command_or_text(struct arena *arena, struct span word)
{
    return with(arena, "'{w}': answer 1 to have it done here, 2 to send it to your customer.",
                word);
}

struct span words_confirm(struct arena *arena, struct span command, struct span tag)
{
    return fill(arena, "To confirm '{w}', text back: {t}",
                &(struct words_about){.body = command, .tag = tag});
}

struct span words_not_confirmed(struct arena *arena, struct span command)
{
    return with(arena, "Nothing done: '{w}' was not confirmed.", command);
}

struct span words_nothing_asked(void)
{
    return SPAN("Not sent yet: that is none of the choices.");
}

struct span words_chosen_too_late(void)
{
    return SPAN("Nothing done: that answer came too late. Please begin anew. "
                "A digit for a customer needs the mark before it.");
}

struct span words_nothing_waits(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{t} Nothing of {c} waits.", a);
}

struct span words_done(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{t} {c} is closed. What comes next goes to whoever is on duty.", a);
}

struct span words_menu(void)
{
    return SPAN("With a mark: ok, next, done, or your reply. "
                "Without: who, away 2h, away until 7, back, on, off, swap.");
}

struct span words_locked(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "Nothing done: five wrong marks came from your number. To do it here:{l}",
                a);
}

struct span words_lock_notice(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "Five wrong marks came from {n}. Texts from there do nothing for 15 min.",
                a);
}

struct span words_stopped(struct arena *arena, const struct words_about *a)
{
    return fill(arena,
                "{t} {c}{j} wrote STOP and can no longer be texted. Call if the job was meant.", a);
}

struct span words_who(struct arena *arena, struct span names, struct span next)
{
    return span_trim(fill(arena, "On duty: {n}. {w}",
                          &(struct words_about){
                              .name = names.size ? names : SPAN("nobody"),
                              .body = next,
                          }));
}

struct span words_on(struct arena *arena, struct span time)
{
    return until(arena, "You are on duty{w}. To end it: off", (struct span){0}, time);
}

struct span words_off(struct arena *arena, struct span time)
{
    return until(arena, "You are off duty{w}. To come back: on", (struct span){0}, time);
}

struct span words_away(struct arena *arena, struct span time)
{
    return until(arena, "You are away{w}. To come back: back", (struct span){0}, time);
}

struct span words_back(struct arena *arena, bool on_duty)
{
    (void)arena;
    return on_duty ? SPAN("Welcome back: you are on duty.")
                   : SPAN("Welcome back. Your hours say that you are off duty; to begin: on");
}

struct span words_duty_order(struct arena *arena, const char *state, struct span by,
                             struct span time)
{
    static const struct {
        const char *state, *words;
    } states[] = {
        {"on", "You are on duty{w}, set by {n}. To end it: off"},
        {"off", "You are off duty{w}, set by {n}. To come back: on"},
        {"away", "You are away{w}, set by {n}. To come back: back"},
        {"hours", "You are on duty by your hours again, set by {n}."},
    };

    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (strcmp(states[i].state, state) == 0)
            return until(arena, states[i].words, by, time);
    return SPAN("Your duty was changed.");
}

struct span words_swapped(struct arena *arena, struct span name, struct span time)
{
    return until(arena, "{n} has your duty{w}.", name, time);
}

struct span words_swapped_to(struct arena *arena, struct span name, struct span time)
{
    return until(arena, "You are on duty for {n}{w}. To give it back: swap {n}", name, time);
}

struct span words_shift(struct arena *arena, struct span business, struct span time,
                        struct span link)
{
    const char *pattern = arena_printf(
        arena, "You are on call for {n}{w}. Reply ok or %.*s to confirm", SPAN_ARG(link));

    return until(arena, pattern, business, time);
}

struct span words_shift_confirmed(struct arena *arena, struct span time)
{
    return until(arena, "Thank you: you are on call{w}.", (struct span){0}, time);
}

struct span words_shift_unconfirmed(struct arena *arena, struct span name)
{
    return until(arena, "{n} is on call and has not confirmed it. You are the next one.", name,
                 (struct span){0});
}

struct span words_no_swap(struct arena *arena)
{
    (void)arena;
    return SPAN("Nothing done: there is nobody to swap with.");
}

struct span words_nobody_left(void)
{
    return SPAN(" NOBODY ELSE IS ON DUTY.");
}

struct span words_nobody_wrote(struct arena *arena)
{
    return fill(arena,
                "Not sent: nobody has written to you in the last 12 hours. Begin with a mark.",
                &(struct words_about){0});
}

struct span words_none_waits(void)
{
    return SPAN("Nothing done: nothing of yours waits or is open.");
}

struct span words_cannot_text(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{t} Not sent: {c} cannot be texted.", a);
}

struct span words_call_taken(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{b}: {n} has taken the call from {c}{j}.", a);
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

struct span words_spelled(struct arena *arena, struct span number)
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

struct span words_customer(struct arena *arena, const struct words_about *a)
{
    return a->customer_name.size ? a->customer_name : words_spelled(arena, a->customer);
}

/* A voice says the name, or else spells the number. */
static struct words_about spoken_of(struct arena *arena, const struct words_about *a)
{
    struct words_about spoken = *a;

    spoken.customer = words_customer(arena, a);
    spoken.customer_name = (struct span){0};
    return spoken;
}

struct span words_screen(struct arena *arena, const struct words_about *a)
{
    const struct words_about spoken = spoken_of(arena, a);

    return fill(arena, "{b}. Call from {c}{j}. Press 1 to take it, 2 to pass it on.", &spoken);
}

struct span words_screen_again(void)
{
    return SPAN("Press 1 to take the call, 2 to pass it on.");
}

struct span words_voicemail_of(struct arena *arena, int seconds)
{
    return seconds > 0 ? span_of(arena_printf(arena, "voicemail of %d s", seconds))
                       : SPAN("voicemail");
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

struct span words_still_trying(bool texts)
{
    if (!texts)
        return SPAN("We are still trying to reach somebody. Please stay on the line; or press 1 to "
                    "leave a message.");
    return SPAN(
        "We are still trying to reach somebody. Please stay on the line; or press 1 to leave "
        "a message, 2 to be texted.");
}

struct span words_texted(void)
{
    return SPAN("We text you now. Reply to it, and we will get back to you. Goodbye.");
}

struct span words_fallback_closed(void)
{
    return SPAN("We cannot take your call right now. Please call again in a few minutes.");
}

struct span words_fallback_text(bool plain)
{
    return plain
               ? SPAN("A customer has texted, and nextring did not answer: see the carrier's log.")
               : SPAN("nextring did not answer. Text from {{From}} to {{To}}: {{Body}}");
}

struct span words_recorded(void)
{
    return SPAN("Thank you. We will get back to you.");
}

struct span words_not_known(struct arena *arena, const struct words_about *a)
{
    return fill(arena, "{t} We do not know whether your reply reached {c}. Please call.", a);
}

struct span words_spoken(struct arena *arena, enum words_spoken what, const struct words_about *a)
{
    static const char *const patterns[WORDS_SPOKENS] = {
        [WORDS_SPOKEN_TEXT] = "{b}. From {c}{j}. {w}.\nPress 1 to take it, 2 to pass it on.",
        [WORDS_SPOKEN_AGAIN] = "Press 1 to take it, 2 to pass it on.",
        [WORDS_SPOKEN_YOURS] = "It is yours. Please answer {c}. Thank you.",
        [WORDS_SPOKEN_PASSED] = "It has been passed on. Thank you.",
        [WORDS_SPOKEN_TAKEN] = "{n} has it already. Thank you.",
        [WORDS_SPOKEN_ELSEWHERE] = "It is not with you any more. Thank you.",
        [WORDS_SPOKEN_GOODBYE] = "No key was pressed. Goodbye.",
        [WORDS_SPOKEN_CALL_BACK] = "{b}. Call back to {c}{j}.\nPress 1 to be connected.",
        [WORDS_SPOKEN_CALL_BACK_AGAIN] = "Press 1 to be connected.",
        [WORDS_SPOKEN_BUSY] = "{c} is busy. Nothing has been marked as done. Goodbye.",
        [WORDS_SPOKEN_NO_ANSWER] = "{c} does not answer. Nothing has been marked as done. Goodbye.",
        [WORDS_SPOKEN_TALKED] = "If you have talked with {c}, press 1: then it is yours. "
                                "If it was a mailbox, hang up.",
        [WORDS_SPOKEN_SETTLED] = "It is yours. Thank you.",
        [WORDS_SPOKEN_UNREACHED] =
            "{c} cannot be reached. Nothing has been marked as done. Goodbye.",
        [WORDS_SPOKEN_KEY] = "{b}. To be connected, press 1.",
        [WORDS_SPOKEN_KEY_AGAIN] = "To be connected, press 1.",
        [WORDS_SPOKEN_MENU_WAITING] =
            "{b}. A caller waits{w}. Press 1 to take the call, 2 to ring the others.",
        [WORDS_SPOKEN_MENU_BACK] = "{b}. Nobody waits. Press 1 to call the last customer "
                                   "back{w}, or 2 to ring the others.",
        [WORDS_SPOKEN_MENU_NOBODY] =
            "{b}. Nobody waits, and there is nobody to call back. Press 2 to ring the others.",
        [WORDS_SPOKEN_MENU_REFUSED] = "{w} Press 2 to ring the others.",
        [WORDS_SPOKEN_MENU_HOLD] = "Please hold: you are put through.",
    };
    const struct words_about spoken = spoken_of(arena, a);

    return fill(arena, patterns[what], &spoken);
}
