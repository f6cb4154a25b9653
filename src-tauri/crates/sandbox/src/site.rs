//! What the listeners share: the organization, the conversations as they stand, tokens, limits and records.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

use crate::audio::Signer;
use crate::comments::Comments;
use crate::control::{Calls, Faults};
use crate::limiter::Limiter;
use crate::options::{Credentials, Edition, Options};
use crate::organization::Organization;
use crate::permission::Denied;
use crate::world::Conversations;

/// Everything a call may look at.
pub(crate) struct Site {
    pub(crate) edition: Edition,
    pub(crate) control: bool,
    pub(crate) credentials: Credentials,
    pub(crate) organization: Arc<Organization>,
    pub(crate) denied: Denied,
    pub(crate) token_ttl: Duration,
    pub(crate) signer: Signer,
    pub(crate) calls: Calls,
    pub(crate) faults: Faults,
    limiter: Mutex<Limiter>,
    tokens: Mutex<HashMap<String, Token>>,
    world: Mutex<World>,
}

/// What calls change.
pub(crate) struct World {
    pub(crate) conversations: Conversations,
    pub(crate) comments: Comments,
}

struct Token {
    user_id: String,
    expires_at: Timestamp,
}

/// Takes a lock; what a panicking call left behind is still whole, since every change is one assignment.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Site {
    pub(crate) fn new(
        options: &Options,
        credentials: Credentials,
        denied: Denied,
        signer: Signer,
        organization: Arc<Organization>,
        conversations: Conversations,
    ) -> Self {
        let comments = Comments::new(options.comments.unwrap_or(0), options.seed, &conversations);
        Self {
            edition: options.edition,
            control: options.control,
            credentials,
            organization,
            denied,
            token_ttl: options.token_ttl,
            signer,
            calls: Calls::default(),
            faults: Faults::default(),
            limiter: Mutex::new(Limiter::new(options.limits, options.minute)),
            tokens: Mutex::new(HashMap::new()),
            world: Mutex::new(World { conversations, comments }),
        }
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        lock(&self.world)
    }

    pub(crate) fn limiter(&self) -> MutexGuard<'_, Limiter> {
        lock(&self.limiter)
    }

    /// Makes a token for `user_id` and says when it ends.
    pub(crate) fn issue_token(&self, user_id: &str, now: Timestamp) -> (String, Timestamp) {
        let token = random_word(32);
        let expires_at = now.saturating_add(self.token_ttl).unwrap_or(Timestamp::MAX);
        let mut tokens = lock(&self.tokens);
        tokens.retain(|_, token| token.expires_at > now);
        tokens.insert(token.clone(), Token { user_id: user_id.to_owned(), expires_at });
        (token, expires_at)
    }

    /// Whose token this is, if it still lives.
    pub(crate) fn token_user(&self, token: &str, now: Timestamp) -> Option<String> {
        lock(&self.tokens).get(token).filter(|token| token.expires_at > now).map(|token| token.user_id.clone())
    }
}

/// `bytes` bytes from the operating system, in hex: keys, tokens and signatures never come from the seed.
pub(crate) fn random_word(bytes: usize) -> String {
    use rand::TryRng as _;
    let mut word = vec![0_u8; bytes];
    rand::rngs::SysRng.try_fill_bytes(&mut word).expect("the operating system gives random bytes");
    word.iter().map(|byte| format!("{byte:02x}")).collect()
}
