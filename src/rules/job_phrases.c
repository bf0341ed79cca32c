#include "rules/job_phrases.h"

#include <string.h>

#include "base/buf.h"
#include "base/check.h"

enum { LANGUAGES = 4, WEEK = 7, PHRASE_BYTES = 2048 };

/* clang-format off */
static const char codes[LANGUAGES][JOB_LANGUAGE_SIZE] = {"en", "es", "de", "fr"};

static const char *const days[LANGUAGES][WEEK] = {
    {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"},
    {"domingo", "lunes", "martes", "miércoles", "jueves", "viernes", "sábado"},
    {"Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"},
    {"dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi"},
};

static const char *const phrases[JOB_PHRASES][LANGUAGES] = {
    [JOB_PHRASE_CLAIM]     = {"Claim it", "Aceptar", "Annehmen", "Accepter"},
    [JOB_PHRASE_START]     = {"Start", "Empezar", "Beginnen", "Commencer"},
    [JOB_PHRASE_COMPLETE]  = {"Complete", "Terminar", "Abschließen", "Terminer"},
    [JOB_PHRASE_CALL]      = {"Call the customer", "Llamar al cliente", "Kunden anrufen", "Appeler le client"},
    [JOB_PHRASE_TEXT]      = {"Text the customer", "Escribir al cliente", "Kunden schreiben", "Écrire au client"},
    [JOB_PHRASE_HAND_OVER] = {"Hand over", "Pasar a otro", "Übergeben", "Transmettre"},
    [JOB_PHRASE_GIVE_BACK] = {"Give back", "Devolver", "Zurückgeben", "Rendre"},
    [JOB_PHRASE_NOTE]  = {"Note (may stay empty)", "Nota (puede quedar vacía)", "Notiz (darf leer bleiben)", "Note (facultative)"},
    [JOB_PHRASE_WORDS] = {"Your words", "Su mensaje", "Ihre Nachricht", "Votre message"},
    [JOB_PHRASE_TO]    = {"To", "A", "An", "À"},
    [JOB_PHRASE_WHY]   = {"Why", "Motivo", "Grund", "Motif"},
    [JOB_PHRASE_SEND]  = {"Send", "Enviar", "Senden", "Envoyer"},
    [JOB_PHRASE_BACK]  = {"Back to the job", "Volver al trabajo", "Zurück zum Auftrag", "Retour au travail"},
    [JOB_PHRASE_MAP]   = {"Map", "Mapa", "Karte", "Carte"},
    [JOB_PHRASE_JOB]   = {"Job {name}", "Trabajo {name}", "Auftrag {name}", "Travail {name}"},
    [JOB_PHRASE_CUSTOMER] = {"For {name}", "Para {name}", "Für {name}", "Pour {name}"},
    [JOB_PHRASE_READER] = {"This link is for {name} alone.", "Este enlace es solo para {name}.", "Dieser Link ist nur für {name}.", "Ce lien est réservé à {name}."},
    [JOB_PHRASE_PENDING]   = {"Waits for somebody to do it.", "Espera a que alguien lo haga.", "Wartet auf jemanden, der ihn übernimmt.", "Attend que quelqu'un s'en charge."},
    [JOB_PHRASE_UNCLAIMED] = {"Not claimed yet.", "Nadie lo ha aceptado todavía.", "Noch nicht angenommen.", "Pas encore accepté."},
    [JOB_PHRASE_CLAIMED]   = {"Claimed by {name} at {time}.", "Aceptado por {name} a las {time}.", "Angenommen von {name} um {time}.", "Accepté par {name} à {time}."},
    [JOB_PHRASE_STARTED]   = {"Started by {name} at {time}.", "Empezado por {name} a las {time}.", "Begonnen von {name} um {time}.", "Commencé par {name} à {time}."},
    [JOB_PHRASE_STARTED_AT]   = {"Started at {time}.", "Empezado a las {time}.", "Begonnen um {time}.", "Commencé à {time}."},
    [JOB_PHRASE_COMPLETED]    = {"Completed by {name} at {time}.", "Terminado por {name} a las {time}.", "Abgeschlossen von {name} um {time}.", "Terminé par {name} à {time}."},
    [JOB_PHRASE_COMPLETED_AT] = {"Completed at {time}.", "Terminado a las {time}.", "Abgeschlossen um {time}.", "Terminé à {time}."},
    [JOB_PHRASE_CANCELLED_AT] = {"Cancelled at {time}.", "Anulado a las {time}.", "Abgesagt um {time}.", "Annulé à {time}."},
    [JOB_PHRASE_HANDED]   = {"Handed over to {name} at {time}.", "Pasado a {name} a las {time}.", "An {name} übergeben um {time}.", "Transmis à {name} à {time}."},
    [JOB_PHRASE_YOU]      = {"you", "usted", "Ihnen", "vous"},
    [JOB_PHRASE_ON_DAY]   = {"{time} on {name}", "{time} del {name}", "{time} am {name}", "{time} {name}"},
    [JOB_PHRASE_DAYS_AGO] = {"{time}, {name} days ago", "{time}, hace {name} días", "{time}, vor {name} Tagen", "{time}, il y a {name} jours"},
    [JOB_PHRASE_EXPIRED]   = {"This link has expired.", "Este enlace ha caducado.", "Dieser Link ist abgelaufen.", "Ce lien a expiré."},
    [JOB_PHRASE_NOT_KEPT]  = {"This job is no longer kept.", "Este trabajo ya no se guarda.", "Dieser Auftrag ist nicht mehr gespeichert.", "Ce travail n'est plus conservé."},
    [JOB_PHRASE_OFF_JOB]   = {"You are on this job no more.", "Usted ya no está en este trabajo.", "Sie sind nicht mehr bei diesem Auftrag.", "Vous n'êtes plus sur ce travail."},
    [JOB_PHRASE_NOT_GIVEN] = {"It has been given to nobody yet.", "Todavía no se ha dado a nadie.", "Noch niemandem gegeben.", "Il n'a encore été confié à personne."},
    [JOB_PHRASE_NOT_NOW]   = {"The job's state does not allow it now.", "El estado del trabajo no lo permite ahora.", "Der Stand des Auftrags erlaubt es jetzt nicht.", "L'état du travail ne le permet pas maintenant."},
    [JOB_PHRASE_NO_CUSTOMER] = {"The job has no number of the customer.", "El trabajo no tiene número del cliente.", "Der Auftrag hat keine Nummer des Kunden.", "Le travail n'a pas de numéro du client."},
    [JOB_PHRASE_NOBODY]    = {"There is nobody to hand it to now.", "Ahora no hay nadie a quien pasarlo.", "Niemand ist jetzt da, der ihn übernehmen kann.", "Personne ne peut le prendre maintenant."},
    [JOB_PHRASE_MALFORMED] = {"The form is malformed.", "El formulario no es válido.", "Das Formular ist ungültig.", "Le formulaire n'est pas valable."},
    [JOB_PHRASE_NO_ACTION] = {"There is no such action.", "Esa acción no existe.", "Diese Aktion gibt es nicht.", "Cette action n'existe pas."},
    [JOB_PHRASE_TOO_LONG]  = {"Your words are too long: 1500 characters are the most.", "Su mensaje es demasiado largo: 1500 caracteres como máximo.", "Ihr Text ist zu lang: höchstens 1500 Zeichen.", "Votre texte est trop long : 1500 caractères au plus."},
    [JOB_PHRASE_NO_WORDS]  = {"There are no words. Go back and write some.", "No hay texto. Vuelva y escriba algo.", "Der Text fehlt. Gehen Sie zurück und schreiben Sie ihn.", "Il n'y a pas de texte. Revenez en arrière et écrivez-le."},
    [JOB_PHRASE_NO_TARGET] = {"To whom is not said. Go back and choose.", "No se dice a quién. Vuelva y elija.", "Es fehlt, an wen. Gehen Sie zurück und wählen Sie.", "Il manque à qui. Revenez en arrière et choisissez."},
    [JOB_PHRASE_UNKNOWN_TARGET] = {"There is nobody of that name to hand it to.", "No hay nadie con ese nombre a quien pasarlo.", "Es gibt niemanden dieses Namens, der ihn übernehmen kann.", "Personne de ce nom ne peut le prendre."},
    [JOB_PHRASE_NO_NUMBER] = {"There is no number that can be texted.", "No hay ningún número al que escribir.", "Es gibt keine Nummer, der man schreiben kann.", "Il n'y a pas de numéro à qui écrire."},
    [JOB_PHRASE_STOPPED]   = {"The customer has said STOP and cannot be texted. Call.", "El cliente ha dicho STOP y no se le puede escribir. Llame.", "Der Kunde hat STOP gesagt und kann keine Texte erhalten. Rufen Sie an.", "Le client a dit STOP et ne peut recevoir de texte. Appelez."},
    [JOB_PHRASE_BUSY]      = {"This cannot be done now: the records cannot be reached. Try again in a minute.", "Ahora no es posible: no se puede acceder a los datos. Inténtelo en un minuto.", "Das geht jetzt nicht: Die Daten sind nicht erreichbar. Versuchen Sie es in einer Minute.", "Impossible maintenant : les données sont inaccessibles. Réessayez dans une minute."},
    [JOB_PHRASE_DID_CLAIM]    = {"The job is yours.", "El trabajo es suyo.", "Der Auftrag ist Ihrer.", "Le travail est à vous."},
    [JOB_PHRASE_DID_START]    = {"Started.", "Empezado.", "Begonnen.", "Commencé."},
    [JOB_PHRASE_DID_HAND]     = {"Handed over. This link only shows that now.", "Pasado. Este enlace ya solo lo muestra.", "Übergeben. Dieser Link zeigt nur noch das.", "Transmis. Ce lien ne montre plus que cela."},
    [JOB_PHRASE_DID_COMPLETE] = {"Completed. Thank you.", "Terminado. Gracias.", "Abgeschlossen. Danke.", "Terminé. Merci."},
    [JOB_PHRASE_DID_RETURN]   = {"Given back: whoever is on duty is told.", "Devuelto: se avisa a quien está de guardia.", "Zurückgegeben: Wer Dienst hat, erfährt es.", "Rendu : la personne de garde est prévenue."},
    [JOB_PHRASE_DID_TEXT]     = {"Sent to the customer, from the business's number.", "Enviado al cliente, desde el número de la empresa.", "An den Kunden gesendet, von der Nummer des Betriebs.", "Envoyé au client, depuis le numéro de l'entreprise."},
    [JOB_PHRASE_DID_CALL]     = {"Your phone rings now: press 1 to be connected.", "Su teléfono suena ahora: pulse 1 para hablar.", "Ihr Telefon klingelt jetzt: Drücken Sie 1, um verbunden zu werden.", "Votre téléphone sonne : appuyez sur 1 pour être mis en relation."},
    [JOB_PHRASE_DID_BEFORE]   = {"Done already: this form has been sent before.", "Ya está hecho: este formulario se envió antes.", "Schon geschehen: Dieses Formular wurde bereits gesendet.", "C'est déjà fait : ce formulaire a déjà été envoyé."},
};
/* clang-format on */

static size_t index_of(struct span language)
{
    size_t i = LANGUAGES - 1;

    while (i > 0 && !span_is_text(language, codes[i]))
        i--;
    return i;
}

struct span job_phrases_language(const struct job *job, const char *who)
{
    const int i = job_crew_find(job, span_of(who));
    const char *own = i >= 0 ? job->crew[i].language : "";

    return span_of(job_phrases_code(span_of(own[0] ? own : job->language)));
}

const char *job_phrases_code(struct span language)
{
    return codes[index_of(language)];
}

const char *job_phrases_text(struct span language, enum job_phrase phrase)
{
    return phrases[phrase][index_of(language)];
}

const char *job_phrases_day(struct span language, int day)
{
    CHECK(day >= 0 && day < WEEK);
    return days[index_of(language)][day];
}

/* U+200E, U+200F, U+202A to U+202E and U+2066 to U+2069, all of three bytes. */
static bool turns(const char *at, size_t left)
{
    if (left < 3)
        return false;
    const unsigned char last = (unsigned char)at[2];
    if (memcmp(at, "\xe2\x80", 2) == 0)
        return last == 0x8e || last == 0x8f || (last >= 0xaa && last <= 0xae);
    return memcmp(at, "\xe2\x81", 2) == 0 && last >= 0xa6 && last <= 0xa9;
}

static void add_name(struct buf *out, struct span name)
{
    for (size_t i = 0; i < name.size; i++)
        if (turns(name.data + i, name.size - i))
            i += 2;
        else
            buf_add_char(out, name.data[i]);
}

const char *job_phrases_say(struct arena *arena, struct span language, enum job_phrase phrase,
                            struct span name, const char *time)
{
    static const char name_field[] = "{name}", time_field[] = "{time}";
    struct buf out = buf_in(arena, PHRASE_BYTES);

    for (const char *at = job_phrases_text(language, phrase); *at;) {
        if (strncmp(at, name_field, sizeof name_field - 1) == 0) {
            add_name(&out, name);
            at += sizeof name_field - 1;
        } else if (strncmp(at, time_field, sizeof time_field - 1) == 0) {
            buf_add_text(&out, time);
            at += sizeof time_field - 1;
        } else {
            buf_add_char(&out, *at++);
        }
    }
    return arena_text(arena, buf_span(&out));
}
