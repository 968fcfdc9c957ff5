//! Videos of hosts that we know. Their addresses are made anew from the id, so nothing else of an address gets through.

/// What the pages may put into a frame (CSP `frame-src`).
pub const FRAMES: &str = "https://www.youtube-nocookie.com https://player.vimeo.com https://www.loom.com";

/// A video.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Video {
    YouTube(String),
    Vimeo(String),
    Loom(String),
}

impl Video {
    /// The video at this address, if it is one of a host that we know.
    pub(super) fn of(address: &str) -> Option<Self> {
        let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))?;
        if rest.len() > 300 || rest.contains(char::is_whitespace) {
            return None;
        }
        let (host, path) = rest.split_once('/')?;
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let host = host.strip_prefix("www.").or_else(|| host.strip_prefix("m.")).unwrap_or(host);
        let is_id = |id: &&str| (6..=40).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'-' | b'_'));
        let is_number = |id: &&str| (5..=15).contains(&id.len()) && id.bytes().all(|c| c.is_ascii_digit());
        let after = |prefix: &str| path.strip_prefix(prefix).map(|id| id.trim_end_matches('/'));
        match host {
            "youtube.com" | "youtube-nocookie.com" => {
                let of_query = || query.split('&').find_map(|pair| pair.strip_prefix("v=")).filter(|_| path == "watch");
                let id = after("embed/").or_else(|| after("shorts/")).or_else(|| after("live/")).or_else(of_query);
                id.filter(is_id).map(|id| Self::YouTube(id.to_owned()))
            }
            "youtu.be" => Some(path).filter(is_id).map(|id| Self::YouTube(id.to_owned())),
            "vimeo.com" => Some(path).filter(is_number).map(|id| Self::Vimeo(id.to_owned())),
            "player.vimeo.com" => after("video/").filter(is_number).map(|id| Self::Vimeo(id.to_owned())),
            "loom.com" => after("share/").or_else(|| after("embed/")).filter(is_id).map(|id| Self::Loom(id.to_owned())),
            _ => None,
        }
    }

    /// Where people watch it.
    pub(super) fn page(&self) -> String {
        match self {
            Self::YouTube(id) => format!("https://www.youtube.com/watch?v={id}"),
            Self::Vimeo(id) => format!("https://vimeo.com/{id}"),
            Self::Loom(id) => format!("https://www.loom.com/share/{id}"),
        }
    }

    /// What a frame shows.
    pub(super) fn frame(&self) -> String {
        match self {
            Self::YouTube(id) => format!("https://www.youtube-nocookie.com/embed/{id}?autoplay=1"),
            Self::Vimeo(id) => format!("https://player.vimeo.com/video/{id}?autoplay=1&amp;dnt=1"),
            Self::Loom(id) => format!("https://www.loom.com/embed/{id}?autoplay=1"),
        }
    }

    /// What the host is called.
    pub(super) const fn host(&self) -> &'static str {
        match self {
            Self::YouTube(_) => "YouTube",
            Self::Vimeo(_) => "Vimeo",
            Self::Loom(_) => "Loom",
        }
    }
}
