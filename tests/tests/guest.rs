//! Guests: a request counts once the address is confirmed, and a link shows that one ticket and nothing else.

use crate::{client::Visitor, world::World};
use db::sql;
use serde_json::json;

const ASK: [(&str, &str); 5] = [("title", "Guest asks"), ("content", "Help"), ("category", "BUG"), ("email", "gina@else.test"), ("name", "Gina")];

/// The path of a link in the newest mail to an address.
async fn link(world: &World, to: &str, part: &str) -> String {
    let mail = world.outbox().await.into_iter().find(|mail| mail.to == to && mail.text.contains(part)).unwrap_or_else(|| panic!("no mail to {to} with {part}"));
    let url = mail.text.split_whitespace().find(|word| word.contains(part)).unwrap().to_owned();
    url.strip_prefix(&world.config.public_url).unwrap().to_owned()
}

/// A guest with a confirmed request, and its id.
async fn confirmed(world: &World) -> (Visitor, String) {
    let gina = world.stranger();
    gina.form("/requests", &ASK).await.is(200);
    let told = gina.form(&link(world, "gina@else.test", "/requests/confirm/").await, &[]).await.is(303);
    (gina, told.header("location").rsplit('/').next().unwrap().to_owned())
}

both! {
    async fn a_guests_request_waits_for_the_address_and_a_look_at_the_link_confirms_nothing(world) {
        let gina = world.stranger();

        gina.form("/requests", &ASK).await.is(200);
        let path = link(world, "gina@else.test", "/requests/confirm/").await;
        for _ in 0..3 {
            assert!(gina.get(&path).await.is(200).text().contains("Guest asks"));
        }
        let waiting = world.count(sql!("SELECT COUNT(*) FROM tickets")).await;
        gina.form(&path, &[]).await.is(303);

        assert_eq!((waiting, world.count(sql!("SELECT COUNT(*) FROM tickets")).await), (0, 1));
        assert!(!gina.form(&path, &[]).await.is(404).text().contains("Guest asks"), "the link works once");
        assert_eq!(world.count(sql!("SELECT COUNT(*) FROM tickets")).await, 1);
    }

    async fn the_guests_link_shows_that_ticket_and_no_other(world) {
        let (gina, ticket) = confirmed(world).await;
        let other = world.customer("Cleo").await.asks("Other").await["id"].as_str().unwrap().to_owned();
        let second = world.stranger();

        second.get(&link(world, "gina@else.test", "/r/").await).await.is(303);

        assert!(second.get(&format!("/requests/{ticket}")).await.is(200).text().contains("Guest asks"));
        second.form(&format!("/requests/{ticket}/messages"), &[("content", "One more thing")]).await.is(303);
        assert!(gina.get(&format!("/requests/{ticket}")).await.is(200).text().contains("One more thing"));
        assert_eq!(second.get(&format!("/requests/{other}")).await.status, 404);
        for (path, status) in [("/requests", 303), ("/desk", 303), ("/profile", 303), ("/admin", 303), ("/api/support/tickets", 401), ("/api/support/me", 401)] {
            assert_eq!(second.get(path).await.status, status, "{path}");
        }
        world.stranger().get("/r/nonsense").await.is(404);
    }

    async fn a_guest_reads_files_of_the_own_ticket_and_answers_but_no_notes(world) {
        let (gina, ticket) = confirmed(world).await;
        let ana = world.agent("Ana").await;
        let (file, secret) = (ana.uploads("answer.txt", b"answer").await, ana.uploads("secret.txt", b"secret").await);
        ana.post(&format!("/api/support/tickets/{ticket}/messages"), &json!({ "content": "See file", "fileId": [file] })).await.is(201);
        ana.post(&format!("/api/support/tickets/{ticket}/messages"), &json!({ "content": "hidden words", "internal": true, "fileId": [secret] })).await.is(201);

        let page = gina.get(&format!("/requests/{ticket}")).await.is(200).text();

        assert!(page.contains("See file") && page.contains("answer.txt") && !page.contains("hidden words") && !page.contains("secret.txt"));
        let href = page.split("href=\"").filter_map(|rest| rest.split('"').next()).find(|href| href.contains("answer.txt")).unwrap().replace("&#38;", "&").replace("&amp;", "&");
        assert_eq!(gina.get(&href).await.is(200).text(), "answer");
        assert_eq!(world.stranger().get(&href).await.status, 404, "the link is the guest's own");
        assert_eq!(ana.get(&href).await.status, 404);
    }

    async fn nobody_learns_whether_an_address_is_known(world) {
        let cleo = world.customer("Cleo").await;
        let mut answers = Vec::new();

        for email in [cleo.email.as_str(), "unknown@else.test"] {
            let stranger = world.stranger();
            let fields: Vec<(&str, &str)> = ASK.iter().map(|(name, value)| if *name == "email" { (*name, email) } else { (*name, *value) }).collect();
            let mut told = vec![stranger.form("/requests", &fields).await, stranger.form("/reset", &[("email", email)]).await];
            told.push(stranger.form("/sign-up", &[("email", email), ("name", "N"), ("password", "correct horse battery")]).await);
            told.push(stranger.form("/sign-in", &[("email", email), ("password", "wrong wrong wrong")]).await);
            answers.push(told.iter().map(|told| (told.status, told.header("location").to_owned(), told.text().replace(email, "E").lines().filter(|line| !line.contains("idempotencyKey") && !line.contains("equest id")).collect::<String>())).collect::<Vec<_>>());
        }

        assert_eq!(answers[0], answers[1]);
    }

    async fn a_staff_members_address_gives_a_guest_no_rights_of_staff(world) {
        let ana = world.agent("Ana").await;
        let other = world.customer("Cleo").await.asks("Other").await["id"].as_str().unwrap().to_owned();
        let gina = world.stranger();
        let fields: Vec<(&str, &str)> = ASK.iter().map(|(name, value)| if *name == "email" { (*name, ana.email.as_str()) } else { (*name, *value) }).collect();
        gina.form("/requests", &fields).await.is(200);

        gina.form(&link(world, &ana.email, "/requests/confirm/").await, &[]).await.is(303);

        assert_eq!(gina.get("/desk").await.status, 303);
        assert_eq!(gina.get(&format!("/requests/{other}")).await.status, 404);
    }
}
