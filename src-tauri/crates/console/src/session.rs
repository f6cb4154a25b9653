//! Who is signed in, and what was read with that account.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use earmark_amigo::{ApiKey, BaseUrl, Client, ClientOptions, InvalidBaseUrl, Region, Urgency};
use earmark_review::{ConversationId, InteractionId, MessageId, UserId};
use jiff::Timestamp;
use secrecy::SecretString;
use tokio::sync::{OnceCell, RwLock};
use tokio::time::timeout;

use crate::ahead::LookAhead;
use crate::cached::Keep;
use crate::feedback::Feedback;
use crate::first_page::FirstPage;
use crate::names::Names;
use crate::opened::Library;
use crate::outbox::Outbox;
use crate::queues::Counted;
use crate::sound_cache::SoundCache;
use crate::storage::{Kept, blocking};
use crate::stores::Owner;
use crate::under_way::UnderWay;
use crate::view::{AccountView, KeysKept, QueueForm, RegionView, Settings};
use crate::{Console, Problem, ProblemCode};

/// Everything needed to sign in.
#[derive(Clone)]
pub struct GivenKeys {
    /// The organization's id.
    pub organization: String,
    /// Whom the key acts as.
    pub user_id: String,
    /// The key's id.
    pub api_key_id: SecretString,
    /// The key.
    pub api_key: SecretString,
    /// The server's address; empty for the United States region.
    pub base_url: String,
}

/// How long somebody who worked here before waits for the server to sign in.
const SIGN_IN_PATIENCE: Duration = Duration::from_secs(1);
/// How long a sign-in waits for names; it goes on without.
const NAMES_PATIENCE: Duration = Duration::from_secs(2);

/// One signed-in account and what was read with it. Dropped as a whole when the account changes.
pub(crate) struct Session {
    pub(crate) account: AccountView,
    /// Where its keys are.
    pub(crate) keys: KeysKept,
    pub(crate) organization_name: OnceCell<String>,
    /// The time of day.
    clock: fn() -> Timestamp,
    pub(crate) me: UserId,
    pub(crate) client: Client,
    pub(crate) names: Names,
    pub(crate) library: Mutex<Library>,
    pub(crate) first_page: FirstPage,
    /// What there is for the queue that is being made. Held while it is counted.
    pub(crate) counted: tokio::sync::Mutex<Option<Arc<Counted>>>,
    /// The queue that was planned last: what is counted for another is given up.
    pub(crate) planned: tokio::sync::watch::Sender<Option<QueueForm>>,
    pub(crate) sounds: Mutex<SoundCache>,
    /// Whose work this is.
    pub(crate) owner: Owner,
    /// Where it is kept; empty until it was opened. Held to read while something is done in it, to write while another comes
    /// in its place.
    pub(crate) kept: RwLock<Option<Kept>>,
    /// The reviewer's preferences as they are now.
    pub(crate) settings: Arc<Mutex<Settings>>,
    /// What was read before the store was open.
    pub(crate) to_keep: Mutex<Vec<Keep>>,
    /// What its person changed and the server has not taken yet.
    pub(crate) outbox: Outbox,
    /// The comments of all conversations.
    pub(crate) feedback: Feedback,
    /// What will be opened next.
    pub(crate) look_ahead: LookAhead,
    pub(crate) transcripts_under_way: UnderWay<ConversationId>,
    pub(crate) insights_under_way: UnderWay<InteractionId>,
    pub(crate) invocations_under_way: UnderWay<ConversationId>,
    pub(crate) recordings_under_way: UnderWay<MessageId>,
}

impl Session {
    /// The time of day.
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// For calls that carry what the reviewer did: they let go first what somebody waits for.
    pub(crate) fn client_for_work(&self) -> Client {
        self.client.with_urgency(Urgency::Work)
    }
}

/// Preset servers.
pub(crate) fn regions() -> Vec<RegionView> {
    Region::ALL
        .iter()
        .map(|region| RegionView { name: region.name().into(), base_url: region.base_url().as_str().into() })
        .collect()
}

impl Console {
    pub(crate) async fn open_session(
        &self,
        account: AccountView,
        given: &GivenKeys,
        keys: KeysKept,
        may_be_away: bool,
    ) -> Result<Session, Problem> {
        let owner = Owner {
            organization: given.organization.clone(),
            user_id: given.user_id.clone(),
            base_url: base_url(&given.base_url)?.as_str().to_owned(),
        };
        let me = UserId::new(&given.user_id)
            .map_err(|_| Problem::new(ProblemCode::BadInput, "This user id cannot be used. Check it and try again."))?;
        let key = ApiKey {
            organization: given.organization.clone(),
            user_id: me.clone(),
            api_key_id: given.api_key_id.clone(),
            api_key: given.api_key.clone(),
            base_url: base_url(&given.base_url)?,
        };
        // The sample has no limits, and counting against some would only make the reviewer wait.
        let window = if keys == KeysKept::Sample { Duration::ZERO } else { self.0.minute };
        let options = ClientOptions { window, ..ClientOptions::default() };
        let client = Client::new(key, options)?;
        // Somebody who worked here before can go on with what was read, while the server is late or away: the first call
        // that gets through signs in, or waits for this one to.
        let can_go_on = may_be_away && self.has_work(&owner).await;
        let patience = if can_go_on { SIGN_IN_PATIENCE } else { Duration::MAX };
        let signing_in = client.clone();
        let signed_in = timeout(patience, tokio::spawn(async move { signing_in.sign_in().await })).await;
        let is_away = match signed_in.map(|ended| ended.unwrap_or(Err(earmark_amigo::Error::TimedOut))) {
            Ok(Ok(())) => false,
            Err(_) => true,
            Ok(Err(cause)) => match Problem::from(cause) {
                problem if can_go_on && problem.is_no_connection() => true,
                problem => return Err(problem),
            },
        };
        let session = Session {
            account,
            keys,
            organization_name: OnceCell::new(),
            clock: self.0.now,
            me,
            client,
            names: Names::default(),
            library: Mutex::default(),
            first_page: FirstPage::default(),
            counted: tokio::sync::Mutex::default(),
            planned: tokio::sync::watch::Sender::default(),
            sounds: Mutex::default(),
            owner,
            kept: RwLock::default(),
            settings: self.0.playing.shared_settings(),
            to_keep: Mutex::default(),
            outbox: Outbox::new(self.0.grace),
            feedback: Feedback::default(),
            look_ahead: LookAhead::new(self.0.minute),
            transcripts_under_way: UnderWay::default(),
            insights_under_way: UnderWay::default(),
            invocations_under_way: UnderWay::default(),
            recordings_under_way: UnderWay::default(),
        };
        if !is_away {
            // A server may hide its organization or its people, or be slow to tell; neither keeps a reviewer out.
            let _ = timeout(NAMES_PATIENCE, session.learn_own_names()).await;
        }
        Ok(session)
    }

    /// Whether something is kept here for somebody.
    async fn has_work(&self, owner: &Owner) -> bool {
        let (stores, owner) = (self.stores(), owner.clone());
        blocking(move || stores.find(&owner)).await.is_ok_and(|found| found.is_some())
    }

    /// The account these keys belong to: the one remembered for the same person there, or a new one.
    pub(crate) fn account_for(&self, given: &GivenKeys) -> Result<AccountView, Problem> {
        let address = base_url(&given.base_url)?;
        let accounts = self.accounts();
        if let Some(known) = accounts.same(&given.organization, &given.user_id, address.as_str()) {
            return Ok(known.clone());
        }
        let region = Region::ALL.iter().find(|region| region.base_url() == address);
        Ok(AccountView {
            id: crate::reference::random_id(),
            organization: given.organization.clone(),
            user_id: given.user_id.clone(),
            server: region.map_or_else(|| address.as_str().to_owned(), |region| region.name().to_owned()),
            base_url: address.as_str().to_owned(),
        })
    }
}

pub(crate) fn base_url(text: &str) -> Result<BaseUrl, Problem> {
    match text.trim() {
        "" => Ok(Region::Us.base_url()),
        text => BaseUrl::parse(text).map_err(|cause| {
            let code = match cause {
                InvalidBaseUrl::Insecure => ProblemCode::Insecure,
                _ => ProblemCode::BadInput,
            };
            Problem::new(code, cause.to_string())
        }),
    }
}
