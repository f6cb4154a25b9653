use serde::{Deserialize, Serialize};

use crate::{AgentId, ServiceId, UserId};

/// A person the organization knows: customer, reviewer or supervisor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Their id.
    pub id: UserId,
    /// First and last name, trimmed; the e-mail's local part when there is none; empty when nothing is known.
    pub name: String,
}

/// A service conversations are held with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// Its name.
    pub name: String,
}

/// An agent that speaks for services.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// Its name.
    pub name: String,
}
