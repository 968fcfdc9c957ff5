//! Lines on standard output, and what went wrong on the other: a child's output is its answer.

use std::io::Write as _;

/// Prints a line.
pub(crate) fn line(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Says what went wrong.
pub(crate) fn wrong(error: &(dyn std::error::Error + Send + Sync)) {
    let _ = writeln!(std::io::stderr(), "bench: {error}");
}

/// A figure beside its bar.
pub(crate) fn figure(name: &str, value: f64, unit: &str, bar: f64, at_most: bool) {
    let good = if at_most { value <= bar } else { value >= bar };
    line(&format!("{} {name:<58} {value:>9.2} {unit:<5} bar {} {bar}", if good { "met   " } else { "MISSED" }, if at_most { "<=" } else { ">=" }));
}

/// The middle of several.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(0.0)
}

/// The value below which that share lies.
pub(crate) fn quantile(mut values: Vec<f64>, share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "an index of a short list")]
    let index = ((values.len() as f64 * share) as usize).min(values.len().saturating_sub(1));
    values.get(index).copied().unwrap_or(0.0)
}
