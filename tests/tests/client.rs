//! The client is the person: it keeps its cookies or its token and asks as a browser or a program would.

use accounts::Person;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use kernel::PersonId;
use reqwest::{Method, StatusCode, header::HeaderMap, multipart};
use serde_json::{Value, json};
use std::{collections::BTreeMap, sync::Mutex};

/// Somebody with a browser or a program.
pub struct Visitor {
    http: reqwest::Client,
    base: String,
    cookies: Mutex<BTreeMap<String, String>>,
    token: Option<String>,
    id: Option<PersonId>,
    pub name: String,
    pub email: String,
}

/// An answer, read to its end.
#[derive(Debug)]
pub struct Told {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub bytes: Vec<u8>,
}

impl Told {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.bytes).into_owned()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or_else(|error| panic!("{} is not JSON ({error}): {}", self.status, self.text()))
    }

    pub fn id(&self) -> String {
        self.json()["id"].as_str().unwrap_or_else(|| panic!("no id in {}", self.text())).to_owned()
    }

    /// Fails with the whole answer unless the status is this one.
    pub fn is(self, status: u16) -> Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self
    }

    /// The ids of a list.
    pub fn ids(&self) -> Vec<String> {
        self.json()["items"]
            .as_array()
            .unwrap_or_else(|| panic!("no items in {}", self.text()))
            .iter()
            .map(|item| item["id"].as_str().unwrap().to_owned())
            .collect()
    }
}

impl Visitor {
    pub fn new(http: reqwest::Client, base: &str) -> Self {
        Self { http, base: base.to_owned(), cookies: Mutex::default(), token: None, id: None, name: String::new(), email: String::new() }
    }

    pub fn being(mut self, person: &Person) -> Self {
        (self.id, self.name, self.email) = (Some(person.id), person.name.clone(), person.email.clone());
        self
    }

    pub fn with_cookie(self, name: &str, value: &str) -> Self {
        self.cookies.lock().unwrap().insert(name.to_owned(), value.to_owned());
        self
    }

    pub fn with_token(mut self, token: &str) -> Self {
        self.token = Some(token.to_owned());
        self
    }

    pub fn id(&self) -> PersonId {
        self.id.unwrap()
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// All cookies as a header.
    pub fn cookies(&self) -> String {
        self.cookies.lock().unwrap().iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ")
    }

    /// A request that can still be dressed; see `send`.
    pub fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        let url = if path.starts_with("http") { path.to_owned() } else { format!("{}{path}", self.base) };
        let mut request = self.http.request(Method::from_bytes(method.as_bytes()).unwrap(), url);
        let cookies = self.cookies();
        if !cookies.is_empty() {
            request = request.header("cookie", cookies);
        }
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends it, keeps the cookies that come back.
    pub async fn send(&self, request: reqwest::RequestBuilder) -> Told {
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        for line in headers.get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            let mut cookies = self.cookies.lock().unwrap();
            if value.is_empty() {
                cookies.remove(name)
            } else {
                cookies.insert(name.to_owned(), value.to_owned())
            };
        }
        Told { status, headers, bytes: response.bytes().await.unwrap().to_vec() }
    }

    pub async fn get(&self, path: &str) -> Told {
        self.send(self.request("GET", path)).await
    }

    pub async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Told {
        let form = fields.iter().fold(String::new(), |form, (name, value)| format!("{form}&{name}={}", encode(value)));
        self.send(self.request("POST", path).header("content-type", "application/x-www-form-urlencoded").body(form.trim_start_matches('&').to_owned())).await
    }

    pub async fn multipart(&self, path: &str, fields: &[(&str, &str)], files: &[(&str, &[u8])]) -> Told {
        let form = fields.iter().fold(multipart::Form::new(), |form, (name, value)| form.text((*name).to_owned(), (*value).to_owned()));
        let form = files.iter().fold(form, |form, (name, bytes)| form.part("file", multipart::Part::bytes(bytes.to_vec()).file_name((*name).to_owned())));
        self.send(self.request("POST", path).multipart(form)).await
    }

    pub async fn json(&self, method: &str, path: &str, body: &Value) -> Told {
        self.send(self.request(method, path).json(body)).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Told {
        self.json("POST", path, body).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Told {
        self.json("PUT", path, body).await
    }

    pub async fn delete(&self, path: &str) -> Told {
        self.send(self.request("DELETE", path)).await
    }

    /// Asks for help by the API; answers the ticket.
    pub async fn asks(&self, title: &str) -> Value {
        self.asks_with(json!({ "title": title, "description": format!("About {title}.") })).await
    }

    pub async fn asks_with(&self, body: Value) -> Value {
        self.post("/api/support/tickets", &body).await.is(201).json()
    }

    pub async fn replies(&self, ticket: &str, content: &str) -> Value {
        self.post(&format!("/api/support/tickets/{ticket}/messages"), &json!({ "content": content })).await.is(201).json()
    }

    pub async fn notes(&self, ticket: &str, content: &str) -> Value {
        self.post(&format!("/api/support/tickets/{ticket}/messages"), &json!({ "content": content, "internal": true })).await.is(201).json()
    }

    pub async fn ticket(&self, ticket: &str) -> Value {
        self.get(&format!("/api/support/tickets/{ticket}")).await.is(200).json()
    }

    /// Begins an upload (tus 1.0.0); answers its path.
    pub async fn begins_upload(&self, name: &str, size: usize) -> Told {
        let request = self.request("POST", "/files/uploads").header("tus-resumable", "1.0.0").header("upload-length", size);
        self.send(request.header("upload-metadata", format!("filename {}", STANDARD.encode(name)))).await
    }

    pub async fn goes_on(&self, path: &str, offset: usize, bytes: &[u8]) -> Told {
        let request = self.request("PATCH", path).header("tus-resumable", "1.0.0").header("upload-offset", offset);
        self.send(request.header("content-type", "application/offset+octet-stream").body(bytes.to_vec())).await
    }

    /// A whole upload; answers its key.
    pub async fn uploads(&self, name: &str, bytes: &[u8]) -> String {
        let path = self.begins_upload(name, bytes.len()).await.is(201).header("location").to_owned();
        self.goes_on(&path, 0, bytes).await.is(204);
        path.rsplit('/').next().unwrap().to_owned()
    }
}

/// Percent-encoding of everything but letters and digits.
pub fn encode(text: &str) -> String {
    text.bytes().map(|byte| if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
