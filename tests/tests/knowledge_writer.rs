//! Writing: drafts that are kept and never versions, the preview, two writers at once, what differs.

use crate::{
    client::Visitor,
    knowledge::{draft, path, published},
    live::Socket,
    walk::PIXEL,
};
use serde_json::{Value, json};
use std::time::Duration;
use uuid::Uuid;

const DESK: &str = "/desk/knowledge";

fn place(article: &Value) -> String {
    format!("{DESK}/{}", article["id"].as_str().unwrap())
}

/// Keeps what somebody typed.
async fn keeps(who: &Visitor, place: &str, fields: Value) {
    who.put(&format!("{place}/draft"), &fields).await.is(204);
}

both! {
    async fn what_is_typed_is_kept_for_the_writer_alone_and_is_no_version(world) {
        let (ana, sue, cleo) = (world.agent("Ana").await, world.supervisor("Sue").await, world.customer("Cleo").await);
        let article = draft(&ana, json!({ "title": "Keys", "content": "First." })).await;
        let here = place(&article);

        keeps(&ana, &here, json!({ "version": "1", "number": "1", "title": "Keys of Ana", "content": "Half a sen", "tags": "one, two", "sectionIds": ["", "x"] })).await;
        keeps(&ana, &here, json!({ "version": "1", "number": "1", "title": "Keys of Ana", "content": "Half a sentence <b>", "act": "", "kind": "FAQ" })).await;

        let hers = ana.get(&here).await.is(200).text();
        let other = sue.get(&here).await.is(200).text();
        let told = ana.get(&path(&article)).await.json();
        assert!(hers.contains("Half a sentence &#60;b&#62;") && hers.contains("Keys of Ana") && hers.contains("not saved yet") && hers.contains(r#"<option value="FAQ" selected>"#), "{hers}");
        assert!(!other.contains("Half a") && other.contains("Ana has words that are not saved yet"), "{other}");
        assert_eq!((told["title"].as_str(), told["version"].as_i64(), told["content"].as_str()), (Some("Keys"), Some(1), Some("First.")));
        cleo.put(&format!("{here}/draft"), &json!({ "title": "x" })).await.is(403);
        ana.form(&format!("{here}/draft/discard"), &[]).await.is(303);
        let after = ana.get(&here).await.text();
        assert!(after.contains("First.") && !after.contains("not saved yet"), "{after}");
    }

    async fn a_saved_article_has_no_draft_any_more(world) {
        let ana = world.agent("Ana").await;
        let article = draft(&ana, json!({ "title": "Keys", "content": "First." })).await;
        let here = place(&article);
        keeps(&ana, &here, json!({ "version": "1", "number": "1", "title": "Keys", "content": "Second." })).await;

        ana.form(&here, &[("version", "1"), ("number", "1"), ("title", "Keys"), ("content", "Second.")]).await.is(303);

        let page = ana.get(&here).await.is(200).text();
        assert!(page.contains("Second.") && !page.contains("Throw them away") && page.contains(r#"name="version" value="2""#), "{page}");
    }

    async fn a_new_article_is_kept_before_it_is_there_and_made_once(world) {
        let (ana, sue) = (world.agent("Ana").await, world.supervisor("Sue").await);
        let id = Uuid::now_v7();
        let here = format!("{DESK}/{id}");
        keeps(&ana, &here, json!({ "id": id, "title": "Begun", "content": "Some words" })).await;

        let blank = ana.get(&format!("{DESK}/new")).await.is(200).text();
        let again = ana.get(&format!("{DESK}/new?draft={id}")).await.is(200).text();
        let of_sue = sue.get(&format!("{DESK}/new?draft={id}")).await.is(200).text();
        let id_text = id.to_string();
        let form = [("id", id_text.as_str()), ("title", "Begun"), ("content", "Some words")];
        let made = ana.form(DESK, &form).await.is(303);
        let twice = ana.form(DESK, &form).await;

        assert!(blank.contains("You began “Begun”") && blank.contains(&format!("{DESK}/new?draft={id}")), "{blank}");
        assert!(again.contains("Some words") && again.contains(&format!(r#"name="id" value="{id}""#)), "{again}");
        assert!(!of_sue.contains("Some words"), "{of_sue}");
        assert_eq!((made.header("location"), twice.status.as_u16()), (here.as_str(), 409));
        assert_eq!(ana.get(&format!("{DESK}/new?draft={id}")).await.is(303).header("location"), here);
        assert!(!ana.get(&format!("{DESK}/new")).await.text().contains("You began"));
    }

    async fn of_two_writers_the_second_sees_what_differs_and_takes_one(world) {
        let (ana, sue) = (world.agent("Ana").await, world.supervisor("Sue").await);
        let article = draft(&ana, json!({ "title": "Keys", "content": "Same line.\n\nThe old words here." })).await;
        let here = place(&article);
        keeps(&ana, &here, json!({ "version": "1", "number": "1", "title": "Keys", "content": "Same line.\n\nThe good words here." })).await;
        sue.form(&here, &[("version", "1"), ("title", "Keys of Sue"), ("content", "Same line.\n\nThe new words here.")]).await.is(303);
        let mine = [("number", "1"), ("title", "Keys"), ("content", "Same line.\n\nThe good words here.")];
        let with = |version: &'static str, more: &[(&'static str, &'static str)]| mine.iter().copied().chain([("version", version)]).chain(more.iter().copied()).collect::<Vec<_>>();

        let opened = ana.get(&here).await.is(200).text();
        let previewed = ana.form(&here, &with("1", &[("act", "preview")])).await.is(200).text();
        let refused = ana.form(&here, &with("1", &[])).await.is(409).text();

        assert!(opened.contains("This changed while you write") && opened.contains("are by Sue") && opened.contains("The good words"), "{opened}");
        assert!(previewed.contains(r#"name="version" value="1""#), "a look does not save on top: {previewed}");
        for part in ["What Sue saved, and your words", "Keys of Sue", "<del>new</del>", "<ins>good</ins>", "Take mine", "Take theirs", r#"name="version" value="2""#, "not saved yet"] {
            assert!(refused.contains(part), "{part}\n{refused}");
        }
        assert!(!refused.contains("Put both into one text"), "both changed the same line");
        assert_eq!(ana.get(&path(&article)).await.json()["title"], "Keys of Sue", "nothing was written over");
        ana.form(&here, &with("2", &[])).await.is(303);
        let versions = ana.get(&format!("{here}/versions?from=2&to=3")).await.is(200).text();
        assert!(versions.contains("<del>new</del>") && versions.contains("<ins>good</ins>") && versions.contains("Restore version 2"), "{versions}");
    }

    async fn changes_of_two_in_different_places_fit_into_one_text(world) {
        let (ana, sue) = (world.agent("Ana").await, world.supervisor("Sue").await);
        let article = draft(&ana, json!({ "title": "Keys", "content": "One.\n\nTwo.\n\nThree." })).await;
        let here = place(&article);
        sue.form(&here, &[("version", "1"), ("title", "Keys"), ("content", "One.\n\nTwo.\n\nThree of Sue.")]).await.is(303);
        // a browser sends both signs of a line's end
        let mine = |version: &'static str, act: &'static str| vec![("version", version), ("number", "1"), ("base", "1"), ("act", act), ("title", "Keys"), ("content", "One of Ana.\r\n\r\nTwo.\r\n\r\nThree.")];

        let refused = ana.form(&here, &mine("1", "save")).await.is(409).text();
        let joined = ana.form(&here, &mine("2", "both")).await.is(200).text();

        assert!(refused.contains("Put both into one text") && refused.contains("<del>One.</del>") , "{refused}");
        assert!(joined.contains("One of Ana.\n\nTwo.\n\nThree of Sue."), "{joined}");
        assert_eq!(ana.get(&path(&article)).await.json()["content"], "One.\n\nTwo.\n\nThree of Sue.", "a person saves it");
        ana.form(&here, &[("version", "2"), ("title", "Keys"), ("content", "One.\r\n\r\nTwo.\r\n\r\nThree of Sue.")]).await.is(303);
        let versions = ana.get(&format!("{}/versions", path(&article))).await.is(200).json();
        assert_eq!(versions["items"].as_array().unwrap().len(), 2, "the same words are no new version: {versions}");
    }

    async fn the_preview_is_what_readers_see(world) {
        let (ana, sue, cleo, stranger) = (world.agent("Ana").await, world.supervisor("Sue").await, world.customer("Cleo").await, world.stranger());
        let content = "## Part one\n\nWords with `code` and <script>alert(1)</script>\n\n| a | b |\n|---|---|\n| 1 | 2 |";
        published(&sue, json!({ "title": "Looks", "content": content })).await;

        let shown = ana.post(&format!("{DESK}/preview"), &json!({ "content": content })).await.is(200).json();
        let page = stranger.get("/a/looks").await.is(200).text();

        let html = shown["html"].as_str().unwrap();
        assert!(page.contains(html), "{html}\n{page}");
        assert!(html.contains(r#"id="s-part-one""#) && !html.contains("<script"), "{html}");
        assert!(!shown["plain"].as_str().unwrap().contains("id=\"s-"), "{shown}");
        cleo.post(&format!("{DESK}/preview"), &json!({ "content": "x" })).await.is(403);
        ana.post(&format!("{DESK}/preview"), &json!({ "content": "x".repeat(100_001) })).await.is(422);
    }

    async fn who_else_edits_is_seen_at_once(world) {
        let (ana, sue) = (world.agent("Ana").await, world.supervisor("Sue").await);
        let article = draft(&ana, json!({ "title": "Keys", "content": "First." })).await;
        let id = article["id"].as_str().unwrap();
        let topic = format!("article:{id}");
        let (mut of_ana, mut of_sue) = (Socket::open(world, &ana, &[&topic], i64::MAX).await, Socket::open(world, &sue, &[&topic], i64::MAX).await);

        of_ana.says(&json!({ "viewing": id })).await;
        of_sue.says(&json!({ "viewing": id })).await;
        of_sue.says(&json!({ "typing": id, "as": "reply" })).await;

        let mut seen = Vec::new();
        while let Some(word) = of_ana.next(Duration::from_secs(3)).await {
            seen.push(word["people"].clone());
            if seen.last().is_some_and(|people| people[0]["doing"] == "replying") {
                break;
            }
        }
        assert_eq!(seen.last(), Some(&json!([{ "name": "Sue", "doing": "replying" }])), "{seen:?}");
        let page = ana.get(&place(&article)).await.is(200).text();
        assert!(page.contains(&format!(r#"data-here="{id}""#)) && page.contains(r#"data-writing="editing""#) && page.contains(&topic), "{page}");
    }

    async fn a_picture_may_come_before_the_first_save(world) {
        let (ana, max) = (world.agent("Ana").await, world.agent("Max").await);
        let id = Uuid::now_v7().to_string();
        let here = format!("{DESK}/{id}");
        let send = async |who: &Visitor| who.multipart(&format!("{here}/images"), &[], &[("a.png", PIXEL)]).await;
        send(&ana).await.is(404);
        keeps(&ana, &here, json!({ "id": id, "title": "", "content": "Look" })).await;

        send(&max).await.is(404);
        send(&ana).await.is(303);
        send(&ana).await.is(303);
        let moved = ana.get(&format!("{DESK}/new?draft={id}")).await.is(303).header("location").to_owned();
        let begun = ana.get(&moved).await.is(200).text();
        let form = [("id", id.as_str()), ("title", "With a picture"), ("content", "Look here")];
        ana.form(DESK, &form).await.is(303);
        let told = ana.get(&path(&json!({ "id": id }))).await.is(200).json();

        assert!(begun.contains("Look") && begun.contains("not saved yet") && begun.contains(r#"name="version" value="1""#), "{begun}");
        assert_eq!((told["title"].as_str(), told["content"].as_str(), told["number"].as_i64()), (Some("With a picture"), Some("Look here"), Some(2)));
        ana.form(DESK, &form).await.is(409);
        assert!(ana.get(&format!("{here}/images")).await.is(200).text().contains("a.png"));
    }

    async fn the_editor_stands_alone_and_works_without_script(world) {
        let ana = world.agent("Ana").await;

        let editor = ana.get(&format!("{DESK}/new")).await.is(200).text();
        let inbox = ana.get("/desk").await.is(200).text();

        assert!(editor.contains("/assets/writer.") && !inbox.contains("/assets/writer."), "{editor}");
        assert!(editor.contains(r#"<textarea id="content" name="content""#) && editor.contains(r#"name="act" value="preview""#), "{editor}");
        assert!(!editor.contains("style=\""), "{editor}");
    }
}
