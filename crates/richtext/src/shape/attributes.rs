//! What is written into start tags.

use crate::text::write_escaped;
use crate::tokens::Tag;
use crate::{elements, links};

/// Writes the attributes that the element may keep, and those it always has.
pub(super) fn write_attributes(out: &mut String, name: &str, tag: &Tag<'_>) {
    let kept: &[&str] = match name {
        "a" => &["href", "title"],
        "ol" => &["start"],
        "td" | "th" => &["align", "colspan", "rowspan"],
        "img" => &["src", "title"],
        _ => &[],
    };
    for attribute in kept {
        if let Some(value) = tag.attribute(attribute) {
            write_attribute(out, attribute, value);
        }
    }
    match name {
        "pre" => write_attribute(out, "tabindex", "0"),
        "code" => write_language(out, tag.attribute("class").unwrap_or("")),
        "img" => {
            write_attribute(out, "alt", tag.attribute("alt").unwrap_or(""));
            write_attribute(out, "loading", "lazy");
        }
        "input" => {
            let is_done = tag.attribute("checked").is_some();
            out.push_str(r#" type="checkbox" disabled"#);
            out.push_str(if is_done { r#" checked aria-label="Done""# } else { r#" aria-label="To do""# });
        }
        _ => {}
    }
}

pub(super) fn write_attribute(out: &mut String, name: &str, value: &str) {
    let value = &value[..value.floor_char_boundary(links::MAX_ADDRESS)];
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    write_escaped(out, value);
    out.push('"');
}

/// Keeps `language-xxx` of a class, as far as it is the name of a language.
fn write_language(out: &mut String, class: &str) {
    let Some(name) = class.split_whitespace().find_map(|own| own.strip_prefix("language-")) else { return };
    let name = name.split(|c| !elements::is_language_char(c)).next().unwrap_or("");
    if (1..=elements::MAX_LANGUAGE).contains(&name.len()) {
        write_attribute(out, "class", &format!("language-{name}"));
    }
}
