//! CSV (RFC 4180) that a spreadsheet shows and does not run.

/// Its media type; the first line has the names of columns.
pub const KIND: &str = "text/csv; charset=utf-8; header=present";

/// A line with its end.
pub fn line(cells: impl IntoIterator<Item = String>) -> String {
    let cells: Vec<String> = cells.into_iter().map(|text| cell(&text)).collect();
    cells.join(",") + "\r\n"
}

/// A cell that a spreadsheet shows and does not run: what begins like a formula gets an apostrophe before it (OWASP,
/// "CSV injection"), also behind blanks and in full-width forms; then RFC 4180's quotes where they are needed.
fn cell(text: &str) -> String {
    let begins_formula = text.starts_with(['\t', '\r', '\n']) || text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let text = if begins_formula { format!("'{text}") } else { text.to_owned() };
    let needs_quotes = begins_formula || text.contains(['"', ',', '\r', '\n', '\t', ';']) || text.trim() != text;
    if needs_quotes { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::cell;

    #[test]
    fn cells_are_shown_and_not_run() {
        for (text, expected) in [
            ("plain", "plain"),
            ("", ""),
            ("a, b", "\"a, b\""),
            ("say \"hi\"", "\"say \"\"hi\"\"\""),
            ("two\nlines", "\"two\nlines\""),
            ("=1+1", "\"'=1+1\""),
            ("+49 30", "\"'+49 30\""),
            ("-2", "\"'-2\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\t=1", "\"'\t=1\""),
            ("\rx", "\"'\rx\""),
            ("  =cmd|' /C calc'!A0", "\"'  =cmd|' /C calc'!A0\""),
            ("＝1+1", "\"'＝1+1\""),
            ("a=b", "a=b"),
            ("日本語 العربية", "日本語 العربية"),
        ] {
            assert_eq!(cell(text), expected, "{text:?}");
        }
    }
}
