//! In which language one reads: what a person chose, else what the browser asks for; the first of them in which there is something.

use db::{Conn, Query, sql};
use kernel::{Actor, Fault, Result};

/// Languages with the names that their speakers give them. Others are called by their tag.
const NAMES: &[(&str, &str)] = &[
    ("ar", "العربية"),
    ("bg", "Български"),
    ("cs", "Čeština"),
    ("da", "Dansk"),
    ("de", "Deutsch"),
    ("el", "Ελληνικά"),
    ("en", "English"),
    ("es", "Español"),
    ("et", "Eesti"),
    ("fa", "فارسی"),
    ("fi", "Suomi"),
    ("fr", "Français"),
    ("he", "עברית"),
    ("hi", "हिन्दी"),
    ("hr", "Hrvatski"),
    ("hu", "Magyar"),
    ("id", "Bahasa Indonesia"),
    ("it", "Italiano"),
    ("ja", "日本語"),
    ("ko", "한국어"),
    ("lt", "Lietuvių"),
    ("lv", "Latviešu"),
    ("nb", "Norsk bokmål"),
    ("nl", "Nederlands"),
    ("pl", "Polski"),
    ("pt", "Português"),
    ("pt-br", "Português (Brasil)"),
    ("ro", "Română"),
    ("ru", "Русский"),
    ("sk", "Slovenčina"),
    ("sl", "Slovenščina"),
    ("sr", "Српски"),
    ("sv", "Svenska"),
    ("th", "ไทย"),
    ("tr", "Türkçe"),
    ("uk", "Українська"),
    ("vi", "Tiếng Việt"),
    ("zh", "中文"),
    ("zh-hant", "繁體中文"),
];
/// Wishes of a reader that are looked at.
const WISHES: usize = 4;

/// What a language is called.
pub fn name(tag: &str) -> &str {
    NAMES.iter().find(|(known, _)| *known == tag).map_or(tag, |(_, name)| name)
}

/// All that have a name, for a choice.
pub(crate) fn all() -> impl Iterator<Item = (&'static str, &'static str)> {
    NAMES.iter().copied()
}

/// A tag (BCP 47) in lower case.
pub(crate) fn checked(tag: &str) -> Result<String> {
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|c| c.is_ascii_alphanumeric());
    let tag = tag.trim().to_lowercase().replace('_', "-");
    let first = tag.split('-').next().unwrap_or_default();
    if (2..=3).contains(&first.len()) && first.bytes().all(|c| c.is_ascii_alphabetic()) && tag.len() <= 20 && tag.split('-').all(is_part) {
        Ok(tag)
    } else {
        Err(Fault::field("language", "Give a language as a tag: `de`, `pt-br`."))
    }
}

/// What somebody reads, best first: each wish, and then its language without the country. `accepted` is a header `Accept-Language`.
fn wishes(actor: &Actor, accepted: &str) -> Vec<String> {
    let mut asked: Vec<(f32, String)> = Vec::new();
    for part in accepted.split(',').take(20) {
        let (tag, weight) = part.split_once(";q=").unwrap_or((part, "1"));
        let weight: f32 = weight.trim().parse().unwrap_or(0.0);
        if let (Ok(tag), true) = (checked(tag), weight > 0.0 && weight <= 1.0) {
            asked.push((weight, tag));
        }
    }
    asked.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let own = actor.is_signed_in().then(|| actor.language.to_lowercase());
    let mut wishes: Vec<String> = Vec::new();
    for tag in own.into_iter().chain(asked.into_iter().map(|(_, tag)| tag)) {
        let base = tag.split('-').next().unwrap_or_default().to_owned();
        for wish in [tag, base] {
            if !wish.is_empty() && !wishes.contains(&wish) {
                wishes.push(wish);
            }
        }
    }
    wishes
}

/// The language in which somebody reads here: the first wish in which there is an article. None where no wish can be met: then all is
/// read as it was written.
pub(crate) async fn of(conn: &mut Conn, actor: &Actor, accepted: &str) -> Result<Option<String>> {
    for wish in wishes(actor, accepted).into_iter().take(WISHES) {
        let is_there: Option<i64> = conn.first(sql!("SELECT 1 FROM articles WHERE language = $1 LIMIT 1", &wish)).await?;
        if is_there.is_some() {
            return Ok(Some(wish));
        }
    }
    Ok(None)
}

/// Narrows a query on published `articles a` to one of each: the translation into this language, where there is one that readers see,
/// else the original. What they see of both is the same, as a translation is read by whoever reads the original.
pub(crate) fn narrow(language: Option<&str>, query: &mut Query) {
    let Some(language) = language else {
        query.push(" AND a.source_id IS NULL");
        return;
    };
    query.push(" AND (a.source_id IS NULL AND NOT EXISTS (SELECT 1 FROM articles t WHERE t.source_id = a.id AND t.live_number IS NOT NULL AND t.language = ");
    query.bind(language).push(") OR a.source_id IS NOT NULL AND a.language = ").bind(language).push(")");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wishes_come_in_order_with_the_language_behind_the_country() {
        let stranger = Actor::stranger();
        let cases: [(&str, &[&str]); 5] =
            [("de-CH, fr;q=0.8, en;q=0.9", &["de-ch", "de", "en", "fr"]), ("*, ;q=x, en;q=0", &[]), ("", &[]), ("pt_BR", &["pt-br", "pt"]), ("<script>", &[])];
        for (header, expected) in cases {
            assert_eq!(wishes(&stranger, header), expected, "{header}");
        }
        assert!(checked("deutsch").is_err() && checked("x").is_err() && checked("zh-Hant").is_ok_and(|tag| tag == "zh-hant"));
    }
}
