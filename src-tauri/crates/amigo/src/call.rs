use bytes::Bytes;
use reqwest::Method;
use reqwest::multipart::{Form, Part};

use crate::Endpoint;

/// What to send: a cheap description, from which the request is built anew for each attempt.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) endpoint: Endpoint,
    pub(crate) method: Method,
    /// Segments after `/v1/{organization}`; an empty last one stands for a trailing slash, which is significant.
    pub(crate) path: Vec<String>,
    pub(crate) query: Vec<(&'static str, String)>,
    pub(crate) body: Body,
}

/// What goes with it.
#[derive(Debug)]
pub(crate) enum Body {
    Nothing,
    Json(Bytes),
    Form(Vec<Field>),
}

/// One part of a multipart form.
#[derive(Debug, Clone)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) content: Bytes,
    /// File name and media type, for a part that is a file.
    pub(crate) file: Option<(&'static str, &'static str)>,
}

impl Call {
    pub(crate) fn new(endpoint: Endpoint, method: Method, path: &[&str]) -> Self {
        let path = path.iter().map(|&segment| segment.to_owned()).collect();
        Self { endpoint, method, path, query: Vec::new(), body: Body::Nothing }
    }

    pub(crate) fn get(endpoint: Endpoint, path: &[&str]) -> Self {
        Self::new(endpoint, Method::GET, path)
    }

    pub(crate) fn post(endpoint: Endpoint, path: &[&str]) -> Self {
        Self::new(endpoint, Method::POST, path)
    }

    pub(crate) fn query(mut self, name: &'static str, value: impl ToString) -> Self {
        self.query.push((name, value.to_string()));
        self
    }

    /// A list is the same name again and again.
    pub(crate) fn each<T: ToString>(mut self, name: &'static str, values: impl IntoIterator<Item = T>) -> Self {
        self.query.extend(values.into_iter().map(|value| (name, value.to_string())));
        self
    }

    pub(crate) fn json(mut self, body: &serde_json::Value) -> Self {
        self.body = Body::Json(body.to_string().into());
        self
    }

    pub(crate) fn form(mut self, fields: Vec<Field>) -> Self {
        self.body = Body::Form(fields);
        self
    }
}

impl Field {
    pub(crate) fn text(name: &'static str, text: impl Into<String>) -> Self {
        Self { name, content: text.into().into(), file: None }
    }

    pub(crate) fn part(&self) -> reqwest::Result<Part> {
        let part = Part::stream_with_length(self.content.clone(), self.content.len() as u64);
        match self.file {
            None => Ok(part),
            Some((file_name, media_type)) => part.file_name(file_name).mime_str(media_type),
        }
    }
}

pub(crate) fn form(fields: &[Field]) -> reqwest::Result<Form> {
    fields.iter().try_fold(Form::new(), |form, field| Ok(form.part(field.name, field.part()?)))
}
