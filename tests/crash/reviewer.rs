//! A reviewer in a process of its own, who says what is tried and what was acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use earmark_audio::{NullDevice, NullOutput, Pace};
use earmark_console::{
    CommentId, Console, ConversationFilter, ConversationId, GivenKeys, InteractionId, Options, Origin, OutboxView,
    Secrets, SecretsError, TagView, WorkView,
};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use secrecy::{ExposeSecret, SecretString};

use crate::model::Edit;

/// Where this reviewer works and what is done there.
#[derive(clap::Args)]
pub struct Arguments {
    /// The program's data folder.
    #[arg(long)]
    data: PathBuf,
    #[arg(long)]
    seed: u64,
    /// The number of the first comment.
    #[arg(long, default_value_t = 0)]
    first: u64,
    /// Whether work was lost on the disk: then some changes may wait for an answer, and others for those.
    #[arg(long)]
    damaged: bool,
    /// The conversations, by id.
    #[arg(long)]
    conversation: Vec<String>,
}

/// A keyring in a file, so that each life finds the key.
struct FileKeyring(PathBuf);

impl FileKeyring {
    fn read(&self) -> BTreeMap<String, String> {
        std::fs::read(&self.0).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    fn write(&self, secrets: &BTreeMap<String, String>) -> Result<(), SecretsError> {
        let aside = self.0.with_extension("new");
        let written = serde_json::to_vec(secrets).map_err(|_| SecretsError::Failed)?;
        std::fs::write(&aside, written).map_err(|_| SecretsError::Failed)?;
        std::fs::rename(&aside, &self.0).map_err(|_| SecretsError::Failed)
    }
}

impl Secrets for FileKeyring {
    fn put(&self, name: &str, secret: &SecretString) -> Result<(), SecretsError> {
        let mut secrets = self.read();
        secrets.insert(name.into(), secret.expose_secret().into());
        self.write(&secrets)
    }

    fn get(&self, name: &str) -> Result<Option<SecretString>, SecretsError> {
        Ok(self.read().remove(name).map(Into::into))
    }

    fn forget(&self, name: &str) -> Result<(), SecretsError> {
        let mut secrets = self.read();
        secrets.remove(name);
        self.write(&secrets)
    }
}

/// The file the keys are in, beside the data folder.
pub fn keyring_of(data: &Path) -> PathBuf {
    data.with_extension("keyring")
}

async fn console(arguments: &Arguments, grace: Duration) -> Result<Console> {
    let variable = |name: &str| std::env::var(name).with_context(|| format!("{name} is not set"));
    let keys = GivenKeys {
        organization: variable("AMIGO_ORGANIZATION_ID")?,
        user_id: variable("AMIGO_USER_ID")?,
        api_key_id: variable("AMIGO_API_KEY_ID")?.into(),
        api_key: variable("AMIGO_API_KEY")?.into(),
        base_url: variable("AMIGO_BASE_URL")?,
    };
    let console = Console::new(Options {
        origin: Origin::Environment(keys),
        keyring: Some(Arc::new(FileKeyring(keyring_of(&arguments.data)))),
        output: Box::new(|alarm| Box::new(NullOutput::new(NullDevice::new(Pace::Unpaced), alarm))),
        minute: Duration::ZERO,
        grace,
        ..Options::in_folder(arguments.data.clone())
    });
    if let Some(problem) = console.start().await.problem {
        bail!("not signed in: {problem}");
    }
    let all = console.list_conversations(ConversationFilter::default(), None).await?;
    ensure!(!all.rows.is_empty(), "no conversations");
    Ok(console)
}

/// Says something to the process that watches.
fn say(word: &str, edit: &Edit) {
    let line = serde_json::to_string(edit).expect("an edit can be written");
    let mut out = std::io::stdout().lock();
    writeln!(out, "{word} {line}").and_then(|()| out.flush()).expect("somebody listens");
}

/// A comment written in this life.
struct Own {
    number: u64,
    conversation: usize,
    id: CommentId,
    resolved: bool,
}

/// Edits at random until the end.
pub async fn edit(arguments: Arguments) -> Result<()> {
    let mut random = StdRng::seed_from_u64(arguments.seed);
    let grace = Duration::from_millis(random.random_range(0..150));
    let console = console(&arguments, grace).await?;
    let mut places: Vec<(ConversationId, InteractionId)> = Vec::new();
    for id in &arguments.conversation {
        let id = ConversationId::new(id)?;
        let opened = console.open_conversation(id.clone(), false).await?;
        console.list_comments(id.clone()).await?;
        let first = opened.first.messages.first().context("a message")?.interaction_id.clone();
        places.push((id, first));
    }
    if let Some(notice) = console.storage().await?.notice {
        println!("notice {notice}");
    }
    println!("ready");
    let mut own: Vec<Own> = Vec::new();
    let mut set: BTreeSet<(usize, String)> = BTreeSet::new();
    let mut next = arguments.first;
    for step in 0u64.. {
        let at = random.random_range(0..places.len());
        let (id, interaction) = &places[at];
        let tries = match random.random_range(0..10) {
            0..5 => {
                let key = format!("k{}", random.random_range(0..4));
                // To take a tag away that is not there is no edit.
                let goes = random.random_bool(0.2) && set.remove(&(at, key.clone()));
                if !goes {
                    set.insert((at, key.clone()));
                }
                let value = (!goes).then(|| format!("{} {step}", arguments.seed));
                Edit::Tag { conversation: at, key, value }
            }
            5..8 => {
                next += 1;
                Edit::Write { conversation: at, comment: next, text: format!("remark {next}") }
            }
            kind => {
                let Some(chosen) = (!own.is_empty()).then(|| random.random_range(0..own.len())) else { continue };
                let chosen = &own[chosen];
                match kind {
                    8 if chosen.resolved => continue,
                    8 => {
                        Edit::Reword { comment: chosen.number, text: format!("remark {} as of {step}", chosen.number) }
                    }
                    _ => Edit::Resolve { comment: chosen.number, resolved: !chosen.resolved },
                }
            }
        };
        say("try", &tries);
        let place = |number: &u64| {
            let it = own.iter().find(|it| it.number == *number).expect("it was written");
            (places[it.conversation].0.clone(), it.id.clone())
        };
        let done: Result<WorkView, _> = match &tries {
            Edit::Tag { key, value: Some(value), .. } => {
                let tag = TagView { key: key.clone(), value: Some(value.clone()) };
                console.edit_tags(id.clone(), vec![tag], vec![]).await
            }
            Edit::Tag { key, value: None, .. } => console.edit_tags(id.clone(), vec![], vec![key.clone()]).await,
            Edit::Write { text, .. } => console.add_comment(id.clone(), Some(interaction.clone()), text.clone()).await,
            Edit::Reword { comment, text } => {
                let (conversation, comment) = place(comment);
                console.edit_comment(conversation, comment, text.clone()).await
            }
            Edit::Resolve { comment, resolved } => {
                let (conversation, comment) = place(comment);
                console.set_comment_resolved(conversation, comment, *resolved).await
            }
        };
        match done {
            Ok(work) => {
                say("done", &tries);
                match &tries {
                    Edit::Write { comment, text, .. } => {
                        let written = work.comments.iter().find(|it| &it.text == text).context("what was written")?;
                        own.push(Own { number: *comment, conversation: at, id: written.id.clone(), resolved: false });
                    }
                    Edit::Resolve { comment, resolved } => {
                        own.iter_mut().filter(|it| it.number == *comment).for_each(|it| it.resolved = *resolved);
                    }
                    _ => {}
                }
            }
            Err(problem) => {
                say("refused", &tries);
                println!("because {problem}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        if random.random_bool(0.2) {
            tokio::time::sleep(Duration::from_millis(random.random_range(0..30))).await;
        }
    }
    Ok(())
}

/// Waits until everything is sent.
pub async fn drain(arguments: Arguments) -> Result<()> {
    let console = console(&arguments, Duration::ZERO).await?;
    if let Some(notice) = console.storage().await?.notice {
        println!("notice {notice}");
    }
    let (tell, mut told) = tokio::sync::watch::channel(OutboxView { saved_here: u32::MAX, ..OutboxView::default() });
    console.watch_outbox(Box::new(move |view| drop(tell.send(view)))).await?;
    let sent = told.wait_for(|outbox| outbox.saved_here == 0);
    let patience = Duration::from_secs(if arguments.damaged { 5 } else { 60 });
    let in_time = tokio::time::timeout(patience, sent).await.is_ok();
    let view = told.borrow().clone();
    ensure!(in_time || (arguments.damaged && view.needs_you > 0), "not everything was sent: {view:?}");
    println!("left {}", view.needs_you);
    Ok(())
}
