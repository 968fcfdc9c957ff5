//! Finds: reads what was typed, runs it with the reader's rights, and asks the owning room again before anything is shown.

use crate::{
    ask::{Ask, Narrow},
    language::Language,
    run::{Kept, Missing, Plan, Run, run},
    snippet::{self, Piece},
    state::{Health, Search},
    words,
    writer::on_thread,
};
use accounts::{Person, Team};
use db::{Conn, Db, Timestamp};
use kernel::{Actor, Finder, Result, Searchable, ShownHit, Sought};
use sha2::{Digest, Sha256};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;
use web::{App, Cursor};

/// After so many looks that the rooms took hits out of, a page may be short.
const LOOKS: usize = 5;
/// People that a name may stand for.
const NAMED: i64 = 20;

/// What somebody wants to know.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// As typed.
    pub text: String,
    /// Only these kinds; empty is all.
    pub kinds: Vec<String>,
    /// Take the words as they are.
    pub is_exact: bool,
    /// The last word may go on.
    pub is_typing: bool,
    /// Where the page before ended.
    pub cursor: Option<String>,
    /// How many at most.
    pub limit: usize,
}

/// A hit.
#[derive(Clone)]
pub struct Item {
    /// Its kind.
    pub kind: &'static Searchable,
    /// As its room shows it.
    pub shown: ShownHit,
    /// Its title with what was looked for marked.
    pub title: Vec<Piece>,
    /// A passage of its text.
    pub passage: Vec<Piece>,
    /// How well it fits.
    pub score: f64,
}

/// What was found.
#[derive(Clone, Default)]
pub struct Found {
    /// The hits of this page.
    pub items: Vec<Item>,
    /// Where to go on.
    pub next: Option<String>,
    /// How many of each kind, those with none left out.
    pub counts: Vec<(&'static Searchable, usize)>,
    /// The query as it was run, when words of it were mended.
    pub mended: Option<String>,
    /// Words that are nowhere.
    pub missing: Vec<Missing>,
    /// The query has something to look for.
    pub is_asked: bool,
}

impl Found {
    /// How many of all kinds.
    pub fn total(&self) -> usize {
        self.counts.iter().map(|(_, count)| count).sum()
    }
}

impl Search {
    /// What is asked, with the kinds that there are and in the reader's languages.
    fn ask(&self, actor: &Actor, question: &Question) -> Ask {
        let kinds: Vec<&str> = self.sources.kinds.iter().map(|kind| kind.kind).collect();
        let mut ask = Ask::read(&question.text, &kinds, &tongues(actor, &question.text), question.is_typing);
        ask.kinds.extend(question.kinds.iter().cloned());
        ask
    }

    /// How it is run with the reader's rights.
    fn plan(&self, actor: &Actor, ask: Ask, narrows: Vec<Vec<String>>, question: &Question, now: Timestamp) -> Plan {
        let places = (0_u64..).zip(self.sources.kinds);
        Plan {
            audience: self.sources.kinds.iter().flat_map(|kind| (kind.audience)(actor)).collect(),
            narrows,
            kinds: places.filter(|(_, kind)| ask.kinds.iter().any(|wanted| wanted == kind.kind)).map(|(place, _)| place).collect(),
            is_exact: question.is_exact,
            needs_all: false,
            firsts: if ask.is_list() { Vec::new() } else { self.firsts(&ask.key) },
            synonyms: self.synonyms(),
            after: None,
            limit: question.limit,
            now,
            ask,
        }
    }
}

/// Finds what the actor may see.
pub async fn find(app: &App, actor: &Actor, question: &Question) -> Result<Found> {
    find_in(&app.db, &Search::of(app)?, actor, question).await
}

async fn find_in(db: &Db, search: &Arc<Search>, actor: &Actor, question: &Question) -> Result<Found> {
    let ask = search.ask(actor, question);
    let mut found = Found { is_asked: !ask.is_empty(), ..Found::default() };
    let Some(index) = search.index().filter(|_| found.is_asked) else { return Ok(found) };
    let word = cursor_word(question);
    let mut after = question.cursor.as_deref().map(|cursor| Cursor::decode(cursor, &word)).transpose()?.map(|cursor| (cursor.value, cursor.id));
    let mut conn = db.read().await?;
    let narrows = narrows(&mut conn, actor, &ask.narrows).await?;
    for look in 0..LOOKS {
        let plan = search.plan(actor, ask.clone(), narrows.clone(), question, db.clock().now());
        let plan = Plan { after, limit: question.limit + 1, ..plan };
        let index = Arc::clone(&index);
        let run = on_thread(move || run(&index, &plan)).await?;
        if look == 0 {
            found.counts = search.sources.kinds.iter().zip(&run.ranked.counts).filter(|(_, count)| **count > 0).map(|(kind, count)| (kind, *count)).collect();
            found.mended = mended(&question.text, &run.mended);
            found.missing.clone_from(&run.missing);
        }
        let shown = shown(&mut conn, search, actor, &run).await?;
        let mut passed = 0;
        for scored in run.ranked.best.iter().take(question.limit) {
            passed += 1;
            after = Some((scored.score, scored.id));
            let Some(hit) = shown.get(&(scored.kind, scored.id)) else { continue };
            let kept = run.kept.get(&scored.entry).cloned().unwrap_or_default();
            found.items.push(item(search.kind(scored.kind)?, hit.clone(), &kept, &run, scored.score));
            if found.items.len() == question.limit {
                break;
            }
        }
        let is_end = passed == run.ranked.best.len();
        found.next = after.filter(|_| !is_end).map(|(value, id)| Cursor { sort: word.clone(), value, id }.encode());
        if is_end || found.items.len() == question.limit {
            break;
        }
    }
    Ok(found)
}

/// What lists of other rooms ask.
pub fn finder(db: Db, search: Arc<Search>) -> Finder {
    Finder(Box::new(move |actor, sought| {
        let (db, search) = (db.clone(), Arc::clone(&search));
        Box::pin(async move { ids(&db, &search, &actor, sought).await })
    }))
}

async fn ids(db: &Db, search: &Arc<Search>, actor: &Actor, sought: Sought) -> Result<Option<Vec<Uuid>>> {
    let Some(index) = search.index().filter(|_| search.health() != Health::Building) else { return Ok(None) };
    let Sought { kind, text, limit, is_narrow } = sought;
    // a number is whole: many begin alike
    let goes_on = is_narrow && text.ends_with(char::is_alphabetic);
    let question = Question { text, kinds: vec![kind.to_owned()], is_exact: is_narrow, is_typing: goes_on, cursor: None, limit };
    let ask = search.ask(actor, &question);
    if ask.is_list() && ask.narrows.is_empty() && ask.after.is_none() && ask.before.is_none() {
        return Ok(None);
    }
    let narrows = narrows(&mut db.read().await?, actor, &ask.narrows).await?;
    let plan = Plan { needs_all: is_narrow, ..search.plan(actor, ask, narrows, &question, db.clock().now()) };
    let run = on_thread(move || run(&index, &plan)).await?;
    Ok(Some(run.ranked.best.into_iter().map(|scored| scored.id).collect()))
}

/// Languages whose words that say little are left out: English, the reader's, and that of the query.
fn tongues(actor: &Actor, text: &str) -> Vec<Language> {
    [Language::of_tag("en"), Language::of_tag(&actor.language), Language::guess(text)].into_iter().flatten().collect()
}

fn cursor_word(question: &Question) -> String {
    let asked = format!("{}\n{:?}\n{}", question.text, question.kinds, question.is_exact);
    let digest = Sha256::digest(asked.as_bytes());
    format!("search-{:02x}{:02x}{:02x}{:02x}", digest[0], digest[1], digest[2], digest[3])
}

/// What narrows, as facets: people and teams by name.
async fn narrows(conn: &mut Conn, actor: &Actor, narrows: &[Narrow]) -> Result<Vec<Vec<String>>> {
    let mut groups = Vec::new();
    for Narrow { field, value } in narrows {
        let values: Vec<String> = match (*field, value.as_str()) {
            ("assignee" | "from", "me") => actor.person.iter().map(ToString::to_string).collect(),
            ("assignee" | "team", "none" | "nobody") => vec!["none".to_owned()],
            ("assignee" | "from", name) if actor.is_staff() => {
                let search = accounts::Search { q: name, role: None, after: None, limit: NAMED };
                Person::find(conn, actor, &search).await?.iter().map(|person| person.id.to_string()).collect()
            }
            ("team", name) if actor.is_staff() => {
                let teams = Team::all(conn).await?;
                teams.iter().filter(|team| words::fold(&team.name).starts_with(&words::fold(name))).map(|team| team.id.to_string()).collect()
            }
            (_, value) => vec![value.to_owned()],
        };
        let mut facets: Vec<String> = values.iter().map(|value| format!("{field}:{value}")).collect();
        if actor.is_staff() {
            facets.extend(values.iter().map(|value| format!("~{field}:{value}")));
        }
        groups.push(facets);
    }
    Ok(groups)
}

/// The hits that their rooms let the actor open now.
async fn shown(conn: &mut Conn, search: &Search, actor: &Actor, run: &Run) -> Result<HashMap<(u64, Uuid), ShownHit>> {
    let mut shown = HashMap::new();
    for (place, kind) in (0_u64..).zip(search.sources.kinds) {
        let found: Vec<(Uuid, String)> = run
            .ranked
            .best
            .iter()
            .filter(|scored| scored.kind == place)
            .map(|scored| (scored.id, run.kept.get(&scored.entry).map(|kept| kept.part.clone()).unwrap_or_default()))
            .collect();
        if !found.is_empty() {
            shown.extend((kind.shown)(conn, actor, &found).await?.into_iter().map(|hit| ((place, hit.id), hit)));
        }
    }
    Ok(shown)
}

fn item(kind: &'static Searchable, shown: ShownHit, kept: &Kept, run: &Run, score: i64) -> Item {
    let title = snippet::whole(&shown.title, kept.language, &run.terms);
    // what is only named has its facts beside it
    let passage = if kept.body.trim().is_empty() { Vec::new() } else { snippet::passage(&kept.body, kept.language, &run.terms) };
    #[expect(clippy::cast_precision_loss, reason = "scores are small")]
    let score = (score as f64 / 1e3).round() / 1e3;
    Item { kind, shown, title, passage, score }
}

/// The text with mended words in their places.
fn mended(text: &str, mended: &[(String, String)]) -> Option<String> {
    if mended.is_empty() {
        return None;
    }
    let (mut result, mut at) = (String::new(), 0);
    for word in words::words(text).iter().filter(|word| word.shape != words::Shape::Code) {
        if let Some((_, right)) = mended.iter().find(|(wrong, _)| *wrong == word.text) {
            result.push_str(&text[at..word.span.0]);
            result.push_str(right);
            at = word.span.1;
        }
    }
    result.push_str(&text[at..]);
    Some(result)
}
