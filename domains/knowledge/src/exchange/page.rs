//! A page on its way in: what its file says of it.

use super::{front::Front, html, mdx};
use crate::{
    Kind, Visibility,
    write::{CONTENT, TITLE},
};

/// A page that becomes an article.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    /// Its file.
    pub(crate) path: String,
    /// By which it is known the next time.
    pub(crate) external_id: String,
    pub(crate) title: String,
    pub(crate) summary: String,
    /// Markdown, with the targets of its file.
    pub(crate) content: String,
    pub(crate) tags: Vec<String>,
    pub(crate) kind: Kind,
    /// The slug that it asks for.
    pub(crate) slug: String,
    /// Category and section, by their titles.
    pub(crate) place: (String, String),
    pub(crate) position: i64,
    pub(crate) language: Option<String>,
    /// The external id of the article that it translates.
    pub(crate) translation_of: Option<String>,
    pub(crate) readers: Option<Readers>,
    pub(crate) is_draft: bool,
}

/// Who may read a page, as its file says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// These.
    All(Visibility),
    /// Some who are not known here: staff alone, until somebody chooses them again.
    Chosen,
}

impl Readers {
    /// What a new article has.
    pub(crate) const fn visibility(self) -> Visibility {
        match self {
            Self::All(visibility) => visibility,
            Self::Chosen => Visibility::Staff,
        }
    }

    fn of(word: &str) -> Result<Self, String> {
        match Visibility::from_word(&word.to_uppercase().replace([' ', '-'], "_")) {
            Some(Visibility::Organizations | Visibility::Teams) => Ok(Self::Chosen),
            Some(visibility) => Ok(Self::All(visibility)),
            // whom it was kept from is not known, so nobody gets it
            None => Err(format!("Nobody knows the visibility “{}”.", word.chars().take(40).collect::<String>())),
        }
    }
}

/// The page of a Markdown or HTML file; why not is a sentence.
pub(crate) fn page(path: &str, bytes: &[u8]) -> Result<Page, String> {
    let source = std::str::from_utf8(bytes).map_err(|_| "It is not UTF-8.".to_owned())?;
    if source.contains('\0') {
        return Err("It holds NUL bytes.".to_owned());
    }
    let is_html = extension(path) == "html" || extension(path) == "htm";
    let front = Front::of(source)?;
    let (heading, content) = if is_html { html::markdown(front.body) } else { headed(&mdx::plain(front.body)) };
    let stem = stem(path);
    let title = front.text(&["title", "sidebar_label", "linkTitle"]).or(heading).unwrap_or_else(|| humane(stem));
    let title: String = title.chars().take(TITLE).collect();
    let content = content.trim_start_matches('\n').to_owned();
    if content.chars().count() > CONTENT {
        return Err(format!("It has more than {CONTENT} characters. Part it."));
    }
    let mut tags: Vec<String> = front.list(&["tags", "keywords", "labels"]).into_iter().map(|tag| tag.to_lowercase().chars().take(40).collect()).collect();
    tags.sort();
    tags.dedup();
    tags.truncate(20);
    let wanted = front.text(&["slug", "url"]).map(|slug| slug.trim_matches('/').rsplit('/').next().unwrap_or_default().to_owned());
    let slug = richtext::slug(&wanted.filter(|slug| !slug.is_empty()).unwrap_or_else(|| title.clone()));
    let kind = front.text(&["kind", "type"]).and_then(|kind| Kind::from_word(&kind.to_uppercase().replace([' ', '-'], "_")));
    Ok(Page {
        external_id: front.text(&["externalId", "external_id"]).unwrap_or_else(|| format!("file:{path}")).chars().take(200).collect(),
        summary: front.text(&["description", "summary"]).unwrap_or_default().chars().take(400).collect(),
        kind: kind.unwrap_or(Kind::Guide),
        position: front.number(&["sidebar_position", "weight", "position", "order"]).unwrap_or_else(|| number_of(path)).clamp(0, 1_000_000),
        language: front.text(&["language", "lang", "locale"]).and_then(|tag| crate::language::checked(&tag).ok()),
        translation_of: front.text(&["translationOf"]),
        readers: front.text(&["visibility"]).map(|word| Readers::of(&word)).transpose()?,
        is_draft: front.is("draft") || front.is("unlisted"),
        place: (String::new(), String::new()),
        path: path.to_owned(),
        slug: if slug.is_empty() { richtext::slug(stem) } else { slug },
        title,
        content,
        tags,
    })
}

/// The first heading, if the page begins with it, and what follows.
fn headed(source: &str) -> (Option<String>, String) {
    let trimmed = source.trim_start();
    match trimmed.strip_prefix("# ") {
        Some(rest) => {
            let (heading, rest) = rest.split_once('\n').unwrap_or((rest, ""));
            // Docusaurus: `# Title {#id}`
            let words = heading.split("{#").next().unwrap_or(heading);
            let plain = richtext::plain(words, richtext::Format::Markdown);
            (Some(plain.trim().to_owned()).filter(|title| !title.is_empty()), rest.to_owned())
        }
        None => (None, source.to_owned()),
    }
}

pub(crate) fn extension(path: &str) -> String {
    name(path).rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default()
}

fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The name of a file without what is behind its last dot; a page `x/index.md` is called as its folder.
pub(crate) fn stem(path: &str) -> &str {
    let name = name(path);
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    match stem.to_lowercase().as_str() {
        "index" | "_index" | "readme" => path.rsplit('/').nth(1).unwrap_or(stem),
        _ => stem,
    }
}

/// `02-first-steps` as words: `First steps`.
pub(crate) fn humane(name: &str) -> String {
    let bare = name.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(['-', '_', '.', ' ']);
    let words = if bare.is_empty() { name } else { bare }.replace(['-', '_'], " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

/// The number that a name begins with.
pub(crate) fn number_of(path: &str) -> i64 {
    let digits: String = name(path).chars().take_while(char::is_ascii_digit).take(5).collect();
    digits.parse().unwrap_or(999)
}
