//! Signing in and the public probe (section 1).

use axum::Json;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use jiff::Timestamp;
use serde_json::json;

use super::Answer;
use crate::ask::Ask;
use crate::problem::{Invalid, Problem};

/// 1.1. Anybody of the organization may be acted as.
pub(super) fn with_api_key(ask: &mut Ask<'_>) -> Answer {
    let mut sent = Vec::new();
    for name in ["x-api-key", "x-api-key-id", "x-user-id"] {
        match ask.headers.get(name).and_then(|value| value.to_str().ok()) {
            Some(value) => sent.push(value.to_owned()),
            None => ask.invalid.push(Invalid::missing(["header", name])),
        }
    }
    ask.check()?;
    let expected = &ask.site.credentials;
    match sent.as_slice() {
        [key, id, user]
            if *key == expected.api_key
                && *id == expected.api_key_id
                && ask.site.organization.person(user).is_some() =>
        {
            let (token, expires_at) = ask.site.issue_token(user, Timestamp::now());
            Ok(Json(json!({"id_token": token, "expires_at": expires_at})).into_response())
        }
        _ => Err(Problem::unauthorized("The API key or the user is unknown.")),
    }
}

/// 1.3. Succeeds silently, whoever is asked for.
pub(super) fn with_email(ask: &mut Ask<'_>) -> Answer {
    let body = ask.json()?;
    let link = ask.body_text(&body, "redirect_link");
    if !link.is_empty() && url::Url::parse(&link).is_err() {
        ask.invalid.push(Invalid::new(["body", "redirect_link"], "url_parsing", "Input should be a valid URL", link));
    }
    let email = ask.body_text(&body, "email");
    if !email.is_empty() && !email.contains('@') {
        ask.invalid.push(Invalid::new(["body", "email"], "value_error", "value is not a valid email address", email));
    }
    ask.check()?;
    Ok((StatusCode::OK, Json(json!({}))).into_response())
}

/// 1.4.
pub(super) fn organization(ask: &mut Ask<'_>) -> Answer {
    let organization = &ask.site.organization;
    Ok(Json(json!({
        "org_id": organization.id,
        "org_name": organization.name,
        "default_user_preferences": null,
        "tenant_id": null,
    }))
    .into_response())
}
