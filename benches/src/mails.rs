//! Mails of 30 KB, as an office program makes them: text and HTML, an answer above a long history. How many are read, and how
//! many are taken in: stored, read, and written as tickets.

use crate::{
    Outcome,
    report::{figure, line, median},
    requests::on_each,
    server::config,
};
use kernel::Actor;
use mail::{Fate, Mailbox, Origin, Via, Wish};
use std::{fmt::Write as _, sync::Arc, time::Instant};

/// Mails taken in, by so many transports at once.
const TAKEN: usize = 1_200;
const TRANSPORTS: usize = 8;

/// Mails taken in a second, on each engine that is there: of as many people, each with words of its own. A host of ours has
/// said whether they are authentic, so no name server is asked.
pub(crate) async fn intake() -> Outcome<()> {
    on_each(async |name, database| {
        let folder = tempfile::tempdir()?;
        let data = folder.path().to_str().ok_or("the folder has a strange name")?;
        let app = support::open(&config(data, &database), db::Clock::default()).await?.app;
        let mut tx = app.db.write().await?;
        let address = "support@shop.example".to_owned();
        let wish = Wish {
            address,
            name: "Support".to_owned(),
            is_on: true,
            team_id: None,
            authserv_id: "mx.shop.example".to_owned(),
            most_an_hour: 1_000_000,
            version: None,
        };
        let mailbox = Mailbox::add(&mut tx, &Actor::system("Bench"), &wish).await?;
        tx.commit().await?;
        let text = Arc::new(String::from_utf8(raw())?);
        let began = Instant::now();
        let transports = (0..TRANSPORTS).map(|transport| {
            let (app, text) = (app.clone(), Arc::clone(&text));
            tokio::spawn(async move {
                let origin = Origin { mailbox: Some(mailbox.id), via: Via::Imap, envelope_from: None, envelope_to: None, uid: None, client: None };
                for n in (transport..TAKEN).step_by(TRANSPORTS) {
                    let raw = text
                        .replace("anna@client.example>\r\nTo", &format!("anna{n}@client.example>\r\nTo"))
                        .replace("<a@", &format!("<a{n}@"))
                        .replace("run 7731", &format!("run {n}"));
                    let taken = mail::take(&app, &origin, raw.into()).await?;
                    if taken.fate != Some(Fate::NewTicket) {
                        return Err(format!("a mail became {:?}: {}", taken.fate, taken.reason).into());
                    }
                }
                Outcome::Ok(())
            })
        });
        for transport in transports.collect::<Vec<_>>() {
            transport.await??;
        }
        let rate = f64::from(u32::try_from(TAKEN)?) / began.elapsed().as_secs_f64();
        app.db.close().await;
        figure(&format!("{name}: mails of 30 KB taken in"), rate, "mails/s", 100.0, false);
        Ok(())
    })
    .await
}

const MAILS: u32 = 200;
const BYTES: usize = 30_000;

/// Mails a second on one core, the median of several rounds.
pub(crate) fn rate() {
    let raw = raw();
    line(&format!("       a mail of {} bytes", raw.len()));
    let mut rates = Vec::new();
    for _ in 0..9 {
        let began = Instant::now();
        for _ in 0..MAILS {
            let mail = mime::parse(&raw);
            assert!(mail.reply.starts_with("Good afternoon") && mail.reply.len() < 300, "not the mail that is meant");
        }
        rates.push(f64::from(MAILS) / began.elapsed().as_secs_f64());
    }
    figure("mail: parsed on one core", median(rates), "mails/s", 300.0, false);
}

fn raw() -> Vec<u8> {
    let history = "The evaluation run stopped at 98 % again, this time after the change of the model. Could you look at run 7731?";
    let (mut plain, mut html) = (String::new(), String::new());
    for n in 0.. {
        if plain.len() + html.len() > BYTES {
            break;
        }
        let _ = write!(plain, "> {n} {history}\r\n");
        let _ = write!(
            html,
            "<p class=3DMsoNormal style=3D\"margin:0cm\"><span style=3D\"font-size:11.0pt;=\r\nfont-family:&quot;Calibri&quot;\">{n} {history}<o:p></o:p></span></p>\r\n"
        );
    }
    let head = "<div style=3D\"border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm\"><p class=3DMsoNormal><b>From:</b> Support &lt;support@shop.example&gt;<br><b>Sent:</b> Monday, May 4, 2026 4:40 PM</p></div>";
    format!(
        "From: Anna Berg <anna@client.example>\r\nTo: support@shop.example\r\nSubject: =?utf-8?Q?Re:_R=C3=BCckfrage_[#1042-c]?=\r\nMessage-ID: <a@client.example>\r\nIn-Reply-To: <b@shop.example>\r\nReferences: <c@shop.example> <b@shop.example>\r\nDate: Mon, 4 May 2026 17:00:00 +0200\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=\"x\"\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nGood afternoon,\r\n\r\nit happened once more.\r\n\r\nKind regards\r\nAnna\r\n\r\nOn Mon, 4 May 2026 at 16:40, Support <support@shop.example> wrote:\r\n{plain}\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html><body><div class=3DWordSection1><p class=3DMsoNormal>Good afternoon,</p><p class=3DMsoNormal>it happened once more.</p><p class=3DMsoNormal>Kind regards<br>Anna</p>{head}{html}</div></body></html>\r\n--x--\r\n"
    )
    .into_bytes()
}
