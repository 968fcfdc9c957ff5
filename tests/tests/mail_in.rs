//! Mail that comes: each has one fate, whoever sends it; what joins a ticket and what is held at it.

use crate::{
    client::{Told, Visitor},
    world::World,
};
use db::sql;
use mail::{Tokens, Verdict};
use serde_json::{Value, json};
use std::fmt::Write as _;
use tickets::TicketId;

pub const SUPPORT: &str = "support@help.test";
const HOST: &str = "mx.help.test";

/// A mail about to be written.
#[derive(Clone)]
pub struct Letter {
    pub from: String,
    pub to: String,
    pub subject: String,
    pub id: String,
    pub more: Vec<String>,
    pub text: String,
}

impl Letter {
    pub fn of(from: &str, subject: &str, text: &str) -> Self {
        Self {
            from: from.to_owned(),
            to: SUPPORT.to_owned(),
            subject: subject.to_owned(),
            id: format!("{}@elsewhere.test", uuid::Uuid::new_v4()),
            more: Vec::new(),
            text: text.to_owned(),
        }
    }

    pub fn to(mut self, to: &str) -> Self {
        to.clone_into(&mut self.to);
        self
    }

    pub fn with(mut self, line: impl Into<String>) -> Self {
        self.more.push(line.into());
        self
    }

    pub fn proven(self, verdict: Verdict) -> Self {
        match verdict {
            Verdict::Pass => self.with(format!("Authentication-Results: {HOST}; dmarc=pass")),
            Verdict::Fail => self.with(format!("Authentication-Results: {HOST}; dmarc=fail")),
            Verdict::Neutral => self,
        }
    }

    pub fn raw(&self) -> String {
        let mut raw = String::new();
        for line in &self.more {
            writeln!(raw, "{line}\r").unwrap();
        }
        write!(raw, "From: {}\r\nTo: {}\r\nSubject: {}\r\nDate: Thu, 26 Nov 2026 10:00:00 +0000\r\n", self.from, self.to, self.subject).unwrap();
        if !self.id.is_empty() {
            write!(raw, "Message-ID: <{}>\r\n", self.id).unwrap();
        }
        write!(raw, "\r\n{}\r\n", self.text).unwrap();
        raw
    }
}

/// Hands over raw bytes.
pub async fn hands(who: &Visitor, query: &str, raw: impl Into<Vec<u8>>) -> Told {
    who.send(who.request("POST", &format!("/api/mail/inbound{query}")).header("content-type", "message/rfc822").body(raw.into())).await
}

/// Hands over a mail and answers what became of it.
pub async fn comes(who: &Visitor, letter: &Letter) -> Value {
    hands(who, "", letter.raw()).await.is(201).json()
}

/// An admin with a mailbox that believes its host.
pub async fn mailbox(world: &World) -> Visitor {
    let ada = world.admin("Ada").await;
    ada.post("/api/mail/mailboxes", &json!({ "address": SUPPORT, "name": "Support", "isOn": true, "authservId": HOST })).await.is(201);
    ada
}

pub fn tokens(world: &World) -> Tokens {
    Tokens::new(world.app.secret)
}

async fn fates(world: &World) -> i64 {
    world.count(sql!("SELECT COUNT(*) FROM mails")).await
}

both! {
    async fn a_stranger_opens_a_ticket_and_whoever_takes_part_joins_it(world) {
        let ada = mailbox(world).await;
        let letter = Letter::of("Maya Okafor <Maya@Lumen.test>", "Export is empty", "Hello,\r\n\r\nthe export has no rows.\r\n\r\n-- \r\nMaya");
        let opened = comes(&ada, &letter).await;
        assert_eq!((&opened["fate"], &opened["trust"]), (&json!("NEW_TICKET"), &json!("UNKNOWN")), "{opened}");
        let ticket = ada.ticket(opened["ticketId"].as_str().unwrap()).await;
        assert_eq!(ticket["title"], "Export is empty");
        assert_eq!(ticket["channel"], "email");
        assert_eq!(ticket["user"]["email"], "maya@lumen.test");
        assert_eq!(ticket["messages"][0]["content"], "Hello,\n\nthe export has no rows.", "without the signature");
        let raw = ada.get(&format!("/api/mail/{}/source", opened["id"].as_str().unwrap())).await.is(200);
        assert_eq!(raw.text(), letter.raw(), "as it came");
        assert!(raw.header("content-disposition").starts_with("attachment"));

        let answer = Letter::of("maya@lumen.test", "Re: Export is empty", "Now it has.").with(format!("In-Reply-To: <{}>", letter.id));
        let joined = comes(&ada, &answer).await;
        assert_eq!((&joined["fate"], &joined["rule"], &joined["ticketId"]), (&json!("JOINED"), &json!("FOREIGN_ID"), &opened["ticketId"]), "{joined}");
        let again = comes(&ada, &answer).await;
        assert_eq!((&again["fate"], &again["ticketId"]), (&json!("DUPLICATE"), &opened["ticketId"]), "{again}");
        assert_eq!(ada.ticket(opened["ticketId"].as_str().unwrap()).await["messages"].as_array().unwrap().len(), 2);
    }

    async fn every_rule_of_threading_asks_how_far_the_sender_is_trusted(world) {
        let ada = mailbox(world).await;
        let cleo = world.customer("Cleo").await;
        let (other, ana) = (world.customer("Otto").await, world.agent("Ana").await);
        let first = Letter::of(&cleo.email, "First", "Words.");
        let opened = comes(&ada, &first).await;
        let ticket: TicketId = opened["ticketId"].as_str().unwrap().parse().unwrap();
        let number = opened["ticketNumber"].as_i64().unwrap();
        let tokens = tokens(world);
        let sending = uuid::Uuid::now_v7();
        let stranger = "nobody@nowhere.test".to_owned();
        // who, how proven, and the fate by the rules ADDRESS, OWN_ID, FOREIGN_ID, MARKER, SUBJECT
        let table: [(&str, Verdict, [&str; 5]); 8] = [
            (&cleo.email, Verdict::Neutral, ["JOINED"; 5]),
            (&cleo.email, Verdict::Pass, ["JOINED"; 5]),
            (&cleo.email, Verdict::Fail, ["HELD"; 5]),
            (&other.email, Verdict::Neutral, ["HELD", "HELD", "NEW_TICKET", "HELD", "NEW_TICKET"]),
            (&stranger, Verdict::Neutral, ["HELD", "HELD", "NEW_TICKET", "HELD", "NEW_TICKET"]),
            (&stranger, Verdict::Fail, ["HELD"; 5]),
            (&ana.email, Verdict::Neutral, ["HELD"; 5]),
            (&ana.email, Verdict::Pass, ["JOINED"; 5]),
        ];
        for (n, (from, verdict, fates)) in table.into_iter().enumerate() {
            for (rule, fate) in ["ADDRESS", "OWN_ID", "FOREIGN_ID", "MARKER", "SUBJECT"].into_iter().zip(fates) {
                let letter = Letter::of(from, "Something else", &format!("Row {n} of {rule}.")).proven(verdict);
                let letter = match rule {
                    "ADDRESS" => letter.to(&tokens.address(SUPPORT, ticket)),
                    "OWN_ID" => letter.with(format!("References: <x@y> <{}>", tokens.message_id("help.test", ticket, sending))),
                    "FOREIGN_ID" => letter.with(format!("In-Reply-To: <{}>", first.id)),
                    "MARKER" => Letter { text: format!("{}\r\n\r\n> Text of ours {}", letter.text, tokens.marker(ticket)), ..letter },
                    _ => Letter { subject: format!("Re: {} Something", mail::subject_mark(number)), ..letter },
                };
                let before = ada.ticket(&ticket.to_string()).await["messages"].as_array().unwrap().len();
                let told = comes(&ada, &letter).await;
                assert_eq!(told["fate"], fate, "{from} {verdict:?} by {rule}: {told}");
                let thread = ada.ticket(&ticket.to_string()).await["messages"].as_array().unwrap().clone();
                let is_there = told["ticketId"] == json!(ticket);
                match fate {
                    "JOINED" => assert!(is_there && told["rule"] == rule && thread.len() == before + 1 && thread.last().unwrap()["internal"] == false, "{told}"),
                    // what nothing ties to the ticket but a guess is held apart from it
                    "HELD" if is_there => assert!(thread.len() == before + 1 && thread.last().unwrap()["internal"] == true, "{told}"),
                    "HELD" => assert!(thread.len() == before && told["ticketId"].is_null(), "{told}"),
                    _ => assert!(thread.len() == before && told["looksLike"] == json!(ticket), "{told}"),
                }
            }
        }
        let seen = cleo.ticket(&ticket.to_string()).await;
        assert!(!seen.to_string().contains("Row 3") && !seen.to_string().contains("Row 4") && !seen.to_string().contains("Row 6"), "{seen}");
    }

    async fn a_held_mail_is_let_in_with_one_click(world) {
        let ada = mailbox(world).await;
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let opened = comes(&ada, &Letter::of(&cleo.email, "First", "Words.")).await;
        let ticket = opened["ticketId"].as_str().unwrap().to_owned();
        let to = tokens(world).address(SUPPORT, ticket.parse().unwrap());
        let held = comes(&ada, &Letter::of("Zoe <zoe@elsewhere.test>", "Re: First", "I am her colleague.").to(&format!("{to}, boss@elsewhere.test")).with("Cc: third@elsewhere.test")).await;
        assert_eq!(held["fate"], "HELD");
        assert!(!cleo.ticket(&ticket).await.to_string().contains("colleague"));
        let people = world.count(sql!("SELECT COUNT(*) FROM ticket_people WHERE ticket_id = $1", ticket.parse::<uuid::Uuid>().unwrap())).await;
        assert_eq!(people, 1, "a stranger adds no copies");
        let id = held["id"].as_str().unwrap();
        cleo.post(&format!("/api/mail/{id}/let-in"), &json!({})).await.is(404);
        let path = format!("/api/mail/{id}/let-in");
        let none = json!({});
        let both = tokio::join!(ana.post(&path, &none), ada.post(&path, &none));
        let (first, late) = if both.0.status == 200 { both } else { (both.1, both.0) };
        let told = first.is(200).json();
        assert_eq!(told["fate"], "JOINED", "{told}");
        assert!(["Ana", "Ada"].contains(&told["letInBy"].as_str().unwrap()), "{told}");
        // whoever was a moment later hears that it is in, or that it was already: it is in once
        assert!([200, 409].contains(&late.status.as_u16()), "{}", late.text());
        let said = world.count(sql!("SELECT COUNT(*) FROM messages WHERE is_internal = FALSE AND source LIKE '%colleague%'")).await;
        assert_eq!(said, 1);
        assert!(cleo.ticket(&ticket).await.to_string().contains("colleague"));
        let next = comes(&ada, &Letter::of("zoe@elsewhere.test", "Re: First", "One more thing.").to(&to)).await;
        assert_eq!((&next["fate"], &next["trust"]), (&json!("JOINED"), &json!("PARTICIPANT")), "{next}");
        ana.post(&format!("/api/mail/{id}/let-in"), &json!({})).await.is(409);
        ada.post(&format!("/api/mail/{id}/replay"), &json!({})).await.is(409);
    }

    async fn what_programs_write_opens_nothing_and_wakes_nobody(world) {
        let ada = mailbox(world).await;
        let cleo = world.customer("Cleo").await;
        let opened = comes(&ada, &Letter::of(&cleo.email, "First", "Words.")).await;
        let ticket = opened["ticketId"].as_str().unwrap().to_owned();
        let version = ada.ticket(&ticket).await["version"].as_i64().unwrap();
        ada.put(&format!("/api/support/tickets/{ticket}"), &json!({ "status": "RESOLVED", "version": version })).await.is(200);
        let away = Letter::of(&cleo.email, "Out of office: Re: First", "I am away until Monday.").with("Auto-Submitted: auto-replied").to(&tokens(world).address(SUPPORT, ticket.parse().unwrap()));
        let told = comes(&ada, &away).await;
        assert_eq!((&told["fate"], &told["ticketId"]), (&json!("AUTOMATIC"), &json!(ticket)), "{told}");
        let after = ada.ticket(&ticket).await;
        assert_eq!(after["status"], "RESOLVED");
        assert_eq!(after["messages"].as_array().unwrap().last().unwrap()["internal"], true);
        let alone = comes(&ada, &Letter::of("news@shop.test", "Offers", "Buy.").with("List-Unsubscribe: <mailto:x@shop.test>").with("Precedence: bulk")).await;
        assert_eq!((&alone["fate"], &alone["ticketId"]), (&json!("AUTOMATIC"), &Value::Null), "{alone}");
        let own = comes(&ada, &Letter::of(SUPPORT, "Loop", "Round and round.")).await;
        assert_eq!((&own["fate"], &own["ticketId"]), (&json!("HELD"), &Value::Null), "{own}");
        let spam = comes(&ada, &Letter::of("x@spam.test", "Win", "Win.").with("X-Spam-Flag: YES")).await;
        assert_eq!(spam["fate"], "SPAM", "{spam}");
        ada.post(&format!("/api/mail/{}/let-in", spam["id"].as_str().unwrap()), &json!({})).await.is(200);
    }

    async fn a_mail_without_an_id_matches_nothing_and_is_a_ticket_all_the_same(world) {
        let ada = mailbox(world).await;
        for (n, raw) in [
            "From: a@b.test\r\nSubject: One\r\nMessage-ID: <>\r\n\r\nFirst".to_owned(),
            "From: a@b.test\r\nSubject: Two\r\nIn-Reply-To: <>\r\nReferences: <> \r\n\r\nSecond".to_owned(),
            "From: a@b.test\r\nSubject: Three\r\nIn-Reply-To: \r\n\r\nThird".to_owned(),
            "Subject: nobody\r\n\r\nNo From".to_owned(),
            "From: Just A Name\r\nSubject: no address\r\n\r\nNo at".to_owned(),
            "no header at all".to_owned(),
            "From: c@d.test\r\nDate: Mon, 1 Jan 2050 00:00:00 +0000\r\nSubject: \u{0}\r\n\r\nNUL \u{0} within".to_owned(),
            format!("From: e@f.test\r\nSubject: {}\r\n\r\nLong", "x".repeat(20_000)),
        ].into_iter().enumerate() {
            let told = hands(&ada, "", raw).await.is(201).json();
            assert_eq!(told["fate"], "NEW_TICKET", "{n}: {told}");
        }
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM tickets")).await, 8);
    }

    async fn the_same_mail_to_two_mailboxes_is_one_ticket_and_a_used_id_is_not_the_same_mail(world) {
        let ada = mailbox(world).await;
        ada.post("/api/mail/mailboxes", &json!({ "address": "billing@help.test", "name": "Billing", "isOn": true })).await.is(201);
        let letter = Letter::of("maya@lumen.test", "Both", "To both of you.").to("support@help.test, billing@help.test");
        let (raw, ada) = (letter.raw(), &ada);
        let ways = [format!("?to={SUPPORT}"), "?to=billing@help.test".to_owned()];
        let (one, two) = tokio::join!(hands(ada, &ways[0], raw.clone()), hands(ada, &ways[1], raw));
        let mut fates = [one.is(201).json()["fate"].as_str().unwrap().to_owned(), two.is(201).json()["fate"].as_str().unwrap().to_owned()];
        fates.sort();
        assert_eq!(fates, ["DUPLICATE", "NEW_TICKET"]);
        let reused = comes(ada, &Letter { text: "Other words.".to_owned(), ..letter }).await;
        assert_eq!(reused["fate"], "NEW_TICKET", "{reused}");
    }

    async fn a_dry_run_keeps_nothing(world) {
        let ada = mailbox(world).await;
        let letter = Letter::of("maya@lumen.test", "Dry", "Words.");
        let told = hands(&ada, "?dry_run=1", letter.raw()).await.is(200).json();
        assert_eq!((&told["fate"], &told["mail"]["subject"]), (&json!("NEW_TICKET"), &json!("Dry")), "{told}");
        assert_eq!((fates(world).await, world.count(sql!("SELECT COUNT(*) FROM tickets")).await), (0, 0));
    }

    async fn bad_input_is_told(world) {
        let ada = mailbox(world).await;
        let raw = Letter::of("a@b.test", "x", "y").raw();
        ada.post("/api/mail/inbound", &json!({})).await.is(415);
        hands(&ada, "", Vec::new()).await.is(422);
        hands(&ada, "?nope=1", raw.clone()).await.is(422);
        hands(&world.stranger(), "", raw.clone()).await.is(401);
        hands(&world.agent("Ana").await, "", raw).await.is(403);
        ada.get("/api/mail/nothing").await.is(404);
        for body in [json!({}), json!({ "address": "nope", "name": "x" }), json!({ "address": "a+b@c.test", "name": "x" }), json!({ "address": "a@c.test", "name": "x", "mostAnHour": 0 }), json!({ "address": SUPPORT, "name": "x" })] {
            ada.post("/api/mail/mailboxes", &body).await.is(422);
        }
    }

    async fn a_bomb_is_held_by_brakes_and_everybody_else_gets_through(world) {
        let ada = mailbox(world).await;
        let mut held = 0;
        for n in 0..40 {
            held += i64::from(comes(&ada, &Letter::of("bomb@evil.test", &format!("Bomb {n}"), &format!("Bomb {n}"))).await["fate"] == "HELD");
        }
        assert_eq!(held, 9, "30 an hour of one address, and one more that fills the measure");
        let mut alike = 0;
        for n in 0..10 {
            alike += i64::from(comes(&ada, &Letter { from: format!("a{n}@evil.test"), ..Letter::of("", "Same", "The same.") }).await["fate"] == "HELD");
        }
        assert_eq!(alike, 0, "what differs in its author is not the same");
        assert_eq!(comes(&ada, &Letter::of("maya@lumen.test", "Real", "Real.")).await["fate"], "NEW_TICKET");
        let page = ada.get("/api/mail?fate=HELD&limit=5").await.is(200).json();
        assert_eq!(page["items"].as_array().unwrap().len(), 5);
        let rest = ada.get(&format!("/api/mail?fate=HELD&limit=5&cursor={}", page["nextCursor"].as_str().unwrap())).await.is(200).json();
        assert_eq!((rest["items"].as_array().unwrap().len(), &rest["nextCursor"]), (4, &Value::Null));
    }
}
