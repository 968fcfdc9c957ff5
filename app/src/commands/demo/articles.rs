//! The help center of the demo: pages of Markdown, brought in as any others are.

use super::cast::Cast;
use crate::{Error, Opened};
use kernel::Role;
use knowledge::exchange::{Plan, Run, Tree, bring};

macro_rules! pages {
    ($($path:literal),+ $(,)?) => { &[$(($path, include_bytes!(concat!("articles/", $path)))),+] };
}

const PAGES: &[(&str, &[u8])] = pages![
    "getting-started/_category_.json",
    "getting-started/first-prompt.md",
    "getting-started/read-a-trace.md",
    "getting-started/invite-your-team.md",
    "writing-prompts/_category_.json",
    "writing-prompts/context-length.md",
    "writing-prompts/versions-and-labels.md",
    "writing-prompts/variables.md",
    "api-and-sdks/_category_.json",
    "api-and-sdks/rotate-keys.md",
    "api-and-sdks/stream-answers.md",
    "api-and-sdks/rate-limits.md",
    "api-and-sdks/webhooks.md",
    "evaluations/_category_.json",
    "evaluations/first-evaluation.md",
    "evaluations/flaky-graders.md",
    "billing/_category_.json",
    "billing/how-credits-are-counted.md",
    "billing/invoices.md",
    "billing/cancel.md",
];

/// Brings the pages in, in the name of a supervisor.
pub(super) async fn write(opened: &Opened, cast: &Cast) -> Result<usize, Error> {
    let author = cast.staff.iter().find(|actor| actor.role == Role::Supervisor).or(cast.staff.first());
    let Some(author) = author else { return Ok(0) };
    let mut plan = Plan::read(Tree::of(PAGES.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec()))));
    let mut run = Run::new(&opened.app.db, &opened.store, author, false);
    Box::pin(bring(&mut run, &mut plan, |_| {})).await?;
    Ok(plan.len())
}
