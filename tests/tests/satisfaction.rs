//! Satisfaction: one survey a ticket, by letter or in the portal; who may rate, until when, and who sees it.

use crate::{
    client::Visitor,
    world::{World, eventually},
};
use db::{journal, sql};
use serde_json::{Value, json};
use std::time::Duration;

const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

async fn set(who: &Visitor, ticket: &str, status: &str) {
    let version = who.ticket(ticket).await["version"].clone();
    who.put(&format!("/api/support/tickets/{ticket}"), &json!({ "version": version, "status": status })).await.is(200);
}

/// Cleo's ticket, solved by Ana.
async fn solved(world: &World) -> (Visitor, Visitor, String) {
    let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
    let ticket = cleo.asks("Printer on fire").await["id"].as_str().unwrap().to_owned();
    set(&ana, &ticket, "RESOLVED").await;
    (cleo, ana, ticket)
}

async fn opened(world: &World, count: i64) {
    eventually("the journal was read", || async { world.count(sql!("SELECT COUNT(*) FROM surveys")).await == count }).await;
}

/// The paths in the letters that ask for a rating.
async fn letters(world: &World) -> Vec<String> {
    let mails = world.outbox().await;
    let asked = mails.iter().filter(|mail| mail.subject.contains("How did we do?"));
    asked
        .map(|mail| mail.text.split_whitespace().find(|word| word.contains("/rate/")).unwrap().split_once("/rate/").unwrap().1)
        .map(|secret| format!("/rate/{secret}"))
        .collect()
}

async fn letter(world: &World) -> String {
    world.clock.advance(DAY + HOUR);
    eventually("the letter is out", || async { letters(world).await.len() == 1 }).await;
    letters(world).await.remove(0)
}

fn rating(ticket: &str) -> String {
    format!("/api/support/tickets/{ticket}/rating")
}

async fn rated(world: &World, ticket: &str) -> Vec<Value> {
    let events = journal::of(&mut world.read().await, ticket.parse().unwrap()).await.unwrap();
    events.iter().filter(|event| event.kind == "ticket.rated").map(db::Event::facts).collect()
}

both! {
    async fn who_asked_rates_by_the_letters_link_and_looking_at_it_rates_nothing(world) {
        let (cleo, ana, ticket) = solved(world).await;
        let link = letter(world).await;
        let (somebody, scanner) = (world.stranger(), world.stranger());

        let page = scanner.get(&link).await.is(200);
        scanner.get(&format!("{link}?score=1")).await.is(200);
        assert_eq!(cleo.get(&rating(&ticket)).await.is(200).json()["score"], Value::Null, "a look rates nothing");
        somebody.form(&link, &[("comment", "no number")]).await.is(422);
        somebody.form(&link, &[("score", "6")]).await.is(422);
        somebody.form(&link, &[("score", "4"), ("comment", "Quick <b>and</b> clear")]).await.is(303);

        let words = page.text();
        assert!(words.contains("Printer on fire") && !words.contains("About Printer") && !words.contains(&ticket) && !words.contains("Ana"), "{words}");
        let told = ana.get(&rating(&ticket)).await.is(200).json();
        assert_eq!((told["score"].as_i64(), told["comment"].as_str()), (Some(4), Some("Quick <b>and</b> clear")));
        let panel = ana.get(&format!("/desk/tickets/{ticket}/rating")).await.is(200).text();
        assert!(panel.contains("4 of 5") && panel.contains("Quick &#60;b&#62;and") && panel.contains("id=\"panel-rating\""), "{panel}");
        let facts = rated(world, &ticket).await;
        assert_eq!((facts.len(), &facts[0]["score"], &facts[0]["old"]), (1, &json!(4), &Value::Null));
        assert!(!facts[0].to_string().contains("Quick"), "the journal holds no bodies");
    }

    async fn a_rating_can_be_changed_for_seven_days_and_then_stays(world) {
        let (cleo, _, ticket) = solved(world).await;
        let link = letter(world).await;
        cleo.put(&rating(&ticket), &json!({ "score": 2, "comment": "slow" })).await.is(200);

        world.clock.advance(DAY * 6);
        world.stranger().form(&link, &[("score", "5")]).await.is(303);
        cleo.put(&rating(&ticket), &json!({ "score": 5 })).await.is(200);
        let twice = rated(world, &ticket).await.len();
        world.clock.advance(DAY * 2);
        let late = cleo.put(&rating(&ticket), &json!({ "score": 1 })).await.is(409).json();
        world.stranger().form(&link, &[("score", "1")]).await.is(409);

        assert_eq!((twice, rated(world, &ticket).await.len()), (2, 2), "the same again is no event");
        assert!(late["type"].as_str().unwrap().ends_with("rating-final"), "{late}");
        let kept = cleo.get(&rating(&ticket)).await.json();
        assert_eq!((kept["score"].as_i64(), &kept["comment"], kept["isOpen"].as_bool()), (Some(5), &Value::Null, Some(false)));
        assert!(world.stranger().get(&link).await.is(200).text().contains("5 of 5"));
    }

    async fn nobody_is_asked_twice_about_one_ticket(world) {
        let (cleo, ana, ticket) = solved(world).await;
        let link = letter(world).await;
        world.stranger().form(&link, &[("score", "3")]).await.is(303);

        cleo.replies(&ticket, "Again").await;
        set(&ana, &ticket, "RESOLVED").await;
        world.clock.advance(DAY * 2);
        let other = cleo.asks("Other").await["id"].as_str().unwrap().to_owned();
        set(&ana, &other, "RESOLVED").await;
        opened(world, 2).await;
        world.clock.advance(DAY * 2);
        eventually("the other is asked about", || async { letters(world).await.len() == 2 }).await;

        assert_eq!(cleo.get(&rating(&ticket)).await.json()["score"], 3, "solved again keeps the rating");
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM surveys")).await, 2);
        cleo.put(&rating(&ticket), &json!({ "score": 4 })).await.is(200);
    }

    async fn what_was_opened_again_trashed_spam_or_rated_in_the_portal_gets_no_letter(world) {
        let (cleo, ana, open) = solved(world).await;
        let mut more = Vec::new();
        for title in ["Trashed", "Rated", "Spam"] {
            let id = cleo.asks(title).await["id"].as_str().unwrap().to_owned();
            set(&ana, &id, "RESOLVED").await;
            more.push(id);
        }
        opened(world, 4).await;
        cleo.replies(&open, "Not yet").await;
        ana.send(ana.request("PUT", &format!("/api/support/tickets/{}/spam", more[2]))).await.is(204);
        ana.delete(&format!("/api/support/tickets/{}", more[0])).await.is(204);
        cleo.form(&format!("/requests/{}/rating", more[1]), &[("score", "5")]).await.is(303);

        world.clock.advance(DAY * 2);
        eventually("the look was taken", || async { world.count(sql!("SELECT COUNT(*) FROM surveys")).await == 1 }).await;

        assert_eq!(letters(world).await, Vec::<String>::new());
        cleo.put(&rating(&open), &json!({ "score": 1 })).await.is(409);
        set(&ana, &open, "RESOLVED").await;
        opened(world, 2).await;
        world.clock.advance(DAY * 2);
        eventually("solved later it is asked about", || async { letters(world).await.len() == 1 }).await;
    }

    async fn only_who_asked_rates_and_a_colleague_sees_no_rating(world) {
        let (cleo, ana, ticket) = solved(world).await;
        let (carl, otto) = (world.customer("Carl").await, world.customer("Otto").await);
        cleo.post(&format!("/api/support/tickets/{ticket}/followers"), &json!({ "email": carl.email })).await.is(201);
        cleo.put(&rating(&ticket), &json!({ "score": 1, "comment": "zq-my-boss" })).await.is(200);

        assert_eq!(ana.put(&rating(&ticket), &json!({ "score": 5 })).await.status, 403);
        for who in [&carl, &otto] {
            who.get(&rating(&ticket)).await.is(404);
            who.put(&rating(&ticket), &json!({ "score": 5 })).await.is(404);
            who.form(&format!("/requests/{ticket}/rating"), &[("score", "5")]).await.is(404);
        }
        let panel = carl.get(&format!("/requests/{ticket}/rating")).await.is(200).text();
        let events = carl.get(&format!("/api/support/tickets/{ticket}/events")).await.is(200).text();
        assert!(!panel.contains("zq-my-boss") && !panel.contains("1 of 5") && !events.contains("rated"), "{panel}{events}");
        assert!(carl.get(&format!("/requests/{ticket}")).await.is(200).text().contains("panel-own-rating"), "the thread stays open to them");
        assert_eq!(cleo.get(&rating(&ticket)).await.json()["score"], 1);
    }

    async fn a_guest_rates_with_the_link_of_the_ticket(world) {
        let (ana, gina) = (world.agent("Ana").await, world.stranger());
        gina.form("/requests", &[("title", "Guest"), ("content", "c"), ("category", "BUG"), ("email", "gina@else.test"), ("name", "Gina")]).await.is(200);
        let confirm = world.outbox().await.remove(0).text.split_whitespace().find(|word| word.contains("/requests/confirm/")).unwrap().to_owned();
        let path = format!("/requests/confirm/{}", confirm.rsplit('/').next().unwrap());
        let ticket = gina.form(&path, &[]).await.is(303).header("location").rsplit('/').next().unwrap().to_owned();
        gina.form(&format!("/requests/{ticket}/rating"), &[("score", "5")]).await.is(303);
        assert_eq!(ana.get(&rating(&ticket)).await.json()["score"], Value::Null, "not before it is solved");

        set(&ana, &ticket, "RESOLVED").await;
        gina.form(&format!("/requests/{ticket}/rating"), &[("score", "5"), ("comment", "Thanks")]).await.is(303);

        assert_eq!(ana.get(&rating(&ticket)).await.json()["score"], 5);
        let panel = gina.get(&format!("/requests/{ticket}/rating")).await.is(200).text();
        assert!(panel.contains("5 of 5") && panel.contains("until"), "{panel}");
    }

    async fn an_admin_switches_it_off_and_a_stale_form_is_shown_again(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let ada = world.admin("Ada").await;
        ada.form("/admin/satisfaction", &[("version", "1"), ("delayHours", "2")]).await.is(303);
        let stale = ada.form("/admin/satisfaction", &[("version", "1"), ("isOn", "true"), ("delayHours", "3")]).await.is(409).text();
        ada.form("/admin/satisfaction", &[("version", "2"), ("delayHours", "721")]).await.is(422);
        let ticket = cleo.asks("Quiet").await["id"].as_str().unwrap().to_owned();
        set(&ana, &ticket, "RESOLVED").await;
        // other rooms write lines of their own after it, which this one passes over without a note
        let solved: i64 = world.count(sql!("SELECT MAX(seq) FROM events WHERE kind = 'ticket.status_changed'")).await;
        eventually("the journal was read", || async { journal::position(&mut world.read().await, "satisfaction").await.unwrap() >= solved }).await;
        world.clock.advance(DAY * 2);

        cleo.put(&rating(&ticket), &json!({ "score": 5 })).await.is(409);

        assert_eq!((world.count(sql!("SELECT COUNT(*) FROM surveys")).await, letters(world).await.len()), (0, 0));
        assert!(stale.contains("Somebody else saved"), "{stale}");
    }

    async fn a_survey_goes_with_its_ticket(world) {
        let (cleo, ana, ticket) = solved(world).await;
        cleo.put(&rating(&ticket), &json!({ "score": 5, "comment": "bye" })).await.is(200);
        ana.delete(&format!("/api/support/tickets/{ticket}")).await.is(204);
        cleo.get(&rating(&ticket)).await.is(404);

        world.clock.advance(DAY * 31);
        tickets::sweep(&world.app.db).await.unwrap();

        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM surveys")).await, 0);
    }

    async fn the_letter_stops_working_after_sixty_days_and_a_made_up_link_never_did(world) {
        let (_, _, ticket) = solved(world).await;
        let link = letter(world).await;
        let unknown = world.stranger().get("/rate/AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").await.is(404);

        world.clock.advance(DAY * 61);

        world.stranger().get(&link).await.is(404);
        world.stranger().form(&link, &[("score", "5")]).await.is(404);
        assert!(unknown.text().contains("no longer works"));
        let stored: Vec<u8> = world.read().await.one(sql!("SELECT secret_hash FROM surveys WHERE ticket_id = $1", ticket.parse::<uuid::Uuid>().unwrap())).await.unwrap();
        assert_eq!(stored.len(), 32, "a hash is stored");
        assert!(!String::from_utf8_lossy(&stored).contains(link.rsplit('/').next().unwrap()));
    }
}
