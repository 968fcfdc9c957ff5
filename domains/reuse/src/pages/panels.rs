//! What stands on the pages of others: articles in a ticket, the finder in its composer, and tickets that use an article.

use crate::{
    Offer, Used,
    api::Wanted,
    used::{self, Place},
};
use askama::Template;
use kernel::Fault;
use knowledge::{Article, ArticleId, policy::Action as On};
use tickets::{Ticket, TicketId, policy::Action};
use web::{Answer, Asked, Path, Visit};

/// Articles that the finder shows without script.
const SHOWN: usize = 20;

#[derive(Template)]
#[template(path = "ticket_articles.html")]
struct TicketArticles {
    page: ui::Page,
    ticket: TicketId,
    number: String,
    used: Vec<Used>,
    made: Vec<(ArticleId, String)>,
    may_write: bool,
}

/// `GET /desk/tickets/{id}/articles`: staff who may see the ticket.
pub(super) async fn used(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, ticket.parse().map_err(|_| Fault::Missing)?, Action::Note).await?;
    let used = Used::in_ticket(&mut conn, actor, ticket.id).await?;
    let made = Used::made_of(&mut conn, actor, ticket.id).await?;
    let number = format!("#{}", ticket.number);
    web::html(&TicketArticles {
        page: visit.page(format!("Articles in {number}")),
        ticket: ticket.id,
        number,
        used,
        made,
        may_write: ticket.first_reply_at.is_some(),
    })
}

#[derive(Template)]
#[template(path = "article_finder.html")]
struct Finder {
    page: ui::Page,
    ticket: TicketId,
    number: String,
    q: String,
    offers: Vec<(Offer, String)>,
}

/// The button and its dialog, for the frame alone.
#[derive(Template)]
#[template(path = "article_finder_button.html")]
struct Button {
    ticket: TicketId,
}

/// `GET /desk/tickets/{id}/articles/find`: within the composer's frame a button that opens the finder; alone a list with lines to copy.
pub(super) async fn finder(visit: Visit, Path(ticket): Path<String>, Asked(wanted): Asked<Wanted>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, ticket.parse().map_err(|_| Fault::Missing)?, Action::See).await?;
    if visit.frame.is_some() {
        return web::html(&Button { ticket: ticket.id });
    }
    let offers = Offer::find(&mut conn, actor, &ticket, wanted.q.as_deref(), SHOWN).await?;
    let number = format!("#{}", ticket.number);
    web::html(&Finder {
        page: visit.page(format!("Articles for {number}")),
        ticket: ticket.id,
        number,
        q: wanted.q.unwrap_or_default(),
        offers: offers.into_iter().map(|offer| (offer.clone(), offer.markdown(&visit.app.config.public_url))).collect(),
    })
}

#[derive(Template)]
#[template(path = "article_uses.html")]
struct ArticleUses {
    page: ui::Page,
    article: Article,
    count: i64,
    places: Vec<Place>,
}

/// `GET /desk/knowledge/{id}/uses`: whoever may write the article.
pub(super) async fn uses(visit: Visit, Path(article): Path<String>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let article = Article::get(&mut conn, actor, article.parse().map_err(|_| Fault::Missing)?, On::Write).await?;
    let (count, places) = used::of_article(&mut conn, actor, &article).await?;
    web::html(&ArticleUses { page: visit.page("Use in tickets"), article, count, places })
}
