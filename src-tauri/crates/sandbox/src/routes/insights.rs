//! Insights, recommended responses and conversation starters (sections 2.4, 2.9, 2.10).

use axum::Json;
use axum::response::IntoResponse;
use serde_json::{Value, json};

use super::Answer;
use super::conversations::found;
use crate::ask::Ask;
use crate::problem::{Invalid, Problem};
use crate::views;

/// 2.4.
pub(super) fn insights(ask: &mut Ask<'_>) -> Answer {
    let id = ask.path_id("interaction_id");
    ask.path_id("conversation_id");
    ask.check()?;
    ask.require("Conversation:GetInteractionInsights")?;
    ask.require("Organization:GetServiceHierarchicalStateMachine")?;
    let conversation = found(ask)?;
    let interaction = conversation.interaction(&id).ok_or_else(|| Problem::not_found("Interaction"))?;
    let (current, readable) = (ask.site.edition.is_current(), ask.allows("Conversation:GetMessage"));
    Ok(Json(views::insight(&interaction.insight, &ask.site.organization, current, readable)).into_response())
}

/// 2.9; the older edition asks by GET, without a body.
pub(super) fn recommend(ask: &mut Ask<'_>) -> Answer {
    let id = ask.path_id("interaction_id");
    if ask.site.edition.is_current() && !ask.body.is_empty() {
        let body = ask.json()?;
        if !matches!(body.get("context"), None | Some(Value::Null)) {
            ask.body_text(&body, "context");
        }
    }
    ask.path_id("conversation_id");
    ask.check()?;
    ask.require("Conversation:GetRecommendedResponses")?;
    let conversation = found(ask)?;
    let interaction = conversation.interaction(&id).ok_or_else(|| Problem::not_found("Interaction"))?;
    if conversation.is_finished {
        return Err(Problem::bad_request("The conversation is finished."));
    }
    if conversation.interactions.last().is_none_or(|last| last.id != interaction.id) {
        return Err(Problem::bad_request("The interaction is not the latest one."));
    }
    let service = ask.site.organization.service(&conversation.service_id);
    let responses = service.map(|service| service.suggestions.as_slice()).unwrap_or_default();
    Ok(Json(json!({"recommended_responses": responses})).into_response())
}

/// 2.10.
pub(super) fn starters(ask: &mut Ask<'_>) -> Answer {
    let body = ask.json()?;
    let service_id = ask.body_text(&body, "service_id");
    if !service_id.is_empty() && !crate::ids::is_object_id(&service_id) {
        let msg = "String should match pattern '^[a-f0-9]{24}$'";
        ask.invalid.push(Invalid::new(["body", "service_id"], "string_pattern_mismatch", msg, service_id.as_str()));
    }
    let facets: Vec<&Value> = body.get("facets").and_then(Value::as_array).into_iter().flatten().collect();
    if facets.is_empty() || facets.iter().any(|facet| !facet.is_string()) {
        ask.invalid.push(Invalid::new(
            ["body", "facets"],
            "too_short",
            "List should have at least 1 text",
            Value::Null,
        ));
    }
    let mut count = |name: &'static str| match body.get(name).and_then(Value::as_u64) {
        Some(count @ 1..=10) => usize::try_from(count).unwrap_or(1),
        _ => {
            let input = body.get(name).cloned().unwrap_or_default();
            ask.invalid.push(Invalid::new(["body", name], "value_error", "Input should be between 1 and 10", input));
            1
        }
    };
    let (least, most) = (count("min_count"), count("max_count"));
    if most < least {
        ask.invalid.push(Invalid::new(
            ["body", "max_count"],
            "value_error",
            "Input should not be below min_count",
            most,
        ));
    }
    ask.body_text(&body, "generation_instructions");
    ask.check()?;
    let set = body.get("service_version_set_name").and_then(Value::as_str).unwrap_or("release");
    let service = ask.site.organization.service(&service_id).filter(|service| service.version_sets.contains_key(set));
    let service = service.ok_or_else(|| Problem::not_found("Service"))?;
    let in_turn = service.suggestions.iter().cycle().zip(facets.iter().cycle());
    let number = least.max(most.min(service.suggestions.len()));
    let prompts: Vec<Value> =
        in_turn.take(number).map(|(prompt, facet)| json!({"prompt": prompt, "facets": [facet]})).collect();
    Ok(Json(json!({ "prompts": prompts })).into_response())
}
