//! `/admin/organizations`: admins. Groups of customers, joined by the domain of their mail address.

use super::{admin, again, id, said, settle};
use crate::{Organization, Person};
use askama::Template;
use kernel::{FieldErrors, OrganizationId, Result};
use ui::Errors;
use web::{Answer, Fields, Form, Input, Path, Routes, Visit};

/// Members shown on the page of an organization.
const SHOWN: i64 = 50;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/admin/organizations", list)
        .post("/admin/organizations", add)
        .get("/admin/organizations/{id}", look)
        .post("/admin/organizations/{id}", change)
}

struct Details {
    name: String,
    domains: Vec<String>,
    shares_requests: bool,
}

impl Form for Details {
    fn read(fields: &mut Fields) -> Self {
        Self { name: fields.text("name", 120), domains: fields.texts("domains", 50, 253), shares_requests: fields.boolean("sharesRequests") }
    }
}

/// What stands in the form: as stored, or as typed.
#[derive(Default)]
struct Typed {
    name: String,
    domains: String,
    shares_requests: bool,
}

impl Typed {
    fn of(fields: &mut Fields) -> Self {
        Self { name: fields.typed("name"), domains: fields.typed("domains"), shares_requests: fields.boolean("sharesRequests") }
    }
}

#[derive(Template)]
#[template(path = "admin/organizations.html")]
struct Organizations {
    page: ui::Page,
    errors: Errors,
    organizations: Vec<Organization>,
    typed: Typed,
}

#[derive(Template)]
#[template(path = "admin/organization.html")]
struct OrganizationPage {
    page: ui::Page,
    errors: Errors,
    organization: Organization,
    typed: Typed,
    members: Vec<Person>,
}

/// `GET /admin/organizations`.
async fn list(visit: Visit) -> Answer {
    admin(&visit)?;
    web::html(&organizations(&visit, Typed::default()).await?)
}

/// `POST /admin/organizations`.
async fn add(visit: Visit, input: Input<Details>) -> Answer {
    admin(&visit)?;
    let (read, mut fields, ..) = input.open();
    match make(&visit, read).await {
        Ok(organization) => said(&visit, &format!("/admin/organizations/{}", organization.id), "Organization added."),
        Err(fault) => {
            let page = organizations(&visit, Typed::of(&mut fields)).await?;
            again(fault, |errors| Organizations { errors, ..page })
        }
    }
}

async fn make(visit: &Visit, read: std::result::Result<Details, FieldErrors>) -> Result<Organization> {
    let details = read?;
    let mut tx = visit.app.db.write().await?;
    let organization = Organization::add(&mut tx, admin(visit)?, &details.name, &details.domains, details.shares_requests).await?;
    settle(visit, tx).await?;
    Ok(organization)
}

/// `GET /admin/organizations/{id}`.
async fn look(visit: Visit, Path(organization): Path<String>) -> Answer {
    admin(&visit)?;
    web::html(&page(&visit, id(&organization)?, None).await?)
}

/// `POST /admin/organizations/{id}`.
async fn change(visit: Visit, Path(organization): Path<String>, input: Input<Details>) -> Answer {
    admin(&visit)?;
    let organization: OrganizationId = id(&organization)?;
    let (read, mut fields, ..) = input.open();
    match save(&visit, organization, read).await {
        Ok(()) => said(&visit, &format!("/admin/organizations/{organization}"), "Organization saved."),
        Err(fault) => {
            let page = page(&visit, organization, Some(Typed::of(&mut fields))).await?;
            again(fault, |errors| OrganizationPage { errors, ..page })
        }
    }
}

async fn save(visit: &Visit, organization: OrganizationId, read: std::result::Result<Details, FieldErrors>) -> Result<()> {
    let mut tx = visit.app.db.write().await?;
    let found = Organization::get(&mut tx, organization).await?;
    let details = read?;
    found.change(&mut tx, admin(visit)?, &details.name, &details.domains, details.shares_requests).await?;
    settle(visit, tx).await
}

async fn organizations(visit: &Visit, typed: Typed) -> Result<Organizations> {
    Ok(Organizations {
        page: visit.page("Organizations"),
        errors: Errors::new(),
        organizations: Organization::all(&mut visit.app.db.read().await?).await?,
        typed,
    })
}

async fn page(visit: &Visit, organization: OrganizationId, typed: Option<Typed>) -> Result<OrganizationPage> {
    let mut conn = visit.app.db.read().await?;
    let organization = Organization::get(&mut conn, organization).await?;
    let domains = organization.domains(&mut conn).await?.join(", ");
    let members = Person::of_organization(&mut conn, organization.id, SHOWN).await?;
    let typed = typed.unwrap_or_else(|| Typed { name: organization.name.clone(), domains, shares_requests: organization.shares_requests });
    Ok(OrganizationPage { page: visit.page(organization.name.clone()), errors: Errors::new(), organization, typed, members })
}
