//! Containers of GIF and WebP written anew: what draws the picture stays, what describes it goes.

/// A GIF (version 89a of 1990) without comments, plain text and foreign application blocks, and without
/// anything after its end. None when it is broken.
pub(crate) fn gif(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(bytes.len());
    let screen = bytes.get(..13)?;
    let mut at = 13 + colours(screen[10]);
    out.extend_from_slice(bytes.get(..at)?);
    loop {
        let from = at;
        match *bytes.get(at)? {
            0x3b => {
                out.push(0x3b);
                return Some(out);
            }
            0x2c => {
                let packed = *bytes.get(at + 9)?;
                at = sub_blocks(bytes, at + 10 + colours(packed) + 1)?;
                out.extend_from_slice(bytes.get(from..at)?);
            }
            0x21 => {
                let label = *bytes.get(at + 1)?;
                at = sub_blocks(bytes, at + 2)?;
                let loops = label == 0xff && matches!(bytes.get(from + 3..from + 14), Some(b"NETSCAPE2.0" | b"ANIMEXTS1.0"));
                if label == 0xf9 || loops {
                    out.extend_from_slice(bytes.get(from..at)?);
                }
            }
            _ => return None,
        }
    }
}

/// Bytes of the colour table that a packed field announces.
fn colours(packed: u8) -> usize {
    if packed & 0x80 == 0 { 0 } else { 3 << ((packed & 7) + 1) }
}

/// The place after a chain of sub-blocks.
fn sub_blocks(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

/// Chunks of a WebP file (RFC 9649, 2.7): name and content.
fn chunks(bytes: &[u8]) -> Option<Vec<([u8; 4], &[u8])>> {
    let mut rest = bytes.get(12..)?;
    let mut found = Vec::new();
    while rest.len() >= 8 {
        let name = rest.get(..4)?.try_into().ok()?;
        let length = usize::try_from(u32::from_le_bytes(rest.get(4..8)?.try_into().ok()?)).ok()?;
        found.push((name, rest.get(8..8 + length)?));
        rest = rest.get(8 + length + length % 2..).unwrap_or_default();
    }
    Some(found)
}

/// True when a WebP has several frames.
pub(crate) fn is_animated(bytes: &[u8]) -> bool {
    chunks(bytes).is_some_and(|chunks| chunks.iter().any(|(name, _)| name == b"ANMF"))
}

/// A WebP without EXIF, XMP and unknown chunks. None when it is broken.
pub(crate) fn webp(bytes: &[u8]) -> Option<Vec<u8>> {
    const EXIF_AND_XMP: u8 = 0b0000_1100;
    let mut out = b"RIFF\0\0\0\0WEBP".to_vec();
    for (name, content) in chunks(bytes)? {
        if !matches!(&name, b"VP8 " | b"VP8L" | b"VP8X" | b"ALPH" | b"ANIM" | b"ANMF" | b"ICCP") {
            continue;
        }
        out.extend_from_slice(&name);
        out.extend_from_slice(&u32::try_from(content.len()).ok()?.to_le_bytes());
        let start = out.len();
        out.extend_from_slice(content);
        if &name == b"VP8X" {
            *out.get_mut(start)? &= !EXIF_AND_XMP;
        }
        if content.len() % 2 == 1 {
            out.push(0);
        }
    }
    let size = u32::try_from(out.len() - 8).ok()?;
    out.get_mut(4..8)?.copy_from_slice(&size.to_le_bytes());
    Some(out)
}
