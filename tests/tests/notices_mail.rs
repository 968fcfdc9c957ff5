//! Notices by mail: bundled, not when read in the app, after quiet hours, in one piece; and how one stops it.

use crate::{
    client::Visitor,
    notices::{API, has_unread, ticket_of},
    world::{World, eventually},
};
use accounts::mail::Waiting;
use db::sql;
use serde_json::json;
use std::time::Duration;
use uuid::Uuid;

async fn mails(world: &World, who: &Visitor) -> Vec<Waiting> {
    world.outbox().await.into_iter().filter(|mail| mail.to == who.email && mail.text.contains("You get this mail because")).collect()
}

async fn gets(world: &World, who: &Visitor, count: usize) -> Vec<Waiting> {
    eventually(&format!("{count} mails"), || async { mails(world, who).await.len() >= count }).await;
    let mails = mails(world, who).await;
    assert_eq!(mails.len(), count, "{:?}", mails.iter().map(|mail| &mail.subject).collect::<Vec<_>>());
    mails
}

/// Waits until nothing waits that is due; then nothing comes any more.
async fn settled(world: &World, state: &str, count: i64) {
    let query = || sql!("SELECT COUNT(*) FROM notice_deliveries WHERE state = $1", state);
    eventually(&format!("{count} are {state}"), || async { world.count(query()).await == count }).await;
}

/// Time of the day of the test's clock, so many hours on.
fn hour(world: &World, on: i64) -> String {
    let minutes = (world.clock.now().seconds() / 60 + on * 60).rem_euclid(1440);
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

async fn chooses(who: &Visitor, fields: serde_json::Value) {
    let mut choices = fields;
    // nothing of service levels, which come and go with the clock
    choices["on"] = json!(["mention.APP", "mention.MAIL"]);
    who.put(&format!("{API}/choices"), &choices).await.is(200);
}

both! {
    async fn several_mentions_of_a_ticket_are_one_mail_two_minutes_later_which_says_why_and_how_to_stop_it(world) {
        let (cleo, sue, ana) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await);
        let id = ticket_of(&cleo, &sue, &ana, "Printer").await;
        sue.notes(&id, "@ana zebra").await;
        sue.notes(&id, "@ana two").await;
        has_unread(&ana, 2).await;
        assert!(mails(world, &ana).await.is_empty(), "it waits for two minutes");

        world.clock.advance(Duration::from_secs(121));

        let mail = gets(world, &ana, 1).await.remove(0);
        let header = |name: &str| mail.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone()).unwrap_or_default();
        assert!(mail.subject.starts_with("2 notifications: #") && mail.subject.contains("Printer"), "{}", mail.subject);
        assert_eq!(mail.text.matches("Sue mentioned you").count(), 2);
        assert!(mail.text.contains("told when somebody mentions me") && !mail.text.contains("zebra"), "{}", mail.text);
        assert_eq!((header("Auto-Submitted"), header("List-Unsubscribe-Post")), ("auto-generated".to_owned(), "List-Unsubscribe=One-Click".to_owned()));
        let link = header("List-Unsubscribe").trim_matches(['<', '>']).to_owned();
        let path = link.strip_prefix(&world.app.config.public_url).unwrap();
        let stranger = world.stranger();
        assert!(stranger.get(path).await.is(200).text().contains("Stop this kind of mail"));
        stranger.get(&format!("{path}x")).await.is(404);
        stranger.form(&format!("{}x", &path[..path.len() - 1]), &[("List-Unsubscribe", "One-Click")]).await.is(404);
        assert!(ana.get(&format!("{API}/choices")).await.json()["on"].as_array().unwrap().contains(&json!("mention.MAIL")), "looking stops nothing");
        stranger.form(path, &[("List-Unsubscribe", "One-Click")]).await.is(200);
        assert!(!ana.get(&format!("{API}/choices")).await.json()["on"].as_array().unwrap().contains(&json!("mention.MAIL")));
        settled(world, "SENT", 2).await;
    }

    async fn what_was_read_in_the_app_is_not_mailed(world) {
        let (cleo, sue, ana) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await);
        let id = ticket_of(&cleo, &sue, &ana, "Printer").await;
        sue.notes(&id, "@ana look").await;
        has_unread(&ana, 1).await;
        world.clock.advance(Duration::from_mins(1));
        ana.get(&format!("/desk/tickets/{id}/notices")).await.is(200);

        world.clock.advance(Duration::from_secs(61));

        settled(world, "SKIPPED", 1).await;
        assert!(mails(world, &ana).await.is_empty());
    }

    async fn quiet_hours_hold_mail_back_until_they_are_over(world) {
        let (cleo, sue, ana) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await);
        let id = ticket_of(&cleo, &sue, &ana, "Printer").await;
        chooses(&ana, json!({ "quietFrom": hour(world, -1), "quietTo": hour(world, 3) })).await;
        sue.notes(&id, "@ana look").await;
        has_unread(&ana, 1).await;
        let put_off = || sql!("SELECT COUNT(*) FROM notice_deliveries WHERE state = 'WAITING' AND due_at > created_at + 3600000000");
        world.clock.advance(Duration::from_mins(3));
        eventually("it is put off", || async { world.count(put_off()).await == 1 }).await;
        assert!(mails(world, &ana).await.is_empty());

        world.clock.advance(Duration::from_hours(3));

        gets(world, &ana, 1).await;
    }

    async fn a_digest_is_one_mail_about_everything_unread(world) {
        let (cleo, sue, ana) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.agent("Ana").await);
        let (first, second, read) =
            (ticket_of(&cleo, &sue, &ana, "First").await, ticket_of(&cleo, &sue, &ana, "Second").await, ticket_of(&cleo, &sue, &ana, "Third").await);
        chooses(&ana, json!({ "digest": "DAILY" })).await;
        for id in [&first, &second, &read] {
            sue.notes(id, "@ana look").await;
        }
        has_unread(&ana, 3).await;
        ana.get(&format!("/desk/tickets/{read}/notices")).await.is(200);

        world.clock.advance(Duration::from_hours(25));

        let mail = gets(world, &ana, 1).await.remove(0);
        assert_eq!(mail.subject, "2 notifications");
        assert!(mail.text.contains("First") && mail.text.contains("Second") && !mail.text.contains("Third"), "{}", mail.text);
        settled(world, "SKIPPED", 1).await;
    }

    async fn who_may_not_see_the_ticket_any_more_gets_no_mail_and_admins_see_the_log(world) {
        let (cleo, sue, ada) = (world.customer("Cleo").await, world.supervisor("Sue").await, world.admin("Ada").await);
        let (here, there) = (world.team("Here").await, world.team("There").await);
        let ana = world.agent_of("Ana", &here).await;
        let id = ticket_of(&cleo, &sue, &ana, "Printer").await;
        sue.notes(&id, "@ana look").await;
        has_unread(&ana, 1).await;
        crate::notices::change(&sue, &id, json!({ "assignedTo": null, "teamId": there.id })).await;

        world.clock.advance(Duration::from_mins(3));

        settled(world, "SKIPPED", 1).await;
        assert!(mails(world, &ana).await.is_empty());
        let log = ada.get("/admin/notifications?state=SKIPPED").await.is(200).text();
        assert!(log.contains("Ana") && log.contains("It may not be seen any more."), "{log}");
    }

    async fn admins_see_what_the_mail_server_answered_and_try_again(world) {
        let (cleo, ada) = (world.customer("Cleo").await, world.admin("Ada").await);
        let id = cleo.asks("Printer").await["id"].as_str().unwrap().to_owned();
        let mut tx = world.write().await;
        let (_, delivery) = crate::notices::one(&mut tx, cleo.id(), id.parse().unwrap()).await;
        tx.commit().await.unwrap();
        let before = ada.get("/admin/notifications").await.is(200).text();

        ada.form(&format!("/admin/notifications/{delivery}/retry"), &[]).await.is(303);

        let after = ada.get("/admin/notifications").await.text();
        assert!(before.contains("550 No such user") && before.contains("/retry"), "{before}");
        assert!(after.contains("Waits to be sent") && !after.contains("/retry"), "{after}");
        ada.form(&format!("/admin/notifications/{}/retry", Uuid::now_v7()), &[]).await.is(404);
    }
}
