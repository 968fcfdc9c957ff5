//! The bundle: `dist/` as `build.mjs` made it, embedded in a release, read from disk in a debug build.

use std::{borrow::Cow, collections::HashMap, sync::LazyLock};

use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "dist"]
#[allow_missing = true]
struct Dist;

/// Logical name → URL, and script → URLs of the parts it imports at once.
#[derive(Default)]
struct Manifest {
    urls: HashMap<String, String>,
    imports: HashMap<String, Vec<String>>,
}

static MANIFEST: LazyLock<Manifest> = LazyLock::new(|| read().unwrap_or_default());

fn read() -> Option<Manifest> {
    let file = Dist::get("manifest.json")?;
    let json: serde_json::Value = serde_json::from_slice(&file.data).ok()?;
    let url = |name: &serde_json::Value| name.as_str().map(|name| format!("/assets/{name}"));
    let urls = json.get("files")?.as_object()?.iter().filter_map(|(name, file)| Some((name.clone(), url(file)?))).collect();
    let imports = json.get("imports")?.as_object()?.iter();
    let imports = imports.map(|(name, parts)| (name.clone(), parts.as_array().into_iter().flatten().filter_map(url).collect())).collect();
    Some(Manifest { urls, imports })
}

/// The URL of a file of the bundle by its logical name: `asset("site.css")` is `/assets/site.3fa9c1d2e4.css`.
/// A name that the bundle does not have gives a URL that answers 404.
pub fn asset(name: &str) -> &'static str {
    MANIFEST.urls.get(name).map_or("/assets/missing", String::as_str)
}

/// The URLs of the parts that a script imports at once, for `<link rel="modulepreload">`.
pub fn preloads(script: &str) -> &'static [String] {
    MANIFEST.imports.get(script).map_or(&[], Vec::as_slice)
}

/// A file of the bundle, ready to send.
pub struct Served {
    /// The content, compressed when `encoding` says so.
    pub bytes: Cow<'static, [u8]>,
    /// For `Content-Type`.
    pub mime: &'static str,
    /// For `Content-Encoding`.
    pub encoding: Option<&'static str>,
    /// The name holds a hash of the content: may be cached for ever.
    pub immutable: bool,
}

/// The file behind `/assets/{path}`; `path` is the file name in `dist/`, without a leading slash or folder.
pub fn serve(path: &str, accept_brotli: bool) -> Option<Served> {
    if path.contains(['/', '\\']) {
        return None;
    }
    let mime = mime(path)?;
    let immutable = path.split('.').count() > 2;
    let brotli = if accept_brotli { Dist::get(&format!("{path}.br")) } else { None };
    let encoding = brotli.as_ref().map(|_| "br");
    let file = brotli.or_else(|| Dist::get(path))?;
    Some(Served { bytes: file.data, mime, encoding, immutable })
}

fn mime(path: &str) -> Option<&'static str> {
    Some(match path.rsplit_once('.')?.1 {
        "css" => "text/css; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "svg" => "image/svg+xml",
        "woff2" => "font/woff2",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_bundle_are_served() {
        for path in ["manifest.json", "../Cargo.toml", "site.css.br", "", "missing", "a/b.css", "..\\x.css"] {
            assert!(serve(path, true).is_none(), "{path}");
        }
    }

    #[test]
    fn every_asset_named_in_a_base_template_is_in_the_bundle() {
        if MANIFEST.urls.is_empty() {
            return; // a fresh clone before `npm run build`
        }
        for name in ["site.css", "desk.css", "site.js", "desk.js", "writer.js", "sw.js", "sprite.svg", "favicon.svg", "geist.woff2", "geist-mono.woff2"] {
            let path = asset(name).trim_start_matches("/assets/");
            assert!(serve(path, false).is_some_and(|served| !served.bytes.is_empty()), "{name}");
        }
    }
}
