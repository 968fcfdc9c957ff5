//! `support doctor`: looks at everything the program needs and says what to do.

use super::{Place, say};
use crate::Error;
use clap::Args;
use serde_json::json;

#[derive(Args)]
pub(super) struct Doctor {
    /// Show the mails that wait because no mail server is configured
    #[arg(long)]
    outbox: bool,
    /// Answer as JSON
    #[arg(long)]
    json: bool,
}

/// One thing that was looked at.
struct Finding {
    what: &'static str,
    is_well: bool,
    words: String,
}

impl Doctor {
    pub(super) async fn run(self, place: &Place) -> Result<(), Error> {
        if self.outbox { self.show_outbox(place).await } else { self.check(place).await }
    }

    async fn show_outbox(&self, place: &Place) -> Result<(), Error> {
        let db = place.database().await?;
        let mails = accounts::mail::outbox(&mut db.read().await?, 200).await?;
        db.close().await;
        if self.json {
            let mails: Vec<_> = mails.iter().map(|mail| json!({ "at": mail.at, "to": mail.to, "subject": mail.subject, "text": mail.text })).collect();
            return say(json!(mails).to_string());
        }
        if mails.is_empty() {
            return say("No mail waits.");
        }
        for mail in mails {
            say(format!("{}\nTo: {}\nSubject: {}\n\n{}\n--", mail.at, mail.to, mail.subject, mail.text))?;
        }
        Ok(())
    }

    async fn check(&self, place: &Place) -> Result<(), Error> {
        let findings = look(place).await;
        let is_well = findings.iter().all(|finding| finding.is_well);
        if self.json {
            let list: Vec<_> = findings.iter().map(|finding| json!({ "what": finding.what, "ok": finding.is_well, "detail": finding.words })).collect();
            say(json!({ "ok": is_well, "checks": list }).to_string())?;
        } else {
            for finding in &findings {
                say(format!("{} {:<14} {}", if finding.is_well { "ok  " } else { "FAIL" }, finding.what, finding.words))?;
            }
        }
        if is_well { Ok(()) } else { Err(Error::Refused("Something needs attention, see above.".to_owned())) }
    }
}

async fn look(place: &Place) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut note =
        |what, outcome: Result<String, String>| findings.push(Finding { what, is_well: outcome.is_ok(), words: outcome.unwrap_or_else(|words| words) });
    let config = match place.config() {
        Ok(config) => config,
        Err(error) => {
            note("configuration", Err(error.to_string()));
            return findings;
        }
    };
    note("configuration", Ok(format!("reached at {}", config.public_url)));
    let opened = match crate::open(&config, db::Clock::default()).await {
        Ok(opened) => opened,
        Err(error) => {
            note("database", Err(format!("{error}. Check --data and --database-url.")));
            return findings;
        }
    };
    let engine = if opened.app.db.engine() == db::Engine::Sqlite { "SQLite" } else { "PostgreSQL" };
    note("database", Ok(format!("{engine}, schema up to date")));
    let probe = config.data.join(".doctor");
    let written = std::fs::write(&probe, b"x").and_then(|()| std::fs::remove_file(&probe));
    note("data folder", written.map(|()| config.data.display().to_string()).map_err(|error| format!("{} can't be written: {error}", config.data.display())));
    note("files", if config.s3.is_some() { Ok("in a bucket".to_owned()) } else { Ok("in the data folder".to_owned()) });
    note("search", searched(&opened.app).await);
    if let Ok(mut conn) = opened.app.db.read().await {
        let admin = accounts::Person::has_admin(&mut conn).await.unwrap_or(false);
        note(
            "administrator",
            if admin {
                Ok("there is one".to_owned())
            } else {
                Err("nobody yet: start 'support serve' and open the link it prints, or 'support user add … --role admin --password-stdin'".to_owned())
            },
        );
        let (held, dead) = (jobs::count(&mut conn, "held").await.unwrap_or(0), jobs::count(&mut conn, "dead").await.unwrap_or(0));
        note("mail", Ok(format!("no mail server is configured; {held} mails wait, see 'support doctor --outbox'")));
        note("jobs", if dead == 0 { Ok("none failed for good".to_owned()) } else { Err(format!("{dead} failed for good: see /admin/jobs")) });
    }
    opened.app.db.close().await;
    findings
}

/// The index beside the database.
async fn searched(app: &web::App) -> Result<String, String> {
    let compared = search::compare(app).await.map_err(|fault| fault.to_string())?;
    let Some(found) = compared else { return Ok("no index yet: it is built when the server starts".to_owned()) };
    if found.is_equal() {
        return Ok(format!("the index has all {} things as they are", found.things));
    }
    let search::Compared { things, missing, stale, surplus } = found;
    Err(format!("of {things} things the index lacks {missing} and has {stale} as they were, and {surplus} that are gone: run 'support reindex'"))
}
