//! Whom it concerns that an article is overdue, for notices: whoever looks after it.

use crate::{Article, policy::View};
use db::{Conn, Event};
use futures::{FutureExt as _, future::BoxFuture};
use kernel::{Actor, Audience, Concern, Named, NoticeKind, Result, Telling, Ways};
use uuid::Uuid;

/// The word of the kind.
const OVERDUE: &str = "article_overdue";

/// For the roof.
pub const TELLING: Telling = Telling {
    of: "article",
    kinds: &[NoticeKind {
        word: OVERDUE,
        label: "an article that I look after has to be verified",
        says: "An article has to be verified",
        has_author: false,
        audience: Audience::Staff,
        ways: Ways { app: true, mail: true },
        may_mail: true,
    }],
    events: &["article.overdue"],
    concerned,
    named,
};

fn concerned<'a>(_: &'a mut Conn, event: &'a Event) -> BoxFuture<'a, Result<Vec<Concern>>> {
    let owner = event.facts()["owner"].as_str().and_then(|id| id.parse().ok());
    async move { Ok(owner.map(|person| Concern { person, kind: OVERDUE }).into_iter().collect()) }.boxed()
}

fn named<'a>(conn: &'a mut Conn, actor: &'a Actor, ids: &'a [Uuid]) -> BoxFuture<'a, Result<Vec<Named>>> {
    async move {
        let mut found = Vec::new();
        if ids.is_empty() {
            return Ok(found);
        }
        let mut query = crate::article::select(View::Newest);
        query.push(" AND a.id IN ").list(ids.iter().copied());
        crate::policy::visible_to(actor, View::Newest, &mut query);
        for article in conn.all::<Article>(query).await? {
            found.push(Named { id: article.id.uuid(), href: format!("/desk/knowledge/{}/care", article.id), label: article.title });
        }
        Ok(found)
    }
    .boxed()
}
