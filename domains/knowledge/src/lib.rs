//! The knowledge base. Nouns: [`Category`] with its [`Section`]s, [`Article`] with its versions. Readers see the published version
//! of what they may read, and nothing tells them that there is more; staff writes, reviews and publishes.

mod api;
mod article;
mod care;
mod category;
mod counts;
mod diff;
mod draft;
mod edition;
pub mod exchange;
mod image;
mod language;
mod list;
mod neighbours;
mod openapi;
mod pages;
pub mod policy;
mod popularity;
mod related;
mod searched;
mod snippet;
mod state;
mod telling;
mod text;
mod translation;
mod version;
mod write;

pub use api::openapi;
pub use article::{Article, ArticleId, Kind, Size, State, Visibility};
pub use care::{Care, remind};
pub use category::{Category, CategoryWish, Section};
pub use edition::Pages;
pub use list::{Filter, Sort};
pub use neighbours::Standing;
pub use popularity::Vote;
pub use searched::SEARCHABLE;
pub use snippet::{Snippet, SnippetWish};
pub use state::Step;
pub use telling::TELLING;
pub use write::Wish;

use db::{Conn, Db, Id, Migration};
use futures::{FutureExt as _, future::BoxFuture};
use kernel::{Actor, Domain, Fault, Result};
use policy::Action;
use std::{sync::Arc, time::Duration};
use uuid::Uuid;
use web::{Room, Routes};

/// The schema of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration { name: "knowledge/0001_knowledge", text: include_str!("../migrations/0001_knowledge.sql") },
    Migration { name: "knowledge/0002_text", text: include_str!("../migrations/0002_text.sql") },
    Migration { name: "knowledge/0003_reading", text: include_str!("../migrations/0003_reading.sql") },
    Migration { name: "knowledge/0004_exchange", text: include_str!("../migrations/0004_exchange.sql") },
    Migration { name: "knowledge/0006_writer", text: include_str!("../migrations/0006_writer.sql") },
    Migration { name: "knowledge/0007_relations", text: include_str!("../migrations/0007_relations.sql") },
    Migration { name: "knowledge/0008_counts", text: include_str!("../migrations/0008_counts.sql") },
];

const DOMAINS: &[Domain] = &[
    Domain { kind: "article", may_see, staff_list: None, offer: None },
    Domain { kind: exchange::KIND, may_see: may_see_import, staff_list: None, offer: None },
];

/// The room, for the roof.
pub fn room() -> Room {
    Room { name: "knowledge", migrations: MIGRATIONS, domains: DOMAINS, nav: pages::nav(), panels: pages::PANELS, routes, authenticate: None }
}

fn routes() -> Routes {
    pages::routes().merge(api::routes())
}

/// Forgets what is old: views of other days, and drafts that nobody goes on with.
pub async fn sweep(db: &Db) -> Result<()> {
    popularity::sweep(db).await?;
    let mut tx = db.write().await?;
    draft::sweep(&mut tx).await?;
    Ok(tx.commit().await?)
}

/// What the help center's home shows of this room: categories, what is popular and what is new.
pub const ON_HOME: web::Fill = pages::on_home;

fn may_see<'a>(conn: &'a mut Conn, actor: &'a Actor, id: Uuid) -> BoxFuture<'a, Result<bool>> {
    async move {
        for action in [Action::Read, Action::Write] {
            match Article::get(conn, actor, Id::from(id), action).await {
                Ok(_) => return Ok(true),
                Err(Fault::Missing) => {}
                Err(fault) => return Err(fault),
            }
        }
        Ok(false)
    }
    .boxed()
}

fn may_see_import<'a>(conn: &'a mut Conn, actor: &'a Actor, id: Uuid) -> BoxFuture<'a, Result<bool>> {
    exchange::may_see(conn, actor, id).boxed()
}

/// Tells the worker what this room's jobs do.
pub fn register(worker: &mut jobs::Worker, db: &Db, store: &Arc<files::Store>) {
    exchange::register(worker, db, store);
    let old = db.clone();
    worker.every(
        Duration::from_secs(2),
        Arc::new(move |_| {
            let db = old.clone();
            async move {
                while text::remake(&db).await? {}
                Ok(())
            }
            .boxed()
        }),
    );
    let db = db.clone();
    worker.on(
        state::DUE,
        Arc::new(move |facts| {
            let db = db.clone();
            async move {
                let id = facts["article"].as_str().and_then(|id| id.parse().ok()).ok_or_else(|| Fault::Broken("a job without its article".to_owned()))?;
                let mut tx = db.write().await?;
                state::due(&mut tx, id, facts["at"].as_i64().unwrap_or_default()).await?;
                Ok(tx.commit().await?)
            }
            .boxed()
        }),
    );
}
