//! What a reviewer changes, with what it was before: enough to show it, send it, merge it and take it back.

use serde::{Deserialize, Serialize};

use crate::{Comment, CommentId, MessageId, TagEdit, Tags};

/// What stands under a tag's key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TagState {
    /// The conversation does not carry the tag.
    Absent,
    /// It does, without a value.
    Bare,
    /// It does, with this value.
    Value(String),
}

impl TagState {
    /// What stands under a key.
    pub fn of(tags: &Tags, key: &str) -> Self {
        match tags.get(key) {
            None => Self::Absent,
            Some(None) => Self::Bare,
            Some(Some(value)) => Self::Value(value.to_owned()),
        }
    }
}

/// One change of a conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// A tag is set or removed.
    Tag {
        /// The tag.
        key: String,
        /// What shall stand there.
        to: TagState,
    },
    /// A comment is written. Its id is a name given here until a server gives it one.
    Write(Comment),
    /// A comment says something else.
    Reword {
        /// The comment.
        comment: CommentId,
        /// Its new text.
        text: String,
    },
    /// A comment is resolved or opened again.
    Resolve {
        /// The comment.
        comment: CommentId,
        /// Whether it is to be resolved.
        resolved: bool,
    },
    /// A comment is deleted.
    Delete {
        /// The comment.
        comment: CommentId,
    },
    /// A message is flagged, or not any more. Servers know no flags: it stays on this computer.
    Flag {
        /// The message.
        message: MessageId,
        /// Whether it is to carry the flag.
        is_set: bool,
    },
}

/// What a change is about: two changes of the same thing depend on their order, others do not.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Subject {
    /// A tag, by its key.
    Tag(String),
    /// A comment.
    Comment(CommentId),
    /// The flag of a message.
    Flag(MessageId),
}

/// What stands, or stood, where a change is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Image {
    /// A tag.
    Tag(TagState),
    /// A comment.
    Comment(Comment),
    /// Whether a message is flagged.
    Flag(bool),
    /// No comment.
    Nothing,
}

/// What becomes of a change, given what the server has now.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// It can be sent.
    Send,
    /// It is there already.
    Done,
    /// Somebody else changed the same thing; this is what stands there now.
    Clash(Image),
}

impl Change {
    /// What it is about.
    pub fn subject(&self) -> Subject {
        match self {
            Self::Tag { key, .. } => Subject::Tag(key.clone()),
            Self::Write(written) => Subject::Comment(written.id.clone()),
            Self::Reword { comment, .. } | Self::Resolve { comment, .. } | Self::Delete { comment } => {
                Subject::Comment(comment.clone())
            }
            Self::Flag { message, .. } => Subject::Flag(message.clone()),
        }
    }

    /// What stands there once it is made; nothing where the image before does not belong to it.
    pub fn after(&self, before: &Image) -> Option<Image> {
        match (self, before) {
            (Self::Tag { to, .. }, Image::Tag(_)) => Some(Image::Tag(to.clone())),
            (Self::Write(written), Image::Nothing) => Some(Image::Comment(written.clone())),
            (Self::Reword { text, .. }, Image::Comment(was)) => {
                Some(Image::Comment(Comment { text: text.clone(), ..was.clone() }))
            }
            (Self::Resolve { resolved, .. }, Image::Comment(was)) => {
                Some(Image::Comment(Comment { resolved: *resolved, ..was.clone() }))
            }
            (Self::Delete { .. }, Image::Comment(_)) => Some(Image::Nothing),
            (Self::Flag { is_set, .. }, Image::Flag(_)) => Some(Image::Flag(*is_set)),
            _ => None,
        }
    }

    /// The change that takes it back, and the image that one changes from.
    pub fn inverse(&self, before: &Image) -> Option<(Self, Image)> {
        let after = self.after(before)?;
        Some((self.towards(before)?, after))
    }

    /// The change of the same thing that leads to an image, whatever stands there now.
    fn towards(&self, image: &Image) -> Option<Self> {
        Some(match (self, image) {
            (Self::Tag { key, .. }, Image::Tag(state)) => Self::Tag { key: key.clone(), to: state.clone() },
            (Self::Write(written), Image::Nothing) => Self::Delete { comment: written.id.clone() },
            (Self::Reword { comment, .. }, Image::Comment(was)) => {
                Self::Reword { comment: comment.clone(), text: was.text.clone() }
            }
            (Self::Resolve { comment, .. }, Image::Comment(was)) => {
                Self::Resolve { comment: comment.clone(), resolved: was.resolved }
            }
            (Self::Delete { .. }, Image::Comment(was)) => Self::Write(was.clone()),
            (Self::Flag { message, .. }, Image::Flag(was)) => Self::Flag { message: message.clone(), is_set: *was },
            _ => return None,
        })
    }

    /// Compares what stood there, what is wanted and what the server has now.
    ///
    /// A resolve goes with whatever text there is: it says that the matter is dealt with, not how it was put. Whether a
    /// comment that is written has arrived cannot be seen from one image; it is told by [`matching`].
    pub fn verdict(&self, before: &Image, now: &Image) -> Verdict {
        let clash = || Verdict::Clash(now.clone());
        match (self, before, now) {
            (Self::Tag { to, .. }, Image::Tag(was), Image::Tag(is)) => {
                if is == to {
                    Verdict::Done
                } else if is == was {
                    Verdict::Send
                } else {
                    clash()
                }
            }
            (Self::Write(_), _, Image::Nothing) => Verdict::Send,
            (Self::Write(_), _, Image::Comment(_)) => Verdict::Done,
            (Self::Reword { text, .. }, Image::Comment(was), Image::Comment(is)) => {
                if &is.text == text {
                    Verdict::Done
                } else if is.text == was.text && !is.resolved {
                    Verdict::Send
                } else {
                    clash()
                }
            }
            (Self::Resolve { resolved, .. }, _, Image::Comment(is)) => {
                if is.resolved == *resolved {
                    Verdict::Done
                } else {
                    Verdict::Send
                }
            }
            (Self::Delete { .. }, Image::Comment(was), Image::Comment(is)) => {
                if is.text == was.text {
                    Verdict::Send
                } else {
                    clash()
                }
            }
            (Self::Delete { .. }, _, Image::Nothing) | (Self::Flag { .. }, ..) => Verdict::Done,
            _ => clash(),
        }
    }

    /// The edit of tags it is, if it is one.
    pub fn as_tag_edit(&self) -> Option<TagEdit> {
        let Self::Tag { key, to } = self else { return None };
        Some(match to {
            TagState::Absent => TagEdit::remove(key),
            TagState::Bare => TagEdit::set(key, None),
            TagState::Value(value) => TagEdit::set(key, Some(value)),
        })
    }

    /// Makes it in comments, where it concerns one of them.
    pub fn make_in(&self, comments: &mut Vec<Comment>) {
        match self {
            Self::Tag { .. } | Self::Flag { .. } => {}
            Self::Write(written) => {
                if !comments.iter().any(|comment| comment.id == written.id) {
                    comments.push(written.clone());
                }
            }
            Self::Reword { comment, text } => {
                comments.iter_mut().filter(|kept| &kept.id == comment).for_each(|kept| kept.text.clone_from(text));
            }
            Self::Resolve { comment, resolved } => {
                comments.iter_mut().filter(|kept| &kept.id == comment).for_each(|kept| kept.resolved = *resolved);
            }
            Self::Delete { comment } => comments.retain(|kept| &kept.id != comment),
        }
    }
}

/// Comments that could be the one that was written, among those a server lists: same author, place and words.
///
/// Their count before and after tells whether a comment arrived whose answer was lost: two identical ones may both have been
/// written on purpose.
pub fn matching<'a>(written: &Comment, listed: &'a [Comment]) -> Vec<&'a Comment> {
    let same = |comment: &&Comment| {
        comment.author == written.author && comment.place == written.place && comment.text == written.text
    };
    listed.iter().filter(same).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::{CommentPlace, ConversationId, UserId};
    use jiff::Timestamp;
    use proptest::prelude::*;

    fn comment(text: &str, resolved: bool) -> Comment {
        Comment {
            id: CommentId::new("f").unwrap(),
            author: UserId::new("reviewer").unwrap(),
            created_at: Timestamp::UNIX_EPOCH,
            text: text.into(),
            place: CommentPlace::Conversation(ConversationId::new("c").unwrap()),
            resolved,
            message: None,
        }
    }

    fn id() -> CommentId {
        CommentId::new("f").unwrap()
    }

    fn state() -> impl Strategy<Value = TagState> {
        prop_oneof![Just(TagState::Absent), Just(TagState::Bare), "[ab]".prop_map(TagState::Value)]
    }

    /// A change with an image it belongs to.
    fn change() -> impl Strategy<Value = (Change, Image)> {
        let text = || "[xyz]{1,2}";
        prop_oneof![
            (state(), state()).prop_map(|(was, to)| (Change::Tag { key: "k".into(), to }, Image::Tag(was))),
            text().prop_map(|text| (Change::Write(comment(&text, false)), Image::Nothing)),
            (text(), text()).prop_map(|(was, text)| {
                (Change::Reword { comment: id(), text }, Image::Comment(comment(&was, false)))
            }),
            (text(), any::<bool>()).prop_map(|(was, resolved)| {
                (Change::Resolve { comment: id(), resolved }, Image::Comment(comment(&was, !resolved)))
            }),
            (text(), any::<bool>()).prop_map(|(was, resolved)| {
                (Change::Delete { comment: id() }, Image::Comment(comment(&was, resolved)))
            }),
        ]
    }

    proptest! {
        #[test]
        fn the_inverse_leads_back((change, before) in change()) {
            let after = change.after(&before).unwrap();
            let (back, from) = change.inverse(&before).unwrap();
            prop_assert_eq!(&from, &after);
            prop_assert_eq!(back.after(&from).unwrap(), before.clone());
            let (again, from) = back.inverse(&from).unwrap();
            prop_assert_eq!(from, before);
            prop_assert_eq!(again.subject(), change.subject());
        }

        #[test]
        fn nobody_elses_change_means_it_is_sent_and_its_own_that_it_is_done((change, before) in change()) {
            let after = change.after(&before).unwrap();
            prop_assert_eq!(change.verdict(&before, &after), Verdict::Done);
            if after != before {
                prop_assert_eq!(change.verdict(&before, &before), Verdict::Send);
            }
        }

        #[test]
        fn survives_json((change, before) in change()) {
            let (one, other) = (serde_json::to_string(&change).unwrap(), serde_json::to_string(&before).unwrap());
            prop_assert_eq!(serde_json::from_str::<Change>(&one).unwrap(), change);
            prop_assert_eq!(serde_json::from_str::<Image>(&other).unwrap(), before);
        }
    }

    #[test]
    fn a_flag_is_taken_back_and_never_clashes() {
        let flag = |is_set| Change::Flag { message: MessageId::new("m").unwrap(), is_set };
        assert_eq!(flag(true).inverse(&Image::Flag(false)), Some((flag(false), Image::Flag(true))));
        assert_eq!(flag(true).after(&Image::Nothing), None, "the image of another thing");
        assert_eq!(flag(true).verdict(&Image::Flag(false), &Image::Flag(false)), Verdict::Done);
        assert_eq!(flag(true).subject(), flag(false).subject());
    }

    #[test]
    fn the_same_tag_changed_by_two_is_a_clash_unless_both_want_the_same() {
        let change = Change::Tag { key: "k".into(), to: TagState::Value("mine".into()) };
        let was = Image::Tag(TagState::Bare);
        let theirs = Image::Tag(TagState::Value("theirs".into()));
        assert_eq!(change.verdict(&was, &theirs), Verdict::Clash(theirs));
        assert_eq!(change.verdict(&was, &Image::Tag(TagState::Value("mine".into()))), Verdict::Done);
    }

    #[test]
    fn words_clash_with_other_words_with_a_resolve_and_with_a_deletion() {
        let change = Change::Reword { comment: id(), text: "mine".into() };
        let was = Image::Comment(comment("was", false));
        for now in [Image::Comment(comment("theirs", false)), Image::Comment(comment("was", true)), Image::Nothing] {
            assert_eq!(change.verdict(&was, &now), Verdict::Clash(now));
        }
    }

    #[test]
    fn a_resolve_goes_with_whatever_is_said_and_clashes_only_with_a_deletion() {
        let change = Change::Resolve { comment: id(), resolved: true };
        let was = Image::Comment(comment("was", false));
        assert_eq!(change.verdict(&was, &Image::Comment(comment("theirs", false))), Verdict::Send);
        assert_eq!(change.verdict(&was, &Image::Comment(comment("was", true))), Verdict::Done);
        assert_eq!(change.verdict(&was, &Image::Nothing), Verdict::Clash(Image::Nothing));
    }

    #[test]
    fn what_somebody_rewrote_is_not_deleted_unasked() {
        let change = Change::Delete { comment: id() };
        let was = Image::Comment(comment("was", false));
        let theirs = Image::Comment(comment("theirs", false));
        assert_eq!(change.verdict(&was, &theirs), Verdict::Clash(theirs));
        assert_eq!(change.verdict(&was, &Image::Nothing), Verdict::Done);
    }

    #[test]
    fn a_comment_like_the_written_one_is_by_the_same_person_at_the_same_place() {
        let written = comment("same", false);
        let other = Comment { author: UserId::new("another").unwrap(), ..written.clone() };
        let elsewhere =
            Comment { place: CommentPlace::Conversation(ConversationId::new("d").unwrap()), ..written.clone() };
        let resolved = Comment { resolved: true, ..written.clone() };
        let listed = [other, elsewhere, resolved.clone(), comment("else", false)];
        assert_eq!(matching(&written, &listed), [&resolved]);
    }
}
