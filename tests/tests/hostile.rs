//! Hostile names, subjects, tags, texts and files: whatever people send stays text on every page that shows it.

use crate::client::Visitor;
use accounts::Person;
use html5ever::tokenizer::{BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer};
use kernel::Role;
use serde_json::json;
use std::cell::RefCell;

/// Live markup of each kind, with a mark that no page of ours has: `evilmark`.
const HOSTILE: &[&str] = &[
    "<script>evilmark()</script>",
    "<img src=evilmark onerror=evilmark()>",
    "\"><evilmark-element onload=x>",
    "'><svg/onload=evilmark()>",
    "</title></textarea></style><evilmark-element>",
    "{{evilmark}} ${evilmark} <%= evilmark %>",
    "javascript:evilmark()//",
    "\u{202e}<b>evilmark\u{0008}</b>",
    "<a href=\"javascript:evilmark()\" onclick=evilmark()>x</a>",
    "<iframe srcdoc='<script>evilmark()</script>'></iframe>",
    "--></script><evilmark-element autofocus onfocus=x>",
];
/// The same by way of Markdown.
const MARKDOWN: &str = "[x](javascript:evilmark()) ![x](javascript:evilmark()) <evilmark-element onclick=x> <style>*{color:evilmark}</style>\n\n<script>evilmark()</script>\n\n[y]: javascript:evilmark()\n\n<form action=//evilmark.test><input name=password></form>\n\n```html\n<script>evilmark()</script>\n```\n\n<svg><a xlink:href=\"javascript:evilmark()\">x</a></svg> <math><mi xlink:href=\"data:x,evilmark\">x</mi></math>";

/// Names every tag of a page that could run something, or that came from outside.
#[derive(Default)]
struct Witness(RefCell<Vec<String>>);

impl TokenSink for Witness {
    type Handle = ();

    fn process_token(&self, token: Token, _: u64) -> TokenSinkResult<()> {
        if let Token::TagToken(tag) = token
            && tag.kind == TagKind::StartTag
        {
            if let Some(reason) = live(&tag) {
                self.0.borrow_mut().push(format!("{reason}: {tag:?}"));
            }
            if &*tag.name == "script" {
                return TokenSinkResult::RawData(html5ever::tokenizer::states::RawKind::ScriptData);
            }
            if matches!(&*tag.name, "title" | "textarea") {
                return TokenSinkResult::RawData(html5ever::tokenizer::states::RawKind::Rcdata);
            }
        }
        TokenSinkResult::Continue
    }
}

fn live(tag: &Tag) -> Option<&'static str> {
    let name = &*tag.name;
    let value = |wanted: &str| tag.attrs.iter().find(|attr| &*attr.name.local == wanted).map(|attr| attr.value.to_string());
    if name.contains("evilmark") || matches!(name, "iframe" | "object" | "embed" | "style" | "base" | "math") {
        return Some("an element");
    }
    if name == "script" && !value("src").is_some_and(|src| src.starts_with("/assets/")) {
        return Some("a script");
    }
    for attr in &tag.attrs {
        let (key, value) = (&*attr.name.local, attr.value.trim().to_lowercase());
        if key.starts_with("on") || matches!(key, "style" | "srcdoc" | "formaction") {
            return Some("an attribute");
        }
        if matches!(key, "href" | "src" | "action" | "xlink:href" | "poster")
            && (value.starts_with("javascript:") || value.starts_with("data:") || value.starts_with("vbscript:"))
        {
            return Some("an address");
        }
        if key == "src" && value.contains("evilmark") {
            return Some("a source");
        }
    }
    (name == "form" && value("action").is_some_and(|action| !action.starts_with('/'))).then_some("a form")
}

fn is_harmless(page: &str, place: &str) {
    let queue = BufferQueue::default();
    queue.push_back(page.into());
    let tokenizer = Tokenizer::new(Witness::default(), html5ever::tokenizer::TokenizerOpts::default());
    let _ = tokenizer.feed(&queue);
    tokenizer.end();
    let found = tokenizer.sink.0.borrow();
    assert!(found.is_empty(), "{place} has {}", found.join("\n"));
}

async fn look(who: &Visitor, paths: &[String]) {
    for path in paths {
        let told = who.get(path).await;
        assert!(told.status.is_success() || told.status == 404, "{path}: {} {}", told.status, told.text());
        is_harmless(&told.text(), path);
        let policy = told.header("content-security-policy");
        assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"), "{path}: {policy}");
    }
}

both! {
    async fn whatever_people_write_stays_text_on_every_page(world) {
        let ada = world.admin("Ada").await;
        for (n, words) in HOSTILE.iter().enumerate() {
            let cleo = world.person(words, &format!("c{n}@hostile.test"), Role::Customer, None).await;
            let ana = world.person(words, &format!("a{n}@staff.test"), Role::Agent, None).await;
            let (team, organization) = (world.team(words).await, world.organization(words, &format!("org{n}.test"), true).await);
            let body = json!({ "title": words, "description": format!("{words}\n\n{MARKDOWN}"), "userId": cleo.id(), "tags": [words.chars().filter(|c| *c != ',').take(40).collect::<String>()] });
            let told = ana.post("/api/support/tickets", &body).await;
            let ticket = if told.status == 422 { ana.asks_with(json!({ "title": words, "description": words, "userId": cleo.id() })).await["id"].as_str().unwrap().to_owned() } else { told.is(201).id() };
            ana.replies(&ticket, MARKDOWN).await;
            ana.notes(&ticket, words).await;
            let version = ana.ticket(&ticket).await["version"].clone();
            ana.put(&format!("/api/support/tickets/{ticket}"), &json!({ "version": version, "title": format!("{words}!"), "teamId": team.id, "assignedTo": ana.id() })).await.is(200);
            ana.form(&format!("/desk/tickets/{ticket}/messages"), &[("kind", "note"), ("content", "")]).await.is(422);
            let draft = ana.request("PUT", &format!("/desk/tickets/{ticket}/draft")).json(&json!({ "content": format!("</textarea>{words}") }));
            ana.send(draft).await.is(204);
            ada.form("/desk/views", &[("name", *words), ("reach", "ALL"), ("query", &format!("team={}&tag={}", team.id, crate::client::encode("<evilmark-element>")))]).await.is(303);
            ana.form(&format!("/desk/tickets/{ticket}/snooze"), &[("until", "reply")]).await.is(303);
            let q = crate::client::encode(words);

            look(&ana, &[format!("/desk/tickets/{ticket}"), format!("/desk/tickets/{ticket}/history"), "/desk?view=all".into(), format!("/desk?q={q}&tag={q}&requester={q}"), "/desk/counts".into(), "/desk/views".into(), "/desk?view=snoozed".into(), format!("/desk?tag={q}&team={}", uuid::Uuid::nil()), "/desk/tickets/new".into(), "/profile".into(), format!("/search?q={q}")]).await;
            look(&cleo, &[format!("/requests/{ticket}"), "/requests".into(), "/".into(), format!("/requests?q={q}&show={q}"), format!("/search?q={q}"), format!("/requests/new?title={q}&category={q}"), format!("/{q}")]).await;
            look(&world.stranger(), &[format!("/sign-in?next={q}"), format!("/search?q={q}"), format!("/requests/new?title={q}"), format!("/{q}")]).await;
            look(&ada, &["/admin".into(), "/admin/people".into(), format!("/admin/people?q={q}"), format!("/admin/people/{}", cleo.id()), "/admin/teams".into(), format!("/admin/teams/{}", team.id), "/admin/organizations".into(), format!("/admin/organizations/{}", organization.id), "/admin/outbox".into(), "/admin/jobs".into()]).await;
            let html = cleo.ticket(&ticket).await["messages"].as_array().unwrap().iter().map(|message| message["html"].as_str().unwrap().to_owned()).collect::<String>();
            is_harmless(&html, "the API's html");
            let palette = ana.get(&format!("/desk/palette?q={q}")).await.is(200);
            assert_eq!(palette.header("content-type"), "application/json");
        }
    }

    async fn a_form_shown_again_keeps_hostile_words_as_text(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);

        for words in HOSTILE {
            let fields = [("title", *words), ("content", *words), ("category", *words), ("priority", *words), ("cc", *words), ("email", *words), ("name", *words)];
            for told in [cleo.form("/requests", &fields).await, world.stranger().form("/requests", &fields).await, ana.form("/desk/tickets", &fields).await, world.stranger().form("/sign-in", &[("email", words), ("password", words), ("next", words)]).await,
                world.stranger().form("/sign-up", &[("email", words), ("password", words), ("name", words)]).await, world.stranger().form("/reset", &[("email", words)]).await] {
                assert_eq!(told.status, 422, "{}", told.text());
                is_harmless(&told.text(), words);
            }
        }
    }

    async fn lines_smuggled_into_names_and_subjects_become_no_headers(world) {
        let ana = world.agent("Ana").await;
        let smuggled = "x\r\nSet-Cookie: evil=1\r\nBcc: all@else.test\r\n\r\n<b>";
        let gina = world.stranger();

        gina.form("/requests", &[("title", smuggled), ("content", "c"), ("category", "BUG"), ("email", "gina@else.test"), ("name", smuggled)]).await.is(200);
        let ticket = ana.asks_with(json!({ "title": smuggled, "description": "d" })).await["id"].as_str().unwrap().to_owned();
        let page = ana.get(&format!("/desk/tickets/{ticket}")).await.is(200);
        let theme = gina.form("/theme", &[("theme", "dark"), ("return_to", "/x\r\nSet-Cookie: evil=1")]).await;
        let away = [gina.form("/theme", &[("theme", "dark"), ("return_to", "//evil.test")]).await, gina.form("/theme", &[("theme", "dark"), ("return_to", "/\\evil.test")]).await, gina.form("/theme", &[("theme", "dark"), ("return_to", "https://evil.test")]).await];

        for told in [&page, &theme] {
            assert!(told.headers.get_all("set-cookie").iter().all(|value| !value.to_str().unwrap().starts_with("evil")), "{:?}", told.headers);
        }
        assert!(away.iter().all(|told| told.header("location") == "/"), "{away:?}");
        let mail = world.outbox().await.remove(0);
        assert!(!mail.subject.contains(['\r', '\n']) && !mail.to.contains(['\r', '\n']), "{mail:?}");
    }

    async fn a_hostile_file_is_sent_under_a_harmless_name_and_never_as_a_page(world) {
        let cleo = world.customer("Cleo").await;
        let svg = "<svg xmlns='http://www.w3.org/2000/svg' onload='evilmark()'><script>evilmark()</script></svg>";
        let html = "<!doctype html><script>evilmark()</script>";
        for (name, content) in [("x\"; filename=evil.exe\r\nSet-Cookie: evil=1.txt", "plain"), ("../../../etc/passwd", "plain"), ("evil\u{202e}gpj.svg", svg), ("page.html", html), ("<img src=x onerror=evilmark()>.txt", "plain"), ("Überprüfung 検証.txt", "plain")] {
            let begun = cleo.begins_upload(name, content.len()).await;
            if begun.status != 201 {
                assert_eq!(begun.status, 415, "{name}: {}", begun.text());
                continue;
            }
            let path = begun.header("location").to_owned();
            let done = cleo.goes_on(&path, 0, content.as_bytes()).await;
            if done.status != 204 {
                assert_eq!(done.status, 415, "{name}: {}", done.text());
                continue;
            }
            let ticket = cleo.asks_with(json!({ "title": "File", "description": "d", "fileId": [path.rsplit('/').next().unwrap()] })).await;
            let (id, url) = (ticket["id"].as_str().unwrap(), ticket["attachments"][0]["url"].as_str().unwrap());

            let told = cleo.get(url).await.is(200);

            let disposition = told.header("content-disposition");
            // the name stands between two quotes and cannot end them
            assert!(disposition.starts_with("attachment; filename=\"") && disposition.matches('"').count() == 2, "{name}: {disposition}");
            assert!(told.headers.get("set-cookie").is_none(), "{name}");
            assert_eq!((told.header("x-content-type-options"), told.header("content-security-policy").contains("sandbox")), ("nosniff", true), "{name}");
            assert!(!told.header("content-type").contains("html") && !told.header("content-type").contains("svg") && !told.header("content-type").contains("xml"), "{name}: {}", told.header("content-type"));
            look(&cleo, &[format!("/requests/{id}")]).await;
        }
    }

    async fn a_name_too_long_or_empty_is_refused_at_the_door(world) {
        let ada = world.admin("Ada").await;

        for name in ["", "   ", &"x".repeat(500)] {
            ada.form("/admin/people", &[("name", name), ("email", "n@else.test"), ("role", "CUSTOMER")]).await.is(422);
            ada.form("/profile", &[("name", name), ("zone", "UTC"), ("language", "en-GB")]).await.is(422);
        }

        assert!(Person::by_email(&mut world.read().await, "n@else.test").await.unwrap().is_none());
    }
}
