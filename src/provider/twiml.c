#include "provider/twiml.h"

#include <string.h>

#include "base/buf.h"
#include "base/check.h"
#include "base/id.h"
#include "base/utf8.h"
#include "codec/xml.h"
#include "model/segments.h"

/* How long a leg is given for its key, each of the two times it is asked. */
static const char SCREEN_TIMEOUT_S[] = "4";
/* How long somebody who was read a text to has for his; he has to think. */
static const char READING_TIMEOUT_S[] = "8";
static const char READING_PATH[] = "/webhook/twilio/voice/read";
/* A voicemail ends after this silence, this length, or the key. */
static const char RECORD_TIMEOUT_S[] = "5";
static const char RECORD_LENGTH_S[] = "120";
static const char RECORD_KEY[] = "#";

struct writer {
    struct arena *arena;
    const struct answer *answer;
    const struct twiml_place *place;
    struct xml_out xml;
};

static void attr(struct writer *w, const char *name, const char *value)
{
    xml_out_attr(&w->xml, name, span_of(value));
}

/* {P}/webhook/twilio/{what}?c={cascade}[&attempt=N][&t={tenant}] */
static const char *address(const struct writer *w, const char *what, bool of_leg)
{
    char c[ID_TEXT_SIZE + 1];

    id_render(w->answer->id, c);
    const char *start = arena_printf(w->arena, "%.*s/webhook/twilio/%s?c=%s",
                                     SPAN_ARG(w->place->public_url), what, c);
    return of_leg ? arena_printf(w->arena, "%s&attempt=%d&t=%.*s", start, w->answer->attempt,
                                 SPAN_ARG(w->place->tenant))
                  : start;
}

static void say(struct writer *w, struct span words)
{
    if (words.size == 0) /* the carrier warns of a Say without words */
        return;
    xml_out_begin(&w->xml, "Say");
    xml_out_text(&w->xml, words);
    xml_out_end(&w->xml);
}

static void hang_up(struct writer *w)
{
    xml_out_begin(&w->xml, "Hangup");
    xml_out_end(&w->xml);
}

static void ring(struct writer *w)
{
    const struct answer *a = w->answer;

    xml_out_begin(&w->xml, "Dial");
    attr(w, "answerOnBridge", "true");
    attr(w, "timeout", arena_printf(w->arena, "%d", a->ring_s));
    if (a->caller_id.size > 0)
        xml_out_attr(&w->xml, "callerId", a->caller_id);
    attr(w, "action",
         arena_printf(w->arena, "%.*s%.*s?attempt=%d", SPAN_ARG(w->place->public_url),
                      SPAN_ARG(w->place->path), a->attempt + 1));
    attr(w, "method", "POST");
    xml_out_begin(&w->xml, "Number");
    attr(w, "url", address(w, "voice/screen", true));
    attr(w, "statusCallback", address(w, "call-status", true));
    attr(w, "statusCallbackEvent", "initiated ringing answered completed");
    xml_out_text(&w->xml, a->to);
    xml_out_end(&w->xml);
    xml_out_end(&w->xml);
}

struct key {
    const char *timeout_s;
    struct span action;
};

static void gather(struct writer *w, const struct key *key, struct span words)
{
    if (words.size == 0)
        return;
    xml_out_begin(&w->xml, "Gather");
    attr(w, "numDigits", "1");
    attr(w, "timeout", key->timeout_s);
    xml_out_attr(&w->xml, "action", key->action);
    attr(w, "method", "POST");
    say(w, words);
    xml_out_end(&w->xml);
}

static void ask_for_key(struct writer *w, struct span words)
{
    const struct key key = {SCREEN_TIMEOUT_S, span_of(address(w, "voice/press", true))};

    gather(w, &key, words);
}

/* The address tells that he has been asked again. */
static void read_again(struct writer *w)
{
    CHECK(w->place->callback);
    const struct span url = callback_url(w->arena, w->place->callback, READING_PATH, w->answer->id);
    const struct key key = {READING_TIMEOUT_S,
                            span_of(arena_printf(w->arena, "%.*s&attempt=1", SPAN_ARG(url)))};

    gather(w, &key, w->answer->words);
    hang_up(w);
}

static void voicemail(struct writer *w)
{
    say(w, w->answer->words);
    xml_out_begin(&w->xml, "Record");
    attr(w, "action", address(w, "voice/recorded", false));
    attr(w, "method", "POST");
    attr(w, "maxLength", RECORD_LENGTH_S);
    attr(w, "timeout", RECORD_TIMEOUT_S);
    attr(w, "finishOnKey", RECORD_KEY);
    attr(w, "playBeep", "true");
    xml_out_end(&w->xml);
    say(w, w->answer->again);
    hang_up(w);
}

static void verbs(struct writer *w)
{
    switch (w->answer->kind) {
    case ANSWER_RING:
        ring(w);
        return;
    case ANSWER_SCREEN:
        ask_for_key(w, w->answer->words);
        ask_for_key(w, w->answer->again);
        hang_up(w);
        return;
    case ANSWER_SAY:
        say(w, w->answer->words);
        hang_up(w);
        return;
    case ANSWER_READ:
        read_again(w);
        return;
    case ANSWER_VOICEMAIL:
        voicemail(w);
        return;
    case ANSWER_HANGUP:
        hang_up(w);
        return;
    case ANSWER_NOTHING:
    case ANSWER_CONNECT: /* falling off a leg's document bridges it */
    case ANSWER_DONE:
    case ANSWER_REFUSED:
    case ANSWERS:
        return;
    }
}

struct span twiml_render(struct arena *arena, const struct answer *answer,
                         const struct twiml_place *place)
{
    struct buf out = buf_in(arena, TWIML_BYTES_MAX);
    struct writer w = {arena, answer, place, xml_out(&out)};

    xml_out_begin(&w.xml, "Response");
    verbs(&w);
    xml_out_end(&w.xml);
    CHECK(!out.full); /* words are a few hundred bytes */
    return buf_span(&out);
}

static struct span reading(struct arena *arena, const struct key *key, struct span words)
{
    struct buf out = buf_in(arena, TWIML_BYTES_MAX);
    struct writer w = {.arena = arena, .xml = xml_out(&out)};

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
                          struct span words)
{
    const struct key key = {READING_TIMEOUT_S,
                            callback_url(arena, callback, READING_PATH, message)};
    const struct span last = span_skip(words, last_line(words));
    const struct span head = {words.data, words.size - last.size};
    const struct span whole = reading(arena, &key, words);
    const struct span none = reading(arena, &key, last);

    if (utf8_count(whole) <= TWIML_CHARACTERS_MAX)
        return whole;
    const size_t fixed = utf8_count(none);
    const size_t left = fixed < TWIML_CHARACTERS_MAX ? TWIML_CHARACTERS_MAX - fixed : 0;
    const size_t each = left / 2; /* it stands there twice, each time with a line's end */
    return reading(arena, &key,
                   span_of(arena_printf(arena, "%.*s\n%.*s",
                                        SPAN_ARG(cut_escaped(head, each > 0 ? each - 1 : 0)),
                                        SPAN_ARG(last))));
}
