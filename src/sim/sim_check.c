#include "sim/sim_check.h"

#include <string.h>

#include "sim/sim_note.h"

enum { ERROR_SCHEMA = 12200, ERROR_NO_WORDS = 13520, ERROR_MANY_WORDS = 13521, SAY_MAX = 4096 };

#define BOOL ":true|false"
#define METHOD ":GET|POST"
#define TOLD(name) name " " name "Method" METHOD " " name "Event"
#define RECORDING(name) name " " name "Method" METHOD " " name "Event:in-progress+completed+absent"
#define MACHINE                                                                              \
    " machineDetection:Enable|DetectMessageEnd machineDetectionTimeout:3-60"                 \
    " machineDetectionSpeechThreshold:1000-6000 machineDetectionSpeechEndThreshold:500-5000" \
    " machineDetectionSilenceTimeout:2000-10000 amdStatusCallback amdStatusCallbackMethod" METHOD
#define PARTY \
    "url method" METHOD " " TOLD("statusCallback") ":initiated+ringing+answered+completed" MACHINE
#define RING_TONES                                                                                \
    ":at|au|bg|br|be|ch|cl|cn|cz|de|dk|ee|es|fi|fr|gr|hu|il|in|it|lt|jp|mx|my|nl|no|nz|ph|pl|pt|" \
    "ru|se|sg|th|uk|us|us-old|tw|ve|za"

/* What may stand where. `attrs` has the attributes, each with what its value may be: one word
 * of a|b|c, words of a+b+c, or a number of min-max. NULL: not judged. */
struct element {
    const char *parent, *name, *attrs;
    bool inside; /* what stands inside is judged too */
};

/* clang-format off */
static const struct element voice_elements[] = {
    {"Response", "Say", "voice language loop:0-2147483647", false},
    {"Response", "Play", "loop:0-2147483647 digits", true},
    {"Response", "Pause", "length:1-3600", true},
    {"Response", "Hangup", "", true},
    {"Response", "Redirect", "method" METHOD, true},
    {"Response", "Reject", "reason:rejected|busy", true},
    {"Response", "Leave", "", true},
    {"Response", "Refer", NULL, false},
    {"Response", "Sms", NULL, false},
    {"Response", "Connect", NULL, false},
    {"Response", "Start", NULL, false},
    {"Response", "Stop", NULL, false},
    {"Response", "Pay", NULL, false},
    {"Response", "Prompt", NULL, false},
    {"Response", "Enqueue", NULL, false},
    {"Response", "Gather",
     "action method" METHOD " input:dtmf+speech timeout:0-3600 finishOnKey "
     "numDigits:1-1024 speechTimeout maxSpeechTime:1-3600 hints language "
     "partialResultCallback partialResultCallbackMethod" METHOD
     " profanityFilter" BOOL " speechModel enhanced" BOOL " actionOnEmptyResult" BOOL
     " bargeIn" BOOL " debug" BOOL, true},
    {"Gather", "Say", "voice language loop:0-2147483647", false},
    {"Gather", "Play", "loop:0-2147483647", true},
    {"Gather", "Pause", "length:1-3600", true},
    {"Response", "Record",
     "action method" METHOD " timeout:0-3600 finishOnKey maxLength:2-86400 playBeep" BOOL
     " trim:trim-silence|do-not-trim transcribe" BOOL " transcribeCallback "
     RECORDING("recordingStatusCallback") " recordingConfigurationId", true},
    {"Response", "Dial",
     "action method" METHOD " timeout:5-600 timeLimit:1-86400 callerId hangupOnStar" BOOL
     " answerOnBridge" BOOL " record:true|false|do-not-record|record-from-answer|"
     "record-from-ringing|record-from-answer-dual|record-from-ringing-dual "
     RECORDING("recordingStatusCallback")
     " recordingTrack:both|inbound|outbound trim:trim-silence|do-not-trim ringTone" RING_TONES
     " sequential" BOOL " referUrl referMethod" METHOD
     " callReason recordingConfigurationId events", true},
    {"Dial", "Number", "sendDigits byoc " PARTY, true},
    {"Dial", "Sip", "username password " PARTY, true},
    {"Dial", "Client", PARTY, false},
    {"Dial", "Conference",
     "muted" BOOL " beep:true|false|onEnter|onExit startConferenceOnEnter" BOOL
     " endConferenceOnExit" BOOL " waitUrl waitMethod" METHOD " maxParticipants:2-250 "
     "record:true|false|do-not-record|record-from-start trim:trim-silence|do-not-trim region coach "
     "participantLabel jitterBufferSize:small|medium|large|off " TOLD("statusCallback")
     ":start+end+join+leave+mute+hold+modify+speaker+announcement "
     RECORDING("recordingStatusCallback") " eventCallbackUrl", true},
    {"Dial", "Queue", NULL, true},
    {"Dial", "Application", NULL, false},
    {"Dial", "WhatsApp", NULL, true},
    {"Dial", "Sim", NULL, true},
};
static const struct element text_elements[] = {
    {"Response", "Message", "to from action method" METHOD " statusCallback", true},
    {"Message", "Body", "", true},
    {"Message", "Media", "", true},
    {"Response", "Redirect", "method" METHOD, true},
};
/* clang-format on */

struct judge {
    struct sim_world *world;
    const char *subject;
    const struct element *elements;
    size_t count;
};

static const struct element *element_find(const struct judge *j, struct span parent,
                                          struct span name)
{
    for (size_t i = 0; i < j->count; i++)
        if (span_is_text(parent, j->elements[i].parent) && span_is_text(name, j->elements[i].name))
            return &j->elements[i];
    return NULL;
}

static bool is_among(struct span word, struct span list, char between)
{
    while (list.size)
        if (span_is(span_cut(list, between, &list), word))
            return true;
    return false;
}

/* Whether `value` is what `rule` asks for. */
static bool fits(struct span value, struct span rule)
{
    struct span max_text;
    int64_t min, max, n;

    if (memchr(rule.data, '|', rule.size))
        return is_among(value, rule, '|');
    if (memchr(rule.data, '+', rule.size)) {
        while (value.size)
            if (!is_among(span_cut(value, ' ', &value), rule, '+'))
                return false;
        return true;
    }
    const struct span min_text = span_cut(rule, '-', &max_text);
    return !span_number(min_text, 0, INT64_MAX, &min) ||
           !span_number(max_text, 0, INT64_MAX, &max) || span_number(value, min, max, &n);
}

static void judge_attr(const struct judge *j, const struct xml_node *node, const char *attrs,
                       const struct xml_attr *attr)
{
    struct span rest = span_of(attrs);

    while (rest.size) {
        struct span rule;
        const struct span name = span_cut(span_cut(rest, ' ', &rest), ':', &rule);
        if (!span_is(name, attr->name))
            continue;
        if (rule.size && !fits(attr->value, rule))
            sim_note_warning(j->world, ERROR_SCHEMA, j->subject,
                             "line %d: <%.*s %.*s=\"%.*s\">: the value is not one of %.*s",
                             node->line, SPAN_ARG(node->name), SPAN_ARG(attr->name),
                             SPAN_ARG(attr->value), SPAN_ARG(rule));
        return;
    }
    sim_note_warning(j->world, ERROR_SCHEMA, j->subject, "line %d: <%.*s> has no attribute %.*s",
                     node->line, SPAN_ARG(node->name), SPAN_ARG(attr->name));
}

static size_t characters_below(const struct xml_node *node)
{
    size_t n = 0;

    for (const struct xml_node *c = node->child; c; c = c->next)
        n += c->name.size ? characters_below(c) : span_trim(c->text).size;
    return n;
}

static void judge_words(const struct judge *j, const struct xml_node *say)
{
    const size_t size = characters_below(say);

    if (!size)
        sim_note_warning(j->world, ERROR_NO_WORDS, j->subject, "line %d: <Say> without words",
                         say->line);
    if (size > SAY_MAX)
        sim_note_warning(j->world, ERROR_MANY_WORDS, j->subject,
                         "line %d: <Say> of more than %d characters", say->line, SAY_MAX);
}

static void judge_node(const struct judge *j, const struct xml_node *parent,
                       const struct xml_node *node);

static void judge_children(const struct judge *j, const struct xml_node *parent)
{
    for (const struct xml_node *n = parent->child; n; n = n->next)
        if (n->name.size)
            judge_node(j, parent, n);
}

static void judge_node(const struct judge *j, const struct xml_node *parent,
                       const struct xml_node *node)
{
    const struct element *e = element_find(j, parent->name, node->name);

    if (!e) {
        sim_note_warning(j->world, ERROR_SCHEMA, j->subject, "line %d: <%.*s> in <%.*s> is unknown",
                         node->line, SPAN_ARG(node->name), SPAN_ARG(parent->name));
        return;
    }
    for (const struct xml_attr *a = node->attrs; a && e->attrs; a = a->next)
        judge_attr(j, node, e->attrs, a);
    if (span_is_text(node->name, "Say"))
        judge_words(j, node);
    if (e->inside)
        judge_children(j, node);
}

void sim_check_document(struct sim_world *w, const char *subject, bool voice,
                        const struct xml_node *root)
{
    const struct judge j = {
        .world = w,
        .subject = subject,
        .elements = voice ? voice_elements : text_elements,
        .count = voice ? sizeof voice_elements / sizeof voice_elements[0]
                       : sizeof text_elements / sizeof text_elements[0],
    };

    if (root->attrs)
        sim_note_warning(w, ERROR_SCHEMA, subject, "<Response> has no attribute %.*s",
                         SPAN_ARG(root->attrs->name));
    judge_children(&j, root);
}
