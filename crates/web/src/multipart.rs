//! Forms with files, for browsers without script: each file is spooled to disk, bounded in size and number.

use crate::App;
use axum::extract::{
    FromRequest, Multipart, Request,
    multipart::{Field, MultipartError},
};
use kernel::{Fault, FieldErrors};
use std::io::SeekFrom;
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt},
};

/// Text fields of one form at most.
const FIELDS: usize = 200;
/// What is read beyond the limits of files, in files of the largest size, before the answer is given at once.
const SPARE: u64 = 4;
/// Bytes of one text field at most.
const TEXT: usize = 1024 * 1024;

/// A file that came with a form, in a nameless temporary file.
pub struct Upload {
    /// The form field.
    pub field: String,
    /// The name the sender gave it; hostile until cleaned.
    pub name: String,
    /// Size in bytes.
    pub size: u64,
    file: File,
}

impl Upload {
    /// All of it.
    pub async fn bytes(&mut self) -> Result<Vec<u8>, Fault> {
        let broken = |error: std::io::Error| Fault::Broken(error.to_string());
        self.file.seek(SeekFrom::Start(0)).await.map_err(broken)?;
        let mut bytes = Vec::new();
        self.file.read_to_end(&mut bytes).await.map_err(broken)?;
        Ok(bytes)
    }
}

/// A form as it came.
#[derive(Default)]
pub(crate) struct Parts {
    pub(crate) pairs: Vec<(String, String)>,
    pub(crate) uploads: Vec<Upload>,
    /// Files that were not taken, on a page: a wrong field, so that the form comes back with what was typed.
    pub(crate) wrong: FieldErrors,
}

impl Parts {
    /// On the API a file over a limit ends the request; on a page it is wrong on its field.
    fn refuse(&mut self, is_api: bool, field: &str, words: String) -> Result<(), Fault> {
        if is_api {
            return Err(Fault::TooLarge(words));
        }
        self.wrong.add(field, words);
        Ok(())
    }
}

pub(crate) async fn read(request: Request, app: &App, is_api: bool) -> Result<Parts, Fault> {
    let limit = **app.upload.load();
    let mut multipart = Multipart::from_request(request, app).await.map_err(|_| Fault::Malformed("The form has no boundary.".to_owned()))?;
    let mut parts = Parts::default();
    let mut spare = if is_api { 0 } else { limit.file_bytes.saturating_mul(SPARE) };
    while let Some(field) = multipart.next_field().await.map_err(|error| unreadable(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(str::to_owned) {
            Some(file_name) => {
                if parts.uploads.len() >= limit.files && !file_name.is_empty() {
                    parts.refuse(is_api, &name, format!("At most {} files in one message.", limit.files))?;
                    pass_over(field, &mut spare).await?;
                    continue;
                }
                let words = format!("{file_name} is over the {} limit of one file.", ui::size(i64::try_from(limit.file_bytes).unwrap_or(i64::MAX)));
                match spool(field, name.clone(), file_name, limit.file_bytes, &mut spare).await? {
                    Some(upload) if upload.size > 0 || !upload.name.is_empty() => parts.uploads.push(upload),
                    Some(_) => {}
                    None => parts.refuse(is_api, &name, words)?,
                }
            }
            None => parts.pairs.push((name, text(field).await?)),
        }
        if parts.pairs.len() > FIELDS {
            return Err(Fault::TooLarge(format!("At most {FIELDS} fields in one form.")));
        }
    }
    Ok(parts)
}

/// Reads what is not taken to its end, as far as there is patience left: the rest of the form may come after it, and a
/// browser shows an answer only when it could send all.
async fn pass_over(mut field: Field<'_>, spare: &mut u64) -> Result<(), Fault> {
    while let Some(chunk) = field.chunk().await.map_err(|error| unreadable(&error))? {
        let Some(left) = spare.checked_sub(chunk.len() as u64) else {
            return Err(Fault::TooLarge("These files are far over the limits. Send less at once.".to_owned()));
        };
        *spare = left;
    }
    Ok(())
}

/// Keeps one file; none when it is over the limit.
async fn spool(mut field: Field<'_>, form_field: String, name: String, most: u64, spare: &mut u64) -> Result<Option<Upload>, Fault> {
    let broken = |error: std::io::Error| Fault::Broken(error.to_string());
    let mut file = File::from_std(tempfile::tempfile().map_err(broken)?);
    let mut size = 0_u64;
    while let Some(chunk) = field.chunk().await.map_err(|error| unreadable(&error))? {
        size += chunk.len() as u64;
        if size > most {
            if *spare > 0 {
                pass_over(field, spare).await?;
            }
            return Ok(None);
        }
        file.write_all(&chunk).await.map_err(broken)?;
    }
    file.flush().await.map_err(broken)?;
    Ok(Some(Upload { field: form_field, name, size, file }))
}

async fn text(mut field: Field<'_>) -> Result<String, Fault> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| unreadable(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > TEXT {
            return Err(Fault::TooLarge(format!("A text is over the limit of {} KB.", TEXT / 1024)));
        }
    }
    if bytes.contains(&0) {
        return Err(Fault::Malformed("NUL bytes are not taken.".to_owned()));
    }
    String::from_utf8(bytes).map_err(|_| Fault::Malformed("This is not UTF-8.".to_owned()))
}

fn unreadable(error: &MultipartError) -> Fault {
    Fault::Malformed(format!("The form can't be read: {error}."))
}
