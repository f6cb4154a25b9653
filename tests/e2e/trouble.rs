//! What goes wrong is said where it happened, under its code, and loses nothing the reviewer typed.

use anyhow::{Context, Result, ensure};
use earmark_sandbox::{Limits, Options};
use earmark_tests::stage::{Server, Stage, Window, eventually, status};
use serde_json::{Value, json};
use thirtyfour::Key;

use crate::steps::{
    button, card_of, comment_at, conversations, has_sound, message, open, row, server, sign_in, signed_in, tab, text,
    voice_conversation, voice_conversations,
};

const LIST: &str = "/v1/*/conversation/";
const SOURCE: &str = "*/source";
const FEEDBACK: &str = "*feedback*";

/// Waits for a trouble under its code, checks that it is said in a sentence, and takes its picture.
async fn trouble(window: &Window<'_>, place: &str, code: &str) -> Result<()> {
    let selector = format!("{place} [data-part=error][data-code={code}]");
    window
        .text_of(&selector, |said| said.trim().len() > 12 && said.contains('.'))
        .await
        .with_context(|| format!("{code} in {place}"))?;
    window.picture(code).await
}

fn single(fault: Value) -> Value {
    Value::Array(vec![fault])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_that_fails_says_why_and_keeps_what_was_typed() -> Result<()> {
    let stage = Stage::set("trouble-sign-in")?;
    let server = server().await?;
    let window = stage.launch().open().await?;
    sign_in(&window, server.credentials(), "not-the-key").await?;
    trouble(&window, "[data-part=sign-in]", "wrong-key").await?;
    let kept = "return document.querySelector('[data-part=sign-in] input[name=organization]').value === arguments[0]
        && document.querySelector('[data-part=sign-in] input[name=api-key]').value === 'not-the-key'";
    window.until("what was typed", kept, &[server.credentials().organization.clone().into()]).await?;

    // A key goes over an encrypted line or stays on this computer.
    window.enter("[data-part=sign-in] input[type=url]", "http://example.org").await?;
    window.press(Key::Enter).await?;
    trouble(&window, "[data-part=sign-in]", "insecure").await?;

    let nobody = { std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()? };
    window.enter("[data-part=sign-in] input[type=url]", &format!("http://{nobody}")).await?;
    window.press(Key::Enter).await?;
    trouble(&window, "[data-part=sign-in]", "unreachable").await?;
    window.close().await
}

/// Has the list fail in each of these ways in turn, and recover.
async fn list_fails(stage: &Stage, ways: &[(Value, &str)]) -> Result<()> {
    let server = server().await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    window.part("conversation-row").await?;
    let list = "[data-part=conversation-list]";
    let again = "[aria-label=\"Read the list again\"]";
    for (fault, code) in ways {
        server.fault(fault.clone()).await?;
        window.click(again).await?;
        if *code == KEPT {
            window.part(KEPT).await?;
            window.part("conversation-row").await?;
        } else {
            trouble(&window, list, code).await?;
        }
        server.fault(json!([])).await?;
        window.click(again).await?;
        window.part("conversation-row").await?;
        window.gone(&format!("{list} [data-part=error], [data-part=kept]")).await?;
    }
    window.close().await
}

/// What was read before stands, and it is said that it is not of now.
const KEPT: &str = "kept";

// In two tests, because each failure that is tried again uses up calls of the list's budget of 15 a minute.
#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_is_refused_or_malformed_says_why_and_recovers() -> Result<()> {
    let stage = Stage::set("trouble-list-refused")?;
    let half = single(json!({ "path": LIST, "kind": "status", "code": 200, "body": "{\"conversations\": [{" }));
    let garbage = single(json!({ "path": LIST, "kind": "garbage" }));
    let ways =
        [(status(LIST, 503), KEPT), (status(LIST, 403), "not-allowed"), (half, "malformed"), (garbage, "malformed")];
    list_fails(&stage, &ways).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_list_that_breaks_off_says_why_and_recovers() -> Result<()> {
    let stage = Stage::set("trouble-list-broken")?;
    let fault = |kind: &str| single(json!({ "path": LIST, "kind": kind }));
    list_fails(&stage, &[(fault("drop"), KEPT), (fault("truncate"), KEPT)]).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rate_limit_says_what_is_waited_for_and_how_long() -> Result<()> {
    let stage = Stage::set("trouble-rate")?;
    let server = Server::start(Options { limits: Limits::Sliding, ..Options::default() }).await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    window.part("conversation-row").await?;
    let limit = json!([{ "path": LIST, "kind": "status", "code": 429, "times": 1, "retry_after": "8" }]);
    server.fault(limit).await?;
    window.click("[aria-label=\"Read the list again\"]").await?;
    window
        .text_of("footer", |said| {
            said.chars().any(|sign| ('1'..='8').contains(&sign)) && said.to_lowercase().contains("wait")
        })
        .await?;
    window.picture("waiting").await?;
    // Nobody has to press anything: what was waited for is done.
    window.part("conversation-row").await?;
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn each_pane_fails_by_itself() -> Result<()> {
    let stage = Stage::set("trouble-panes")?;
    let server = server().await?;
    let ids = conversations(&server).await?;
    // A kind of message nobody has heard of is shown as text.
    let mut unknown = server.messages(&ids[3]).await?[0].clone();
    unknown["message_type"] = "whispered-aside".into();
    let unknown = json!({ "messages": [unknown], "has_more": false, "continuation_token": null });
    // In force before anything is read ahead of time.
    let faults = |comments: u16| {
        let messages = |of: &str| format!("*/{of}/messages/");
        json!([
            { "path": format!("*/{}/*insights", ids[0]), "kind": "status", "code": 403 },
            { "method": "GET", "path": FEEDBACK, "kind": "status", "code": comments },
            { "path": messages(&ids[2]), "kind": "status", "code": 403 },
            { "path": messages(&ids[3]), "kind": "status", "code": 200, "body": unknown },
        ])
    };
    server.fault(faults(403)).await?;
    let window = signed_in(stage.launch(), &server).open().await?;

    window.click(&row(&ids[0])).await?;
    trouble(&window, "[data-part=insights]", "not-allowed").await?;
    tab(&window, "Comments").await?;
    trouble(&window, "[data-part=comments]", "not-allowed").await?;
    // The transcript stands all the same.
    window.find(&message(text(&server.messages(&ids[0]).await?[0], "id")?)).await?;

    // A server that never had comments is no error.
    server.fault(faults(404)).await?;
    window.click(&row(&ids[1])).await?;
    window.says("comments", "keeps no comments").await?;

    window.click(&row(&ids[2])).await?;
    trouble(&window, ".what", "not-allowed").await?;
    window.click(&row(&ids[3])).await?;
    window.find("[data-part=message][data-type=whispered-aside]").await?;
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_that_cannot_be_had_is_said_at_the_player() -> Result<()> {
    let stage = Stage::set("trouble-sound")?;
    let server = server().await?;
    let faults = [
        (status(SOURCE, 404), "not-found"),
        (status(SOURCE, 400), "no-audio"),
        (status("/clips/*", 403), "audio-expired"),
        (single(json!({ "path": "/clips/*", "kind": "status", "code": 200, "body": "" })), "audio-empty"),
        (single(json!({ "path": "/clips/*", "kind": "garbage" })), "audio-unreadable"),
    ];
    let mut voices = Vec::new();
    for voice in voice_conversations(&server).await? {
        if voices.len() < faults.len() && server.conversation(&voice.0).await?["is_finished"] == true {
            voices.push(voice);
        }
    }
    // In force before anything is read ahead of time, which is then not tried again.
    server.fault(status(SOURCE, 404)).await?;
    // More recordings than the client asks for within a minute.
    let window = signed_in(stage.launch(), &server).argument("--minute=0").open().await?;
    window.narrow(&voices.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>()).await?;
    let recordings: Vec<&str> =
        voices.iter().flat_map(|(_, all)| all).filter(|it| has_sound(it)).filter_map(|it| it["id"].as_str()).collect();
    eventually("each recording to be tried ahead of time", async || {
        let calls = server.calls().await?;
        let tried = |id: &&str| calls.iter().any(|call| call["path"].as_str().is_some_and(|path| path.contains(*id)));
        Ok(recordings.iter().all(tried).then_some(()))
    })
    .await?;
    let mut line = String::new();
    for ((fault, code), (conversation, messages)) in faults.into_iter().zip(&voices) {
        server.fault(fault).await?;
        // A conversation of its own for each: what was fetched once is kept.
        window.click(&row(conversation)).await?;
        let voice = messages.iter().find(|message| has_sound(message)).context("a voice message")?;
        line = format!("{} button:not([data-part=flag])", message(text(voice, "id")?));
        window.click(&line).await?;
        trouble(&window, "[data-part=player]", code).await?;
    }
    server.fault(json!([])).await?;
    window.click(&line).await?;
    window.gone("[data-part=player] [data-part=error]").await?;
    window.find("[data-part=play][aria-label=Pause]").await?;
    window.close().await
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_written_against_a_rule_is_refused_and_kept() -> Result<()> {
    let stage = Stage::set("trouble-writing")?;
    let server = server().await?;
    let (conversation, _) = voice_conversation(&server).await?;
    let present = server.conversation(&conversation).await?["tags"].as_object().context("tags")?.len();
    let more: serde_json::Map<String, Value> =
        (present..20).map(|number| (format!("filler {number}"), Value::Null)).collect();
    server.edit(json!({ "conversation_id": conversation, "tags": { "set": more } })).await?;
    let window = signed_in(stage.launch(), &server).open().await?;
    open(&window, &conversation).await?;

    window.press("t").await?;
    for tag in ["half/half: x", "one too many: x"] {
        window.enter("[data-part=tag-input]", tag).await?;
        window.press(Key::Enter).await?;
        let (name, _) = tag.split_once(':').context("a tag with a value")?;
        window.text_of("[data-part=tags] [data-part=error][data-code=tag-refused]", |said| said.contains(name)).await?;
        trouble(&window, "[data-part=tags]", "tag-refused").await?;
        let kept = "return document.querySelector('[data-part=tag-input]').value === arguments[0]";
        window.until("what was typed", kept, &[tag.into()]).await?;
    }
    let calls = server.calls().await?;
    let sent = calls.iter().any(|call| call["path"].as_str().is_some_and(|path| path.ends_with("/tags/")));
    ensure!(!sent, "a tag that breaks a rule was sent all the same");
    window.press(Key::Escape).await?;

    comment_on_a_resolved_one(&window, &server, &conversation).await?;
    window.close().await
}

/// Somebody else resolves a comment while it is edited here.
async fn comment_on_a_resolved_one(window: &Window<'_>, server: &Server, conversation: &str) -> Result<()> {
    tab(window, "Comments").await?;
    window.part("comment-input").await?.send_keys("Soon resolved elsewhere.").await?;
    window.send().await?;
    const WORDS: &str = "Soon resolved elsewhere.";
    let comment =
        eventually("the comment at the server", async || comment_at(server, conversation, WORDS).await).await?;
    let card = card_of(window, WORDS).await?;
    button(window, &card, "Edit").await?;
    window.enter(&format!("{card} textarea"), "Changed too late.").await?;
    server.edit(json!({ "feedback_id": comment["id"], "resolved": true })).await?;
    window.send().await?;
    let question = format!("{card} [data-part=clash]");
    window.text_of(&question, |said| said.contains("resolved meanwhile") && said.contains("Changed too late.")).await?;
    window.picture("clash").await?;
    window.says("outbox", "1 needs you").await?;
    // Its first answer: reopen it and save what was written here.
    window.press(Key::Escape).await?;
    window.press("1").await?;
    window.gone("[data-part=clash]").await?;
    eventually("what was written at the server", async || comment_at(server, conversation, "Changed too late.").await)
        .await
        .map(|_| ())
}
