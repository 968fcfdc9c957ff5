//! The words of our mails: a subject and a Markdown text with variables, for each kind and language. What is not written
//! differently by an admin stands here.

use crate::{SendKind, stale};
use db::{Conn, Tx, sql};
use kernel::{Actor, Fault, Result};
use richtext::variables;
use serde_json::json;
use uuid::Uuid;

/// What the journal calls the templates.
const TEMPLATES: Uuid = Uuid::from_u128(0x5e77_1265_0000_7000_8000_0000_0000_0002);

/// The words of one kind of mail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// Its subject; the number of the ticket stands before it by itself.
    pub subject: String,
    /// Its text, Markdown; `{{content}}` stands for the message.
    pub text: String,
}

/// What the program says in a language: the line before the address of the request, and the first answer's subject and text.
struct Spoken {
    language: &'static str,
    whole: &'static str,
    subject: &'static str,
    text: &'static str,
}

/// The languages that the program's own words are written in; the first is that of all others.
#[rustfmt::skip]
const SPOKEN: [Spoken; 9] = [
    Spoken { language: "en", whole: "The whole request:", subject: "We have your request",
        text: "Hello,\n\nthank you for writing. Your request has the number {{ticket.number}}, and somebody will answer it by mail.\n\nTo add something, reply to this mail." },
    Spoken { language: "de", whole: "Die ganze Anfrage:", subject: "Ihre Anfrage ist da",
        text: "Guten Tag,\n\ndanke für Ihre Nachricht. Ihre Anfrage hat die Nummer {{ticket.number}}, jemand antwortet Ihnen per E-Mail.\n\nWenn Sie etwas ergänzen möchten, antworten Sie auf diese E-Mail." },
    Spoken { language: "fr", whole: "Toute la demande :", subject: "Nous avons reçu votre demande",
        text: "Bonjour,\n\nmerci pour votre message. Votre demande porte le numéro {{ticket.number}} ; quelqu’un vous répondra par e-mail.\n\nPour ajouter quelque chose, répondez à cet e-mail." },
    Spoken { language: "es", whole: "La solicitud completa:", subject: "Hemos recibido su solicitud",
        text: "Hola:\n\nGracias por escribirnos. Su solicitud tiene el número {{ticket.number}} y alguien le responderá por correo.\n\nPara añadir algo, responda a este correo." },
    Spoken { language: "it", whole: "La richiesta completa:", subject: "Abbiamo ricevuto la sua richiesta",
        text: "Buongiorno,\n\ngrazie per averci scritto. La sua richiesta ha il numero {{ticket.number}}; riceverà una risposta per e-mail.\n\nPer aggiungere qualcosa, risponda a questa e-mail." },
    Spoken { language: "nl", whole: "De hele aanvraag:", subject: "Wij hebben uw aanvraag ontvangen",
        text: "Hallo,\n\nbedankt voor uw bericht. Uw aanvraag heeft nummer {{ticket.number}}; iemand antwoordt u per e-mail.\n\nWilt u iets toevoegen, beantwoord dan deze e-mail." },
    Spoken { language: "pt", whole: "O pedido completo:", subject: "Recebemos o seu pedido",
        text: "Olá,\n\nobrigado pela sua mensagem. O seu pedido tem o número {{ticket.number}} e alguém responderá por e-mail.\n\nPara acrescentar algo, responda a este e-mail." },
    Spoken { language: "pl", whole: "Całe zgłoszenie:", subject: "Otrzymaliśmy zgłoszenie",
        text: "Dzień dobry,\n\ndziękujemy za wiadomość. Zgłoszenie ma numer {{ticket.number}}; odpowiedź przyjdzie e-mailem.\n\nAby coś dodać, wystarczy odpowiedzieć na tę wiadomość." },
    Spoken { language: "sv", whole: "Hela ärendet:", subject: "Vi har fått ditt ärende",
        text: "Hej,\n\ntack för ditt meddelande. Ditt ärende har nummer {{ticket.number}} och någon svarar dig via e-post.\n\nVill du lägga till något svarar du på det här mejlet." },
];

impl Words {
    /// Those of the program, in a language that it has words of, else in English.
    pub fn of_program(kind: SendKind, language: &str) -> Self {
        let primary = language.split('-').next().unwrap_or_default();
        let [english, ..] = &SPOKEN;
        let spoken = SPOKEN.iter().find(|spoken| spoken.language == primary).unwrap_or(english);
        let (subject, text) = match kind {
            SendKind::Reply => {
                ("{{ticket.title}}", format!("{{{{content}}}}\n\n{{{{agent.name}}}}\n{{{{brand.name}}}}\n\n{} {{{{ticket.url}}}}", spoken.whole))
            }
            SendKind::FirstAnswer => (spoken.subject, format!("{}\n\n{{{{brand.name}}}}\n\n{} {{{{ticket.url}}}}", spoken.text, spoken.whole)),
            SendKind::System => ("{{subject}}", "{{content}}".to_owned()),
        };
        Self { subject: subject.to_owned(), text }
    }
}

/// What may be filled in where. A first answer says nothing that its receiver wrote: it could be sent to anybody in their name.
pub const fn known(kind: SendKind) -> &'static [(&'static str, &'static str)] {
    match kind {
        SendKind::Reply => &[
            ("content", "The message"),
            ("recipient.first_name", "First name of whoever gets the mail"),
            ("recipient.name", "Their whole name"),
            ("ticket.number", "Number of the ticket, like #1042"),
            ("ticket.title", "Subject of the ticket"),
            ("ticket.url", "Address of the request’s page"),
            ("agent.name", "Name of whoever answers"),
            ("agent.first_name", "Their first name"),
            ("brand.name", "Name of this help center"),
        ],
        SendKind::FirstAnswer => &[
            ("ticket.number", "Number of the ticket, like #1042"),
            ("ticket.url", "Address of the request’s page"),
            ("brand.name", "Name of this help center"),
        ],
        SendKind::System => &[("content", "The letter"), ("subject", "Its subject"), ("brand.name", "Name of this help center")],
    }
}

impl Words {
    /// Those that count for a language: as an admin wrote them for it, else for all, else those of the program in it.
    pub async fn of(conn: &mut Conn, kind: SendKind, language: &str) -> Result<Self> {
        let tag = language.to_lowercase();
        let primary = tag.split('-').next().unwrap_or_default().to_owned();
        let written: Option<(String, String)> = conn
            .first(sql!(
                "SELECT subject, text FROM mail_templates WHERE kind = $1 AND language IN ($2, $3, '') ORDER BY LENGTH(language) DESC LIMIT 1",
                kind,
                tag,
                primary
            ))
            .await?;
        Ok(written.map_or_else(|| Self::of_program(kind, &language.to_lowercase()), |(subject, text)| Self { subject, text }))
    }
}

/// Characters of a subject and of a text.
pub(crate) const SUBJECT: usize = 150;
pub(crate) const TEXT: usize = 10_000;

impl Words {
    /// What is wrong with them for a kind, by field.
    pub fn check(&self, kind: SendKind) -> Result<()> {
        let known = known(kind);
        let in_subject: Vec<(&str, &str)> = known.iter().filter(|(name, _)| *name != "content").copied().collect();
        if let Some(wrong) = variables::unknown(&self.subject, &in_subject) {
            return Err(Fault::field("subject", wrong));
        }
        if let Some(wrong) = variables::unknown(&self.text, known) {
            return Err(Fault::field("text", wrong));
        }
        let places = variables::parts(&self.text, "content").len() - 1;
        if kind != SendKind::FirstAnswer && places != 1 {
            return Err(Fault::field("text", "{{content}} must stand in it once: the message goes there."));
        }
        Ok(())
    }

    /// Counts changes of what an admin wrote for a language; 0: nothing.
    pub async fn version(conn: &mut Conn, kind: SendKind, language: &str) -> Result<i64> {
        Ok(conn.first(sql!("SELECT version FROM mail_templates WHERE kind = $1 AND language = $2", kind, language)).await?.unwrap_or(0))
    }

    /// Writes them for a language. `version`: that was read; somebody who was faster is not overwritten.
    pub async fn save(&self, tx: &mut Tx, actor: &Actor, kind: SendKind, language: &str, version: i64) -> Result<()> {
        self.check(kind)?;
        let query = sql!(
            "INSERT INTO mail_templates (kind, language, subject, text, version) VALUES ($1, $2, $3, $4, 1)
             ON CONFLICT (kind, language) DO UPDATE SET subject = excluded.subject, text = excluded.text, version = mail_templates.version + 1
             WHERE mail_templates.version = $5",
            kind,
            language,
            &self.subject,
            &self.text,
            version
        );
        if tx.run(query).await? == 0 {
            return Err(stale("the words for this language"));
        }
        record(tx, actor, "mail_template.saved", kind, language).await
    }

    /// Forgets what was written for a language.
    pub async fn forget(tx: &mut Tx, actor: &Actor, kind: SendKind, language: &str) -> Result<()> {
        if tx.run(sql!("DELETE FROM mail_templates WHERE kind = $1 AND language = $2", kind, language)).await? == 1 {
            record(tx, actor, "mail_template.removed", kind, language).await?;
        }
        Ok(())
    }

    /// For which languages an admin wrote words, of all kinds; empty: for all that have none of their own.
    pub async fn written(conn: &mut Conn) -> Result<Vec<(SendKind, String)>> {
        Ok(conn.all(sql!("SELECT kind, language FROM mail_templates ORDER BY kind, language")).await?)
    }
}

async fn record(tx: &mut Tx, actor: &Actor, event: &'static str, kind: SendKind, language: &str) -> Result<()> {
    Ok(tx.record(actor.event(event, ("mail_template", TEMPLATES), true, json!({ "kind": kind, "language": language }))).await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_of_the_program_hold_in_every_language_and_english_is_for_all_others() {
        for spoken in &SPOKEN {
            for kind in [SendKind::Reply, SendKind::FirstAnswer, SendKind::System] {
                let words = Words::of_program(kind, spoken.language);
                words.check(kind).unwrap();
                assert_eq!(words, Words::of_program(kind, &format!("{}-x", spoken.language)));
                assert_eq!(kind != SendKind::System, words.text.contains("{{ticket.url}}"));
            }
        }
        assert_eq!(Words::of_program(SendKind::FirstAnswer, "tlh"), Words::of_program(SendKind::FirstAnswer, "en"));
        assert!(Words::of_program(SendKind::FirstAnswer, "de-at").text.contains("danke"));
    }
}
