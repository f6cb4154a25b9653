//! One call on its way to a route: who asks, path parameters, query and body, with what is wrong in them collected.

use std::collections::HashMap;

use axum::http::HeaderMap;
use bytes::Bytes;
use serde_json::{Map, Value};

use crate::ids::is_object_id;
use crate::problem::{Invalid, Problem};
use crate::site::Site;

/// A field of a multipart form.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
}

/// One call.
pub(crate) struct Ask<'s> {
    pub(crate) site: &'s Site,
    /// The signed-in user; empty on calls that need no token.
    pub(crate) user_id: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// Set when the body is a multipart form.
    pub(crate) form: Option<Vec<Field>>,
    pub(crate) path: HashMap<String, String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) invalid: Vec<Invalid>,
}

impl Ask<'_> {
    /// # Errors
    /// 422 with everything that was found wrong so far.
    pub(crate) fn check(&mut self) -> Result<(), Problem> {
        if self.invalid.is_empty() { Ok(()) } else { Err(Problem::Unprocessable(std::mem::take(&mut self.invalid))) }
    }

    /// # Errors
    /// 403 when the caller lacks `permission`.
    pub(crate) fn require(&self, permission: &str) -> Result<(), Problem> {
        if self.allows(permission) { Ok(()) } else { Err(Problem::forbidden(permission)) }
    }

    pub(crate) fn allows(&self, permission: &str) -> bool {
        self.site.denied.allows(permission)
    }

    /// An object id of the path.
    pub(crate) fn path_id(&mut self, name: &'static str) -> String {
        let id = self.path.get(name).cloned().unwrap_or_default();
        if !is_object_id(&id) {
            self.invalid.push(not_an_id(["path", name], &id));
        }
        id
    }

    /// All values of a repeatable parameter, each once.
    pub(crate) fn strings(&self, name: &str) -> Vec<String> {
        let mut values: Vec<String> = Vec::new();
        for (_, value) in self.query.iter().filter(|(key, _)| key == name) {
            if !values.contains(value) {
                values.push(value.clone());
            }
        }
        values
    }

    /// All values of a repeatable parameter, which must be object ids.
    pub(crate) fn ids(&mut self, name: &'static str) -> Vec<String> {
        let ids = self.strings(name);
        let wrong = ids.iter().filter(|id| !is_object_id(id)).map(|id| not_an_id(["query", name], id));
        self.invalid.extend(wrong);
        ids
    }

    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub(crate) fn flag(&mut self, name: &'static str) -> Option<bool> {
        let value = self.text(name)?.to_owned();
        match value.to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            _ => {
                self.invalid.push(Invalid::new(
                    ["query", name],
                    "bool_parsing",
                    "Input should be a valid boolean",
                    value,
                ));
                None
            }
        }
    }

    /// An integer between `least` and `most`.
    fn number(&mut self, name: &'static str, usual: usize, least: i64, most: i64) -> usize {
        let Some(text) = self.text(name).map(str::to_owned) else { return usual };
        let wrong = match text.parse::<i64>() {
            Err(_) => ("int_parsing", "Input should be a valid integer".to_owned()),
            Ok(value) if value < least => {
                ("greater_than_equal", format!("Input should be greater than or equal to {least}"))
            }
            Ok(value) if value > most => ("less_than_equal", format!("Input should be less than or equal to {most}")),
            Ok(value) => return usize::try_from(value).unwrap_or(usual),
        };
        self.invalid.push(Invalid::new(["query", name], wrong.0, wrong.1, text));
        usual
    }

    /// `limit` and `continuation_token`; a token is an offset.
    pub(crate) fn paging(&mut self, usual: usize, least: i64, most: i64) -> Paging {
        Paging {
            limit: self.number("limit", usual, least, most),
            offset: self.number("continuation_token", 0, 0, i64::from(u32::MAX)),
        }
    }

    /// `sort_by`, each as the place of its field in `fields` and whether it descends.
    pub(crate) fn sort(&mut self, fields: &[&str]) -> Vec<(usize, bool)> {
        let mut sort = Vec::new();
        for value in self.strings("sort_by") {
            let parts = value.strip_prefix('-').map(|field| (field, true));
            // A bare plus sign arrives decoded to a space.
            let parts = parts.or_else(|| value.strip_prefix(['+', ' ']).map(|field| (field, false)));
            let known = parts.and_then(|(field, down)| Some((fields.iter().position(|known| *known == field)?, down)));
            match known {
                Some(key) => sort.push(key),
                None => {
                    let msg = format!("Value should be + or - followed by one of: {}", fields.join(", "));
                    self.invalid.push(Invalid::new(["query", "sort_by"], "value_error", msg, value));
                }
            }
        }
        sort
    }

    /// A parameter that must be there and be one of `allowed`.
    pub(crate) fn required_choice<'a>(&mut self, name: &'static str, allowed: &[&'a str]) -> Option<&'a str> {
        let Some(value) = self.text(name).map(str::to_owned) else {
            self.invalid.push(Invalid::missing(["query", name]));
            return None;
        };
        let found = allowed.iter().find(|choice| **choice == value).copied();
        if found.is_none() {
            let msg = format!("Input should be one of: {}", allowed.join(", "));
            self.invalid.push(Invalid::new(["query", name], "enum", msg, value));
        }
        found
    }

    /// The body as a JSON object; an absent one counts as missing.
    ///
    /// # Errors
    /// 422.
    pub(crate) fn json(&self) -> Result<Map<String, Value>, Problem> {
        if self.body.is_empty() {
            return Err(Invalid::missing(["body"]).into());
        }
        match serde_json::from_slice(&self.body) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => {
                Err(Invalid::new(["body"], "model_attributes_type", "Input should be a valid dictionary", Value::Null)
                    .into())
            }
            Err(_) => Err(Invalid::new(["body"], "json_invalid", "JSON decode error", Value::Null).into()),
        }
    }

    /// A text of the body that must be there and not be empty.
    pub(crate) fn body_text(&mut self, body: &Map<String, Value>, name: &'static str) -> String {
        match body.get(name) {
            Some(Value::String(text)) if !text.is_empty() => return text.clone(),
            Some(Value::String(text)) => {
                let msg = "String should have at least 1 character";
                self.invalid.push(Invalid::new(["body", name], "string_too_short", msg, text.clone()));
            }
            Some(other) => self.invalid.push(Invalid::new(
                ["body", name],
                "string_type",
                "Input should be a valid string",
                other.clone(),
            )),
            None => self.invalid.push(Invalid::missing(["body", name])),
        }
        String::new()
    }
}

fn not_an_id<const N: usize>(loc: [&str; N], id: &str) -> Invalid {
    Invalid::new(loc, "string_pattern_mismatch", "String should match pattern '^[a-f0-9]{24}$'", id)
}

/// Where a page begins and how much it holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paging {
    pub(crate) limit: usize,
    pub(crate) offset: usize,
}

impl Paging {
    /// `has_more` and `continuation_token`.
    pub(crate) fn rest(self, more: bool) -> (bool, Value) {
        (more, if more { Value::from(self.offset + self.limit) } else { Value::Null })
    }

    /// This page of `all`, and whether there are more.
    pub(crate) fn of<T>(self, all: Vec<T>) -> (Vec<T>, bool) {
        let more = all.len() > self.offset.saturating_add(self.limit);
        (all.into_iter().skip(self.offset).take(self.limit).collect(), more)
    }
}
