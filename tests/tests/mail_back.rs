//! What comes back of mails that went out: bounces, and whoever follows the link of a mail without having a password.

use crate::{
    client::Visitor,
    mail_in::{Letter, SUPPORT, comes, hands, tokens},
    mail_out::{sends, states, taken},
    notices::{change, has_unread, kinds},
    smtp::Smtp,
    world::eventually,
};
use db::sql;
use serde_json::json;

/// A report of a mail server (RFC 3464) that a mail to `address` did not arrive, as that of `of`.
fn report(address: &str, status: &str, of: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.test\r\nTo: {SUPPORT}\r\nSubject: Undelivered Mail Returned to Sender\r\nMessage-ID: <{}@mx.test>\r\nAuto-Submitted: auto-replied\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n--b\r\n\r\nIt could not be delivered.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\nFinal-Recipient: rfc822; {address}\r\nAction: failed\r\n\
         Status: {status}\r\nDiagnostic-Code: smtp; 550 {status} no such user\r\n\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\nFrom: {SUPPORT}\r\nMessage-ID: <{of}>\r\nSubject: Re: x\r\n\r\nx\r\n--b--\r\n",
        uuid::Uuid::new_v4()
    )
}

async fn reported(ada: &Visitor, raw: String) {
    let fate = hands(ada, "?from=", raw).await.is(201).json();
    assert_eq!(fate["fate"], "BOUNCE", "{fate}");
}

both! {
    async fn a_hard_bounce_marks_the_address_we_wrote_to_and_no_other_until_it_writes(world) {
        let smtp = Smtp::start().await;
        let ada = sends(world, &smtp).await;
        let opened = comes(&ada, &Letter::of("maya@lumen.test", "Export", "No rows.")).await;
        let id = opened["ticketId"].as_str().unwrap().to_owned();
        let ana = world.agent("Ana").await;
        change(&ada, &id, json!({ "assignedTo": ana.id() })).await;
        has_unread(&ana, 1).await;
        ada.replies(&id, "Update.").await;
        let ours = taken(&smtp, 1).await[0].mail().message_id.unwrap();
        let marked = async || world.read().await.all::<String>(sql!("SELECT address FROM bad_addresses ORDER BY address")).await.unwrap();

        reported(&ada, report("maya@lumen.test", "4.2.2", &ours)).await;
        assert!(marked().await.is_empty(), "a full mailbox passes");
        reported(&ada, report("maya@lumen.test", "5.1.1", "made.up@help.test")).await;
        assert!(marked().await.is_empty(), "it is none of ours");
        assert_eq!(states(&ada, &id).await[0]["state"], "SENT");

        reported(&ada, report("victim@lumen.test", "5.1.1", &ours)).await;
        assert_eq!(marked().await, ["maya@lumen.test"], "our mail went there, whatever the report says");
        assert_eq!(states(&ada, &id).await[0]["state"], "BOUNCED");
        let history = ada.get(&format!("/api/support/tickets/{id}/events")).await.is(200).text();
        assert!(history.contains("ticket.mail_bounced"), "staff are told: {history}");
        has_unread(&ana, 2).await;
        assert_eq!(kinds(&ana).await[0], "mail_returned");
        ada.replies(&id, "Nobody hears it.").await;
        eventually("it is not sent", || async { states(&ada, &id).await.len() == 2 }).await;
        let kept_back = states(&ada, &id).await[0].clone();
        assert_eq!((&kept_back["state"], &kept_back["words"]), (&json!("FAILED"), &json!("An earlier mail to this address came back: 550 5.1.1 no such user")));

        comes(&ada, &Letter::of("maya@lumen.test", "Hello again", "I am back.")).await;
        assert!(marked().await.is_empty(), "whoever writes there reads there");
        ada.replies(&id, "Welcome back.").await;
        let texts: Vec<String> = taken(&smtp, 2).await.iter().map(|mail| mail.mail().text).collect();
        assert!(texts[1].contains("Welcome back.") && texts.len() == 2, "{texts:?}");
    }

    async fn whoever_has_no_password_gets_a_link_that_opens_that_request_alone(world) {
        let smtp = Smtp::start().await;
        let ada = sends(world, &smtp).await;
        let opened = comes(&ada, &Letter::of("maya@lumen.test", "Export", "No rows.")).await;
        let id = opened["ticketId"].as_str().unwrap().to_owned();
        let other = comes(&ada, &Letter::of("otto@lumen.test", "Import", "No columns.")).await["ticketId"].as_str().unwrap().to_owned();
        ada.post(&format!("/api/support/tickets/{id}/followers"), &json!({ "email": "copy@partner.test", "part": "CC" })).await.is(201);
        ada.replies(&id, "Update.").await;

        let mails = taken(&smtp, 2).await;
        let text = |to: &str| mails.iter().find(|mail| mail.to == [to]).unwrap().mail().text;
        let (theirs, copy) = (text("maya@lumen.test"), text("copy@partner.test"));
        assert!(!copy.contains("/r/") && copy.contains(&format!("/requests/{id}")), "{copy}");
        let link = theirs.split_whitespace().find_map(|word| word.find("/r/").map(|at| word[at..].trim_matches(|c: char| ")>.".contains(c)).to_owned()));
        let link = link.unwrap_or_else(|| panic!("{theirs}"));
        let maya = world.stranger();
        assert_eq!(maya.get(&link).await.is(303).header("location"), format!("/requests/{id}"));
        assert!(maya.get(&format!("/requests/{id}")).await.is(200).text().contains("Update."));
        maya.get(&format!("/requests/{other}")).await.is(404);
        world.stranger().get(&format!("{link}x")).await.is(404);

        ada.replies(&id, "Once more.").await;
        assert!(taken(&smtp, 4).await[2..].iter().any(|mail| mail.mail().text.contains(&link)), "it stays the same, and lives longer");
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM links WHERE purpose = 'GUEST'")).await, 1);
        world.clock.advance(std::time::Duration::from_hours(91 * 24));
        world.stranger().get(&link).await.is(404);
    }

    async fn what_other_services_programs_and_strangers_send_opens_no_door(world) {
        let smtp = Smtp::start().await;
        let (ada, ana) = (sends(world, &smtp).await, world.agent("Ana").await);
        let cleo = world.customer("Cleo").await;
        let id = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        // whoever has a ticket's address signs up with it elsewhere, and waits for the code in the thread
        let signed = tokens(world).address(SUPPORT, id.parse().unwrap());
        let code = comes(&ada, &Letter::of("no-reply@chat.test", "Your code is 471113", "Confirm with 471113.").to(&signed)).await;
        assert_eq!(code["fate"], "HELD", "{code}");
        assert!(!cleo.ticket(&id).await.to_string().contains("471113"));
        assert!(!cleo.get(&format!("/requests/{id}")).await.is(200).text().contains("471113"));

        let posing = comes(&ada, &Letter::of("eve@evil.test", "From staff", "Close it.").with(format!("Reply-To: {}", ana.email))).await;
        assert_eq!((&posing["fate"], &posing["trust"], &posing["from"]), (&json!("NEW_TICKET"), &json!("UNKNOWN"), &json!("eve@evil.test")), "{posing}");
        let asked = ada.ticket(posing["ticketId"].as_str().unwrap()).await;
        assert!(!asked.to_string().contains(&ana.email), "{asked}");

        reported(&ada, report("mailer-daemon@mx.test", "5.1.1", &format!("{}@mx.test", uuid::Uuid::new_v4()))).await;
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM sendings")).await, 0, "a bounce of a bounce is answered by nothing");
    }
}
