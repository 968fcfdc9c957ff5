//! What the API tells of a dry run.

use crate::{DryRun, dry_run::Deed};
use db::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A ticket that a rule would have changed.
#[derive(Serialize, ToSchema)]
#[schema(as = WouldChange)]
struct WouldChangeJson {
    /// The ticket.
    id: Uuid,
    /// Its number and subject.
    #[schema(example = "#1042 Release is blocked")]
    label: String,
    /// When it would have fired last.
    #[schema(value_type = String, format = DateTime)]
    at: Timestamp,
}

/// What a step of a rule would say.
#[derive(Serialize, ToSchema)]
#[schema(as = RuleSays)]
struct SaysJson {
    /// Which step, from 1.
    step: usize,
    /// The text, its variables filled in.
    #[schema(example = "Hi Maya, thank you for #1042.")]
    text: String,
}

/// What a rule would have done in the last 30 days.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DryRun)]
pub(crate) struct DryRunJson {
    /// Tickets that were asked.
    asked: usize,
    /// Tickets it would have changed.
    count: usize,
    /// Tickets of which it can’t be told: the journal names something that is gone.
    unsure: usize,
    /// There were more tickets than it asks.
    is_cut: bool,
    /// What it would do each time, in words.
    #[schema(example = json!(["Set priority to High"]))]
    steps: Vec<String>,
    /// What its replies and notes would say to the first of `tickets`, or as they are written when there is none.
    texts: Vec<SaysJson>,
    /// The first 100 of them.
    tickets: Vec<WouldChangeJson>,
}

impl DryRunJson {
    pub(crate) fn of(run: DryRun, deeds: Vec<Deed>) -> Self {
        let (mut steps, mut texts) = (Vec::with_capacity(deeds.len()), Vec::new());
        for (step, deed) in (1..).zip(deeds) {
            steps.push(deed.words);
            texts.extend(deed.says.map(|text| SaysJson { step, text }));
        }
        let tickets = run.first.into_iter().map(|(thing, at)| WouldChangeJson { id: thing.id, label: thing.label, at }).collect();
        Self { asked: run.asked, count: run.count, unsure: run.unsure, is_cut: run.is_cut, steps, texts, tickets }
    }
}
