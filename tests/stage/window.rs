//! A window driven from outside. Its pieces are found by `data-part`.

use std::cell::Cell;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde::de::DeserializeOwned;
use serde_json::Value;
use thirtyfour::error::WebDriverErrorInner;
use thirtyfour::prelude::*;

use super::Stage;
use super::process::Process;

/// How long anything may take before a test gives up on it.
pub const PATIENCE: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(20);
/// Characters of what a window says that an error quotes.
const MOST_SAID: usize = 1_500;

/// A piece of the window.
pub type Part = WebElement;

/// Asks until there is an answer.
///
/// # Errors
/// The question fails, or there is no answer within [`PATIENCE`].
pub async fn eventually<T>(what: &str, mut ask: impl AsyncFnMut() -> Result<Option<T>>) -> Result<T> {
    let began = Instant::now();
    loop {
        if let Some(answer) = ask().await? {
            return Ok(answer);
        }
        if began.elapsed() > PATIENCE {
            bail!("waited {PATIENCE:?} in vain for {what}");
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// An open window. One that is dropped without [`Window::close`] belongs to a test that failed, and is photographed.
#[derive(Debug)]
pub struct Window<'stage> {
    stage: &'stage Stage,
    session: WebDriver,
    driver: Option<Process>,
    closed: Cell<bool>,
}

impl<'stage> Window<'stage> {
    pub(super) fn new(stage: &'stage Stage, session: WebDriver, driver: Process) -> Self {
        Self { stage, session, driver: Some(driver), closed: Cell::new(false) }
    }

    /// Sets the width and height of the whole window.
    ///
    /// # Errors
    /// The driver refuses.
    pub async fn resize(&self, width: u32, height: u32) -> Result<()> {
        self.session.set_window_rect(0, 0, width, height).await?;
        Ok(())
    }

    /// The first piece of this name, as soon as it can be seen.
    ///
    /// # Errors
    /// There is none in time.
    pub async fn part(&self, name: &str) -> Result<Part> {
        self.find(&part(name)).await
    }

    /// The first element that matches a CSS selector, as soon as it can be seen.
    ///
    /// # Errors
    /// There is none in time.
    pub async fn find(&self, selector: &str) -> Result<Part> {
        let found = eventually(selector, async || {
            let found = match self.session.find_all(By::Css(selector)).await {
                Ok(found) => found,
                // One of them went while they were gathered.
                Err(refused) if matches!(refused.as_inner(), WebDriverErrorInner::StaleElementReference(_)) => {
                    return Ok(None);
                }
                Err(refused) => return Err(refused.into()),
            };
            for element in found {
                // It may have gone between the two questions.
                if element.is_displayed().await.unwrap_or(false) {
                    return Ok(Some(element));
                }
            }
            Ok(None)
        })
        .await;
        match found {
            Ok(found) => Ok(found),
            // What stands there instead tells more than the picture, which is not always at hand.
            Err(missing) => {
                let said: String = self.ask("return document.body.innerText", &[]).await.unwrap_or_default();
                let said = said.chars().take(MOST_SAID).collect::<String>();
                Err(missing.context(format!("the window said {said:?}")))
            }
        }
    }

    /// Waits until nothing matches a CSS selector.
    ///
    /// # Errors
    /// Something still does.
    pub async fn gone(&self, selector: &str) -> Result<()> {
        self.until(
            &format!("no {selector}"),
            "return document.querySelector(arguments[0]) === null",
            &[selector.into()],
        )
        .await
    }

    /// Waits until what the elements of a CSS selector say, joined by line breaks, satisfies a condition.
    ///
    /// # Errors
    /// It does not; the error says what it was.
    pub async fn text_of(&self, selector: &str, satisfies: impl Fn(&str) -> bool) -> Result<String> {
        let last = Cell::new(String::new());
        let found = eventually(selector, async || {
            let text: String = self
                .ask(
                    "return [...document.querySelectorAll(arguments[0])].map((element) => element.innerText).join('\\n')",
                    &[selector.into()],
                )
                .await?;
            if satisfies(&text) {
                return Ok(Some(text));
            }
            last.set(text);
            Ok(None)
        })
        .await;
        found.with_context(|| format!("{selector} said {:?}", last.take()))
    }

    /// Waits until a piece says something that contains a text.
    ///
    /// # Errors
    /// It does not.
    pub async fn says(&self, part_name: &str, text: &str) -> Result<String> {
        self.text_of(&part(part_name), |said| said.contains(text)).await.with_context(|| format!("expected {text:?}"))
    }

    /// Waits until a script answers `true`.
    ///
    /// # Errors
    /// It does not.
    pub async fn until(&self, what: &str, script: &str, arguments: &[Value]) -> Result<()> {
        eventually(what, async || Ok(self.ask::<bool>(script, arguments).await?.then_some(()))).await
    }

    /// Runs a script in the window; `arguments` are its `arguments`.
    ///
    /// # Errors
    /// It throws, or answers something else than a `T`.
    pub async fn ask<T: DeserializeOwned>(&self, script: &str, arguments: &[Value]) -> Result<T> {
        let answer = self.session.execute(script, arguments.to_vec()).await?;
        Ok(answer.convert()?)
    }

    /// Runs a script that answers through its last argument, a function.
    ///
    /// # Errors
    /// It throws, does not answer within half a minute, or answers something else than a `T`.
    pub async fn ask_later<T: DeserializeOwned>(&self, script: &str, arguments: &[Value]) -> Result<T> {
        let answer = self.session.execute_async(script, arguments.to_vec()).await?;
        Ok(answer.convert()?)
    }

    /// Types into whatever has the focus.
    ///
    /// # Errors
    /// Nothing has it.
    pub async fn press(&self, keys: impl Into<TypingData>) -> Result<()> {
        self.session.action_chain().send_keys(keys).perform().await?;
        Ok(())
    }

    /// Clicks the first element that matches a CSS selector, as soon as a pointer would hit it: a list lets no pointer
    /// through while it scrolls, and may draw its rows anew.
    ///
    /// # Errors
    /// There is none in time, or something covers it.
    pub async fn click(&self, selector: &str) -> Result<()> {
        const REACHABLE: &str = "const [element] = arguments;
            element.scrollIntoView({ block: 'nearest' });
            const box = element.getBoundingClientRect();
            const hit = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
            return hit !== null && element.contains(hit)";
        eventually(&format!("a click on {selector}"), async || {
            let element = self.find(selector).await?;
            let click = async {
                let reachable = self.session.execute(REACHABLE, vec![element.to_json()?]).await?.convert::<bool>()?;
                if reachable {
                    element.click().await?;
                }
                WebDriverResult::Ok(reachable)
            };
            match click.await {
                Ok(clicked) => Ok(clicked.then_some(())),
                Err(refused) => match refused.as_inner() {
                    WebDriverErrorInner::ElementNotInteractable(_)
                    | WebDriverErrorInner::ElementClickIntercepted(_)
                    | WebDriverErrorInner::StaleElementReference(_) => Ok(None),
                    _ => Err(refused.into()),
                },
            }
        })
        .await
    }

    /// Replaces what a field holds.
    ///
    /// # Errors
    /// There is none in time.
    pub async fn enter(&self, selector: &str, text: &str) -> Result<()> {
        eventually(&format!("a field {selector}"), async || {
            let field = self.find(selector).await?;
            let typed = async {
                field.clear().await?;
                field.send_keys(text).await?;
                field.prop("value").await
            };
            match typed.await {
                // A key may be lost.
                Ok(value) => Ok((value.as_deref() == Some(text)).then_some(())),
                Err(refused) => match refused.as_inner() {
                    // Drawn anew between the two.
                    WebDriverErrorInner::StaleElementReference(_) => Ok(None),
                    _ => Err(refused.into()),
                },
            }
        })
        .await
    }

    /// Narrows the list to conversations by their ids.
    ///
    /// # Errors
    /// There is no list.
    pub async fn narrow(&self, ids: &[&str]) -> Result<()> {
        self.click("[data-part=filters] button[aria-expanded=false]:not([aria-haspopup])").await?;
        for id in ids {
            self.enter("[data-part=filters] form:last-of-type input", id).await?;
            self.press(Key::Enter).await?;
            self.find(&format!("[data-part=filters] [data-tip=\"{id}\"]")).await?;
        }
        Ok(())
    }

    /// Chooses the colours, `light` or `dark`, in the settings, and goes back to the conversations.
    ///
    /// # Errors
    /// Nobody is signed in.
    pub async fn theme(&self, colours: &str) -> Result<()> {
        self.click("[data-part=rail] [aria-label=Settings]").await?;
        self.click(&format!("[data-part=settings] input[name=theme][value={colours}]")).await?;
        let worn = "return getComputedStyle(document.documentElement).colorScheme === arguments[0]";
        self.until(&format!("{colours} colours"), worn, &[colours.into()]).await?;
        self.click("[data-part=rail] [aria-label=Conversations]").await
    }

    /// Chooses high contrast in the settings, or what the system wants, and goes back to the conversations.
    ///
    /// # Errors
    /// Nobody is signed in.
    pub async fn contrast(&self, contrast: &str) -> Result<()> {
        self.click("[data-part=rail] [aria-label=Settings]").await?;
        self.click(&format!("[data-part=settings] input[name=contrast][value={contrast}]")).await?;
        self.click("[data-part=rail] [aria-label=Conversations]").await
    }

    /// Saves what the window shows as a PNG into the stage's folder.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn picture(&self, name: &str) -> Result<()> {
        self.picture_at(&self.stage.artifacts().join(name).with_extension("png")).await
    }

    /// Saves what the window shows as a PNG.
    ///
    /// # Errors
    /// The file cannot be written.
    pub async fn picture_at(&self, file: &std::path::Path) -> Result<()> {
        // What the document holds by now is to be in the picture: it is drawn with the second frame.
        const DRAWN: &str = "const done = arguments[0];
            requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(true), 50)))";
        // A driver's picture comes with the next frame, and where nothing moves there is none: one pixel moves meanwhile.
        const MOVE: &str = "const pixel = document.createElement('i');
            pixel.style = 'position: fixed; inset: auto 0 0 auto; width: 1px; height: 1px';
            document.body.append(pixel);
            const move = () => {
                pixel.style.background = pixel.style.background ? '' : 'canvas';
                if (pixel.isConnected) requestAnimationFrame(move);
            };
            move();
            window.__still = () => pixel.remove();";
        self.ask_later::<bool>(DRAWN, &[]).await?;
        self.ask::<Value>(MOVE, &[]).await?;
        let taken = self.session.screenshot(file).await;
        self.ask::<Value>("window.__still()", &[]).await?;
        Ok(taken?)
    }

    /// Types while a key is held down.
    ///
    /// # Errors
    /// The driver refuses.
    pub async fn chord(&self, held: Key, keys: impl Into<TypingData>) -> Result<()> {
        self.chord_of(&[held], keys).await
    }

    /// Types while several keys are held down.
    ///
    /// # Errors
    /// The driver refuses.
    pub async fn chord_of(&self, held: &[Key], keys: impl Into<TypingData>) -> Result<()> {
        let down = held.iter().fold(self.session.action_chain(), |chain, key| chain.key_down(key.clone()));
        held.iter().fold(down.send_keys(keys), |chain, key| chain.key_up(key.clone())).perform().await?;
        Ok(())
    }

    /// Sends what is typed in a field, and stays.
    ///
    /// # Errors
    /// The window has gone.
    pub async fn send(&self) -> Result<()> {
        self.chord_of(&[Key::Control, Key::Shift], Key::Enter).await
    }

    /// Takes note that the reviewer closed it; waits until the program has ended.
    ///
    /// # Errors
    /// It was closed through the driver before.
    pub fn was_closed(mut self) -> Result<()> {
        self.closed.set(true);
        // The driver has nothing left to close, and would look for it until its patience ends.
        self.session.clone().leak()?;
        drop(self.driver.take());
        Ok(())
    }

    /// Closes the window and waits until the program has ended.
    ///
    /// # Errors
    /// The driver has lost it.
    pub async fn close(mut self) -> Result<()> {
        self.closed.set(true);
        self.session.clone().quit().await?;
        drop(self.driver.take());
        Ok(())
    }
}

impl Drop for Window<'_> {
    fn drop(&mut self) {
        if !self.closed.get()
            && let Ok(file) = self.stage.photograph("failed")
        {
            eprintln!("what the window showed: {}", file.display());
        }
    }
}

/// The CSS selector of a piece.
pub fn part(name: &str) -> String {
    format!("[data-part=\"{name}\"]")
}
