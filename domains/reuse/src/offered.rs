//! Articles for a reply: by words of title, summary and labels, first what its receiver may read.

use accounts::Person;
use db::{Conn, sql};
use kernel::{Actor, Result};
use knowledge::{Article, ArticleId, Filter, Sort, policy::View};
use std::collections::BTreeSet;
use tickets::Ticket;

/// Articles that are looked at for one answer: enough to have some that the receiver may read.
const LOOKED_AT: i64 = 60;

/// An article that may be put into a reply.
#[derive(Clone, Debug)]
pub struct Offer {
    /// The article, as readers see it.
    pub article: Article,
    /// Whoever gets the reply may read it.
    pub is_for_requester: bool,
}

impl Offer {
    /// At most `limit` for a reply in a ticket that `actor` may see, the best first.
    pub async fn find(conn: &mut Conn, actor: &Actor, ticket: &Ticket, q: Option<&str>, limit: usize) -> Result<Vec<Self>> {
        let filter = Filter { q: q.map(str::to_owned), sort: Some(Sort::Popular), limit: LOOKED_AT, ..Filter::default() };
        let (articles, _) = filter.page(conn, actor, View::Live).await?;
        let receiver = receiver(conn, ticket).await?;
        let readable = readable(conn, &receiver, &articles).await?;
        let words: Vec<String> = q.unwrap_or_default().split_whitespace().map(str::to_lowercase).collect();
        let mut offers: Vec<Self> = articles.into_iter().map(|article| Self { is_for_requester: readable.contains(&article.id), article }).collect();
        // those whose title has the words come before those whose summary or label has them; else as popular as they are
        offers.sort_by_key(|offer| {
            let title = offer.article.title.to_lowercase();
            (!offer.is_for_requester, words.iter().filter(|word| !title.contains(*word)).count())
        });
        offers.truncate(limit);
        Ok(offers)
    }

    /// The address that anybody may be sent.
    pub fn url(&self, public_url: &str) -> String {
        format!("{}{}", public_url.trim_end_matches('/'), self.article.href())
    }

    /// The link as Markdown.
    pub fn markdown(&self, public_url: &str) -> String {
        let title: String =
            self.article.title.chars().flat_map(|c| if matches!(c, '[' | ']' | '\\' | '*' | '_' | '`' | '<') { vec!['\\', c] } else { vec![c] }).collect();
        format!("[{title}]({})", self.url(public_url))
    }
}

/// Whoever gets the reply, as far as reading goes.
async fn receiver(conn: &mut Conn, ticket: &Ticket) -> Result<Actor> {
    let person = Person::get(conn, ticket.requester_id).await?;
    Ok(Actor { organization: person.organization_id, ..person.acting() })
}

async fn readable(conn: &mut Conn, reader: &Actor, articles: &[Article]) -> Result<BTreeSet<ArticleId>> {
    if articles.is_empty() {
        return Ok(BTreeSet::new());
    }
    let mut query = sql!("SELECT a.id FROM articles a WHERE 1 = 1");
    query.push(" AND a.id IN ").list(articles.iter().map(|article| article.id));
    knowledge::policy::visible_to(reader, View::Live, &mut query);
    Ok(conn.all::<ArticleId>(query).await?.into_iter().collect())
}
