//! A sandbox of the test's own, with what the test asks it behind the window's back.

use std::sync::Arc;

use anyhow::{Context, Result};
use earmark_audio::Recording;
use earmark_sandbox::{Credentials, Options, Sandbox};
use reqwest::{Client, Method};
use serde_json::{Value, json};

/// A running sandbox with its control routes.
pub struct Server {
    sandbox: Sandbox,
    client: Client,
}

impl Server {
    /// Starts one inside this program.
    ///
    /// # Errors
    /// It does not start.
    pub async fn start(options: Options) -> Result<Self> {
        let sandbox = earmark_sandbox::start(Options { control: true, ..options }).await?;
        Ok(Self { sandbox, client: Client::new() })
    }

    /// What to sign in with.
    pub fn credentials(&self) -> &Credentials {
        self.sandbox.credentials()
    }

    /// The environment variables that sign in.
    pub fn variables(&self) -> [(&'static str, &str); 5] {
        let credentials = self.credentials();
        [
            ("AMIGO_API_KEY", &credentials.api_key),
            ("AMIGO_API_KEY_ID", &credentials.api_key_id),
            ("AMIGO_USER_ID", &credentials.user_id),
            ("AMIGO_ORGANIZATION_ID", &credentials.organization),
            ("AMIGO_BASE_URL", &credentials.base_url),
        ]
    }

    /// Replaces the faults by others; none ends them all.
    ///
    /// # Errors
    /// The sandbox refuses them.
    pub async fn fault(&self, faults: Value) -> Result<()> {
        self.call(Method::POST, "/_sandbox/faults", None, Some(faults)).await.map(|_| ())
    }

    /// Changes something behind the window's back.
    ///
    /// # Errors
    /// The sandbox refuses it.
    pub async fn edit(&self, change: Value) -> Result<()> {
        self.call(Method::POST, "/_sandbox/edit", None, Some(change)).await.map(|_| ())
    }

    /// The calls received so far.
    ///
    /// # Errors
    /// The sandbox does not answer.
    pub async fn calls(&self) -> Result<Vec<Value>> {
        let calls = self.call(Method::GET, "/_sandbox/calls", None, None).await?;
        calls.as_array().cloned().context("a list of calls")
    }

    /// Reads from the API as a second client would; `path` follows the organization.
    ///
    /// # Errors
    /// The sandbox answers anything but 2xx.
    pub async fn read(&self, path: &str) -> Result<Value> {
        self.as_another(Method::GET, path).await
    }

    /// Ends a conversation.
    ///
    /// # Errors
    /// There is none that goes on with this id.
    pub async fn finish(&self, conversation: &str) -> Result<()> {
        self.as_another(Method::POST, &format!("/conversation/{conversation}/finish/")).await.map(|_| ())
    }

    async fn as_another(&self, method: Method, path: &str) -> Result<Value> {
        let credentials = self.credentials();
        let organization = format!("/v1/{}", credentials.organization);
        let signed_in = self
            .client
            .post(format!("{}{organization}/user/signin_with_api_key", credentials.base_url))
            .header("x-api-key", &credentials.api_key)
            .header("x-api-key-id", &credentials.api_key_id)
            .header("x-user-id", &credentials.user_id)
            .send()
            .await?
            .error_for_status()?;
        let token: Value = signed_in.json().await?;
        let token = token["id_token"].as_str().context("a token")?;
        self.call(method, &format!("{organization}{path}"), Some(token), None).await
    }

    /// A conversation as the server has it now.
    ///
    /// # Errors
    /// There is none with this id.
    pub async fn conversation(&self, id: &str) -> Result<Value> {
        let page = self.read(&format!("/conversation/?id={id}")).await?;
        page["conversations"].get(0).cloned().with_context(|| format!("no conversation {id}"))
    }

    /// The comments on a conversation's interactions as the server has them now.
    ///
    /// # Errors
    /// The server has no feedback calls.
    pub async fn comments(&self, conversation: &str) -> Result<Vec<Value>> {
        let path = format!("/conversation/feedback/?type=interaction&limit=50&conversation_id={conversation}");
        let page = self.read(&path).await?;
        page["feedbacks"].as_array().cloned().context("a list of feedback")
    }

    /// The comments on the interactions of all conversations, oldest first.
    ///
    /// # Errors
    /// The server has no feedback calls.
    pub async fn all_comments(&self) -> Result<Vec<Value>> {
        let mut all = Vec::new();
        loop {
            let sort = "sort_by=%2Bcreated_at";
            let path =
                format!("/conversation/feedback/?type=interaction&limit=50&{sort}&continuation_token={}", all.len());
            let page = self.read(&path).await?;
            all.extend(page["feedbacks"].as_array().context("a list")?.clone());
            if page["has_more"] == false {
                return Ok(all);
            }
        }
    }

    /// A conversation's messages of all kinds, oldest first.
    ///
    /// # Errors
    /// There is no such conversation.
    pub async fn messages(&self, conversation: &str) -> Result<Vec<Value>> {
        let kinds = ["user-message", "agent-message", "agent-inner-thought", "external-event"];
        let kinds: String = kinds.iter().map(|kind| format!("&message_type={kind}")).collect();
        let path = format!("/conversation/{conversation}/messages/?sort_by=%2Bcreated_at&limit=500{kinds}");
        let page = self.read(&path).await?;
        page["messages"].as_array().cloned().context("a list of messages")
    }

    /// The recording of a voice message.
    ///
    /// # Errors
    /// The message has none.
    pub async fn recording(&self, conversation: &str, message: &str) -> Result<Arc<Recording>> {
        let source = self.read(&format!("/conversation/{conversation}/messages/{message}/source")).await?;
        let url = source["url"].as_str().context("a signed address")?;
        let bytes = self.client.get(url).send().await?.error_for_status()?.bytes().await?;
        Ok(Arc::new(Recording::scan(bytes.into())?))
    }

    async fn call(&self, method: Method, path: &str, token: Option<&str>, body: Option<Value>) -> Result<Value> {
        let mut request = self.client.request(method, format!("{}{path}", self.credentials().base_url));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        let answer = request.send().await?.error_for_status()?;
        let bytes = answer.bytes().await?;
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        Ok(serde_json::from_slice(&bytes)?)
    }
}

/// A fault that answers calls of a path with a status, for ever.
pub fn status(path: &str, code: u16) -> Value {
    json!([{ "path": path, "kind": "status", "code": code }])
}
