//! What is popular: views that decay, times how surely an article helps. And who counts as a visitor.

use crate::{Article, ArticleId, related};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use db::{Db, Tx, sql};
use kernel::{Actor, Result};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::time::Duration;

/// A view counts half after this long: what is popular is popular this week.
const HALF_LIFE: f64 = 7.0 * 86_400.0 * 1e6;
/// Logarithms are kept as whole millionths.
const UNIT: f64 = 1e6;
/// The most characters of what a reader says beside a vote.
pub const WORDS: usize = 2_000;

/// A key that names a visitor without saying who it is; none for staff and for programs, which are not counted.
pub fn visitor(actor: &Actor, address: &str, agent: &str, secret: &[u8; 32]) -> Option<String> {
    let agent_words = agent.to_lowercase();
    let is_program = agent.is_empty() || ["bot", "crawl", "spider", "slurp", "preview", "monitor"].iter().any(|word| agent_words.contains(word));
    (!actor.is_staff() && !is_program).then(|| voter(actor, address, agent, secret))
}

/// The same for votes, where a program of a person counts as that person.
pub fn voter(actor: &Actor, address: &str, agent: &str, secret: &[u8; 32]) -> String {
    let whom = actor.person.map_or_else(|| format!("{address} {agent}"), |person| person.to_string());
    URL_SAFE_NO_PAD.encode(Sha256::new().chain_update(secret).chain_update(b" knowledge ").chain_update(whom).finalize())
}

/// Heat and votes as one number to sort by: `log2(heat)` plus `log2` of Wilson's lower bound, with one vote each way added,
/// so that no votes at all is neither proof nor shame.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "counts of people and logarithms are far below 2^52")]
pub fn of(heat: i64, helpful: i64, unhelpful: i64) -> i64 {
    let (yes, all, z) = ((helpful + 1) as f64, (helpful + unhelpful + 2) as f64, 1.96_f64);
    let share = yes / all;
    let bound = (share + z * z / (2.0 * all) - z * (share * (1.0 - share) / all + z * z / (4.0 * all * all)).sqrt()) / (1.0 + z * z / all);
    heat + (bound.log2() * UNIT) as i64
}

/// One more view now: `log2(2^heat + 2^(now / half-life))`. An older view loses weight because newer ones weigh more.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "logarithms are far below 2^52")]
fn warmer(heat: i64, now: i64) -> i64 {
    let (old, new) = (heat as f64 / UNIT, now as f64 / HALF_LIFE);
    let (more, less) = if old > new { (old, new) } else { (new, old) };
    ((more + (1.0 + (less - more).exp2()).log2()) * UNIT) as i64
}

/// Counts a visitor of an article, once a day.
pub(crate) async fn viewed(tx: &mut Tx, id: ArticleId, visitor: &str) -> Result<()> {
    let now = tx.now();
    let day = now.seconds().div_euclid(86_400);
    let is_new = tx
        .run(sql!(
            "INSERT INTO article_views (article_id, day, visitor) VALUES ($1, $2, $3) ON CONFLICT (article_id, day, visitor) DO NOTHING",
            id,
            day,
            visitor
        ))
        .await?;
    if is_new == 0 {
        return Ok(());
    }
    let (heat, helpful, unhelpful) = counts(tx, id).await?;
    let heat = warmer(heat, now.micros());
    tx.run(sql!("UPDATE articles SET views = views + 1, heat = $2, popularity = $3 WHERE id = $1", id, heat, of(heat, helpful, unhelpful))).await?;
    related::opened(tx, id, visitor, day).await
}

impl Article {
    /// Takes a vote on the published version that was read; a second one of the same voter replaces the first.
    pub async fn rate(&self, tx: &mut Tx, actor: &Actor, voter: &str, vote: &Vote) -> Result<()> {
        let (now, number) = (tx.now(), vote.number.unwrap_or(self.shown));
        let was_read: Option<i64> =
            tx.first(sql!("SELECT 1 FROM article_versions WHERE article_id = $1 AND number = $2 AND published_at IS NOT NULL", self.id, number)).await?;
        if was_read.is_none() {
            return Err(kernel::Fault::field("number", "That version was never published."));
        }
        // the row is held first, so that two votes at once are both counted
        tx.hold::<i64>(sql!("SELECT version FROM articles WHERE id = $1", self.id)).await?;
        tx.run(sql!(
            "INSERT INTO article_feedback (article_id, number, voter, is_helpful, words, created_at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (article_id, number, voter) DO UPDATE SET is_helpful = excluded.is_helpful, words = COALESCE(excluded.words, article_feedback.words)",
            self.id,
            number,
            voter,
            vote.is_helpful,
            vote.words.as_deref(),
            now
        ))
        .await?;
        let (helpful, all): (i64, i64) =
            tx.one(sql!("SELECT COUNT(CASE WHEN is_helpful THEN 1 END), COUNT(*) FROM article_feedback WHERE article_id = $1", self.id)).await?;
        let (heat, ..) = counts(tx, self.id).await?;
        tx.run(sql!(
            "UPDATE articles SET helpful = $2, unhelpful = $3, popularity = $4 WHERE id = $1",
            self.id,
            helpful,
            all - helpful,
            of(heat, helpful, all - helpful)
        ))
        .await?;
        tx.record(actor.event("article.rated", ("article", self.id.uuid()), true, json!({ "number": number, "helpful": vote.is_helpful }))).await?;
        Ok(())
    }
}

/// What a reader says of an article.
#[derive(Clone, Debug)]
pub struct Vote {
    /// Which version was read; the published one when it is none.
    pub number: Option<i64>,
    /// Whether it helped.
    pub is_helpful: bool,
    /// Why, or what was missing.
    pub words: Option<String>,
}

async fn counts(tx: &mut Tx, id: ArticleId) -> Result<(i64, i64, i64)> {
    Ok(tx.hold(sql!("SELECT heat, helpful, unhelpful FROM articles WHERE id = $1", id)).await?.unwrap_or_default())
}

/// Forgets who read what before yesterday; called by the clockwork.
pub async fn sweep(db: &Db) -> Result<()> {
    let mut tx = db.write().await?;
    let before = tx.now().minus(Duration::from_hours(48)).seconds().div_euclid(86_400);
    tx.run(sql!("DELETE FROM article_views WHERE day < $1", before)).await?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_decay_and_help_that_is_proven_counts_more() {
        let day = 86_400_000_000_i64;
        let after = |views: i64, at: i64| (0..views).fold(0, |heat, _| warmer(heat, at));

        assert!(after(3, 20_000 * day) > after(2, 20_000 * day));
        assert!(after(3, 20_000 * day) > after(5, 19_993 * day), "three today are more than five of a week ago");
        assert!(after(3, 20_000 * day) < after(7, 19_993 * day));
        assert!(of(0, 90, 10) > of(0, 9, 1), "the more votes, the surer");
        assert!(of(0, 9, 1) > of(0, 1, 9));
    }

    #[test]
    fn staff_and_programs_are_no_visitors() {
        let key = |agent: &str| visitor(&Actor::stranger(), "127.0.0.1", agent, &[7; 32]);

        assert!(key("Mozilla/5.0 Firefox").is_some() && key("").is_none() && key("Googlebot/2.1").is_none());
        assert_ne!(key("Mozilla/5.0 Firefox"), key("Mozilla/5.0 Chrome"));
        assert!(visitor(&Actor::system("Test"), "127.0.0.1", "Mozilla/5.0", &[7; 32]).is_none());
    }
}
