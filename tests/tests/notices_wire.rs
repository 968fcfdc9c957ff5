//! A notice on its whole way by mail: how it is stopped stands in its header, and what the server said stands in the log.

use crate::{
    client::Visitor,
    mail_out::{sends, taken},
    notices::{has_unread, ticket_of},
    smtp::{Does, Smtp},
    world::{World, eventually},
};
use db::sql;
use std::time::Duration;

/// Somebody is mentioned, and two minutes pass.
async fn mentioned(world: &World, ana: &Visitor) {
    let (cleo, sue) = (world.customer("Cleo").await, world.supervisor("Sue").await);
    let id = ticket_of(&cleo, &sue, ana, "Printer").await;
    sue.notes(&id, "@ana look").await;
    has_unread(ana, 1).await;
    world.clock.advance(Duration::from_secs(121));
}

/// Waits until the log of what went out says this of the mail.
async fn log_says(ada: &Visitor, words: &[&str]) -> String {
    let page = async || ada.get("/admin/notifications").await.is(200).text();
    eventually(&format!("the log says {words:?}"), || async {
        let page = page().await;
        words.iter().all(|word| page.contains(word))
    })
    .await;
    page().await
}

both! {
    async fn a_notice_can_be_stopped_by_its_header_and_its_log_has_the_servers_answer(world) {
        let smtp = Smtp::start().await;
        let (ada, ana) = (sends(world, &smtp).await, world.agent("Ana").await);
        mentioned(world, &ana).await;

        let mail = taken(&smtp, 1).await.remove(0);
        assert_eq!(mail.to, std::slice::from_ref(&ana.email));
        assert_eq!(mail.header("List-Unsubscribe-Post"), "List-Unsubscribe=One-Click");
        let link = mail.header("List-Unsubscribe");
        let path = link.trim_matches(['<', '>']).strip_prefix(&world.app.config.public_url).unwrap_or_else(|| panic!("{link}"));
        world.stranger().form(path, &[("List-Unsubscribe", "One-Click")]).await.is(200);
        log_says(&ada, &["Sent", "250 queued as 42"]).await;
        let kept = world.count(sql!("SELECT COUNT(*) FROM jobs WHERE kind = 'mail.send' AND payload <> '{}'")).await;
        assert_eq!(kept, 0, "nothing of its text is kept");
    }

    async fn a_notice_that_a_server_refuses_is_told_and_tried_again_by_a_click(world) {
        let smtp = Smtp::start().await;
        let (ada, ana) = (sends(world, &smtp).await, world.agent("Ana").await);
        smtp.plays(&[Does::SaysToReceiver("550 5.1.1 nobody here")]);
        mentioned(world, &ana).await;

        let page = log_says(&ada, &["Failed", "550 5.1.1 nobody here"]).await;
        let action = page.split("action=\"/admin/notifications/").nth(1).unwrap().split('"').next().unwrap().to_owned();
        ada.form(&format!("/admin/notifications/{action}"), &[]).await.is(303);

        let mails = taken(&smtp, 1).await;
        assert_eq!((mails.len(), &mails[0].to[..]), (1, std::slice::from_ref(&ana.email)));
        log_says(&ada, &["Sent", "250 queued as 42"]).await;
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM sendings")).await, 1);
    }
}
