#include "provider/twiml.h"

#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/id.h"
#include "base/utf8.h"
#include "codec/xml.h"
#include "model/segments.h"
#include "provider/script_render.h"

/* How long a leg is given for its key, each of the two times it is asked. */
static const char SCREEN_TIMEOUT_S[] = "4";
/* How long somebody who was read a text to has for his; he has to think. */
static const char READING_TIMEOUT_S[] = "8";
static const char STILL_TIMEOUT_S[] = "3";
/* How long somebody who calls has for his, each of the two times he is asked. */
static const char KEY_TIMEOUT_S[] = "5";
static const char TURN_TIMEOUT_S[] = "1";
static const char READING_PATH[] = "/webhook/twilio/voice/read";
static const char CALLED_PATH[] = "/webhook/twilio/voice/called";
/* A voicemail ends after this silence, this length, or the key. */
static const char RECORD_TIMEOUT_S[] = "5";
static const char RECORD_LENGTH_S[] = "120";
static const char TRANSCRIBE_LENGTH_S[] = "119";
static const char TRANSCRIBED_PATH[] = "/webhook/twilio/voice/transcribed";
static const char RECORD_KEY[] = "#";

struct writer {
    struct arena *arena;
    const struct answer *answer;
    const struct twiml_place *place;
    struct xml_out xml;
    struct span language; /* empty: the carrier's own, English */
};

static void attr(struct writer *w, const char *name, const char *value)
{
    xml_out_attr(&w->xml, name, span_of(value));
}

/* {P}/webhook/twilio/{what}?c={cascade} */
static const char *address(const struct writer *w, const char *what)
{
    char c[ID_TEXT_SIZE + 1];

    id_render(w->answer->id, c);
    return arena_printf(w->arena, "%.*s/webhook/twilio/%s?c=%s", SPAN_ARG(w->place->public_url),
                        what, c);
}

/* {P}{path of the call}?attempt={attempt}&c={cascade} */
static const char *call_address(const struct writer *w, int attempt)
{
    char c[ID_TEXT_SIZE + 1]; /* with it the call goes on also when the store is not there */

    id_render(w->answer->id, c);
    return arena_printf(w->arena, "%.*s%.*s?attempt=%d&c=%s", SPAN_ARG(w->place->public_url),
                        SPAN_ARG(w->place->path), attempt, c);
}

static const char *round_of(const struct writer *w)
{
    return w->answer->round ? arena_printf(w->arena, "&round=%d", w->answer->round) : "";
}

/* The same with &attempt={the leg's}&t={tenant} */
static const char *leg_address(const struct writer *w, const char *what, int attempt)
{
    return arena_printf(w->arena, "%s&attempt=%d&t=%.*s", address(w, what), attempt,
                        SPAN_ARG(w->place->tenant));
}

static void say(struct writer *w, struct span words)
{
    if (words.size == 0) /* the carrier warns of a Say without words */
        return;
    xml_out_begin(&w->xml, "Say");
    if (w->language.size)
        xml_out_attr(&w->xml, "language", w->language);
    xml_out_text(&w->xml, words);
    xml_out_end(&w->xml);
}

static void hang_up(struct writer *w)
{
    xml_out_begin(&w->xml, "Hangup");
    xml_out_end(&w->xml);
}

struct key {
    bool or_speech;
    const char *timeout_s;
    struct span action;
};

static void begin_gather(struct writer *w, const struct key *key)
{
    xml_out_begin(&w->xml, "Gather");
    if (key->or_speech)
        attr(w, "input", "dtmf speech");
    attr(w, "numDigits", "1");
    attr(w, "timeout", key->timeout_s);
    xml_out_attr(&w->xml, "action", key->action);
    attr(w, "method", "POST");
}

static void gather(struct writer *w, const struct key *key, struct span words)
{
    if (words.size == 0)
        return;
    begin_gather(w, key);
    say(w, words);
    xml_out_end(&w->xml);
}

/* A node that does not know the call must know where in line he stands. */
static const char *after_of(const struct writer *w, int after)
{
    return after > 0 ? arena_printf(w->arena, "&after=%d", after) : "";
}

static void ring(struct writer *w)
{
    const struct answer *a = w->answer;

    const struct key choice = {false, STILL_TIMEOUT_S, span_of(address(w, "voice/choice"))};

    gather(w, &choice, a->still); /* the ring begins when he presses nothing */
    xml_out_begin(&w->xml, "Dial");
    attr(w, "answerOnBridge", "true");
    attr(w, "timeout", arena_printf(w->arena, "%d", a->ring_s));
    /* Where the call is answered by now the carrier's own ringback is gone. */
    if (a->still.size > 0 || a->is_answered)
        attr(w, "ringTone", "us");
    if (a->caller_id.size > 0)
        xml_out_attr(&w->xml, "callerId", a->caller_id);
    attr(w, "action",
         arena_printf(w->arena, "%s%s%s", call_address(w, a->attempt + 1), round_of(w),
                      a->alone ? "&alone=1" : ""));
    attr(w, "method", "POST");
    for (int i = 0; i < a->number_count; i++) {
        xml_out_begin(&w->xml, "Number");
        attr(w, "url",
             arena_printf(w->arena, "%s%s", leg_address(w, "voice/screen", a->numbers[i].attempt),
                          after_of(w, i)));
        attr(w, "statusCallback", leg_address(w, "call-status", a->numbers[i].attempt));
        attr(w, "statusCallbackEvent", "initiated ringing answered completed");
        xml_out_text(&w->xml, a->numbers[i].number);
        xml_out_end(&w->xml);
    }
    xml_out_end(&w->xml);
}

/* One turn of the caller's loop, at most about four seconds: while phones ring that are calls of
 * their own, each turn is answered from stored state. */
static void wait_turn(struct writer *w)
{
    const char *again = call_address(w, w->answer->attempt);
    const bool still = w->answer->still.size > 0;
    const struct key key = {
        false, still ? STILL_TIMEOUT_S : TURN_TIMEOUT_S,
        span_of(still || w->answer->has_choice ? address(w, "voice/choice") : again)};

    begin_gather(w, &key);
    if (still) {
        say(w, w->answer->still);
    } else {
        xml_out_begin(&w->xml, "Play");
        xml_out_text(&w->xml,
                     span_of(arena_printf(w->arena, "%.*s%s", SPAN_ARG(w->place->public_url),
                                          TWIML_RINGING_PATH)));
        xml_out_end(&w->xml);
    }
    xml_out_end(&w->xml);
    xml_out_begin(&w->xml, "Redirect");
    attr(w, "method", "POST");
    xml_out_text(&w->xml, span_of(again));
    xml_out_end(&w->xml);
}

/* The talk ends with whoever took the call; the caller, moved here from elsewhere, may leave and
 * come back. */
static void conference(struct writer *w)
{
    const struct answer *a = w->answer;
    char c[ID_TEXT_SIZE + 1];

    id_render(a->id, c);
    say(w, a->words);
    xml_out_begin(&w->xml, "Dial");
    if (!a->for_leg) {
        attr(w, "action",
             arena_printf(w->arena, "%s%s", call_address(w, a->attempt + 1), round_of(w)));
        attr(w, "method", "POST");
    }
    xml_out_begin(&w->xml, "Conference");
    attr(w, "beep", "false");
    attr(w, "startConferenceOnEnter", "true");
    attr(w, "endConferenceOnExit", a->for_leg ? "true" : "false");
    attr(w, "waitUrl", "");
    xml_out_text(&w->xml, span_of(c));
    xml_out_end(&w->xml);
    xml_out_end(&w->xml);
    if (a->for_leg)
        hang_up(w);
}

static const char *press_address(const struct writer *w)
{
    return arena_printf(w->arena, "%s%s%s", leg_address(w, "voice/press", w->answer->attempt),
                        w->answer->apart ? "&apart=1" : "", after_of(w, w->answer->after));
}

static struct key screen_key(const struct writer *w)
{
    return (struct key){w->answer->by_speech, SCREEN_TIMEOUT_S, span_of(press_address(w))};
}

/* If the carrier connects another leg meanwhile, this one has ended before it asks. */
static void hold(struct writer *w)
{
    xml_out_begin(&w->xml, "Pause");
    attr(w, "length", arena_printf(w->arena, "%d", w->answer->ring_s));
    xml_out_end(&w->xml);
    xml_out_begin(&w->xml, "Redirect");
    attr(w, "method", "POST");
    xml_out_text(&w->xml, span_of(arena_printf(w->arena, "%s&held=1", press_address(w))));
    xml_out_end(&w->xml);
}

static void ask_for_key(struct writer *w, struct span words)
{
    const struct key key = screen_key(w);

    gather(w, &key, words);
}

/* Whoever presses nothing goes to the same address without a key. The address tells that he has
 * been asked again. */
static void ask_at_the_door(struct writer *w)
{
    const char *url = arena_printf(w->arena, "%s%s", address(w, "voice/key"), round_of(w));
    const char *last = arena_printf(w->arena, "%s&attempt=1", url);
    const struct key key = {false, KEY_TIMEOUT_S, span_of(w->answer->attempt > 0 ? last : url)};

    gather(w, &key, w->answer->words);
    gather(w, &key, w->answer->again);
    xml_out_begin(&w->xml, "Redirect");
    attr(w, "method", "POST");
    xml_out_text(&w->xml, span_of(last));
    xml_out_end(&w->xml);
}

/* The address tells that he has been asked again. */
static void read_again(struct writer *w)
{
    CHECK(w->place->callback);
    const struct span url = callback_url(w->arena, w->place->callback, READING_PATH, w->answer->id);
    const int attempt = w->answer->attempt > 1 ? w->answer->attempt : 1;
    const struct key key = {
        false, READING_TIMEOUT_S,
        span_of(arena_printf(w->arena, "%.*s&attempt=%d", SPAN_ARG(url), attempt))};

    gather(w, &key, w->answer->words);
    hang_up(w);
}

/* Whom the call back is for; what becomes of it is told to our row. */
static void call_customer(struct writer *w)
{
    const struct answer *a = w->answer;

    CHECK(w->place->callback && a->number_count == 1);
    xml_out_begin(&w->xml, "Dial");
    attr(w, "answerOnBridge", "true");
    attr(w, "timeout", arena_printf(w->arena, "%d", a->ring_s));
    xml_out_attr(&w->xml, "callerId", a->caller_id);
    xml_out_attr(&w->xml, "action", callback_url(w->arena, w->place->callback, CALLED_PATH, a->id));
    attr(w, "method", "POST");
    xml_out_begin(&w->xml, "Number");
    /* When the operator hangs up first, this may be all that is heard of it. */
    xml_out_attr(&w->xml, "statusCallback",
                 callback_url(w->arena, w->place->callback, CALLED_PATH, a->id));
    xml_out_text(&w->xml, a->numbers[0].number);
    xml_out_end(&w->xml);
    xml_out_end(&w->xml);
}

/* The carrier writes down what is shorter than two minutes; its own limit is then one second less
 * than ours, so that it does so with the longest, too. */
static void transcribe(struct writer *w)
{
    CHECK(w->place->callback);
    attr(w, "transcribe", "true");
    xml_out_attr(&w->xml, "transcribeCallback",
                 callback_url(w->arena, w->place->callback, TRANSCRIBED_PATH, w->answer->id));
}

static void record(struct writer *w)
{
    xml_out_begin(&w->xml, "Record");
    attr(w, "action", address(w, "voice/recorded"));
    attr(w, "method", "POST");
    attr(w, "maxLength", w->answer->transcribes ? TRANSCRIBE_LENGTH_S : RECORD_LENGTH_S);
    attr(w, "timeout", RECORD_TIMEOUT_S);
    attr(w, "finishOnKey", RECORD_KEY);
    attr(w, "playBeep", "true");
    if (w->answer->transcribes)
        transcribe(w);
    xml_out_end(&w->xml);
}

static void voicemail(struct writer *w)
{
    say(w, w->answer->words);
    record(w);
    say(w, w->answer->again);
    hang_up(w);
}

static void verbs(struct writer *w)
{
    switch (w->answer->kind) {
    case ANSWER_RING:
        ring(w);
        return;
    case ANSWER_WAIT:
        wait_turn(w);
        return;
    case ANSWER_CONFERENCE:
        conference(w);
        return;
    case ANSWER_SCREEN:
        ask_for_key(w, w->answer->words);
        ask_for_key(w, w->answer->again);
        hang_up(w);
        return;
    case ANSWER_HOLD:
        hold(w);
        return;
    case ANSWER_SAY:
        say(w, w->answer->words);
        hang_up(w);
        return;
    case ANSWER_ASK:
        ask_at_the_door(w);
        return;
    case ANSWER_READ:
        read_again(w);
        return;
    case ANSWER_VOICEMAIL:
        voicemail(w);
        return;
    case ANSWER_CALL:
        call_customer(w);
        return;
    case ANSWER_HANGUP:
        hang_up(w);
        return;
    case ANSWER_REJECT:
        xml_out_begin(&w->xml, "Reject");
        xml_out_end(&w->xml);
        return;
    case ANSWER_NOTHING:
    case ANSWER_CONNECT: /* falling off a leg's document bridges it */
    case ANSWER_DONE:
    case ANSWER_REFUSED:
    case ANSWERS:
        return;
    }
}

/* ---- by a script ---- */

static struct script_render script_render(struct writer *w);

/* The words of the script's own step, or the answer's, as often as the answer has words. */
static void screen_step(struct writer *w, const struct script_node *step)
{
    const struct script_render render = script_render(w);
    const struct key key = screen_key(w);

    if (!step->child) {
        ask_for_key(w, w->answer->words);
        ask_for_key(w, w->answer->again);
        return;
    }
    for (int i = w->answer->again.size ? 2 : 1; i > 0; i--) {
        begin_gather(w, &key);
        script_render_prompts(&render, step->child);
        xml_out_end(&w->xml);
    }
}

static void script_step(void *ctx, const struct script_node *step)
{
    struct writer *w = ctx;

    switch (w->answer->script->kind) {
    case SCRIPT_INBOUND_ROUTING:
        if (w->answer->kind == ANSWER_WAIT)
            wait_turn(w);
        else
            ring(w);
        return;
    case SCRIPT_SCREEN:
        screen_step(w, step);
        return;
    case SCRIPT_VOICEMAIL:
        record(w);
        return;
    case SCRIPT_CLOSED:
    case SCRIPT_KINDS:
        return;
    }
}

/* The keys of a Gather of the script's own mean what those of "still trying" mean. */
static struct script_render script_render(struct writer *w)
{
    return (struct script_render){
        .arena = w->arena,
        .xml = &w->xml,
        .use = w->answer->script,
        .key_action = span_of(address(w, "voice/choice")),
        .step = script_step,
        .ctx = w,
    };
}

/* False, with nothing usable written, when it has become too long. */
static bool by_script(struct arena *arena, const struct answer *answer,
                      const struct twiml_place *place, struct span *out_document)
{
    struct buf out = buf_in(arena, TWIML_BYTES_MAX);
    struct writer w = {arena, answer, place, xml_out(&out), answer->language};
    const struct script_render render = script_render(&w);

    xml_out_begin(&w.xml, "Response");
    script_render_verbs(&render, place->scripts->verbs[answer->script->kind]);
    if (answer->script->kind == SCRIPT_SCREEN)
        hang_up(&w); /* falling off the end would connect */
    xml_out_end(&w.xml);
    *out_document = buf_span(&out);
    return !out.full;
}

struct span twiml_render(struct arena *arena, const struct answer *answer,
                         const struct twiml_place *place)
{
    struct buf out = buf_in(arena, TWIML_BYTES_MAX);
    struct writer w = {arena, answer, place, xml_out(&out), answer->language};
    struct span document;

    if (answer->script && place->scripts && by_script(arena, answer, place, &document))
        return document;
    xml_out_begin(&w.xml, "Response");
    verbs(&w);
    xml_out_end(&w.xml);
    CHECK(!out.full); /* words are a few hundred bytes */
    return buf_span(&out);
}

static struct span reading(struct arena *arena, const struct key *key, struct span language,
                           struct span words)
{
    struct buf out = buf_in(arena, TWIML_BYTES_MAX);
    struct writer w = {.arena = arena, .xml = xml_out(&out), .language = language};

    xml_out_begin(&w.xml, "Response");
    gather(&w, key, words);
    gather(&w, key, words);
    hang_up(&w);
    xml_out_end(&w.xml);
    return buf_span(&out);
}

/* Where the last line begins. */
static size_t last_line(struct span words)
{
    size_t at = words.size;

    while (at > 0 && words.data[at - 1] != '\n')
        at--;
    return at;
}

/* The longest beginning that has at most `most` characters once it is escaped. */
static struct span cut_escaped(struct span text, size_t most)
{
    size_t characters = 0, used = 0;
    uint32_t code;

    for (struct span rest = text; rest.size; characters++) {
        rest = span_skip(rest, utf8_next(rest, &code));
        used += code < 0x80 && strchr("&<>\"'\r", (int)code) ? sizeof "&quot;" - 1 : 1;
        if (used > most)
            break;
    }
    return segments_cut_characters(text, characters);
}

struct span twiml_reading(struct arena *arena, const struct callback *callback, int64_t message,
                          struct span language, struct span words)
{
    const struct key key = {false, READING_TIMEOUT_S,
                            callback_url(arena, callback, READING_PATH, message)};
    const struct span last = span_skip(words, last_line(words));
    const struct span head = {words.data, words.size - last.size};
    const struct span whole = reading(arena, &key, language, words);
    const struct span none = reading(arena, &key, language, last);

    if (utf8_count(whole) <= TWIML_CHARACTERS_MAX)
        return whole;
    const size_t fixed = utf8_count(none);
    const size_t left = fixed < TWIML_CHARACTERS_MAX ? TWIML_CHARACTERS_MAX - fixed : 0;
    const size_t each = left / 2; /* it stands there twice, each time with a line's end */
    return reading(arena, &key, language,
                   span_of(arena_printf(arena, "%.*s\n%.*s",
                                        SPAN_ARG(cut_escaped(head, each > 0 ? each - 1 : 0)),
                                        SPAN_ARG(last))));
}
