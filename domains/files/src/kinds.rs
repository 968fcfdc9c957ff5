//! Which kinds of files are taken, told by their content. A name's extension is a hint among kinds of text only.

use crate::name;
use kernel::Fault;

/// What is said when a file is refused.
pub(crate) const TAKEN: &str = "Taken are images (PNG, JPEG, GIF, WebP), PDF, text (TXT, LOG, CSV, JSON, YAML, MD, XML), office documents, ZIP and GZ, \
                                MP4, MOV, WebM, MP3, OGG and WAV.";

/// A kind of file that is taken.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Kind {
    /// Media type, as stored.
    pub(crate) mime: &'static str,
    /// Extensions that fit; the first is added to a name that has none of them. Empty for text: any fits.
    extensions: &'static [&'static str],
    /// Media type, as sent.
    pub(crate) sent_as: &'static str,
    /// Made anew by us, with a preview, and shown in place.
    pub(crate) is_image: bool,
}

const PLAIN: &str = "text/plain; charset=utf-8";
/// Sent for what a browser would run.
const OPAQUE: &str = "application/octet-stream";

const fn image(mime: &'static str, extensions: &'static [&'static str]) -> Kind {
    Kind { mime, extensions, sent_as: mime, is_image: true }
}

const fn binary(mime: &'static str, extensions: &'static [&'static str]) -> Kind {
    Kind { mime, extensions, sent_as: mime, is_image: false }
}

const fn text(mime: &'static str) -> Kind {
    Kind { mime, extensions: &[], sent_as: PLAIN, is_image: false }
}

const KINDS: &[Kind] = &[
    image("image/png", &["png"]),
    image("image/jpeg", &["jpg", "jpeg", "jpe", "jfif"]),
    image("image/gif", &["gif"]),
    image("image/webp", &["webp"]),
    binary("application/pdf", &["pdf"]),
    binary("application/zip", &["zip"]),
    binary("application/gzip", &["gz", "tgz"]),
    binary("application/msword", &["doc", "dot"]),
    binary("application/vnd.ms-excel", &["xls", "xlt"]),
    binary("application/vnd.ms-powerpoint", &["ppt", "pps"]),
    binary("application/vnd.openxmlformats-officedocument.wordprocessingml.document", &["docx", "dotx"]),
    binary("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", &["xlsx", "xltx"]),
    binary("application/vnd.openxmlformats-officedocument.presentationml.presentation", &["pptx", "ppsx", "potx"]),
    binary("application/vnd.oasis.opendocument.text", &["odt"]),
    binary("application/vnd.oasis.opendocument.spreadsheet", &["ods"]),
    binary("application/vnd.oasis.opendocument.presentation", &["odp"]),
    binary("application/rtf", &["rtf"]),
    binary("video/mp4", &["mp4", "m4v"]),
    binary("video/quicktime", &["mov"]),
    binary("video/webm", &["webm"]),
    binary("audio/mpeg", &["mp3"]),
    binary("audio/ogg", &["ogg", "oga", "ogv", "opus"]),
    binary("audio/x-wav", &["wav"]),
    Kind { mime: "text/html", extensions: &["html", "htm", "xhtml"], sent_as: OPAQUE, is_image: false },
    Kind { mime: "image/svg+xml", extensions: &["svg"], sent_as: OPAQUE, is_image: false },
    text("text/plain"),
    text("text/csv"),
    text("text/markdown"),
    text("application/json"),
    text("application/yaml"),
    text("application/xml"),
];

impl Kind {
    /// By its media type.
    pub(crate) fn of(mime: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.mime == mime)
    }

    /// The name with an extension that tells the truth.
    pub(crate) fn fit(&self, name: String) -> String {
        match self.extensions.first() {
            Some(first) if !self.extensions.contains(&name::extension(&name).as_str()) => name::clean(&format!("{name}.{first}")),
            _ => name,
        }
    }
}

/// The kind of a file with this cleaned name that begins with `head`, or why it is not taken.
pub(crate) fn detect(name: &str, head: &[u8]) -> Result<&'static Kind, Fault> {
    name::refuse_programs(name)?;
    if runs(head) {
        return Err(name::program(name));
    }
    let found = infer::get(head).map_or("", |found| match found.mime_type() {
        "video/x-m4v" => "video/mp4",
        "audio/opus" => "audio/ogg",
        // infer knows office files by ids and an order of parts that not every program writes
        "application/x-ole-storage" | "application/zip" => office(found.mime_type(), &name::extension(name)),
        other => other,
    });
    let is_known = Kind::of(found).is_some() && !found.starts_with("text/");
    // what begins like a rare kind ("BM" is a bitmap, and a car) and is text throughout, is text
    let mime = if !is_known && is_text(name, head) { text_kind(name, head) } else { found };
    Kind::of(mime).ok_or_else(|| Fault::Unsupported(format!("{name} is of a kind that is not taken. {TAKEN}")))
}

/// An office file by its container and its extension; else the container.
fn office(container: &'static str, extension: &str) -> &'static str {
    match extension {
        "doc" | "dot" => "application/msword",
        "xls" | "xlt" => "application/vnd.ms-excel",
        "ppt" | "pps" => "application/vnd.ms-powerpoint",
        _ => KINDS.iter().find(|kind| kind.mime.contains("document") && kind.extensions.contains(&extension)).map_or(container, |kind| kind.mime),
    }
}

/// Programs and scripts, by how they begin.
fn runs(head: &[u8]) -> bool {
    const BEGINNINGS: &[&[u8]] = &[
        b"\x7fELF",
        b"\xfe\xed\xfa\xce",
        b"\xfe\xed\xfa\xcf",
        b"\xce\xfa\xed\xfe",
        b"\xcf\xfa\xed\xfe",
        b"\xca\xfe\xba\xbe",
        b"\0asm",
        b"dex\n",
        b"L\0\0\0\x01\x14\x02\0",
        b"!<arch>",
        b"\xed\xab\xee\xdb",
        b"MSCF",
    ];
    let is_windows = head.starts_with(b"MZ") && head.iter().take(128).any(|byte| *byte == 0);
    let line: Vec<u8> = text_of(head).iter().copied().take(80).collect();
    let is_script = line.strip_prefix(b"#!").is_some_and(|rest| rest.trim_ascii_start().starts_with(b"/"))
        || line.to_ascii_lowercase().starts_with(b"@echo off")
        || line.starts_with(b"<?php");
    is_windows || is_script || BEGINNINGS.iter().any(|beginning| head.starts_with(beginning))
}

/// Without a byte order mark and the space before the text.
fn text_of(head: &[u8]) -> &[u8] {
    head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start()
}

/// Text: UTF-8, UTF-16 with its mark, or (where the name says text) some 8-bit code; never control characters.
fn is_text(name: &str, head: &[u8]) -> bool {
    if head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff") {
        return true;
    }
    if head.iter().any(|byte| *byte < 32 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x08 | 0x0c | 0x1b)) {
        return false;
    }
    match std::str::from_utf8(head) {
        Ok(_) => true,
        // the head may end within a character
        Err(error) if error.error_len().is_none() => true,
        Err(_) => matches!(name::extension(name).as_str(), "txt" | "log" | "csv" | "tsv" | "md" | "xml"),
    }
}

fn text_kind(name: &str, head: &[u8]) -> &'static str {
    let start = String::from_utf8_lossy(text_of(head)).chars().take(4096).collect::<String>().to_lowercase();
    let begins = |beginnings: &[&str]| beginnings.iter().any(|beginning| start.starts_with(beginning));
    let extension = name::extension(name);
    if begins(&["<svg"]) || extension == "svg" || begins(&["<?xml", "<!--", "<!doctype svg"]) && start.contains("<svg") {
        return "image/svg+xml";
    }
    if begins(&["<!doctype html", "<html", "<head", "<body", "<script", "<iframe"])
        || start.contains("<html")
        || matches!(extension.as_str(), "html" | "htm" | "xhtml")
    {
        return "text/html";
    }
    match extension.as_str() {
        "csv" => "text/csv",
        "md" | "markdown" => "text/markdown",
        "json" => "application/json",
        "yaml" | "yml" => "application/yaml",
        "xml" => "application/xml",
        _ => "text/plain",
    }
}

#[cfg(test)]
mod tests {
    use super::detect;

    #[test]
    fn content_decides_and_the_name_is_a_hint_for_text_only() {
        let zip = b"PK\x03\x04\x14\0\0\0\0\0";
        for (name, head, mime) in [
            ("a.png", &b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], "image/png"),
            ("a.txt", b"%PDF-1.7\n", "application/pdf"),
            ("bundle.zip", zip, "application/zip"),
            ("letter.odt", zip, "application/vnd.oasis.opendocument.text"),
            ("table.xlsx", zip, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ("old.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "application/msword"),
            ("cars.txt", b"BMW, MZ and II*\n", "text/plain"),
            ("table.csv", b"a;b\n1;2\n", "text/csv"),
            ("alt.csv", b"gr\xfc\xdfe;1\n", "text/csv"),
            ("settings.yaml", b"a: 1\n", "application/yaml"),
            ("README", b"hello\n", "text/plain"),
            ("model.py", b"import torch\n", "text/plain"),
            ("notes.md", "# Grüße".as_bytes(), "text/markdown"),
            ("x.json", b"{}", "application/json"),
            ("x.txt", b"<!DOCTYPE html><p>", "text/html"),
            ("x.png", b"<?xml version='1.0'?>\n<svg onload='x'>", "image/svg+xml"),
            ("feed.xml", b"<?xml version='1.0'?><a/>", "application/xml"),
            ("log.txt", b"\xff\xfeh\0i\0", "text/plain"),
        ] {
            assert_eq!(detect(name, head).map_or("refused", |kind| kind.mime), mime, "{name}");
        }
    }

    #[test]
    fn programs_and_unknown_kinds_are_refused() {
        for (name, head) in [
            ("shot.png", &b"MZ\x90\0\x03\0\0\0"[..]),
            ("a.txt", b"\x7fELF\x02\x01"),
            ("a.txt", b"\xcf\xfa\xed\xfe\x07\0\0\x01"),
            ("a.txt", b"#!/bin/sh\nrm -rf ~"),
            ("a.txt", b"\xef\xbb\xbf#! /usr/bin/env python"),
            ("a.txt", b"@ECHO OFF\r\n"),
            ("run.bat", b"dir"),
            ("run.PS1", b"Get-Item"),
            ("page.hta", b"<html>"),
            ("x.jar", b"PK\x03\x04"),
            ("macro.docm", b"PK\x03\x04"),
            ("x.bin", b"\0\x01\x02\x03"),
            ("x.msg", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0"),
            ("x.7z", b"7z\xbc\xaf\x27\x1c\0\0"),
            ("lib.wasm", b"\0asm\x01\0\0\0"),
        ] {
            assert!(matches!(detect(name, head), Err(kernel::Fault::Unsupported(_))), "{name}");
        }
    }
}
