//! The corpus: mails as real clients make them, and what a perfect reader makes of them. `tuned` was looked at while the
//! code was written, `blind` was written after it was frozen. Prints the scores, and fails below the bars.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test that can't go on should stop; it prints the scores")]

use mime::{Mail, parse};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A mail of the corpus and what is expected of it.
struct Case {
    name: String,
    mail: Mail,
    wanted: Value,
}

fn cases(folder: &str) -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus").join(folder);
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.extension().is_some_and(|ending| ending == "eml")).collect();
    files.sort();
    files
        .iter()
        .map(|path| Case {
            name: path.file_stem().unwrap().to_string_lossy().into_owned(),
            mail: parse(&std::fs::read(path).unwrap()),
            wanted: serde_json::from_str(&std::fs::read_to_string(path.with_extension("json")).unwrap()).unwrap(),
        })
        .collect()
}

fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

/// All words of `wanted` stand in `found`, in their order. A mark of quotation alone is no word.
fn holds(found: &str, wanted: &str) -> bool {
    let mut found = words(found).into_iter();
    words(wanted).into_iter().filter(|word| *word != ">").collect::<Vec<_>>().into_iter().all(|word| found.any(|other| other == word))
}

fn share(part: usize, whole: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "some hundred")]
    let share = part as f64 / whole.max(1) as f64;
    share
}

/// Exact, and nothing lost, of all.
fn replies(folder: &str) -> (f64, f64, usize) {
    let all = cases(folder);
    let (mut exact, mut whole) = (0, 0);
    for case in &all {
        let wanted = case.wanted["reply"].as_str().unwrap();
        let is_exact = words(&case.mail.reply) == words(wanted);
        let is_whole = holds(&case.mail.reply, wanted);
        exact += usize::from(is_exact);
        whole += usize::from(is_whole);
        if !is_exact && std::env::var("CORPUS_SAY").is_ok() {
            println!("== {} {}\n-- wanted\n{wanted}\n-- found\n{}", case.name, if is_whole { "" } else { "LOST" }, case.mail.reply);
        }
    }
    println!("{folder}: {} mails, exact {:.3}, nothing lost {:.3}", all.len(), share(exact, all.len()), share(whole, all.len()));
    (share(exact, all.len()), share(whole, all.len()), all.len())
}

/// Whether everything else is as expected; says what is not.
fn facts(folder: &str) -> (usize, usize) {
    let (mut right, mut asked) = (0, 0);
    for case in cases(folder) {
        let mail = &case.mail;
        let bounce = mail.bounce.as_ref().map(|bounce| serde_json::json!({ "hard": bounce.is_hard, "for": bounce.address }));
        let inline = mail.attachments.iter().filter(|file| file.is_inline).count();
        let files: Vec<&str> = mail.attachments.iter().filter(|file| !file.is_inline).map(|file| file.name.as_str()).collect();
        let found = [
            ("subject", Value::from(mail.subject.clone())),
            ("from", mail.from.as_ref().map_or(Value::Null, |from| Value::from(from.address.clone()))),
            ("automatic", mail.automatic.map_or(Value::Null, |kind| Value::from(kind.word()))),
            ("bounce", bounce.unwrap_or(Value::Null)),
            ("report", mail.report.map_or(Value::Null, |report| Value::from(report.word()))),
            ("attachments", Value::from(files)),
            ("inline", Value::from(inline)),
        ];
        for (name, value) in found {
            asked += 1;
            if value == case.wanted[name]
                || name == "subject" && words(value.as_str().unwrap_or_default()) == words(case.wanted[name].as_str().unwrap_or_default())
            {
                right += 1;
            } else {
                println!("{folder}/{} {name}: wanted {}, found {value}", case.name, case.wanted[name]);
            }
        }
    }
    println!("{folder}: {right} of {asked} facts (subject, author, kind, bounce, report, files)");
    (right, asked)
}

#[test]
fn own_words_are_found_and_not_lost() {
    let (exact, whole, count) = replies("tuned");
    assert!(count >= 650, "{count} mails");
    assert!(exact >= 0.97, "exact {exact}");
    assert!(whole >= 1.0, "nothing lost {whole}");
}

#[test]
fn what_was_not_looked_at_while_writing_scores_as_well() {
    let (exact, whole, count) = replies("blind");
    // as measured when it was new; the aims are 0.85 and 0.99
    assert!(count >= 100, "{count} mails");
    assert!(exact >= 0.98, "exact {exact}");
    assert!(whole >= 0.99, "nothing lost {whole}");
}

#[test]
fn kind_author_and_files_are_found() {
    let (right, asked) = facts("tuned");
    assert!(share(right, asked) >= 0.98, "{right} of {asked}");
    let (right, asked) = facts("blind");
    assert!(share(right, asked) >= 0.95, "{right} of {asked}");
}
