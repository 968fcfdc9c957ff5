//! A mail bomb: more than a thousand mails (10,000 where proofs are whole) of as many senders. Brakes hold all but the first, staff see it, and nothing else slows.

use crate::{
    mail_in::{Letter, SUPPORT, comes},
    world::sized,
};
use mail::{Fate, Origin, Via};
use serde_json::json;
use std::time::{Duration, Instant};

const LET_THROUGH: usize = 101;

both! {
    async fn brakes_hold_a_bomb_and_a_customer_notices_nothing(world) {
        let (ada, cleo) = (world.admin("Ada").await, world.customer("Cleo").await);
        ada.post("/api/mail/mailboxes", &json!({ "address": SUPPORT, "name": "Support", "isOn": true, "mostAnHour": LET_THROUGH - 1 })).await.is(201);
        let (mails, mut waves) = (sized(10_000, 1_500), Vec::new());
        for wave in 0..4 {
            let app = world.app.clone();
            waves.push(tokio::spawn(async move {
                let origin = Origin { mailbox: None, via: Via::Smtp, envelope_from: None, envelope_to: None, uid: None, client: None };
                let mut held = 0;
                for n in (wave..mails).step_by(4) {
                    let letter = Letter::of(&format!("x{n}@evil.test"), &format!("Bomb {n}"), &format!("Bomb {n}"));
                    held += usize::from(mail::take(&app, &origin, letter.raw().into()).await.unwrap().fate == Some(Fate::Held));
                }
                held
            }));
        }
        let mut slowest = Duration::ZERO;
        while waves.iter().any(|wave| !wave.is_finished()) {
            let began = Instant::now();
            cleo.asks("In the middle of it").await;
            slowest = slowest.max(began.elapsed());
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let mut held = 0;
        for wave in waves {
            held += wave.await.unwrap();
        }
        // mails judged at the same moment do not see each other: a handful more may slip through
        assert!((mails - LET_THROUGH - 8..=mails - LET_THROUGH).contains(&held), "{held} are held");
        assert!(slowest < Duration::from_secs(5), "a customer waited {slowest:?}");
        let page = ada.get("/admin/mail?fate=HELD").await.is(200).text();
        assert!(page.contains("More than 999 held"), "staff see it");
        let by_another = comes(&ada, &Letter::of(&cleo.email, "By mail", "Held as well, as the mailbox is full for this hour.")).await;
        assert_eq!(by_another["fate"], "HELD");
        ada.post(&format!("/api/mail/{}/let-in", by_another["id"].as_str().unwrap()), &json!({})).await.is(200);
    }
}
