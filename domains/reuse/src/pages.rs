//! The screens of this room: panels beside a ticket and below an article, the finder in the composer, a draft of a ticket, the gaps.

mod capture;
mod gaps;
mod panels;

use web::Routes;

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/desk/tickets/{id}/articles", panels::used)
        .get("/desk/tickets/{id}/articles/find", panels::finder)
        .get("/desk/tickets/{id}/article", capture::look)
        .post("/desk/tickets/{id}/article", capture::make)
        .get("/desk/knowledge/{id}/uses", panels::uses)
        .get("/desk/knowledge/gaps", gaps::show)
        .get("/desk/knowledge/gaps.csv", gaps::csv)
}
