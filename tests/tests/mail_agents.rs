//! Agents by mail: they answer, act by commands, and pass on what customers wrote to them; each proven to be them.

use crate::mail_in::{Letter, comes, mailbox, tokens};
use mail::Verdict;
use serde_json::json;

both! {
    async fn an_agent_answers_and_acts_by_mail(world) {
        let ada = mailbox(world).await;
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let opened = comes(&ada, &Letter::of(&cleo.email, "First", "Words.")).await;
        let ticket = opened["ticketId"].as_str().unwrap().to_owned();
        let to = tokens(world).address(crate::mail_in::SUPPORT, ticket.parse().unwrap());
        let from = |text: &str| Letter::of(&ana.email, "Re: First", text).to(&to).proven(Verdict::Pass);
        let told = comes(&ada, &from("#mine\r\n#pending\r\n\r\nCould you send the prompt?")).await;
        assert_eq!((&told["fate"], &told["trust"]), (&json!("JOINED"), &json!("AGENT")), "{told}");
        let seen = cleo.ticket(&ticket).await;
        assert_eq!(seen["messages"][1]["content"], "Could you send the prompt?");
        let seen = ada.ticket(&ticket).await;
        assert_eq!((&seen["status"], &seen["assignedTo"]), (&json!("PENDING"), &json!(ana.id())), "{seen}");
        comes(&ada, &from("#note\r\nShe is a friend of the house.")).await;
        comes(&ada, &from("#solved")).await;
        let seen = ada.ticket(&ticket).await;
        assert_eq!(seen["status"], "RESOLVED");
        assert!(!cleo.ticket(&ticket).await.to_string().contains("friend of the house"));
        let customer = comes(&ada, &Letter::of(&cleo.email, "Re: First", "#solved\r\nno, it is not").to(&to)).await;
        assert_eq!(customer["fate"], "JOINED");
        let seen = ada.ticket(&ticket).await;
        assert_eq!((&seen["status"], seen["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap()), (&json!("OPEN"), "#solved\nno, it is not"), "a customer has no commands");
    }

    async fn a_mail_that_an_agent_passes_on_is_the_customers_request(world) {
        let ada = mailbox(world).await;
        let ana = world.agent("Ana").await;
        let text = "Can somebody take this?\r\n\r\n---------- Forwarded message ---------\r\nFrom: Maya Okafor <maya@lumen.test>\r\nDate: Thu, 26 Nov 2026 at 10:00\r\nSubject: Export is empty\r\nTo: <ana@test>\r\n\r\nThe export has no rows.";
        let letter = Letter::of(&ana.email, "Fwd: Export is empty", text);
        let told = comes(&ada, &letter.clone().proven(Verdict::Pass)).await;
        assert_eq!(told["fate"], "NEW_TICKET", "{told}");
        let ticket = ada.ticket(told["ticketId"].as_str().unwrap()).await;
        assert_eq!((&ticket["user"]["email"], &ticket["user"]["name"], &ticket["title"]), (&json!("maya@lumen.test"), &json!("Maya Okafor"), &json!("Export is empty")), "{ticket}");
        assert_eq!(ticket["messages"][0]["content"], "The export has no rows.");
        assert_eq!((&ticket["messages"][1]["internal"], &ticket["messages"][1]["content"]), (&json!(true), &json!("Can somebody take this?")));
        // not proven to be the agent, it is held; of a customer it is the customer's own
        let unproven = comes(&ada, &Letter { id: "other@id".to_owned(), text: format!("{text}!"), ..letter }).await;
        assert_eq!((&unproven["fate"], &unproven["ticketId"]), (&json!("HELD"), &json!(null)), "{unproven}");
        let own = comes(&ada, &Letter::of("otto@north.test", "Fwd: Export is empty", text)).await;
        assert_eq!(ada.ticket(own["ticketId"].as_str().unwrap()).await["user"]["email"], "otto@north.test");
        // an address of ours or of staff makes nobody a requester
        let staff = text.replace("maya@lumen.test", &ana.email);
        let own = comes(&ada, &Letter::of(&ana.email, "Fwd: x", &staff).proven(Verdict::Pass)).await;
        assert_eq!(ada.ticket(own["ticketId"].as_str().unwrap()).await["user"]["email"], ana.email);
    }

    async fn an_invitation_says_when_and_what_is_encrypted_says_so(world) {
        let ada = mailbox(world).await;
        let head = |kind: &str| Letter::of("maya@lumen.test", "Meet", "").with("MIME-Version: 1.0").with(format!("Content-Type: {kind}"));
        let event = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:Look at the run\r\nDTSTART;TZID=Europe/Berlin:20261126T100000\r\nEND:VEVENT\r\nEND:VCALENDAR";
        let told = comes(&ada, &Letter { text: event.to_owned(), ..head("text/calendar; method=REQUEST") }).await;
        let ticket = ada.ticket(told["ticketId"].as_str().unwrap()).await;
        assert!(ticket["description"].as_str().unwrap().contains("**Invitation:** `Look at the run`, `2026-11-26 10:00 Europe/Berlin`"), "{ticket}");
        let told = comes(&ada, &Letter { text: "-----BEGIN PGP MESSAGE-----\r\n\r\nabc".to_owned(), ..head("text/plain") }).await;
        let ticket = ada.ticket(told["ticketId"].as_str().unwrap()).await;
        assert_eq!(ticket["description"], "*The mail is encrypted (PGP): it can't be read here. The whole of it is kept.*");
        ada.get(&format!("/desk/mail/{}", told["id"].as_str().unwrap())).await.is(200);
    }
}
