//! `/admin`: admins. What there is and what waits.

use super::admin;
use crate::{Organization, Person, Team};
use askama::Template;
use kernel::Role;
use web::{Answer, Routes, Visit};

pub(crate) fn routes() -> Routes {
    Routes::new().get("/admin", look)
}

struct Count {
    label: &'static str,
    number: i64,
    note: String,
    href: &'static str,
}

#[derive(Template)]
#[template(path = "admin/overview.html")]
struct Overview {
    page: ui::Page,
    counts: Vec<Count>,
    dead: i64,
    held: i64,
}

/// `GET /admin`.
async fn look(visit: Visit) -> Answer {
    admin(&visit)?;
    let mut conn = visit.app.db.read().await?;
    let people = Person::count(&mut conn).await?;
    let of = |role: Role| people.iter().find(|(known, _)| *known == role).map_or(0, |(_, number)| *number);
    let (held, queued, dead) = (jobs::count(&mut conn, "held").await?, jobs::count(&mut conn, "queued").await?, jobs::count(&mut conn, "dead").await?);
    let counts = vec![
        Count { label: "Customers", number: of(Role::Customer), note: String::new(), href: "/admin/people?role=CUSTOMER" },
        Count {
            label: "Agents",
            number: of(Role::Agent),
            note: format!("supervisors {}, admins {}", of(Role::Supervisor), of(Role::Admin)),
            href: "/admin/people?role=AGENT",
        },
        Count { label: "Teams", number: Team::count(&mut conn).await?, note: String::new(), href: "/admin/teams" },
        Count { label: "Organizations", number: Organization::count(&mut conn).await?, note: String::new(), href: "/admin/organizations" },
        Count { label: "Held mail", number: held, note: "no mail server yet".to_owned(), href: "/admin/outbox" },
        Count { label: "Jobs waiting", number: queued, note: format!("{dead} gave up"), href: "/admin/jobs" },
    ];
    web::html(&Overview { page: visit.page("Overview"), counts, dead, held })
}
