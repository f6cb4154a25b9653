//! The people of an organization: `GET /v1/{organization}/user/`, 60 a minute, and `…/user/search/`, 50 (section 5.1).

use earmark_review::{Person, UserId};
use serde::Deserialize;

use crate::call::Call;
use crate::page::all_pages;
use crate::wire::{or_default, page};
use crate::{Client, Endpoint, Error};

/// The most one call lists, and the most ids it is asked for.
const AT_ONCE: usize = 100;

impl Client {
    /// The people behind these ids, as far as the caller may know them.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn users(&self, ids: &[UserId]) -> Result<Vec<Person>, Error> {
        let mut people = Vec::new();
        for ids in ids.chunks(AT_ONCE) {
            let some = all_pages(AT_ONCE as u32, |request| async move {
                let call = request.on(Call::get(Endpoint::Users, &["user", ""])).each("user_id", ids);
                page::<WirePerson, Person>(&self.fetch(&call).await?, "users")
            });
            people.extend(some.await?.items);
        }
        Ok(people)
    }

    /// The people a text finds, by the server's own idea of it. Not paged.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn search_users(&self, text: &str) -> Result<Vec<Person>, Error> {
        let call = Call::get(Endpoint::SearchUsers, &["user", "search", ""]).query("query", text);
        Ok(page::<WirePerson, _>(&self.fetch(&call).await?, "users")?.items)
    }
}

#[derive(Deserialize)]
struct WirePerson {
    user_id: UserId,
    #[serde(default, deserialize_with = "or_default")]
    first_name: String,
    #[serde(default, deserialize_with = "or_default")]
    last_name: String,
    #[serde(default, deserialize_with = "or_default")]
    email: String,
}

impl From<WirePerson> for Person {
    fn from(wire: WirePerson) -> Self {
        let full = format!("{} {}", wire.first_name.trim(), wire.last_name.trim());
        let name = match full.trim() {
            "" => wire.email.split('@').next().unwrap_or_default().trim(),
            full => full,
        };
        Self { id: wire.user_id, name: name.to_owned() }
    }
}
