//! Names of files as people gave them, made harmless: no path, no control or direction characters, any script.

use kernel::Fault;

/// Characters of a name at most.
const MOST: usize = 200;
/// Of those, an extension at most.
const EXTENSION: usize = 20;
/// Extensions that a double click would run, whatever is inside.
const RUNS: &[&str] = &[
    "apk",
    "app",
    "appx",
    "application",
    "bash",
    "bat",
    "cab",
    "chm",
    "cmd",
    "com",
    "command",
    "cpl",
    "deb",
    "desktop",
    "dll",
    "dmg",
    "docm",
    "dotm",
    "exe",
    "gadget",
    "hta",
    "img",
    "inf",
    "iso",
    "jar",
    "js",
    "jse",
    "ksh",
    "lnk",
    "msc",
    "msi",
    "msix",
    "msp",
    "pif",
    "pkg",
    "potm",
    "ppam",
    "pptm",
    "ps1",
    "psd1",
    "psm1",
    "reg",
    "rpm",
    "scf",
    "scr",
    "sh",
    "sys",
    "url",
    "vb",
    "vbe",
    "vbs",
    "vhd",
    "wsf",
    "wsh",
    "xlam",
    "xll",
    "xlsm",
    "xltm",
    "zsh",
];

/// A name that can be shown, sent in a header and saved on any system; `file` if nothing is left.
pub(crate) fn clean(name: &str) -> String {
    let base = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept: String = base.chars().filter(|c| !hides(*c)).map(|c| if "<>:\"|?*".contains(c) { '_' } else { c }).collect();
    let words = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = shorten(words.trim_matches(['.', ' ']));
    if name.is_empty() { "file".to_owned() } else { name }
}

/// Control characters, and those that are not seen or turn the direction of text (Unicode TR 36, 3.1).
fn hides(c: char) -> bool {
    (c.is_control() && !c.is_whitespace())
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

fn shorten(name: &str) -> String {
    if name.chars().count() <= MOST {
        return name.to_owned();
    }
    match name.rsplit_once('.') {
        Some((stem, extension)) if extension.chars().count() <= EXTENSION => {
            let room = MOST - 1 - extension.chars().count();
            format!("{}.{extension}", stem.chars().take(room).collect::<String>())
        }
        _ => name.chars().take(MOST).collect(),
    }
}

/// The extension in lower case; empty if there is none.
pub(crate) fn extension(name: &str) -> String {
    name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default()
}

/// Refuses names that a double click would run.
pub(crate) fn refuse_programs(name: &str) -> Result<(), Fault> {
    if RUNS.contains(&extension(name).as_str()) { Err(program(name)) } else { Ok(()) }
}

/// What is said of programs.
pub(crate) fn program(name: &str) -> Fault {
    Fault::Unsupported(format!("{name} is a program or script, which is not taken. {}", crate::kinds::TAKEN))
}

#[cfg(test)]
mod tests {
    #[test]
    fn names_become_harmless_and_keep_their_script() {
        for (given, cleaned) in [
            ("../../etc/passwd", "passwd"),
            ("C:\\Users\\ana\\shot.png", "shot.png"),
            ("invoice\u{202e}gnp.exe", "invoicegnp.exe"),
            ("a\r\nSet-Cookie: x=1.txt", "a Set-Cookie_ x=1.txt"),
            ("say \"hi\".txt", "say _hi_.txt"),
            ("..", "file"),
            ("\0\u{7}", "file"),
            (".htaccess", "htaccess"),
            ("Überprüfung 検証 تقرير.pdf", "Überprüfung 検証 تقرير.pdf"),
        ] {
            assert_eq!(super::clean(given), cleaned, "{given:?}");
        }
        let long = super::clean(&format!("{}.pdf", "あ".repeat(400)));
        assert_eq!((long.chars().count(), long.ends_with("あ.pdf")), (200, true));
    }
}
