//! The list, messages, audio sources and tags (sections 2.1, 2.2, 2.3, 2.5).

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::Answer;
use crate::ask::Ask;
use crate::conversation::{Interaction, Kind, Message, Shared};
use crate::problem::{Invalid, Problem};
use crate::views;
use crate::world::{Filter, TagFilter};

/// The most tags a conversation, or one change of them, may have.
const MOST_TAGS: usize = 20;

/// 2.1.
pub(super) fn list(ask: &mut Ask<'_>) -> Answer {
    let current = ask.site.edition.is_current();
    let mut filter = Filter {
        users: ask.strings("user_id"),
        services: ask.ids("service_id"),
        is_finished: ask.flag("is_finished"),
        ids: ask.ids("id"),
        tags: Vec::new(),
    };
    if current {
        for tag in ask.strings("tag") {
            match TagFilter::parse(&tag) {
                Some(tag) => filter.tags.push(tag),
                None => {
                    ask.invalid.push(Invalid::new(["query", "tag"], "value_error", "Value should be key:value", tag))
                }
            }
        }
    }
    let paging = ask.paging(150, 1, 150);
    let sort = ask.sort(&["created_at"]);
    ask.check()?;

    let world = ask.site.world();
    let (rows, more) = if ask.allows("Conversation:GetConversation") {
        let ascending = sort.first().is_some_and(|(_, descending)| !descending);
        world.conversations.page(&filter, ascending, paging.offset, paging.limit)
    } else {
        (Vec::new(), false)
    };
    let (readable, versions) = (ask.allows("Conversation:GetMessage"), ask.allows("Service:GetVersionSet"));
    let rows =
        rows.iter().filter_map(|row| views::conversation(row, &world.conversations, current, readable, versions));
    let rows: Vec<Value> = rows.collect();
    let (has_more, token) = paging.rest(more);
    Ok(Json(json!({"conversations": rows, "has_more": has_more, "continuation_token": token})).into_response())
}

/// The conversation of the path.
pub(super) fn found(ask: &mut Ask<'_>) -> Result<Shared, Problem> {
    let id = ask.path_id("conversation_id");
    ask.check()?;
    ask.site.world().conversations.find(&id).ok_or_else(|| Problem::not_found("Conversation"))
}

/// 2.2.
pub(super) fn messages(ask: &mut Ask<'_>) -> Answer {
    let current = ask.site.edition.is_current();
    let (ids, interactions) = (ask.ids("id"), ask.ids("interaction_id"));
    let mut kinds = Vec::new();
    if current {
        for name in ask.strings("message_type") {
            match Kind::ALL.iter().find(|(known, _)| *known == name) {
                Some((_, kind)) => kinds.push(*kind),
                None => ask.invalid.push(Invalid::new(
                    ["query", "message_type"],
                    "enum",
                    "Input should be a message type",
                    name,
                )),
            }
        }
    }
    if kinds.is_empty() {
        kinds = vec![Kind::Agent, Kind::Event, Kind::User];
    }
    let paging = ask.paging(500, 1, 500);
    let sort = ask.sort(if current { &["interaction_id", "created_at"] } else { &["interaction_id", "timestamp"] });
    let conversation = found(ask)?;

    let wanted = |(interaction, message): &(&Interaction, &Message)| {
        kinds.contains(&message.kind)
            && (ids.is_empty() || ids.contains(&message.id))
            && (interactions.is_empty() || interactions.contains(&interaction.id))
    };
    let readable = ask.allows("Conversation:GetMessage");
    let mut messages: Vec<_> = conversation.messages().filter(|message| readable && wanted(message)).collect();
    for (field, descending) in sort.into_iter().rev() {
        // Sorting is stable, so sorting by the last key first gives the order of all keys.
        messages.sort_by(|a, b| {
            let order = if field == 0 { a.0.id.cmp(&b.0.id) } else { a.1.created_at.cmp(&b.1.created_at) };
            if descending { order.reverse() } else { order }
        });
    }
    let (page, more) = paging.of(messages);
    let page: Vec<Value> =
        page.into_iter().map(|(interaction, message)| views::message(interaction, message, current)).collect();
    let (has_more, token) = paging.rest(more);
    Ok(Json(json!({"messages": page, "has_more": has_more, "continuation_token": token})).into_response())
}

/// 2.3.
pub(super) fn source(ask: &mut Ask<'_>) -> Answer {
    let id = ask.path_id("message_id");
    let long_lived = ask.flag("long_lived").unwrap_or(false) && ask.site.edition.is_current();
    let conversation = found(ask)?;
    ask.require("Conversation:GetMessage")?;
    let (_, message) =
        conversation.messages().find(|(_, message)| message.id == id).ok_or_else(|| Problem::not_found("Message"))?;
    let clip = message.clip.as_ref().ok_or_else(|| Problem::bad_request("The message is a text message."))?;
    let (url, expires_at) = ask.site.signer.sign(clip, long_lived, Timestamp::now());
    Ok(Json(json!({"url": url, "expires_at": expires_at, "content_type": clip.content_type()})).into_response())
}

/// `^[\w\s]+$` on a trimmed, non-empty text; word characters are Unicode's.
fn is_tag_text(text: &str) -> bool {
    !text.trim().is_empty()
        && text.chars().all(|letter| letter.is_alphanumeric() || letter == '_' || letter.is_whitespace())
}

/// 2.5. Keys are trimmed, as the model behind the real call does.
pub(super) fn tags(ask: &mut Ask<'_>) -> Answer {
    let body = ask.json()?;
    let mut updates: Vec<(String, Option<String>)> = Vec::new();
    match body.get("updates") {
        None => {}
        Some(Value::Object(wanted)) => {
            if wanted.len() > MOST_TAGS {
                let msg = format!("Dictionary should have at most {MOST_TAGS} items after validation");
                ask.invalid.push(Invalid::new(["body", "updates"], "too_long", msg, wanted.len()));
            }
            for (key, value) in wanted {
                let fits = |text: &str| is_tag_text(text);
                let msg = r"String should match pattern '^[\w\s]+$'";
                match value {
                    _ if !fits(key) => ask.invalid.push(Invalid::new(
                        ["body", "updates", key],
                        "string_pattern_mismatch",
                        msg,
                        key.as_str(),
                    )),
                    Value::Null => updates.push((key.trim().to_owned(), None)),
                    Value::String(text) if fits(text) => {
                        updates.push((key.trim().to_owned(), Some(text.trim().to_owned())))
                    }
                    other => ask.invalid.push(Invalid::new(
                        ["body", "updates", key],
                        "string_pattern_mismatch",
                        msg,
                        other.clone(),
                    )),
                }
            }
        }
        Some(other) => ask.invalid.push(Invalid::new(
            ["body", "updates"],
            "dict_type",
            "Input should be a valid dictionary",
            other.clone(),
        )),
    }
    let mut deletes: Vec<String> = Vec::new();
    match body.get("deletes") {
        None => {}
        Some(Value::Array(keys)) => {
            for key in keys {
                match key.as_str() {
                    Some(text) if !text.is_empty() && !deletes.iter().any(|known| known == text) => {
                        deletes.push(text.to_owned())
                    }
                    _ => ask.invalid.push(Invalid::new(
                        ["body", "deletes"],
                        "value_error",
                        "Keys should be unique, non-empty texts",
                        key.clone(),
                    )),
                }
            }
        }
        Some(other) => ask.invalid.push(Invalid::new(
            ["body", "deletes"],
            "list_type",
            "Input should be a valid list",
            other.clone(),
        )),
    }
    if let Some((key, _)) = updates.iter().find(|(key, _)| deletes.contains(key)) {
        ask.invalid.push(Invalid::new(
            ["body", "deletes"],
            "value_error",
            "A key cannot be both updated and deleted",
            key.as_str(),
        ));
    }
    let id = ask.path_id("conversation_id");
    ask.check()?;
    ask.require("Conversation:ModifyConversation")?;
    let mut world = ask.site.world();
    let found = world.conversations.find(&id).ok_or_else(|| Problem::not_found("Conversation"))?;
    let mut changed = (*found).clone();
    changed.tags.retain(|key, _| !deletes.contains(key));
    changed.tags.extend(updates);
    if changed.tags.len() > MOST_TAGS {
        return Err(Problem::bad_request(format!("A conversation can have at most {MOST_TAGS} tags.")));
    }
    world.conversations.put(changed);
    Ok(StatusCode::NO_CONTENT.into_response())
}

#[cfg(test)]
mod tests {
    use super::is_tag_text;

    #[test]
    fn tag_texts_are_words_and_spaces_of_any_script() {
        for fits in ["risk", "risk level", "größe_2", "薬"] {
            assert!(is_tag_text(fits), "{fits}");
        }
        for breaks in ["", "  ", "a-b", "a:b", "a.b", "<b>"] {
            assert!(!is_tag_text(breaks), "{breaks}");
        }
    }
}
