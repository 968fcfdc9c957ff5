//! Whether a mail is from whom it says: what the configured host found out (RFC 8601), or our own look (`authentic`).

/// What is known of the sender's address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It is authentic: DMARC, or DKIM or SPF of the same domain.
    Pass,
    /// Nothing says so, nothing says otherwise.
    Neutral,
    /// It is not: DMARC fails, or SPF fails and no signature stands for it.
    Fail,
}

/// The verdict of the configured host. Only the group of its headers at the top counts: what stands below the next
/// `Received` was there before the mail came to that host, and may be forged.
pub fn of_headers(raw: &[u8], authserv_id: &str, from_domain: &str) -> Verdict {
    if authserv_id.is_empty() {
        return Verdict::Neutral;
    }
    let mut results = Vec::new();
    for (name, value) in headers(raw) {
        match name.as_str() {
            "authentication-results" => {
                let Some((id, rest)) = value.split_once(';') else { continue };
                if id.split_whitespace().next().is_some_and(|id| id.eq_ignore_ascii_case(authserv_id)) {
                    results.extend(rest.split(';').map(str::trim).map(str::to_owned));
                }
            }
            "received" if !results.is_empty() => break,
            _ => {}
        }
    }
    judge(&results, from_domain)
}

/// `method=result` with properties, as they stand between semicolons.
fn judge(results: &[String], from_domain: &str) -> Verdict {
    let of = |method: &str| {
        results.iter().filter_map(move |result| result.to_ascii_lowercase().strip_prefix(method)?.strip_prefix('=').map(str::to_owned)).collect::<Vec<_>>()
    };
    let is = |result: &str, word: &str| result.split([' ', '\t', '(']).next() == Some(word);
    let dmarc = of("dmarc");
    if dmarc.iter().any(|result| is(result, "pass")) {
        return Verdict::Pass;
    }
    if dmarc.iter().any(|result| is(result, "fail")) {
        return Verdict::Fail;
    }
    let stands_for = |result: &String, property: &str| {
        is(result, "pass")
            && result.split_whitespace().filter_map(|word| word.strip_prefix(property)?.strip_prefix('=')).any(|value| {
                let domain = value.rsplit('@').next().unwrap_or(value).trim_matches('"');
                aligned(domain, from_domain)
            })
    };
    let (dkim, spf) = (of("dkim"), of("spf"));
    if dkim.iter().any(|result| stands_for(result, "header.d") || stands_for(result, "header.i"))
        || spf.iter().any(|result| stands_for(result, "smtp.mailfrom"))
    {
        return Verdict::Pass;
    }
    if spf.iter().any(|result| is(result, "fail")) && !dkim.iter().any(|result| is(result, "pass")) { Verdict::Fail } else { Verdict::Neutral }
}

/// The same domain, or one below it (relaxed alignment, RFC 7489, 3.1, without the list of public suffixes: a parent counts
/// only if it has two labels or more).
pub(crate) fn aligned(domain: &str, from: &str) -> bool {
    let (domain, from) = (domain.to_ascii_lowercase(), from.to_ascii_lowercase());
    domain == from || domain.contains('.') && from.strip_suffix(&domain).is_some_and(|rest| rest.ends_with('.'))
}

/// Header fields from the top, unfolded, names in lower case.
fn headers(raw: &[u8]) -> Vec<(String, String)> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for line in raw.split(|byte| *byte == b'\n').take(5_000) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            break;
        }
        let text = String::from_utf8_lossy(line);
        if line.starts_with(b" ") || line.starts_with(b"\t") {
            if let Some((_, value)) = fields.last_mut() {
                value.push(' ');
                value.push_str(text.trim());
            }
        } else if let Some((name, value)) = text.split_once(':') {
            fields.push((name.trim().to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(headers: &str) -> Verdict {
        of_headers(format!("{headers}\r\n\r\nbody").as_bytes(), "mx.help.example", "lumenlabs.example")
    }

    #[test]
    fn only_the_configured_host_is_believed_and_only_at_the_top() {
        use Verdict::{Fail, Neutral, Pass};
        let ours = "Authentication-Results: mx.help.example";
        for (headers, verdict) in [
            ("From: a@b".to_owned(), Neutral),
            (format!("{ours}; dmarc=pass header.from=lumenlabs.example"), Pass),
            (format!("{ours} 1;\r\n\tdmarc=pass (p=none)\r\n header.from=lumenlabs.example"), Pass),
            (format!("{ours}; dmarc=fail; spf=pass smtp.mailfrom=lumenlabs.example"), Fail),
            (format!("{ours}; dkim=pass header.d=lumenlabs.example"), Pass),
            (format!("{ours}; dkim=pass header.d=evil.example"), Neutral),
            (format!("{ours}; dkim=pass header.d=example"), Neutral),
            (format!("{ours}; spf=pass smtp.mailfrom=maya@lumenlabs.example"), Pass),
            (format!("{ours}; spf=fail smtp.mailfrom=lumenlabs.example"), Fail),
            (format!("{ours}; spf=fail smtp.mailfrom=lumenlabs.example; dkim=pass header.d=list.example"), Neutral),
            (format!("{ours}; spf=softfail smtp.mailfrom=lumenlabs.example"), Neutral),
            ("Authentication-Results: mx.evil.example; dmarc=pass".to_owned(), Neutral),
            (format!("{ours}; spf=none\r\n{ours}; dmarc=pass\r\nReceived: from x"), Pass),
            (format!("{ours}; spf=fail\r\nReceived: from evil\r\n{ours}; dmarc=pass"), Fail),
            (format!("Received: from mta\r\n{ours}; dmarc=fail\r\nReceived: from evil\r\n{ours}; dmarc=pass"), Fail),
        ] {
            assert_eq!(of(&headers), verdict, "{headers}");
        }
    }
}
