//! Error answers (section 0.1): FastAPI's list for 422, `{"detail": text}` for everything else.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// One field the caller got wrong.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Invalid {
    /// Where: `["query", "limit"]`, `["body", "updates", "risk"]`.
    pub(crate) loc: Vec<Value>,
    /// What is wrong, as a sentence without the offending value.
    pub(crate) msg: String,
    /// FastAPI's name of the rule.
    pub(crate) kind: &'static str,
    /// What was sent.
    pub(crate) input: Value,
}

impl Invalid {
    pub(crate) fn new<const N: usize>(
        loc: [&str; N],
        kind: &'static str,
        msg: impl Into<String>,
        input: impl Into<Value>,
    ) -> Self {
        Self { loc: loc.iter().map(|part| json!(part)).collect(), msg: msg.into(), kind, input: input.into() }
    }

    pub(crate) fn missing<const N: usize>(loc: [&str; N]) -> Self {
        Self::new(loc, "missing", "Field required", Value::Null)
    }
}

/// Why a call is refused.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Problem {
    /// 422 with one entry per field.
    Unprocessable(Vec<Invalid>),
    /// Any other status with a sentence.
    Status(StatusCode, String),
}

impl Problem {
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::Status(StatusCode::BAD_REQUEST, detail.into())
    }

    pub(crate) fn unauthorized(detail: impl Into<String>) -> Self {
        Self::Status(StatusCode::UNAUTHORIZED, detail.into())
    }

    pub(crate) fn forbidden(permission: &str) -> Self {
        Self::Status(StatusCode::FORBIDDEN, format!("Missing permission {permission}."))
    }

    pub(crate) fn not_found(what: &str) -> Self {
        Self::Status(StatusCode::NOT_FOUND, format!("{what} not found."))
    }

    pub(crate) fn conflict(detail: impl Into<String>) -> Self {
        Self::Status(StatusCode::CONFLICT, detail.into())
    }
}

impl From<Invalid> for Problem {
    fn from(invalid: Invalid) -> Self {
        Self::Unprocessable(vec![invalid])
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match self {
            Self::Unprocessable(fields) => {
                let detail: Vec<Value> = fields
                    .into_iter()
                    .map(|field| json!({"loc": field.loc, "msg": field.msg, "type": field.kind, "input": field.input}))
                    .collect();
                (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "detail": detail }))).into_response()
            }
            Self::Status(status, detail) => (status, Json(json!({ "detail": detail }))).into_response(),
        }
    }
}
