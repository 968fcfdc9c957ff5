//! `support knowledge`: articles in and out of folders and archives.

use super::{Place, say};
use crate::{Error, Opened};
use accounts::Person;
use clap::{Args, Subcommand};
use db::Clock;
use kernel::{Actor, Role};
use knowledge::exchange::{Chosen, Outcome, Plan, Run, Tree, bring, export};
use std::path::PathBuf;

#[derive(Subcommand)]
pub(super) enum Knowledge {
    /// Bring in a folder or ZIP of Markdown or HTML, an export of Zendesk, or an OpenAPI file
    Import(Import),
    /// Write articles to a ZIP of Markdown with pictures
    Export(Export),
}

#[derive(Args)]
pub(super) struct Import {
    /// A folder, a .zip, or one file
    #[arg(value_name = "PATH")]
    from: PathBuf,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    /// Who writes the articles, by address; default: the first admin
    #[arg(long = "as", value_name = "ADDRESS")]
    author: Option<String>,
}

#[derive(Args)]
pub(super) struct Export {
    /// The .zip to write
    #[arg(value_name = "FILE")]
    to: PathBuf,
    /// One category alone, by its slug
    #[arg(long, value_name = "SLUG")]
    category: Option<String>,
    /// Drafts and next versions too
    #[arg(long)]
    all: bool,
}

impl Knowledge {
    pub(super) async fn run(self, place: &Place) -> Result<(), Error> {
        match self {
            Self::Import(command) => Box::pin(command.run(place)).await,
            Self::Export(command) => Box::pin(command.run(place)).await,
        }
    }
}

impl Import {
    /// Prints outcome, path and reason of each file, then the sums. The same pages twice change nothing.
    async fn run(self, place: &Place) -> Result<(), Error> {
        let Opened { app, store } = crate::open(&place.config()?, Clock::default()).await?;
        let actor = self.actor(&app.db).await?;
        let mut plan = Plan::read(Tree::open(&self.from).map_err(Error::Refused)?);
        if plan.is_empty() && plan.lines().is_empty() {
            return Err(Error::Refused(format!("There is no page in {}.", self.from.display())));
        }
        let mut run = Run::new(&app.db, &store, &actor, self.dry_run);
        let (mut counts, mut broken) = ([0_usize; 5], None);
        Box::pin(bring(&mut run, &mut plan, |line| {
            if let Some(at) = Outcome::ALL.iter().position(|outcome| *outcome == line.outcome) {
                counts[at] += 1;
            }
            broken = broken.take().or_else(|| say(format!("{}\t{}\t{}", line.outcome.word(), line.path, line.words)).err());
        }))
        .await?;
        app.db.close().await;
        broken.map_or(Ok(()), Err)?;
        let [added, changed, same, passed, refused] = counts;
        say(format!(
            "{}{added} added, {changed} changed, {same} as they were, {passed} passed over, {refused} refused.",
            if self.dry_run { "Would be: " } else { "" }
        ))
    }

    async fn actor(&self, db: &db::Db) -> Result<Actor, Error> {
        let mut conn = db.read().await?;
        let person = match &self.author {
            Some(address) => Person::by_email(&mut conn, address).await?.filter(|person| person.role >= Role::Supervisor && person.disabled_at.is_none()),
            None => Person::staff(&mut conn).await?.into_iter().find(|person| person.role == Role::Admin && person.disabled_at.is_none()),
        };
        person.map(|person| person.acting()).ok_or_else(|| Error::Refused("There is no such supervisor or admin. Name one with --as.".to_owned()))
    }
}

impl Export {
    async fn run(self, place: &Place) -> Result<(), Error> {
        let Opened { app, store } = crate::open(&place.config()?, Clock::default()).await?;
        let chosen = Chosen { category: self.category, is_all: self.all };
        let bytes = Box::pin(export(&app.db, &store, &Actor::system("Export"), &chosen)).await?;
        app.db.close().await;
        std::fs::write(&self.to, &bytes).map_err(Error::io(format!("{} can't be written", self.to.display())))?;
        say(format!("{} has {} bytes.", self.to.display(), bytes.len()))
    }
}
