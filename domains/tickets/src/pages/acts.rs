//! What agents do with a ticket: each act a small form, each change with the version it saw and an undo.

use super::desk::{Open, screen};
use crate::{
    Category, Part, Priority, Ticket, TicketId,
    api::id,
    change::Change,
    custom_status::Picked,
    history,
    list::Filter,
    listener,
    policy::{self, Action},
    tag, views,
};
use accounts::Person;
use kernel::{Actor, Fault, PersonId, Result, TeamId};
use web::{Answer, Asked, Fields, Flash, Form, HeaderMap, Input, Path, StatusCode, Visit};

/// The fields of the small forms; each route reads its own.
#[derive(Clone, Debug)]
pub(super) struct Pick {
    version: Option<i64>,
    status: Option<Picked>,
    priority: Option<Priority>,
    category: Option<Category>,
    assignee: Option<PersonId>,
    team: Option<TeamId>,
    title: Option<String>,
    field: Option<String>,
    act: Option<String>,
    tag: Option<String>,
}

impl Form for Pick {
    fn read(fields: &mut Fields) -> Self {
        Self {
            version: fields.integer("version", 1..=i64::MAX),
            status: Picked::read(fields, "status"),
            priority: fields.word("priority", Priority::WORDS),
            category: fields.word("category", Category::WORDS),
            assignee: fields.id("assignee"),
            team: fields.id("team"),
            title: fields.optional_text("title", crate::api::TITLE),
            field: fields.optional_text("field", 20),
            act: fields.optional_text("act", 20),
            tag: fields.optional_text("tag", 200),
        }
    }
}

/// What a route makes of its fields: the change, its name, and the pair that takes it back.
struct Wish {
    change: Change,
    label: &'static str,
    mine: String,
    undo: (&'static str, String),
}

impl Pick {
    /// The change of one field.
    fn wish(&self, field: &str, before: &Ticket) -> Result<Wish> {
        let version = self.version.ok_or_else(|| Fault::field("version", "This is needed."))?;
        let change = Change { version, ..Change::default() };
        let needed = || Fault::field("value", "Choose a value.");
        let id = |id: Option<uuid::Uuid>| id.map_or(String::new(), |id| id.to_string());
        Ok(match field {
            "status" => {
                let (change, mine) = match self.status.clone().ok_or_else(needed)? {
                    Picked::Plain(status) => (Change { status: Some(status), ..change }, status.label().to_owned()),
                    // its name is known once it is set
                    Picked::Custom(key) => (Change { custom_status: Some(key.clone()), ..change }, key),
                };
                Wish { change, label: "Status", mine, undo: ("status", before.status_option()) }
            }
            "priority" => {
                let priority = self.priority.ok_or_else(needed)?;
                Wish {
                    change: Change { priority: Some(priority), ..change },
                    label: "Priority",
                    mine: priority.label().to_owned(),
                    undo: ("priority", before.priority.word().to_owned()),
                }
            }
            "category" => {
                let category = self.category.ok_or_else(needed)?;
                Wish {
                    change: Change { category: Some(category), ..change },
                    label: "Category",
                    mine: category.label().to_owned(),
                    undo: ("category", before.category.word().to_owned()),
                }
            }
            "assignee" => Wish {
                change: Change { assignee: Some(self.assignee), ..change },
                label: "Assignee",
                mine: id(self.assignee.map(db::Id::uuid)),
                undo: ("assignee", id(before.assignee_id.map(db::Id::uuid))),
            },
            "team" => Wish {
                change: Change { team: Some(self.team), ..change },
                label: "Team",
                mine: id(self.team.map(db::Id::uuid)),
                undo: ("team", id(before.team_id.map(db::Id::uuid))),
            },
            "title" => {
                let title = self.title.clone().ok_or_else(|| Fault::field("title", "A ticket needs a subject."))?;
                Wish { mine: title.clone(), change: Change { title: Some(title), ..change }, label: "Subject", undo: ("title", before.title.clone()) }
            }
            _ => return Err(Fault::field("field", "There is no such field.")),
        })
    }
}

macro_rules! pick_routes {
    ($($(#[$doc:meta])* $name:ident $field:literal;)+) => {$(
        $(#[$doc])*
        pub(super) async fn $name(visit: Visit, headers: HeaderMap, Path(ticket): Path<String>, input: Input<Pick>) -> Answer {
            change_one(&visit, &headers, &ticket, input.take()?, $field).await
        }
    )+};
}

pick_routes! {
    /// `POST /desk/tickets/{id}/status`
    set_status "status";
    /// `POST /desk/tickets/{id}/priority`
    set_priority "priority";
    /// `POST /desk/tickets/{id}/category`
    set_category "category";
    /// `POST /desk/tickets/{id}/assignee`
    set_assignee "assignee";
    /// `POST /desk/tickets/{id}/team`
    set_team "team";
    /// `POST /desk/tickets/{id}/title`
    set_title "title";
}

/// `POST /desk/tickets/{id}/undo?field=…&{field}=…&version=…`: takes one's last change back while nobody changed more.
pub(super) async fn undo(visit: Visit, headers: HeaderMap, Path(ticket): Path<String>, Asked(pick): Asked<Pick>) -> Answer {
    let field = pick.field.clone().unwrap_or_default();
    change_one(&visit, &headers, &ticket, pick, &field).await
}

async fn change_one(visit: &Visit, headers: &HeaderMap, ticket: &str, pick: Pick, field: &str) -> Answer {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    let before = Ticket::get(&mut tx, actor, id(ticket)?, Action::Change).await?;
    let wish = pick.wish(field, &before)?;
    let ticket = match before.change(&mut tx, actor, wish.change.clone()).await {
        Err(Fault::Stale(_)) => {
            drop(tx);
            return conflict(visit, actor, &before, &wish, field).await;
        }
        Err(fault) => {
            drop(tx);
            return super::field_acts::refused(visit, headers, before.id, fault)?;
        }
        Ok(changed) => changed,
    };
    let may_stay = policy::may_now(&mut tx, actor, Action::See, &ticket).await?;
    tx.commit().await?;
    let undo = super::place::href(
        &format!("/desk/tickets/{}/undo", ticket.id),
        &[("field", field), (wish.undo.0, &wish.undo.1), ("version", &ticket.version.to_string())],
    );
    let text = match field {
        "assignee" => ticket.assignee.as_ref().map_or_else(|| "Assigned to nobody.".to_owned(), |name| format!("Assigned to {name}.")),
        "status" => format!("Status: {}.", ticket.status_for_agents().label),
        "team" => ticket.team.as_ref().map_or_else(|| "In no team.".to_owned(), |name| format!("With the team {name}.")),
        _ => format!("{}: {}.", wish.label, wish.mine.trim_end_matches('.')),
    };
    if !may_stay {
        return Ok(visit.flash(web::see_other("/desk")?, &Flash { kind: "good", text: format!("{text} #{} is theirs now.", ticket.number), undo: None }));
    }
    Ok(visit.flash(back(headers, ticket.id)?, &Flash { kind: "good", text, undo: Some((undo, "Undo".to_owned())) }))
}

/// The desk again, saying what changed meanwhile and offering to keep one's own.
async fn conflict(visit: &Visit, actor: &Actor, ticket: &Ticket, wish: &Wish, field: &str) -> Answer {
    let mut conn = visit.app.db.read().await?;
    let theirs = meanwhile(&mut conn, actor, ticket, wish.change.version).await?;
    let value = match field {
        "status" => wish.change.custom_status.as_ref().map(|key| format!("custom:{key}")).or_else(|| wish.change.status.map(|word| word.word().to_owned())),
        "priority" => wish.change.priority.map(|word| word.word().to_owned()),
        "category" => wish.change.category.map(|word| word.word().to_owned()),
        _ => Some(wish.mine.clone()),
    };
    let mine = match wish.change {
        Change { assignee: Some(None), .. } => "Nobody".to_owned(),
        Change { assignee: Some(Some(person)), .. } => Person::get(&mut conn, person).await?.name,
        Change { team: Some(None), .. } => "None".to_owned(),
        Change { team: Some(Some(team)), .. } => {
            accounts::Team::all(&mut conn).await?.into_iter().find(|known| known.id == team).map_or_else(|| "None".to_owned(), |team| team.name)
        }
        _ => wish.mine.clone(),
    };
    let conflict = views::Conflict {
        theirs,
        mine: format!("{}: {mine}", wish.label),
        action: format!("/desk/tickets/{}/{field}", ticket.id),
        fields: vec![
            views::Hidden { name: "version".to_owned(), value: ticket.version.to_string() },
            views::Hidden { name: field.to_owned(), value: value.unwrap_or_default() },
        ],
    };
    let page =
        screen(visit, &mut conn, actor, Filter { limit: 50, ..Filter::default() }, Some(Open { ticket, refused: None, conflict: Some(conflict) })).await?;
    web::html_with(StatusCode::CONFLICT, &page)
}

/// What others changed since a version.
pub(super) async fn meanwhile(conn: &mut db::Conn, actor: &Actor, ticket: &Ticket, version: i64) -> Result<Vec<views::Change>> {
    let events = history::of(conn, actor, ticket).await?;
    let missed = usize::try_from(ticket.version - version).unwrap_or(1).clamp(1, 10);
    let changes = events.iter().rev().filter(|event| event.kind.ends_with("_changed") || event.kind == "ticket.assigned");
    Ok(changes.take(missed).map(history::change).collect())
}

/// Back to where the form stood, if that was on the desk.
pub(super) fn back(headers: &HeaderMap, ticket: TicketId) -> Answer {
    let here = format!("/desk/tickets/{ticket}");
    let referer = headers
        .get(web::header::REFERER)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once("://"))
        .and_then(|(_, rest)| rest.find('/').map(|at| &rest[at..]));
    web::see_other(referer.filter(|path| path.starts_with(&here) && !path.contains("/undo")).unwrap_or(&here))
}

/// `POST /desk/tickets/{id}/tags`: adds or removes one.
pub(super) async fn set_tags(visit: Visit, headers: HeaderMap, Path(ticket): Path<String>, input: Input<Pick>) -> Answer {
    let actor = visit.staff()?;
    let pick = input.take()?;
    let mut tx = visit.app.db.write().await?;
    let before = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?;
    let mut tags = tag::of(&mut tx, before.id).await?;
    let wanted = tag::clean(pick.tag.as_deref().unwrap_or_default());
    let outcome = match wanted {
        Ok(tag) if pick.act.as_deref() == Some("remove") => {
            tags.retain(|known| *known != tag);
            Ok(tags)
        }
        Ok(tag) => {
            tags.push(tag);
            Ok(tags)
        }
        Err(fault) => Err(fault),
    };
    // a tag says nothing about other fields: the freshest version is meant
    let outcome = match outcome {
        Ok(tags) => before.change(&mut tx, actor, Change { version: before.version, tags: Some(tags), ..Change::default() }).await.map(drop),
        Err(fault) => Err(fault),
    };
    told(&visit, &headers, before.id, tx, outcome).await
}

/// `POST /desk/tickets/{id}/claim`: takes it; one wins, the other is told who.
pub(super) async fn claim(visit: Visit, headers: HeaderMap, Path(ticket): Path<String>, _: Input<Pick>) -> Answer {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Change).await?;
    let outcome = ticket.claim(&mut tx, actor).await.map(drop);
    told(&visit, &headers, ticket.id, tx, outcome).await
}

/// Commits and goes back; a refusal in words goes back with the words.
pub(super) async fn told(visit: &Visit, headers: &HeaderMap, ticket: TicketId, tx: db::Tx, outcome: Result<()>) -> Answer {
    let sorry = |text: String| Ok(visit.flash(back(headers, ticket)?, &Flash { kind: "warn", text, undo: None }));
    match outcome {
        Ok(()) => {
            tx.commit().await?;
            back(headers, ticket)
        }
        Err(Fault::Conflict { detail, .. }) => sorry(detail),
        Err(Fault::Invalid(wrong)) => sorry(wrong.0.first().map(|(_, sentence)| sentence.clone()).unwrap_or_default()),
        Err(fault) => Err(fault.into()),
    }
}

/// `POST /desk/tickets/{id}/followers`: copies, followers, and oneself.
pub(super) async fn followers(visit: Visit, headers: HeaderMap, Path(ticket): Path<String>, input: Input<super::request::Follow>) -> Answer {
    let actor = visit.staff()?;
    let (form, ..) = input.open();
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Invite).await?;
    let outcome: Result<()> = async {
        let form = form.map_err(Fault::Invalid)?;
        let me = actor.person.ok_or(Fault::SignIn)?;
        match (form.act.as_str(), form.email) {
            ("follow", _) => {
                ticket.demand_unmerged(&mut tx).await?;
                let person = Person::get(&mut tx, me).await?;
                listener::follow(&mut tx, actor, ticket.id, &person, Part::Follower).await
            }
            ("unfollow", _) => listener::unfollow(&mut tx, actor, ticket.id, me).await,
            ("remove", Some(email)) => {
                let person = Person::by_email(&mut tx, &email).await?.ok_or(Fault::Missing)?;
                listener::unfollow(&mut tx, actor, ticket.id, person.id).await
            }
            ("add", Some(email)) => {
                ticket.demand_unmerged(&mut tx).await?;
                listener::invite(&mut tx, actor, ticket.id, &email, if form.role.as_deref() == Some("follower") { Part::Follower } else { Part::Cc }).await
            }
            _ => Err(Fault::field("email", "Give a mail address.")),
        }
    }
    .await;
    told(&visit, &headers, ticket.id, tx, outcome).await
}

/// `POST /desk/tickets/{id}/trash`
pub(super) async fn trash(visit: Visit, Path(ticket): Path<String>, _: Input<Pick>) -> Answer {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Trash).await?;
    ticket.trash(&mut tx, actor).await?;
    tx.commit().await?;
    let undo = Some((format!("/desk/tickets/{}/restore", ticket.id), "Undo".to_owned()));
    Ok(visit.flash(web::see_other("/desk")?, &Flash { kind: "good", text: format!("#{} is in the trash for 30 days.", ticket.number), undo }))
}

/// `POST /desk/tickets/{id}/restore`
pub(super) async fn restore(visit: Visit, headers: HeaderMap, Path(ticket): Path<String>, _: Input<Pick>) -> Answer {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    let ticket = Ticket::get(&mut tx, actor, id(&ticket)?, Action::Trash).await?;
    let outcome = ticket.restore(&mut tx, actor).await;
    told(&visit, &headers, ticket.id, tx, outcome).await
}
