//! Sizes in points and colours: what the pages of the help center print, for A4.

/// A4.
pub(crate) const PAGE: (f32, f32) = (595.28, 841.89);
/// Around everything.
pub(crate) const MARGIN: f32 = 56.0;
/// Between the margins.
pub(crate) const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;
/// Where text ends; the footer stands below.
pub(crate) const BOTTOM: f32 = PAGE.1 - MARGIN - 8.0;
/// A step to the right: lists and quotes.
pub(crate) const STEP: f32 = 16.0;
/// The faces: the program's own first, then what the system has.
pub(crate) const SANS: &str = "DejaVu Sans";
/// For code.
pub(crate) const MONO: &str = "DejaVu Sans Mono";

/// Red, green, blue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Ink(pub(crate) u8, pub(crate) u8, pub(crate) u8);

/// Text.
pub(crate) const BLACK: Ink = Ink(24, 24, 27);
/// What stands beside it.
pub(crate) const GRAY: Ink = Ink(107, 107, 118);
/// Lines and bars.
pub(crate) const LINE: Ink = Ink(222, 222, 228);
/// Behind code.
pub(crate) const SHADE: Ink = Ink(244, 244, 246);
/// Addresses.
pub(crate) const LINK: Ink = Ink(67, 56, 202);
/// Notes.
pub(crate) const AMBER: Ink = Ink(146, 84, 0);

#[expect(clippy::struct_excessive_bools, reason = "each is on or off by itself")]
/// How a piece of text looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Look {
    pub(crate) bold: bool,
    pub(crate) italic: bool,
    pub(crate) mono: bool,
    pub(crate) link: bool,
}
