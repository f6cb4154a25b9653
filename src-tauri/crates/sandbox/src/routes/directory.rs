//! Names for ids: users, services, agents, tools (sections 5.1, 5.2, 5.3, 5.7).

use axum::Json;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::Answer;
use crate::ask::Ask;
use crate::organization::{Agent, Offer, Organization, Person, Tool};
use crate::problem::Problem;
use crate::world::{Activity, Conversations};

fn stamp(organization: &Organization) -> Value {
    json!({"org_id": organization.id, "user_id": organization.reviewer})
}

fn tags(tags: &[(String, Option<String>)]) -> Vec<Value> {
    tags.iter().map(|(key, value)| json!({"key": key, "value": value})).collect()
}

/// 5.1.
pub(super) fn users(ask: &mut Ask<'_>) -> Answer {
    let (ids, emails) = (ask.strings("user_id"), ask.strings("email"));
    let paging = ask.paging(100, 0, 100);
    let sort = ask.sort(&[
        "first_name",
        "last_name",
        "email",
        "user_stats.num_conversations",
        "user_stats.num_messages",
        "user_stats.last_message_time",
    ]);
    ask.check()?;
    let world = ask.site.world();
    let mut people: Vec<(&Person, Activity)> = visible(ask, &world.conversations)
        .filter(|(person, _)| ids.is_empty() || ids.contains(&person.id))
        .filter(|(person, _)| emails.is_empty() || emails.contains(&person.email()))
        .collect();
    for (field, descending) in sort.into_iter().rev() {
        people.sort_by(|(a, did_a), (b, did_b)| {
            let order = match field {
                0 => a.first_name.cmp(&b.first_name),
                1 => a.last_name.cmp(&b.last_name),
                2 => a.email().cmp(&b.email()),
                3 => did_a.conversations.cmp(&did_b.conversations),
                4 => did_a.messages.cmp(&did_b.messages),
                _ => did_a.last.cmp(&did_b.last),
            };
            if descending { order.reverse() } else { order }
        });
    }
    let (page, more) = paging.of(people);
    let users: Vec<Value> = page
        .into_iter()
        .map(|(person, activity)| {
            let mut user = user(person, &activity, &ask.site.organization);
            user["enable_actions_access"] = json!(false);
            user
        })
        .collect();
    let (has_more, token) = paging.rest(more && paging.limit > 0);
    Ok(Json(json!({"users": users, "has_more": has_more, "continuation_token": token})).into_response())
}

/// 5.1, unpaged.
pub(super) fn search_users(ask: &mut Ask<'_>) -> Answer {
    let query = ask.text("query").map(str::to_lowercase);
    if query.is_none() {
        ask.invalid.push(crate::problem::Invalid::missing(["query", "query"]));
    }
    let ids = ask.strings("user_id");
    ask.check()?;
    let query = query.unwrap_or_default();
    let world = ask.site.world();
    let users: Vec<Value> = visible(ask, &world.conversations)
        .filter(|(person, _)| ids.is_empty() || ids.contains(&person.id))
        .filter(|(person, _)| person.full_name().to_lowercase().contains(&query) || person.email().contains(&query))
        .map(|(person, activity)| user(person, &activity, &ask.site.organization))
        .collect();
    Ok(Json(json!({ "users": users })).into_response())
}

fn visible<'a>(ask: &'a Ask<'_>, conversations: &Conversations) -> impl Iterator<Item = (&'a Person, Activity)> {
    let people: &[Person] = if ask.allows("User:GetUserInfo") { &ask.site.organization.people } else { &[] };
    people.iter().map(|person| (person, conversations.activity(&person.id)))
}

fn user(person: &Person, activity: &Activity, organization: &Organization) -> Value {
    json!({
        "org_id": organization.id,
        "user_id": person.id,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email(),
        "user_stats": {
            "num_conversations": activity.conversations,
            "num_messages": activity.messages,
            "last_message_time": activity.last,
        },
        "role": person.role.id(),
        "preferences": {"preferred_language": person.language, "timezone": "Europe/London"},
        "nonsensitive_variables": {},
        "sensitive_variables": [],
    })
}

/// 5.2.
pub(super) fn services(ask: &mut Ask<'_>) -> Answer {
    let (ids, active, wanted) = (ask.ids("id"), ask.flag("is_active"), ask.strings("tags"));
    let paging = ask.paging(10, 1, 20);
    let sort = ask.sort(&["name", "is_active"]);
    ask.check()?;
    let organization = &ask.site.organization;
    let fits = |service: &&Offer| {
        ask.allows("Service:GetService")
            && (ids.is_empty() || ids.contains(&service.id))
            && active.is_none_or(|active| active == service.is_active)
            && wanted.iter().all(|tag| fits_tag(tag, &service.tags))
    };
    let mut services: Vec<&Offer> = organization.services.iter().filter(fits).collect();
    for (field, descending) in sort.into_iter().rev() {
        services.sort_by(|a, b| {
            let order = if field == 0 { a.name.cmp(&b.name) } else { a.is_active.cmp(&b.is_active) };
            if descending { order.reverse() } else { order }
        });
    }
    let (page, more) = paging.of(services);
    let services: Vec<Value> = page.into_iter().map(|service| offer(service, organization)).collect();
    let known: Vec<String> = organization
        .services
        .iter()
        .flat_map(|service| &service.tags)
        .map(|(key, value)| format!("{key}:{}", value.as_deref().unwrap_or_default()))
        .collect();
    let filter_values = if paging.offset == 0 { json!({ "tags": known }) } else { Value::Null };
    let (has_more, token) = paging.rest(more);
    Ok(Json(json!({"services": services, "has_more": has_more, "continuation_token": token, "filter_values": filter_values})).into_response())
}

fn fits_tag(wanted: &str, tags: &[(String, Option<String>)]) -> bool {
    let (key, value) = wanted.split_once(':').unwrap_or((wanted, "*"));
    tags.iter().any(|(known, held)| known == key && (value == "*" || held.as_deref().unwrap_or_default() == value))
}

fn offer(service: &Offer, organization: &Organization) -> Value {
    let sets: Value = service
        .version_sets
        .iter()
        .map(|(name, (agent, machine))| {
            let set = json!({
                "agent_version_number": agent,
                "service_hierarchical_state_machine_version_number": machine,
                "llm_model_preferences": {},
            });
            (name.clone(), set)
        })
        .collect();
    json!({
        "id": service.id,
        "name": service.name,
        "version_sets": sets,
        "description": service.description,
        "is_active": service.is_active,
        "service_hierarchical_state_machine_id": service.machine_id,
        "agent_id": service.agent_id,
        "tags": tags(&service.tags),
        "keyterms": service.keyterms,
        "creator": stamp(organization),
        "updated_by": stamp(organization),
    })
}

/// 5.3.
pub(super) fn agents(ask: &mut Ask<'_>) -> Answer {
    let (deprecated, ids) = (ask.flag("deprecated"), ask.ids("id"));
    let paging = ask.paging(10, 1, 20);
    ask.check()?;
    let fits = |agent: &&Agent| {
        (ids.is_empty() || ids.contains(&agent.id)) && deprecated.is_none_or(|wanted| wanted == agent.deprecated)
    };
    let (page, more) = paging.of(ask.site.organization.agents.iter().filter(fits).collect());
    let agents: Vec<Value> = page
        .into_iter()
        .map(|agent| json!({"id": agent.id, "name": agent.name, "deprecated": agent.deprecated, "latest_version": agent.latest_version}))
        .collect();
    let (has_more, token) = paging.rest(more);
    Ok(Json(json!({"agents": agents, "has_more": has_more, "continuation_token": token})).into_response())
}

/// 5.3: the latest version is the only one kept. The contract prints no body; this is the shape the official SDK reads.
pub(super) fn agent_versions(ask: &mut Ask<'_>) -> Answer {
    let id = ask.path_id("agent_id");
    let paging = ask.paging(10, 1, 10);
    ask.check()?;
    let organization = &ask.site.organization;
    let agent = organization.agent(&id).ok_or_else(|| Problem::not_found("Agent"))?;
    let (page, more) = paging.of(agent.latest_version.into_iter().collect());
    let versions: Vec<Value> = page.into_iter().map(|version| agent_version(agent, version, organization)).collect();
    let (has_more, token) = paging.rest(more);
    Ok(Json(json!({"agent_versions": versions, "has_more": has_more, "continuation_token": token})).into_response())
}

fn agent_version(agent: &Agent, version: i64, organization: &Organization) -> Value {
    json!({
        "org_id": organization.id,
        "agent_id": agent.id,
        "version": version,
        "voice_config": null,
        "initials": agent.name.chars().take(1).collect::<String>(),
        "identity": {
            "name": agent.name,
            "role": "care companion",
            "developed_by": organization.name,
            "default_spoken_language": "eng",
            "relationship_to_developer": {"ownership": "owned", "type": "assistant", "conversation_visibility": "visible", "thought_visibility": "visible"},
        },
        "background": agent.background,
        "behaviors": [],
        "communication_patterns": [],
        "created_at": organization.founded,
        "creator": stamp(organization),
    })
}

/// 5.7.
pub(super) fn tools(ask: &mut Ask<'_>) -> Answer {
    let (ids, deprecated) = (ask.ids("id"), ask.flag("deprecated"));
    let paging = ask.paging(10, 1, 20);
    let sort = ask.sort(&["name", "deprecated"]);
    ask.check()?;
    let organization = &ask.site.organization;
    let fits = |tool: &&Tool| {
        (ids.is_empty() || ids.contains(&tool.id)) && deprecated.is_none_or(|wanted| wanted == tool.deprecated)
    };
    let mut tools: Vec<&Tool> = organization.tools.iter().filter(fits).collect();
    for (field, descending) in sort.into_iter().rev() {
        tools.sort_by(|a, b| {
            let order = if field == 0 { a.name.cmp(&b.name) } else { a.deprecated.cmp(&b.deprecated) };
            if descending { order.reverse() } else { order }
        });
    }
    let (page, more) = paging.of(tools);
    let tools: Vec<Value> = page
        .into_iter()
        .map(|tool| {
            json!({
                "id": tool.id, "org_id": organization.id, "name": tool.name, "description": tool.description,
                "deprecated": tool.deprecated, "envvars": tool.envvars, "secret_envvars": [], "tags": [],
                "creator": stamp(organization), "updated_by": stamp(organization),
            })
        })
        .collect();
    let filter_values = if paging.offset == 0 { json!({"tags": []}) } else { Value::Null };
    let (has_more, token) = paging.rest(more);
    Ok(Json(json!({"tools": tools, "has_more": has_more, "continuation_token": token, "filter_values": filter_values}))
        .into_response())
}
