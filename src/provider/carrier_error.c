#include "provider/carrier_error.h"

#include <stddef.h>

/* clang-format off */
static const struct {
    int32_t code;
    const char *words;
} known[] = {
    {12100, "Our document could not be read"},
    {13224, "The number cannot be called"},
    {13225, "The carrier has blocked this number"},
    {13227, "Calls to this country are not switched on"},
    {20003, "The carrier does not accept our credentials"},
    {20429, "Too many requests at once"},
    {21210, "The number calls are made from is not one of the account's"},
    {21211, "The number is not valid"},
    {21212, "The sender's number is not valid"},
    {21214, "The number cannot be reached"},
    {21215, "Calls to this country are not switched on"},
    {21217, "The number is not valid"},
    {21219, "A trial account calls verified numbers only"},
    {21220, "The call was over already"},
    {21408, "Texts to this country are not switched on"},
    {21602, "The text was empty"},
    {21603, "The text had no sender"},
    {21604, "The text had no recipient"},
    {21606, "The sender's number cannot send texts"},
    {21608, "A trial account texts verified numbers only"},
    {21610, "This person wrote STOP: no text reaches them until they write START"},
    {21611, "Too many texts waited for this sender"},
    {21612, "This sender cannot reach that number"},
    {21614, "The number cannot get texts: it is a landline"},
    {21617, "The text was too long"},
    {21620, "The address of a photo was refused"},
    {21623, "Too many photos in one text"},
    {30001, "It waited too long to be sent"},
    {30002, "The account is suspended"},
    {30003, "The phone could not be reached: switched off, or without a signal"},
    {30004, "The phone or its provider blocks this text"},
    {30005, "The number is not in service"},
    {30006, "The number cannot get texts: a landline, or a provider that is out of reach"},
    {30007, "The provider held it back as unwanted"},
    {30008, "The provider did not say why"},
    {30009, "A part of the text was missing"},
    {30010, "It would have cost more than the limit"},
    {30011, "Photos are not supported for this number"},
    {30017, "The provider's network is congested"},
    {30018, "The provider wants the sender to be registered"},
    {30019, "The content was too big for the provider"},
    {30022, "More texts in a minute than the sender is registered for"},
    {30023, "The sender's daily limit is reached"},
    {30024, "The sender's number is not set up with the provider"},
    {30032, "The toll-free sender is not verified"},
    {30034, "The sender is not registered for business texts (10DLC)"},
    {30035, "The sender's registration is not complete"},
    {30036, "It could not be delivered before it expired"},
    {30410, "A provider on the way did not answer in time"},
    {30453, "Held back: it looked like many texts in a short time"},
    {31000, "The call failed for an unknown cause"},
    {32009, "The called person's line is not registered"},
    {63038, "The account's daily limit of texts is reached"},
};
/* clang-format on */

const char *carrier_error_words(int32_t code)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (known[i].code == code)
            return known[i].words;
    return NULL;
}
