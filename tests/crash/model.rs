//! What the server may look like after everything was sent, given what was tried and what was acknowledged.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One edit of the reviewer, as the two processes tell each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Edit {
    /// A tag gets a value, or goes.
    Tag { conversation: usize, key: String, value: Option<String> },
    /// A comment is written; `comment` numbers them over all lives.
    Write { conversation: usize, comment: u64, text: String },
    /// A comment says something else.
    Reword { comment: u64, text: String },
    /// A comment is resolved or reopened.
    Resolve { comment: u64, resolved: bool },
}

/// What one thing may be: what it certainly is, and what an edit that was never acknowledged may have made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Possible<T>(BTreeSet<T>);

impl<T: Ord> Possible<T> {
    fn sure(value: T) -> Self {
        Self([value].into())
    }

    fn becomes(&mut self, value: T, acknowledged: bool) {
        if acknowledged {
            self.0.clear();
        }
        self.0.insert(value);
    }
}

#[derive(Debug)]
struct Comment {
    conversation: usize,
    acknowledged: bool,
    text: Possible<String>,
    resolved: Possible<bool>,
    /// Every text it ever had.
    texts: BTreeSet<String>,
}

/// Everything a reviewer did in all lives.
#[derive(Debug, Default)]
pub struct Model {
    tags: BTreeMap<(usize, String), Possible<Option<String>>>,
    comments: BTreeMap<u64, Comment>,
    /// Acknowledged edits.
    pub acknowledged: usize,
}

impl Model {
    /// Takes an edit that was tried.
    pub fn take(&mut self, edit: Edit, acknowledged: bool) {
        self.acknowledged += usize::from(acknowledged);
        match edit {
            Edit::Tag { conversation, key, value } => {
                let tag = self.tags.entry((conversation, key)).or_insert_with(|| Possible::sure(None));
                tag.becomes(value, acknowledged);
            }
            Edit::Write { conversation, comment, text } => {
                let texts = [text.clone()].into();
                let (text, resolved) = (Possible::sure(text), Possible::sure(false));
                self.comments.insert(comment, Comment { conversation, acknowledged, text, resolved, texts });
            }
            Edit::Reword { comment, text } => {
                if let Some(comment) = self.comments.get_mut(&comment) {
                    comment.texts.insert(text.clone());
                    comment.text.becomes(text, acknowledged);
                }
            }
            Edit::Resolve { comment, resolved } => {
                if let Some(comment) = self.comments.get_mut(&comment) {
                    comment.resolved.becomes(resolved, acknowledged);
                }
            }
        }
    }

    /// Compares with what the server has of a conversation. With `damaged`, work may be missing, but nothing may be twice that
    /// can be recognized.
    ///
    /// # Errors
    /// What is not as it may be.
    pub fn check(&self, conversation: usize, tags: &Value, comments: &[Value], damaged: bool) -> Result<()> {
        for ((_, key), possible) in self.tags.iter().filter(|((of, _), _)| *of == conversation) {
            let there = tags.get(key).map(|value| value.as_str().unwrap_or_default().to_owned());
            ensure!(damaged || possible.0.contains(&there), "tag {key} is {there:?} and may be {possible:?}");
        }
        let mut order = Vec::new();
        for found in comments {
            let text = found["feedback_content"]["comment"].as_str().unwrap_or_default();
            let Some((number, known)) = self.comments.iter().find(|(_, known)| known.texts.contains(text)) else {
                continue;
            };
            ensure!(known.conversation == conversation, "comment {number} is on another conversation");
            if order.contains(number) {
                // Where the disk lost that it was sent, it is recognized by its words, and those have changed since.
                let is_beyond_telling = damaged && known.texts.len() > 1;
                ensure!(is_beyond_telling, "comment {number} ({text:?}) is there twice");
                continue;
            }
            order.push(*number);
            if !damaged {
                let resolved = found["feedback_content"]["resolved"].as_bool().unwrap_or_default();
                ensure!(known.text.0.contains(text), "comment {number} says {text:?} and may say {:?}", known.text);
                ensure!(known.resolved.0.contains(&resolved), "comment {number}: resolved is {resolved}");
            }
        }
        ensure!(order.is_sorted(), "comments are in the order {order:?}");
        let lost = self.comments.iter().find(|(number, known)| {
            known.conversation == conversation && known.acknowledged && !order.contains(number)
        });
        ensure!(damaged || lost.is_none(), "an acknowledged comment is lost: {lost:?}");
        Ok(())
    }
}
