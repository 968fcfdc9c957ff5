//! What cannot be read, is wrong, is too large or comes from elsewhere: the right refusal, and nothing written.

use crate::{
    client::{Told, Visitor},
    world::World,
};
use db::{Engine, sql};
use kernel::Scope;
use serde_json::{Value, json};
use std::fmt::Write as _;

const TICKETS: &str = "/api/support/tickets";

async fn rows(world: &World) -> i64 {
    world.count(sql!("SELECT (SELECT COUNT(*) FROM tickets) + (SELECT COUNT(*) FROM messages) + (SELECT COUNT(*) FROM ticket_tags) + (SELECT COUNT(*) FROM ticket_people) + (SELECT COUNT(*) FROM answers)")).await
}

async fn raw(who: &Visitor, method: &str, path: &str, kind: &str, body: impl Into<Vec<u8>>) -> Told {
    who.send(who.request(method, path).header("content-type", kind).body(body.into())).await
}

fn problem(told: &Told, status: u16, word: &str) -> Value {
    assert_eq!(told.status.as_u16(), status, "{}", told.text());
    assert_eq!(told.header("content-type"), "application/problem+json");
    let problem = told.json();
    assert_eq!((problem["status"].as_u64(), problem["type"].as_str().unwrap().rsplit('/').next().unwrap()), (Some(u64::from(status)), word), "{problem}");
    assert!(!problem["requestId"].as_str().unwrap().is_empty() && !problem["detail"].as_str().unwrap().is_empty(), "{problem}");
    problem
}

both! {
    async fn wrong_fields_are_named_one_by_one_and_nothing_is_written(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let ticket = cleo.asks("T").await["id"].as_str().unwrap().to_owned();
        let before = rows(world).await;
        let (one, say) = (format!("{TICKETS}/{ticket}"), format!("{TICKETS}/{ticket}/messages"));
        let good = json!({ "title": "t", "description": "d" });
        let with = |field: &str, value: Value| { let mut body = good.clone(); body[field] = value; body };
        let cases: Vec<(&str, &str, Value, Vec<&str>)> = vec![
            ("POST", TICKETS, json!({}), vec!["title", "description"]),
            ("POST", TICKETS, with("colour", json!("red")), vec!["colour"]),
            ("POST", TICKETS, with("title", json!(7)), vec!["title"]),
            ("POST", TICKETS, with("title", json!("   ")), vec!["title"]),
            ("POST", TICKETS, with("title", json!("x".repeat(201))), vec!["title"]),
            ("POST", TICKETS, with("description", json!("x".repeat(100_001))), vec!["description"]),
            ("POST", TICKETS, with("category", json!("bug")), vec!["category"]),
            ("POST", TICKETS, with("priority", json!("HIGHEST")), vec!["priority"]),
            ("POST", TICKETS, with("priority", json!(["HIGH"])), vec!["priority"]),
            ("POST", TICKETS, with("tags", json!("one")), vec!["tags"]),
            ("POST", TICKETS, with("tags", json!([1])), vec!["tags"]),
            ("POST", TICKETS, with("tags", json!(vec!["t"; 21])), vec!["tags"]),
            ("POST", TICKETS, with("cc", json!(["nobody"])), vec!["cc"]),
            ("POST", TICKETS, with("assignedTo", json!("me")), vec!["assignedTo"]),
            ("POST", TICKETS, with("assignedTo", json!(cleo.id())), vec!["assignedTo"]),
            ("POST", TICKETS, with("teamId", json!(cleo.id())), vec!["teamId"]),
            ("POST", TICKETS, with("userId", json!(ticket)), vec!["userId"]),
            ("POST", TICKETS, with("fileId", json!(["0123456789abcdef0123456789abcdef"])), vec!["fileId"]),
            ("POST", TICKETS, json!({ "title": 1, "description": [], "nonsense": {}, "priority": "x" }), vec!["title", "description", "nonsense", "priority"]),
            ("POST", TICKETS, json!([]), vec!["body"]),
            ("PUT", &one, json!({ "title": "t" }), vec!["version"]),
            ("PUT", &one, json!({ "version": "1" }), vec!["version"]),
            ("PUT", &one, json!({ "version": 0 }), vec!["version"]),
            ("PUT", &one, json!({ "version": 1, "title": "" }), vec!["title"]),
            ("PUT", &one, json!({ "version": 1, "status": "DONE" }), vec!["status"]),
            ("PUT", &one, json!({ "version": 1, "tags": ["a,b"] }), vec!["tag"]),
            ("POST", &say, json!({}), vec!["content"]),
            ("POST", &say, json!({ "content": "c", "internal": "yes" }), vec!["internal"]),
            ("POST", &say, json!({ "content": "c", "user": "me" }), vec!["user"]),
        ];

        for (method, path, body, fields) in cases {
            let told = ana.json(method, path, &body).await;
            let problem = problem(&told, 422, "invalid-fields");
            let named: Vec<&String> = problem["errors"].as_object().unwrap().keys().collect();
            assert!(fields.iter().all(|field| named.iter().any(|name| name == field)) && named.len() == fields.len(), "{method} {body}: {problem}");
        }

        assert_eq!(rows(world).await, before, "nothing was written");
        assert_eq!(cleo.ticket(&ticket).await["version"], 1);
    }

    async fn wrong_questions_are_named_too(world) {
        let cleo = world.customer("Cleo").await;

        for (query, field) in [("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("status=DONE", "status"), ("sort=best", "sort"), ("colour=red", "colour"), ("cursor=zzz", "cursor"), ("assignedTo=me", "assignedTo"), ("createdFrom=today", "createdFrom")] {
            let problem = problem(&cleo.get(&format!("{TICKETS}?{query}")).await, 422, "invalid-fields");
            assert!(problem["errors"][field].is_array(), "{query}: {problem}");
        }
    }

    async fn what_cannot_be_read_is_malformed(world) {
        let cleo = world.customer("Cleo").await;
        let before = rows(world).await;
        let nested = |depth: usize| format!("{}1{}", "{\"title\":[".replace("{\"title\":", "").repeat(depth - 1), "]".repeat(depth - 1));
        let cases: Vec<(&str, Vec<u8>)> = vec![
            ("application/json", b"{".to_vec()),
            ("application/json", b"{\"title\":}".to_vec()),
            ("application/json", b"title=x".to_vec()),
            ("application/json", format!("{{\"title\":{}}}", nested(65)).into_bytes()),
            ("application/json", b"{\"title\":\"a\0b\",\"description\":\"d\"}".to_vec()),
            ("application/json", b"{\"title\":\"a\\u0000b\",\"description\":\"d\"}".to_vec()),
            ("application/json", b"{\"title\":\"\xff\xfe\",\"description\":\"d\"}".to_vec()),
            ("application/json", b"{\"title\":\"\\ud800\",\"description\":\"d\"}".to_vec()),
            ("application/x-www-form-urlencoded", b"title=%00&description=d".to_vec()),
            ("application/x-www-form-urlencoded", b"title=%FF&description=d".to_vec()),
            ("application/x-www-form-urlencoded", b"title=a\0b&description=d".to_vec()),
        ];

        for (kind, body) in cases {
            problem(&raw(&cleo, "POST", TICKETS, kind, body.clone()).await, 400, "malformed");
            let form = raw(&cleo, "POST", "/requests", kind, body.clone()).await;
            assert_eq!(form.status, 400, "{}: {}", String::from_utf8_lossy(&body), form.text());
        }
        for path in ["/api/support/tickets/%00", "/requests/a%00b"] {
            assert_eq!(raw(&cleo, "GET", path, "text/plain", Vec::new()).await.status, 400, "{path}");
        }
        let deep = raw(&cleo, "POST", TICKETS, "application/json", format!("{{\"title\":{}}}", nested(64))).await;

        problem(&deep, 422, "invalid-fields");
        assert_eq!(rows(world).await, before);
    }

    async fn a_body_over_the_limit_is_refused_with_the_limit(world) {
        let cleo = world.customer("Cleo").await;
        let mut body = String::from("{\"title\":\"");
        write!(body, "{}\"}}", "x".repeat(1024 * 1024)).unwrap();

        let told = raw(&cleo, "POST", TICKETS, "application/json", body).await;

        let problem = problem(&told, 413, "too-large");
        assert!(problem["detail"].as_str().unwrap().contains("1024 KB"), "{problem}");
        // all was read, so that the same connection takes the next request
        let long = json!({ "title": "x".repeat(6_000_000) });
        for _ in 0..10 {
            cleo.post(TICKETS, &long).await.is(413);
            cleo.get(TICKETS).await.is(200);
        }
    }

    async fn a_type_of_body_or_file_that_is_not_taken_is_told_what_is(world) {
        let cleo = world.customer("Cleo").await;

        let body = raw(&cleo, "POST", TICKETS, "text/xml", "<ticket/>").await;
        let program = cleo.begins_upload("setup.exe", 4).await;
        let path = cleo.begins_upload("picture.png", 64).await.is(201).header("location").to_owned();
        let mut elf = b"\x7fELF\x02\x01\x01\0".to_vec();
        elf.resize(64, 0);
        let disguised = cleo.goes_on(&path, 0, &elf).await;
        let huge = cleo.begins_upload("film.mp4", 26 * 1024 * 1024).await;

        assert!(problem(&body, 415, "unsupported-type")["detail"].as_str().unwrap().contains("application/json"));
        assert!(problem(&program, 415, "unsupported-type")["detail"].as_str().unwrap().contains("PNG"));
        assert!(problem(&disguised, 415, "unsupported-type")["detail"].as_str().unwrap().contains("PNG"));
        assert!(problem(&huge, 413, "too-large")["detail"].as_str().unwrap().contains("25 MB"));
    }

    async fn no_token_and_bad_tokens_are_asked_to_sign_in(world) {
        let cleo = world.customer("Cleo").await;
        let revoked = world.token(&cleo, Scope::ALL).await;
        let mut tx = world.write().await;
        tx.run(sql!("DELETE FROM tokens WHERE person_id = $1", cleo.id())).await.unwrap();
        tx.commit().await.unwrap();

        for who in [world.stranger(), world.stranger().with_token("pcs_nonsense"), world.stranger().with_token(&"x".repeat(4_000)), revoked, world.stranger().with_cookie("session", "nonsense")] {
            let told = who.get(TICKETS).await;
            problem(&told, 401, "unauthenticated");
            assert_eq!(told.header("www-authenticate"), "Bearer");
        }
        let basic = world.stranger();
        problem(&basic.send(basic.request("GET", TICKETS).header("authorization", "Basic YTpi")).await, 401, "unauthenticated");
    }

    async fn foreign_unknown_and_garbage_ids_are_all_the_same_nothing(world) {
        let (cleo, otto) = (world.customer("Cleo").await, world.customer("Otto").await);
        let foreign = cleo.asks("T").await["id"].as_str().unwrap().to_owned();
        let mut answers = Vec::new();

        for id in [&*foreign, "019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f10", "1042", "nonsense", "%27%20OR%201=1", "%E2%80%AE"] {
            for path in [format!("{TICKETS}/{id}"), format!("{TICKETS}/{id}/messages"), format!("{TICKETS}/{id}/events"), format!("{TICKETS}/{id}/attachments")] {
                let mut problem = problem(&otto.get(&path).await, 404, "not-found");
                problem["requestId"] = Value::Null;
                answers.push(problem);
            }
            assert_eq!(otto.get(&format!("/requests/{id}")).await.status, 404);
            assert_eq!(otto.put(&format!("{TICKETS}/{id}"), &json!({ "version": 1, "title": "mine" })).await.status, 404);
        }

        answers.dedup();
        assert_eq!(answers.len(), 1, "all answers are alike: {answers:?}");
    }

    async fn a_form_sent_from_another_site_does_nothing(world) {
        let (cleo, ana) = (world.customer("Cleo").await, world.agent("Ana").await);
        let ticket = cleo.asks("T").await["id"].as_str().unwrap().to_owned();
        let before = rows(world).await;
        let form = "application/x-www-form-urlencoded";

        for (header, value) in [("origin", "https://evil.test"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site"), ("origin", "null")] {
            for (path, body) in [("/requests".to_owned(), "title=t&content=c&category=BUG".to_owned()), (format!("/desk/tickets/{ticket}/messages"), "kind=reply&content=c".to_owned()), (format!("/desk/tickets/{ticket}/trash"), "version=1".to_owned()), (TICKETS.to_owned(), "title=t&description=d".to_owned()), ("/sign-out".to_owned(), String::new())] {
                let told = ana.send(ana.request("POST", &path).header("content-type", form).header(header, value).body(body)).await;
                assert_eq!(told.status, 403, "{header}: {value} on {path}: {}", told.text());
            }
        }

        assert_eq!(rows(world).await, before);
        ana.get("/desk").await.is(200);
        let own = ana.send(ana.request("POST", "/theme").header("origin", &world.url).header("sec-fetch-site", "same-origin").header("content-type", form).body("theme=dark")).await;
        assert_eq!(own.status, 303, "the site's own forms go through");
    }

    async fn a_way_of_asking_that_does_not_exist_is_405_with_what_does(world) {
        let cleo = world.customer("Cleo").await;

        let told = cleo.json("PATCH", TICKETS, &json!({})).await;

        problem(&told, 405, "method-not-allowed");
        assert!(told.header("allow").contains("POST"), "{}", told.header("allow"));
    }
}

async fn too_many(engine: Engine) {
    let world = World::with(engine, |config| config.rate_limits = true).await;
    let stranger = world.stranger();
    let fields = [("email", "cleo@customer.test"), ("password", "wrong wrong wrong")];
    let mut told = stranger.form("/sign-in", &fields).await;

    for _ in 0..12 {
        told = stranger.form("/sign-in", &fields).await;
    }

    assert_eq!(told.status, 429, "{}", told.text());
    assert!(told.header("retry-after").parse::<u64>().unwrap() > 0);
    let cleo = world.customer("Cleo").await;
    let (mut refused, mut made) = (None, 0);
    for n in 0..80 {
        let told = cleo.post(TICKETS, &json!({ "title": format!("T{n}"), "description": "d" })).await;
        if told.status == 201 { made += 1 } else { refused = Some(told) }
    }
    let refused = refused.unwrap();
    problem(&refused, 429, "too-many-requests");
    assert!(refused.header("retry-after").parse::<u64>().unwrap() > 0);
    assert_eq!(world.count(sql!("SELECT COUNT(*) FROM tickets")).await, made, "what was refused was not written");
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_tries_too_often_is_told_when_to_come_back_sqlite() {
    too_many(Engine::Sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_tries_too_often_is_told_when_to_come_back_postgres() {
    too_many(Engine::Postgres).await;
}
