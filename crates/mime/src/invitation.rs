//! Invitations (iCalendar, RFC 5545): what, when and where, for people to read; nothing is calculated with it.

/// An event that somebody invites to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invitation {
    /// `REQUEST`, `CANCEL`, `REPLY`…; empty if none is named.
    pub method: String,
    /// What.
    pub summary: String,
    /// When it begins, as written: `2026-11-26 10:00 Europe/Berlin`.
    pub starts: String,
    /// When it ends, as written; empty if it does not say.
    pub ends: String,
    /// Where; empty if it does not say.
    pub place: String,
}

/// The first event of a calendar; none without a beginning.
pub(crate) fn read(text: &str) -> Option<Invitation> {
    let mut found = Invitation::default();
    let mut is_event = false;
    for line in unfolded(text) {
        let Some((head, value)) = line.split_once(':') else { continue };
        let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
        match (name.to_ascii_uppercase().as_str(), is_event) {
            ("METHOD", _) => found.method = value.trim().to_ascii_uppercase(),
            ("BEGIN", _) if value.trim().eq_ignore_ascii_case("VEVENT") => is_event = true,
            ("END", true) if value.trim().eq_ignore_ascii_case("VEVENT") => break,
            ("SUMMARY", true) => found.summary = words(value),
            ("LOCATION", true) => found.place = words(value),
            ("DTSTART", true) => found.starts = moment(value, parameters),
            ("DTEND", true) => found.ends = moment(value, parameters),
            _ => {}
        }
    }
    (!found.starts.is_empty()).then_some(found)
}

/// Lines with what was folded behind them (RFC 5545, 3.1).
fn unfolded(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().take(2_000) {
        match (line.strip_prefix([' ', '\t']), lines.last_mut()) {
            (Some(more), Some(last)) if last.len() < 10_000 => last.push_str(more),
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// A text without its escapes (3.3.11), in one line, bounded.
fn words(value: &str) -> String {
    let plain = value.replace("\\n", " ").replace("\\N", " ").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\");
    plain.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(300).collect()
}

/// `20261126T100000Z` as `2026-11-26 10:00 UTC`; what has another form stands as it is.
fn moment(value: &str, parameters: &str) -> String {
    let value = value.trim();
    let zone = parameters.split(';').find_map(|parameter| parameter.strip_prefix("TZID=")).map(|zone| zone.trim_matches('"')).unwrap_or_default();
    let zone = if value.ends_with(['Z', 'z']) { "UTC" } else { zone };
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default();
    let written = match digits.len() {
        8 => format!("{}-{}-{}", part(0, 4), part(4, 6), part(6, 8)),
        12 | 14 => format!("{}-{}-{} {}:{} {zone}", part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 12)),
        _ => words(value),
    };
    written.trim().chars().take(80).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_says_what_when_and_where() {
        let text = "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nDTSTART:19700101T000000\r\nEND:VTIMEZONE\r\nBEGIN:VEVENT\r\nSUMMARY:Look at run 8841\\, tog\r\n ether\r\nDTSTART;TZID=Europe/Berlin:20261126T100000\r\nDTEND:20261126T100000Z\r\nLOCATION:Room 4\r\nEND:VEVENT\r\nEND:VCALENDAR";
        let found = read(text).unwrap();
        assert_eq!((found.method.as_str(), found.summary.as_str(), found.place.as_str()), ("REQUEST", "Look at run 8841, together", "Room 4"));
        assert_eq!((found.starts.as_str(), found.ends.as_str()), ("2026-11-26 10:00 Europe/Berlin", "2026-11-26 10:00 UTC"));
        assert_eq!(read("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20261224\nEND:VEVENT").unwrap().starts, "2026-12-24");
        assert_eq!(read("BEGIN:VEVENT\nSUMMARY:x\nEND:VEVENT"), None);
        assert_eq!(read("nothing"), None);
    }
}
