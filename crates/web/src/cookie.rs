//! Cookies: read and written in the few ways we need.

use http::{HeaderMap, HeaderValue, header};

/// The value of a cookie.
pub(crate) fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok()).flat_map(|line| line.split(';')).find_map(|pair| {
        let (key, value) = pair.trim().split_once('=')?;
        (key == name).then_some(value)
    })
}

/// A `Set-Cookie` header. The name gets the `__Host-` prefix when the site is served over TLS (RFC 6265bis, 4.1.3.2).
pub fn set_cookie(secure: bool, name: &str, value: &str, max_age_s: i64) -> Option<HeaderValue> {
    let prefix = if secure { "__Host-" } else { "" };
    let tail = if secure { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{prefix}{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age_s}{tail}")).ok()
}

/// A `Set-Cookie` header that removes the cookie.
pub fn clear_cookie(secure: bool, name: &str) -> Option<HeaderValue> {
    set_cookie(secure, name, "", 0)
}

/// The name a cookie has in the browser.
pub(crate) fn full_name(secure: bool, name: &'static str) -> std::borrow::Cow<'static, str> {
    if secure { format!("__Host-{name}").into() } else { name.into() }
}
