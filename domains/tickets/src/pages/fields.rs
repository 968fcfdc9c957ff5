//! `/admin/fields`: admins. What is asked of a ticket beyond what every ticket has.

use super::asked::{condition_values, condition_words};
use crate::{
    field::{
        Audience, Definition, Field, Kind, MOST_OPTIONS, OPTION,
        ask::{Condition, On},
    },
    views::{self, Choice},
};
use accounts::{admin, again};
use kernel::{Fault, Result};
use ui::Errors;
use web::{Answer, Fields, Flash, Form, Input, Path, Routes, Visit};

pub(super) fn routes() -> Routes {
    Routes::new()
        .get("/admin/fields", list)
        .post("/admin/fields", add)
        .get("/admin/fields/new", blank)
        .get("/admin/fields/{key}", look)
        .post("/admin/fields/{key}", change)
        .post("/admin/fields/{key}/archive", archive)
        .post("/admin/fields/{key}/restore", restore)
        .post("/admin/fields/{key}/move", shift)
}

/// What the form of a field sends.
struct Wish {
    key: String,
    kind: Option<Kind>,
    version: i64,
    definition: Definition,
}

impl Form for Wish {
    fn read(fields: &mut Fields) -> Self {
        let label = fields.text("label", 60);
        let key = fields.optional_text("key", 40).unwrap_or_else(|| key_of(&label));
        // without a name there is none to make a key of, and that is told already
        let is_told = label.is_empty() && key.is_empty();
        if !is_told && !is_key(&key) {
            fields.errors.add("key", "A key begins with a small letter and has only letters a to z, digits and _; 40 at most.");
        }
        let options = lines(&fields.optional_text("options", MOST_OPTIONS * (OPTION + 2)).unwrap_or_default());
        if options.len() > MOST_OPTIONS || options.iter().any(|option| option.chars().count() > OPTION) {
            fields.errors.add("options", format!("At most {MOST_OPTIONS} choices of {OPTION} characters."));
        }
        let shown_is = lines(&fields.optional_text("shownIs", 4_000).unwrap_or_default());
        let shown_on = fields.optional_text("shownOn", 60);
        let shown = shown_on.as_deref().and_then(On::from_word).map(|on| Condition { on, is: shown_is });
        if shown_on.is_some() && shown.is_none() {
            fields.errors.add("shownOn", "Choose from the list.");
        }
        Self {
            key,
            kind: fields.word("kind", Kind::WORDS),
            version: fields.integer("version", 0..=i64::MAX).unwrap_or(0),
            definition: Definition {
                label,
                help: fields.optional_text("help", 300).unwrap_or_default(),
                audience: fields.word("audience", Audience::WORDS).unwrap_or(Audience::Everyone),
                options,
                is_needed_at_first: fields.boolean("isNeededAtFirst"),
                is_needed_to_solve: fields.boolean("isNeededToSolve"),
                shown,
            },
        }
    }
}

/// What a form without fields sends.
struct Step(bool);

impl Form for Step {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.optional_text("act", 10).as_deref() == Some("up"))
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

/// A key made of a label: "Renewal date" is `renewal_date`.
fn key_of(label: &str) -> String {
    let mapped: String = label.to_lowercase().chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect();
    mapped.split_whitespace().collect::<Vec<_>>().join("_").chars().take(40).collect()
}

/// A small letter first, then small or large letters, digits and `_`.
fn is_key(key: &str) -> bool {
    key.starts_with(|c: char| c.is_ascii_lowercase()) && key.len() <= 40 && key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `GET /admin/fields`.
async fn list(visit: Visit) -> Answer {
    admin(&visit)?;
    web::html(&list_page(&visit).await?)
}

async fn list_page(visit: &Visit) -> Result<views::FieldsPage> {
    let all = Field::all(&mut visit.app.db.read().await?).await?;
    let (active, archived): (Vec<&Field>, Vec<&Field>) = all.iter().partition(|field| field.archived_at.is_none());
    let rows = |fields: Vec<&Field>| fields.into_iter().map(|field| row(field, &all)).collect();
    Ok(views::FieldsPage { page: visit.page("Ticket fields"), errors: Errors::new(), active: rows(active), archived: rows(archived) })
}

fn row(field: &Field, all: &[Field]) -> views::FieldRow {
    let mut about = vec![field.kind.label().to_owned(), field.audience.label().to_owned()];
    if field.is_needed_at_first {
        about.push("Required on a new request".to_owned());
    }
    if field.is_needed_to_solve {
        about.push("Required to solve".to_owned());
    }
    about.extend(field.shown.0.as_ref().map(|condition| condition_words(condition, all)));
    views::FieldRow { key: field.key.clone(), label: field.label.clone(), about }
}

/// `GET /admin/fields/new`.
async fn blank(visit: Visit) -> Answer {
    admin(&visit)?;
    web::html(&new_page(&visit, &Fields::default()).await?)
}

/// `POST /admin/fields`.
async fn add(visit: Visit, input: Input<Wish>) -> Answer {
    let actor = admin(&visit)?;
    let all = Field::all(&mut visit.app.db.read().await?).await?;
    let (read, fields, ..) = input.check(|wish| wish.kind.map(|kind| wish.definition.errors(&wish.key, kind, &all)).unwrap_or_default()).open();
    let added = async {
        let wish = read.map_err(Fault::Invalid)?;
        let kind = wish.kind.ok_or_else(|| Fault::field("kind", "Choose a type."))?;
        let mut tx = visit.app.db.write().await?;
        Field::add(&mut tx, actor, &wish.key, kind, wish.definition.clone()).await?;
        tx.commit().await?;
        Ok::<_, Fault>(wish.definition.label)
    };
    match added.await {
        Ok(label) => said(&visit, "/admin/fields", format!("“{label}” is asked from now on.")),
        Err(fault) => {
            let page = new_page(&visit, &fields).await?;
            again(fault, |errors| views::FieldPage { errors, ..page })
        }
    }
}

/// `GET /admin/fields/{key}`.
async fn look(visit: Visit, Path(key): Path<String>) -> Answer {
    admin(&visit)?;
    web::html(&page(&visit, &key, None).await?)
}

/// `POST /admin/fields/{key}`: with the version it was read at.
async fn change(visit: Visit, Path(key): Path<String>, input: Input<Wish>) -> Answer {
    let actor = admin(&visit)?;
    let all = Field::all(&mut visit.app.db.read().await?).await?;
    let kind = all.iter().find(|field| field.key == key).map(|field| field.kind);
    let (read, fields, ..) = input.check(|wish| kind.map(|kind| wish.definition.errors(&key, kind, &all)).unwrap_or_default()).open();
    let changed = async {
        let mut tx = visit.app.db.write().await?;
        let field = Field::get(&mut tx, &key).await?;
        let wish = read.map_err(Fault::Invalid)?;
        field.change(&mut tx, actor, wish.version, wish.definition).await?;
        Ok::<_, Fault>(tx.commit().await?)
    };
    match changed.await {
        Ok(()) => said(&visit, "/admin/fields", "Field saved."),
        Err(fault) => {
            let page = page(&visit, &key, Some(&fields)).await?;
            again(fault, |errors| views::FieldPage { errors, ..page })
        }
    }
}

/// `POST /admin/fields/{key}/archive`.
async fn archive(visit: Visit, Path(key): Path<String>, _: Input<Step>) -> Answer {
    let actor = admin(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let field = Field::get(&mut tx, &key).await?;
    field.archive(&mut tx, actor).await?;
    tx.commit().await?;
    said(&visit, "/admin/fields", format!("“{}” is archived. What tickets hold of it stays.", field.label))
}

/// `POST /admin/fields/{key}/restore`.
async fn restore(visit: Visit, Path(key): Path<String>, _: Input<Step>) -> Answer {
    let actor = admin(&visit)?;
    let mut tx = visit.app.db.write().await?;
    let field = Field::get(&mut tx, &key).await?;
    field.restore(&mut tx, actor).await?;
    tx.commit().await?;
    said(&visit, "/admin/fields", format!("“{}” is asked again.", field.label))
}

/// `POST /admin/fields/{key}/move`: one place up or down.
async fn shift(visit: Visit, Path(key): Path<String>, input: Input<Step>) -> Answer {
    let actor = admin(&visit)?;
    let Step(is_up) = input.take()?;
    let mut tx = visit.app.db.write().await?;
    Field::get(&mut tx, &key).await?.shift(&mut tx, actor, is_up).await?;
    tx.commit().await?;
    web::see_other("/admin/fields")
}

fn said(visit: &Visit, to: &str, text: impl Into<String>) -> Answer {
    Ok(visit.flash(web::see_other(to)?, &Flash { kind: "good", text: text.into(), undo: None }))
}

/// The page of a new field, with what was typed.
async fn new_page(visit: &Visit, typed: &Fields) -> Result<views::FieldPage> {
    let all = Field::active(&mut visit.app.db.read().await?).await?;
    Ok(views::FieldPage {
        page: visit.page("New field"),
        errors: Errors::new(),
        key: None,
        kind: String::new(),
        chooses: true,
        kinds: choices(Kind::ALL, Kind::label, &typed.typed("kind")),
        audiences: choices(Audience::ALL, Audience::label, &typed.typed("audience")),
        shown_on: shown_on(&all, "", &typed.typed("shownOn")),
        form: form(typed),
        is_archived: false,
        held_by: String::new(),
    })
}

/// The page of a field, as stored or as typed.
async fn page(visit: &Visit, key: &str, typed: Option<&Fields>) -> Result<views::FieldPage> {
    let mut conn = visit.app.db.read().await?;
    let field = Field::get(&mut conn, key).await?;
    let all = Field::active(&mut conn).await?;
    let held = field.count(&mut conn).await?;
    let on = field.shown.0.as_ref().map(|condition| condition.on.word()).unwrap_or_default();
    let stored = views::FieldForm {
        key: field.key.clone(),
        label: field.label.clone(),
        help: field.help.clone(),
        options: field.options.0.join("\n"),
        is_needed_at_first: field.is_needed_at_first,
        is_needed_to_solve: field.is_needed_to_solve,
        shown_is: field.shown.0.as_ref().map(|condition| condition_values(condition).join("\n")).unwrap_or_default(),
        version: field.version.to_string(),
    };
    Ok(views::FieldPage {
        page: visit.page(field.label.clone()),
        errors: Errors::new(),
        kind: field.kind.label().to_owned(),
        chooses: field.kind.chooses(),
        kinds: Vec::new(),
        audiences: choices(Audience::ALL, Audience::label, &typed.map_or_else(|| field.audience.word().to_owned(), |fields| fields.typed("audience"))),
        shown_on: shown_on(&all, &field.key, &typed.map_or(on, |fields| fields.typed("shownOn"))),
        form: typed.map_or(stored, form),
        is_archived: field.archived_at.is_some(),
        held_by: match held {
            0 => "No ticket holds a value of it".to_owned(),
            1 => "1 ticket holds a value of it".to_owned(),
            1_000.. => "1,000 tickets or more hold a value of it".to_owned(),
            many => format!("{many} tickets hold a value of it"),
        },
        key: Some(field.key),
    })
}

fn form(typed: &Fields) -> views::FieldForm {
    views::FieldForm {
        key: typed.typed("key"),
        label: typed.typed("label"),
        help: typed.typed("help"),
        options: typed.typed("options"),
        is_needed_at_first: typed.typed("isNeededAtFirst") == "true",
        is_needed_to_solve: typed.typed("isNeededToSolve") == "true",
        shown_is: typed.typed("shownIs"),
        version: typed.typed("version"),
    }
}

fn choices<W: db::Word>(all: &[W], label: fn(W) -> &'static str, chosen: &str) -> Vec<Choice> {
    all.iter().map(|word| Choice { value: word.word().to_owned(), label: label(*word).to_owned(), selected: word.word() == chosen }).collect()
}

/// What a condition may look at; a field that is shown only because of this one is refused when it is saved.
fn shown_on(all: &[Field], key: &str, chosen: &str) -> Vec<Choice> {
    let fixed = [("", "Always".to_owned()), ("category", "Only for some categories".to_owned()), ("channel", "Only for some channels".to_owned())];
    let fixed = fixed.into_iter().map(|(value, label)| (value.to_owned(), label));
    let fields =
        all.iter().filter(|field| field.key != key).map(|field| (format!("field:{}", field.key), format!("Only for some values of “{}”", field.label)));
    fixed.chain(fields).map(|(value, label)| Choice { selected: value == chosen, value, label }).collect()
}
