//! The screens of this room: rating by link and in the portal, the panel of the desk, the admin's page.

mod admin;
mod desk;
mod letter;
mod portal;

use crate::{Survey, rate::Rating};
use db::Timestamp;
use kernel::FieldErrors;
use std::borrow::Borrow;
use ui::{Errors, NavItem, Place};
use web::{Fields, Routes};

pub(crate) fn nav() -> Vec<NavItem> {
    vec![NavItem { place: Place::AdminWork, label: "Satisfaction", icon: "i-smile", href: "/admin/satisfaction", staff: true, admin: true }]
}

pub(crate) fn routes() -> Routes {
    Routes::new()
        .get("/rate/{token}", letter::look)
        .post("/rate/{token}", letter::rate)
        .get("/requests/{id}/rating", portal::look)
        .post("/requests/{id}/rating", portal::rate)
        .get("/desk/tickets/{id}/rating", desk::look)
        .get("/admin/satisfaction", admin::look)
        .post("/admin/satisfaction", admin::save)
}

/// What a score is called.
fn words(score: impl Borrow<i64>) -> &'static str {
    match *score.borrow() {
        1 => "bad",
        2 => "poor",
        3 => "okay",
        4 => "good",
        _ => "great",
    }
}

/// A rating as its giver sees it, with the form to give or change it.
struct Own {
    /// Where the form posts.
    action: String,
    /// The score as stored.
    rated: Option<i64>,
    /// The form is shown.
    is_open: bool,
    /// Until when it can be changed.
    until: Option<Timestamp>,
    /// It is what its page is for, not a part of another page.
    is_alone: bool,
    /// What stands in the form.
    score: String,
    /// What stands in the form.
    comment: String,
    errors: Errors,
}

impl Own {
    fn of(visit: &web::Visit, action: String, survey: Option<&Survey>, is_open: bool) -> Self {
        let score = survey.and_then(|survey| survey.score);
        Self {
            action,
            rated: score,
            is_open,
            is_alone: visit.frame.is_none(),
            until: survey.and_then(Survey::changeable_until).filter(|_| is_open),
            score: score.map(|score| score.to_string()).unwrap_or_default(),
            comment: survey.and_then(|survey| survey.comment.clone()).unwrap_or_default(),
            errors: Errors::new(),
        }
    }

    /// With what was typed and is wrong with it.
    fn again(mut self, fields: &Fields, wrong: &FieldErrors) -> Self {
        (self.score, self.comment) = (fields.typed("score"), fields.typed("comment"));
        self.errors = wrong.0.iter().fold(Errors::new(), |all, (field, sentence)| all.with(field, sentence));
        self
    }

    fn scores(&self) -> Vec<(i64, &'static str, bool)> {
        (1..=5).map(|score| (score, words(score), self.score == score.to_string())).collect()
    }
}

/// Checks the form as a page's form is checked: what is wrong is shown again.
type Read = std::result::Result<Rating, FieldErrors>;
