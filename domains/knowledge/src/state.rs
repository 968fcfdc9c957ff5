//! From draft to reader: review, publish, schedule, archive, restore. Each needs the version that one saw.

use crate::{
    Article, ArticleId, Size, State, counts,
    policy::{self, Action},
    related,
};
use db::{Timestamp, Tx, sql};
use kernel::{Actor, Fault, PersonId, Result, Role};
use serde_json::json;

/// The job that publishes what is due.
pub const DUE: &str = "knowledge.publish";
/// The most characters of a reviewer's words.
pub const REMARK: usize = 2_000;

/// Where an article shall go.
#[derive(Clone, Debug)]
pub struct Step {
    /// The `version` that was read.
    pub version: i64,
    /// To which state.
    pub to: State,
    /// Whom to ask, with `InReview`.
    pub reviewer: Option<PersonId>,
    /// Why it goes back, with `Draft`.
    pub remark: Option<String>,
    /// When, with `Scheduled`.
    pub at: Option<Timestamp>,
    /// How much it differs from what readers see, with `Published`.
    pub size: Size,
}

impl Step {
    /// To a state without more.
    pub fn to(version: i64, to: State) -> Self {
        Self { version, to, reviewer: None, remark: None, at: None, size: Size::Medium }
    }
}

impl Article {
    /// Takes the step, or says why not. A state that it is in already is left as it is.
    pub async fn go(&self, tx: &mut Tx, actor: &Actor, step: &Step) -> Result<Self> {
        let needed = match (self.state, step.to) {
            (State::Draft | State::InReview | State::Published, State::InReview) | (State::Archived, State::Draft) => Action::Write,
            _ => Action::Publish,
        };
        hold(tx, self.id).await?;
        let fresh = Self::get(tx, actor, self.id, needed).await?;
        if fresh.version != step.version {
            return Err(fresh.stale());
        }
        if fresh.state == step.to && !matches!(step.to, State::Scheduled | State::InReview) {
            return Ok(fresh);
        }
        if fresh.state == State::Archived && step.to != State::Draft {
            return Err(Fault::Conflict { kind: "archived", detail: "It is archived. Restore it as a draft first.".to_owned() });
        }
        if fresh.state == State::Published && matches!(step.to, State::Draft | State::InReview | State::Scheduled) {
            return Err(Fault::Conflict { kind: "published", detail: "Its newest version is published. Save a change, then go on with that.".to_owned() });
        }
        match step.to {
            State::Draft => fresh.back(tx, actor, step).await?,
            State::InReview => fresh.submit(tx, actor, step).await?,
            State::Scheduled => fresh.schedule(tx, actor, step).await?,
            State::Published => fresh.publish(tx, actor, step.size).await?,
            State::Archived => fresh.archive(tx, actor).await?,
        }
        Self::get(tx, actor, self.id, Action::Write).await
    }

    /// Nothing empty is reviewed, scheduled or published.
    async fn check_words(&self, tx: &mut Tx) -> Result<()> {
        let body = self.body(tx).await?;
        if crate::text::plain(tx, &body.source).await?.trim().is_empty() {
            return Err(Fault::field("content", "It has no text yet. Write something first."));
        }
        Ok(())
    }

    async fn back(&self, tx: &mut Tx, actor: &Actor, step: &Step) -> Result<()> {
        let now = tx.now();
        tx.run(sql!(
            "UPDATE articles SET state = 'DRAFT', remark = $2, publish_at = NULL, updated_at = $3, version = version + 1 WHERE id = $1",
            self.id,
            step.remark.as_deref(),
            now
        ))
        .await?;
        let kind = if self.state == State::Archived { "article.restored" } else { "article.returned" };
        self.tell(tx, actor, kind).await
    }

    async fn submit(&self, tx: &mut Tx, actor: &Actor, step: &Step) -> Result<()> {
        self.check_words(tx).await?;
        if let Some(reviewer) = step.reviewer {
            let person = accounts::Person::get(tx, reviewer).await.ok().filter(|person| person.role >= Role::Agent && person.disabled_at.is_none());
            if person.is_none() {
                return Err(Fault::field("reviewerId", "Choose somebody of the staff."));
            }
            if reviewer == self.writer_id {
                return Err(Fault::field("reviewerId", "Choose somebody else than whoever wrote it."));
            }
        }
        let now = tx.now();
        tx.run(sql!(
            "UPDATE articles SET state = 'IN_REVIEW', reviewer_id = $2, remark = NULL, publish_at = NULL, updated_at = $3, version = version + 1 WHERE id = $1",
            self.id,
            step.reviewer,
            now
        ))
        .await?;
        self.tell(tx, actor, "article.submitted").await
    }

    async fn schedule(&self, tx: &mut Tx, actor: &Actor, step: &Step) -> Result<()> {
        self.check_words(tx).await?;
        let now = tx.now();
        let at = step.at.filter(|at| *at > now).ok_or_else(|| Fault::field("publishAt", "Choose a time that lies ahead."))?;
        tx.run(sql!(
            "UPDATE articles SET state = 'SCHEDULED', publish_at = $2, remark = NULL, updated_at = $3, version = version + 1 WHERE id = $1",
            self.id,
            at,
            now
        ))
        .await?;
        jobs::enqueue(tx, DUE, &json!({ "article": self.id, "at": at.micros() }), at).await?;
        self.tell(tx, actor, "article.scheduled").await
    }

    async fn publish(&self, tx: &mut Tx, actor: &Actor, size: Size) -> Result<()> {
        self.check_words(tx).await?;
        let (now, stood) = (tx.now(), counts::stand(tx, self.id).await?);
        tx.run(sql!(
            "UPDATE articles SET state = 'PUBLISHED', live_number = number, live_folded = folded, published_at = $2, publish_at = NULL, remark = NULL,
                    reviewer_id = NULL, updated_at = $2, version = version + 1
             WHERE id = $1",
            self.id,
            now
        ))
        .await?;
        tx.run(sql!("UPDATE article_versions SET published_at = $3 WHERE article_id = $1 AND number = $2", self.id, self.number, now)).await?;
        // the first version that readers see outdates nothing
        let size = if self.live_number.is_none() && self.source_id.is_none() { Size::Typo } else { size };
        self.measured(tx, actor, size).await?;
        // what one at a time keeps comes last: who waits for that holds nothing that the other one needs
        related::keep(tx, self).await?;
        counts::moved(tx, self.id, &stood).await?;
        self.tell(tx, actor, "article.published").await
    }

    async fn archive(&self, tx: &mut Tx, actor: &Actor) -> Result<()> {
        let (now, stood) = (tx.now(), counts::stand(tx, self.id).await?);
        tx.run(sql!(
            "UPDATE articles SET state = 'ARCHIVED', live_number = NULL, live_folded = NULL, publish_at = NULL, reviewer_id = NULL, updated_at = $2,
                    version = version + 1
             WHERE id = $1",
            self.id,
            now
        ))
        .await?;
        related::forget(tx, self.id).await?;
        counts::moved(tx, self.id, &stood).await?;
        self.tell(tx, actor, "article.archived").await
    }

    async fn tell(&self, tx: &mut Tx, actor: &Actor, kind: &'static str) -> Result<()> {
        Ok(tx.record(actor.event(kind, ("article", self.id.uuid()), true, json!({ "title": self.title, "number": self.number }))).await?)
    }
}

/// Keeps others from changing it until the end: a step is taken from the state that was looked at.
pub(crate) async fn hold(tx: &mut Tx, id: ArticleId) -> Result<()> {
    tx.hold::<i64>(sql!("SELECT version FROM articles WHERE id = $1", id)).await?;
    Ok(())
}

/// Publishes what was scheduled for that time, unless it was taken off meanwhile; twice is harmless.
pub async fn due(tx: &mut Tx, id: ArticleId, at: i64) -> Result<()> {
    hold(tx, id).await?;
    let system = Actor::system("Clockwork");
    let Ok(article) = Article::get(tx, &system, id, Action::Publish).await else { return Ok(()) };
    let is_due = article.state == State::Scheduled && article.publish_at.is_some_and(|set| set.micros() == at);
    if !is_due || !policy::may(&system, Action::Publish, &article) {
        return Ok(());
    }
    article.publish(tx, &system, Size::Medium).await
}
