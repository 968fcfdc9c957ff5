//! The frames around pieces of an article. All words in them are escaped.

use super::{blocks::Callout, video::Video};
use crate::text::write_escaped;
use std::fmt::Write as _;

/// Callouts: the colour says what the word says.
pub(super) fn begin_callout(out: &mut String, kind: Callout, title: &str) {
    let (colour, word) = match kind {
        Callout::Note => ("info", "Note"),
        Callout::Tip => ("good", "Tip"),
        Callout::Important => ("accent", "Important"),
        Callout::Warning => ("warn", "Warning"),
        Callout::Caution => ("bad", "Caution"),
    };
    let _ = write!(out, r#"<div class="callout" data-s="{colour}"><p class="callout-title" dir="auto">"#);
    escaped(out, if title.is_empty() { word } else { title });
    out.push_str("</p>");
}

/// A tab; without script all of them stand below each other under their titles.
pub(super) fn begin_pane(out: &mut String, title: &str) {
    out.push_str(r#"<section class="pane" data-panes-target="pane"><p class="pane-title" data-panes-target="title" dir="auto">"#);
    escaped(out, if title.is_empty() { "Tab" } else { title });
    out.push_str("</p>");
}

pub(super) fn begin_details(out: &mut String, title: &str) {
    out.push_str(r#"<details><summary dir="auto">"#);
    escaped(out, if title.is_empty() { "Details" } else { title });
    out.push_str("</summary>");
}

/// A video is a link until somebody wants to see it: nothing is asked of another server before.
pub(super) fn video(out: &mut String, video: &Video, title: &str) {
    let (page, frame, host) = (video.page(), video.frame(), video.host());
    let _ = write!(
        out,
        r#"<figure class="video" data-controller="video" data-video-src-value="{frame}"><a href="{page}" rel="noopener" data-action="video#play" data-video-target="link">"#
    );
    escaped(out, if title.is_empty() { "Play the video" } else { title });
    let _ = write!(out, "</a><figcaption>Plays from {host}, which learns of it only then.</figcaption></figure>");
}

fn escaped(out: &mut String, words: &str) {
    // as Markdown, a reference in a title would be resolved; here it is shown as it was written
    write_escaped(out, &words.replace('&', "&amp;"));
}
