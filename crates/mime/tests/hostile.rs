//! Mails that somebody made to break a reader: each gives a value, in little time, with nothing in it that could be a header.

use mime::parse;
use std::time::{Duration, Instant};

fn mail(headers: &str, body: &str) -> Vec<u8> {
    format!("From: Anna <anna@client.example>\r\nMessage-ID: <1@client.example>\r\nDate: Tue, 24 Nov 2026 09:00:00 +0000\r\n{headers}\r\n\r\n{body}")
        .into_bytes()
}

#[test]
fn whatever_the_bytes_are_there_is_a_value() {
    for raw in [
        &b""[..],
        b"\0",
        b"\r\n\r\n",
        b"\xff\xfe\x00\x01",
        b"From:",
        b"no header at all",
        b": \r\n: \r\n\r\n:",
        b"Subject: =?utf-8?B?",
        b"Content-Type: multipart/mixed; boundary=\r\n\r\n--\r\n",
    ] {
        let _ = parse(raw);
    }
    // a small generator: the same mails each time
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let whole = mail(
        "Content-Type: multipart/mixed; boundary=b",
        "--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<blockquote>a<p>b</blockquote>\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ny\r\n--b--",
    );
    for _ in 0..3_000 {
        let mut raw = whole.clone();
        for _ in 0..4 {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let at = usize::try_from(seed % raw.len() as u64).unwrap();
            match seed >> 60 {
                0..=7 => raw[at] = u8::try_from(seed & 0xff).unwrap(),
                8..=11 => raw.truncate(at.max(1)),
                _ => raw.insert(at, b'\n'),
            }
        }
        let _ = parse(&raw);
    }
}

#[test]
fn nothing_decoded_holds_a_line_break_or_a_nul_where_a_header_goes() {
    let found = parse(&mail(
        "Subject: =?utf-8?Q?Hi=0D=0ABcc:_all@client.example?=\r\nTo: =?utf-8?Q?A=0D=0AB?= <to@shop.example>\r\nIn-Reply-To: <a\u{0}b@x.example>",
        "Hello\0",
    ));

    let texts = [found.subject.as_str(), found.to[0].name.as_str(), found.to[0].address.as_str()];
    assert!(texts.iter().all(|text| !text.contains(['\r', '\n', '\0'])), "{texts:?}");
    assert!(found.in_reply_to.iter().all(|id| !id.contains('\0')));
    assert_eq!(found.reply, "Hello");
}

#[test]
fn the_name_of_a_file_is_a_name_and_no_path() {
    for (written, wanted) in [("../../etc/passwd", "passwd"), ("C:\\\\temp\\\\a.png", "a.png"), ("/", "image.png"), ("a\u{0}b.png", "a b.png")] {
        let file = format!("--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=\"{written}\"\r\n\r\nx\r\n--b--");
        let found = parse(&mail("Content-Type: multipart/mixed; boundary=b", &file));
        assert_eq!(found.attachments[0].name, wanted, "{written:?}");
    }
}

#[test]
fn who_is_nobody_stays_nobody() {
    let none = parse(b"Subject: Hi\r\n\r\nHello");
    let without_at = parse(b"From: anna\r\nSubject: Hi\r\n\r\nHello");
    let empty_id = parse(b"From: a@b.example\r\nMessage-ID: <>\r\nDate: x\r\n\r\nHello");

    assert_eq!((none.from, none.reply.as_str()), (None, "Hello"));
    assert_eq!(without_at.from, None);
    assert_eq!(empty_id.message_id, None);
    assert_eq!(empty_id.notes, ["Message-ID is missing or empty.", "Date is missing or can't be read."]);
}

#[test]
fn depth_and_number_cost_little() {
    let nested =
        (0..200).rev().fold("text\r\n".to_owned(), |inner, n| format!("Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n{inner}\r\n--b{n}--\r\n"));
    let divs = format!("{}deep{}", "<div>".repeat(60_000), "</div>".repeat(60_000));
    let quotes = format!("{}deep", "<blockquote>".repeat(20_000));
    let marks = format!("{} deep\r\n", ">".repeat(200_000));
    let links = "<a href=\"https://x.example/\">link</a> ".repeat(5_000);
    let files = "--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=a.png\r\n\r\nx\r\n".repeat(1_000);
    let lines = "On 24 Nov 2026 at 09:00\r\n".repeat(40_000);
    let headers = "-----Original Message-----\r\n\r\n\r\nFrom: a@b.example\r\n".repeat(2_000);
    let forwards = "Begin forwarded message:\r\n\r\n".repeat(4_000);
    let laws = "This email and any attachments are confidential.\r\n\r\n".repeat(4_000);
    let law = "This email is for the recipient, confidential\r\n".repeat(4_000);
    let closings = "Kind regards\r\nAnna Berg\r\n\r\n".repeat(5_000);
    let signs = "> a\r\nb\r\n-- \r\nAnna Berg\r\n+49 89 5550100\r\n".repeat(2_000);
    let said = format!("{}> a\r\n", "On 24 Nov 2026 at 09:00, Anna <a@b.example> wrote:\r\nx\r\n".repeat(6_000));
    let blanks = format!("-----Original Message-----{}", "\r\n".repeat(200_000));
    let html = "Content-Type: text/html; charset=utf-8";
    let big = "x".repeat(40 * 1024 * 1024);
    for (name, raw) in [
        ("nested", [&b"From: a@b.example\r\n"[..], nested.as_bytes()].concat()),
        ("divs", mail(html, &divs)),
        ("quotes", mail(html, &quotes)),
        ("marks", mail("Subject: x", &marks)),
        ("links", mail(html, &links)),
        ("files", mail("Content-Type: multipart/mixed; boundary=b", &format!("{files}--b--"))),
        ("lines", mail("Subject: x", &lines)),
        ("headers", mail("Subject: x", &headers)),
        ("forwards", mail("Subject: x", &forwards)),
        ("laws", mail("Subject: x", &laws)),
        ("law", mail("Subject: x", &law)),
        ("closings", mail("Subject: x", &closings)),
        ("signs", mail("Subject: x", &signs)),
        ("said", mail("Subject: x", &said)),
        ("blanks", mail("Subject: x", &blanks)),
        ("big", mail("Subject: x", &big)),
    ] {
        let began = Instant::now();
        let found = parse(&raw);

        let taken = began.elapsed();
        assert!(taken < Duration::from_secs(10), "{name} took {taken:?}");
        assert!(name != "files" || found.attachments.len() == 1_000, "{} files", found.attachments.len());
    }
}

#[test]
fn unknown_and_wrong_charsets_are_read_as_well_as_can_be() {
    let unknown = parse(&mail("Content-Type: text/plain; charset=x-klingon", "Hello there"));
    let mut wrong = mail("Content-Type: text/plain; charset=us-ascii", "Gr");
    wrong.extend_from_slice(b"\xfc\xdfe aus K\xf6ln");

    assert_eq!(unknown.reply, "Hello there");
    assert!(parse(&wrong).reply.starts_with("Gr"), "{}", parse(&wrong).reply);
}

#[test]
fn own_words_that_look_like_history_stay() {
    let cases = [
        "On Monday I wrote to you:\n\nPlease cancel my plan.\n\nNothing happened.",
        "This is in the log:\n\nFrom: worker-3\nTo: queue\nStatus: 500\n\nWhat does it mean?",
        "Steps:\n\n- open\n- press\n\n-----\n\nThen it breaks.",
        "diff:\n\n--- a\n+++ b\n-old\n+new\n\nIs that right?",
    ];
    for text in cases {
        let found = parse(&mail("Subject: x", &text.replace('\n', "\r\n")));
        assert_eq!(found.reply.split_whitespace().collect::<Vec<_>>(), text.split_whitespace().collect::<Vec<_>>());
    }
}
