//! A draft of a ticket: what it would say, with personal data marked and listed, and the button that makes it.

use crate::{capture::Captured, personal::Finding};
use askama::Template;
use kernel::Fault;
use knowledge::Article;
use std::collections::BTreeSet;
use tickets::{Ticket, TicketId, policy::Action};
use web::{Answer, Fields, Flash, Form, Input, Path, Visit};

/// A piece of the text; with a finding's place in the list when it is one.
struct Piece {
    at: Option<usize>,
    text: String,
}

#[derive(Template)]
#[template(path = "capture.html")]
struct CapturePage {
    page: ui::Page,
    ticket: TicketId,
    number: String,
    title: Vec<Piece>,
    content: Vec<Piece>,
    findings: Vec<Finding>,
    /// Two clicks make one draft.
    key: String,
}

/// A text cut at its findings, of which the first has the number `from`.
fn pieces(text: &str, found: &[Finding], from: usize) -> Vec<Piece> {
    let (mut pieces, mut end) = (Vec::new(), 0);
    for (at, one) in found.iter().enumerate() {
        pieces.push(Piece { at: None, text: text[end..one.start].to_owned() });
        pieces.push(Piece { at: Some(from + at), text: one.text.clone() });
        end = one.end;
    }
    pieces.push(Piece { at: None, text: text[end..].to_owned() });
    pieces
}

/// `GET /desk/tickets/{id}/article`: staff who may see all of the ticket.
pub(super) async fn look(visit: Visit, Path(ticket): Path<String>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let ticket = Ticket::get(&mut conn, actor, ticket.parse().map_err(|_| Fault::Missing)?, Action::Note).await?;
    let captured = Captured::of(&mut conn, actor, &ticket).await?;
    let number = format!("#{}", ticket.number);
    web::html(&CapturePage {
        page: visit.page(format!("Article of {number}")),
        ticket: ticket.id,
        number,
        title: pieces(&captured.title, &captured.in_title, 0),
        content: pieces(&captured.content, &captured.in_content, captured.in_title.len()),
        findings: captured.findings().cloned().collect(),
        key: db::Id::<Article>::new().to_string(),
    })
}

/// What stays as it is: the place of a finding and what it says, so that a message that came meanwhile moves nothing.
pub(super) struct Kept(Vec<String>);

impl Form for Kept {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.texts("keep", 1_000, 4_000))
    }
}

/// `POST /desk/tickets/{id}/article`: as above.
pub(super) async fn make(visit: Visit, Path(ticket): Path<String>, input: Input<Kept>) -> Answer {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, ticket.parse().map_err(|_| Fault::Missing)?, Action::Note).await?;
    let (read, _, _, seal) = input.open();
    let Kept(keep) = read.map_err(Fault::Invalid)?;
    if let Some(answer) = seal.replay(&mut tx, &visit).await? {
        return Ok(answer);
    }
    let captured = Captured::of(&mut tx, actor, &ticket).await?;
    let kept: BTreeSet<usize> = captured.findings().enumerate().filter(|(_, one)| keep.contains(&one.text)).map(|(at, _)| at).collect();
    let left = kept.len();
    let article = captured.draft(&mut tx, actor, &ticket, &kept).await?;
    let answer = seal.keep_redirect(&mut tx, &visit, &format!("/desk/knowledge/{}", article.id)).await?;
    tx.commit().await?;
    let text = match left {
        0 => "The draft is made. Read it once more before others do.".to_owned(),
        left => format!("The draft is made. It still has {left} places that look like personal data."),
    };
    Ok(visit.flash(answer, &Flash { kind: "good", text, undo: None }))
}
