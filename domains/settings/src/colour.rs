//! The accent colour: from one `#rrggbb` to the steps that the design uses, in light and dark.

use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// White text on the accent must have this contrast (WCAG 2.2, 1.4.3).
const LEAST_CONTRAST: f64 = 4.5;
/// Chroma of the house's own accent, to which the steps below belong.
const OWN_CHROMA: f64 = 0.215;
/// Steps of `tokens.css`: name, lightness and chroma in light, in dark. The hue is the accent's.
const STEPS: &[(&str, f64, f64, f64, f64)] = &[
    ("--iris-2", 0.98, 0.011, 0.205, 0.03),
    ("--iris-3", 0.956, 0.024, 0.252, 0.06),
    ("--iris-4", 0.928, 0.042, 0.295, 0.085),
    ("--iris-6", 0.85, 0.08, 0.395, 0.12),
    ("--iris-8", 0.66, 0.16, 0.56, 0.17),
    ("--iris-11", 0.47, 0.205, 0.79, 0.115),
    ("--iris-12", 0.29, 0.13, 0.93, 0.035),
    ("--focus", 0.51, 0.215, 0.74, 0.14),
];

/// A colour that an admin chose.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour {
    red: u8,
    green: u8,
    blue: u8,
}

impl Colour {
    /// From `#rrggbb`.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix('#').filter(|hex| hex.len() == 6 && hex.bytes().all(|byte| byte.is_ascii_hexdigit()))?;
        let part = |from: usize| u8::from_str_radix(&hex[from..from + 2], 16).ok();
        Some(Self { red: part(0)?, green: part(2)?, blue: part(4)? })
    }

    /// From `#rrggbb`, if white text can be read on it; else the sentence that says why not.
    pub fn accent(text: &str) -> Result<Self, String> {
        let colour = Self::parse(text).ok_or("Write it like #4f46e5: a hash and six digits or letters from a to f.")?;
        let contrast = colour.contrast_with_white();
        if contrast < LEAST_CONTRAST {
            return Err(format!("White text on {text} has a contrast of {contrast:.1} to 1. It needs {LEAST_CONTRAST} to 1; choose a darker colour."));
        }
        Ok(colour)
    }

    /// The stylesheet that replaces the house's accent.
    pub fn stylesheet(self) -> String {
        let (lightness, chroma, hue) = self.oklch();
        let scale = (chroma / OWN_CHROMA).min(1.0);
        let mut css = String::from(":root {\n");
        for (name, light, light_chroma, dark, dark_chroma) in STEPS {
            let (light_chroma, dark_chroma) = (light_chroma * scale, dark_chroma * scale);
            let _ = writeln!(css, "  {name}: light-dark(oklch({light} {light_chroma:.3} {hue:.1}), oklch({dark} {dark_chroma:.3} {hue:.1}));");
        }
        let own = format!("#{:02x}{:02x}{:02x}", self.red, self.green, self.blue);
        let hover = format!("oklch({:.3} {chroma:.3} {hue:.1})", (lightness - 0.055).max(0.1));
        // nearly black would not be seen on a dark page
        let (dark, dark_hover) = if lightness < 0.45 {
            (format!("oklch(.53 {chroma:.3} {hue:.1})"), format!("oklch(.49 {chroma:.3} {hue:.1})"))
        } else {
            (own.clone(), hover.clone())
        };
        let _ = writeln!(css, "  --iris-9: light-dark({own}, {dark});\n  --iris-10: light-dark({hover}, {dark_hover});\n}}");
        css
    }

    /// Names the stylesheet in its address.
    pub(crate) fn version(self) -> String {
        hash(self.stylesheet().as_bytes())
    }

    /// Relative luminance by WCAG 2.2, against white.
    fn contrast_with_white(self) -> f64 {
        let [red, green, blue] = self.linear();
        1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
    }

    fn linear(self) -> [f64; 3] {
        [self.red, self.green, self.blue].map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        })
    }

    /// Lightness, chroma, hue in degrees (`OKLab`, B. Ottosson, 2020).
    fn oklch(self) -> (f64, f64, f64) {
        let [red, green, blue] = self.linear();
        let mix = |r: f64, g: f64, b: f64| (r * red + g * green + b * blue).cbrt();
        let long = mix(0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9);
        let medium = mix(0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6);
        let short = mix(0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5);
        let lightness = 0.210_454_255_3 * long + 0.793_617_785_0 * medium - 0.004_072_046_8 * short;
        let a = 1.977_998_495_1 * long - 2.428_592_205_0 * medium + 0.450_593_709_9 * short;
        let b = 0.025_904_037_1 * long + 0.782_771_766_2 * medium - 0.808_675_766_0 * short;
        (lightness, a.hypot(b), b.atan2(a).to_degrees().rem_euclid(360.0))
    }
}

/// Twelve hexadecimal digits that change with the content.
pub(crate) fn hash(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().take(6).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_colours_that_carry_white_text_are_taken() {
        for (text, good) in [
            ("#4f46e5", true),
            ("#000000", true),
            ("#767676", true),
            ("#777777", false),
            ("#ffff00", false),
            ("4f46e5", false),
            ("#fff", false),
            ("#4f46e5;}", false),
            ("#4f46eé", false),
            ("red", false),
        ] {
            assert_eq!(Colour::accent(text).is_ok(), good, "{text}");
        }
    }

    #[test]
    fn a_colour_keeps_its_hue_in_all_steps() {
        let (lightness, chroma, hue) = Colour::parse("#ff0000").map(Colour::oklch).unwrap_or_default();
        assert!((lightness - 0.628).abs() < 0.001 && (chroma - 0.258).abs() < 0.001 && (hue - 29.2).abs() < 0.1, "{lightness} {chroma} {hue}");
        let css = Colour::parse("#b91c1c").map(Colour::stylesheet).unwrap_or_default();
        assert!(css.contains("--iris-9: light-dark(#b91c1c, #b91c1c);"), "{css}");
        assert_eq!(css.matches("light-dark(").count(), STEPS.len() + 2);
    }
}
