//! What the organization and its person are called: learned with the sign-in, or later where the server was late or away.

use std::slice::from_ref;

use earmark_store::NameKind;

use crate::names::json;
use crate::session::Session;
use crate::view::SessionView;
use crate::{Console, Problem};

impl Session {
    pub(crate) fn view(&self) -> SessionView {
        let organization = self.organization_name.get().unwrap_or(&self.owner.organization);
        SessionView {
            account: self.account.clone(),
            organization_name: organization.clone(),
            me: self.names.person(&self.me),
            keys: self.keys,
        }
    }

    /// Asks for the names that are not known yet, and keeps them. What the server does not tell stays unknown.
    pub(crate) async fn learn_own_names(&self) {
        let organization = self.organization_name.get_or_try_init(|| self.client.organization_name());
        let people = self.names.learn_people(&self.client, from_ref(&self.me));
        let (organization, ()) = tokio::join!(organization, people);
        match organization {
            Ok(name) => {
                let organization = [(self.owner.organization.clone(), json(name))];
                let (people, _) = self.names.to_keep(from_ref(&self.me));
                let at = self.now();
                self.remember(move |store| {
                    store.put_names(NameKind::Person, &people, at)?;
                    store.put_names(NameKind::Organization, &organization, at)
                });
            }
            Err(cause) => tracing::info!(%cause, "the organization's name could not be read"),
        }
    }

    /// What an earlier run learned.
    async fn kept_organization_name(&self) -> Option<String> {
        let kept = self.recall(|store| store.names(NameKind::Organization).map(Some)).await?;
        let (_, name) = kept.into_iter().find(|(id, _)| *id == self.owner.organization)?;
        serde_json::from_str(&name).ok()
    }
}

impl Console {
    /// Who is signed in, with the names that were not known when the session began; without a network those an earlier run
    /// learned.
    ///
    /// # Errors
    /// A [`Problem`] when nobody is signed in.
    pub async fn name_session(&self) -> Result<SessionView, Problem> {
        let session = self.signed_in()?;
        session.learn_own_names().await;
        let mut view = session.view();
        if !session.organization_name.initialized()
            && let Some(name) = session.kept_organization_name().await
        {
            view.organization_name = name;
        }
        Ok(view)
    }
}
