//! Pages of marks as a PDF file.

use crate::{
    Error,
    flow::{Mark, Page},
    style::{Ink, PAGE},
};
use krilla::{
    Document,
    color::rgb,
    geom::{PathBuilder, Point, Rect},
    metadata::Metadata,
    num::NormalizedF32,
    page::PageSettings,
    paint::Fill,
    surface::Surface,
    text::{Font, GlyphId, KrillaGlyph},
};
use parley::Layout;
use std::collections::HashMap;

/// Faces by their number in parley and their place in the file.
type Fonts = HashMap<(u64, u32), Font>;

pub(crate) fn write(title: &str, pages: Vec<Page>) -> Result<Vec<u8>, Error> {
    let mut document = Document::new();
    document.set_metadata(Metadata::new().title(title.to_owned()));
    let mut fonts = Fonts::new();
    for marks in pages {
        let settings = PageSettings::from_wh(PAGE.0, PAGE.1).ok_or_else(|| Error::Broken("the page has no size".to_owned()))?;
        let mut page = document.start_page_with(settings);
        let mut surface = page.surface();
        for mark in marks {
            match mark {
                Mark::Box { x, y, width, height, ink } => {
                    let mut path = PathBuilder::new();
                    if let Some(rect) = Rect::from_xywh(x, y, width, height) {
                        path.push_rect(rect);
                    }
                    if let Some(path) = path.finish() {
                        surface.set_fill(Some(fill(ink)));
                        surface.draw_path(&path);
                    }
                }
                Mark::Line { text, layout, line, x, baseline } => draw_line(&mut surface, &mut fonts, &text, &layout, line, (x, baseline)),
            }
        }
        surface.finish();
        page.finish();
    }
    document.finish().map_err(|error| Error::Broken(format!("{error:?}")))
}

fn fill(ink: Ink) -> Fill {
    Fill { paint: rgb::Color::new(ink.0, ink.1, ink.2).into(), opacity: NormalizedF32::ONE, rule: krilla::paint::FillRule::default() }
}

/// The glyphs of a line, run by run, those of one colour together.
fn draw_line(surface: &mut Surface<'_>, fonts: &mut Fonts, text: &str, layout: &Layout<Ink>, line: usize, (left, baseline): (f32, f32)) {
    let Some(line) = layout.lines().nth(line) else { return };
    let mut x = left;
    for run in line.runs() {
        let face = run.font().clone();
        let index = face.index;
        let (data, id) = face.data.into_raw_parts();
        let font = match fonts.get(&(id, index)) {
            Some(font) => font.clone(),
            None => match Font::new(data.into(), index) {
                Some(font) => fonts.entry((id, index)).or_insert(font).clone(),
                None => continue,
            },
        };
        let size = run.font_size();
        let (mut glyphs, mut style, mut begin) = (Vec::<KrillaGlyph>::new(), None, x);
        for cluster in run.visual_clusters() {
            if cluster.is_ligature_continuation() {
                if let Some(glyph) = glyphs.last_mut() {
                    glyph.text_range.end = cluster.text_range().end;
                }
                continue;
            }
            if style.is_some_and(|style| style != cluster.style_index()) {
                flush(surface, &mut glyphs, &font, text, ink(layout, style), size, (begin, baseline));
                begin = x;
            }
            style = Some(cluster.style_index());
            for glyph in cluster.glyphs() {
                glyphs.push(KrillaGlyph::new(GlyphId::new(glyph.id), glyph.advance / size, glyph.x / size, glyph.y / size, 0.0, cluster.text_range(), None));
                x += glyph.advance;
            }
        }
        flush(surface, &mut glyphs, &font, text, ink(layout, style), size, (begin, baseline));
    }
}

fn ink(layout: &Layout<Ink>, style: Option<u16>) -> Ink {
    style.and_then(|style| layout.styles().get(usize::from(style))).map_or(Ink::default(), |style| style.brush)
}

fn flush(surface: &mut Surface<'_>, glyphs: &mut Vec<KrillaGlyph>, font: &Font, text: &str, ink: Ink, size: f32, (x, y): (f32, f32)) {
    if !glyphs.is_empty() {
        surface.set_fill(Some(fill(ink)));
        surface.draw_glyphs(Point::from_xy(x, y), glyphs, font.clone(), text, size, false);
        glyphs.clear();
    }
}
