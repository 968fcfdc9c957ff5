//! What is the sender's own in a text: own words, what is quoted, the signature. Losing own words is worse than keeping some
//! quotation, so what is in doubt is own.

use crate::{
    attribution,
    flat::{self, Line},
    fold::fold,
    header_block, signature,
};

/// The parts of a text. Nothing is deleted: each line stands in one of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Parts {
    pub reply: String,
    pub quoted: String,
    pub signature: String,
    /// The markup or the marks of quotation said so: no guess.
    pub is_sure: bool,
}

/// What became of a line.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Own,
    Quoted,
    Signature,
}

/// Divides a text. `own`: the sender's address; `receivers`: names of those it goes to, folded, as they are who is quoted.
pub(crate) fn split(lines: &[Line], own: &str, receivers: &[String]) -> Parts {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let is_typed = are_prompts(lines);
    let mut kinds: Vec<Kind> = lines.iter().map(|line| if line.depth > 0 && !is_typed || line.is_history { Kind::Quoted } else { Kind::Own }).collect();
    above_the_line(lines, &mut kinds);
    let ends = history(lines, &texts, &mut kinds, receivers);
    for kind in kinds.iter_mut().skip(ends) {
        *kind = Kind::Quoted;
    }
    armor(&texts, &mut kinds);
    attributions(lines, &texts, &mut kinds, ends);
    signatures(lines, &texts, &mut kinds, own);
    let own: Vec<usize> = (0..lines.len()).filter(|at| kinds.get(*at) == Some(&Kind::Own) && !lines.get(*at).is_none_or(Line::is_blank)).collect();
    let (first, last) = (own.first().copied().unwrap_or(0), own.last().map_or(0, |last| last + 1));
    // between the first and the last own word what is quoted gives the sense
    let within = |at: usize| (first..last).contains(&at);
    let parts = |takes: &dyn Fn(usize, &Line) -> bool| flat::join(lines.iter().enumerate().filter(|(at, line)| takes(*at, line)).map(|(_, line)| line));
    let is = |at: usize, kind: Kind| kinds_at(&kinds, at) == Some(kind);
    Parts {
        reply: parts(&|at, _| within(at) && !is(at, Kind::Signature)),
        quoted: parts(&|at, _| !within(at) && is(at, Kind::Quoted)),
        signature: parts(&|at, _| is(at, Kind::Signature)),
        is_sure: lines.iter().any(|line| line.begins_history || line.is_history || line.depth > 0),
    }
}

/// ">>> print(a)" alone, with nothing quoted less deep: somebody's session of Python.
fn are_prompts(lines: &[Line]) -> bool {
    let mut marked = lines.iter().filter(|line| line.depth > 0).peekable();
    let is_prompt = |line: &Line| {
        let whole = format!("{}{}", line.marks, line.text);
        line.marks.trim_end() == ">>>" && !line.text.trim_end().ends_with(['>', ':']) && !header_block::is_groupwise(&whole)
    };
    marked.peek().is_some() && marked.all(is_prompt)
}

fn kinds_at(kinds: &[Kind], at: usize) -> Option<Kind> {
    kinds.get(at).copied()
}

/// "Reply above this line" with nothing above it is no more than that line.
fn above_the_line(lines: &[Line], kinds: &mut [Kind]) {
    let first = lines.iter().position(Line::may_be_own);
    if let Some(at) = first.filter(|at| lines.get(*at).is_some_and(|line| header_block::is_marker(&fold(&line.text))))
        && let Some(kind) = kinds.get_mut(at)
    {
        *kind = Kind::Quoted;
    }
}

/// From which line on everything is an earlier mail; their number if none is. A head above lines that are marked as quoted
/// goes with them, and what follows them may be own again.
fn history(lines: &[Line], texts: &[&str], kinds: &mut [Kind], receivers: &[String]) -> usize {
    let last_mark = lines.iter().rposition(|line| line.depth > 0);
    let first_own = lines.iter().position(Line::may_be_own).unwrap_or(lines.len());
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        if line.begins_history {
            return at;
        }
        let is_groupwise = !line.is_blank() && line.depth >= 3 && header_block::is_groupwise(&format!("{}{}", line.marks, line.text));
        if !is_groupwise && (line.is_blank() || kinds_at(kinds, at) != Some(Kind::Own)) {
            at += 1;
            continue;
        }
        let rest = texts.get(at..).unwrap_or_default();
        let above = at.checked_sub(1).and_then(|above| lines.get(above));
        let is_apart = above.is_none_or(|line| line.is_blank() || line.depth > 0 || !line.text.chars().any(char::is_alphanumeric));
        let taken = if is_groupwise {
            Some(1)
        } else if is_apart || header_block::is_known_ruler(&line.text) {
            header_block::begins(rest).or_else(|| leads_to_a_forward(lines, at).then_some(1))
        } else {
            None
        };
        if let Some(taken) = taken {
            if !is_quoted_below(lines, at + taken) {
                return at;
            }
            for kind in kinds.iter_mut().skip(at).take(taken) {
                *kind = Kind::Quoted;
            }
            at += taken;
            continue;
        }
        // an attribution below which nothing is marked: history, if no mark of quotation stands in the whole rest, and
        // what stands above is not empty
        if last_mark.is_none_or(|last| last < at)
            && first_own < at
            && let Some(taken) = attribution::at(rest)
            && lines.iter().skip(at + taken).any(|line| !line.is_blank())
            && is_strict(rest, taken, receivers)
        {
            return at;
        }
        at += 1;
    }
    lines.len()
}

/// The next line that is not empty is marked as quoted.
fn is_quoted_below(lines: &[Line], at: usize) -> bool {
    lines.iter().skip(at).find(|line| !line.is_blank()).is_some_and(|line| line.depth > 0)
}

/// "Begin forwarded message:", or a ruler with words, above what is marked as quoted.
fn leads_to_a_forward(lines: &[Line], at: usize) -> bool {
    let is_lead = |line: &Line| header_block::is_forward(&fold(&line.text)) || header_block::is_known_ruler(&line.text);
    lines.get(at).is_some_and(is_lead) && is_quoted_below(lines, at + 1)
}

/// An attribution as a client makes it: with an address, or with day and time and the name of whom the mail goes to.
/// "On 4 May at 9:00 our customer wrote:" leads in to somebody's own words.
fn is_strict(rest: &[&str], taken: usize, receivers: &[String]) -> bool {
    let joined = rest.get(..taken).unwrap_or_default().join(" ");
    let is_named = || {
        receivers.is_empty() || {
            let folded = fold(&joined);
            attribution::is_to_you(&folded) || receivers.iter().any(|name| folded.contains(name.as_str()))
        }
    };
    let is_made = joined.contains('@') || joined.contains('<') || joined.chars().filter(char::is_ascii_digit).count() >= 6 && is_named();
    is_made && attribution::is_spoken(rest.get(..taken).unwrap_or_default())
}

/// Lines that lead in to a quotation go with it.
fn attributions(lines: &[Line], texts: &[&str], kinds: &mut [Kind], ends: usize) {
    let mut at = 0;
    while at < ends.min(lines.len()) {
        let is_own = kinds_at(kinds, at) == Some(Kind::Own) && !lines.get(at).is_none_or(Line::is_blank);
        // own lines alone: what is quoted below is no part of it
        let own = (at..ends.min(at + attribution::WRAPPED)).take_while(|at| kinds_at(kinds, *at) == Some(Kind::Own)).count();
        let taken = if is_own { attribution::at(texts.get(at..at + own).unwrap_or_default()) } else { None };
        let Some(taken) = taken else {
            at += 1;
            continue;
        };
        let next = (at + taken..lines.len()).find(|next| lines.get(*next).is_some_and(|line| !line.is_blank()));
        // what follows is quoted, or nothing follows
        if next.is_none_or(|next| kinds_at(kinds, next) == Some(Kind::Quoted)) {
            for kind in kinds.iter_mut().skip(at).take(taken) {
                *kind = Kind::Quoted;
            }
        }
        at += taken;
    }
}

/// What `OpenPGP` puts around a text that is signed in the clear (RFC 9580, section 7).
fn armor(texts: &[&str], kinds: &mut [Kind]) {
    let find = |words: &str, from: usize| (from..texts.len()).find(|at| texts.get(*at).is_some_and(|line| line.trim() == words));
    let Some(first) = find("-----BEGIN PGP SIGNED MESSAGE-----", 0) else { return };
    let head = (first..texts.len()).find(|at| texts.get(*at).is_some_and(|line| line.trim().is_empty())).unwrap_or(first);
    let last = find("-----BEGIN PGP SIGNATURE-----", head);
    let end = last.and_then(|last| find("-----END PGP SIGNATURE-----", last));
    for at in (first..head).chain(last.unwrap_or(0)..end.map_or(0, |end| end + 1)) {
        if let Some(kind) = kinds.get_mut(at) {
            *kind = Kind::Signature;
        }
    }
}

/// Signatures at the end of the own words, and where the markup says so.
fn signatures(lines: &[Line], texts: &[&str], kinds: &mut [Kind], own: &str) {
    let mut is_marked = false;
    for (kind, line) in kinds.iter_mut().zip(lines) {
        if line.is_signature && *kind == Kind::Own && !line.is_blank() {
            *kind = Kind::Signature;
            is_marked = true;
        }
    }
    // below a quotation at the top, or above one at the bottom: each run of own lines may end with a signature
    let (mut at, mut is_said, mut is_below) = (0, false, false);
    while at < lines.len() {
        if kinds_at(kinds, at) != Some(Kind::Own) {
            is_below |= is_said && kinds_at(kinds, at) == Some(Kind::Signature);
            at += 1;
            continue;
        }
        let end = (at..lines.len()).find(|end| kinds_at(kinds, *end) != Some(Kind::Own)).unwrap_or(lines.len());
        let run = texts.get(at..end).unwrap_or_default();
        let keeps = signature::begins(run, own, is_below);
        is_said |= run.iter().take(keeps).any(|line| !line.trim().is_empty());
        if keeps > 0 || is_below || !is_marked {
            for (offset, kind) in kinds.iter_mut().enumerate().take(end).skip(at + keeps) {
                if !lines.get(offset).is_none_or(Line::is_blank) {
                    *kind = Kind::Signature;
                }
            }
        }
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(text: &str) -> String {
        split(&flat::lines(text, None), "anna@client.example", &["mira".to_owned()]).reply
    }

    #[test]
    fn what_is_quoted_goes_and_what_is_answered_stays() {
        for (text, wanted) in [
            ("Mira schreef op 2026-06-11 11:40:\n> Dag\n>\n> probeer\n\nHet lukt niet.", "Het lukt niet."),
            ("Ja.\n\n>>> Mira <a@b.example> 09.06.2026 16:12 >>>\nAlt.", "Ja."),
            ("Ja.\n\n>>> Mira <a@b.example> 09.06.2026 16:12 >>>\n> Alt.\n\nNein.", "Ja.\n\n>>> Mira <a@b.example> 09.06.2026 16:12 >>>\n> Alt.\n\nNein."),
            ("Да.\n\nВы писали 9 июня 2026 г., 16:40:21:\n\n> Старое", "Да."),
            ("Thanks\nBob\nOn 9 Jun 2026 at 16:40, Mira <a@b.example> wrote:\n> Old", "Thanks\nBob"),
            ("Grazie\nOttavia\n> Il 09/06/2026 16:40 Mira <a@b.example> ha scritto:\n>\n> Vecchio", "Grazie\nOttavia"),
            ("네\n\n-------- 원본 이메일 --------\n발신: M <a@b.example>\n날짜: 26/6/10 16:40 (GMT+09:00)\n받은 사람: A\n제목: x\n\n옛", "네"),
            ("Siehe unten.\n\nAnfang der weitergeleiteten Nachricht:\n\n> Von: M <a@b.example>\n> Alt", "Siehe unten."),
            ("Ok.\n\n---- Am Di, 09 Jun 2026 16:40:21 +0200 Mira <a@b.example> schrieb ----\n\nAlt", "Ok."),
        ] {
            assert_eq!(own(text), wanted, "{text}");
        }
    }

    #[test]
    fn an_empty_quoted_line_keeps_its_mark_where_it_gives_the_sense() {
        let text = "Log:\n\n> GET / HTTP/2\n> Accept: */*\n>\n< HTTP/2 504\n\nWhy?";
        assert_eq!(own(text), text);
    }

    #[test]
    fn own_words_stay_own() {
        for text in [
            "Hi\n\nDa: Milano\nA: Torino\nData: 12 giugno 2026\nOggetto: x\n\nNon va.",
            "The log says:\n\n2026-06-10 16:40:21 login by bob@b.example:\n  failed\n\nWhy?",
            "Hi\n\nI see 'reply above this line' in each mail.\n\nWhy?",
            "Hi\n\nBegin forwarded message:\n\nis what the button gives. Why?",
            "Hi\n\nOn 9 June 2026 at 16:40 I wrote Bob <bob@b.example>\n\nNo answer came. Why?",
            "Hi\n\nMeet Bob <bob@b.example> on 9 June 2026 at 16:40:\n\nHe has the keys.",
            "Bonjour,\n\nLe 4 mai 2026 à 9 h 10, notre client a écrit :\n« rien ».\n\nPouvez-vous regarder ?",
            ">>> a = 1\n>>> print(a)\n1\n\nThat is what I typed.",
        ] {
            assert_eq!(own(text).split_whitespace().collect::<Vec<_>>(), text.split_whitespace().collect::<Vec<_>>(), "{text}");
        }
    }
}
