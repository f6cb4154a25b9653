//! Each key does what its row in the sheet of keys says, and every other letter does nothing.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use earmark_tests::stage::{Server, Stage, Window, eventually};
use serde_json::Value;
use thirtyfour::Key;

use crate::listening::with_failure;
use crate::steps::{row, server, signed_in, text};

pub const TURN: &str = "document.querySelector('[data-part=message][aria-current]')?.dataset.id";
pub const CONVERSATION: &str = "document.querySelector('section.what')?.dataset.id";
pub const PLAYS: &str = "document.querySelector('[data-part=play]')?.ariaLabel";
pub const SECONDS: &str = "Number(document.querySelector('[data-part=waveform]')?.ariaValueNow)";
pub const SPEED: &str = "document.querySelector('[data-part=speed]')?.ariaLabel";
pub const REVIEW: &str = "document.querySelector('[data-part=review-state]')?.ariaLabel";
const FOCUS: &str = "document.activeElement?.dataset.part ?? null";
const FOLLOWS: &str = "document.querySelector('[data-part=follow]') === null";
const RESOLVED: &str = "document.querySelectorAll('[data-part=transcript] [data-resolved=true]').length";
pub const DIALOG: &str = "document.querySelector('dialog[open]')?.dataset.part ?? null";
const PLACE: &str = "document.querySelector('[data-part=rail] [aria-current]')?.ariaLabel";
const HEIGHT: &str = "innerHeight";
const FLAGS: &str = "document.querySelectorAll('[data-part=flag][aria-pressed=true]').length";
const FOCUSED: &str = "document.querySelector('.frame').classList.contains('focused')";
const SELECTED: &str = "document.querySelectorAll('[data-part=conversation-row][aria-selected=true]').length";
const TAGGING: &str = "document.querySelector('[data-part=selection] [aria-expanded=true]') !== null";

/// What is pressed.
enum Press {
    /// Characters as they are typed.
    Type(&'static str),
    One(Key),
    With(Key, &'static str),
    Shifted(&'static str),
}

/// What has to be so before a key can show what it does.
enum First {
    Nothing,
    /// The sound plays.
    Plays,
    /// It plays, and the reviewer has turned away from it.
    TurnedAway,
    /// The turn of the first comment.
    AtComment,
    /// A row of the list has the focus.
    InList,
    InSettings,
}

/// A row of the sheet: its key, and what it changes.
struct Effect {
    action: &'static str,
    press: Press,
    changes: &'static str,
    /// By how much, where that is a number.
    by: Option<i64>,
    first: First,
}

const fn effect(action: &'static str, press: Press, changes: &'static str) -> Effect {
    Effect { action, press, changes, by: None, first: First::Nothing }
}

const fn seek(action: &'static str, press: Press, seconds: i64) -> Effect {
    Effect { action, press, changes: SECONDS, by: Some(seconds), first: First::Nothing }
}

const fn after(first: First, action: &'static str, press: Press, changes: &'static str) -> Effect {
    Effect { action, press, changes, by: None, first }
}

/// Every row that does something on the screen of a voice conversation, in an order in which each can.
fn effects() -> Vec<Effect> {
    use Press::{One, Shifted, Type, With};
    vec![
        effect("next-turn", Type("j"), TURN),
        effect("previous-turn", Type("k"), TURN),
        effect("play-pause", Type(" "), PLAYS),
        seek("seek-forward-far", Shifted("."), 10),
        seek("seek-forward", Type("."), 2),
        seek("seek-back", Type(","), -2),
        seek("seek-back-far", Shifted(","), -10),
        effect("faster", Type("]"), SPEED),
        effect("normal-speed", Type("\\"), SPEED),
        effect("slower", Type("["), SPEED),
        after(First::TurnedAway, "follow", Type("f"), FOLLOWS),
        effect("next-error", Type("x"), TURN),
        effect("next-state", Type("s"), TURN),
        effect("next-comment", Type("n"), TURN),
        effect("previous-comment", Shifted("n"), TURN),
        effect("comment", Type("c"), FOCUS),
        effect("tag", Type("t"), FOCUS),
        after(First::AtComment, "resolve", Type("e"), RESOLVED),
        effect("flag", Type("!"), FLAGS),
        effect("done", With(Key::Control, "\u{e007}"), CONVERSATION),
        effect("undo", Type("u"), CONVERSATION),
        effect("redo", With(Key::Control, "y"), REVIEW),
        effect("focus-mode", Type("w"), FOCUSED),
        effect("focus-mode", Type("w"), FOCUSED),
        effect("palette", With(Key::Control, "k"), DIALOG),
        effect("help", Type("?"), DIALOG),
        after(First::InSettings, "leave", One(Key::Escape), PLACE),
        effect("menu-bar", One(Key::F10), HEIGHT),
        effect("next-conversation", Shifted("j"), CONVERSATION),
        effect("previous-conversation", Shifted("k"), CONVERSATION),
        after(First::InList, "open", Type("o"), CONVERSATION),
        after(First::InList, "select", Type("v"), SELECTED),
        after(First::InList, "select-all", With(Key::Control, "a"), SELECTED),
        effect("tag-selected", Shifted("t"), TAGGING),
    ]
}

/// Rows that do nothing here, and say so.
const NOTHING_TO_DO: [&str; 6] = ["choose-first", "choose-second", "choose-third", "send", "resolve-next", "reopen"];

async fn press(window: &Window<'_>, press: &Press) -> Result<()> {
    match press {
        Press::Type(text) => window.press(*text).await,
        Press::One(key) => window.press(key.clone()).await,
        Press::With(held, text) => window.chord(held.clone(), *text).await,
        Press::Shifted(text) => window.chord(Key::Shift, *text).await,
    }
}

/// What a script's expression is now.
pub async fn value(window: &Window<'_>, of: &str) -> Result<Value> {
    window.ask(&format!("return ({of}) ?? null"), &[]).await
}

/// Leaves whatever a key has opened, and goes back to the turn.
pub async fn leave(window: &Window<'_>) -> Result<()> {
    if value(window, "document.activeElement?.closest('dialog, input, textarea') ? 1 : 0").await? == 1 {
        window.press(Key::Escape).await?;
        window.gone("dialog[open]").await?;
    }
    if value(window, PLAYS).await? == "Pause" {
        window.click("[data-part=play]").await?;
        window.find("[data-part=play][aria-label=Play]").await?;
    }
    // Back to the turn, where no button takes a key for itself.
    window.ask::<Value>("document.querySelector('[data-part=message][aria-current]')?.focus()", &[]).await.map(drop)
}

async fn begin(window: &Window<'_>, first: &First, comments: &[String]) -> Result<()> {
    match first {
        First::Nothing => Ok(()),
        First::Plays => {
            window.press(" ").await?;
            window.find("[data-part=play][aria-label=Pause]").await.map(drop)
        }
        First::TurnedAway => {
            Box::pin(begin(window, &First::Plays, comments)).await?;
            window
                .until("a line that sounds", "return document.querySelector('[data-sounding=true]') !== null", &[])
                .await?;
            window.press("j").await?;
            window.part("follow").await.map(drop)
        }
        First::AtComment => {
            let turn = format!("[data-part=message][data-id=\"{}\"] [class*=text]", comments[0]);
            window.click(&turn).await?;
            leave(window).await
        }
        First::InList => {
            let row = "document.querySelector('[data-part=conversation-row][tabindex=\"0\"]').focus()";
            window.ask::<Value>(row, &[]).await?;
            window.press(Key::Down).await
        }
        First::InSettings => {
            window.click("[data-part=rail] [aria-label=Settings]").await?;
            window.part("settings").await.map(drop)
        }
    }
}

/// Two comments in the conversation at hand, on turns of two interactions; answers these turns.
async fn comment_twice(window: &Window<'_>, messages: &[Value]) -> Result<Vec<String>> {
    let mut turns: Vec<String> = Vec::new();
    let mut interactions = BTreeSet::new();
    for message in messages {
        if turns.len() < 2 && interactions.insert(text(message, "interaction_id")?.to_owned()) {
            turns.push(text(message, "id")?.to_owned());
        }
    }
    for (number, turn) in turns.iter().enumerate() {
        window
            .ask::<Value>(&format!("document.querySelector('[data-part=message][data-id=\"{turn}\"]').click()"), &[])
            .await?;
        window.until("the turn", &format!("return ({TURN}) === arguments[0]"), &[turn.as_str().into()]).await?;
        window.press("c").await?;
        window.part("comment-input").await?.send_keys(format!("Comment {number}")).await?;
        window.send().await?;
        let written = format!(
            "return [...document.querySelectorAll('[data-part=comment]')].some((card) => card.innerText.includes('Comment {number}'))"
        );
        window.until("the comment", &written, &[]).await?;
        leave(window).await?;
    }
    Ok(turns)
}

/// A voice conversation with everything a key could go to, ready to be driven.
pub async fn at_work<'stage>(stage: &'stage Stage, server: &Server) -> Result<(Window<'stage>, Vec<Value>)> {
    let (conversation, messages, _) = with_failure(server).await?;
    let window = signed_in(stage.launch(), server).open().await?;
    window.part("conversation-row").await?;
    window.click(&row(&conversation)).await?;
    window.find(&format!("section[data-id=\"{conversation}\"] [data-part=message]")).await?;
    window.part("state-path").await?;
    window
        .until("the sound", "return Number(document.querySelector('[data-part=waveform]')?.ariaValueMax) > 20", &[])
        .await?;
    leave(&window).await?;
    Ok((window, messages))
}

/// The actions on the sheet, with whether each does something now, and the single letters among their keys.
async fn sheet(window: &Window<'_>) -> Result<(Vec<(String, bool)>, BTreeSet<String>)> {
    window.press("?").await?;
    window.part("help").await?;
    let rows = "return [...document.querySelectorAll('[data-part=help] [data-id]')].map((row) =>
        [row.dataset.id, row.dataset.applies === 'true'])";
    let rows = window.ask(rows, &[]).await?;
    let keys = "return [...document.querySelectorAll('[data-part=help] kbd')].map((key) => key.innerText)";
    let keys = window.ask::<Vec<String>>(keys, &[]).await?.into_iter().collect();
    leave(window).await?;
    Ok((rows, keys))
}

#[tokio::test(flavor = "multi_thread")]
async fn each_row_of_the_sheet_does_what_it_says_and_no_other_letter_does_anything() -> Result<()> {
    let stage = Stage::set("keys")?;
    let server = server().await?;
    let (window, messages) = at_work(&stage, &server).await?;
    let comments = comment_twice(&window, &messages).await?;
    let (rows, keys) = sheet(&window).await?;
    let effects = effects();
    for (action, applies) in &rows {
        let known = effects.iter().any(|effect| effect.action == action);
        ensure!(known || NOTHING_TO_DO.contains(&action.as_str()), "nobody presses the key of {action:?}");
        ensure!(!NOTHING_TO_DO.contains(&action.as_str()) || !applies, "{action:?} would do something");
    }

    for effect in &effects {
        ensure!(rows.iter().any(|(action, _)| action == effect.action), "{} is not on the sheet", effect.action);
        begin(&window, &effect.first, &comments).await?;
        let before = value(&window, effect.changes).await?;
        press(&window, &effect.press).await?;
        eventually(&format!("what the key of {} does", effect.action), async || {
            let now = value(&window, effect.changes).await?;
            let moved = now.as_i64().zip(before.as_i64()).map(|(now, before)| now - before);
            Ok((now != before && effect.by.is_none_or(|by| moved == Some(by))).then_some(()))
        })
        .await?;
        leave(&window).await?;
    }
    window.picture("menu-bar").await?;
    others_do_nothing(&window, &keys).await?;
    window.close().await
}

/// Everything a key could change.
async fn everything(window: &Window<'_>) -> Result<Value> {
    let all = [
        TURN,
        CONVERSATION,
        PLAYS,
        SECONDS,
        SPEED,
        REVIEW,
        FOCUS,
        RESOLVED,
        DIALOG,
        PLACE,
        HEIGHT,
        FLAGS,
        FOCUSED,
        SELECTED,
        TAGGING,
    ];
    value(window, &format!("[{}]", all.join(", "))).await
}

/// Presses every letter that is not on the sheet, small and capital.
async fn others_do_nothing(window: &Window<'_>, keys: &BTreeSet<String>) -> Result<()> {
    leave(window).await?;
    let before = everything(window).await?;
    let mut pressed = 0;
    for letter in 'a'..='z' {
        let capital = letter.to_ascii_uppercase();
        for (shown, press) in [(capital.to_string(), false), (format!("Shift {capital}"), true)] {
            if keys.contains(&shown) {
                continue;
            }
            pressed += 1;
            match press {
                true => window.chord(Key::Shift, letter.to_string()).await?,
                false => window.press(letter.to_string()).await?,
            }
            ensure!(
                everything(window).await? == before,
                "{shown} did something: {before} and then {}",
                everything(window).await?
            );
        }
    }
    ensure!(pressed > 20, "only {pressed} letters are free");
    Ok(())
}
