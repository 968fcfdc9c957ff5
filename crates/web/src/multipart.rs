//! Forms with files, for browsers without script: each file is spooled to disk, bounded in size and number.

use crate::App;
use axum::extract::{
    FromRequest, Multipart, Request,
    multipart::{Field, MultipartError},
};
use kernel::Fault;
use std::io::SeekFrom;
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt, AsyncWriteExt},
};

/// Text fields of one form at most.
const FIELDS: usize = 200;
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

pub(crate) async fn read(request: Request, app: &App) -> Result<(Vec<(String, String)>, Vec<Upload>), Fault> {
    let limit = **app.upload.load();
    let mut multipart = Multipart::from_request(request, app).await.map_err(|_| Fault::Malformed("The form has no boundary.".to_owned()))?;
    let (mut pairs, mut uploads) = (Vec::new(), Vec::new());
    while let Some(field) = multipart.next_field().await.map_err(|error| unreadable(&error))? {
        let name = field.name().unwrap_or_default().to_owned();
        match field.file_name().map(str::to_owned) {
            Some(file_name) => {
                let upload = spool(field, name, file_name, limit.file_bytes).await?;
                if upload.size > 0 || !upload.name.is_empty() {
                    uploads.push(upload);
                }
                if uploads.len() > limit.files {
                    return Err(Fault::TooLarge(format!("At most {} files in one message.", limit.files)));
                }
            }
            None => pairs.push((name, text(field).await?)),
        }
        if pairs.len() > FIELDS {
            return Err(Fault::TooLarge(format!("At most {FIELDS} fields in one form.")));
        }
    }
    Ok((pairs, uploads))
}

async fn spool(mut field: Field<'_>, form_field: String, name: String, most: u64) -> Result<Upload, Fault> {
    let broken = |error: std::io::Error| Fault::Broken(error.to_string());
    let mut file = File::from_std(tempfile::tempfile().map_err(broken)?);
    let mut size = 0_u64;
    while let Some(chunk) = field.chunk().await.map_err(|error| unreadable(&error))? {
        size += chunk.len() as u64;
        if size > most {
            return Err(Fault::TooLarge(format!("{name} is over the {} limit of one file.", ui::size(i64::try_from(most).unwrap_or(i64::MAX)))));
        }
        file.write_all(&chunk).await.map_err(broken)?;
    }
    file.flush().await.map_err(broken)?;
    Ok(Upload { field: form_field, name, size, file })
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
