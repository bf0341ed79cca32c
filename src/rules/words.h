/* rules/words.h - every sentence that people read or hear from nextring, in one place.
 *
 * Written to stay in one GSM-7 segment where the facts allow it, so plain letters only.
 * Results live in the arena.
 * Pure. Threads: any.
 */
#ifndef RULES_WORDS_H
#define RULES_WORDS_H

#include <stdbool.h>

#include "base/arena.h"
#include "base/span.h"
#include "model/roster.h"
#include "model/rows.h"

/* What a text is about; empty spans leave their part out. */
struct words_about {
    struct span business, customer, job, tag, name, body, link;
    struct span customer_name; /* read before the number, and spoken in place of it */
    bool is_crew;              /* the customer is none, but of the job's crew */
};

/* Texts to operators. */
struct span words_forward_text(struct arena *arena, const struct words_about *a);
struct span words_forward_call(struct arena *arena, const struct words_about *a);
struct span words_forward_job(struct arena *arena, const struct words_about *a);
struct span words_transcript(struct arena *arena, struct span text); /* what a voicemail says */
struct span words_no_key(void); /* the same of an unknown caller who pressed no key */
struct span words_menu_took(struct arena *arena, const struct words_about *a);
struct span words_missed_call(void); /* the body of a call's relay, as it is raised */
struct span words_fallback_call(struct arena *arena, int seconds); /* the same, taken meanwhile */
/* A customer's words as a relay has them: with a count of photos, and that they come late. */
struct span words_body(struct arena *arena, struct span words, int photos, bool late);
/* To an operator who signs in to the pages by a code. */
struct span words_sign_in(struct arena *arena, struct span business, struct span code);
struct span words_no_photo(void);
struct span words_joined(struct arena *arena, const struct words_about *a);
struct span words_exhausted(struct arena *arena, const struct words_about *a);
struct span words_idle(struct arena *arena, const struct words_about *a);
struct span words_passed_on(struct arena *arena, const struct words_about *a); /* name */
struct span words_taken(struct arena *arena, const struct words_about *a);     /* name */
struct span words_yours(struct arena *arena, const struct words_about *a);
/* What he has to do who takes a call that way: "press 1". */
struct span words_accept(enum accept accept);
struct span words_prealert(struct arena *arena, const struct words_about *a, enum accept accept);
struct span words_you_missed(struct arena *arena, const struct words_about *a);
struct span words_no_text_there(struct arena *arena, const struct words_about *a); /* a landline */
struct span words_not_delivered(struct arena *arena, const struct words_about *a);
struct span words_unknown_tag(struct arena *arena, const struct words_about *a);
struct span words_which(struct arena *arena, struct span choices);      /* a reply waits */
struct span words_which_take(struct arena *arena, struct span choices); /* an ok waits */
struct span words_not_placed(struct arena *arena, struct span words);
struct span words_echo(struct arena *arena, const struct words_about *a); /* body */
struct span words_nobody_wrote(struct arena *arena);
struct span words_none_waits(void);
struct span words_needs_mark(struct arena *arena, struct span choices, struct span command);
struct span words_command_or_text(struct arena *arena, struct span word);
struct span words_confirm(struct arena *arena, struct span command, struct span tag);
struct span words_not_confirmed(struct arena *arena, struct span command);
struct span words_nothing_asked(void); /* a choice that is none of them */
struct span words_chosen_too_late(void);
struct span words_nothing_waits(struct arena *arena, const struct words_about *a);
struct span words_done(struct arena *arena, const struct words_about *a);
struct span words_menu(void);
struct span words_locked(struct arena *arena, const struct words_about *a);      /* link */
struct span words_lock_notice(struct arena *arena, const struct words_about *a); /* name */
struct span words_stopped(struct arena *arena, const struct words_about *a);
/* Of duty: `until` is a time for people, empty for "until he says otherwise". */
struct span words_who(struct arena *arena, struct span names, struct span next);
struct span words_on(struct arena *arena, struct span until);
struct span words_off(struct arena *arena, struct span until);
struct span words_away(struct arena *arena, struct span until);
struct span words_back(struct arena *arena, bool on_duty);
/* ... told to him when somebody else has set it; `state` is the name of his. */
struct span words_duty_order(struct arena *arena, const char *state, struct span by,
                             struct span time);
struct span words_swapped(struct arena *arena, struct span name, struct span until);
struct span words_swapped_to(struct arena *arena, struct span name, struct span until);
struct span words_no_swap(struct arena *arena);
/* Of a shift that begins: `until` may be empty. */
struct span words_shift(struct arena *arena, struct span business, struct span until,
                        struct span link);
struct span words_shift_confirmed(struct arena *arena, struct span until);
struct span words_shift_unconfirmed(struct arena *arena, struct span name);
struct span words_nobody_left(void); /* added to any of these */
struct span words_short_talk(struct arena *arena, const struct words_about *a);
struct span words_cannot_text(struct arena *arena, const struct words_about *a);
/* Texts to customers. */
struct span words_missed_you(struct arena *arena, const struct words_about *a);
struct span words_closed_text(struct arena *arena, const struct words_about *a);
/* Spoken. */
/* Digits one by one, so that a voice reads a number and no sum. */
struct span words_spelled(struct arena *arena, struct span number);
/* The customer's name, or else his number spelled. */
struct span words_customer(struct arena *arena, const struct words_about *a);
struct span words_screen(struct arena *arena, const struct words_about *a);
struct span words_screen_again(void);
struct span words_voicemail(struct arena *arena, const struct words_about *a);
struct span words_closed(struct arena *arena, const struct words_about *a);
struct span words_too_late(struct arena *arena, struct span name);
struct span words_recorded(void);
/* What the operators are told of it; `seconds` -1: not known. */
struct span words_voicemail_of(struct arena *arena, int seconds);
/* Of the static scripts that answer when none of ours does; `plain`: for a host that fills
 * nothing in. */
struct span words_fallback_closed(void);
struct span words_fallback_text(bool plain);
struct span words_still_trying(bool texts); /* with the choice of a text, or without */
struct span words_texted(void);

/* Whose phone rang at the same time: `name` has the call. */
struct span words_call_taken(struct arena *arena, const struct words_about *a);
/* A reply whose fate nobody knows. */
struct span words_not_known(struct arena *arena, const struct words_about *a);

/* What the calls that we make say: one reads a text out, one calls a customer back. Of the first,
 * the last line is what he is asked: whoever must shorten it cuts above that. */
enum words_spoken {
    WORDS_SPOKEN_TEXT,      /* business, customer, job, body: the text, and the keys */
    WORDS_SPOKEN_AGAIN,     /* no key, or another one */
    WORDS_SPOKEN_YOURS,     /* customer */
    WORDS_SPOKEN_PASSED,    /* he passed it on */
    WORDS_SPOKEN_TAKEN,     /* name: who has it */
    WORDS_SPOKEN_ELSEWHERE, /* it is not with him */
    WORDS_SPOKEN_GOODBYE,
    WORDS_SPOKEN_CALL_BACK,       /* business, customer, job; its last line is asked again */
    WORDS_SPOKEN_CALL_BACK_AGAIN, /* no key, or another one */
    WORDS_SPOKEN_BUSY,            /* customer: of the call back to him */
    WORDS_SPOKEN_NO_ANSWER,
    WORDS_SPOKEN_UNREACHED,
    WORDS_SPOKEN_TALKED,  /* customer: the call back to him was answered, and short */
    WORDS_SPOKEN_SETTLED, /* the key that says that he was talked with */
    WORDS_SPOKEN_KEY,     /* business: of an unknown caller */
    WORDS_SPOKEN_KEY_AGAIN,
    WORDS_SPOKEN_MENU_WAITING, /* business, body (of the number): to an operator who calls */
    WORDS_SPOKEN_MENU_BACK,    /* business, body (of the number) */
    WORDS_SPOKEN_MENU_NOBODY,  /* business: neither waits anybody nor is there one to call back */
    WORDS_SPOKEN_MENU_REFUSED, /* body: why the customer cannot be called */
    WORDS_SPOKEN_MENU_HOLD,
    WORDS_SPOKENS
};
struct span words_spoken(struct arena *arena, enum words_spoken what, const struct words_about *a);

#endif
