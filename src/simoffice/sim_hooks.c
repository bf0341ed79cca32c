#include "simoffice/sim_hooks.h"

void sim_hooks_judge(struct sim_api *a, const struct sim_hooks *h, bool elsewhere)
{
    if (elsewhere)
        return;
    if (h->voice_fallback_url[0] && !h->voice_url[0])
        sim_api_refuse(a, 400, 21405, "Cannot set VoiceFallbackUrl without setting VoiceUrl");
    if (h->sms_fallback_url[0] && !h->sms_url[0])
        sim_api_refuse(a, 400, 21406, "Cannot set SmsFallbackUrl without setting SmsUrl");
}
