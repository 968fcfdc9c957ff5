//! The time that is left until something is due: a ring and a number, kept going by the controller `sla-clock`.

use crate::{Html, Page, escape, icon};
use db::Timestamp;

/// Something that is due, or is paused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Countdown {
    /// `ok`, `warn`, `late` or `paused`.
    pub state: &'static str,
    /// What is due, for screen readers: "First reply".
    pub about: String,
    /// What stands there while it is paused: "on hold".
    pub word: String,
    /// Since when it is counted.
    pub since: Option<Timestamp>,
    /// From when on it is near.
    pub warn: Option<Timestamp>,
    /// When it is due.
    pub due: Option<Timestamp>,
}

impl Page {
    /// `<span class="sla">` with ring and time: "2h 17m", late "−0:08".
    pub fn countdown(&self, it: &Countdown) -> Html {
        let Some(due) = it.due.filter(|_| it.state != "paused") else {
            return Html::made(format!(r#"<span class="sla" data-sla="paused">{}</span>"#, escape(&it.word)));
        };
        let is_late = due <= self.now;
        let state = if is_late { "late" } else { it.state };
        let about = escape(&it.about);
        let words = if is_late { format!("{about} late by ") } else { format!("{about} due in ") };
        let since = it.since.unwrap_or(due);
        let ms = |at: Timestamp| at.micros() / 1_000;
        let ring = format!(
            r#"<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" data-sla-clock-target="ring"{}><circle class="track" cx="12" cy="12" r="9"/><circle cx="12" cy="12" r="9" pathLength="100" stroke-dasharray="{} 100" transform="rotate(-90 12 12)"/></svg>"#,
            if is_late { " hidden" } else { "" },
            share(since, due, self.now)
        );
        let alarm = icon("alarm-clock")
            .as_str()
            .replace("<svg ", if is_late { r#"<svg data-sla-clock-target="alarm" "# } else { r#"<svg data-sla-clock-target="alarm" hidden "# });
        Html::made(format!(
            r#"<span class="sla" data-sla="{state}" data-controller="sla-clock" data-sla-clock-now-value="{}" data-sla-clock-since-value="{}" data-sla-clock-warn-value="{}" data-sla-clock-due-value="{}">{ring}{alarm}<span class="vh" data-sla-clock-target="words">{words}</span><time datetime="{}" title="{}" data-sla-clock-target="left">{}</time></span>"#,
            ms(self.now),
            ms(since),
            ms(it.warn.unwrap_or(due)),
            ms(due),
            self.iso(due),
            escape(&self.full(due)),
            left(due, self.now)
        ))
    }
}

/// How much of a hundred is left.
fn share(since: Timestamp, due: Timestamp, now: Timestamp) -> u64 {
    let whole = due.since(since).as_secs().max(1);
    (due.since(now).as_secs() * 100 / whole).min(100)
}

/// "14m", "2h 17m", "3d 4h"; late "−0:08".
fn left(due: Timestamp, now: Timestamp) -> String {
    if due <= now {
        let minutes = now.since(due).as_secs() / 60;
        return format!("−{}:{:02}", minutes / 60, minutes % 60);
    }
    // the last minute counts as one
    let minutes = due.since(now).as_secs().div_ceil(60);
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes}m"),
        (hours, _) if hours >= 48 => format!("{}d {}h", hours / 24, hours % 24),
        (hours, 0) => format!("{hours}h"),
        (hours, minutes) => format!("{hours}h {minutes:02}m"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_reads_as_the_design_says() {
        let due = Timestamp::from_seconds(1_000_000);
        for (seconds, expected) in [
            (1, "1m"),
            (60, "1m"),
            (61, "2m"),
            (840, "14m"),
            (8_220, "2h 17m"),
            (21_600, "6h"),
            (3_900, "1h 05m"),
            (273_600, "3d 4h"),
            (0, "−0:00"),
            (-480, "−0:08"),
            (-7_500, "−2:05"),
        ] {
            assert_eq!(left(due, Timestamp::from_seconds(1_000_000 - seconds)), expected, "{seconds}");
        }
    }

    #[test]
    fn the_ring_empties() {
        let (since, due) = (Timestamp::from_seconds(0), Timestamp::from_seconds(100));
        for (now, expected) in [(0, 100), (25, 75), (100, 0), (500, 0)] {
            assert_eq!(share(since, due, Timestamp::from_seconds(now)), expected);
        }
    }

    #[test]
    fn what_it_is_about_stays_words() {
        let it = Countdown { state: "ok", about: "<script>".into(), word: "<b>".into(), since: None, warn: None, due: Some(Timestamp::from_seconds(60)) };
        let page = Page::plain("x", "/", Timestamp::default());
        assert!(!page.countdown(&it).as_str().contains("<script>"));
        assert!(page.countdown(&Countdown { due: None, ..it }).as_str().contains("&lt;b&gt;"));
    }
}
