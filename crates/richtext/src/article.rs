//! The text of an article: Markdown as in documentation, with callouts, tabs, folded parts, videos and coloured code.
//!
//! Frames (`blocks`) are cut out first, line by line; each piece of Markdown between them passes the same door as a message,
//! by itself, so that every piece is balanced. The frames around the pieces are made here, with escaped words.

mod blocks;
mod code;
mod frame;
mod video;

use crate::{Mode, SafeHtml, markdown, policy, shape, text};
use blocks::Block;
use code::Meta;
use std::fmt::Write as _;
pub use video::FRAMES as VIDEO_FRAMES;

/// Where pictures of articles lie; what comes after it is the id of a file and its name.
pub const IMAGES: &str = "/help/files/";

/// Tells the width and height in pixels of a picture of ours, by its address.
pub type Sizes<'a> = &'a dyn Fn(&str) -> Option<(i64, i64)>;

/// Safe HTML of an article, in time linear in its length.
///
/// A line break is a space, as in documentation. Links lead to http, https, mailto, to paths of this site and to headings of the
/// text; pictures show from `/files/` and [`IMAGES`].
///
/// - `:::note`, `tip`, `info`, `important`, `warning`, `caution` or `danger`, with a title behind it or not, to a line `:::`; or
///   GitHub's `> [!NOTE]`.
/// - `:::tabs` with `:::tab Title` in it; `:::details Title`.
/// - `:::video https://… Title`, or the address of a video on a line of its own.
/// - code: ```` ```yaml title="run.yaml" {2,4-5} ````.
pub fn article(source: &str, sizes: Sizes<'_>) -> SafeHtml {
    let source = text::strip(source);
    let mut metas = Vec::new();
    let blocks = blocks::cut(&source, &mut metas);
    let mut out = String::with_capacity(source.len() * 2);
    write(&mut out, &blocks, &metas, sizes);
    SafeHtml::new(out)
}

fn write(out: &mut String, blocks: &[Block], metas: &[Meta], sizes: Sizes<'_>) {
    for block in blocks {
        match block {
            Block::Text(text) => out.push_str(&sized(&code::coloured(&piece(text), metas), sizes)),
            Block::Callout { kind, title, inner } => {
                frame::begin_callout(out, *kind, title);
                write(out, inner, metas, sizes);
                out.push_str("</div>");
            }
            Block::Tabs(tabs) => {
                out.push_str(r#"<div class="panes" data-controller="panes">"#);
                for (title, inner) in tabs {
                    frame::begin_pane(out, title);
                    write(out, inner, metas, sizes);
                    out.push_str("</section>");
                }
                out.push_str("</div>");
            }
            Block::Details { title, inner } => {
                frame::begin_details(out, title);
                write(out, inner, metas, sizes);
                out.push_str("</details>");
            }
            Block::Video { video, title } => frame::video(out, video, title),
        }
    }
}

/// A piece of Markdown through the door.
fn piece(source: &str) -> String {
    policy::sanitize(&shape::shape(&markdown::article_html(source), Mode::Article), Mode::Article).into_string()
}

/// Tells the browser how large the pictures are, so that the text does not jump when they come.
fn sized(html: &str, sizes: Sizes<'_>) -> String {
    const TAG: &str = "<img src=\"";
    let (mut out, mut rest) = (String::with_capacity(html.len() + 64), html);
    while let Some(at) = rest.find(TAG) {
        let start = at + TAG.len();
        let end = rest[start..].find('"').map_or(rest.len(), |end| start + end + 1);
        out.push_str(&rest[..end]);
        if let Some((width, height)) = rest[start..].split('"').next().and_then(sizes) {
            // writing to a String can't fail
            let _ = write!(out, r#" width="{width}" height="{height}""#);
        }
        rest = &rest[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests;
