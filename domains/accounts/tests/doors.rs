//! Signing in, one's own profile, administration and the API, as browsers and programs see them.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

mod world;

use accounts::{Link, Organization, Person, Search, Team, Token, mail, policy};
use axum::http::StatusCode;
use kernel::{Actor, Role, Scope};
use web::Method;
use world::{Browser, PASSWORD, World};

async fn world() -> World {
    World::new(vec![accounts::room()], Vec::new(), false).await
}

/// The newest mail to an address.
async fn mail_to(world: &World, address: &str) -> mail::Waiting {
    let all = mail::outbox(&mut world.app.db.read().await.unwrap(), 50).await.unwrap();
    all.into_iter().find(|mail| mail.to == address).unwrap()
}

/// The path of the one-time link in a mail.
fn link(mail: &mail::Waiting, kind: &str) -> String {
    let start = mail.text.find(&format!("http://localhost/{kind}/")).unwrap() + "http://localhost".len();
    mail.text[start..].split_whitespace().next().unwrap().to_owned()
}

async fn is_signed_in(browser: &mut Browser) -> bool {
    browser.get("/profile").await.status == StatusCode::OK
}

#[tokio::test]
async fn somebody_signs_up_confirms_signs_out_and_in_again() {
    let world = world().await;
    let mut ana = world.browser();

    let asked = ana.post("/sign-up", &[("name", "Ana"), ("email", "Ana@Example.org"), ("password", PASSWORD)]).await;
    assert_eq!((asked.status, asked.location.as_str()), (StatusCode::SEE_OTHER, "/check-mail"));
    let path = link(&mail_to(&world, "ana@example.org").await, "sign-up");
    assert!(!ana.get(&path).await.body.contains("type=\"password\""));
    assert!(!is_signed_in(&mut ana).await);
    assert_eq!(ana.post(&path, &[]).await.location, "/");
    assert!(is_signed_in(&mut ana).await);
    assert_eq!(ana.post(&path, &[]).await.status, StatusCode::NOT_FOUND);
    assert_eq!(ana.get(&path).await.status, StatusCode::NOT_FOUND);

    assert_eq!(ana.post("/sign-out", &[]).await.location, "/");
    assert_eq!(ana.get("/profile").await.location, "/sign-in?next=%2Fprofile");
    assert_eq!(ana.post("/sign-in", &[("email", "ANA@example.org"), ("password", PASSWORD), ("next", "/profile")]).await.location, "/profile");
    assert!(is_signed_in(&mut ana).await);
    assert_eq!(ana.get("/sign-in?next=/profile/tokens").await.location, "/profile/tokens");
}

#[tokio::test]
async fn who_signs_up_with_a_foreign_address_gets_no_account_that_its_owner_confirms() {
    let world = world().await;
    let (mut thief, mut ana) = (world.browser(), world.browser());
    thief.post("/sign-up", &[("name", "Ana"), ("email", "ana@example.org"), ("password", "known to the thief")]).await;
    let path = link(&mail_to(&world, "ana@example.org").await, "sign-up");

    assert!(ana.get(&path).await.body.contains("type=\"password\""));
    assert_eq!(ana.post(&path, &[]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ana.post(&path, &[("password", "what ana would type")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(Person::by_email(&mut world.app.db.read().await.unwrap(), "ana@example.org").await.unwrap().is_none());
}

#[tokio::test]
async fn the_answer_is_the_same_whether_an_address_is_known() {
    let world = world().await;
    world.person("Ana", Role::Customer).await;
    let mut browser = world.browser();
    for (path, fields) in
        [("/sign-up", vec![("name", "Somebody"), ("password", PASSWORD)]), ("/reset", vec![]), ("/sign-in", vec![("password", "not the password")])]
    {
        let mut seen = Vec::new();
        for email in ["ana@example.org", "bob@example.org"] {
            let mut fields = fields.clone();
            fields.push(("email", email));
            let answer = browser.post(path, &fields).await;
            seen.push((answer.status, answer.location, answer.body.replace(email, "")));
        }
        let unlike_by_number = |body: &str| body.split("Request ID").next().unwrap_or_default().to_owned();
        assert_eq!((seen[0].0, &seen[0].1, unlike_by_number(&seen[0].2)), (seen[1].0, &seen[1].1, unlike_by_number(&seen[1].2)), "{path}");
    }
    assert_eq!(mail_to(&world, "ana@example.org").await.subject, "Choose a new password");
    assert_eq!(mail_to(&world, "bob@example.org").await.subject, "There is no account with this address");
}

#[tokio::test]
async fn a_new_password_ends_every_session_and_every_older_link() {
    let world = world().await;
    let person = world.person("Ana", Role::Customer).await;
    let (mut old, mut ana) = (world.signed_in(&person).await, world.browser());
    ana.post("/reset", &[("email", "ana@example.org")]).await;
    let first = link(&mail_to(&world, "ana@example.org").await, "reset");
    ana.post("/reset", &[("email", "ana@example.org")]).await;
    let second = link(&mail_to(&world, "ana@example.org").await, "reset");

    assert_eq!(ana.post(&second, &[("password", "short")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ana.post(&second, &[("password", "another good battery")]).await.status, StatusCode::SEE_OTHER);

    assert!(is_signed_in(&mut ana).await);
    assert!(!is_signed_in(&mut old).await);
    for link in [first, second] {
        assert_eq!(ana.post(&link, &[("password", "yet another battery")]).await.status, StatusCode::NOT_FOUND);
    }
    assert_eq!(old.post("/sign-in", &[("email", "ana@example.org"), ("password", PASSWORD)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn too_many_tries_at_one_account_have_to_wait() {
    let world = World::new(vec![accounts::room()], Vec::new(), true).await;
    let mut browser = world.browser();
    let mut last = StatusCode::OK;
    for _ in 0..11 {
        last = browser.post("/sign-in", &[("email", "ana@example.org"), ("password", "a wrong password")]).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(browser.post("/sign-in", &[("email", "bob@example.org"), ("password", "a wrong password")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(browser.post_file("/sign-in", "email", "x.txt", b"not a form for files").await.status, StatusCode::UNSUPPORTED_MEDIA_TYPE);
}

#[tokio::test]
async fn signing_in_gives_a_new_secret_and_goes_nowhere_else() {
    let world = world().await;
    let person = world.person("Ana", Role::Customer).await;
    let mut ana = world.signed_in(&person).await;
    let before = ana.cookies["session"].clone();

    for next in ["https://evil.example/", "//evil.example/", "/\\evil.example"] {
        assert_eq!(ana.post("/sign-in", &[("email", "ana@example.org"), ("password", PASSWORD), ("next", next)]).await.location, "/");
    }

    assert_ne!(ana.cookies["session"], before);
    let mut other = world.browser();
    other.cookies.insert("session".to_owned(), before);
    assert!(!is_signed_in(&mut other).await);
}

#[tokio::test]
async fn the_set_up_link_makes_one_admin() {
    let world = world().await;
    let mut tx = world.app.db.write().await.unwrap();
    let token = Link::set_up(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    let (path, mut ana) = (format!("/set-up/{token}"), world.browser());
    assert_eq!(ana.get(&path).await.status, StatusCode::OK);
    assert_eq!(ana.post(&path, &[("name", "Ana"), ("email", "ana@example.org"), ("password", "1234567890")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(ana.post(&path, &[("name", "Ana"), ("email", "ana@example.org"), ("password", PASSWORD)]).await.location, "/admin");
    assert_eq!(ana.get("/admin").await.status, StatusCode::OK);

    let mut tx = world.app.db.write().await.unwrap();
    let again = Link::set_up(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    for path in [path, format!("/set-up/{again}"), "/set-up/none".to_owned()] {
        assert_eq!(world.browser().get(&path).await.status, StatusCode::NOT_FOUND);
        assert_eq!(world.browser().post(&path, &[("name", "Bob"), ("email", "bob@example.org"), ("password", PASSWORD)]).await.status, StatusCode::NOT_FOUND);
    }
}

#[tokio::test]
async fn a_session_ends_at_once_and_only_by_its_owner() {
    let world = world().await;
    let (ana, bob) = (world.person("Ana", Role::Customer).await, world.person("Bob", Role::Customer).await);
    let (mut here, mut there, mut bobs) = (world.signed_in(&ana).await, world.signed_in(&ana).await, world.signed_in(&bob).await);
    assert!(is_signed_in(&mut there).await);
    let page = here.get("/profile/sessions").await.body;
    let start = page.find("/profile/sessions/").unwrap();
    let end = page[start..].split('"').find(|part| part.ends_with("/end")).unwrap().to_owned();

    assert_eq!(bobs.post(&end, &[]).await.status, StatusCode::NOT_FOUND);
    assert!(is_signed_in(&mut there).await);
    assert_eq!(here.post(&end, &[]).await.status, StatusCode::SEE_OTHER);
    assert!(!is_signed_in(&mut there).await);
    assert!(is_signed_in(&mut here).await);

    let mut there = world.signed_in(&ana).await;
    here.post("/profile/sessions/end-others", &[]).await;
    assert!(!is_signed_in(&mut there).await);
    assert!(is_signed_in(&mut here).await);
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_it() {
    let world = world().await;
    let person = world.person("Ana", Role::Customer).await;
    let (mut ana, mut other) = (world.signed_in(&person).await, world.signed_in(&person).await);

    let wrong = ana.post("/profile/password", &[("current", "not this one"), ("password", "another good battery")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(is_signed_in(&mut other).await);
    assert_eq!(ana.post("/profile/password", &[("current", PASSWORD), ("password", "another good battery")]).await.status, StatusCode::SEE_OTHER);

    assert!(is_signed_in(&mut ana).await);
    assert!(!is_signed_in(&mut other).await);
}

#[tokio::test]
async fn a_profile_keeps_what_was_typed_and_refuses_what_does_not_exist() {
    let world = world().await;
    let person = world.person("Ana", Role::Customer).await;
    let mut ana = world.signed_in(&person).await;

    let refused = ana.post("/profile", &[("name", "<b>Anna</b>"), ("zone", "Mars/Olympus"), ("language", "xx"), ("keysOn", "on")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("Mars/Olympus") && refused.body.contains("href=\"#zone\"") && refused.body.contains("href=\"#language\""));
    assert!(!refused.body.contains("<b>Anna</b>"));
    assert_eq!(ana.post("/profile", &[("name", "Ana Lima"), ("zone", "Europe/Lisbon"), ("language", "pt-PT")]).await.status, StatusCode::SEE_OTHER);

    let saved = Person::get(&mut world.app.db.read().await.unwrap(), person.id).await.unwrap();
    assert_eq!((saved.name.as_str(), saved.zone.as_str(), saved.language.as_str(), saved.keys_on), ("Ana Lima", "Europe/Lisbon", "pt-PT", false));
}

#[tokio::test]
async fn a_token_is_shown_once_and_does_what_its_scopes_say() {
    let world = world().await;
    let agent = world.person("Dev", Role::Agent).await;
    let mut dev = world.signed_in(&agent).await;
    assert_eq!(dev.post("/profile/tokens", &[("name", "Reader"), ("expires", "90")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let made = dev.post("/profile/tokens", &[("name", "Reader"), ("scopes", "tickets:read"), ("scopes", "tickets:write"), ("expires", "90")]).await;
    assert_eq!(made.status, StatusCode::CREATED);
    let secret = made.body.split("pcs_").nth(1).unwrap().split('<').next().unwrap();
    let secret = format!("pcs_{secret}");
    let page = dev.get("/profile/tokens").await.body;
    assert!(!page.contains("pcs_") && page.contains("Reader"));

    let mut program = world.browser();
    assert_eq!(program.get_with_token("/api/support/me", &secret).await.status, StatusCode::OK);
    assert_eq!(program.get_with_token("/api/support/people", &secret).await.status, StatusCode::FORBIDDEN);
    assert_eq!(program.get_with_token("/api/support/me", "pcs_wrong").await.status, StatusCode::UNAUTHORIZED);
    for page in ["/profile", "/profile/tokens", "/profile/sessions", "/profile/password"] {
        assert_eq!(program.get_with_token(page, &secret).await.status, StatusCode::SEE_OTHER, "{page}: a token is nobody on a page");
    }

    let revoke = page.split('"').find(|part| part.ends_with("/revoke")).unwrap().to_owned();
    assert_eq!(dev.post(&revoke, &[]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(program.get_with_token("/api/support/me", &secret).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn an_admins_token_opens_no_admin_page() {
    let world = world().await;
    let admin = world.person("Root", Role::Admin).await;
    let mut tx = world.app.db.write().await.unwrap();
    let token = Token::add(&mut tx, &admin.acting(), admin.id, "All", Scope::ALL, None).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.browser().get_with_token("/admin/people", &token).await.status, StatusCode::SEE_OTHER);
    assert_eq!(world.browser().get_with_token("/api/support/people", &token).await.status, StatusCode::OK);
}

#[tokio::test]
async fn admin_pages_are_for_admins() {
    let world = world().await;
    let mut doors: Vec<(Browser, StatusCode)> = vec![(world.browser(), StatusCode::SEE_OTHER)];
    for (name, role) in [("Cara", Role::Customer), ("Dev", Role::Agent), ("Sue", Role::Supervisor)] {
        let person = world.person(name, role).await;
        doors.push((world.signed_in(&person).await, StatusCode::FORBIDDEN));
    }
    let routes = (accounts::room().routes)();
    let admin_routes: Vec<_> = routes.list().iter().filter(|route| route.path.starts_with("/admin")).collect();
    assert!(admin_routes.len() > 15);
    for (browser, expected) in &mut doors {
        for route in &admin_routes {
            let path = route.path.replace("{id}", "019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f10");
            let seen = if route.method == Method::Get { browser.get(&path).await } else { browser.post(&path, &[]).await };
            assert_eq!(seen.status, *expected, "{:?} {path}", route.method);
            assert!(*expected != StatusCode::SEE_OTHER || seen.location.starts_with("/sign-in"), "{path}");
        }
    }
}

#[tokio::test]
async fn an_admin_adds_somebody_who_chooses_a_password() {
    let world = world().await;
    let admin = world.person("Root", Role::Admin).await;
    let mut root = world.signed_in(&admin).await;
    let refused = root.post("/admin/people", &[("name", "Dev"), ("email", "not an address"), ("role", "AGENT"), ("organization", "")]).await;
    assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(refused.body.contains("not an address"));
    let added = root.post("/admin/people", &[("name", "Dev"), ("email", "dev@example.org"), ("role", "AGENT"), ("organization", "")]).await;
    assert!(added.location.starts_with("/admin/people/"), "{}", added.body);
    assert_eq!(root.post("/admin/people", &[("name", "Dev"), ("email", "dev@example.org"), ("role", "AGENT")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);

    let mut dev = world.browser();
    let path = link(&mail_to(&world, "dev@example.org").await, "reset");
    assert_eq!(dev.post(&path, &[("password", PASSWORD)]).await.location, "/desk");
    assert!(is_signed_in(&mut dev).await);

    root.post("/admin/teams", &[("name", "Billing")]).await;
    let team = Team::all(&mut world.app.db.read().await.unwrap()).await.unwrap().remove(0);
    assert_eq!(root.post(&format!("{}/teams", added.location), &[("team", &team.id.to_string())]).await.status, StatusCode::SEE_OTHER);
    assert!(root.get(&format!("/admin/teams/{}", team.id)).await.body.contains("Dev"));

    assert_eq!(root.post(&format!("{}/disable", added.location), &[]).await.status, StatusCode::SEE_OTHER);
    assert!(!is_signed_in(&mut dev).await);
    assert_eq!(dev.post("/sign-in", &[("email", "dev@example.org"), ("password", PASSWORD)]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    root.post(&format!("{}/enable", added.location), &[]).await;
    assert_eq!(dev.post("/sign-in", &[("email", "dev@example.org"), ("password", PASSWORD)]).await.status, StatusCode::SEE_OTHER);
    root.post(&format!("{}/role", added.location), &[("role", "CUSTOMER")]).await;
    assert!(!is_signed_in(&mut dev).await);
    assert!(!root.get(&format!("/admin/teams/{}", team.id)).await.body.contains(">Dev<"));
}

#[tokio::test]
async fn the_last_admin_stays() {
    let world = world().await;
    let admin = world.person("Root", Role::Admin).await;
    let mut root = world.signed_in(&admin).await;
    for (act, fields) in [("role", vec![("role", "AGENT")]), ("disable", vec![])] {
        let seen = root.post(&format!("/admin/people/{}/{act}", admin.id), &fields).await;
        assert_eq!(seen.status, StatusCode::CONFLICT);
        assert!(seen.body.contains("This is the last admin"), "{}", seen.body);
    }
    assert_eq!(root.get("/admin").await.status, StatusCode::OK);
    for path in ["people", "teams", "organizations"] {
        for id in ["nonsense", "019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f10"] {
            assert_eq!(root.get(&format!("/admin/{path}/{id}")).await.status, StatusCode::NOT_FOUND, "{path} {id}");
        }
    }
}

#[tokio::test]
async fn teams_and_organizations_are_checked_and_kept() {
    let world = world().await;
    let admin = world.person("Root", Role::Admin).await;
    let customer = world.person("Cara", Role::Customer).await;
    let mut root = world.signed_in(&admin).await;
    root.post("/admin/teams", &[("name", "Billing")]).await;
    assert_eq!(root.post("/admin/teams", &[("name", "Billing")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let team = Team::all(&mut world.app.db.read().await.unwrap()).await.unwrap().remove(0);
    let path = format!("/admin/teams/{}", team.id);
    assert_eq!(root.post(&format!("{path}/members"), &[("act", "add"), ("person", &customer.id.to_string())]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(
        root.post(&format!("{path}/members"), &[("act", "add"), ("person", "019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f10")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(root.post(&format!("{path}/members"), &[("act", "add"), ("person", &admin.id.to_string())]).await.status, StatusCode::SEE_OTHER);
    assert_eq!(root.post(&format!("{path}/rename"), &[("name", "Money")]).await.status, StatusCode::SEE_OTHER);
    assert!(root.get(&path).await.body.contains("<h1>Money</h1>"));

    assert_eq!(root.post("/admin/organizations", &[("name", "Anybody"), ("domains", "gmail.com")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let added = root.post("/admin/organizations", &[("name", "Example"), ("domains", "example.org, example.net"), ("sharesRequests", "on")]).await;
    assert!(added.location.starts_with("/admin/organizations/"));
    let page = root.get(&added.location).await.body;
    assert!(page.contains("example.net, example.org") && page.contains("Cara"), "{page}");
    root.post(&added.location, &[("name", "Example Ltd"), ("domains", "example.org")]).await;
    let organization = Organization::all(&mut world.app.db.read().await.unwrap()).await.unwrap().remove(0);
    assert_eq!((organization.name.as_str(), organization.shares_requests, organization.members), ("Example Ltd", false, 1));
}

#[tokio::test]
async fn people_are_found_by_the_page() {
    let world = world().await;
    let admin = world.person("Root", Role::Admin).await;
    let mut tx = world.app.db.write().await.unwrap();
    for number in 0..55 {
        Person::of_guest(&mut tx, &Actor::system("Test"), &format!("guest{number:02}@example.net"), &format!("Guest {number:02}")).await.unwrap();
    }
    tx.commit().await.unwrap();
    let mut root = world.signed_in(&admin).await;

    let first = root.get("/admin/people?role=CUSTOMER").await.body;
    assert!(first.contains("Guest 00") && first.contains("Guest 49") && !first.contains("Guest 50"));
    let next = first.split('"').find(|part| part.contains("after=")).unwrap().replace("&#38;", "&").replace("&amp;", "&");
    let second = root.get(&next).await.body;
    assert!(second.contains("Guest 50") && second.contains("Guest 54") && !second.contains("Guest 49"));
    assert!(root.get("/admin/people?q=guest+5").await.body.contains("Guest 54"));
    assert!(root.get("/admin/people?q=nobody").await.body.contains("Nobody found"));
}

#[tokio::test]
async fn one_and_many_agree_on_who_sees_whom() {
    let world = world().await;
    let mut people = Vec::new();
    for (name, role) in [("Cara", Role::Customer), ("Bob", Role::Customer), ("Dev", Role::Agent), ("Sue", Role::Supervisor), ("Root", Role::Admin)] {
        people.push(world.person(name, role).await);
    }
    let guest = Actor { who: kernel::Who::Guest(people[0].id.uuid()), ..people[0].acting() };
    let actors: Vec<Actor> = people.iter().map(Person::acting).chain([Actor::stranger(), Actor::system("Test"), guest]).collect();
    let mut conn = world.app.db.read().await.unwrap();
    for actor in &actors {
        let many = Person::find(&mut conn, actor, &Search { q: "", role: None, after: None, limit: 100 }).await.unwrap();
        for person in &people {
            let one = policy::may(actor, policy::Action::See, person.id, person.role);
            assert_eq!(one, many.iter().any(|seen| seen.id == person.id), "{} {:?} sees {}", actor.name, actor.who, person.name);
        }
    }
}

#[tokio::test]
async fn hostile_names_stay_words_everywhere() {
    let world = world().await;
    let admin = world.person("Root", Role::Admin).await;
    let mut root = world.signed_in(&admin).await;
    let name = "\"><script>alert(1)</script>'{{7*7}}";
    root.post("/admin/teams", &[("name", name)]).await;
    root.post("/admin/organizations", &[("name", name)]).await;
    let person = root.post("/admin/people", &[("name", name), ("email", "x@example.org"), ("role", "AGENT")]).await.location;
    root.post("/profile", &[("name", name), ("zone", "UTC"), ("language", "en-GB")]).await;
    root.post("/profile/tokens", &[("name", name), ("scopes", "tickets:read"), ("expires", "30")]).await;
    let mut read = world.app.db.read().await.unwrap();
    let team = format!("/admin/teams/{}", Team::all(&mut read).await.unwrap().remove(0).id);
    let organization = format!("/admin/organizations/{}", Organization::all(&mut read).await.unwrap().remove(0).id);

    let query = "/admin/people?q=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    for path in [
        "/profile",
        "/profile/tokens",
        "/admin",
        "/admin/people",
        query,
        &person,
        "/admin/teams",
        &team,
        "/admin/organizations",
        &organization,
        "/admin/outbox",
        "/sign-in?next=%22%3E%3Cscript%3E",
    ] {
        let seen = root.get(path).await;
        assert!(!seen.body.contains("<script>alert") && !seen.body.contains("\"><script>"), "{path}");
    }
}

#[tokio::test]
async fn the_api_shows_people_to_staff_and_oneself() {
    let world = world().await;
    let (cara, bob, dev) = (world.person("Cara", Role::Customer).await, world.person("Bob", Role::Customer).await, world.person("Dev", Role::Agent).await);
    let (mut caras, mut devs) = (world.signed_in(&cara).await, world.signed_in(&dev).await);

    let own = caras.get("/api/support/people").await;
    let own: serde_json::Value = serde_json::from_str(&own.body).unwrap();
    assert_eq!((own["items"].as_array().unwrap().len(), &own["items"][0]["email"]), (1, &"cara@example.org".into()));
    assert_eq!(caras.get(&format!("/api/support/people/{}", bob.id)).await.status, StatusCode::NOT_FOUND);
    assert_eq!(caras.get("/api/support/people/nonsense").await.status, StatusCode::NOT_FOUND);
    assert_eq!(caras.get("/api/support/teams").await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.browser().get("/api/support/people").await.status, StatusCode::UNAUTHORIZED);

    let page: serde_json::Value = serde_json::from_str(&devs.get("/api/support/people?limit=2").await.body).unwrap();
    assert_eq!(page["items"][0]["name"], "Bob");
    let rest: serde_json::Value =
        serde_json::from_str(&devs.get(&format!("/api/support/people?limit=2&cursor={}", page["nextCursor"].as_str().unwrap())).await.body).unwrap();
    assert_eq!((&rest["items"][0]["name"], &rest["nextCursor"]), (&"Dev".into(), &serde_json::Value::Null));
    for wrong in ["limit=0", "limit=x", "role=KING", "cursor=zzz", "colour=red"] {
        let seen = devs.get(&format!("/api/support/people?{wrong}")).await;
        assert_eq!((seen.status, seen.kind.as_str()), (StatusCode::UNPROCESSABLE_ENTITY, "application/problem+json"), "{wrong}");
    }
    let one: serde_json::Value = serde_json::from_str(&devs.get(&format!("/api/support/people/{}", bob.id)).await.body).unwrap();
    assert_eq!((&one["role"], &one["organization"]), (&"CUSTOMER".into(), &serde_json::Value::Null));
    let document = serde_json::to_value(accounts::openapi()).unwrap();
    assert!(document["paths"]["/api/support/people/{id}"]["get"]["responses"]["404"].is_object());
}

#[tokio::test]
async fn who_may_not_open_a_place_asks_its_admins_once_a_day() {
    let world = world().await;
    world.person("Ines", Role::Admin).await;
    let closed = world.person("Otto", Role::Admin).await;
    let cleo = world.person("Cleo", Role::Customer).await;
    let mut tx = world.app.db.write().await.unwrap();
    closed.set_disabled(&mut tx, &Actor::system("Test"), true).await.unwrap();
    tx.commit().await.unwrap();
    let mut browser = world.signed_in(&cleo).await;

    let refused = browser.get("/admin").await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    assert!(refused.body.contains("action=\"/access\"") && refused.body.contains("cleo@example.org"), "{}", refused.body);
    assert_eq!(browser.post("/access", &[("place", "ADMIN")]).await.location, "/");
    assert_eq!(browser.post("/access", &[("place", "DESK")]).await.location, "/");
    assert_eq!(browser.post("/access", &[("place", "https://evil.example")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);

    let waiting = mail::outbox(&mut world.app.db.read().await.unwrap(), 50).await.unwrap();
    let told: Vec<&str> = waiting.iter().filter(|mail| mail.subject == "Cleo asks for access").map(|mail| mail.to.as_str()).collect();
    assert_eq!(told, ["ines@example.org"], "one letter, to the admin whose account is open");
    assert!(mail_to(&world, "ines@example.org").await.text.contains(&format!("/admin/people/{}", cleo.id)));
}

#[tokio::test]
async fn who_may_go_there_already_is_sent_there() {
    let world = world().await;
    let ines = world.person("Ines", Role::Admin).await;
    let mut browser = world.signed_in(&ines).await;

    assert_eq!(browser.post("/access", &[("place", "ADMIN")]).await.location, "/admin");
    assert_eq!(browser.post("/access", &[]).await.location, "/desk");

    assert!(mail::outbox(&mut world.app.db.read().await.unwrap(), 50).await.unwrap().is_empty());
}
