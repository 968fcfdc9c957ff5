//! Articles that messages of staff link to: found in the words themselves, so that a link that was pasted counts like one that was
//! inserted.

use db::{Conn, Id, Timestamp, Tx, record, sql};
use kernel::{Actor, Result};
use knowledge::{Article, ArticleId, policy::View};
use percent_encoding::percent_decode_str;
use std::collections::{BTreeMap, BTreeSet};
use tickets::{Message, TicketId};

/// Links of one message that are looked at.
const LINKS: usize = 50;
/// Tickets that the page of an article names.
const NAMED: i64 = 20;

record! {
    /// An article in a ticket.
    #[derive(Clone, Debug)]
    pub struct Used {
        /// Which one.
        pub article_id: ArticleId,
        /// Its title, as staff knows it.
        pub title: String,
        /// Its present slug.
        pub slug: String,
        /// In a note alone: the customer did not get it.
        pub is_internal: bool,
        /// When it was first used here.
        pub used_at: Timestamp,
    }
}

record! {
    /// A ticket that an article was used in.
    #[derive(Clone, Debug)]
    pub(crate) struct Place {
        pub id: TicketId,
        pub number: i64,
        pub title: String,
        pub used_at: Timestamp,
    }
}

/// The slugs of articles that a text links to: `{public_url}/a/{slug}`, or `/a/{slug}` where a link begins.
pub(crate) fn slugs(text: &str, public_url: &str) -> BTreeSet<String> {
    let site = public_url.trim_end_matches('/');
    let mut found = BTreeSet::new();
    for (at, _) in text.match_indices("/a/") {
        let before = &text[..at];
        if !before.ends_with(site) && !before.ends_with(['(', '"', '<']) {
            continue;
        }
        let rest = &text[at + 3..];
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, ')' | '>' | '<' | '"' | '\'' | '#' | '?' | '/' | ']' | '&')).unwrap_or(rest.len());
        let slug = percent_decode_str(rest[..end].trim_end_matches(['.', ',', ';', ':', '!'])).decode_utf8_lossy().into_owned();
        if !slug.is_empty() && slug.len() <= 400 {
            found.insert(slug);
        }
        if found.len() == LINKS {
            break;
        }
    }
    found
}

/// Writes down what these messages of staff link to. Twice is harmless.
pub(crate) async fn take(tx: &mut Tx, messages: &[Id<Message>], public_url: &str) -> Result<()> {
    if messages.is_empty() {
        return Ok(());
    }
    let mut query = sql!("SELECT id, source, created_at FROM messages WHERE is_staff AND source LIKE '%/a/%'");
    query.push(" AND id IN ").list(messages.iter().copied());
    let texts: Vec<(Id<Message>, String, Timestamp)> = tx.all(query).await?;
    let links: Vec<(Id<Message>, Timestamp, BTreeSet<String>)> = texts.into_iter().map(|(id, source, at)| (id, at, slugs(&source, public_url))).collect();
    let all: BTreeSet<&String> = links.iter().flat_map(|(_, _, slugs)| slugs).collect();
    if all.is_empty() {
        return Ok(());
    }
    let mut query = sql!("SELECT slug, article_id FROM article_slugs WHERE 1 = 1");
    query.push(" AND slug IN ").list(all.into_iter().map(String::as_str));
    let known: BTreeMap<String, ArticleId> = tx.all::<(String, ArticleId)>(query).await?.into_iter().collect();
    for (message, at, slugs) in links {
        for article in slugs.iter().filter_map(|slug| known.get(slug)) {
            let insert = sql!(
                "INSERT INTO article_uses (message_id, article_id, used_at) VALUES ($1, $2, $3) ON CONFLICT (message_id, article_id) DO NOTHING",
                message,
                *article,
                at
            );
            tx.run(insert).await?;
        }
    }
    Ok(())
}

impl Used {
    /// The articles in a ticket that this member of staff may see, in the order of their first use.
    pub async fn in_ticket(conn: &mut Conn, actor: &Actor, ticket: TicketId) -> Result<Vec<Self>> {
        let mut query = sql!(
            "SELECT a.id, v.title, a.slug, u.notes = 1, u.first_at
             FROM (SELECT x.article_id, MIN(CASE WHEN m.is_internal THEN 1 ELSE 0 END) AS notes, MIN(x.used_at) AS first_at
                   FROM messages m JOIN article_uses x ON x.message_id = m.id WHERE m.ticket_id = $1 GROUP BY x.article_id) u
             JOIN articles a ON a.id = u.article_id JOIN article_versions v ON v.article_id = a.id AND v.number = a.number WHERE 1 = 1",
            ticket
        );
        knowledge::policy::visible_to(actor, View::Newest, &mut query);
        query.push(" ORDER BY u.first_at, a.id").limit(NAMED);
        Ok(conn.all(query).await?)
    }

    /// Articles that were made of a ticket, as far as this member of staff may see them.
    pub(crate) async fn made_of(conn: &mut Conn, actor: &Actor, ticket: TicketId) -> Result<Vec<(ArticleId, String)>> {
        let mut query = sql!(
            "SELECT a.id, v.title FROM article_sources s JOIN articles a ON a.id = s.article_id
             JOIN article_versions v ON v.article_id = a.id AND v.number = a.number WHERE s.ticket_id = $1",
            ticket
        );
        knowledge::policy::visible_to(actor, View::Newest, &mut query);
        query.push(" ORDER BY a.created_at, a.id").limit(NAMED);
        Ok(conn.all(query).await?)
    }
}

/// In how many tickets replies link to an article, and the last of them that this member of staff may see.
pub(crate) async fn of_article(conn: &mut Conn, actor: &Actor, article: &Article) -> Result<(i64, Vec<Place>)> {
    let count = conn
        .one(sql!(
            "SELECT COUNT(DISTINCT m.ticket_id) FROM article_uses u JOIN messages m ON m.id = u.message_id WHERE u.article_id = $1 AND NOT m.is_internal",
            article.id
        ))
        .await?;
    let mut query = sql!(
        "SELECT t.id, t.number, t.title, u.last_at
         FROM (SELECT m.ticket_id, MAX(x.used_at) AS last_at FROM article_uses x JOIN messages m ON m.id = x.message_id
               WHERE x.article_id = $1 AND NOT m.is_internal GROUP BY m.ticket_id) u
         JOIN tickets t ON t.id = u.ticket_id WHERE 1 = 1",
        article.id
    );
    tickets::policy::visible_to(actor, &mut query);
    query.push(" ORDER BY u.last_at DESC, t.id DESC").limit(NAMED);
    Ok((count, conn.all(query).await?))
}

#[cfg(test)]
mod tests {
    use super::slugs;

    #[test]
    fn links_to_articles_are_found_in_any_form_and_those_of_others_are_not() {
        let text = "See [Keys](https://help.test/a/rotate-keys), <https://help.test/a/limits?x=1> and https://help.test/a/%E5%8E%9F%E5%9B%A0. \
                    Not https://other.test/a/foreign nor https://help.test/data/a/nothing; <a href=\"/a/near#s-x\">near</a>";

        let found: Vec<String> = slugs(text, "https://help.test/").into_iter().collect();

        assert_eq!(found, ["limits", "near", "rotate-keys", "原因"]);
    }
}
