#include "simapi/sim_price.h"

enum { MINUTE_MS = 60000, CALL_IN = 85, CALL_OUT = 140, RECORDED = 25, SEGMENT = 79, MEDIA = 200 };

int64_t sim_price_minutes(int64_t ms)
{
    return (ms + MINUTE_MS - 1) / MINUTE_MS;
}

int64_t sim_price_of_leg(const struct sim_leg *leg)
{
    if (!leg->answered_ms || !leg->ended_ms)
        return 0;
    return sim_price_minutes(leg->ended_ms - leg->answered_ms) *
           (leg->direction == SIM_INBOUND ? CALL_IN : CALL_OUT);
}

int64_t sim_price_of_text(const struct sim_text *text)
{
    if (text->automatic || !text->sent_ms)
        return 0;
    return text->media_count ? MEDIA : (int64_t)SEGMENT * (text->segments < 1 ? 1 : text->segments);
}

int64_t sim_price_of_recording(const struct sim_recording *recording)
{
    return sim_price_minutes(recording->seconds * 1000) * RECORDED;
}
