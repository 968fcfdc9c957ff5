//! Text as it is compared, and moments in it: "10. Juni 2026 um 16:40", "26/6/10 16:40", "2026年6月10日 16時40分".

/// Bytes of a line that are compared.
const WIDEST: usize = 8_000;
/// Characters of a line that are looked at for a moment.
const LONGEST: usize = 400;

/// In lower case, with plain spaces, apostrophes and digits, without marks of direction that are not seen.
pub(crate) fn fold(text: &str) -> String {
    let seen = |c: &char| !matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' | '\u{307}');
    let text = text.trim();
    // nothing that is looked for is longer
    let text = text.get(..text.floor_char_boundary(WIDEST)).unwrap_or_default();
    text.chars().flat_map(char::to_lowercase).filter(seen).map(plain).collect::<String>().trim().to_owned()
}

fn plain(c: char) -> char {
    match c {
        '\u{a0}' | '\u{202f}' | '\u{2009}' | '\u{3000}' => ' ',
        '’' | '‘' => '\'',
        '：' => ':',
        '٠'..='٩' => digit(c, '٠'),
        '۰'..='۹' => digit(c, '۰'),
        '０'..='９' => digit(c, '０'),
        _ => c,
    }
}

fn digit(c: char, zero: char) -> char {
    char::from_digit(u32::from(c) - u32::from(zero), 10).unwrap_or(c)
}

/// How many digits.
pub(crate) fn digits(text: &str) -> usize {
    text.chars().filter(char::is_ascii_digit).count()
}

/// A day with its year and a time of day: what programs write, and people seldom do.
pub(crate) fn has_moment(folded: &str) -> bool {
    let chars: Vec<char> = folded.chars().take(LONGEST).collect();
    let runs = runs(&chars);
    has_year(&chars, &runs) && has_time(&chars, &runs)
}

/// Where digits stand together: from and to.
fn runs(chars: &[char]) -> Vec<(usize, usize)> {
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for (at, _) in chars.iter().enumerate().filter(|(_, c)| c.is_ascii_digit()) {
        match runs.last_mut() {
            Some((_, to)) if *to == at => *to = at + 1,
            _ => runs.push((at, at + 1)),
        }
    }
    runs
}

/// "2026", or a day in figures: "10.06.26", "26/6/10".
fn has_year(chars: &[char], runs: &[(usize, usize)]) -> bool {
    let is_year = |(from, to): &(usize, usize)| to - from == 4 && matches!(chars.get(*from..from + 2), Some(['1', '9'] | ['2', '0']));
    let is_day = |three: &[(usize, usize)]| {
        let [first, second, third] = three else { return false };
        let is_short = three.iter().all(|(from, to)| to - from <= 2);
        let between = |left: &(usize, usize), right: &(usize, usize)| match chars.get(left.1..right.0) {
            Some([c @ ('.' | '/' | '-')] | [c @ '.', ' ']) => Some(*c),
            _ => None,
        };
        is_short && between(first, second).is_some() && between(first, second) == between(second, third)
    };
    runs.iter().any(is_year) || runs.windows(3).any(is_day)
}

/// "16:40", "16h40", "16時40分", "오후 4시 40분"; "16.40" behind a word that leads to a time.
fn has_time(chars: &[char], runs: &[(usize, usize)]) -> bool {
    runs.windows(2).any(|two| {
        let [(from, to), (next, end)] = two else { return false };
        let number = |from: &usize, to: &usize| chars.get(*from..*to).and_then(|digits| digits.iter().collect::<String>().parse::<u32>().ok());
        if to - from > 2 || end - next != 2 || number(from, to).is_none_or(|hour| hour > 24) || number(next, end).is_none_or(|minute| minute > 59) {
            return false;
        }
        let is_led = || {
            let before: String = chars.get(from.saturating_sub(5)..*from).unwrap_or_default().iter().collect();
            // "kesäkuuta 2026 16.40"
            let is_behind_a_year = before.starts_with("20") && before.ends_with(' ') && digits(&before) == 4;
            ["klo ", "klo. ", "kl. ", "kl ", "kl.", "ore ", "alle ", "um "].iter().any(|lead| before.ends_with(lead)) || is_behind_a_year
        };
        match chars.get(*to..*next) {
            Some([':' | 'h' | '時' | '时' | '点' | '點' | '시'] | [' ', 'h', ' '] | ['시', ' ']) => true,
            Some(['.']) => is_led(),
            _ => false,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_has_a_year_and_a_time() {
        for text in [
            "10. juni 2026 um 16:40 uhr",
            "26/6/10 16:40 (gmt+09:00)",
            "10.6.2026 klo 16.40",
            "ons. 10. jun. 2026 kl. 16.40",
            "le 10 juin 2026 à 16h40",
            "2026年6月10日 16時40分",
            "2026년 6월 10일 오후 4시 40분",
            "2026-06-08t10:01:22+0200",
            "dne 10. 06. 26 v 16:40",
        ] {
            assert!(has_moment(text), "{text}");
        }
        for text in ["12 giugno 2026", "10.06.2026", "at 16:40", "14. juni", "10.06.2026 3.140", "version 1.2.3 at line 12:345"] {
            assert!(!has_moment(text), "{text}");
        }
        assert_eq!(fold(" \u{202b}ONLİNE\u{a0}’١٢\u{202c} "), "online '12");
    }
}
