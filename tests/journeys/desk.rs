//! A reviewer's desk: a sandbox and a console signed in to it, with a sound device that remembers what it was given.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use earmark_audio::{NullDevice, NullOutput, Pace};
use earmark_console::{
    Console, ConversationFilter, ConversationId, ConversationPage, ConversationRow, GivenKeys, MessageView, Options,
    Origin, OutboxView, PageToken, Problem, Secrets, SecretsError, Settings, SignInForm, ThisRun,
};
use earmark_sandbox::{Credentials, Limits, Options as Sandbox};
use earmark_tests::stage::Server;
use secrecy::SecretString;
use tempfile::TempDir;

pub struct Desk {
    pub server: Server,
    pub console: Console,
    pub device: NullDevice,
    folder: TempDir,
    keyring: Arc<dyn Secrets>,
    pacing: Pacing,
}

/// What a console is in a hurry with: nothing waits, but where the waiting is what a journey is about.
#[derive(Clone, Copy, Default)]
struct Pacing {
    minute: Duration,
    grace: Duration,
}

/// A keyring that is locked, and stays so.
pub struct Locked;

impl Secrets for Locked {
    fn put(&self, _: &str, _: &SecretString) -> Result<(), SecretsError> {
        Err(SecretsError::Locked)
    }

    fn get(&self, _: &str) -> Result<Option<SecretString>, SecretsError> {
        Err(SecretsError::Locked)
    }

    fn forget(&self, _: &str) -> Result<(), SecretsError> {
        Err(SecretsError::Locked)
    }
}

/// A sandbox without limits, which most journeys want.
pub fn unlimited() -> Sandbox {
    Sandbox { limits: Limits::Off, ..Sandbox::default() }
}

impl Desk {
    /// Signed in.
    pub async fn set(sandbox: Sandbox) -> Self {
        let desk = Self::set_signed_out(sandbox).await;
        desk.console.sign_in(form(desk.server.credentials())).await.unwrap();
        desk
    }

    /// Not signed in yet.
    pub async fn set_signed_out(sandbox: Sandbox) -> Self {
        Self::set_with(sandbox, Arc::new(ThisRun::default())).await
    }

    /// Signed in, with a device that takes as long as the sound lasts.
    pub async fn set_paced(sandbox: Sandbox) -> Self {
        let desk = Self::furnish(sandbox, Arc::new(ThisRun::default()), Pace::RealTime, Pacing::default()).await;
        desk.console.sign_in(form(desk.server.credentials())).await.unwrap();
        desk
    }

    /// Signed in, keeping to the server's limits in a window of this length.
    pub async fn set_limited(sandbox: Sandbox, minute: Duration) -> Self {
        let desk =
            Self::furnish(sandbox, Arc::new(ThisRun::default()), Pace::Unpaced, Pacing { minute, ..Pacing::default() })
                .await;
        desk.console.sign_in(form(desk.server.credentials())).await.unwrap();
        desk
    }

    /// Signed in, with so much time to take a change back.
    pub async fn set_with_grace(sandbox: Sandbox, grace: Duration) -> Self {
        let pacing = Pacing { grace, ..Pacing::default() };
        let desk = Self::furnish(sandbox, Arc::new(ThisRun::default()), Pace::Unpaced, pacing).await;
        desk.console.sign_in(form(desk.server.credentials())).await.unwrap();
        desk
    }

    /// Not signed in yet, with this in the keyring's place.
    pub async fn set_with(sandbox: Sandbox, keyring: Arc<dyn Secrets>) -> Self {
        Self::furnish(sandbox, keyring, Pace::Unpaced, Pacing::default()).await
    }

    async fn furnish(sandbox: Sandbox, keyring: Arc<dyn Secrets>, pace: Pace, pacing: Pacing) -> Self {
        let server = Server::start(sandbox).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let device = NullDevice::new(pace);
        let console = console(folder.path(), &device, &keyring, Origin::LastAccount, pacing);
        Self { server, console, device, folder, keyring, pacing }
    }

    /// A console of the same folder that was started anew.
    pub fn started_again(&self, origin: Origin) -> Console {
        console(self.folder.path(), &self.device, &self.keyring, origin, self.pacing)
    }

    /// The same desk after the program has ended and was started anew, with the keys from the environment.
    pub async fn restart(self) -> Self {
        let Self { server, console: ended, device, folder, keyring, pacing } = self;
        ended.close().await;
        drop(ended);
        // What still runs for the session that ended lets go of the store when it is done.
        let again = tokio::time::timeout(Duration::from_secs(30), async {
            loop {
                let origin = Origin::Environment(keys(server.credentials()));
                let next = console(folder.path(), &device, &keyring, origin, pacing);
                assert!(next.start().await.session.is_some());
                match next.storage().await.unwrap().notice {
                    Some(notice) if notice.contains("already open") => {
                        tokio::time::sleep(Duration::from_millis(5)).await;
                    }
                    _ => return next,
                }
            }
        });
        let console = again.await.expect("the store is let go of");
        Self { server, console, device, folder, keyring, pacing }
    }

    /// Waits until the reviewer's changes are where they shall be.
    pub async fn outbox_until(&self, mut so: impl FnMut(&OutboxView) -> bool) -> OutboxView {
        // Every view, one after the other: what is told once must not be missed.
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
        self.console.watch_outbox(Box::new(move |view| drop(tell.send(view)))).await.unwrap();
        let mut latest = None;
        let reached = tokio::time::timeout(Duration::from_secs(30), async {
            while let Some(view) = told.recv().await {
                let is_so = so(&view);
                latest = Some(view);
                if is_so {
                    return;
                }
            }
        });
        let in_time = reached.await.is_ok();
        let view = latest.unwrap_or_default();
        assert!(in_time, "not reached: {view:?}");
        view
    }

    /// Waits until nothing waits to be sent.
    pub async fn sent(&self) -> OutboxView {
        self.outbox_until(|outbox| outbox.saved_here == 0).await
    }

    /// A console of the same folder that finds another keyring.
    pub fn with_keyring(&self, keyring: Arc<dyn Secrets>) -> Console {
        console(self.folder.path(), &self.device, &keyring, Origin::LastAccount, self.pacing)
    }

    /// Every file in the data folder.
    pub fn files(&self) -> Vec<PathBuf> {
        let (mut files, mut folders) = (Vec::new(), vec![self.folder.path().to_owned()]);
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() { folders.push(path) } else { files.push(path) }
            }
        }
        files
    }

    /// A page of the list as the server tells it, however late it is.
    pub async fn page(&self, filter: ConversationFilter, next: Option<PageToken>) -> Result<ConversationPage, Problem> {
        let page = self.console.list_conversations(filter.clone(), next).await?;
        match page.late {
            Some(late) => self.console.list_conversations(filter, Some(late)).await,
            None => Ok(page),
        }
    }

    /// Waits until what was read of the list is kept, which happens behind the reviewer's back.
    pub async fn kept(&self) {
        self.sent().await;
        let all = self.all(ConversationFilter::default()).await;
        assert!(!all.is_empty());
        let within = tokio::time::timeout(Duration::from_secs(20), async {
            while self.console.known_tags().await.unwrap().is_empty() {
                tokio::task::yield_now().await;
            }
        });
        within.await.unwrap();
    }

    /// All conversations, page after page.
    pub async fn all(&self, filter: ConversationFilter) -> Vec<ConversationRow> {
        let mut rows = Vec::new();
        let mut next = None;
        loop {
            let page = self.page(filter.clone(), next).await.unwrap();
            rows.extend(page.rows);
            next = page.next;
            if next.is_none() {
                return rows;
            }
        }
    }

    /// The conversation of this customer; the newest where there are several.
    pub async fn conversation_of(&self, customer: &str) -> ConversationRow {
        let rows = self.all(ConversationFilter::default()).await;
        let found = rows.into_iter().find(|row| row.user.name.as_deref() == Some(customer));
        found.unwrap_or_else(|| panic!("the sample has a conversation of {customer}"))
    }

    /// All messages of a conversation.
    pub async fn messages(&self, id: &ConversationId) -> Vec<MessageView> {
        let opened = self.console.open_conversation(id.clone(), false).await.unwrap();
        let mut messages = opened.first.messages;
        let mut next = opened.first.next;
        while let Some(from) = next {
            let page = self.console.read_transcript(id.clone(), from).await.unwrap();
            messages.extend(page.messages);
            next = page.next;
        }
        messages
    }

    /// Calls the server received whose path contains this.
    pub async fn calls_to(&self, part: &str) -> usize {
        let calls = self.server.calls().await.unwrap();
        calls.iter().filter(|call| call["path"].as_str().is_some_and(|path| path.contains(part))).count()
    }
}

/// The budgets have tests of their own: most journeys use a window of zero, so that they need not wait for it to pass.
fn console(folder: &Path, device: &NullDevice, keyring: &Arc<dyn Secrets>, origin: Origin, pacing: Pacing) -> Console {
    let device = device.clone();
    let console = Console::new(Options {
        origin,
        keyring: Some(keyring.clone()),
        output: Box::new(move |alarm| Box::new(NullOutput::new(device, alarm))),
        minute: pacing.minute,
        grace: pacing.grace,
        ..Options::in_folder(folder.to_owned())
    });
    // Most journeys count what is sent, and the state of a review has journeys of its own.
    console.follow(&Settings { share_review: false, ..Settings::default() });
    console
}

/// The sign-in form filled in for this sandbox.
pub fn form(credentials: &Credentials) -> SignInForm {
    SignInForm {
        organization: credentials.organization.clone(),
        api_key_id: credentials.api_key_id.clone(),
        api_key: credentials.api_key.clone(),
        user_id: credentials.user_id.clone(),
        base_url: credentials.base_url.clone(),
    }
}

/// The keys the environment would give for this sandbox.
pub fn keys(credentials: &Credentials) -> GivenKeys {
    GivenKeys {
        organization: credentials.organization.clone(),
        user_id: credentials.user_id.clone(),
        api_key_id: credentials.api_key_id.clone().into(),
        api_key: credentials.api_key.clone().into(),
        base_url: credentials.base_url.clone(),
    }
}
