//! The base templates, rendered with hostile words; and with friendly ones into `target/ui-gallery`, to be looked at.

use std::{fs, path::Path, sync::Arc};

use askama::Template;
use db::Timestamp;
use jiff::tz::{TimeZone, offset};

use crate::{Brand, Errors, Failure, Flash, NavItem, Page, Place, Status, Undo, Viewer};

#[derive(Template)]
#[template(path = "site.html")]
struct Site {
    page: Page,
}

#[derive(Template)]
#[template(path = "desk.html")]
struct Desk {
    page: Page,
}

#[derive(Template)]
#[template(path = "admin.html")]
struct Admin {
    page: Page,
}

#[derive(Template)]
#[template(path = "auth.html")]
struct Auth {
    page: Page,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r##"{% extends "site.html" %}{% block main %}
<section class="hero"><div class="wrap"><h1>{{ page.brand.home_title }}</h1>
<form class="prompt" role="search" action="/search">{{ ui::icon("chevron-right") }}<label class="vh" for="q">Search</label><input id="q" name="q" type="search" placeholder="Describe what you are trying to do"><kbd>/</kbd><button class="btn primary" type="submit">Search</button></form></div></section>
<div class="wrap stack g-6">{{ errors.summary_html() }}
<div class="field"><label for="email">Email</label><input class="input" id="email" name="email"{{ errors.attrs("email", "") }}>{{ errors.field_html("email") }}</div>
<p class="row wrapping">{% for status in statuses %}{{ status.html() }} {{ status.bare() }} {{ status.line() }}{% endfor %}</p>
<p class="row wrapping">{{ ui::priority("LOW") }}{{ ui::priority("MEDIUM") }}{{ ui::priority("HIGH") }}{{ ui::priority("URGENT") }}{{ ui::avatar("Maya Okafor", "lg") }}{{ ui::avatar("Dev Anand", "xs") }} {{ page.time(page.now) }} {{ page.ago(page.now) }} {{ ui::size(184320) }}</p>
</div>{% endblock %}"##
)]
struct Parts {
    page: Page,
    errors: Errors,
    statuses: [Status; 6],
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% extends "desk.html" %}
{% block side %}<h2>Views</h2><a class="nav-row" href="/desk" aria-current="page">{{ ui::icon("users") }}<span class="truncate">My teams</span><span class="num">41</span></a>{% endblock %}
{% block main %}<h1 class="vh">Inbox</h1><div class="inbox" data-pane="list"><section class="pane" aria-labelledby="lt"><header>{% include "partials/side_toggle.html" %}<h2 id="lt">My teams</h2></header><ul class="scroll" tabindex="-1" aria-label="Tickets">{% for n in 0..30 %}<li class="ticket-row">{{ status.bare() }}<a class="title" href="/desk">Evaluation run {{ n }} stuck at 98% since this morning</a><span class="facts">{{ ui::priority_bare("HIGH") }}</span><span class="who">Maya Okafor</span></li>{% endfor %}</ul></section>
<section class="pane" aria-label="Ticket"><header><h2>Evaluation run stuck</h2></header></section><aside class="pane context" aria-label="Details"><header><h2>Details</h2></header></aside></div>{% endblock %}"#
)]
struct Inbox {
    page: Page,
    status: Status,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% extends "admin.html" %}
{% block content %}<header class="row between wrapping"><div><h1>People</h1><p class="fg-2">Everyone with an account.</p></div><a class="btn primary" href="/admin/people/new">{{ ui::icon("plus") }}Add person</a></header><section class="card" aria-labelledby="a1"><header><h2 id="a1">Agents</h2></header><div class="body">{{ ui::avatar("Marcus Hale", "") }}</div></section>{% endblock %}"#
)]
struct People {
    page: Page,
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"{% extends "auth.html" %}{% block main %}<h1>Sign in</h1><form class="stack g-3" method="post"><div class="field"><label for="email">Work email</label><input class="input" id="email" name="email" type="email" autocomplete="username"></div><div class="field"><label for="password">Password</label><input class="input" id="password" name="password" type="password" autocomplete="current-password"></div><button type="submit" class="btn primary lg wide">Sign in</button></form><p class="t-sm fg-3">No account yet? <a href="/sign-up">Make one</a></p>{% endblock %}"#
)]
struct SignIn {
    page: Page,
}

const NAV: [NavItem; 9] = [
    nav(Place::Site, "My requests", "ticket", "/requests", false, false),
    nav(Place::Rail, "Inbox", "inbox", "/desk", true, false),
    nav(Place::AdminWorkspace, "Settings", "building-2", "/admin/settings", true, true),
    nav(Place::AdminPeople, "Teams", "users", "/admin/teams", true, true),
    nav(Place::AdminPeople, "People", "user-cog", "/admin/people", true, true),
    nav(Place::AdminPeople, "Organisations", "building-2", "/admin/organizations", true, true),
    nav(Place::AdminSystem, "Outbox", "mail", "/admin/outbox", true, true),
    nav(Place::AdminSystem, "Jobs", "zap", "/admin/jobs", true, true),
    nav(Place::AdminSystem, "API", "webhook", "/api/docs", true, true),
];

const fn nav(place: Place, label: &'static str, icon: &'static str, href: &'static str, staff: bool, admin: bool) -> NavItem {
    NavItem { place, label, icon, href, staff, admin }
}

const STATUSES: [Status; 6] = [
    Status { s: "new", label: std::borrow::Cow::Borrowed("New") },
    Status { s: "open", label: std::borrow::Cow::Borrowed("Open") },
    Status { s: "pending", label: std::borrow::Cow::Borrowed("Waiting on customer") },
    Status { s: "hold", label: std::borrow::Cow::Borrowed("On hold") },
    Status { s: "solved", label: std::borrow::Cow::Borrowed("Solved") },
    Status { s: "closed", label: std::borrow::Cow::Borrowed("Closed") },
];

fn page(title: &str, path: &str) -> Page {
    let now = Timestamp::from_micros(1_795_340_700_000_000);
    Page {
        nav: Arc::new(NAV.to_vec()),
        panels: Arc::default(),
        zone: TimeZone::fixed(offset(1)),
        request_id: "01J9ZK3V7Q2M".into(),
        viewer: Some(Viewer { name: "Maya Okafor".into(), email: "maya@northwind.example".into(), keys_on: true, ..Viewer::default() }),
        ..Page::plain(title, path, now)
    }
}

fn staff(title: &str, path: &str) -> Page {
    let viewer =
        Viewer { name: "Marcus Hale".into(), email: "marcus@promptcraft.example".into(), is_staff: true, is_admin: true, is_supervisor: true, keys_on: true };
    Page { viewer: Some(viewer), ..page(title, path) }
}

const HOSTILE: &str = r#""'></title></textarea><script>alert(1)</script><img src=x onerror=alert(1)>{{ 7 }}"#;

fn hostile() -> Page {
    let word = || HOSTILE.to_owned();
    let brand = Brand {
        name: word(),
        tagline: word(),
        logo_url: Some(word()),
        accent_css_url: Some(word()),
        home_title: word(),
        home_text: word(),
        request_intro: word(),
        footer_text: word(),
    };
    let undo = Undo { href: word(), label: word() };
    Page {
        title: word(),
        path: word(),
        brand: Arc::new(brand),
        nav: Arc::new(vec![
            nav(Place::Site, HOSTILE, HOSTILE, HOSTILE, false, false),
            nav(Place::Rail, HOSTILE, HOSTILE, HOSTILE, false, false),
            nav(Place::AdminWork, HOSTILE, HOSTILE, HOSTILE, false, false),
        ]),
        viewer: Some(Viewer { name: word(), email: word(), is_staff: true, is_admin: true, is_supervisor: true, keys_on: true }),
        theme: "dark",
        lang: word(),
        request_id: word(),
        flash: Some(Flash { kind: HOSTILE, text: word(), undo: Some(undo) }),
        live: vec![word()],
        ..Page::plain("", "", Timestamp::default())
    }
}

#[test]
fn hostile_words_stay_words_in_every_base_template() {
    let statuses = [400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503, 504, 418];
    let errors = statuses.map(|status| Failure::new(hostile(), status, Some(HOSTILE.into())).render().unwrap());
    let shells = [
        Site { page: hostile() }.render().unwrap(),
        Desk { page: hostile() }.render().unwrap(),
        Admin { page: hostile() }.render().unwrap(),
        Auth { page: hostile() }.render().unwrap(),
    ];
    for html in errors.iter().chain(&shells) {
        assert!(!html.contains("<script>") && !html.contains("<img src=x") && !html.contains(r#""'>"#), "{html}");
        assert_eq!(html.matches("<script").count(), 1, "only our own script");
        assert!(html.contains(r##"<a class="skip" href="#main">"##) && html.contains(r#"<main id="main" tabindex="-1""#));
        assert!(html.contains(r#"data-theme="dark""#) && html.contains(r#"name="turbo-refresh-method" content="morph""#));
        assert!(!html.contains(" style=") && !html.contains(" onclick"));
    }
}

#[test]
fn every_error_has_its_words_and_the_request_id() {
    for status in [400, 401, 403, 404, 405, 409, 413, 422, 429, 500, 503, 504] {
        let html = Failure::new(page("x", "/articles/prompt-chains"), status, None).render().unwrap();
        assert!(html.contains("Request ID 01J9ZK3V7Q2M") && html.contains(&format!("{status}, /articles/prompt-chains")), "{status}");
        assert_eq!(html.matches("<h1>").count(), 1);
    }
    let signed_out = Page { viewer: None, ..page("x", "/") };
    assert!(Failure::new(signed_out, 401, None).render().unwrap().contains(r#"<a class="btn primary" href="/sign-in">Sign in</a>"#));
}

#[test]
fn a_guest_sees_no_account_and_a_customer_sees_no_desk() {
    let guest = Site { page: Page { viewer: None, ..page("Help center", "/") } }.render().unwrap();
    let customer = Site { page: page("Help center", "/") }.render().unwrap();
    assert!(guest.contains(r#"href="/sign-in""#) && !guest.contains("/sign-out") && !guest.contains("/profile"));
    assert!(customer.contains(r#"action="/sign-out""#) && !customer.contains(r#"href="/desk""#));
    assert!(customer.contains(r#"<a href="/" aria-current="page">Help center</a><a href="/requests">My requests</a>"#));
    assert!(!customer.contains("data-controller=\"live\""));
}

#[test]
fn the_gallery_is_written() {
    let flash = Flash { kind: "good", text: "PC-4821 is solved.".into(), undo: Some(Undo { href: "/undo".into(), label: "Undo".into() }) };
    let errors = Errors::new().with("email", "Enter your email address");
    let live = |page: Page| Page { live: vec!["desk".into()], live_after: 7, ..page };
    let guest = Page { viewer: None, ..page("Help center", "/") };
    let pages = [
        ("site", Parts { page: page("Help center", "/"), errors: Errors::new(), statuses: STATUSES }.render()),
        ("site-guest", Parts { page: guest, errors, statuses: STATUSES }.render()),
        ("desk", Inbox { page: Page { flash: Some(flash), ..live(staff("My teams", "/desk")) }, status: STATUSES[1].clone() }.render()),
        ("admin", People { page: staff("People", "/admin/people") }.render()),
        ("auth", SignIn { page: Page { viewer: None, ..page("Sign in", "/sign-in") } }.render()),
        ("error-404", Failure::new(page("", "/articles/prompt-chains"), 404, None).render()),
        ("error-403", Failure::new(page("", "/desk"), 403, None).render()),
        ("error-500", Failure::new(page("", "/requests"), 500, None).render()),
    ];
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target/ui-gallery");
    fs::create_dir_all(&folder).unwrap();
    for (name, html) in pages {
        fs::write(folder.join(format!("{name}.html")), html.unwrap()).unwrap();
    }
}
