#include "codec/phone.h"

#include <phonenumbers/phonenumberutil.h>
#include <phonenumbers/shortnumberinfo.h>

#include <algorithm>
#include <cstring>
#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;
using i18n::phonenumbers::ShortNumberInfo;

namespace
{

enum { EMERGENCY_MAX = 6 }; /* digits */
enum { TEXT_MAX = 64 };     /* longer than people write a number */

const PhoneNumberUtil &util()
{
    return *PhoneNumberUtil::GetInstance();
}

bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* The library reads words as keypad digits and takes a number out of what stands around it; on a
 * roster either is a slip. */
bool is_plausible(const std::string &text)
{
    return text.size() <= TEXT_MAX && std::none_of(text.begin(), text.end(), is_letter);
}

bool is_international(const std::string &text)
{
    return text.find('+') != std::string::npos;
}

phone_verdict verdict_of(PhoneNumberUtil::ErrorType error, const std::string &text)
{
    switch (error) {
    case PhoneNumberUtil::NO_PARSING_ERROR:
        return PHONE_GOOD;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE_ERROR:
        return is_international(text) ? PHONE_NOT_POSSIBLE : PHONE_NO_COUNTRY;
    case PhoneNumberUtil::NOT_A_NUMBER:
        return PHONE_NOT_A_NUMBER;
    case PhoneNumberUtil::TOO_SHORT_AFTER_IDD:
    case PhoneNumberUtil::TOO_SHORT_NSN:
        return PHONE_TOO_SHORT;
    case PhoneNumberUtil::TOO_LONG_NSN:
        return PHONE_TOO_LONG;
    }
    return PHONE_NOT_A_NUMBER;
}

/* Possible is enough: numbers are assigned faster than the library is updated. */
phone_verdict possible(const PhoneNumber &number)
{
    switch (util().IsPossibleNumberWithReason(number)) {
    case PhoneNumberUtil::IS_POSSIBLE:
        return PHONE_GOOD;
    case PhoneNumberUtil::IS_POSSIBLE_LOCAL_ONLY: /* no area code */
    case PhoneNumberUtil::TOO_SHORT:
        return PHONE_TOO_SHORT;
    case PhoneNumberUtil::TOO_LONG:
        return PHONE_TOO_LONG;
    case PhoneNumberUtil::INVALID_COUNTRY_CODE:
    case PhoneNumberUtil::INVALID_LENGTH:
        return PHONE_NOT_POSSIBLE;
    }
    return PHONE_NOT_POSSIBLE;
}

/* Emergency numbers are short; whatever is longer needs no look into those tables. */
bool is_emergency(const PhoneNumber &number, const std::string &written, const char *region)
{
    static const ShortNumberInfo short_numbers;
    std::string national, home;

    util().GetNationalSignificantNumber(number, &national);
    if (national.size() > EMERGENCY_MAX)
        return false;
    util().GetRegionCodeForCountryCode(number.country_code(), &home);
    return short_numbers.IsEmergencyNumber(national, home) ||
           short_numbers.IsEmergencyNumber(written, region);
}

phone_verdict judge(const PhoneNumber &number)
{
    if (number.has_extension()) /* E.164 cannot say it, and without it somebody else is rung */
        return PHONE_NOT_A_NUMBER;
    const phone_verdict verdict = possible(number);
    if (verdict != PHONE_GOOD)
        return verdict;
    const PhoneNumberUtil::PhoneNumberType type = util().GetNumberType(number);
    return type == PhoneNumberUtil::PREMIUM_RATE || type == PhoneNumberUtil::SHARED_COST
               ? PHONE_PREMIUM
               : PHONE_GOOD;
}

/* Numbers of country code 1, written with it or as people in the US write them, are most of what
 * is read, and have the dearest tables of all. Each has ten digits, and what costs more is in area
 * 900 or has the exchange 976 (there the tables are asked). test_phone walks all area codes. */
bool is_plain_north_american(const std::string &written, const char *region, std::string *e164)
{
    static const std::string between = "()-. ";
    const size_t from = written.compare(0, 2, "+1") == 0 ? 2 : 0;

    if (from == 0 && std::strcmp(region, "US") != 0)
        return false;
    *e164 = "+1";
    for (size_t i = from; i < written.size(); i++)
        if (written[i] >= '0' && written[i] <= '9')
            *e164 += written[i];
        else if (between.find(written[i]) == std::string::npos)
            return false;
    return e164->size() == 12 && (*e164)[2] >= '2' && e164->compare(2, 3, "900") != 0 &&
           e164->compare(5, 3, "976") != 0;
}

const char *region_or_none(const char *region)
{
    return region && *region ? region : "ZZ";
}

void copy_cut(const std::string &text, char *out, size_t room)
{
    const size_t size = std::min(text.size(), room - 1);

    std::memcpy(out, text.data(), size);
    out[size] = 0;
}

} // namespace

enum phone_verdict phone_parse(const char *text, size_t size, const char *region,
                               char out[PHONE_TEXT_SIZE])
{
    const std::string written(size ? text : "", size);
    PhoneNumber number;
    std::string e164;

    if (!is_plausible(written))
        return PHONE_NOT_A_NUMBER;
    if (is_plain_north_american(written, region_or_none(region), &e164)) {
        copy_cut(e164, out, PHONE_TEXT_SIZE);
        return PHONE_GOOD;
    }
    phone_verdict verdict =
        verdict_of(util().Parse(written, region_or_none(region), &number), written);
    if (verdict == PHONE_GOOD)
        verdict =
            is_emergency(number, written, region_or_none(region)) ? PHONE_EMERGENCY : judge(number);
    if (verdict != PHONE_GOOD && verdict != PHONE_PREMIUM)
        return verdict;
    util().Format(number, PhoneNumberUtil::E164, &e164);
    if (e164.size() >= PHONE_TEXT_SIZE)
        return PHONE_TOO_LONG;
    copy_cut(e164, out, PHONE_TEXT_SIZE);
    return verdict;
}

const char *phone_verdict_words(enum phone_verdict verdict)
{
    switch (verdict) {
    case PHONE_GOOD:
        return "is good";
    case PHONE_NOT_A_NUMBER:
        return "is not a phone number";
    case PHONE_NO_COUNTRY:
        return "has no country code";
    case PHONE_TOO_SHORT:
        return "is too short";
    case PHONE_TOO_LONG:
        return "is too long";
    case PHONE_NOT_POSSIBLE:
        return "cannot exist in its country";
    case PHONE_PREMIUM:
        return "is a premium-rate or shared-cost number";
    case PHONE_EMERGENCY:
        return "is an emergency number";
    case PHONE_VERDICTS:
        break;
    }
    return "is unknown";
}

void phone_pretty(const char *e164, const char *region, char out[32])
{
    PhoneNumber number;
    std::string pretty;

    if (util().Parse(e164, "ZZ", &number) != PhoneNumberUtil::NO_PARSING_ERROR) {
        copy_cut(e164, out, 32);
        return;
    }
    const bool own =
        phone_is_region(region) && util().GetCountryCodeForRegion(region) == number.country_code();
    util().Format(number, own ? PhoneNumberUtil::NATIONAL : PhoneNumberUtil::INTERNATIONAL,
                  &pretty);
    copy_cut(pretty, out, 32);
}

bool phone_facts_read(const char *e164, struct phone_facts *out)
{
    PhoneNumber number;
    std::string region, national;

    if (util().Parse(e164, "ZZ", &number) != PhoneNumberUtil::NO_PARSING_ERROR)
        return false;
    util().GetRegionCodeForNumber(number, &region);
    if (region == "ZZ")
        util().GetRegionCodeForCountryCode(number.country_code(), &region);
    util().Format(number, PhoneNumberUtil::NATIONAL, &national);
    out->calling_code = number.country_code();
    copy_cut(region.size() == 2 && region != "ZZ" ? region : "", out->region, sizeof out->region);
    copy_cut(national, out->national, sizeof out->national);
    return true;
}

bool phone_is_region(const char *region)
{
    return region && std::strlen(region) == 2 && region[0] >= 'A' && region[0] <= 'Z' &&
           region[1] >= 'A' && region[1] <= 'Z' && util().GetCountryCodeForRegion(region) != 0;
}
