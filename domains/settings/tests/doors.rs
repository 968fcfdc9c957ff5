//! The settings as an admin's browser and everybody's pages see them.
#![expect(clippy::unwrap_used, reason = "a test may stop at the first surprise")]

#[path = "../../accounts/tests/world/mod.rs"]
mod world;

use axum::http::StatusCode;
use kernel::Role;
use settings::Live;
use std::{sync::Arc, time::Duration};
use world::World;

async fn world() -> World {
    let world = World::new(vec![accounts::room(), settings::room()], vec![Arc::new(Live::default())], false).await;
    settings::load_into(&world.app).await.unwrap();
    world
}

/// A whole form with some fields replaced.
fn form<'a>(version: &'a str, replaced: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut fields = vec![
        ("version", version),
        ("name", "Northwind"),
        ("tagline", "Help"),
        ("accent", ""),
        ("homeTitle", "What can we do?"),
        ("homeText", "Ask us."),
        ("requestIntro", ""),
        ("footerText", ""),
        ("fileMb", "10"),
        ("files", "5"),
        ("undoSendSeconds", "0"),
        ("closeAfterDays", "14"),
    ];
    for (name, value) in replaced {
        fields.iter_mut().find(|(known, _)| known == name).unwrap().1 = value;
    }
    fields
}

fn png(width: u32) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    image::DynamicImage::new_rgb8(width, 20).write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[tokio::test]
async fn an_admin_changes_the_brand_and_all_pages_show_it() {
    let world = world().await;
    let admin = world.person("Root", Role::Admin).await;
    let mut root = world.signed_in(&admin).await;
    assert!(root.get("/admin/settings").await.body.contains("PromptCraft"));

    let saved = root.post("/admin/settings", &form("0", &[("accent", "#B91C1C")])).await;

    assert_eq!(saved.status, StatusCode::SEE_OTHER, "{}", saved.body);
    let page = world.browser().get("/sign-in").await.body;
    assert!(page.contains("Northwind") && page.contains("/brand/accent.css?v="), "{page}");
    let css = page.split('"').find(|part| part.starts_with("/brand/accent.css")).unwrap().to_owned();
    let seen = world.browser().get(&css).await;
    assert_eq!((seen.status, seen.kind.as_str()), (StatusCode::OK, "text/css; charset=utf-8"));
    assert!(seen.body.contains("#b91c1c"));
    assert_eq!(world.app.upload.load().file_bytes, 10 * 1024 * 1024);
    assert_eq!(settings::now(&world.app).close_after_days, 14);
}

#[tokio::test]
async fn wrong_settings_are_named_and_nothing_is_kept() {
    let world = world().await;
    let admin = world.person("Root", Role::Admin).await;
    let mut root = world.signed_in(&admin).await;
    let wrong = [
        ("accent", "#ffff00"),
        ("accent", "red"),
        ("accent", "#fff;}*{"),
        ("name", ""),
        ("fileMb", "0"),
        ("fileMb", "501"),
        ("fileMb", "many"),
        ("files", "51"),
        ("undoSendSeconds", "61"),
        ("closeAfterDays", "-1"),
        ("homeTitle", ""),
        ("version", "x"),
    ];
    for (field, value) in wrong {
        let seen = root.post("/admin/settings", &form("0", &[(field, value)])).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{field} {value}");
        // nobody can go to a hidden field: it is named without a link
        let is_led = field == "version" || seen.body.contains(&format!("href=\"#{field}\""));
        assert!(is_led && seen.body.contains("Ask us."), "{field} {value}");
    }
    assert_eq!(settings::current(&mut world.app.db.read().await.unwrap()).await.unwrap(), settings::Settings::default());
}

#[tokio::test]
async fn a_stale_form_is_shown_beside_what_is_stored_now() {
    let world = world().await;
    let admin = world.person("Root", Role::Admin).await;
    let mut root = world.signed_in(&admin).await;
    root.post("/admin/settings", &form("0", &[])).await;

    let stale = root.post("/admin/settings", &form("0", &[("name", "Southwind")])).await;

    assert_eq!(stale.status, StatusCode::CONFLICT);
    assert!(
        stale.body.contains("value=\"Southwind\"") && stale.body.contains("Now: Northwind") && stale.body.contains("name=\"version\" value=\"1\""),
        "{}",
        stale.body
    );
    assert_eq!(root.post("/admin/settings", &form("1", &[("name", "Southwind")])).await.status, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_logo_is_a_small_picture_and_never_svg() {
    let world = world().await;
    let admin = world.person("Root", Role::Admin).await;
    let mut root = world.signed_in(&admin).await;
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>".to_vec();
    let large = [png(20), vec![0; 600 * 1024]].concat();
    for bytes in [svg, b"\x89PNG\r\n\x1a\nbroken".to_vec(), large, png(2_001), Vec::new()] {
        let seen = root.post_file("/admin/settings/logo", "logo", "logo.png", &bytes).await;
        assert_eq!(seen.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", bytes.len());
        assert!(seen.body.contains("href=\"#logo\""));
    }
    assert_eq!(world.browser().get("/brand/logo").await.status, StatusCode::NOT_FOUND);

    assert_eq!(root.post_file("/admin/settings/logo", "logo", "../<x>.png", &png(40)).await.status, StatusCode::SEE_OTHER);
    let page = world.browser().get("/sign-in").await.body;
    let logo = page.split('"').find(|part| part.starts_with("/brand/logo?v=")).unwrap().to_owned();
    let seen = world.browser().get(&logo).await;
    assert_eq!((seen.status, seen.kind.as_str()), (StatusCode::OK, "image/png"));

    root.post("/admin/settings/logo/remove", &[]).await;
    assert!(!world.browser().get("/sign-in").await.body.contains("/brand/logo"));
}

#[tokio::test]
async fn settings_are_for_admins_and_their_texts_stay_words() {
    let world = world().await;
    let (admin, agent) = (world.person("Root", Role::Admin).await, world.person("Dev", Role::Agent).await);
    let (mut root, mut dev) = (world.signed_in(&admin).await, world.signed_in(&agent).await);
    for path in ["/admin/settings", "/admin/settings/logo", "/admin/settings/logo/remove"] {
        assert_eq!(dev.post(path, &[]).await.status, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(world.browser().post(path, &[]).await.location, "/sign-in?next=%2F", "{path}");
    }
    assert_eq!(dev.get("/admin/settings").await.status, StatusCode::FORBIDDEN);
    assert_eq!(world.browser().get_with_token("/admin/settings", "pcs_unknown").await.location, "/sign-in?next=%2Fadmin%2Fsettings");

    let hostile = "\"><script>alert(1)</script>";
    let texts = ["name", "tagline", "homeTitle", "homeText", "requestIntro", "footerText"].map(|field| (field, hostile));
    assert_eq!(root.post("/admin/settings", &form("0", &texts)).await.status, StatusCode::SEE_OTHER);
    for path in ["/admin/settings", "/profile", "/sign-in"] {
        assert!(!root.get(path).await.body.contains("<script>alert"), "{path}");
    }
}

#[tokio::test]
async fn another_node_follows_what_this_one_changed() {
    let (here, admin) = {
        let world = world().await;
        let admin = world.person("Root", Role::Admin).await;
        (world, admin)
    };
    let other = web::App::new(here.app.db.clone(), here.app.config.clone(), &[settings::room()], [7; 32], vec![Arc::new(Live::default())]);
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let follower = tokio::spawn(settings::follow(other.clone(), stopped));

    here.signed_in(&admin).await.post("/admin/settings", &form("0", &[])).await;

    for _ in 0..100 {
        if other.brand.load().name == "Northwind" {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!((other.brand.load().name.as_str(), settings::now(&other).files), ("Northwind", 5));
    stop.send(true).unwrap();
    follower.await.unwrap();
}
