//! Rights over articles: readers by visibility, staff in every state. `may` decides for one, `visible_to` for many. Default no.

use crate::{Article, State, Visibility};
use db::{Id, Query};
use kernel::Actor;
use uuid::Uuid;

/// What may be done to an article.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Read what is published, and say whether it helped.
    Read,
    /// See drafts and versions, and write.
    Write,
    /// Decide what readers see: publish, schedule, archive, send back.
    Publish,
}

/// Which version one looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum View {
    /// What readers see.
    Live,
    /// The newest, for whoever may write.
    Newest,
}

/// May this actor do this to that article?
pub fn may(actor: &Actor, action: Action, article: &Article) -> bool {
    match action {
        Action::Read => article.live_number.is_some() && reads(actor, article),
        Action::Write => actor.is_staff() && (article.visibility != Visibility::Teams || reads(actor, article)),
        // four eyes: an agent decides over the words of another one, and only when asked to
        Action::Publish => {
            let is_asked = article.state == State::InReview && article.reviewer_id.is_some() && article.reviewer_id == actor.person;
            may(actor, Action::Write, article) && (actor.is_supervisor() || is_asked && actor.person != Some(article.writer_id))
        }
    }
}

fn reads(actor: &Actor, article: &Article) -> bool {
    let is_among = |ids: &[Uuid]| ids.iter().any(|id| article.audience.contains(id));
    match article.visibility {
        Visibility::Public => true,
        Visibility::SignedIn => actor.is_signed_in() || actor.is_staff(),
        Visibility::Organizations => actor.is_staff() || actor.is_signed_in() && actor.organization.is_some_and(|one| is_among(&[one.uuid()])),
        Visibility::Staff => actor.is_staff(),
        Visibility::Teams => {
            let teams: Vec<Uuid> = actor.teams.iter().copied().map(Id::uuid).collect();
            actor.is_supervisor() || actor.is_staff() && (actor.person == Some(article.author_id) || is_among(&teams))
        }
    }
}

/// The visibilities of which the actor reads every published article; of others some, as they were chosen.
pub(crate) fn whole(actor: &Actor) -> &'static [Visibility] {
    use Visibility::{Organizations, Public, SignedIn, Staff, Teams};
    if actor.is_supervisor() {
        &[Public, SignedIn, Organizations, Staff, Teams]
    } else if actor.is_staff() {
        &[Public, SignedIn, Organizations, Staff]
    } else if actor.is_signed_in() {
        &[Public, SignedIn]
    } else {
        &[Public]
    }
}

/// Narrows a query on `articles a` to what the actor may look at so.
pub fn visible_to(actor: &Actor, view: View, query: &mut Query) {
    match view {
        View::Live => query.push(" AND a.live_number IS NOT NULL"),
        View::Newest if actor.is_staff() => query,
        View::Newest => query.push(" AND 1 = 0"),
    };
    if actor.is_supervisor() {
        return;
    }
    if actor.is_staff() {
        query.push(" AND (a.visibility <> 'TEAMS' OR a.author_id = ").bind(actor.person);
        query.push(" OR EXISTS (SELECT 1 FROM article_audience w WHERE w.article_id = a.id AND w.audience_id IN ").list(actor.teams.iter().copied()).push("))");
        return;
    }
    query.push(" AND (a.visibility = 'PUBLIC'");
    if actor.is_signed_in() {
        query.push(" OR a.visibility = 'SIGNED_IN'");
        query.push(" OR a.visibility = 'ORGANIZATIONS' AND EXISTS (SELECT 1 FROM article_audience w WHERE w.article_id = a.id AND w.audience_id = ");
        query.bind(actor.organization).push(")");
    }
    query.push(")");
}
