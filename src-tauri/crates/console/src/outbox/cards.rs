//! Asking the reviewer about a change that cannot be sent as it is, and doing what they answer.

use earmark_review::{Change, Comment, Image, TagState};
use earmark_store::{EditId, EditState, NewEdit, Store};

use super::entry::{Entry, Need, Sent, Stage};
use super::record::New;
use super::undo::said;
use crate::console::held;
use crate::session::Session;
use crate::view::{CardView, Choice, ChoiceView, SideView, WorkView};
use crate::{Console, Problem, ProblemCode};

const COPY: &str = "Copy mine to a new comment";

/// The question about a change; nothing where it only stays on this computer.
pub(super) fn card(change: &Change, before: &Image, need: &Need) -> Option<CardView> {
    Some(match need {
        Need::OnlyHere => return None,
        Need::Refused { sentence, .. } => CardView {
            sentence: format!("{sentence} Your change ({}) is kept.", said(change)),
            sides: written(change).map(|text| vec![side("Yours", text)]).unwrap_or_default(),
            choices: vec![offer(Choice::Mine, "Try again"), offer(Choice::Theirs, "Give it up")],
        },
        Need::Twin => CardView {
            sentence: "You wrote the same comment already, and it is on the server.".into(),
            sides: written(change).map(|text| vec![side("Yours", text)]).unwrap_or_default(),
            choices: vec![offer(Choice::Mine, "Write it once more"), offer(Choice::Theirs, "One is enough")],
        },
        Need::Clash(theirs) => match (change, before, theirs) {
            (Change::Tag { key, to }, Image::Tag(was), Image::Tag(is)) => tag_card(key, was, to, is),
            (Change::Reword { text, .. }, _, Image::Comment(is)) if is.resolved => CardView {
                sentence: "This comment was resolved meanwhile, and a resolved one cannot be edited.".into(),
                sides: vec![side("Yours", text.clone()), side("On the server, resolved", is.text.clone())],
                choices: vec![
                    offer(Choice::Mine, "Reopen it and save mine"),
                    offer(Choice::Theirs, "Leave it resolved"),
                    offer(Choice::Copy, COPY),
                ],
            },
            (Change::Reword { text, .. }, _, Image::Comment(is)) => CardView {
                sentence: "Somebody else changed this comment meanwhile.".into(),
                sides: vec![side("Yours", text.clone()), side("Theirs", is.text.clone())],
                choices: vec![
                    offer(Choice::Mine, "Keep mine"),
                    offer(Choice::Theirs, "Keep theirs"),
                    offer(Choice::Copy, COPY),
                ],
            },
            (Change::Reword { text, .. }, ..) => CardView {
                sentence: "This comment was deleted meanwhile.".into(),
                sides: vec![side("Yours", text.clone())],
                choices: vec![
                    offer(Choice::Mine, "Write mine as a new comment"),
                    offer(Choice::Theirs, "Leave it deleted"),
                ],
            },
            (Change::Delete { .. }, _, Image::Comment(is)) => CardView {
                sentence: "Somebody else changed this comment before it was deleted.".into(),
                sides: vec![side("Theirs", is.text.clone())],
                choices: vec![offer(Choice::Mine, "Delete it all the same"), offer(Choice::Theirs, "Leave it")],
            },
            _ => CardView {
                sentence: "This comment was deleted meanwhile.".into(),
                sides: Vec::new(),
                choices: vec![offer(Choice::Theirs, "Leave it deleted")],
            },
        },
    })
}

fn tag_card(key: &str, was: &TagState, mine: &TagState, theirs: &TagState) -> CardView {
    CardView {
        sentence: format!("Somebody else changed the tag “{key}” meanwhile."),
        sides: vec![side("Before", tag_words(was)), side("Yours", tag_words(mine)), side("Theirs", tag_words(theirs))],
        choices: vec![
            offer(Choice::Before, "Back to before"),
            offer(Choice::Mine, "Keep mine"),
            offer(Choice::Theirs, "Keep theirs"),
        ],
    }
}

fn tag_words(state: &TagState) -> String {
    match state {
        TagState::Absent => "no such tag".into(),
        TagState::Bare => "without a value".into(),
        TagState::Value(value) => value.clone(),
    }
}

/// What the reviewer wrote in a change, which must never be out of sight.
fn written(change: &Change) -> Option<String> {
    match change {
        Change::Write(comment) => Some(comment.text.clone()),
        Change::Reword { text, .. } => Some(text.clone()),
        Change::Tag { to, .. } => Some(tag_words(to)),
        Change::Resolve { .. } | Change::Delete { .. } | Change::Flag { .. } => None,
    }
}

fn side(label: &str, text: String) -> SideView {
    SideView { label: label.into(), text }
}

fn offer(choice: Choice, label: &str) -> ChoiceView {
    ChoiceView { choice, label: label.into() }
}

/// What is recorded in place of a change after the reviewer chose: nothing of it where it is given up; `None` where that cannot
/// be chosen.
fn instead(
    change: &Change,
    before: &Image,
    theirs: &Image,
    choice: Choice,
    anew: impl Fn(&Comment, &str) -> Option<Comment>,
) -> Option<Vec<(Change, Image)>> {
    Some(match (choice, change, theirs) {
        (Choice::Copy, Change::Reword { comment, text }, Image::Comment(is)) => {
            let shown = Comment { id: comment.clone(), ..is.clone() };
            vec![(Change::Write(anew(&shown, text)?), Image::Nothing)]
        }
        (Choice::Theirs, ..) => Vec::new(),
        (Choice::Before, Change::Tag { key, .. }, _) => {
            let Image::Tag(was) = before else { return None };
            vec![(Change::Tag { key: key.clone(), to: was.clone() }, theirs.clone())]
        }
        (Choice::Mine, Change::Tag { .. } | Change::Delete { .. } | Change::Write(_), _) => {
            vec![(change.clone(), theirs.clone())]
        }
        (Choice::Mine, Change::Reword { comment, .. }, Image::Comment(is)) if is.resolved => {
            let reopened = Image::Comment(Comment { resolved: false, ..is.clone() });
            let reopen = Change::Resolve { comment: comment.clone(), resolved: false };
            vec![(reopen, theirs.clone()), (change.clone(), reopened)]
        }
        (Choice::Mine, Change::Reword { .. }, Image::Comment(_)) => vec![(change.clone(), theirs.clone())],
        (Choice::Mine, Change::Reword { text, .. }, Image::Nothing) => {
            let Image::Comment(was) = before else { return None };
            let again = Comment { text: text.clone(), resolved: false, ..was.clone() };
            vec![(Change::Write(again), Image::Nothing)]
        }
        _ => return None,
    })
}

/// The changes of the same thing that were made after one and wait for it.
fn behind<'desk>(open: &'desk [Entry], entry: &Entry) -> impl Iterator<Item = &'desk Entry> {
    let (id, conversation, subject) = (entry.id, entry.conversation.clone(), entry.change.subject());
    open.iter()
        .filter(move |other| other.id > id && other.conversation == conversation && other.change.subject() == subject)
}

/// What the reviewer wants in the end: the latest change of the same kind stands for those before it.
pub(super) fn wanted(open: &[Entry], entry: &Entry) -> Change {
    let latest = behind(open, entry).filter(|other| is_same_kind(other, entry)).last();
    latest.unwrap_or(entry).change.clone()
}

fn is_same_kind(one: &Entry, other: &Entry) -> bool {
    std::mem::discriminant(&one.change) == std::mem::discriminant(&other.change)
}

/// What is recorded in place of a change and of those that wait for it, each changing from what the one before leaves. `anew`
/// makes a comment of what was to be another's text.
fn answer(
    open: &[Entry],
    entry: &Entry,
    theirs: &Image,
    choice: Choice,
    anew: impl Fn(&Comment, &str) -> Option<Comment>,
) -> Option<Vec<New>> {
    let undoes = if choice == Choice::Mine { entry.undoes } else { None };
    let chosen = instead(&wanted(open, entry), &entry.before, theirs, choice, anew)?;
    let mut image = theirs.clone();
    let mut new = Vec::new();
    for (change, before) in chosen {
        let after = change.after(&before)?;
        if change.subject() == entry.change.subject() {
            image = after;
        }
        new.push(New { change, before, undoes, redoes: None });
    }
    for other in behind(open, entry).filter(|other| !is_same_kind(other, entry)) {
        // What is not possible any more goes with the answer, and stands in the history.
        let Some(after) = other.change.after(&image).filter(|after| *after != image) else { continue };
        let before = std::mem::replace(&mut image, after);
        new.push(New { change: other.change.clone(), before, undoes: other.undoes, redoes: None });
    }
    Some(new)
}

impl Console {
    /// Answers the card of a change, and with it those of the same thing that wait for it.
    ///
    /// # Errors
    /// A [`Problem`] when the card is not there any more, has no such answer, or the answer cannot be written down.
    pub async fn choose_side(&self, change: String, choice: Choice) -> Result<WorkView, Problem> {
        let session = self.signed_in()?;
        let answered = || Problem::new(ProblemCode::NotFound, "This question is answered already.");
        let _turn = session.outbox.recording.lock().await;
        let (entry, open) = {
            let desk = held(&session.outbox.desk);
            let id = desk.number(&change).ok_or_else(asked_anew)?;
            (desk.entry(id).cloned().ok_or_else(answered)?, desk.open.clone())
        };
        let Stage::NeedsYou(need) = &entry.stage else { return Err(answered()) };
        let offered = card(&entry.change, &entry.before, need).ok_or_else(answered)?.choices;
        if !offered.iter().any(|offer| offer.choice == choice) {
            return Err(Problem::new(ProblemCode::BadInput, "This cannot be chosen here. Choose another answer."));
        }
        match (need, choice) {
            (Need::Refused { sent, .. }, Choice::Mine) => self.try_again(&session, &entry, sent.clone()).await?,
            (Need::Clash(theirs), _) => self.answer(&session, &entry, &open, theirs, choice).await?,
            (Need::OnlyHere | Need::Twin | Need::Refused { .. }, _) => {
                self.answer(&session, &entry, &open, &entry.before, choice).await?;
            }
        }
        Ok(session.work_view(&entry.conversation))
    }

    /// Lets a change be sent once more; one that may have arrived is looked up first.
    async fn try_again(&self, session: &Session, entry: &Entry, sent: Option<Sent>) -> Result<(), Problem> {
        let (id, now) = (entry.id, (self.0.now)());
        let note = sent.as_ref().map(|sent| serde_json::to_string(sent).unwrap_or_default());
        self.with_store(session, move |store| {
            store.set_state(id, EditState::Waiting, now, "tried again by the reviewer", None)?;
            match note {
                Some(note) => store.set_state(id, EditState::Sending(note), now, "it may have arrived", None),
                None => Ok(()),
            }
        })
        .await?;
        let stage = sent.map_or(Stage::Waiting, Stage::Sending);
        session.outbox.change(|desk| {
            desk.open.iter_mut().filter(|kept| kept.id == id).for_each(|kept| kept.stage = stage.clone());
            desk.failures.remove(&id);
            desk.touch(&entry.conversation);
        });
        session.outbox.wake.notify_one();
        Ok(())
    }

    async fn answer(
        &self,
        session: &Session,
        entry: &Entry,
        open: &[Entry],
        theirs: &Image,
        choice: Choice,
    ) -> Result<(), Problem> {
        let anew = |of: &Comment, text: &str| session.copy_of(of, text).ok();
        let new = answer(open, entry, theirs, choice, anew).ok_or_else(crate::storage::unkept)?;
        let old: Vec<EditId> = std::iter::once(entry).chain(behind(open, entry)).map(|old| old.id).collect();
        let outcome = match choice {
            Choice::Before => "the reviewer chose what was before",
            Choice::Mine => "the reviewer chose their own",
            Choice::Theirs => "the reviewer gave it up for what the server has",
            Choice::Copy => "the reviewer made a new comment of it",
        };
        let gone = old.clone();
        let write = move |store: &Store, rows: &[NewEdit], now| store.replace(&gone, now, outcome, rows);
        let new = new.into_iter().map(|new| (entry.conversation.clone(), new)).collect();
        self.write_down(session, new, old, write).await.map(drop)
    }
}

/// That the reviewer looked at what another store had asked.
fn asked_anew() -> Problem {
    let sentence = "Your changes were read anew meanwhile. Look at this question again, and answer it once more.";
    Problem::new(ProblemCode::NotFound, sentence)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use earmark_review::{CommentId, CommentPlace, ConversationId, UserId};
    use jiff::Timestamp;

    use super::*;

    fn comment(text: &str) -> Comment {
        Comment {
            id: CommentId::new("c").unwrap(),
            author: UserId::new("reviewer").unwrap(),
            created_at: Timestamp::UNIX_EPOCH,
            text: text.into(),
            place: CommentPlace::Conversation(ConversationId::new("t").unwrap()),
            resolved: false,
            message: None,
        }
    }

    fn entry(id: i64, change: Change, before: Image) -> Entry {
        Entry {
            id: EditId::from_number(id),
            conversation: ConversationId::new("t").unwrap(),
            change,
            before,
            made_at: Timestamp::UNIX_EPOCH,
            due_at: Timestamp::UNIX_EPOCH,
            stage: Stage::Waiting,
            undoes: None,
        }
    }

    fn reword(text: &str) -> Change {
        Change::Reword { comment: CommentId::new("c").unwrap(), text: text.into() }
    }

    fn answer(open: &[Entry], entry: &Entry, theirs: &Image, choice: Choice) -> Option<Vec<New>> {
        super::answer(open, entry, theirs, choice, |of, text| {
            Some(Comment { id: CommentId::new("new").unwrap(), text: text.into(), resolved: false, ..of.clone() })
        })
    }

    fn changes(answered: Option<Vec<New>>) -> Vec<Change> {
        answered.unwrap().into_iter().map(|new| new.change).collect()
    }

    #[test]
    fn the_last_words_are_the_reviewers_own() {
        let resolve = Change::Resolve { comment: CommentId::new("c").unwrap(), resolved: true };
        let open = [
            entry(1, reword("a"), Image::Comment(comment("was"))),
            entry(2, reword("b"), Image::Comment(comment("a"))),
            entry(3, resolve.clone(), Image::Comment(comment("b"))),
        ];
        assert_eq!(wanted(&open, &open[0]), reword("b"));
        let deleted = answer(&open, &open[0], &Image::Nothing, Choice::Mine);
        assert_eq!(changes(deleted), [Change::Write(comment("b")), resolve.clone()]);
        let theirs = Image::Comment(comment("theirs"));
        assert_eq!(changes(answer(&open, &open[0], &theirs, Choice::Theirs)), [resolve], "only the words are given up");
        assert_eq!(changes(answer(&open, &open[0], &Image::Nothing, Choice::Theirs)), []);
    }

    #[test]
    fn a_copy_leaves_the_comment_as_it_is_and_what_else_was_done_to_it() {
        let resolve = Change::Resolve { comment: CommentId::new("c").unwrap(), resolved: true };
        let open = [
            entry(1, reword("a"), Image::Comment(comment("was"))),
            entry(2, reword("b"), Image::Comment(comment("a"))),
            entry(3, resolve.clone(), Image::Comment(comment("b"))),
        ];
        let theirs = comment("theirs");
        let copy = Change::Write(Comment { id: CommentId::new("new").unwrap(), ..comment("b") });
        let answered = answer(&open, &open[0], &Image::Comment(theirs.clone()), Choice::Copy).unwrap();
        assert_eq!(answered[1].before, Image::Comment(theirs.clone()), "it is resolved as it stands on the server");
        assert_eq!(changes(Some(answered)), [copy.clone(), resolve]);
        let resolved = Image::Comment(Comment { resolved: true, ..theirs });
        assert_eq!(changes(answer(&open, &open[0], &resolved, Choice::Copy)), [copy], "it is resolved already");
        assert!(answer(&open, &open[0], &Image::Nothing, Choice::Copy).is_none(), "there is nothing to leave");
    }

    #[test]
    fn a_tag_changed_twice_is_asked_about_once() {
        let tag = |value: &str| Change::Tag { key: "k".into(), to: TagState::Value(value.into()) };
        let image = |value: &str| Image::Tag(TagState::Value(value.into()));
        let open = [entry(1, tag("b"), image("a")), entry(2, tag("c"), image("b"))];
        let answered = |choice| changes(answer(&open, &open[0], &image("t"), choice));
        assert_eq!(answered(Choice::Mine), [tag("c")]);
        assert_eq!(answered(Choice::Before), [tag("a")]);
        assert_eq!(answered(Choice::Theirs), []);
    }
}
