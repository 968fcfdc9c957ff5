//! The page one writes on: words, where the article stands and who reads it, a preview, and what can be done next. No word is lost
//! when somebody else saved meanwhile.

use super::{Choice, said};
use crate::{
    Article, Category, Kind, Section, Visibility, Wish,
    api::{id, wish_of},
    article::standings,
    policy::{self, Action},
};
use accounts::{Organization, Team};
use askama::Template;
use db::{Conn, sql};
use kernel::{Fault, FieldErrors, PersonId, Result};
use ui::Errors;
use web::{Answer, Fields, Form, Input, Path, StatusCode, Visit};

/// What stands in the form.
#[derive(Default)]
struct Typed {
    version: i64,
    title: String,
    summary: String,
    content: String,
    tags: String,
    kind: String,
    visibility: String,
    slug: String,
    audience: Vec<String>,
    sections: Vec<String>,
}

impl Typed {
    fn of(fields: &Fields) -> Self {
        let list = |name: &str| fields.typed(name).split(", ").map(str::to_owned).collect();
        Self {
            version: fields.typed("version").parse().unwrap_or_default(),
            title: fields.typed("title"),
            summary: fields.typed("summary"),
            content: fields.typed("content"),
            tags: fields.typed("tags"),
            kind: fields.typed("kind"),
            visibility: fields.typed("visibility"),
            slug: fields.typed("slug"),
            audience: list("audience"),
            sections: list("sectionIds"),
        }
    }

    async fn stored(conn: &mut Conn, article: &Article) -> Result<Self> {
        let standing = standings(conn, std::slice::from_ref(article)).await?.remove(&article.id).unwrap_or_default();
        Ok(Self {
            version: article.version,
            title: article.title.clone(),
            summary: article.summary.clone(),
            content: article.body(conn).await?.source,
            tags: article.tags.join(", "),
            kind: article.kind.word().to_owned(),
            visibility: article.visibility.word().to_owned(),
            slug: article.slug.clone(),
            audience: article.audience.iter().map(ToString::to_string).collect(),
            sections: standing.iter().map(|one| one.section_id.to_string()).collect(),
        })
    }
}

#[derive(Template)]
#[template(path = "knowledge/editor.html")]
pub(super) struct EditorPage {
    page: ui::Page,
    errors: Errors,
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
}

impl EditorPage {
    async fn of(visit: &Visit, conn: &mut Conn, article: Option<Article>, typed: Typed, errors: Errors) -> Result<Self> {
        let actor = &visit.actor;
        let sections = Section::all(conn).await?;
        let shelves = Category::all(conn).await?.into_iter().map(|category| {
            let own = sections.iter().filter(|section| section.category_id == category.id);
            (category.title, own.map(|section| Choice::new(section.id.to_string(), &section.title, typed.sections.contains(&section.id.to_string()))).collect())
        });
        let among = |id: String, name: &str| Choice::new(&id, name, typed.audience.contains(&id));
        let staff: Vec<(PersonId, String)> =
            conn.all(sql!("SELECT id, name FROM people WHERE role <> 'CUSTOMER' AND disabled_at IS NULL ORDER BY name, id LIMIT 200")).await?;
        let writer = article.as_ref().map(|article| article.writer_id);
        let reviewer = article.as_ref().and_then(|article| article.reviewer_id);
        Ok(Self {
            page: visit.page(article.as_ref().map_or("New article", |article| &article.title)),
            errors,
            kinds: Kind::ALL.iter().map(|kind| Choice::new(kind.word(), kind.label(), typed.kind == kind.word())).collect(),
            visibilities: Visibility::ALL.iter().map(|one| Choice::new(one.word(), one.label(), typed.visibility == one.word())).collect(),
            sections: shelves.collect(),
            organizations: Organization::all(conn).await?.iter().map(|one| among(one.id.to_string(), &one.name)).collect(),
            teams: Team::all(conn).await?.iter().map(|one| among(one.id.to_string(), &one.name)).collect(),
            reviewers: staff.iter().filter(|(id, _)| Some(*id) != writer).map(|(id, name)| Choice::new(id.to_string(), name, Some(*id) == reviewer)).collect(),
            preview_html: None,
            may_publish: article.as_ref().is_some_and(|article| policy::may(actor, Action::Publish, article)),
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
}

impl Form for Written {
    fn read(fields: &mut Fields) -> Self {
        let is_preview = fields.optional_text("act", 20).as_deref() == Some("preview");
        let version = fields.integer("version", 1..=i64::MAX);
        let mut wish = wish_of(fields);
        if wish.title.is_none() {
            fields.errors.add("title", "This is needed.");
        }
        // an empty address is made of the title, or stays
        wish.slug = wish.slug.filter(|slug| !slug.is_empty());
        Self { wish, version, is_preview }
    }
}

/// `GET /desk/knowledge/new`: staff.
pub(super) async fn blank(visit: Visit) -> Answer {
    visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let typed = Typed { visibility: Visibility::Public.word().to_owned(), ..Typed::default() };
    web::html(&EditorPage::of(&visit, &mut conn, None, typed, Errors::new()).await?)
}

/// The form again, with what was typed, and what is wrong or how it looks.
async fn again(visit: &Visit, status: StatusCode, fields: &Fields, wrong: &FieldErrors, article: Option<Article>) -> Answer {
    let mut conn = visit.app.db.read().await?;
    let mut errors = Errors::new();
    for (field, sentence) in &wrong.0 {
        errors.add(field, sentence);
    }
    let mut typed = Typed::of(fields);
    if let Some(article) = &article {
        typed.version = article.version;
    }
    let mut page = EditorPage::of(visit, &mut conn, article, typed, errors).await?;
    if wrong.is_empty() {
        page.preview_html = Some(crate::text::made(&mut conn, &page.typed.content).await?.html);
    }
    web::html_with(status, &page)
}

/// `POST /desk/knowledge`: staff.
pub(super) async fn add(visit: Visit, input: Input<Written>) -> Answer {
    let actor = visit.staff()?;
    let (read, fields, _, seal) = input.open();
    let outcome: Result<Option<Article>> = async {
        let written = read?;
        if written.is_preview {
            return Ok(None);
        }
        let mut tx = visit.app.db.write().await?;
        if seal.replay(&mut tx, &visit).await?.is_some() {
            return Err(Fault::Conflict { kind: "sent-already", detail: "This article was made already. Look at the list.".to_owned() });
        }
        let made = Article::add(&mut tx, actor, &written.wish).await?;
        tx.commit().await?;
        Ok(Some(made))
    }
    .await;
    match outcome {
        Ok(Some(made)) => said(&visit, &format!("/desk/knowledge/{}", made.id), "The draft is saved."),
        Ok(None) => again(&visit, StatusCode::OK, &fields, &FieldErrors::default(), None).await,
        Err(Fault::Invalid(wrong)) => again(&visit, StatusCode::UNPROCESSABLE_ENTITY, &fields, &wrong, None).await,
        Err(fault) => Err(fault.into()),
    }
}

/// `GET /desk/knowledge/{id}`: whoever may write it.
pub(super) async fn show(visit: Visit, Path(one): Path<String>) -> Answer {
    let actor = visit.staff()?;
    let mut conn = visit.app.db.read().await?;
    let article = Article::get(&mut conn, actor, id(&one)?, Action::Write).await?;
    let typed = Typed::stored(&mut conn, &article).await?;
    web::html(&EditorPage::of(&visit, &mut conn, Some(article), typed, Errors::new()).await?)
}

/// `POST /desk/knowledge/{id}`: whoever may write it.
pub(super) async fn save(visit: Visit, Path(one): Path<String>, input: Input<Written>) -> Answer {
    let actor = visit.staff()?;
    let article = Article::get(&mut visit.app.db.read().await?, actor, id(&one)?, Action::Write).await?;
    let (read, fields, ..) = input.open();
    let outcome: Result<bool> = async {
        let written = read?;
        if written.is_preview {
            return Ok(false);
        }
        let version = written.version.ok_or_else(|| Fault::field("version", "This is needed."))?;
        let mut tx = visit.app.db.write().await?;
        article.save(&mut tx, actor, version, &written.wish).await?;
        tx.commit().await?;
        Ok(true)
    }
    .await;
    match outcome {
        Ok(true) => said(&visit, &format!("/desk/knowledge/{}", article.id), "Saved. Readers see it when it is published."),
        Ok(false) => again(&visit, StatusCode::OK, &fields, &FieldErrors::default(), Some(article)).await,
        Err(Fault::Invalid(wrong)) => again(&visit, StatusCode::UNPROCESSABLE_ENTITY, &fields, &wrong, Some(article)).await,
        Err(Fault::Stale(_)) => {
            let words =
                "Somebody else saved this while you wrote. Your words are kept here, not saved yet. Look at the versions, then save again to put yours on top.";
            again(&visit, StatusCode::CONFLICT, &fields, &FieldErrors::one("", words), Some(article)).await
        }
        Err(fault) => Err(fault.into()),
    }
}
