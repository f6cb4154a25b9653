//! A client of a few lines: one connection a call, so that cut ones are seen as they are.

use std::collections::HashMap;

use earmark_sandbox::{Credentials, Options, Sandbox};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HashMap<String, String>,
    pub body: Vec<u8>,
    /// Whether as many bytes came as were announced.
    pub whole: bool,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|why| panic!("{why}: {:?}", String::from_utf8_lossy(&self.body)))
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// A running sandbox with somebody signed in.
pub struct Visit {
    pub sandbox: Sandbox,
    pub token: String,
}

/// No limits, with control.
pub fn unlimited() -> Options {
    Options { limits: earmark_sandbox::Limits::Off, control: true, ..Options::default() }
}

impl Visit {
    pub async fn start(options: Options) -> Self {
        let sandbox = earmark_sandbox::start(options).await.unwrap();
        let token = sign_in(sandbox.credentials()).await.json()["id_token"].as_str().unwrap().to_owned();
        Self { sandbox, token }
    }

    /// A call of the API below the organization.
    pub async fn call(&self, method: &str, path: &str, body: Option<Value>) -> Answer {
        self.try_call(method, path, body).await.expect("the connection was cut")
    }

    pub async fn try_call(&self, method: &str, path: &str, body: Option<Value>) -> Option<Answer> {
        let credentials = self.sandbox.credentials();
        let headers = [format!("Authorization: Bearer {}", self.token), "Content-Type: application/json".into()];
        let body = body.map(|body| body.to_string()).unwrap_or_default();
        let path = format!("/v1/{}{path}", credentials.organization);
        send(&credentials.base_url, method, &path, &headers, body.as_bytes()).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.call("GET", path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.call("POST", path, Some(body)).await
    }

    pub async fn control(&self, method: &str, path: &str, body: &str) -> Answer {
        send(&self.sandbox.credentials().base_url, method, path, &[], body.as_bytes()).await.unwrap()
    }

    /// Ids of all conversations, newest first.
    pub async fn conversations(&self) -> Vec<Value> {
        self.get("/conversation/?sort_by=-created_at").await.json()["conversations"].as_array().unwrap().clone()
    }

    /// The newest conversation that fits, which there must be.
    pub async fn conversation(&self, fits: impl Fn(&Value) -> bool) -> String {
        let all = self.conversations().await;
        text(all.iter().find(|conversation| fits(conversation)).expect("a conversation that fits"), "id")
    }

    pub async fn messages(&self, conversation: &str, query: &str) -> Vec<Value> {
        let page = self.get(&format!("/conversation/{conversation}/messages/?{query}")).await.json();
        page["messages"].as_array().unwrap().clone()
    }
}

pub fn text(value: &Value, field: &str) -> String {
    value[field].as_str().unwrap_or_else(|| panic!("{field} of {value}")).to_owned()
}

pub async fn sign_in(credentials: &Credentials) -> Answer {
    let headers = [
        format!("x-api-key: {}", credentials.api_key),
        format!("x-api-key-id: {}", credentials.api_key_id),
        format!("x-user-id: {}", credentials.user_id),
    ];
    let path = format!("/v1/{}/user/signin_with_api_key", credentials.organization);
    send(&credentials.base_url, "POST", &path, &headers, b"").await.unwrap()
}

/// `None` when the connection closed without an answer.
pub async fn send(base_url: &str, method: &str, path: &str, headers: &[String], body: &[u8]) -> Option<Answer> {
    let host = base_url.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(host).await.unwrap();
    let headers: String = headers.iter().map(|line| format!("{line}\r\n")).collect();
    let length = body.len();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut raw = Vec::new();
    // A cut connection may end in an error; what came before it still counts.
    let _ = stream.read_to_end(&mut raw).await;
    parse(&raw)
}

fn parse(raw: &[u8]) -> Option<Answer> {
    let end = raw.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&raw[..end]).unwrap();
    let mut lines = head.lines();
    let status = lines.next()?.split(' ').nth(1)?.parse().unwrap();
    let headers: HashMap<String, String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_lowercase(), value.to_owned()))
        .collect();
    let rest = &raw[end + 4..];
    if headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked") {
        let (body, whole) = join_chunks(rest);
        return Some(Answer { status, headers, body, whole });
    }
    let announced = headers.get("content-length").map_or(rest.len(), |length| length.parse().unwrap());
    Some(Answer { status, headers, body: rest.to_vec(), whole: rest.len() == announced })
}

fn join_chunks(mut rest: &[u8]) -> (Vec<u8>, bool) {
    let mut body = Vec::new();
    loop {
        let Some(end) = rest.windows(2).position(|window| window == b"\r\n") else { return (body, false) };
        let size = usize::from_str_radix(std::str::from_utf8(&rest[..end]).unwrap(), 16).unwrap();
        if size == 0 {
            return (body, true);
        }
        body.extend_from_slice(&rest[end + 2..end + 2 + size]);
        rest = &rest[end + 4 + size..];
    }
}
