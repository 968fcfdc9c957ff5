//! The desk's pages of many tickets: from the bar below the list, by a form where there is more to choose, and the
//! page that shows how far it is.

use crate::{
    Bulk, Macro, Search,
    api::{Nothing, id},
    api_bulk::Wish,
    bulk::{Item, Outcome, State},
    changes::{Changes, Known},
    form::{ChangeFields, Choice, choices},
    pages::finish,
};
use askama::Template;
use kernel::{Actor, Fault, FieldErrors, Result};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tickets::{TicketId, list::Filter};
use ui::Errors;
use web::{Answer, Asked, Fields, Flash, Form, HeaderMap, Input, Path, Routes, StatusCode, Visit, header};

/// Refusals shown at once.
const SHOWN: i64 = 100;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .post("/desk/bulk", ask)
        .get("/desk/bulk/new", choose)
        .get("/desk/bulk/merge", crate::pages_merge::choose)
        .get("/desk/bulk/{id}", show)
        .post("/desk/bulk/{id}/undo", undo)
}

/// What the bar and the form send: rows, or all that the list shows.
pub(crate) struct Pick {
    /// Where to go on with them, instead of changing them now.
    more: Option<String>,
    pub(crate) tickets: Vec<TicketId>,
    pub(crate) is_all: bool,
    pub(crate) list: String,
    wish: Wish,
}

impl Form for Pick {
    fn read(fields: &mut Fields) -> Self {
        let (is_all, list) = (fields.boolean("all"), fields.optional_text("list", 2_000).unwrap_or_default());
        let is_note = fields.boolean("isNote");
        // sent by the whole form, which is shown again when something is wrong; `ask` looks at what was typed
        fields.boolean("form");
        let mut wish = Wish::read(fields);
        if let Some(said) = &mut wish.changes.said {
            said.is_internal = is_note;
        }
        wish.matching = is_all.then(|| list.clone());
        let tickets = wish.tickets.clone();
        if is_all {
            wish.tickets.clear();
        }
        Self { more: fields.optional_text("more", 20), tickets, is_all, list, wish }
    }
}

/// Pages on which one goes on with the tickets chosen: its word in `more`, its path. Another room adds a line here and a
/// button to the bar.
const PAGES: &[(&str, &str)] = &[("change", "/desk/bulk/new"), ("merge", "/desk/bulk/merge"), ("incident", "/desk/bulk/incident")];

/// The address of such a page, with what was chosen.
fn page_of(pick: &Pick, word: &str) -> Result<String> {
    let (_, path) = PAGES.iter().find(|(known, _)| *known == word).ok_or_else(|| Fault::field("more", "There is no such page."))?;
    let ids: Vec<String> = pick.tickets.iter().map(ToString::to_string).collect();
    let all = if pick.is_all { "&all=1" } else { "" };
    Ok(format!("{path}?list={}{all}&tickets={}", utf8_percent_encode(&pick.list, NON_ALPHANUMERIC), if pick.is_all { String::new() } else { ids.join(",") }))
}

/// A path of this site's desk from which the form came.
pub(crate) fn back(headers: &HeaderMap) -> Option<String> {
    let referer = headers.get(header::REFERER)?.to_str().ok()?.split_once("://")?.1;
    referer.find('/').map(|at| referer[at..].to_owned()).filter(|path| path.starts_with("/desk"))
}

fn count(number: i64) -> String {
    if number == 1 { "1 ticket".to_owned() } else { format!("{number} tickets") }
}

/// `POST /desk/bulk`: a small one is done when the next page comes, a large one shows its progress.
async fn ask(visit: Visit, input: Input<Pick>) -> Answer {
    let actor = visit.staff()?;
    let (read, fields, _, seal) = input.open();
    let list = fields.typed("list");
    let outcome: Answer = async {
        let pick = read?;
        if let Some(word) = &pick.more {
            return web::see_other(&page_of(&pick, word)?);
        }
        let chosen = pick.wish.chosen(&visit.app, actor).await?;
        let mut tx = visit.app.db.write().await?;
        if let Some(answer) = seal.replay(&mut tx, &visit).await? {
            return Ok(answer);
        }
        let bulk = pick.wish.ask(&mut tx, actor, &chosen).await?;
        seal.keep_redirect(&mut tx, &visit, &format!("/desk/bulk/{}", bulk.id)).await?;
        tx.commit().await?;
        let bulk = finish(&visit, actor, bulk.id).await?;
        let text = match (bulk.changes.merge, bulk.changes.parent) {
            (Some(target), _) => format!("{} merged into #{}.", count(bulk.done), target.number),
            (None, Some(parent)) => format!("{} linked to #{}.", count(bulk.done), parent.number),
            (None, None) => format!("{} changed.", count(bulk.done)),
        };
        told(&visit, &bulk, &desk(&pick.list), &text)
    }
    .await;
    match outcome {
        Err(web::Failure(Fault::Invalid(wrong))) if fields.typed("form").is_empty() => {
            let text = wrong.0.first().map(|(_, sentence)| sentence.clone()).unwrap_or_default();
            Ok(visit.flash(web::see_other(&desk(&list))?, &Flash { kind: "warn", text, undo: None }))
        }
        Err(web::Failure(Fault::Invalid(wrong))) => {
            let pick = Pick::read(&mut fields.clone());
            web::html_with(StatusCode::UNPROCESSABLE_ENTITY, &form(&visit, actor, pick, Some((&fields, &wrong))).await?)
        }
        outcome => outcome,
    }
}

/// The list again.
pub(crate) fn desk(list: &str) -> String {
    let is_query = list.starts_with('?') && list.bytes().all(|byte| byte.is_ascii_graphic());
    if is_query { format!("/desk{list}") } else { "/desk".to_owned() }
}

/// Back to where it came from when all went well, else to its own page.
fn told(visit: &Visit, bulk: &Bulk, place: &str, text: &str) -> Answer {
    if bulk.is_at_work() || bulk.refused + bulk.kept > 0 {
        return web::see_other(&format!("/desk/bulk/{}", bulk.id));
    }
    let undo = (bulk.state == State::Done).then(|| (format!("/desk/bulk/{}/undo", bulk.id), "Undo".to_owned()));
    Ok(visit.flash(web::see_other(place)?, &Flash { kind: "good", text: text.to_owned(), undo }))
}

/// `GET /desk/bulk/new`: everything that can be done to those chosen.
#[derive(Template)]
#[template(path = "bulk_new.html")]
struct NewPage {
    page: ui::Page,
    errors: Errors,
    tickets: Vec<String>,
    is_all: bool,
    list: String,
    how_many: String,
    f: ChangeFields,
    macros: Vec<Choice>,
    text: String,
    is_note: bool,
    trash: bool,
    back: String,
    key: String,
}

async fn choose(visit: Visit, Asked(pick): Asked<Pick>) -> Answer {
    let actor = visit.staff()?;
    if pick.tickets.is_empty() && !pick.is_all {
        let words = "Choose tickets first, with the boxes before them.".to_owned();
        return Ok(visit.flash(web::see_other(&desk(&pick.list))?, &Flash { kind: "info", text: words, undo: None }));
    }
    web::html(&form(&visit, actor, pick, None).await?)
}

async fn form(visit: &Visit, actor: &Actor, pick: Pick, refused: Option<(&Fields, &FieldErrors)>) -> Result<NewPage> {
    let mut conn = visit.app.db.read().await?;
    let known = Known::now(&mut conn).await?;
    let macros = Search { limit: 200, ..Search::default() }.page(&mut conn, actor).await?;
    let how_many = if pick.is_all {
        let mut all: Filter = web::query(&pick.list)?;
        all.find(&visit.app, actor).await?;
        let all = all.count(&mut conn, actor).await?;
        if all >= tickets::list::COUNTED { "1,000 tickets or more".to_owned() } else { count(all) }
    } else {
        count(i64::try_from(pick.tickets.len()).unwrap_or(0))
    };
    let said = pick.wish.changes.said.as_ref();
    let mut errors = Errors::new();
    let mut fields = ChangeFields::of(&known, &pick.wish.changes);
    if let Some((typed, wrong)) = refused {
        fields.keep(typed);
        for (field, sentence) in &wrong.0 {
            errors.add(field, sentence);
        }
    }
    Ok(NewPage {
        page: visit.page(format!("Change {how_many}")),
        errors,
        back: desk(&pick.list),
        text: said.map(|said| said.text.clone()).unwrap_or_default(),
        is_note: said.is_some_and(|said| said.is_internal),
        trash: pick.wish.changes.trash,
        macros: choices(macros.into_iter().map(|found: Macro| (found.id, found.name)).collect(), pick.wish.named, "None"),
        tickets: if pick.is_all { Vec::new() } else { pick.tickets.iter().map(ToString::to_string).collect() },
        is_all: pick.is_all,
        list: pick.list,
        how_many,
        f: fields,
        key: db::Id::<Bulk>::new().to_string(),
    })
}

/// `GET /desk/bulk/{id}`: how far it is, and what was refused.
#[derive(Template)]
#[template(path = "bulk.html")]
struct BulkPage {
    page: ui::Page,
    bulk: Bulk,
    lines: Vec<crate::changes::Line>,
    told: Vec<Item>,
    next: Option<i64>,
}

impl BulkPage {
    fn title(&self) -> String {
        if self.bulk.label.is_empty() {
            format!("Change of {}", count(self.bulk.total))
        } else {
            format!("“{}” on {}", self.bulk.label, count(self.bulk.total))
        }
    }

    fn may_undo(&self) -> bool {
        self.bulk.state == State::Done && self.bulk.done > 0 && !self.lines.is_empty()
    }

    fn is_undo(&self) -> bool {
        matches!(self.bulk.state, State::Undoing | State::Undone)
    }
}

struct After(i64);

impl Form for After {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.integer("after", 0..=i64::MAX).unwrap_or(0))
    }
}

async fn show(visit: Visit, Path(one): Path<String>, Asked(after): Asked<After>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let bulk = Bulk::get(&mut conn, actor, id(&one)?).await?;
    let outcome = if matches!(bulk.state, State::Undoing | State::Undone) { Outcome::Kept } else { Outcome::Refused };
    let mut told = bulk.items(&mut conn, actor, outcome, after.0, SHOWN + 1).await?;
    let more = i64::try_from(told.len()).unwrap_or(i64::MAX) > SHOWN;
    if more {
        told.pop();
    }
    let lines = Changes { said: None, ..bulk.changes.clone() }.lines(&Known::now(&mut conn).await?);
    let page = visit.page("Bulk change").listening([format!("bulk:{}", bulk.id)]);
    web::html(&BulkPage { page, next: told.last().filter(|_| more).map(|last| last.position), bulk, lines, told })
}

/// `POST /desk/bulk/{id}/undo`
async fn undo(visit: Visit, headers: HeaderMap, Path(one): Path<String>, _: Input<Nothing>) -> Answer {
    let actor = visit.staff()?;
    let mut tx = visit.app.db.write().await?;
    let bulk = Bulk::get(&mut tx, actor, id(&one)?).await?;
    let here = format!("/desk/bulk/{}", bulk.id);
    match bulk.undo(&mut tx, actor).await {
        Err(Fault::Conflict { detail, .. }) => return Ok(visit.flash(web::see_other(&here)?, &Flash { kind: "warn", text: detail, undo: None })),
        begun => begun?,
    };
    tx.commit().await?;
    let bulk = finish(&visit, actor, bulk.id).await?;
    let place = back(&headers).filter(|path| !path.ends_with("/undo")).unwrap_or(here);
    let words = if bulk.restored == 1 { "1 ticket is as before.".to_owned() } else { format!("{} tickets are as before.", bulk.restored) };
    // what was refused in the first place is no news now
    told(&visit, &Bulk { refused: 0, ..bulk }, &place, &words)
}
