//! From a document to pages: each block is set in lines, and lines go on the next page where one is full.

use crate::{
    Paper, Section,
    blocks::{self, Block, Kind},
    style::{AMBER, BLACK, BOTTOM, GRAY, Ink, LINE, LINK, Look, MARGIN, MONO, PAGE, SANS, SHADE, STEP, WIDTH},
};
use parley::{
    Alignment, AlignmentOptions, FontContext, FontFamily, FontFamilyName, FontStyle, FontWeight, Layout, LayoutContext, LineHeight, OverflowWrap,
    StyleProperty,
    fontique::{Blob, Collection, CollectionOptions, SourceCache},
};
use std::{
    borrow::Cow,
    ops::Range,
    rc::Rc,
    sync::{Arc, LazyLock},
};

/// The faces, found once: those in the program, and the system's for what they lack.
static FACES: LazyLock<FontContext> = LazyLock::new(|| {
    let mut collection = Collection::new(CollectionOptions { system_fonts: true, ..CollectionOptions::default() });
    for face in [
        dejavu::sans::regular(),
        dejavu::sans::bold(),
        dejavu::sans::oblique(),
        dejavu::sans::bold_oblique(),
        dejavu::sans_mono::regular(),
        dejavu::sans_mono::bold(),
    ] {
        collection.register_fonts(Blob::new(Arc::new(face)), None);
    }
    FontContext { collection, source_cache: SourceCache::default() }
});

/// Something at a place on a page.
pub(crate) enum Mark {
    /// A line of a text.
    Line { text: Rc<str>, layout: Rc<Layout<Ink>>, line: usize, x: f32, baseline: f32 },
    /// A filled box.
    Box { x: f32, y: f32, width: f32, height: f32, ink: Ink },
}

/// A page from its bottom layer up.
pub(crate) type Page = Vec<Mark>;

/// Sets a document.
pub(crate) fn pages(paper: &Paper) -> Vec<Page> {
    let mut flow = Flow { faces: FACES.clone(), layouts: LayoutContext::new(), pages: vec![Vec::new()], y: MARGIN };
    flow.plain(&paper.mark, 9.0, GRAY, false);
    flow.gap(4.0);
    flow.plain(&paper.title, 18.0, BLACK, true);
    flow.gap(8.0);
    for (name, value) in &paper.facts {
        flow.fact(name, value);
    }
    for section in &paper.sections {
        flow.section(section);
    }
    flow.footers();
    flow.pages
}

struct Flow {
    faces: FontContext,
    layouts: LayoutContext<Ink>,
    pages: Vec<Page>,
    y: f32,
}

/// How a text is set.
struct Setting<'a> {
    size: f32,
    ink: Ink,
    is_bold: bool,
    is_mono: bool,
    width: f32,
    looks: &'a [(Range<usize>, Look)],
}

impl Flow {
    fn set(&mut self, text: &str, setting: &Setting<'_>) -> Rc<Layout<Ink>> {
        let family = |name: &'static str| StyleProperty::FontFamily(FontFamily::List(Cow::Owned(vec![FontFamilyName::Named(Cow::Borrowed(name))])));
        let mut builder = self.layouts.ranged_builder(&mut self.faces, text, 1.0, false);
        builder.push_default(StyleProperty::Brush(setting.ink));
        builder.push_default(family(if setting.is_mono { MONO } else { SANS }));
        builder.push_default(StyleProperty::FontSize(setting.size));
        builder.push_default(StyleProperty::LineHeight(LineHeight::FontSizeRelative(1.45)));
        builder.push_default(StyleProperty::OverflowWrap(OverflowWrap::Anywhere));
        if setting.is_bold {
            builder.push_default(StyleProperty::FontWeight(FontWeight::BOLD));
        }
        for (range, look) in setting.looks {
            if look.bold {
                builder.push(StyleProperty::FontWeight(FontWeight::BOLD), range.clone());
            }
            if look.italic {
                builder.push(StyleProperty::FontStyle(FontStyle::Italic), range.clone());
            }
            if look.mono && !setting.is_mono {
                builder.push(family(MONO), range.clone());
                builder.push(StyleProperty::FontSize(setting.size * 0.9), range.clone());
            }
            if look.link {
                builder.push(StyleProperty::Brush(LINK), range.clone());
            }
        }
        let mut layout = builder.build(text);
        layout.break_all_lines(Some(setting.width));
        layout.align(Alignment::Start, AlignmentOptions::default());
        Rc::new(layout)
    }

    fn mark(&mut self, mark: Mark) {
        if let Some(page) = self.pages.last_mut() {
            page.push(mark);
        }
    }

    fn next_page(&mut self) {
        self.pages.push(Vec::new());
        self.y = MARGIN;
    }

    fn gap(&mut self, height: f32) {
        self.y += height;
    }

    /// Keeps so much together: what comes next begins on a new page when it does not fit here.
    fn need(&mut self, height: f32) {
        if self.y + height > BOTTOM && self.y > MARGIN {
            self.next_page();
        }
    }

    /// Puts the lines of a text, with what stands behind and beside each.
    fn put(&mut self, text: &str, layout: &Rc<Layout<Ink>>, x: f32, beside: impl Fn(&mut Self, f32)) {
        let text: Rc<str> = text.into();
        let heights: Vec<(f32, f32)> = layout.lines().map(|line| (line.metrics().line_height, line.metrics().baseline)).collect();
        let mut before = 0.0;
        for (line, (height, baseline)) in heights.into_iter().enumerate() {
            self.need(height);
            beside(self, height);
            let baseline = self.y + baseline - before;
            self.mark(Mark::Line { text: Rc::clone(&text), layout: Rc::clone(layout), line, x, baseline });
            self.y += height;
            before += height;
        }
    }

    fn plain(&mut self, text: &str, size: f32, ink: Ink, is_bold: bool) {
        let layout = self.set(text, &Setting { size, ink, is_bold, is_mono: false, width: WIDTH, looks: &[] });
        self.put(text, &layout, MARGIN, |_, _| {});
    }

    fn fact(&mut self, name: &str, value: &str) {
        const NAMES: f32 = 96.0;
        let setting = |ink, width| Setting { size: 10.0, ink, is_bold: false, is_mono: false, width, looks: &[] };
        let named = self.set(name, &setting(GRAY, NAMES - 8.0));
        let layout = self.set(value, &setting(BLACK, WIDTH - NAMES));
        self.need(named.height());
        let begin = self.y;
        self.put(name, &named, MARGIN, |_, _| {});
        let end = self.y;
        self.y = begin;
        self.put(value, &layout, MARGIN + NAMES, |_, _| {});
        self.y = self.y.max(end);
    }

    fn section(&mut self, section: &Section) {
        self.gap(14.0);
        // a head is not the last thing on a page
        self.need(64.0);
        let y = self.y;
        self.mark(Mark::Box { x: MARGIN, y, width: WIDTH, height: 0.75, ink: LINE });
        self.gap(10.0);
        let label = section.label.as_ref().map_or(String::new(), |label| format!("   {label}"));
        let head = format!("{}{label}   {}", section.head, section.aside);
        let named = section.head.len();
        let looks = [(0..named, Look { bold: true, ..Look::default() })];
        let layout = self.set(
            &head,
            &Setting { size: 9.5, ink: if section.label.is_some() { AMBER } else { GRAY }, is_bold: false, is_mono: false, width: WIDTH, looks: &looks },
        );
        self.put(&head, &layout, MARGIN, |_, _| {});
        self.gap(4.0);
        let inset = if section.label.is_some() { 10.0 } else { 0.0 };
        let blocks = blocks::read(&section.html);
        for block in &blocks {
            self.block(block, inset);
        }
        for note in &section.notes {
            let layout = self.set(note, &Setting { size: 9.0, ink: GRAY, is_bold: false, is_mono: false, width: WIDTH - inset, looks: &[] });
            self.put(note, &layout, MARGIN + inset, bar(inset));
        }
    }

    fn block(&mut self, block: &Block, inset: f32) {
        let x = MARGIN + inset + f32::from(block.steps) * STEP;
        let width = WIDTH - (x - MARGIN);
        let (size, is_bold, is_mono) = match block.kind {
            Kind::Rule => {
                self.gap(6.0);
                let y = self.y;
                self.mark(Mark::Box { x, y, width, height: 0.75, ink: LINE });
                return self.gap(6.0);
            }
            Kind::Heading(1) => (14.0, true, false),
            Kind::Heading(2) => (12.5, true, false),
            Kind::Heading(_) => (11.0, true, false),
            Kind::Code => (8.5, false, true),
            Kind::Body => (10.0, false, false),
        };
        if matches!(block.kind, Kind::Heading(_)) {
            self.gap(4.0);
            self.need(48.0);
        }
        let (is_code, is_quote) = (block.kind == Kind::Code, block.is_quote);
        let pad = if is_code { 6.0 } else { 0.0 };
        let ink = if is_quote { GRAY } else { BLACK };
        let layout = self.set(&block.text, &Setting { size, ink, is_bold, is_mono, width: width - 2.0 * pad, looks: &block.looks });
        if let Some(marker) = &block.marker {
            let set = self.set(marker, &Setting { size, ink: GRAY, is_bold: false, is_mono: false, width: WIDTH, looks: &[] });
            self.need(set.height());
            let y = self.y;
            self.put(marker, &set, x - STEP, |_, _| {});
            self.y = y;
        }
        self.put(&block.text, &layout, x + pad, move |flow, height| {
            let y = flow.y;
            if is_code {
                flow.mark(Mark::Box { x, y, width, height, ink: SHADE });
            }
            if is_quote {
                flow.mark(Mark::Box { x: x - 8.0, y, width: 2.0, height, ink: LINE });
            }
            bar(inset)(flow, height);
        });
        self.gap(5.0);
    }

    fn footers(&mut self) {
        let count = self.pages.len();
        for page in 0..count {
            let text = format!("{} / {count}", page + 1);
            let layout = self.set(&text, &Setting { size: 8.0, ink: GRAY, is_bold: false, is_mono: false, width: WIDTH, looks: &[] });
            let x = PAGE.0 - MARGIN - layout.full_width();
            let mark = Mark::Line { text: text.into(), layout, line: 0, x, baseline: PAGE.1 - 32.0 };
            if let Some(page) = self.pages.get_mut(page) {
                page.push(mark);
            }
        }
    }
}

/// A bar beside the lines of a section that is set apart.
fn bar(inset: f32) -> impl Fn(&mut Flow, f32) {
    move |flow, height| {
        if inset > 0.0 {
            let y = flow.y;
            flow.mark(Mark::Box { x: MARGIN, y, width: 2.5, height, ink: AMBER });
        }
    }
}
