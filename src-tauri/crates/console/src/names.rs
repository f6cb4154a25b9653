//! Names instead of ids, learned once per session.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use earmark_amigo::Client;
use earmark_review::{ServiceId, UserId};
use earmark_store::NameKind;

use crate::console::held;
use crate::session::Session;
use crate::view::{PersonView, ServiceView};
use crate::{Console, Problem};

/// The most people asked for in one call (Amigo API 5.1: pages of 100).
pub(crate) const PEOPLE_AT_ONCE: usize = 100;

/// Ids with their names as JSON.
type Kept = Vec<(String, String)>;

/// What is known so far. A name the server does not tell is remembered as empty, so that it is asked for once.
#[derive(Default)]
pub(crate) struct Names {
    people: Mutex<HashMap<UserId, String>>,
    /// What an earlier run learned stands in for what this one has not learned yet.
    kept_people: Mutex<HashMap<UserId, String>>,
    kept_services: Mutex<Vec<(ServiceId, String)>>,
    /// Held by whoever asks for people, so that two do not ask for the same.
    asking: tokio::sync::Mutex<()>,
    services: tokio::sync::OnceCell<Vec<(ServiceId, String)>>,
    agents: tokio::sync::OnceCell<HashMap<String, String>>,
}

impl Names {
    pub(crate) fn person(&self, id: &UserId) -> PersonView {
        let name = held(&self.people).get(id).cloned().or_else(|| held(&self.kept_people).get(id).cloned());
        // A person without a name is shown by id; `None` would make the window ask again.
        PersonView { id: id.clone(), name: name.map(|name| if name.is_empty() { id.to_string() } else { name }) }
    }

    pub(crate) fn service(&self, id: &ServiceId) -> ServiceView {
        let named =
            |all: &[(ServiceId, String)]| all.iter().find(|(known, _)| known == id).map(|(_, name)| name.clone());
        let name = match self.services.get() {
            Some(all) => Some(named(all).unwrap_or_else(|| id.to_string())),
            None => named(&held(&self.kept_services)),
        };
        ServiceView { id: id.clone(), name }
    }

    /// An agent's name, once the agents were read.
    pub(crate) fn agent(&self, id: &str) -> Option<String> {
        self.agents.get()?.get(id).cloned()
    }

    /// Asks for the people among these that are not known yet. What the server does not answer stays unknown.
    pub(crate) async fn learn_people(&self, client: &Client, ids: &[UserId]) {
        let _turn = self.asking.lock().await;
        let mut seen = HashSet::new();
        let missing: Vec<UserId> = {
            let known = held(&self.people);
            ids.iter().filter(|id| !known.contains_key(*id) && seen.insert(*id)).cloned().collect()
        };
        for some in missing.chunks(PEOPLE_AT_ONCE) {
            match client.users(some).await {
                Ok(people) => {
                    let mut known = held(&self.people);
                    known.extend(some.iter().map(|id| (id.clone(), String::new())));
                    known.extend(people.into_iter().map(|person| (person.id, person.name)));
                }
                Err(cause) => {
                    tracing::info!(%cause, "names of people could not be read");
                    return;
                }
            }
        }
    }

    /// Takes over the names an earlier run learned.
    pub(crate) fn recall(&self, people: Kept, services: Kept) {
        let read = |name: &str| serde_json::from_str(name).ok();
        let people = people.into_iter().filter_map(|(id, name)| Some((UserId::new(id).ok()?, read(&name)?)));
        held(&self.kept_people).extend(people);
        let services = services.into_iter().filter_map(|(id, name)| Some((ServiceId::new(id).ok()?, read(&name)?)));
        *held(&self.kept_services) = services.collect();
    }

    /// The names known of these people and of all services, as they are kept for later runs.
    pub(crate) fn to_keep(&self, people: &[UserId]) -> (Kept, Kept) {
        let known = held(&self.people);
        let people = people.iter().filter_map(|id| Some((id.to_string(), json(known.get(id)?)))).collect();
        let services = self.services.get().into_iter().flatten();
        (people, services.map(|(id, name)| (id.to_string(), json(name))).collect())
    }

    /// Reads all services, once.
    pub(crate) async fn learn_services(&self, client: &Client) -> Result<Vec<ServiceView>, Problem> {
        let all = self
            .services
            .get_or_try_init(|| async {
                let services = client.services().await?;
                Ok::<_, Problem>(services.into_iter().map(|service| (service.id, service.name)).collect())
            })
            .await?;
        Ok(services_view(all))
    }

    /// The services an earlier run read, if any.
    fn kept_services(&self) -> Option<Vec<ServiceView>> {
        Some(services_view(&held(&self.kept_services))).filter(|services| !services.is_empty())
    }

    /// Takes over the agents' names an earlier run read.
    fn recall_agents(&self, agents: Kept) {
        let read = |(id, name): (String, String)| Some((id, serde_json::from_str(&name).ok()?));
        let _ = self.agents.set(agents.into_iter().filter_map(read).collect());
    }

    /// The agents' names, as they are kept for later runs.
    fn agents_to_keep(&self) -> Kept {
        self.agents.get().into_iter().flatten().map(|(id, name)| (id.clone(), json(name))).collect()
    }

    /// Reads all agents, once.
    async fn learn_agents(&self, client: &Client) -> Result<(), Problem> {
        self.agents
            .get_or_try_init(|| async {
                let agents = client.agents().await?;
                Ok::<_, Problem>(agents.into_iter().map(|agent| (agent.id.into(), agent.name)).collect())
            })
            .await?;
        Ok(())
    }
}

fn services_view(all: &[(ServiceId, String)]) -> Vec<ServiceView> {
    all.iter().map(|(id, name)| ServiceView { id: id.clone(), name: Some(name.clone()) }).collect()
}

/// A name as the store keeps it.
pub(crate) fn json(name: &str) -> String {
    serde_json::to_string(name).unwrap_or_default()
}

impl Session {
    /// Learns the agents' names, once; without a network those an earlier run read.
    pub(crate) async fn learn_agents(&self) -> Result<(), Problem> {
        if self.names.agents.initialized() {
            return Ok(());
        }
        match self.names.learn_agents(&self.client).await {
            Ok(()) => {
                let (agents, at) = (self.names.agents_to_keep(), self.now());
                self.remember(move |store| store.put_names(NameKind::Agent, &agents, at));
                Ok(())
            }
            Err(problem) if problem.is_no_connection() => {
                let kept = self.recall(|store| store.names(NameKind::Agent).map(Some)).await;
                // Where none were read they are asked for again.
                if let Some(agents) = kept.filter(|agents| !agents.is_empty()) {
                    self.names.recall_agents(agents);
                }
                Ok(())
            }
            Err(problem) => Err(problem),
        }
    }
}

impl Console {
    /// Names for these people, at most 100; by id where the server knows none.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in.
    pub async fn name_people(&self, ids: Vec<UserId>) -> Result<Vec<PersonView>, Problem> {
        let session = self.signed_in()?;
        let ids = &ids[..ids.len().min(PEOPLE_AT_ONCE)];
        session.names.learn_people(&session.client, ids).await;
        Ok(ids.iter().map(|id| session.names.person(id)).collect())
    }

    /// All services of the organization, by name.
    ///
    /// # Errors
    /// A [`Problem`] when they cannot be read.
    pub async fn list_services(&self) -> Result<Vec<ServiceView>, Problem> {
        let session = self.signed_in()?;
        let mut services = match session.names.learn_services(&session.client).await {
            Err(problem) if problem.is_no_connection() => session.names.kept_services().ok_or(problem)?,
            learned => learned?,
        };
        services.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(services)
    }

    /// People whose name matches.
    ///
    /// # Errors
    /// A [`Problem`] when they cannot be searched.
    pub async fn search_people(&self, text: &str) -> Result<Vec<PersonView>, Problem> {
        let session = self.signed_in()?;
        let found = session.client.search_users(text).await?;
        Ok(found
            .into_iter()
            .map(|person| PersonView {
                name: Some(if person.name.is_empty() { person.id.to_string() } else { person.name }),
                id: person.id,
            })
            .collect())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn who_was_renamed_goes_by_the_new_name_as_soon_as_it_is_learned_and_in_later_runs() {
        let names = Names::default();
        let id = UserId::new("reviewer").unwrap();
        let name = |names: &Names| names.person(&id).name;
        assert_eq!(name(&names), None, "nobody has told");
        names.recall(vec![("reviewer".into(), json("A. Old"))], Vec::new());
        assert_eq!(name(&names).as_deref(), Some("A. Old"), "as an earlier run learned it");
        held(&names.people).insert(id.clone(), "A. New".into());
        assert_eq!(name(&names).as_deref(), Some("A. New"));
        assert_eq!(names.to_keep(std::slice::from_ref(&id)).0, [("reviewer".to_owned(), json("A. New"))]);
        held(&names.people).insert(id.clone(), String::new());
        assert_eq!(name(&names).as_deref(), Some("reviewer"), "one the server does not know any more goes by id");
    }
}
