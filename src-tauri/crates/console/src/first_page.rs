//! The beginning of a list: asked of the server once, and what is kept in its place while the server takes its time.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::AbortHandle;

use crate::browse::read;
use crate::console::held;
use crate::session::Session;
use crate::view::{ConversationFilter, ConversationPage, PageToken};
use crate::{Console, Problem, ProblemCode};

/// How long the server may take before what is kept is shown meanwhile.
const PATIENCE: Duration = Duration::from_millis(300);
/// What the token of a page begins with that is waited for; the server's are numbers.
const MARK: &str = "late ";

type Answer = Result<ConversationPage, Problem>;

/// The beginning that is asked for. Another one takes its place: nobody waits for two.
#[derive(Default)]
pub(crate) struct FirstPage(Mutex<Option<Asked>>);

/// A call for a beginning; given up when dropped.
struct Asked {
    beginning: Beginning,
    /// Nobody has listed it yet. Whoever lists later wants a fresh one.
    is_new: bool,
    call: AbortHandle,
}

/// What is waited for.
#[derive(Clone)]
struct Beginning {
    token: PageToken,
    filter: ConversationFilter,
    answer: watch::Receiver<Option<Answer>>,
}

impl FirstPage {
    /// Asks for the unfiltered one at sign-in, so that it is there with its names when the window is.
    pub(crate) fn ask(session: &Arc<Session>) {
        *held(&session.first_page.0) = Some(Asked::of(session, ConversationFilter::default(), true));
    }

    /// Gives it up: nobody will list anything in this session any more.
    pub(crate) fn give_up(&self) {
        drop(held(&self.0).take());
    }

    /// The beginning of a list for somebody who lists it now.
    fn begin(session: &Arc<Session>, filter: ConversationFilter) -> Beginning {
        let mut asked = held(&session.first_page.0);
        match asked.as_mut().filter(|asked| asked.is_new && asked.beginning.filter == filter) {
            Some(asked) => {
                asked.is_new = false;
                asked.beginning.clone()
            }
            None => asked.insert(Asked::of(session, filter, false)).beginning.clone(),
        }
    }

    /// What a token says is waited for, unless something else is by now.
    fn waited_for(&self, token: &PageToken) -> Option<Beginning> {
        held(&self.0).as_ref().map(|asked| &asked.beginning).filter(|beginning| beginning.token == *token).cloned()
    }
}

impl Asked {
    fn of(session: &Arc<Session>, filter: ConversationFilter, is_new: bool) -> Self {
        let (tell, answer) = watch::channel(None);
        let (asking, narrowed) = (session.clone(), filter.clone());
        let call = tokio::spawn(async move {
            tell.send_replace(Some(read(&asking, &narrowed, None).await));
        });
        let token = PageToken(format!("{MARK}{}", crate::reference::random_id()));
        Self { beginning: Beginning { token, filter, answer }, is_new, call: call.abort_handle() }
    }
}

impl Drop for Asked {
    fn drop(&mut self) {
        self.call.abort();
    }
}

impl Beginning {
    async fn answer(&self) -> Answer {
        let mut answer = self.answer.clone();
        match answer.wait_for(Option::is_some).await {
            Ok(told) => told.clone().unwrap_or_else(|| Err(given_up())),
            Err(_) => Err(given_up()),
        }
    }
}

/// Whether a token is of a page that is waited for.
pub(crate) fn is_late(token: &PageToken) -> bool {
    token.0.starts_with(MARK)
}

fn given_up() -> Problem {
    Problem::new(ProblemCode::Left, "Another list was asked for before this one was read.").retryable()
}

impl Console {
    /// The beginning of a list: the server's, or what is kept where the server is late or cannot be reached.
    pub(crate) async fn first_page(&self, session: &Arc<Session>, filter: ConversationFilter) -> Answer {
        let beginning = FirstPage::begin(session, filter);
        tokio::select! {
            biased;
            answer = beginning.answer() => self.or_kept(session, &beginning.filter, answer).await,
            Some(kept) = self.kept_meanwhile(session, &beginning.filter) => {
                Ok(ConversationPage { late: Some(beginning.token.clone()), ..kept })
            }
        }
    }

    /// The page that was late.
    pub(crate) async fn late_page(&self, session: &Arc<Session>, token: &PageToken) -> Answer {
        let beginning = session.first_page.waited_for(token).ok_or_else(given_up)?;
        let answer = beginning.answer().await;
        self.or_kept(session, &beginning.filter, answer).await
    }

    /// What the server answered, or what is kept where it could not be asked.
    pub(crate) async fn or_kept(&self, session: &Session, filter: &ConversationFilter, answer: Answer) -> Answer {
        match answer {
            // What was read before can be reviewed without the server.
            Err(problem) if problem.is_no_connection() => self.kept_page(session, filter, None).await?.ok_or(problem),
            answer => answer,
        }
    }

    /// What is kept, once the server has had its time. Nothing where nothing is, or it cannot be read.
    async fn kept_meanwhile(&self, session: &Arc<Session>, filter: &ConversationFilter) -> Option<ConversationPage> {
        tokio::time::sleep(PATIENCE).await;
        let (console, session, filter) = (self.clone(), session.clone(), filter.clone());
        // On its own: the opening of the store goes on though the server is quicker.
        tokio::spawn(async move { console.kept_page(&session, &filter, None).await }).await.ok()?.ok()?
    }
}
