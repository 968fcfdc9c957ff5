//! Saved views on the desk: the group of the sidebar, saving the present list, and the page that manages them.

use super::{
    list::pairs,
    place::{errors, href},
    sidebar::sidebar,
};
use crate::{
    api::id,
    list::Filter,
    saved::{self, NewView, Reach, SavedView},
    views,
};
use accounts::Team;
use db::{Conn, Id};
use kernel::{Actor, Fault, FieldErrors, Result, TeamId};
use web::{Answer, Asked, Fields, Flash, Form, Input, Path, StatusCode, Visit};

/// A list of the desk, and the saved view it came from. The filter of the address decides; the view only names it.
pub(super) struct DeskList {
    pub(super) filter: Filter,
}

impl Form for DeskList {
    fn read(fields: &mut Fields) -> Self {
        let mut filter = Filter::read(fields);
        filter.saved = fields.id("saved");
        Self { filter }
    }
}

/// Where a saved view leads.
fn view_href(view: &SavedView) -> String {
    let pairs = pairs(&Filter { saved: Some(view.id), ..view.filter() });
    super::list::list_href("/desk", &pairs, &[])
}

/// The group of the sidebar, without numbers.
pub(super) fn lines(found: &[SavedView], current: Option<Id<SavedView>>) -> Vec<views::NavView> {
    let line = |view: &SavedView| views::NavView {
        label: view.name.clone(),
        icon: "i-bookmark",
        href: view_href(view),
        is_current: current == Some(view.id),
        count: None,
        is_alarming: false,
    };
    found.iter().map(line).collect()
}

/// What the list says of the saved view it came from: its name, what is gone, and whether the address says something else by now.
pub(super) async fn of_list(conn: &mut Conn, actor: &Actor, filter: &Filter, found: &[SavedView]) -> Result<views::SavedList> {
    let view = found.iter().find(|view| Some(view.id) == filter.saved);
    let labels = view.map_or("{}", |view| &view.labels);
    let query = filter.to_query();
    Ok(views::SavedList {
        missing: saved::missing(conn, filter, labels).await?,
        update: view.filter(|view| view.may_change(actor) && view.query != query).map(|view| views::SavedUpdate {
            href: format!("/desk/views/{}", view.id),
            version: view.version,
            name: view.name.clone(),
            reach: view.reach.word(),
            team: view.team_id.map_or(String::new(), |team| team.to_string()),
        }),
        name: view.map(|view| view.name.clone()),
        reaches: reaches(actor, Reach::Personal),
        teams: Vec::new(),
        query,
    })
}

/// Who may see it, as far as the actor may say.
fn reaches(actor: &Actor, chosen: Reach) -> Vec<views::Choice> {
    let all = Reach::ALL.iter().filter(|reach| **reach == Reach::Personal || actor.is_supervisor());
    all.map(|reach| views::Choice { value: reach.word().to_owned(), label: reach.label().to_owned(), selected: *reach == chosen }).collect()
}

fn team_choices(teams: &[Team], chosen: Option<TeamId>) -> Vec<views::Choice> {
    teams.iter().map(|team| views::Choice { value: team.id.to_string(), label: team.name.clone(), selected: chosen == Some(team.id) }).collect()
}

/// A saved view as its form has it.
pub(super) struct Save {
    version: i64,
    new: NewView,
}

impl Form for Save {
    fn read(fields: &mut Fields) -> Self {
        Self {
            version: fields.integer("version", 1..=i64::MAX).unwrap_or(0),
            new: NewView {
                name: fields.text("name", saved::NAME),
                reach: fields.word("reach", Reach::WORDS).unwrap_or(Reach::Personal),
                team: fields.id("team"),
                query: fields.optional_text("query", 4_000).unwrap_or_default(),
            },
        }
    }
}

/// `GET /desk/views`: one's own and shared views, to rename, order and delete. Staff.
pub(super) async fn page(visit: Visit, _: Asked<super::guest::Nothing>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    web::html(&whole(&visit, &mut conn, actor, None).await?)
}

async fn whole(visit: &Visit, conn: &mut Conn, actor: &Actor, refused: Option<(&Fields, &FieldErrors)>) -> Result<views::SavedViews> {
    let found = SavedView::of(conn, actor).await?;
    let teams = Team::all(conn).await?;
    let mut rows = Vec::with_capacity(found.len());
    for view in &found {
        rows.push(views::SavedRow {
            missing: saved::missing(conn, &view.filter(), &view.labels).await?,
            id: view.id.to_string(),
            href: view_href(view),
            name: view.name.clone(),
            who: match (&view.team, view.reach) {
                (Some(team), Reach::Team) => format!("Team {team}"),
                (_, Reach::Personal) => "Only me".to_owned(),
                _ => format!("All staff, by {}", view.owner),
            },
            may_change: view.may_change(actor),
            version: view.version,
            query: view.query.clone(),
            reaches: reaches(actor, view.reach),
            teams: team_choices(&teams, view.team_id),
        });
    }
    let mut page = visit.page("Saved views");
    page.live = vec!["desk".to_owned()];
    Ok(views::SavedViews {
        page,
        sidebar: sidebar(conn, actor, None, None).await?,
        rows,
        name: refused.map_or_else(String::new, |(fields, _)| fields.typed("name")),
        query: refused.map_or_else(String::new, |(fields, _)| fields.typed("query")),
        reaches: reaches(actor, Reach::Personal),
        teams: team_choices(&teams, None),
        errors: refused.map_or_else(ui::Errors::new, |(_, wrong)| errors(wrong)),
    })
}

/// `POST /desk/views`: keeps the present list.
pub(super) async fn add(visit: Visit, input: Input<Save>) -> Answer {
    let actor = visit.staff()?;
    let (form, fields, ..) = input.open();
    let outcome: Result<SavedView> = async {
        let form = form.map_err(Fault::Invalid)?;
        let mut tx = visit.app.db.write().await?;
        let view = SavedView::add(&mut tx, actor, &form.new).await?;
        tx.commit().await?;
        Ok(view)
    }
    .await;
    done(&visit, actor, &fields, outcome, "is saved").await
}

/// `POST /desk/views/{id}`: another name, reach or filter.
pub(super) async fn change(visit: Visit, Path(view): Path<String>, input: Input<Save>) -> Answer {
    let actor = visit.staff()?;
    let (form, fields, ..) = input.open();
    let view = SavedView::get(&mut visit.app.db.read().await?, actor, id(&view)?).await?;
    let outcome: Result<SavedView> = async {
        let form = form.map_err(Fault::Invalid)?;
        let mut tx = visit.app.db.write().await?;
        let view = view.change(&mut tx, actor, form.version, &form.new).await?;
        tx.commit().await?;
        Ok(view)
    }
    .await;
    done(&visit, actor, &fields, outcome, "is changed").await
}

/// To the list of the view, or to the page of all with what was wrong.
async fn done(visit: &Visit, actor: &Actor, fields: &Fields, outcome: Result<SavedView>, what: &str) -> Answer {
    match outcome {
        Ok(view) => {
            let flash = Flash { kind: "good", text: format!("“{}” {what}.", view.name), undo: None };
            Ok(visit.flash(web::see_other(&view_href(&view))?, &flash))
        }
        Err(Fault::Invalid(wrong)) => {
            let page = whole(visit, &mut visit.app.db.read().await?, actor, Some((fields, &wrong))).await?;
            web::html_with(StatusCode::UNPROCESSABLE_ENTITY, &page)
        }
        Err(fault) => Err(fault.into()),
    }
}

/// What the small buttons post.
pub(super) struct Act {
    act: Option<String>,
}

impl Form for Act {
    fn read(fields: &mut Fields) -> Self {
        Self { act: fields.optional_text("act", 10) }
    }
}

/// `POST /desk/views/{id}/move`: before or after its neighbour.
pub(super) async fn shift(visit: Visit, Path(view): Path<String>, input: Input<Act>) -> Answer {
    let actor = visit.staff()?;
    let is_up = input.take()?.act.as_deref() == Some("up");
    let mut tx = visit.app.db.write().await?;
    SavedView::get(&mut tx, actor, id(&view)?).await?.shift(&mut tx, actor, is_up).await?;
    tx.commit().await?;
    web::see_other("/desk/views")
}

/// `POST /desk/views/{id}/remove`: deletes it, with an undo.
pub(super) async fn remove(visit: Visit, Path(view): Path<String>, _: Input<Act>) -> Answer {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    let view = SavedView::get(&mut tx, actor, id(&view)?).await?;
    view.remove(&mut tx, actor).await?;
    tx.commit().await?;
    let undo = Some((format!("/desk/views/{}/restore", view.id), "Undo".to_owned()));
    Ok(visit.flash(web::see_other("/desk/views")?, &Flash { kind: "good", text: format!("“{}” is deleted.", view.name), undo }))
}

/// `POST /desk/views/{id}/restore`: takes a deletion back.
pub(super) async fn restore(visit: Visit, Path(view): Path<String>, _: Input<Act>) -> Answer {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    SavedView::restore(&mut tx, actor, id(&view)?).await?;
    tx.commit().await?;
    web::see_other(&href("/desk/views", &[]))
}
