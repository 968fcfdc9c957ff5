//! The page one writes on: words, where the article stands and who reads it, a preview, and what can be done next. No word is lost
//! when somebody else saved meanwhile: what differs is shown, and whoever writes takes theirs or their own.

use super::{Choice, said, typed::Typed};
use crate::{
    Article, ArticleId, Category, Kind, Section, Visibility, Wish,
    api::{id, wish_of},
    diff::{Row, both, side_by_side},
    draft::{self, Draft},
    policy::{self, Action},
    version::Text,
};
use accounts::{Organization, Person, Team};
use askama::Template;
use db::{Conn, Timestamp, sql};
use kernel::{Fault, FieldErrors, Result};
use ui::Errors;
use web::{Answer, Asked, Fields, Form, Input, Path, StatusCode, Visit};

/// What somebody else saved while this was written.
struct Conflict {
    /// Whose words are the newest.
    by: String,
    at: Timestamp,
    /// From theirs to one's own.
    rows: Vec<Row>,
    /// The title, where it differs.
    title: Option<String>,
    /// The number of the text that one's own began from, where the changes of both fit into one text.
    base: Option<i64>,
}

#[derive(Template)]
#[template(path = "knowledge/editor.html")]
pub(super) struct EditorPage {
    page: ui::Page,
    errors: Errors,
    /// Of the article, which may not be there yet.
    id: ArticleId,
    article: Option<Article>,
    typed: Typed,
    kinds: Vec<Choice>,
    visibilities: Vec<Choice>,
    organizations: Vec<Choice>,
    teams: Vec<Choice>,
    sections: Vec<(String, Vec<Choice>)>,
    reviewers: Vec<Choice>,
    preview_html: Option<String>,
    may_publish: bool,
    /// When the words shown were kept; none where they are those that are saved.
    draft_at: Option<Timestamp>,
    /// New articles that were begun and not saved.
    begun: Vec<Draft>,
    /// Who else has words that are not saved.
    others: Vec<(String, Timestamp)>,
    /// Whose words are the newest.
    writer: String,
    conflict: Option<Conflict>,
}

impl EditorPage {
    async fn of(visit: &Visit, conn: &mut Conn, id: ArticleId, article: Option<Article>, typed: Typed, errors: Errors) -> Result<Self> {
        let actor = &visit.actor;
        let sections = Section::all(conn).await?;
        let shelves = Category::all(conn).await?.into_iter().map(|category| {
            let own = sections.iter().filter(|section| section.category_id == category.id);
            (category.title, own.map(|section| Choice::new(section.id.to_string(), &section.title, typed.sections.contains(&section.id.to_string()))).collect())
        });
        let among = |id: String, name: &str| Choice::new(&id, name, typed.audience.contains(&id));
        let staff = Person::staff(conn).await?;
        let writer = article.as_ref().map(|article| article.writer_id);
        let reviewer = article.as_ref().and_then(|article| article.reviewer_id);
        let person = actor.person.ok_or(Fault::SignIn)?;
        let page = visit.page(article.as_ref().map_or("New article", |article| &article.title));
        Ok(Self {
            page: if article.is_some() { page.listening([format!("article:{id}")]) } else { page },
            errors,
            kinds: Kind::ALL.iter().map(|kind| Choice::new(kind.word(), kind.label(), typed.kind == kind.word())).collect(),
            visibilities: Visibility::ALL.iter().map(|one| Choice::new(one.word(), one.label(), typed.visibility == one.word())).collect(),
            sections: shelves.collect(),
            organizations: Organization::names(conn).await?.iter().map(|(id, name)| among(id.to_string(), name)).collect(),
            teams: Team::all(conn).await?.iter().map(|one| among(one.id.to_string(), &one.name)).collect(),
            reviewers: staff
                .iter()
                .filter(|one| Some(one.id) != writer)
                .map(|one| Choice::new(one.id.to_string(), &one.name, Some(one.id) == reviewer))
                .collect(),
            preview_html: None,
            may_publish: article.as_ref().is_some_and(|article| policy::may(actor, Action::Publish, article)),
            draft_at: None,
            begun: if article.is_none() { Draft::begun(conn, person).await?.into_iter().filter(|draft| draft.article_id != id).collect() } else { Vec::new() },
            others: Draft::others(conn, person, id).await?,
            writer: match writer {
                Some(writer) => conn.first(sql!("SELECT name FROM people WHERE id = $1", writer)).await?.unwrap_or_default(),
                None => String::new(),
            },
            conflict: None,
            id,
            article,
            typed,
        })
    }
}

/// The form: the words, and whether they shall only be shown.
pub(super) struct Written {
    wish: Wish,
    version: Option<i64>,
    is_preview: bool,
    /// The text that this began from: the changes of both shall stand in one text.
    base: Option<i64>,
}

impl Form for Written {
    fn read(fields: &mut Fields) -> Self {
        let act = fields.optional_text("act", 20);
        let base = fields.integer("base", 1..=i64::MAX).filter(|_| act.as_deref() == Some("both"));
        let version = fields.integer("version", 1..=i64::MAX);
        fields.has("number");
        let mut wish = wish_of(fields);
        if wish.title.is_none() {
            fields.errors.add("title", "This is needed.");
        }
        // an empty address is made of the title, or stays
        wish.slug = wish.slug.filter(|slug| !slug.is_empty());
        wish.id = fields.id("id");
        Self { wish, version, is_preview: act.as_deref() == Some("preview"), base }
    }
}

/// Which unsaved article to go on with.
pub(super) struct GoOn(Option<ArticleId>);

impl Form for GoOn {
    fn read(fields: &mut Fields) -> Self {
        Self(fields.id("draft"))
    }
}

/// `GET /desk/knowledge/new?draft=`: staff.
pub(super) async fn blank(visit: Visit, Asked(GoOn(wanted)): Asked<GoOn>) -> Answer {
    let actor = visit.staff()?;
    let person = actor.person.ok_or(Fault::SignIn)?;
    let mut conn = visit.app.db.read().await?;
    let draft = match wanted {
        Some(article) if conn.first::<i64>(sql!("SELECT 1 FROM articles WHERE id = $1", article)).await?.is_some() => {
            return web::see_other(&format!("/desk/knowledge/{article}"));
        }
        Some(article) => Draft::of(&mut conn, person, article).await?,
        None => None,
    };
    let typed = match &draft {
        Some(draft) => Typed::drafted(draft),
        None => Typed { visibility: Visibility::Public.word().to_owned(), ..Typed::default() },
    };
    let id = draft.as_ref().map_or_else(ArticleId::new, |draft| draft.article_id);
    let mut page = EditorPage::of(&visit, &mut conn, id, None, typed, Errors::new()).await?;
    page.draft_at = draft.map(|draft| draft.updated_at);
    web::html(&page)
}

/// What is shown again.
struct Again<'a> {
    status: StatusCode,
    wrong: &'a FieldErrors,
    id: ArticleId,
    article: Option<Article>,
    is_stale: bool,
    /// The text that the changes of both began from, when they shall stand in one.
    base: Option<i64>,
}

/// The form again, with what was typed, and what is wrong, how it looks, or what somebody else wrote meanwhile.
async fn again(visit: &Visit, fields: &Fields, what: Again<'_>) -> Answer {
    let mut conn = visit.app.db.read().await?;
    let mut errors = Errors::new();
    for (field, sentence) in &what.wrong.0 {
        errors.add(field, sentence);
    }
    let mut typed = Typed::of(fields);
    if let (Some(article), Some(base)) = (&what.article, what.base) {
        let (theirs, base) = (article.body(&mut conn).await?.source, Text::get(&mut conn, article.id, base).await?.source);
        typed.content = both(&base, &typed.content, &theirs).unwrap_or(typed.content);
    }
    let mut conflict = None;
    // only who is shown what differs may save on top of it
    if let Some(article) = what.article.as_ref().filter(|_| what.is_stale) {
        let theirs = article.body(&mut conn).await?.source;
        let by = conn.first(sql!("SELECT name FROM people WHERE id = $1", article.writer_id)).await?.unwrap_or_default();
        let title = (article.title != typed.title).then(|| article.title.clone());
        let base = match typed.number {
            0 => None,
            number => Text::get(&mut conn, article.id, number).await.ok().filter(|base| both(&base.source, &typed.content, &theirs).is_some()),
        };
        let base = base.map(|base| base.number).filter(|_| theirs != typed.content);
        conflict = Some(Conflict { by, at: article.updated_at, rows: side_by_side(&theirs, &typed.content), title, base });
        (typed.version, typed.number) = (article.version, article.number);
    }
    let mut page = EditorPage::of(visit, &mut conn, what.id, what.article, typed, errors).await?;
    page.conflict = conflict;
    if what.wrong.is_empty() {
        page.preview_html = Some(crate::text::made(&mut conn, &page.typed.content).await?.html);
    }
    web::html_with(what.status, &page)
}

/// `POST /desk/knowledge`: staff.
pub(super) async fn add(visit: Visit, input: Input<Written>) -> Answer {
    let actor = visit.staff()?;
    let (read, fields, _, seal) = input.open();
    let id = fields.typed("id").parse().unwrap_or_else(|_| ArticleId::new());
    let outcome: Result<Option<Article>> = async {
        let written = read?;
        if written.is_preview {
            return Ok(None);
        }
        let mut tx = visit.app.db.write().await?;
        if seal.replay(&mut tx, &visit).await?.is_some() {
            return Err(Fault::Conflict { kind: "sent-already", detail: "This article was made already. Look at the list.".to_owned() });
        }
        let made = match Article::get(&mut tx, actor, id, Action::Write).await {
            // a picture came before the words
            Ok(begun) if actor.person == Some(begun.author_id) && begun.version == 1 && begun.body(&mut tx).await?.source.is_empty() => {
                begun.save(&mut tx, actor, 1, &Wish { id: None, ..written.wish }).await?
            }
            _ => Article::add(&mut tx, actor, &written.wish).await?,
        };
        draft::forget(&mut tx, made.author_id, made.id).await?;
        tx.commit().await?;
        Ok(Some(made))
    }
    .await;
    let shown = |status, wrong| Again { status, wrong, id, article: None, is_stale: false, base: None };
    match outcome {
        Ok(Some(made)) => said(&visit, &format!("/desk/knowledge/{}", made.id), "The draft is saved."),
        Ok(None) => again(&visit, &fields, shown(StatusCode::OK, &FieldErrors::default())).await,
        Err(Fault::Invalid(wrong)) => again(&visit, &fields, shown(StatusCode::UNPROCESSABLE_ENTITY, &wrong)).await,
        Err(fault) => Err(fault.into()),
    }
}

/// `GET /desk/knowledge/{id}`: whoever may write it. What this person has not saved stands in the form.
pub(super) async fn show(visit: Visit, Path(one): Path<String>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let article = Article::get(&mut conn, actor, id(&one)?, Action::Write).await?;
    let draft = Draft::of(&mut conn, actor.person.ok_or(Fault::SignIn)?, article.id).await?;
    let typed = match &draft {
        Some(draft) => Typed::drafted(draft),
        None => Typed::stored(&mut conn, &article).await?,
    };
    let mut page = EditorPage::of(&visit, &mut conn, article.id, Some(article), typed, Errors::new()).await?;
    page.draft_at = draft.map(|draft| draft.updated_at);
    web::html(&page)
}

/// `POST /desk/knowledge/{id}`: whoever may write it.
pub(super) async fn save(visit: Visit, Path(one): Path<String>, input: Input<Written>) -> Answer {
    let actor = visit.staff()?;
    let article = Article::get(&mut visit.app.db.read().await?, actor, id(&one)?, Action::Write).await?;
    let id = article.id;
    let (read, fields, ..) = input.open();
    let mut base = None;
    let outcome: Result<bool> = async {
        let written = read?;
        base = written.base;
        if written.is_preview || base.is_some() {
            return Ok(false);
        }
        let version = written.version.ok_or_else(|| Fault::field("version", "This is needed."))?;
        let mut tx = visit.app.db.write().await?;
        article.save(&mut tx, actor, version, &written.wish).await?;
        draft::forget(&mut tx, actor.person.ok_or(Fault::SignIn)?, id).await?;
        tx.commit().await?;
        Ok(true)
    }
    .await;
    let shown = |status, wrong, article, is_stale| Again { status, wrong, id, article: Some(article), is_stale, base };
    match outcome {
        Ok(true) => said(&visit, &format!("/desk/knowledge/{id}"), "Saved. Readers see it when it is published."),
        Ok(false) => again(&visit, &fields, shown(StatusCode::OK, &FieldErrors::default(), article, false)).await,
        Err(Fault::Invalid(wrong)) => again(&visit, &fields, shown(StatusCode::UNPROCESSABLE_ENTITY, &wrong, article, false)).await,
        Err(Fault::Stale(_)) => {
            let fresh = Article::get(&mut visit.app.db.read().await?, actor, id, Action::Write).await?;
            let words = "Somebody else saved this while you wrote. Your words are kept here, not saved yet. Look at what differs, then take yours or theirs.";
            again(&visit, &fields, shown(StatusCode::CONFLICT, &FieldErrors::one("", words), fresh, true)).await
        }
        Err(fault) => Err(fault.into()),
    }
}
