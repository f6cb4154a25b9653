//! The services of an organization, `GET /v1/{organization}/service/`, 50 a minute (section 5.2).

use earmark_review::{Service, ServiceId};
use serde::Deserialize;

use crate::call::Call;
use crate::page::all_pages;
use crate::wire::{or_default, page};
use crate::{Client, Endpoint, Error};

impl Client {
    /// Every service the caller may know, by name.
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn services(&self) -> Result<Vec<Service>, Error> {
        let all = all_pages(20, |request| async move {
            let call = request.on(Call::get(Endpoint::Services, &["service", ""])).query("sort_by", "+name");
            page::<WireService, _>(&self.fetch(&call).await?, "services")
        });
        Ok(all.await?.items)
    }
}

#[derive(Deserialize)]
struct WireService {
    id: ServiceId,
    #[serde(default, deserialize_with = "or_default")]
    name: String,
}

impl From<WireService> for Service {
    fn from(wire: WireService) -> Self {
        Self { id: wire.id, name: wire.name }
    }
}
