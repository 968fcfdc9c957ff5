//! The editor of a rule: a form whose buttons add, remove and move rows, and try the rule; without script the page comes
//! again with what was typed.

use super::{
    Tried,
    form::{Control, Entry, GROUPS, Row, Typed, condition_rows, step_rows},
    id, said,
};
use crate::{Catalog, Definition, KIND, Mode, Rule, Wish, definition};
use accounts::{admin, again};
use askama::Template;
use kernel::{Fault, FieldErrors, Result};
use ui::Errors;
use web::{Answer, Asked, Fields, Form, Input, Path, Visit};

#[derive(Template)]
#[template(path = "automation/editor.html")]
struct Editor {
    page: ui::Page,
    errors: Errors,
    /// The address it posts to.
    action: String,
    rule: Option<Rule>,
    typed: Typed,
    events: Vec<Entry>,
    groups: Vec<Group>,
    /// The number of a group that could be added.
    next: Option<usize>,
    steps: Vec<Row>,
    fields: Vec<Entry>,
    commands: Vec<Entry>,
    variables: &'static [(&'static str, &'static str)],
    many: &'static str,
    tried: Option<Tried>,
}

/// Conditions that stand together: all of the first group must be true, of each other one at least one.
struct Group {
    number: usize,
    rows: Vec<Row>,
}

pub(super) struct How {
    is_json: bool,
}

impl Form for How {
    fn read(fields: &mut Fields) -> Self {
        Self { is_json: fields.optional_text("as", 10).as_deref() == Some("json") }
    }
}

/// `GET /admin/automations/new`.
pub(super) async fn blank(visit: Visit) -> Answer {
    admin(&visit)?;
    let typed = Typed::of(&definition::blank());
    web::html(&editor(&visit, None, typed).await?)
}

/// `GET /admin/automations/{id}?as=json`.
pub(super) async fn look(visit: Visit, Path(rule): Path<String>, Asked(how): Asked<How>) -> Answer {
    admin(&visit)?;
    let rule = Rule::get(&mut visit.app.db.read().await?, id(&rule)?).await?;
    let json = rule.json();
    let mut typed = Typed { name: rule.name.clone(), is_on: rule.is_on, stops: rule.stops, version: rule.version, ..Typed::of(&json) };
    if how.is_json {
        typed.json = Some(serde_json::to_string_pretty(&json).unwrap_or_default());
    }
    web::html(&editor(&visit, Some(rule), typed).await?)
}

/// `POST /admin/automations`: saves a new rule, or shows the form with a row more or less.
pub(super) async fn add(visit: Visit, input: Input<Typed>) -> Answer {
    submit(visit, None, input).await
}

/// `POST /admin/automations/{id}`.
pub(super) async fn change(visit: Visit, Path(rule): Path<String>, input: Input<Typed>) -> Answer {
    admin(&visit)?;
    let rule = Rule::get(&mut visit.app.db.read().await?, id(&rule)?).await?;
    submit(visit, Some(rule), input).await
}

async fn submit(visit: Visit, rule: Option<Rule>, input: Input<Typed>) -> Answer {
    admin(&visit)?;
    let catalog = Catalog::of(&mut visit.app.db.read().await?, &visit.app.domains, KIND).await?;
    let (read, mut fields, ..) = input.check(|typed| wrong(typed, &catalog)).open();
    let mut typed = Typed::read(&mut fields);
    let tries = typed.button == "try";
    if typed.press() {
        return web::html(&editor(&visit, rule, typed).await?);
    }
    if tries {
        return try_out(&visit, rule, typed, read.err()).await;
    }
    let saved = match read {
        Ok(_) => save(&visit, rule.as_ref(), &typed).await,
        Err(errors) => Err(Fault::Invalid(errors)),
    };
    match saved {
        Ok(rule) => {
            let text = if rule.is_on { "Rule saved. It is on." } else { "Rule saved. It is off: try it on the last 30 days, then switch it on." };
            said(&visit, &format!("/admin/automations/{}", rule.id), text)
        }
        Err(fault) => {
            let page = editor(&visit, rule, typed).await?;
            again(page.at_its_rows(fault), |errors| Editor { errors, ..page })
        }
    }
}

/// What is wrong with what the rule says.
fn wrong(typed: &Typed, catalog: &Catalog) -> FieldErrors {
    match typed.definition() {
        Ok(definition) => Definition::errors(&definition, catalog),
        Err(words) => FieldErrors::one("definition", words),
    }
}

impl Editor {
    /// The label of a row says which condition or step it is; rows of ticks, and of what is gone, have none.
    fn at_its_rows(&self, fault: Fault) -> Fault {
        let Fault::Invalid(errors) = fault else { return fault };
        let conditions = self.groups.iter().flat_map(|group| &group.rows).map(|row| ("c", row));
        let rows = conditions.chain(self.steps.iter().map(|row| ("a", row)));
        let labelled: Vec<String> = rows
            .filter(|(_, row)| !matches!(row.control, Control::Nothing | Control::Ticks(..)))
            .map(|(kind, row)| format!("{kind}{}value", row.number))
            .collect();
        let short = |words: String| {
            let Some((_, rest)) = words.split_once(": ").filter(|(first, _)| first.starts_with("Step ") || first.starts_with("Condition ")) else {
                return words;
            };
            let mut letters = rest.chars();
            letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
        };
        let at_its_row = |(field, words)| if labelled.contains(&field) { (field, short(words)) } else { (field, words) };
        Fault::Invalid(FieldErrors(errors.0.into_iter().map(at_its_row).collect()))
    }
}

async fn save(visit: &Visit, rule: Option<&Rule>, typed: &Typed) -> Result<Rule> {
    let actor = admin(visit)?;
    let definition = typed.definition().map_err(|words| Fault::field("definition", words))?;
    let wish = Wish { name: typed.name.clone(), is_on: typed.is_on, stops: typed.stops, definition };
    let mut tx = visit.app.db.write().await?;
    let catalog = Catalog::of(&mut tx, &visit.app.domains, KIND).await?;
    let saved = match rule {
        Some(rule) => rule.change(&mut tx, actor, typed.version, &wish, &catalog).await?,
        None => Rule::add(&mut tx, actor, &wish, &catalog).await?,
    };
    tx.commit().await?;
    Ok(saved)
}

/// The same page with what the rule would have done as it is typed; nothing is saved.
async fn try_out(visit: &Visit, rule: Option<Rule>, typed: Typed, wrong: Option<FieldErrors>) -> Answer {
    let json = typed.definition().unwrap_or_default();
    let page = editor(visit, rule, typed).await?;
    if let Some(errors) = wrong {
        return again(page.at_its_rows(Fault::Invalid(errors)), |errors| Editor { errors, ..page });
    }
    let mut conn = visit.app.db.read().await?;
    let catalog = Catalog::of(&mut conn, &visit.app.domains, KIND).await?;
    let tried = Some(Tried::of(&mut conn, &catalog, &json).await?);
    web::html(&Editor { tried, ..page })
}

async fn editor(visit: &Visit, rule: Option<Rule>, typed: Typed) -> Result<Editor> {
    let catalog = Catalog::of(&mut visit.app.db.read().await?, &visit.app.domains, KIND).await?;
    let mut groups = vec![Group { number: 0, rows: Vec::new() }];
    for (number, mut row) in condition_rows(&typed, &catalog) {
        if groups.last().is_some_and(|last| last.number < number) {
            groups.push(Group { number, rows: Vec::new() });
        }
        if let Some(group) = groups.last_mut() {
            row.word = match (group.rows.is_empty(), number) {
                (true, _) => "If",
                (false, 0) => "and",
                (false, _) => "or",
            };
            group.rows.push(row);
        }
    }
    Ok(Editor {
        page: visit.page(rule.as_ref().map_or_else(|| "New rule".to_owned(), |rule| rule.name.clone())),
        errors: Errors::new(),
        action: rule.as_ref().map_or_else(|| "/admin/automations".to_owned(), |rule| format!("/admin/automations/{}", rule.id)),
        events: events(&catalog, &typed),
        next: groups.last().map(|last| last.number + 1).filter(|number| *number <= GROUPS),
        groups,
        steps: step_rows(&typed, &catalog),
        fields: catalog.fields.iter().map(|field| entry(&field.name, &field.label)).collect(),
        commands: commands(&catalog),
        variables: catalog.offer.variables.map(|variables| variables.known).unwrap_or_default(),
        many: catalog.offer.many,
        rule,
        typed,
        tried: None,
    })
}

fn entry(value: &str, label: &str) -> Entry {
    Entry { value: value.to_owned(), label: label.to_owned(), is_chosen: false }
}

fn events(catalog: &Catalog, typed: &Typed) -> Vec<Entry> {
    catalog.events.iter().map(|event| Entry { is_chosen: typed.events.iter().any(|kind| kind == event.kind), ..entry(event.kind, event.label) }).collect()
}

fn commands(catalog: &Catalog) -> Vec<Entry> {
    let own = Mode::ALL.iter().filter(|_| catalog.offer.duty.is_some()).map(|mode| entry(mode.step(), mode.label()));
    catalog.commands.iter().map(|command| entry(&command.name, &command.label)).chain(own).collect()
}
