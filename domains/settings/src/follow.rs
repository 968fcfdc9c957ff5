//! The copy of the settings that every request reads, and the follower that keeps it fresh on every node.

use crate::{Colour, Logo, Settings, site};
use arc_swap::ArcSwap;
use kernel::Result;
use std::{sync::Arc, time::Duration};
use tokio::sync::watch;
use web::App;

/// A busy journal rings often; the settings are looked at no more often than this.
const PAUSE: Duration = Duration::from_millis(200);

/// The settings as this node knows them. The roof puts one into the states of the `App`.
#[derive(Default)]
pub struct Live(ArcSwap<Settings>);

/// The settings, without asking the database; the defaults when the roof gave no `Live`.
pub fn now(app: &App) -> Arc<Settings> {
    app.state::<Live>().map(|live| live.0.load_full()).unwrap_or_default()
}

/// Reads the settings and puts them where pages and uploads look: at start, and after each change.
pub async fn load_into(app: &App) -> Result<()> {
    let mut conn = app.db.read().await?;
    let settings = site::current(&mut conn).await?;
    let logo = Logo::version(&mut conn).await?;
    drop(conn);
    app.brand.store(Arc::new(ui::Brand {
        name: settings.name.clone(),
        tagline: settings.tagline.clone(),
        logo_url: logo.map(|version| format!("/brand/logo?v={version}")),
        accent_css_url: Colour::parse(&settings.accent).map(|colour| format!("/brand/accent.css?v={}", colour.version())),
        home_title: settings.home_title.clone(),
        home_text: settings.home_text.clone(),
        request_intro: settings.request_intro.clone(),
        footer_text: settings.footer_text.clone(),
    }));
    app.upload.store(Arc::new(settings.upload_limit()));
    if let Some(live) = app.state::<Live>() {
        live.0.store(Arc::new(settings));
    }
    Ok(())
}

/// Wakes by the bell of the journal and follows what any node changed. It looks at the count of changes instead
/// of reading every line: one row by its key, whatever else happens.
pub async fn follow(app: App, mut stop: watch::Receiver<bool>) {
    let mut ear = app.db.bell().listen();
    let mut known = None;
    while !*stop.borrow() {
        match step(&app, known).await {
            Ok(changes) => known = Some(changes),
            Err(error) => tracing::warn!(%error, "the settings can't be read; the last ones stay"),
        }
        tokio::select! {
            () = async { ear.wait().await; tokio::time::sleep(PAUSE).await; } => {}
            _ = stop.changed() => {}
        }
    }
}

async fn step(app: &App, known: Option<i64>) -> Result<i64> {
    let changes = site::changes(&mut app.db.read().await?).await?;
    if known != Some(changes) {
        load_into(app).await?;
    }
    Ok(changes)
}
