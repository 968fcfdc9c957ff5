//! What an import will do: the pages of a tree, where each shall stand, and what is left out. Nothing is written.

use super::{
    Line, Outcome, Tree, openapi,
    page::{Page, extension, humane, number_of, page, stem},
    zendesk::Export,
};
use serde_json::Value;
use std::collections::{BTreeMap, HashMap, HashSet};

/// A text of a page at most.
const TEXT: usize = 2 * 1024 * 1024;

/// Pages of a tree, ready to be brought in.
pub struct Plan {
    pub(crate) tree: Tree,
    /// The pages, in the order of their paths.
    pub(crate) pages: Vec<Page>,
    /// What is told of files that are no pages.
    pub(crate) lines: Vec<Line>,
    /// Which page a path without its extension is.
    pub(crate) by_path: HashMap<String, usize>,
    /// Categories with their places, by title.
    pub(crate) categories: BTreeMap<String, i64>,
    /// Places of sections, by the titles of their category and their own.
    pub(crate) sections: BTreeMap<(String, String), i64>,
}

/// What a folder says of itself.
#[derive(Clone, Default)]
struct Folder {
    title: Option<String>,
    position: Option<i64>,
}

impl Plan {
    /// Reads a tree. It works for as long as it takes: call it where blocking is allowed.
    pub fn read(mut tree: Tree) -> Self {
        let mut lines = std::mem::take(&mut tree.lines);
        let (mut pages, mut export, mut folders) = (Vec::new(), Export::default(), HashMap::<String, Folder>::new());
        let paths: Vec<String> = tree.paths().map(str::to_owned).collect();
        for path in &paths {
            let kind = extension(path);
            let name = path.rsplit('/').next().unwrap_or(path).to_lowercase();
            match kind.as_str() {
                "md" | "mdx" | "markdown" | "html" | "htm" => match tree.read(path).and_then(|bytes| readable(path, &bytes)) {
                    Ok(page) if is_folders_own(&name) && page.content.trim().is_empty() => {
                        let (folder, _) = path.rsplit_once('/').unwrap_or(("", path));
                        folders.insert(folder.to_owned(), Folder { title: Some(page.title), position: Some(page.position) });
                        lines.push(Line::new(path, Outcome::Passed, "It names its folder."));
                    }
                    Ok(page) => {
                        if is_folders_own(&name)
                            && let Some((folder, _)) = path.rsplit_once('/')
                        {
                            folders.entry(folder.to_owned()).or_insert(Folder { title: Some(page.title.clone()), position: Some(page.position) });
                        }
                        pages.push(page);
                    }
                    Err(words) => lines.push(Line::new(path, Outcome::Refused, words)),
                },
                "json" | "yml" | "yaml" if name.starts_with("_category_.") => match tree.read(path).and_then(|bytes| folder_of(&bytes)) {
                    Ok(folder) => {
                        folders.insert(path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned(), folder);
                        lines.push(Line::new(path, Outcome::Passed, "It names its folder."));
                    }
                    Err(words) => lines.push(Line::new(path, Outcome::Refused, words)),
                },
                "json" => {
                    let taken = tree.read(path).and_then(|bytes| serde_json::from_slice::<Value>(&bytes).map_err(|error| format!("This is no JSON: {error}.")));
                    match taken {
                        Ok(root) if openapi::is(&root) => take_api(path, &root, &mut pages, &mut lines),
                        Ok(root) if export.take(path, &root) => lines.push(Line::new(path, Outcome::Passed, "An export; its articles follow.")),
                        Ok(_) => lines.push(Line::new(path, Outcome::Passed, "It is no export of a help center that is known.")),
                        Err(words) => lines.push(Line::new(path, Outcome::Refused, words)),
                    }
                }
                "yml" | "yaml" => match tree.read(path).and_then(|bytes| yaml(&bytes)) {
                    Ok(root) if openapi::is(&root) => take_api(path, &root, &mut pages, &mut lines),
                    Ok(_) => lines.push(Line::new(path, Outcome::Passed, "It is no page and no picture.")),
                    Err(words) => lines.push(Line::new(path, Outcome::Refused, words)),
                },
                "png" | "jpg" | "jpeg" | "gif" | "webp" => {}
                _ => lines.push(Line::new(path, Outcome::Passed, "It is no page and no picture.")),
            }
        }
        let mut plan = Self { tree, pages: Vec::new(), lines, by_path: HashMap::new(), categories: BTreeMap::new(), sections: BTreeMap::new() };
        for page in &mut pages {
            plan.stand(page, &folders);
        }
        for page in export.pages() {
            match page {
                Ok(mut page) => {
                    Self::name(&mut page);
                    pages.push(page);
                }
                Err((path, words)) => plan.lines.push(Line::new(&path, Outcome::Refused, words)),
            }
        }
        plan.keep(pages);
        plan
    }

    /// Pages that can be told apart, translations after what they translate.
    fn keep(&mut self, mut pages: Vec<Page>) {
        Self::translate(&mut pages);
        pages.sort_by_key(|page| page.translation_of.is_some());
        let mut known = HashSet::new();
        for page in pages {
            if known.insert(page.external_id.clone()) {
                self.by_path.insert(trunk(&page.path).to_owned(), self.pages.len());
                self.pages.push(page);
            } else {
                self.lines.push(Line::new(&page.path, Outcome::Refused, "Another page has the same external id."));
            }
        }
    }

    /// As Hugo has it: `keys.de.md` beside `keys.md` is the German one.
    fn translate(pages: &mut [Page]) {
        let ids: HashMap<String, String> = pages.iter().map(|page| (trunk(&page.path).to_owned(), page.external_id.clone())).collect();
        for page in pages.iter_mut().filter(|page| page.translation_of.is_none()) {
            let Some((original, tag)) = trunk(&page.path).rsplit_once('.') else { continue };
            if let (Some(original), Ok(language)) = (ids.get(original), crate::language::checked(tag)) {
                page.translation_of = Some(original.clone());
                page.language.get_or_insert(language);
            }
        }
    }

    /// The first folder is the category, those below it the section.
    fn stand(&mut self, page: &mut Page, folders: &HashMap<String, Folder>) {
        let file = page.path.clone();
        let mut parts: Vec<&str> = file.split('/').collect();
        parts.pop();
        let title = |path: &str, name: &str| folders.get(path).and_then(|folder| folder.title.clone()).unwrap_or_else(|| humane(name));
        let place = |path: &str, name: &str| folders.get(path).and_then(|folder| folder.position).unwrap_or_else(|| number_of(name)).clamp(0, 100_000);
        if !page.place.0.is_empty() {
            return Self::name(page);
        }
        let Some((first, below)) = parts.split_first() else { return Self::name(page) };
        let mut path = (*first).to_owned();
        page.place.0 = title(&path, first);
        self.categories.insert(short(&page.place.0), place(&path, first));
        let mut titles = Vec::new();
        let mut at = 0;
        for name in below {
            path = format!("{path}/{name}");
            titles.push(title(&path, name));
            at = place(&path, name);
        }
        page.place.1 = titles.join(", ");
        Self::name(page);
        if !below.is_empty() {
            self.sections.insert(page.place.clone(), at);
        }
    }

    /// A place that has no name gets one.
    fn name(page: &mut Page) {
        if page.place.0.is_empty() {
            "General".clone_into(&mut page.place.0);
        }
        if page.place.1.is_empty() {
            "General".clone_into(&mut page.place.1);
        }
        page.place = (short(&page.place.0), short(&page.place.1));
    }

    /// How many pages there are.
    pub fn len(&self) -> usize {
        self.pages.len()
    }

    /// There are none.
    pub fn is_empty(&self) -> bool {
        self.pages.is_empty()
    }

    /// What was found out while reading: files that are left out, and why.
    pub fn lines(&self) -> &[Line] {
        &self.lines
    }

    /// The page that a path names, with or without an extension, or as a folder.
    pub(crate) fn at(&self, path: &str) -> Option<usize> {
        let path = path.trim_end_matches('/');
        let bare = match extension(path).as_str() {
            "md" | "mdx" | "markdown" | "html" | "htm" => trunk(path),
            _ => path,
        };
        let below = bare.split_once('/').map_or("", |(_, below)| below);
        [bare, below].into_iter().filter(|bare| !bare.is_empty()).find_map(|bare| {
            let names = [bare.to_owned(), format!("{bare}/index"), format!("{bare}/README"), format!("{bare}/_index"), format!("{bare}/readme")];
            names.iter().find_map(|name| self.by_path.get(name).copied()).or_else(|| self.numbered(bare))
        })
    }

    /// `guides/keys` for `guides/02-keys.md`: generators leave numbers out of addresses.
    fn numbered(&self, bare: &str) -> Option<usize> {
        let plain = |path: &str| {
            path.split('/').map(|part| part.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start_matches(['-', '_', '.']).to_owned()).collect::<Vec<_>>()
        };
        let wanted = plain(bare);
        let is_plain = wanted.iter().any(String::is_empty);
        if is_plain || self.pages.len() > 2_000 {
            return None;
        }
        self.pages.iter().position(|page| plain(trunk(&page.path)) == wanted)
    }
}

/// A path without its extension.
fn trunk(path: &str) -> &str {
    path.rsplit_once('.').map_or(path, |(bare, _)| bare)
}

fn readable(path: &str, bytes: &[u8]) -> Result<Page, String> {
    if bytes.len() > TEXT {
        return Err(format!("It is larger than {} MB.", TEXT / 1024 / 1024));
    }
    let page = page(path, bytes)?;
    if page.title.trim().is_empty() || page.slug.is_empty() && stem(path).is_empty() {
        return Err("It has no title.".to_owned());
    }
    if page.content.trim().is_empty() && !is_folders_own(&path.rsplit('/').next().unwrap_or(path).to_lowercase()) {
        return Err("It is empty.".to_owned());
    }
    Ok(page)
}

/// The operations of an API, each as a page.
fn take_api(path: &str, root: &Value, pages: &mut Vec<Page>, lines: &mut Vec<Line>) {
    let found = openapi::pages(path, root);
    lines.push(Line::new(path, Outcome::Passed, format!("An API of {} operations; they follow.", found.len())));
    pages.extend(found);
}

fn yaml(bytes: &[u8]) -> Result<Value, String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "It is not UTF-8.".to_owned())?;
    if !text.lines().take(200).any(|line| line.starts_with("openapi:")) {
        return Ok(Value::Null);
    }
    serde_saphyr::from_str(text).map_err(|error| format!("It can't be read: {}.", error.to_string().lines().next().unwrap_or_default()))
}

fn is_folders_own(name: &str) -> bool {
    ["index.", "_index.", "readme."].iter().any(|own| name.starts_with(own))
}

fn folder_of(bytes: &[u8]) -> Result<Folder, String> {
    let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() < 16 * 1024).ok_or_else(|| "It can't be read.".to_owned())?;
    let root: Value = serde_saphyr::from_str(text).map_err(|_| "It can't be read.".to_owned())?;
    let position = root["position"].as_i64().or_else(|| root["position"].as_f64().map(super::front::whole));
    Ok(Folder { title: root["label"].as_str().map(|title| title.trim().to_owned()).filter(|title| !title.is_empty()), position })
}

fn short(title: &str) -> String {
    title.chars().filter(|c| !c.is_control()).take(crate::category::TITLE).collect::<String>().trim().to_owned()
}
