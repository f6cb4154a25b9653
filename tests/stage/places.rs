//! Ways to the places of a window.

use anyhow::Result;

use super::Window;

impl Window<'_> {
    /// Opens *Feedback*, and waits until all comments are read and listed.
    ///
    /// # Errors
    /// They are not in time.
    pub async fn go_to_feedback(&self) -> Result<()> {
        self.part("conversation-row").await?;
        self.click("[data-part=rail] button[aria-label^=Feedback]").await?;
        self.text_of("[data-part=feedback-reading]", |said| said.starts_with("All ")).await?;
        // What was read while the place was opened is shown when it is asked for.
        let shown = "const button = [...document.querySelectorAll('section[aria-label=Feedback] button')].find((one) => one.innerText === 'Show what is new');
            button?.click();
            return button === undefined";
        self.until("the whole list", shown, &[]).await?;
        self.part("feedback-row").await.map(|_| ())
    }

    /// Waits until a comment is looked at in *Feedback*.
    ///
    /// # Errors
    /// Another one is.
    pub async fn looks_at(&self, comment: &str) -> Result<()> {
        let is_it = "return document.querySelector('[data-part=feedback-row].opened')?.dataset.id === arguments[0]";
        self.until("the comment to be looked at", is_it, &[comment.into()]).await
    }
}
