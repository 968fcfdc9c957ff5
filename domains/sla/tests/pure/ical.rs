//! Holidays out of iCalendar files, well and badly made.

use sla::ical::read;

fn days(body: &str) -> Vec<String> {
    let text = format!("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{body}\r\nEND:VCALENDAR\r\n");
    read(&text).unwrap().holidays.iter().map(sla::Holiday::words).collect()
}

fn event(lines: &str) -> String {
    format!("BEGIN:VEVENT\r\n{lines}\r\nEND:VEVENT")
}

#[test]
fn whole_days_are_taken_and_nothing_else() {
    let cases: &[(&str, &[&str])] = &[
        ("DTSTART;VALUE=DATE:20261225\r\nSUMMARY:Christmas", &["2026-12-25 Christmas"]),
        ("DTSTART;VALUE=DATE:20261225\r\nDTEND;VALUE=DATE:20261227\r\nSUMMARY:Christmas", &["2026-12-25 Christmas", "2026-12-26 Christmas"]),
        ("DTSTART:20261225\r\nSUMMARY:No \r\n parameter\\, folded", &["2026-12-25 No parameter, folded"]),
        ("DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Every year", &["12-25 Every year"]),
        ("DTSTART;VALUE=DATE:20240229\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:Leap", &["02-29 Leap"]),
        ("DTSTART;VALUE=DATE:20261231\r\nDTEND;VALUE=DATE:20270102\r\nSUMMARY:Over the year", &["2026-12-31 Over the year", "2027-01-01 Over the year"]),
        (
            "DTSTART;VALUE=DATE:20260525\r\nRRULE:FREQ=YEARLY;COUNT=2;BYMONTH=5;BYDAY=-1MO\r\nSUMMARY:Last Monday",
            &["2026-05-25 Last Monday", "2027-05-31 Last Monday"],
        ),
        ("DTSTART;VALUE=DATE:20261126\r\nRRULE:FREQ=YEARLY;UNTIL=20271231;BYMONTH=11;BYDAY=4TH\r\nSUMMARY:Thanks", &["2026-11-26 Thanks", "2027-11-25 Thanks"]),
        ("DTSTART:20261225T100000Z\r\nSUMMARY:A meeting", &[]),
        ("DTSTART;VALUE=DATE:20261225\r\nRRULE:FREQ=WEEKLY\r\nSUMMARY:Each week", &[]),
        ("DTSTART;VALUE=DATE:20261225\r\nSTATUS:CANCELLED\r\nSUMMARY:Off", &[]),
        ("DTSTART;VALUE=DATE:20261345\r\nSUMMARY:No such day", &[]),
        ("SUMMARY:No beginning", &[]),
        ("DTSTART;X-A=\"a:b\";VALUE=DATE:20261225", &["2026-12-25"]),
    ];
    for (lines, expected) in cases {
        assert_eq!(days(&event(lines)), *expected, "{lines}");
    }
    let found = read(&format!("BEGIN:VCALENDAR\n{}\n{}\nEND:VCALENDAR", event("DTSTART:20261225T100000Z"), event("DTSTART:20261225"))).unwrap();
    assert_eq!((found.holidays.len(), found.passed_over), (1, 1));
}

#[test]
fn what_is_broken_or_too_large_ends_soon() {
    assert!(read("").is_err());
    assert!(read("<html>").is_err());
    assert!(read(&"x".repeat(2 * 1024 * 1024)).is_err());
    assert_eq!(days("BEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20261225"), Vec::<String>::new(), "never ended");
    assert_eq!(days(&event("DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:99991231")).len(), 31, "a length is bounded");
    assert_eq!(days(&event("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=YEARLY;INTERVAL=99999999999")).len(), 0);
    assert_eq!(days(&event("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=YEARLY;COUNT=100000;BYDAY=1MO")).len(), 20);
    assert_eq!(days(&event("DTSTART;VALUE=DATE:20260101\r\nRRULE:FREQ=YEARLY;BYDAY=é")).len(), 0);
    let many: String = (0..5_000).map(|_| event("DTSTART;VALUE=DATE:20260101\r\nDTEND;VALUE=DATE:20260201") + "\r\n").collect();
    assert_eq!(days(&many).len(), sla::MOST_HOLIDAYS);
}
