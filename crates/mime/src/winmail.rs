//! Files within `winmail.dat` (TNEF, MS-OXTNEF): what Outlook makes of attachments for receivers it takes for its own kind.
//! Own code: the crates for it are bindings to C, or left since 2019 and without the names that people gave their files.

use crate::Attachment;

const SIGNATURE: u32 = 0x223E_9F78;
/// Begins an attachment.
const RENDERING: u32 = 0x0006_9002;
const TITLE: u32 = 0x0001_8010;
const DATA: u32 = 0x0006_800F;
const PROPERTIES: u32 = 0x0006_9005;
/// The whole file name (MS-OXPROPS 2.583).
const LONG_NAME: u16 = 0x3707;
const STRING8: u16 = 0x001E;
const UNICODE: u16 = 0x001F;
/// Files taken from one.
const MOST: usize = 200;

/// The files within; none if it is broken from the start on, those before a break otherwise.
pub(crate) fn files(bytes: &[u8]) -> Vec<Attachment> {
    let mut rest = Rest(bytes);
    let mut found: Vec<Attachment> = Vec::new();
    if rest.u32() != Some(SIGNATURE) || rest.take(2).is_none() {
        return found;
    }
    while let Some((id, data)) = attribute(&mut rest) {
        if id == RENDERING {
            if found.len() == MOST {
                break;
            }
            found.push(Attachment { name: "file.bin".to_owned(), kind: "application/octet-stream".to_owned(), ..Attachment::default() });
        }
        let Some(file) = found.last_mut() else { continue };
        match id {
            TITLE => file.name = text(data),
            DATA => file.bytes = data.to_vec(),
            PROPERTIES => {
                if let Some(name) = long_name(data).filter(|name| !name.is_empty()) {
                    file.name = name;
                }
            }
            _ => {}
        }
    }
    found.retain(|file| !file.bytes.is_empty());
    found
}

/// Level, id, length, data and check sum (MS-OXTNEF 2.1.3.3).
fn attribute<'a>(rest: &mut Rest<'a>) -> Option<(u32, &'a [u8])> {
    rest.take(1)?;
    let (id, length) = (rest.u32()?, rest.u32()?);
    let data = rest.take(usize::try_from(length).ok()?)?;
    rest.take(2)?;
    Some((id, data))
}

/// The long name out of MAPI properties; those before it must be of kinds whose length is known.
fn long_name(data: &[u8]) -> Option<String> {
    let mut rest = Rest(data);
    for _ in 0..rest.u32()?.min(500) {
        let (kind, id) = (rest.u16()?, rest.u16()?);
        if id >= 0x8000 {
            // named: a GUID, then a number or a name
            rest.take(16)?;
            if rest.u32()? == 0 {
                rest.take(4)?;
            } else {
                let length = usize::try_from(rest.u32()?).ok()?;
                rest.take(length.next_multiple_of(4))?;
            }
        }
        match kind {
            0x0002 | 0x0003 | 0x0004 | 0x000A | 0x000B => drop(rest.take(4)?),
            0x0005 | 0x0006 | 0x0007 | 0x0014 | 0x0040 => drop(rest.take(8)?),
            0x0048 => drop(rest.take(16)?),
            STRING8 | UNICODE | 0x000D | 0x0102 => {
                for _ in 0..rest.u32()?.min(100) {
                    let length = usize::try_from(rest.u32()?).ok()?;
                    let value = rest.take(length)?;
                    rest.take(length.next_multiple_of(4) - length)?;
                    if id == LONG_NAME {
                        return Some(if kind == UNICODE { utf16(value) } else { text(value) });
                    }
                }
            }
            _ => return None,
        }
    }
    None
}

fn text(bytes: &[u8]) -> String {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let bytes = bytes.get(..end).unwrap_or_default();
    // the code page is not told here: UTF-8 if it is one, else Latin 1
    std::str::from_utf8(bytes).map_or_else(|_| bytes.iter().map(|byte| char::from(*byte)).collect(), str::to_owned)
}

fn utf16(bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).filter_map(|pair| Some(u16::from_le_bytes(pair.try_into().ok()?))).take_while(|unit| *unit != 0).collect();
    String::from_utf16_lossy(&units)
}

/// What is left to read, little-endian.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.take(2)?.try_into().ok()?))
    }

    fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.take(4)?.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attribute(id: u32, data: &[u8]) -> Vec<u8> {
        [&[2], &id.to_le_bytes()[..], &u32::try_from(data.len()).unwrap().to_le_bytes(), data, &[0, 0]].concat()
    }

    fn winmail() -> Vec<u8> {
        let name: Vec<u8> = "Übersicht der Läufe.xlsx\0".encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut properties = [&2_u32.to_le_bytes()[..], &[0x03, 0x00, 0x05, 0x37, 1, 0, 0, 0], &[0x1F, 0x00, 0x07, 0x37], &1_u32.to_le_bytes()].concat();
        properties.extend(u32::try_from(name.len()).unwrap().to_le_bytes());
        properties.extend(&name);
        properties.resize(properties.len().next_multiple_of(4), 0);
        [
            &SIGNATURE.to_le_bytes()[..],
            &[1, 0],
            &attribute(RENDERING, &[0; 14]),
            &attribute(TITLE, b"UBERSI~1.XLS\0"),
            &attribute(DATA, b"content"),
            &attribute(PROPERTIES, &properties),
            &attribute(RENDERING, &[0; 14]),
            &attribute(TITLE, b"notes.txt\0"),
            &attribute(DATA, b"more"),
        ]
        .concat()
    }

    #[test]
    fn files_come_out_with_the_names_that_people_gave_them() {
        let found: Vec<(String, Vec<u8>)> = files(&winmail()).into_iter().map(|file| (file.name, file.bytes)).collect();
        assert_eq!(found, [("Übersicht der Läufe.xlsx".to_owned(), b"content".to_vec()), ("notes.txt".to_owned(), b"more".to_vec())]);
    }

    #[test]
    fn a_broken_one_gives_what_it_has_and_never_fails() {
        let whole = winmail();
        for cut in 0..whole.len() {
            assert!(files(&whole[..cut]).len() <= 2);
            let mut bent = whole.clone();
            bent[cut] = 0xFF;
            let _ = files(&bent);
        }
        assert!(files(b"not one").is_empty());
    }
}
