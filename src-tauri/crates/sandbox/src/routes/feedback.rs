//! The older edition's feedback calls (section 3).

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::Answer;
use super::conversations::found;
use crate::ask::Ask;
use crate::comments::{Comment, Refusal, SortField, SortKey, Wanted};
use crate::ids::{is_object_id, object_id};
use crate::problem::{Invalid, Problem};
use crate::views;

const ON_CONVERSATION: &str = "Conversation:UpsertConversationFeedback";
const ON_INTERACTION: &str = "Conversation:UpsertInteractionFeedback";

pub(super) fn list(ask: &mut Ask<'_>) -> Answer {
    let on_interactions = ask.required_choice("type", &["conversation", "interaction"]) == Some("interaction");
    let (conversations, interactions) = (ask.ids("conversation_id"), ask.ids("interaction_id"));
    let paging = ask.paging(10, 1, 50);
    let fields = ["created_at", "user_id", "user_org_id", "conversation_id", "feedback_content.interaction_id"];
    let known = if on_interactions { fields.as_slice() } else { fields.split_at(4).0 };
    let sort: Vec<SortKey> = ask.sort(known).into_iter().map(sort_key).collect();
    ask.check()?;
    let permission =
        if on_interactions { "Conversation:GetInteractionFeedback" } else { "Conversation:GetConversationFeedback" };
    let world = ask.site.world();
    let (page, more) = if ask.allows(permission) {
        let interactions = if on_interactions { interactions.as_slice() } else { &[] };
        let wanted = Wanted { on_interactions, conversations: &conversations, interactions };
        world.comments.page(&wanted, &sort, paging.offset, paging.limit, &world.conversations)
    } else {
        (Vec::new(), false)
    };
    let page: Vec<Value> = page.iter().map(|comment| views::comment(comment, &ask.site.organization.id)).collect();
    let (has_more, token) = paging.rest(more);
    Ok(Json(json!({"feedbacks": page, "has_more": has_more, "continuation_token": token})).into_response())
}

fn sort_key((field, descending): (usize, bool)) -> SortKey {
    let fields = [
        SortField::CreatedAt,
        SortField::User,
        SortField::Organization,
        SortField::Conversation,
        SortField::Interaction,
    ];
    SortKey { field: fields.get(field).copied().unwrap_or(SortField::CreatedAt), descending }
}

pub(super) fn create_on_interaction(ask: &mut Ask<'_>) -> Answer {
    let text = interaction_comment(ask)?.0;
    let interaction_id = ask.path_id("interaction_id");
    ask.path_id("conversation_id");
    ask.check()?;
    ask.require(ON_INTERACTION)?;
    let conversation = found(ask)?;
    conversation.interaction(&interaction_id).ok_or_else(|| Problem::not_found("Interaction"))?;
    let id = add(ask, conversation.id.clone(), Some(interaction_id), text);
    Ok(Json(json!({"interaction_feedback_id": id})).into_response())
}

pub(super) fn create_on_conversation(ask: &mut Ask<'_>) -> Answer {
    let body = ask.json()?;
    let text = ask.body_text(&body, "comment");
    ask.path_id("conversation_id");
    ask.check()?;
    ask.require(ON_CONVERSATION)?;
    let conversation = found(ask)?;
    let id = add(ask, conversation.id.clone(), None, text);
    Ok(Json(json!({"conversation_feedback_id": id})).into_response())
}

fn add(ask: &Ask<'_>, conversation_id: String, interaction_id: Option<String>, text: String) -> String {
    let created_at = Timestamp::now();
    let id = object_id(created_at.as_second(), rand::random());
    let user_id = ask.user_id.clone();
    let comment =
        Comment { id: id.clone(), user_id, conversation_id, interaction_id, created_at, text, resolved: None };
    ask.site.world().comments.add(comment);
    id
}

/// The union's one public member: its text, and `resolved` when it is there.
fn interaction_comment(ask: &mut Ask<'_>) -> Result<(String, Option<bool>), Problem> {
    let body = ask.json()?;
    let feedback: Map<String, Value> = match body.get("feedback") {
        Some(Value::Object(feedback)) => feedback.clone(),
        Some(other) => {
            return Err(Invalid::new(
                ["body", "feedback"],
                "model_attributes_type",
                "Input should be a valid dictionary",
                other.clone(),
            )
            .into());
        }
        None => return Err(Invalid::missing(["body", "feedback"]).into()),
    };
    if feedback.get("type").and_then(Value::as_str) != Some("interaction_comment") {
        let input = feedback.get("type").cloned().unwrap_or_default();
        ask.invalid.push(Invalid::new(
            ["body", "feedback", "type"],
            "union_tag_invalid",
            "Input tag should be 'interaction_comment'",
            input,
        ));
    }
    let text = ask.body_text(&feedback, "comment");
    let resolved = match feedback.get("resolved") {
        None => None,
        Some(Value::Bool(resolved)) => Some(*resolved),
        Some(other) => {
            ask.invalid.push(Invalid::new(
                ["body", "feedback", "resolved"],
                "bool_type",
                "Input should be a valid boolean",
                other.clone(),
            ));
            None
        }
    };
    Ok((text, resolved))
}

pub(super) fn update_on_interaction(ask: &mut Ask<'_>) -> Answer {
    let (text, resolved) = interaction_comment(ask)?;
    if resolved.is_none() {
        ask.invalid.push(Invalid::missing(["body", "feedback", "resolved"]));
    }
    update(ask, ON_INTERACTION, text, resolved)
}

pub(super) fn update_on_conversation(ask: &mut Ask<'_>) -> Answer {
    let body = ask.json()?;
    let text = ask.body_text(&body, "feedback");
    update(ask, ON_CONVERSATION, text, None)
}

fn update(ask: &mut Ask<'_>, permission: &str, text: String, resolved: Option<bool>) -> Answer {
    let id = placed(ask, permission)?;
    let mut world = ask.site.world();
    let world = &mut *world;
    match world.comments.change(&id, Some(text), resolved, false, &world.conversations) {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(Refusal::Missing) => Err(Problem::not_found("Feedback")),
        Err(Refusal::Resolved) => Err(Problem::bad_request("The comment is resolved and cannot be changed.")),
    }
}

pub(super) fn delete_on_interaction(ask: &mut Ask<'_>) -> Answer {
    delete(ask, ON_INTERACTION)
}

pub(super) fn delete_on_conversation(ask: &mut Ask<'_>) -> Answer {
    delete(ask, ON_CONVERSATION)
}

fn delete(ask: &mut Ask<'_>, permission: &str) -> Answer {
    let id = placed(ask, permission)?;
    let mut world = ask.site.world();
    let world = &mut *world;
    match world.comments.delete(&id, &world.conversations) {
        Ok(()) => Ok(StatusCode::NO_CONTENT.into_response()),
        Err(Refusal::Missing | Refusal::Resolved) => Err(Problem::not_found("Feedback")),
    }
}

/// The path's feedback, which must be where the path says.
fn placed(ask: &mut Ask<'_>, permission: &str) -> Result<String, Problem> {
    let conversation_id = ask.path_id("conversation_id");
    let interaction_id = ask.path.contains_key("interaction_id").then(|| ask.path_id("interaction_id"));
    let id = ask.path_id("feedback_id");
    ask.check()?;
    ask.require(permission)?;
    let world = ask.site.world();
    let comment = Some(&id).filter(|id| is_object_id(id)).and_then(|id| world.comments.find(id, &world.conversations));
    comment
        .filter(|comment| comment.conversation_id == conversation_id && comment.interaction_id == interaction_id)
        .map(|comment| comment.id)
        .ok_or_else(|| Problem::not_found("Feedback"))
}
