#include "simhook/sim_element.h"

#include <string.h>

#include "base/check.h"

#define TEXT(name)                               \
    {                                            \
        name, SIM_ATTR_TEXT, NULL, NULL, 0, 0, 0 \
    }
#define URL(name, code)                            \
    {                                              \
        name, SIM_ATTR_URL, NULL, NULL, 0, 0, code \
    }
#define FLAG(name, otherwise, code)                      \
    {                                                    \
        name, SIM_ATTR_FLAG, otherwise, NULL, 0, 0, code \
    }
#define METHOD(name, code)                              \
    {                                                   \
        name, SIM_ATTR_METHOD, "POST", NULL, 0, 0, code \
    }
#define WORD(name, otherwise, among, code)                \
    {                                                     \
        name, SIM_ATTR_WORD, otherwise, among, 0, 0, code \
    }
#define WORDS(name, otherwise, among, code)                \
    {                                                      \
        name, SIM_ATTR_WORDS, otherwise, among, 0, 0, code \
    }
#define NUMBER(name, otherwise, min, max, code)                \
    {                                                          \
        name, SIM_ATTR_NUMBER, otherwise, NULL, min, max, code \
    }
#define KEYS(name, otherwise, among, min, max, code)          \
    {                                                         \
        name, SIM_ATTR_KEYS, otherwise, among, min, max, code \
    }
#define VOICE(code)                                     \
    {                                                   \
        "voice", SIM_ATTR_VOICE, NULL, NULL, 0, 0, code \
    }
#define LANGUAGE(code)                                           \
    {                                                            \
        "language", SIM_ATTR_LANGUAGE, "en-US", NULL, 0, 0, code \
    }
#define LOOP(code) NUMBER("loop", "1", 0, INT32_MAX, code)
#define END                                      \
    {                                            \
        NULL, SIM_ATTR_TEXT, NULL, NULL, 0, 0, 0 \
    }

#define ALL_KEYS "0123456789*#"
#define TONES "0123456789ABCD#*wW"
#define TRIMS "trim-silence|do-not-trim"
#define RECORDED(code)                                                                            \
    URL("recordingStatusCallback", 0), METHOD("recordingStatusCallbackMethod", 0),                \
        WORDS("recordingStatusCallbackEvent", "completed", "in-progress|completed|absent|failed", \
              code)
#define TOLD                                                     \
    URL("statusCallback", 0), METHOD("statusCallbackMethod", 0), \
        WORDS("statusCallbackEvent", "completed", "initiated|ringing|answered|completed", 0)
#define MACHINE                                                             \
    WORD("machineDetection", NULL, "Enable|DetectMessageEnd", 0),           \
        NUMBER("machineDetectionTimeout", "30", 3, 60, 0),                  \
        NUMBER("machineDetectionSpeechThreshold", "2400", 1000, 6000, 0),   \
        NUMBER("machineDetectionSpeechEndThreshold", "1200", 500, 5000, 0), \
        NUMBER("machineDetectionSilenceTimeout", "5000", 2000, 10000, 0),   \
        URL("amdStatusCallback", 0), METHOD("amdStatusCallbackMethod", 0)
#define WHISPER(code) URL("url", 0), METHOD("method", code)

enum { PAUSE_MAX_S = 3600, GATHER_MAX_S = 3600, KEYS_MAX = 1024, REASON_MAX = 50 };

/* clang-format off */
static const struct sim_attr none[] = {END};
static const struct sim_attr say[] = {VOICE(13511), LANGUAGE(13512), LOOP(13510), END};
static const struct sim_attr gather_say[] = {VOICE(13321), LANGUAGE(13512), LOOP(13322), END};
static const struct sim_attr play[] = {LOOP(13410), KEYS("digits", NULL, TONES, 1, 1024, 0), END};
static const struct sim_attr gather_play[] = {LOOP(13410), END};
static const struct sim_attr pause[] = {NUMBER("length", "1", 1, PAUSE_MAX_S, 13910), END};
static const struct sim_attr redirect[] = {METHOD("method", 13710), END};
static const struct sim_attr reject[] = {WORD("reason", "rejected", "rejected|busy", 13810), END};
static const struct sim_attr refer[] = {URL("action", 0), METHOD("method", 0), END};
static const struct sim_attr sms[] = {
    TEXT("to"), TEXT("from"), URL("action", 0), METHOD("method", 14104), URL("statusCallback", 14105), END};
static const struct sim_attr action[] = {URL("action", 0), METHOD("method", 0), END};
static const struct sim_attr start_recording[] = {
    RECORDED(13621), WORD("trim", "trim-silence", TRIMS, 0),
    WORD("track", "both", "both|inbound|outbound", 0), WORD("channels", "dual", "mono|dual", 0), END};
static const struct sim_attr enqueue[] = {
    URL("action", 14203), METHOD("method", 14201), URL("waitUrl", 14202),
    METHOD("waitUrlMethod", 14206), TEXT("workflowSid"), NUMBER("maxQueueSize", "1000", 1, 5000, 0), END};
static const struct sim_attr gather[] = {
    URL("action", 0), METHOD("method", 13312), WORDS("input", "dtmf", "dtmf|speech", 13326),
    NUMBER("timeout", "5", 0, GATHER_MAX_S, 13313), KEYS("finishOnKey", "#", ALL_KEYS, 0, 1, 13310),
    NUMBER("numDigits", NULL, 1, KEYS_MAX, 13314), TEXT("speechTimeout"),
    NUMBER("maxSpeechTime", "60", 1, GATHER_MAX_S, 13328), TEXT("hints"), LANGUAGE(13331),
    URL("partialResultCallback", 0), METHOD("partialResultCallbackMethod", 13329),
    FLAG("profanityFilter", "true", 13333), TEXT("speechModel"), FLAG("enhanced", "false", 0),
    FLAG("actionOnEmptyResult", "false", 0), FLAG("bargeIn", "true", 13332), FLAG("debug", "false", 0), END};
static const struct sim_attr record[] = {
    URL("action", 0), METHOD("method", 13610), NUMBER("timeout", "5", 0, GATHER_MAX_S, 13611),
    KEYS("finishOnKey", "1234567890*#", ALL_KEYS, 0, 12, 13613),
    NUMBER("maxLength", NULL, 2, 86400, 13612), FLAG("playBeep", "true", 13616),
    WORD("trim", "trim-silence", TRIMS, 0), FLAG("transcribe", "false", 13614),
    URL("transcribeCallback", 0), RECORDED(13621), TEXT("recordingConfigurationId"), END};
static const struct sim_attr dial[] = {
    URL("action", 0), METHOD("method", 13210), NUMBER("timeout", "30", 5, 600, 13212),
    NUMBER("timeLimit", "14400", 1, 86400, 13216), TEXT("callerId"), FLAG("hangupOnStar", "false", 13213),
    FLAG("answerOnBridge", "false", 13219),
    WORD("record", "do-not-record", "true|false|do-not-record|record-from-answer|record-from-ringing|"
         "record-from-answer-dual|record-from-ringing-dual", 13217),
    RECORDED(13621), WORD("recordingTrack", "both", "both|inbound|outbound", 0),
    WORD("trim", "do-not-trim", TRIMS, 0),
    WORD("ringTone", NULL, "at|au|bg|br|be|ch|cl|cn|cz|de|dk|ee|es|fi|fr|gr|hu|il|in|it|lt|jp|mx|my|"
         "nl|no|nz|ph|pl|pt|ru|se|sg|th|uk|us|us-old|tw|ve|za", 13220),
    FLAG("sequential", "false", 13218), URL("referUrl", 0), METHOD("referMethod", 0),
    {"callReason", SIM_ATTR_TEXT, NULL, NULL, 0, REASON_MAX, 0}, TEXT("recordingConfigurationId"),
    TEXT("events"), END};
static const struct sim_attr number[] = {
    KEYS("sendDigits", NULL, TONES, 1, 1024, 13222), WHISPER(13221), TOLD, TEXT("byoc"), MACHINE, END};
static const struct sim_attr sip[] = {
    TEXT("username"), TEXT("password"), WHISPER(13241), TOLD, MACHINE, END};
static const struct sim_attr client[] = {WHISPER(13221), TOLD, MACHINE, END};
static const struct sim_attr conference[] = {
    FLAG("muted", "false", 13230), WORD("beep", "true", "true|false|onEnter|onExit", 13235),
    FLAG("startConferenceOnEnter", "true", 13232), FLAG("endConferenceOnExit", "false", 13231),
    URL("waitUrl", 13233), METHOD("waitMethod", 13234), NUMBER("maxParticipants", "250", 2, 250, 0),
    WORD("record", "do-not-record", "true|false|do-not-record|record-from-start", 0),
    WORD("trim", "trim-silence", TRIMS, 0), TEXT("region"), TEXT("coach"),
    {"participantLabel", SIM_ATTR_TEXT, NULL, NULL, 1, 128, 0},
    WORD("jitterBufferSize", "large", "large|medium|small|off", 0),
    URL("statusCallback", 0), METHOD("statusCallbackMethod", 0),
    WORDS("statusCallbackEvent", NULL, "start|end|join|leave|mute|hold|modify|speaker|announcement", 0),
    RECORDED(13621), URL("eventCallbackUrl", 0), END};
static const struct sim_attr queue[] = {
    URL("url", 14211), METHOD("method", 14210), TEXT("reservationSid"), TEXT("postWorkActivitySid"), END};
static const struct sim_attr application[] = {
    WHISPER(0), TOLD, TEXT("customerId"), FLAG("copyParentTo", "false", 0), END};
static const struct sim_attr message[] = {
    TEXT("to"), TEXT("from"), URL("action", 0), METHOD("method", 14104), URL("statusCallback", 14105), END};

static const struct sim_element voice_elements[] = {
    {"Response", "Say", say, false, 0, SIM_PLAYED, "heard as text; 60 ms a character, and its breaks"},
    {"Response", "Play", play, true, 0, SIM_PLAYED, "the sound is fetched, signed, by GET"},
    {"Response", "Pause", pause, true, 0, SIM_PLAYED, "as the first verb it delays the pick-up"},
    {"Response", "Hangup", none, true, 0, SIM_PLAYED, ""},
    {"Response", "Redirect", redirect, true, 0, SIM_PLAYED, ""},
    {"Response", "Reject", reject, true, 0, SIM_PLAYED, "no-answer, or busy"},
    {"Response", "Leave", none, true, 0, SIM_PLAYED, "only in the document of a queue's waitUrl"},
    {"Response", "Refer", refer, true, 0, SIM_PLAYED_PARTLY, "calls from sip: addresses; always accepted"},
    {"Refer", "Sip", none, false, 0, SIM_PLAYED, ""},
    {"Response", "Sms", sms, false, 0, SIM_PLAYED, "a text with receipts"},
    {"Response", "Connect", NULL, false, 0, SIM_NOT_PLAYED, "warned of, then the next verb"},
    {"Response", "Start", action, true, 0, SIM_PLAYED_PARTLY, "Recording alone"},
    {"Start", "Recording", start_recording, true, 0, SIM_PLAYED, ""},
    {"Start", "Stream", NULL, false, 0, SIM_NOT_PLAYED, "warned of"},
    {"Start", "Siprec", NULL, false, 0, SIM_NOT_PLAYED, "warned of"},
    {"Start", "Transcription", NULL, false, 0, SIM_NOT_PLAYED, "warned of"},
    {"Response", "Stop", NULL, false, 0, SIM_NOT_PLAYED, "warned of, then the next verb"},
    {"Response", "Pay", NULL, false, 0, SIM_NOT_PLAYED, "warned of, then the next verb"},
    {"Response", "Prompt", NULL, false, 0, SIM_NOT_PLAYED, "warned of, then the next verb"},
    {"Response", "Enqueue", enqueue, true, 0, SIM_PLAYED, "workflowSid is not"},
    {"Enqueue", "Task", NULL, false, 0, SIM_NOT_PLAYED, ""},
    {"Response", "Gather", gather, true, 13320, SIM_PLAYED, "speech as phones say it"},
    {"Gather", "Say", gather_say, false, 0, SIM_PLAYED, ""},
    {"Gather", "Play", gather_play, true, 0, SIM_PLAYED, ""},
    {"Gather", "Pause", pause, true, 0, SIM_PLAYED, ""},
    {"Response", "Record", record, true, 0, SIM_PLAYED, "the sound is silence of the right length"},
    {"Response", "Dial", dial, true, 13215, SIM_PLAYED, "referUrl and events are not"},
    {"Dial", "Number", number, true, 0, SIM_PLAYED, ""},
    {"Dial", "Sip", sip, true, 0, SIM_PLAYED, "credentials are not judged"},
    {"Sip", "Uri", NULL, false, 0, SIM_PLAYED, ""},
    {"Dial", "Client", client, true, 0, SIM_PLAYED, "a phone named client:NAME"},
    {"Client", "Identity", none, false, 0, SIM_PLAYED, ""},
    {"Client", "Parameter", NULL, false, 0, SIM_PLAYED, "shown in the timeline"},
    {"Dial", "Conference", conference, true, 0, SIM_PLAYED, "region and jitterBufferSize change nothing"},
    {"Dial", "Queue", queue, true, 0, SIM_PLAYED, "without TaskRouter"},
    {"Dial", "Application", application, true, 0, SIM_PLAYED_PARTLY, "a call whose own Dials the caller does not hear"},
    {"Application", "ApplicationSid", none, false, 0, SIM_PLAYED, ""},
    {"Application", "Parameter", NULL, false, 0, SIM_PLAYED, "a parameter of its first request"},
    {"Dial", "WhatsApp", NULL, false, 0, SIM_NOT_PLAYED, "warned of"},
    {"Dial", "Sim", NULL, false, 0, SIM_NOT_PLAYED, "warned of"},
};

static const struct sim_element text_elements[] = {
    {"Response", "Message", message, true, 0, SIM_PLAYED, ""},
    {"Response", "Redirect", redirect, true, 0, SIM_PLAYED, ""},
    {"Message", "Body", none, true, 0, SIM_PLAYED, ""},
    {"Message", "Media", none, true, 0, SIM_PLAYED, ""},
};
/* clang-format on */

enum {
    VOICE_ELEMENTS = sizeof voice_elements / sizeof voice_elements[0],
    TEXT_ELEMENTS = sizeof text_elements / sizeof text_elements[0]
};

const struct sim_element *sim_element_find(bool voice, struct span parent, struct span name)
{
    const struct sim_element *all = voice ? voice_elements : text_elements;
    const size_t count = voice ? VOICE_ELEMENTS : TEXT_ELEMENTS;

    for (size_t i = 0; i < count; i++)
        if (span_is_text(parent, all[i].parent) && span_is_text(name, all[i].name))
            return &all[i];
    return NULL;
}

const struct sim_attr *sim_element_attr(const struct sim_element *e, struct span name)
{
    for (const struct sim_attr *a = e->attrs; a && a->name; a++)
        if (span_is_text(name, a->name))
            return a;
    return NULL;
}

static bool is_among(struct span word, struct span list)
{
    while (list.size)
        if (span_is(span_cut(list, '|', &list), word))
            return true;
    return false;
}

static bool all_among(struct span words, struct span list)
{
    while (words.size) {
        const struct span word = span_cut(words, ' ', &words);
        if (word.size && !is_among(word, list))
            return false;
    }
    return true;
}

static bool is_keys(const struct sim_attr *a, struct span value)
{
    if ((int64_t)value.size < a->min || (int64_t)value.size > a->max)
        return false;
    for (size_t i = 0; i < value.size; i++)
        if (!strchr(a->among, value.data[i]) || !value.data[i])
            return false;
    return true;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* "en-US", "cmn-Hans-CN", "es-419": the form alone, as the list grows by the month. */
static bool is_language(struct span value)
{
    size_t letters = 0;

    while (letters < value.size && is_letter(value.data[letters]))
        letters++;
    if (letters < 2 || letters > 3)
        return false;
    for (size_t i = letters; i < value.size; i++) {
        const char c = value.data[i];
        if (c != '-' && !is_letter(c) && !(c >= '0' && c <= '9'))
            return false;
    }
    return letters == value.size || (value.data[letters] == '-' && value.size > letters + 1);
}

/* A plain voice, or one of a supplier: "Polly.Joanna", "Google.en-US-Neural2-A". */
static bool is_voice(struct span value)
{
    struct span voice;
    const struct span supplier = span_cut(value, '.', &voice);

    if (is_among(value, SPAN("man|woman|alice")))
        return true;
    return voice.size && is_among(supplier, SPAN("Polly|Google|ElevenLabs|Amazon|Rime"));
}

bool sim_element_fits(const struct sim_attr *a, struct span value)
{
    int64_t n;

    switch (a->kind) {
    case SIM_ATTR_TEXT:
        return (int64_t)value.size >= a->min && (!a->max || (int64_t)value.size <= a->max);
    case SIM_ATTR_URL:
        return !memchr(value.size ? value.data : "", ' ', value.size);
    case SIM_ATTR_FLAG:
        return is_among(value, SPAN("true|false"));
    case SIM_ATTR_METHOD:
        return is_among(value, SPAN("GET|POST"));
    case SIM_ATTR_WORD:
        return is_among(value, span_of(a->among));
    case SIM_ATTR_WORDS:
        return all_among(value, span_of(a->among));
    case SIM_ATTR_NUMBER:
        return span_number(value, a->min, a->max, &n);
    case SIM_ATTR_KEYS:
        return is_keys(a, value);
    case SIM_ATTR_VOICE:
        return is_voice(value);
    case SIM_ATTR_LANGUAGE:
        return is_language(value);
    case SIM_ATTR_KINDS:
        break;
    }
    return false;
}

/* The rule is the same wherever the element may stand; only the codes differ. */
static const struct sim_attr *rule_of(const struct xml_node *node, const char *name)
{
    for (size_t i = 0; i < VOICE_ELEMENTS; i++) {
        const struct sim_element *e = &voice_elements[i];
        const struct sim_attr *a =
            span_is_text(node->name, e->name) ? sim_element_attr(e, span_of(name)) : NULL;
        if (a)
            return a;
    }
    return NULL;
}

struct span sim_element_value(const struct xml_node *node, const char *name)
{
    const struct sim_attr *a = rule_of(node, name);
    const struct span value = xml_attr_get(node, name);

    CHECK(a);
    if (value.data && sim_element_fits(a, value))
        return value;
    return span_of(a->otherwise);
}

int64_t sim_element_number(const struct xml_node *node, const char *name)
{
    int64_t n = 0;

    (void)span_number(sim_element_value(node, name), 0, INT64_MAX, &n);
    return n;
}

bool sim_element_flag(const struct xml_node *node, const char *name)
{
    return span_is_text(sim_element_value(node, name), "true");
}

const char *sim_element_method(const struct xml_node *node, const char *name)
{
    return span_is_text(sim_element_value(node, name), "GET") ? "GET" : "POST";
}

static void print_values(struct buf *out, const struct sim_attr *a)
{
    static const char *const plain[SIM_ATTR_KINDS] = {
        [SIM_ATTR_TEXT] = "text",        [SIM_ATTR_URL] = "address",
        [SIM_ATTR_FLAG] = "true, false", [SIM_ATTR_METHOD] = "GET, POST",
        [SIM_ATTR_VOICE] = "voice",      [SIM_ATTR_LANGUAGE] = "language",
    };
    struct span rest = span_of(a->among);

    if (a->kind == SIM_ATTR_NUMBER)
        buf_printf(out, "%lld to %lld", (long long)a->min, (long long)a->max);
    else if (a->kind == SIM_ATTR_KEYS)
        buf_printf(out, "keys of `%s`", a->among);
    else if (a->among)
        while (rest.size) {
            buf_add(out, span_cut(rest, '|', &rest));
            buf_add_text(out, rest.size ? " " : "");
        }
    else
        buf_add_text(out, plain[a->kind]);
}

static void print_element(struct buf *out, const struct sim_element *e)
{
    static const char *const played[] = {"yes", "partly", "no"};

    buf_printf(out, "| `%s` in `%s` | | | | %s%s%s |\n", e->name, e->parent, played[e->played],
               e->words[0] ? ": " : "", e->words);
    for (const struct sim_attr *a = e->attrs; a && a->name; a++) {
        buf_printf(out, "| | `%s` | ", a->name);
        print_values(out, a);
        buf_printf(out, " | %s | ", a->otherwise ? a->otherwise : "");
        buf_printf(out, "%d |\n", a->code ? a->code : 12200);
    }
}

void sim_element_print(struct buf *out)
{
    static const char head[] =
        "\n\n| Element | Attribute | May be | Otherwise | Simulated; code of a bad value |\n"
        "|---|---|---|---|---|\n";

    buf_printf(out, "### Documents of calls%s", head);
    for (size_t i = 0; i < VOICE_ELEMENTS; i++)
        print_element(out, &voice_elements[i]);
    buf_printf(out, "\n### Documents of texts%s", head);
    for (size_t i = 0; i < TEXT_ELEMENTS; i++)
        print_element(out, &text_elements[i]);
}
