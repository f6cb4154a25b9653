//! What several tests do in the window.

use anyhow::{Context, Result};
use earmark_sandbox::{Credentials, Limits, Options};
use earmark_tests::stage::{Launch, Server, Window, eventually};
use serde_json::Value;
use thirtyfour::Key;

/// What the window manager calls the window.
pub const TITLE: &str = "Earmark";

/// A sandbox without limits: a test reads from it beside the window and must not use up the window's calls.
pub async fn server() -> Result<Server> {
    Server::start(Options { limits: Limits::Off, ..Options::default() }).await
}

/// Has the window sign in by the environment.
pub fn signed_in<'stage>(launch: Launch<'stage>, server: &Server) -> Launch<'stage> {
    server.variables().into_iter().fold(launch, |launch, (name, value)| launch.variable(name, value))
}

/// Fills in the sign-in form and sends it.
pub async fn sign_in(window: &Window<'_>, credentials: &Credentials, api_key: &str) -> Result<()> {
    for (field, text) in [
        ("organization", credentials.organization.as_str()),
        ("api-key-id", &credentials.api_key_id),
        ("api-key", api_key),
        ("user-id", &credentials.user_id),
    ] {
        window.enter(&format!("[data-part=sign-in] input[name={field}]"), text).await?;
    }
    // An option has no place of its own that a pointer could hit.
    window.find("[data-part=sign-in] option[value=own]").await?.click().await?;
    window.enter("[data-part=sign-in] input[type=url]", &credentials.base_url).await?;
    window.press(Key::Enter).await
}

/// Narrows the list to one conversation by its id, and opens it.
pub async fn open(window: &Window<'_>, id: &str) -> Result<()> {
    window.narrow(&[id]).await?;
    window.click(&row(id)).await?;
    window.find(&format!("section[data-id=\"{id}\"] [data-part=message]")).await.map(|_| ())
}

/// The selector of a conversation in the list.
pub fn row(id: &str) -> String {
    format!("[data-part=conversation-row][data-id=\"{id}\"]")
}

/// The selector of a message in the transcript.
pub fn message(id: &str) -> String {
    format!("[data-part=message][data-id=\"{id}\"]")
}

/// Shows one of the tabs `Insights`, `Comments`, `Details`.
pub async fn tab(window: &Window<'_>, label: &str) -> Result<()> {
    let script = "const tab = [...document.querySelectorAll('[role=tab]')].find((tab) => tab.innerText.startsWith(arguments[0]));
        tab?.click();
        return tab !== undefined";
    window.until(&format!("the tab {label}"), script, &[label.into()]).await
}

/// The selector of the card of a comment with these words, in the pane: what was written here has an id of its own here.
pub async fn card_of(window: &Window<'_>, words: &str) -> Result<String> {
    let script = "const cards = [...document.querySelectorAll('[data-part=comments] [data-part=comment]')];
        return cards.find((card) => card.innerText.includes(arguments[0]))?.dataset.id ?? null";
    let id = eventually(&format!("the comment {words:?}"), async || {
        window.ask::<Option<String>>(script, &[words.into()]).await
    })
    .await?;
    Ok(format!("[data-part=comments] [data-part=comment][data-id=\"{id}\"]"))
}

/// A comment on an interaction as the server has it, by its words.
pub async fn comment_at(server: &Server, conversation: &str, words: &str) -> Result<Option<Value>> {
    let comments = server.comments(conversation).await?;
    Ok(comments.into_iter().find(|comment| comment["feedback_content"]["comment"] == words))
}

/// A text field of a JSON object.
pub fn text<'json>(object: &'json Value, field: &str) -> Result<&'json str> {
    object[field].as_str().with_context(|| format!("no text {field} in {object}"))
}

/// The newest conversation whose messages have sound.
pub async fn voice_conversation(server: &Server) -> Result<(String, Vec<Value>)> {
    let newest = voice_conversations(server).await?.into_iter().next();
    newest.context("the sandbox has no voice conversation")
}

/// The newest conversation with so many voice messages.
pub async fn voice_conversation_of(server: &Server, count: usize) -> Result<(String, Vec<Value>)> {
    let all = voice_conversations(server).await?;
    let wanted =
        all.into_iter().find(|(_, messages)| messages.iter().filter(|message| has_sound(message)).count() == count);
    wanted.with_context(|| format!("the sandbox has no conversation of {count} voice messages"))
}

/// The conversations whose messages have sound, with these, newest first.
pub async fn voice_conversations(server: &Server) -> Result<Vec<(String, Vec<Value>)>> {
    let mut all = Vec::new();
    for id in conversations(server).await? {
        let messages = server.messages(&id).await?;
        if messages.iter().any(has_sound) {
            all.push((id, messages));
        }
    }
    Ok(all)
}

/// Whether a message was spoken.
pub fn has_sound(message: &Value) -> bool {
    message["format"] == "voice"
}

/// The ids of the conversations, newest first, as the list shows them.
pub async fn conversations(server: &Server) -> Result<Vec<String>> {
    let page = server.read("/conversation/?sort_by=-created_at").await?;
    let conversations = page["conversations"].as_array().context("a list of conversations")?;
    conversations.iter().map(|conversation| Ok(text(conversation, "id")?.to_owned())).collect()
}

/// Presses the button of this label inside the first element that matches a selector.
pub async fn button(window: &Window<'_>, within: &str, label: &str) -> Result<()> {
    let script = "const buttons = document.querySelectorAll(arguments[0] + ' button');
        const button = [...buttons].find((button) => button.innerText === arguments[1]);
        button?.click();
        return button !== undefined";
    window.until(&format!("the button {label} in {within}"), script, &[within.into(), label.into()]).await
}
