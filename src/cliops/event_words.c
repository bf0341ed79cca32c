#include "cliops/event_words.h"

#include <stddef.h>
#include <string.h>

/* clang-format off */
static const struct {
    const char *kind, *words; /* "%" is who did it */
} table[] = {
    {"budget.over", "The budget is spent"},
    {"call.accepted", "% took the call"},
    {"call.arrived", "A call came in"},
    {"call.asked-for-key", "The caller was asked for a key"},
    {"call.caller-id-refused", "The carrier refused the caller’s number"},
    {"call.ended", "The call ended"},
    {"call.forbidden", "A call was not placed"},
    {"call.late", "A call was found late"},
    {"call.leg-unsure", "A phone rings, or does not"},
    {"call.let-in", "The caller was let in"},
    {"call.menu", "% called the line"},
    {"call.missed", "The call was missed"},
    {"call.no-key", "The caller pressed no key"},
    {"call.not-connected", "% was not connected"},
    {"call.not-rung", "Nobody was rung"},
    {"call.not-texted", "The caller was not texted"},
    {"call.passed-on", "% passed the call on"},
    {"call.recording-ended", "The recording was deleted"},
    {"call.refused", "A caller was refused"},
    {"call.report-only", "A call was not placed: report-only mode"},
    {"call.ringing", "%’s phone rings"},
    {"call.shows-line", "Phones show the line’s number"},
    {"call.stray", "A call for an unknown number"},
    {"call.transcribed", "The voicemail was written down"},
    {"call.voicemail", "The caller left a voicemail"},
    {"call.wished", "% takes the next ring"},
    {"consent.in", "Texts are allowed again (START)"},
    {"consent.out", "Texts were refused (STOP)"},
    {"customer.landline", "The number is a landline"},
    {"duty.gap", "Nobody is on duty for a time"},
    {"duty.nobody", "Nobody is on duty"},
    {"job.assigned", "The job was assigned"},
    {"job.cancelled", "The job was cancelled"},
    {"job.cancelled-at-work", "Cancelled while at work"},
    {"job.claimed", "The job was claimed"},
    {"job.completed", "The job was completed"},
    {"job.created", "The job was made"},
    {"job.edited", "The job was edited"},
    {"job.gave-up", "The crew gave the job up"},
    {"job.given-back", "The job was given back"},
    {"job.handed-over", "The job was handed over"},
    {"job.no-progress", "No progress on the job"},
    {"job.not-claimed", "The job was not claimed in time"},
    {"job.not-told", "Somebody was not told"},
    {"job.reopened", "The job was reopened"},
    {"job.started", "The job was started"},
    {"job.unknown", "The job is not known"},
    {"job.unreachable", "The crew cannot be reached"},
    {"line.report-only", "A line is in report-only mode"},
    {"line.report-only-off", "A line’s report-only mode was ended"},
    {"line.report-only-on", "A line went into report-only mode"},
    {"line.report-only-over", "A line’s report-only mode is over"},
    {"operator.duty", "% changed duty"},
    {"operator.locked", "%’s number was locked"},
    {"operator.opted-out", "% refused texts (STOP)"},
    {"call-back.asked", "% calls back"},
    {"call-back.connected", "% reached the customer"},
    {"call-back.ended", "The call back ended"},
    {"call-back.not-connected", "% did not reach the customer"},
    {"person.forgotten", "A person was forgotten"},
    {"question.unanswered", "% did not say to whom"},
    {"recording.not-erased", "A recording was not erased"},
    {"relay.acknowledged", "% has it"},
    {"relay.exhausted", "Nobody acknowledged"},
    {"relay.flood", "Many at once: it starts later"},
    {"relay.forwarded", "Sent to %"},
    {"relay.lapsed", "%’s time ran out"},
    {"relay.nobody-on-duty", "Nobody is on duty: it waits"},
    {"relay.not-read-out", "It could not be read to %"},
    {"relay.passed-on", "% passed it on"},
    {"relay.raised", "Somebody is asked"},
    {"relay.read-out", "It is read out to %"},
    {"roster.refused", "The roster was refused"},
    {"roster.unreachable", "The roster was not reached"},
    {"store.restored", "The database came back from a backup"},
    {"tag.put", "A thread got its mark"},
    {"text.crew", "The crew wrote"},
    {"text.denied", "A text waits: our credentials are refused"},
    {"text.failed", "A text failed"},
    {"text.flood", "Many texts from one customer"},
    {"text.forbidden", "A text was not sent"},
    {"text.found", "An unsure text was found sent"},
    {"text.given-up", "An unsure text counts as failed"},
    {"text.held-back", "A text was held back"},
    {"text.locked", "A text needs a link to act"},
    {"text.not-delivered", "The text did not reach %"},
    {"text.over-budget", "A text is over the budget"},
    {"text.received", "A text came in"},
    {"text.replied", "% replied"},
    {"text.reply-lost", "A reply was lost"},
    {"text.report-only", "A text was not sent: report-only mode"},
    {"text.sent-again", "A text may arrive twice"},
    {"text.sent-anew", "A text was sent again"},
    {"text.settled", "An unsure text was settled"},
    {"text.stray", "A text for an unknown number"},
    {"text.unbound", "A text’s receipt was another’s"},
    {"text.unknown-tag", "% used an unknown tag"},
    {"text.unsure", "A text may not have been sent"},
    {"thread.closed", "% closed the thread"},
    {"thread.reopened", "% opened the thread again"},
    {"token.added", "A token was made"},
    {"token.revoked", "A token was revoked"},
    {"user.added", "A user was added"},
    {"user.changed", "A user was changed"},
    {"user.code", "A sign-in code was sent"},
    {"user.link", "A set-up link was made"},
    {"user.locked", "Too many wrong passwords"},
    {"user.password", "A password was changed"},
    {"user.removed", "A user was removed"},
    {"user.set-up", "A user set a password"},
    {"user.signed-in", "A user signed in"},
    {"user.signed-out", "A user signed out"},
    {"webhook.unproven", "A webhook’s signature was wrong"},
};
/* clang-format on */

/* Without words: its name, with blanks. */
static void add_kind(struct buf *out, struct span kind, struct span name)
{
    for (size_t i = 0; i < kind.size; i++) {
        const char c = kind.data[i];
        const bool is_mark = c == '.' || c == '_' || c == '-';
        buf_add_char(out, is_mark ? ' ' : i == 0 && c >= 'a' && c <= 'z' ? (char)(c - 32) : c);
    }
    if (name.size)
        buf_printf(out, " (%.*s)", SPAN_ARG(name));
}

void event_words(struct buf *out, struct span kind, struct span name)
{
    const char *words = NULL;
    struct span rest;

    for (size_t i = 0; i < sizeof table / sizeof table[0] && !words; i++)
        if (span_is_text(kind, table[i].kind))
            words = table[i].words;
    if (!words) {
        add_kind(out, kind, name);
        return;
    }
    const struct span before = span_cut(span_of(words), '%', &rest);
    buf_add(out, before);
    if (before.size == strlen(words))
        return;
    if (name.size)
        buf_add(out, name);
    else
        buf_add_text(out, before.size ? "somebody" : "Somebody");
    buf_add(out, rest);
}
