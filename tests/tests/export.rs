//! Exports: what a spreadsheet would run is only shown, everybody gets what they may see, notes only when asked for.

use crate::{client::Visitor, world::World};
use serde_json::{Value, json};

const LIST: &str = "/api/support/export/tickets";

/// RFC 4180, read strictly: rows of cells.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut all = text.chars().peekable();
    while let Some(c) = all.next() {
        match (c, quoted) {
            ('"', true) if all.peek() == Some(&'"') => cell.push(all.next().unwrap()),
            ('"', _) => quoted = !quoted,
            (',', false) => row.push(std::mem::take(&mut cell)),
            ('\r', false) => {
                assert_eq!(all.next(), Some('\n'), "a line ends with CR LF");
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            (c, _) => cell.push(c),
        }
    }
    assert!(row.is_empty() && cell.is_empty() && !quoted, "it ends with its last line");
    rows
}

fn pdf(id: &str) -> String {
    format!("/api/support/tickets/{id}/export?format=pdf")
}

async fn csv(who: &Visitor, query: &str) -> Vec<Vec<String>> {
    let told = who.get(&format!("{LIST}?{query}")).await.is(200);
    assert!(told.header("content-type").starts_with("text/csv") && told.header("content-disposition").contains("attachment"));
    rows(&told.text())
}

both! {
    async fn hostile_cells_are_shown_and_not_run(world) {
        let sue = world.supervisor("Sue").await;
        let eve = world.person("=HYPERLINK(\"https://evil.test\",\"x\")", "eve@evil.test", kernel::Role::Customer, None).await;
        let titles = ["=1+1", "+1", "-1", "@SUM(A1)", "a \"quoted\", title", "＝1", "日本語 العربية 🦀"];
        for title in titles {
            eve.asks(title).await;
        }

        let rows = csv(&sue, "sort=oldest").await;

        assert_eq!(rows[0][..3], ["number", "title", "status"]);
        assert_eq!(rows.len(), titles.len() + 1);
        for (row, title) in rows[1..].iter().zip(titles) {
            assert_eq!(row.len(), rows[0].len());
            assert_eq!(row[1].trim_start_matches('\''), title, "nothing is lost");
            assert!(row.iter().all(|cell| !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝'])), "{row:?}");
        }
    }

    async fn a_long_list_is_whole_in_its_order_and_narrowed_as_on_the_desk(world) {
        let (cleo, sue) = (world.customer("Cleo").await, world.supervisor("Sue").await);
        let mut tx = world.write().await;
        let person = accounts::Person::get(&mut tx, cleo.id()).await.unwrap();
        let actor = world.actor(&sue).await;
        for n in 0..1_203 {
            let new = tickets::NewTicket { title: format!("T{n}"), content: tickets::Body::markdown("d"), category: tickets::Category::Bug, priority: tickets::Priority::ALL[n % 4],
                channel: tickets::Channel::Web, cc: Vec::new(), tags: if n % 2 == 0 { vec!["even".to_owned()] } else { Vec::new() }, assignee: None, team: None, follows: None, file_keys: Vec::new() };
            tickets::Ticket::create(&mut tx, &actor, &person, new).await.unwrap();
        }
        tx.commit().await.unwrap();

        let all = csv(&sue, "sort=oldest").await;
        let even = csv(&sue, "tag=even&sort=oldest").await;
        let json: Value = sue.get(&format!("{LIST}?format=json&sort=oldest")).await.is(200).json();

        let titles: std::collections::BTreeSet<&String> = all[1..].iter().map(|row| &row[1]).collect();
        assert_eq!((all.len() - 1, titles.len(), even.len() - 1), (1_203, 1_203, 602));
        assert_eq!(even[1][11], "even");
        assert_eq!(json["items"].as_array().unwrap().len(), 1_203);
        sue.get(&format!("{LIST}?format=pdf")).await.is(422);
        sue.get(&format!("{LIST}?colour=red")).await.is(422);
    }

    async fn everybody_gets_what_they_may_see(world) {
        let (cleo, otto, sue) = (world.customer("Cleo").await, world.customer("Otto").await, world.supervisor("Sue").await);
        let team = world.team("Secret team").await;
        let id = sue.asks_with(json!({ "title": "Hers", "description": "d", "userId": cleo.id(), "teamId": team.id, "tags": ["inner"] })).await["id"].as_str().unwrap().to_owned();
        otto.asks("His").await;
        sue.notes(&id, "A secret note").await;
        sue.replies(&id, "A public reply").await;

        for format in ["csv", "json"] {
            let hers = cleo.get(&format!("{LIST}?format={format}")).await.is(200).text();
            assert!(hers.contains("Hers") && !hers.contains("His"), "{hers}");
            for word in ["Secret team", "inner", "secret note"] {
                assert!(!hers.contains(word), "{word} in {hers}");
            }
        }
        let one = format!("/api/support/tickets/{id}/export");
        otto.get(&one).await.is(404);
        for (path, who, sees) in [
            (one.clone(), &cleo, false),
            (format!("{one}?notes=true"), &cleo, false),
            (one.clone(), &sue, false),
            (format!("{one}?notes=true"), &sue, true),
            (format!("/requests/{id}/print"), &cleo, false),
            (format!("/requests/{id}/print?notes=true"), &sue, false),
            (format!("/desk/tickets/{id}/print"), &sue, false),
            (format!("/desk/tickets/{id}/print?notes=true"), &sue, true),
        ] {
            let text = who.get(&path).await.is(200).text();
            assert!(text.contains("A public reply"), "{path}: {text}");
            assert_eq!(text.contains("secret note"), sees, "{path} for {}", who.name);
        }
        let _: &World = world;
    }

    async fn a_list_arrives_whole_where_it_is_compressed(world) {
        let cleo = world.customer("Cleo").await;
        cleo.asks_with(json!({ "title": "Long", "description": "word ".repeat(2_000) })).await;
        let path = format!("{LIST}?format=json");

        let told = cleo.send(cleo.request("GET", &path).header("accept-encoding", "gzip")).await.is(200);

        // RFC 1952, 2.3.1: the last four bytes are the length before compression
        let length = told.bytes.last_chunk::<4>().map(|last| u32::from_le_bytes(*last)).unwrap();
        assert_eq!((told.header("content-encoding"), usize::try_from(length).unwrap()), ("gzip", cleo.get(&path).await.is(200).bytes.len()));
    }

    async fn a_ticket_as_pdf_holds_what_the_reader_may_see(world) {
        let (cleo, otto, sue) = (world.customer("Cleo").await, world.customer("Otto").await, world.supervisor("Sue").await);
        let id = cleo.asks("Crash <b>日本</b>").await["id"].as_str().unwrap().to_owned();
        let path = |more: &str| format!("{}{more}", pdf(&id));
        let size = async |who: &Visitor, more: &str| {
            let told = who.get(&path(more)).await.is(200);
            assert_eq!(told.header("content-type"), "application/pdf");
            assert!(told.header("content-disposition").starts_with("attachment; filename=\"ticket-"));
            assert!(told.bytes.starts_with(b"%PDF-"));
            told.bytes.len()
        };
        let before = size(&cleo, "").await;

        sue.notes(&id, "A secret note of some length, with words that take room on paper.").await;

        assert_eq!(size(&cleo, "").await, before, "the note is not in it");
        assert_eq!(size(&cleo, "&notes=true").await, before, "however it is asked for");
        assert!(size(&sue, "&notes=true").await > size(&sue, "").await + 200, "staff gets it when it asks");
        otto.get(&path("")).await.is(404);
        world.stranger().get(&path("")).await.is(401);
        sue.get(&format!("/api/support/tickets/{id}/export?format=docx")).await.is(422);
    }

    async fn a_thread_too_long_for_paper_is_refused_with_words(world) {
        let (cleo, sue) = (world.customer("Cleo").await, world.supervisor("Sue").await);
        let id = cleo.asks("Log").await["id"].as_str().unwrap().to_owned();
        let text = "word ".repeat(19_000);
        for _ in 0..11 {
            sue.replies(&id, &text).await;
        }

        let told = sue.get(&pdf(&id)).await.is(413);

        assert!(told.text().contains("1000000 characters"), "{}", told.text());
        sue.get(&format!("/api/support/tickets/{id}/export")).await.is(200);
    }
}
