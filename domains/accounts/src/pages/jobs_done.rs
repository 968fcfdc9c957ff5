//! `/admin/jobs`: admins. What runs behind the scenes, and what gave up.

use super::{admin, id, said};
use askama::Template;
use jobs::Job;
use kernel::Fault;
use web::{Answer, Path, Routes, Visit};

/// Jobs shown.
const SHOWN: i64 = 100;

pub(crate) fn routes() -> Routes {
    Routes::new().get("/admin/jobs", look).post("/admin/jobs/{id}/retry", retry)
}

#[derive(Template)]
#[template(path = "admin/jobs.html")]
struct Jobs {
    page: ui::Page,
    jobs: Vec<Job>,
}

/// `GET /admin/jobs`.
async fn look(visit: Visit) -> Answer {
    admin(&visit)?;
    let jobs = jobs::newest(&mut visit.app.db.read().await?, "", SHOWN).await?;
    web::html(&Jobs { page: visit.page("Jobs"), jobs })
}

/// `POST /admin/jobs/{id}/retry`: only a job that gave up can be tried again.
async fn retry(visit: Visit, Path(job): Path<String>) -> Answer {
    admin(&visit)?;
    let mut tx = visit.app.db.write().await?;
    if !jobs::retry(&mut tx, id(&job)?).await? {
        return Err(Fault::Missing.into());
    }
    tx.commit().await?;
    said(&visit, "/admin/jobs", "The job is tried again now.")
}

/// A state in words, with its colour.
fn state(job: &Job) -> (&'static str, &'static str) {
    match job.state.as_str() {
        "done" => ("good", "Done"),
        "dead" => ("bad", "Gave up"),
        "held" => ("warn", "Held"),
        _ if job.attempts > 0 => ("warn", "Tries again"),
        _ => ("info", "Waits"),
    }
}
