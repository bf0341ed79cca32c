#include "model/alarm_kind.h"

#include <string.h>

enum { LANGUAGES = 4 };

/* clang-format off */
static const char *const codes[LANGUAGES] = {"en", "es", "de", "fr"};

static const struct row {
    const char *kind, *what[LANGUAGES];
} rows[] = {
    {"relay.exhausted", {"A customer waits: nobody on the chain has acknowledged",
        "Un cliente espera: nadie de la cadena ha contestado",
        "Ein Kunde wartet: niemand der Kette hat bestätigt",
        "Un client attend : personne de la chaîne n'a répondu"}},
    {"relay.nobody-on-duty", {"A customer waits: nobody is on duty",
        "Un cliente espera: no hay nadie de guardia",
        "Ein Kunde wartet: niemand hat Dienst",
        "Un client attend : personne n'est de garde"}},
    {"relay.flood", {"Too many customers wrote at once: some are passed on a little later",
        "Escribieron demasiados clientes a la vez: algunos se reenvían un poco más tarde",
        "Zu viele Kunden schrieben auf einmal: manche werden etwas später weitergegeben",
        "Trop de clients ont écrit à la fois : certains sont transmis un peu plus tard"}},
    {"relay.not-read-out", {"A customer's text could neither be texted nor read out to an operator",
        "El mensaje de un cliente no se pudo enviar ni leer a un operador",
        "Die Nachricht eines Kunden konnte einem Mitarbeiter weder geschickt noch vorgelesen werden",
        "Le message d'un client n'a pu être ni envoyé ni lu à un opérateur"}},
    {"text.not-delivered", {"A customer's text could not be delivered to an operator",
        "El mensaje de un cliente no llegó a un operador",
        "Die Nachricht eines Kunden kam bei einem Mitarbeiter nicht an",
        "Le message d'un client n'est pas arrivé chez un opérateur"}},
    {"text.reply-lost", {"A reply to a customer was not delivered",
        "Una respuesta a un cliente no llegó",
        "Eine Antwort an einen Kunden kam nicht an",
        "Une réponse à un client n'est pas arrivée"}},
    {"text.flood", {"One customer writes very many texts: they are held back",
        "Un cliente escribe muchísimos mensajes: se retienen",
        "Ein Kunde schreibt sehr viele Nachrichten: sie werden zurückgehalten",
        "Un client écrit un très grand nombre de messages : ils sont retenus"}},
    {"text.stray", {"A text came for a number that is on no roster",
        "Llegó un mensaje a un número que no está en ninguna lista",
        "Eine Nachricht kam für eine Nummer, die auf keiner Liste steht",
        "Un message est arrivé pour un numéro qui n'est sur aucune liste"}},
    {"call.stray", {"A call came for a number that is on no roster",
        "Llegó una llamada a un número que no está en ninguna lista",
        "Ein Anruf kam für eine Nummer, die auf keiner Liste steht",
        "Un appel est arrivé pour un numéro qui n'est sur aucune liste"}},
    {"call.missed", {"A call was missed",
        "Se perdió una llamada",
        "Ein Anruf wurde verpasst",
        "Un appel a été manqué"}},
    {"text.denied", {"The carrier refuses our credentials: a text or call waits until they are mended",
        "El operador telefónico rechaza nuestras credenciales: un mensaje o una llamada espera hasta que se arreglen",
        "Der Anbieter weist unsere Zugangsdaten ab: eine Nachricht oder ein Anruf wartet, bis sie stimmen",
        "L'opérateur téléphonique refuse nos identifiants : un message ou un appel attend qu'ils soient corrigés"}},
    {"text.unsure", {"It is not known whether a text or call has left: it is looked for",
        "No se sabe si un mensaje o una llamada salió: se está buscando",
        "Ob eine Nachricht oder ein Anruf hinausging, ist nicht bekannt: es wird gesucht",
        "On ne sait pas si un message ou un appel est parti : on le cherche"}},
    {"budget.over", {"The day's budget is reached: what is not urgent is not sent until tomorrow",
        "Se alcanzó el límite del día: lo que no es urgente no se envía hasta mañana",
        "Das Tagesbudget ist erreicht: was nicht dringend ist, geht erst morgen hinaus",
        "Le budget du jour est atteint : ce qui n'est pas urgent ne part que demain"}},
    {"text.forbidden", {"A text to a number that may not be written to was not sent",
        "No se envió un mensaje a un número al que no se puede escribir",
        "Eine Nachricht an eine Nummer, der nicht geschrieben werden darf, ging nicht hinaus",
        "Un message à un numéro auquel on ne peut pas écrire n'a pas été envoyé"}},
    {"call.forbidden", {"A call to a number that may not be dialled was not made",
        "No se hizo una llamada a un número que no se puede marcar",
        "Ein Anruf bei einer Nummer, die nicht gewählt werden darf, wurde nicht gemacht",
        "Un appel à un numéro interdit n'a pas été passé"}},
    {"shift.unconfirmed", {"A shift has begun and is not confirmed",
        "Un turno ha empezado y no está confirmado",
        "Eine Schicht hat begonnen und ist nicht bestätigt",
        "Une garde a commencé et n'est pas confirmée"}},
    {"operator.locked", {"An operator's phone is locked: too many wrong marks came from it",
        "El teléfono de un operador está bloqueado: envió demasiadas marcas equivocadas",
        "Das Telefon eines Mitarbeiters ist gesperrt: zu viele falsche Kürzel kamen von dort",
        "Le téléphone d'un opérateur est bloqué : trop de codes faux en sont venus"}},
    {"duty.gap", {"Nobody is on duty for some time",
        "Durante un tiempo no hay nadie de guardia",
        "Eine Zeit lang hat niemand Dienst",
        "Personne n'est de garde pendant un certain temps"}},
    {"operator.opted-out", {"An operator has said STOP, and can no longer be texted",
        "Un operador escribió STOP y ya no recibe mensajes",
        "Ein Mitarbeiter schrieb STOP und bekommt keine Nachrichten mehr",
        "Un opérateur a écrit STOP et ne reçoit plus de messages"}},
    {"user.locked", {"Somebody has tried many passwords",
        "Alguien ha probado muchas contraseñas",
        "Jemand hat viele Passwörter probiert",
        "Quelqu'un a essayé beaucoup de mots de passe"}},
    {"feed.refused", {"A calendar cannot be followed",
        "Un calendario no se puede seguir",
        "Einem Kalender kann nicht gefolgt werden",
        "Un calendrier ne peut pas être suivi"}},
    {"feed.unreachable", {"A calendar cannot be had",
        "Un calendario no se puede obtener",
        "Ein Kalender ist nicht zu bekommen",
        "Un calendrier est introuvable"}},
    {"roster.refused", {"A roster has mistakes: the last good one stays in force",
        "Una lista tiene errores: sigue valiendo la última buena",
        "Eine Liste hat Fehler: die letzte gute gilt weiter",
        "Une liste a des erreurs : la dernière bonne reste en vigueur"}},
    {"roster.unreachable", {"The roster cannot be had: the last good one stays in force",
        "La lista no se puede obtener: sigue valiendo la última buena",
        "Die Liste ist nicht zu bekommen: die letzte gute gilt weiter",
        "La liste est introuvable : la dernière bonne reste en vigueur"}},
    {"scripts.refused", {"Call scripts have mistakes: the last good ones stay in force",
        "Los guiones de llamada tienen errores: siguen valiendo los últimos buenos",
        "Anrufskripte haben Fehler: die letzten guten gelten weiter",
        "Les scripts d'appel ont des erreurs : les derniers bons restent en vigueur"}},
    {"publish.failed", {"What happened cannot be written back to where the roster is",
        "Lo ocurrido no se puede escribir donde está la lista",
        "Was geschah, kann nicht dorthin geschrieben werden, wo die Liste ist",
        "Ce qui s'est passé ne peut pas être écrit là où est la liste"}},
    {"carrier.away", {"The carrier cannot be reached",
        "No se llega al operador telefónico",
        "Der Anbieter ist nicht erreichbar",
        "L'opérateur téléphonique est injoignable"}},
    {"carrier.denied", {"The carrier refuses our API key",
        "El operador telefónico rechaza nuestra clave de API",
        "Der Anbieter weist unseren API-Schlüssel ab",
        "L'opérateur téléphonique refuse notre clé d'API"}},
    {"outbox.stalled", {"Texts and calls wait and do not leave",
        "Mensajes y llamadas esperan y no salen",
        "Nachrichten und Anrufe warten und gehen nicht hinaus",
        "Messages et appels attendent et ne partent pas"}},
    {"store.failing", {"Nothing can be stored",
        "No se puede guardar nada",
        "Nichts kann gespeichert werden",
        "Rien ne peut être enregistré"}},
    {"node.lost", {"A node has died",
        "Un nodo ha caído",
        "Ein Knoten ist ausgefallen",
        "Un nœud est tombé"}},
    {"clock.off", {"This machine's clock is wrong",
        "El reloj de esta máquina está mal",
        "Die Uhr dieser Maschine geht falsch",
        "L'horloge de cette machine est fausse"}},
    {"certificate.trouble", {"The TLS certificate ends soon, or is not right",
        "El certificado TLS acaba pronto o no es correcto",
        "Das TLS-Zertifikat läuft bald ab oder stimmt nicht",
        "Le certificat TLS expire bientôt ou n'est pas correct"}},
    {"alarm.not-heard", {"An alarm was read out by telephone, and nobody has said that he heard it",
        "Se leyó una alarma por teléfono y nadie confirmó haberla oído",
        "Ein Alarm wurde am Telefon vorgelesen, und niemand hat ihn bestätigt",
        "Une alarme a été lue au téléphone, et personne n'a confirmé l'avoir entendue"}},
    {"helper.gone", {"Commands of the configuration can no longer be run",
        "Las órdenes de la configuración ya no se pueden ejecutar",
        "Befehle der Konfiguration können nicht mehr ausgeführt werden",
        "Les commandes de la configuration ne peuvent plus être exécutées"}},
    {"line.report-only", {"A line takes webhooks that nobody has signed",
        "Una línea acepta webhooks que nadie ha firmado",
        "Eine Leitung nimmt Webhooks an, die niemand unterschrieben hat",
        "Une ligne accepte des webhooks que personne n'a signés"}},
    {"canary.missing", {"Texts that the business sends to itself do not come back",
        "Los mensajes que la empresa se envía a sí misma no vuelven",
        "Nachrichten, die der Betrieb sich selbst schickt, kommen nicht zurück",
        "Les messages que l'entreprise s'envoie à elle-même ne reviennent pas"}},
};

/* What stands around it. */
static const char *const alarm[LANGUAGES] = {"ALARM", "ALARMA", "ALARM", "ALARME"};
static const char *const unknown[LANGUAGES] = {
    "Something needs a look", "Algo necesita atención", "Etwas braucht Aufmerksamkeit",
    "Quelque chose demande attention"};
static const char *const more_before[LANGUAGES] = {" And ", " Y ", " Und ", " Et "};
static const char *const more_after[LANGUAGES] = {
    " more like it.", " más como esta.", " weitere dieser Art.", " de plus de ce genre."};
static const char *const tongues[LANGUAGES] = {"en-US", "es-MX", "de-DE", "fr-FR"};
static const char *const said[ALARM_KIND_SAIDS][LANGUAGES] = {
    [ALARM_KIND_ASKED] = {"Press 1 to say that you have heard it.",
        "Pulse 1 para decir que lo ha oído.",
        "Drücken Sie 1, um zu sagen, dass Sie es gehört haben.",
        "Appuyez sur 1 pour dire que vous l'avez entendu."},
    [ALARM_KIND_HEARD] = {"Thank you. Goodbye.", "Gracias. Adiós.", "Danke. Auf Wiederhören.",
        "Merci. Au revoir."},
    [ALARM_KIND_UNHEARD] = {"No key was pressed. Goodbye.", "No se pulsó ninguna tecla. Adiós.",
        "Es wurde keine Taste gedrückt. Auf Wiederhören.",
        "Aucune touche n'a été pressée. Au revoir."},
};
static const char *const alarm_said[LANGUAGES] = {"Alarm", "Alarma", "Alarm", "Alarme"};
/* clang-format on */

static int index_of(struct span language)
{
    for (int i = 0; i < LANGUAGES; i++)
        if (span_is_text(language, codes[i]))
            return i;
    return 0;
}

const char *alarm_kind_language(struct span language)
{
    return codes[index_of(language)];
}

const char *alarm_kind_what(struct arena *arena, const char *kind, const char *language)
{
    const int l = index_of(span_of(language));

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (strcmp(rows[i].kind, kind) == 0)
            return rows[i].what[l];
    return arena_printf(arena, "%s: %s", unknown[l], kind);
}

const char *alarm_kind_more(struct arena *arena, const char *language, int more)
{
    const int l = index_of(span_of(language));

    return more ? arena_printf(arena, "%s%d%s", more_before[l], more, more_after[l]) : "";
}

struct span alarm_kind_text(struct arena *arena, const char *language,
                            const struct alarm_kind_about *a)
{
    const int l = index_of(span_of(language));

    return span_of(arena_printf(arena, "%.*s %s: %s%s%.*s.%s %.*s", SPAN_ARG(a->whose), alarm[l],
                                alarm_kind_what(arena, a->kind, language),
                                a->detail.size ? ": " : "", SPAN_ARG(a->detail),
                                alarm_kind_more(arena, language, a->more), SPAN_ARG(a->board)));
}

const char *alarm_kind_tongue(const char *language)
{
    return tongues[index_of(span_of(language))];
}

const char *alarm_kind_said(const char *language, enum alarm_kind_said what)
{
    return said[what][index_of(span_of(language))];
}

/* Neither a detail nor an address: those are for reading. */
struct span alarm_kind_spoken(struct arena *arena, const char *language,
                              const struct alarm_kind_about *a)
{
    return span_of(arena_printf(
        arena, "%.*s. %s. %s.%s\n%s", SPAN_ARG(a->whose), alarm_said[index_of(span_of(language))],
        alarm_kind_what(arena, a->kind, language), alarm_kind_more(arena, language, a->more),
        alarm_kind_said(language, ALARM_KIND_ASKED)));
}
