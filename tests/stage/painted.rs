//! When a conversation is painted: the second animation frame after the document holds its id, its last visible line, its turn,
//! the state name of its insight and, where it was spoken, a waveform as long as its recordings are; all equal to what the server
//! says.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::{Server, Window};

/// Defines `whenPressed(act, early)` for a script: the next press of a key that is not only held with another one is told to
/// `act`, with `early` before the window takes it, else after.
pub const WHEN_PRESSED: &str = "const whenPressed = (act, early) => {
        const heard = (event) => {
            if (['Control', 'Shift'].includes(event.key)) return;
            removeEventListener('keydown', heard, early);
            act(event);
        };
        addEventListener('keydown', heard, early);
    };";

/// A conversation, and what its window must show.
pub struct Expected {
    /// Its id.
    pub id: String,
    /// Its texts by message.
    texts: Value,
    /// The interaction whose turn is the current one.
    turn: String,
    /// The state that its insight names.
    pub state: String,
    /// Length of its recordings where it was spoken.
    pub seconds: Option<u64>,
}

impl Expected {
    /// Asks a server, without limits that asking would use up, for a conversation at its first turn.
    ///
    /// # Errors
    /// The conversation is not there, or empty.
    pub async fn of(server: &Server, id: &str) -> Result<Self> {
        Self::at(server, id, None).await
    }

    /// As [`Expected::of`], at an interaction's turn.
    ///
    /// # Errors
    /// As there.
    pub async fn at(server: &Server, id: &str, interaction: Option<&str>) -> Result<Self> {
        let messages = server.messages(id).await?;
        ensure!(!messages.is_empty(), "{id} is empty");
        let texts = messages
            .iter()
            .filter_map(|message| Some((message["id"].as_str()?.to_owned(), message["message"].clone())));
        let first = messages[0]["interaction_id"].as_str().context("an interaction")?;
        let interaction = interaction.unwrap_or(first);
        let insight = server.read(&format!("/conversation/{id}/interaction/{interaction}/insights")).await?;
        let mut spoken_ms = None;
        for message in messages.iter().filter(|message| message["format"] == "voice") {
            let recording = server.recording(id, message["id"].as_str().context("an id")?).await?;
            spoken_ms = Some(spoken_ms.unwrap_or(0) + u64::from(recording.duration_ms()));
        }
        Ok(Self {
            id: id.to_owned(),
            texts: Value::Object(texts.collect()),
            turn: interaction.to_owned(),
            state: insight["current_state_name"].as_str().context("a state")?.to_owned(),
            seconds: spoken_ms.map(|ms| (ms + 500) / 1_000),
        })
    }
}

impl Window<'_> {
    /// Takes the time from the next key press until a conversation is painted: see [`Window::painted`].
    ///
    /// # Errors
    /// The window is not there.
    pub async fn watch_for(&self, next: &Expected) -> Result<()> {
        let arguments = [json!(next.id), next.texts.clone(), json!(next.turn), json!(next.state), json!(next.seconds)];
        self.ask::<Value>(&format!("{WHEN_PRESSED}\n{WATCH}"), &arguments).await.map(|_| ())
    }

    /// Milliseconds from the key press to the painted conversation, once it is.
    ///
    /// # Errors
    /// It is not painted in time.
    pub async fn painted(&self) -> Result<f64> {
        self.until("the conversation to be painted", "return window.__opened !== null", &[]).await?;
        self.ask("return window.__opened", &[]).await
    }
}

const WATCH: &str = "const [id, texts, turn, state, seconds] = arguments;
    window.__opened = null;
    const flat = (text) => text.replace(/\\s+/g, ' ').trim();
    const drawn = (canvas) => {
        if (!canvas?.width || Number(canvas.ariaValueMax) !== seconds) return false;
        const row = new OffscreenCanvas(canvas.width, 1).getContext('2d');
        row.drawImage(canvas, 0, -Math.floor(canvas.height / 2));
        const middle = row.getImageData(0, 0, canvas.width, 1).data;
        return middle.some((value) => value > 0);
    };
    // Not what is drawn ahead.
    const within = (selector) => [...document.querySelectorAll(`:is(.what, .why):not(.ahead) ${selector}`)];
    const holds = () => {
        if (document.querySelector('section.what')?.dataset.id !== id) return false;
        const pane = within('[data-part=transcript]')[0]?.getBoundingClientRect();
        if (!pane) return false;
        const lines = within('[data-part=transcript] [data-part=message]');
        const last = lines.filter((line) => line.getBoundingClientRect().top < pane.bottom).at(-1);
        if (!last || !flat(last.innerText).includes(flat(texts[last.dataset.id] ?? '\\0'))) return false;
        const current = within('[data-part=message][aria-current]')[0];
        if (current?.closest('[data-part=interaction]')?.dataset.id !== turn) return false;
        const name = within('[data-part=state-path] li.last code')[0];
        if (!name || flat(name.innerText) !== state) return false;
        return seconds === null || drawn(within('[data-part=waveform]')[0]);
    };
    whenPressed(({ timeStamp: pressed }) => {
        const look = () => {
            // The frame that finds it is the first one after it is there.
            if (holds()) requestAnimationFrame(() => (window.__opened = performance.now() - pressed));
            else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    }, true);";
