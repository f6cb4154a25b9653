//! Asking the reviewer about a change that cannot be sent as it is, and doing what they answer.

use earmark_review::{Change, Comment, Image, TagState};
use earmark_store::{EditId, EditState, NewEdit};

use super::entry::{Need, Stage};
use super::record::New;
use super::undo::said;
use crate::console::held;
use crate::view::{CardView, Choice, ChoiceView, SideView, WorkView};
use crate::{Console, Problem, ProblemCode};

/// The question about a change.
pub(super) fn card(change: &Change, before: &Image, need: &Need) -> CardView {
    match need {
        Need::Refused(sentence) => CardView {
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
                ],
            },
            (Change::Reword { text, .. }, _, Image::Comment(is)) => CardView {
                sentence: "Somebody else changed this comment meanwhile.".into(),
                sides: vec![side("Yours", text.clone()), side("Theirs", is.text.clone())],
                choices: vec![offer(Choice::Mine, "Keep mine"), offer(Choice::Theirs, "Keep theirs")],
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
    }
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
        Change::Resolve { .. } | Change::Delete { .. } => None,
    }
}

fn side(label: &str, text: String) -> SideView {
    SideView { label: label.into(), text }
}

fn offer(choice: Choice, label: &str) -> ChoiceView {
    ChoiceView { choice, label: label.into() }
}

/// What is recorded in place of a change after the reviewer chose; nothing where it is only given up, and an error in a
/// sentence where that cannot be chosen.
fn instead(change: &Change, before: &Image, theirs: &Image, choice: Choice) -> Option<Vec<New>> {
    let own = |change: Change, before: &Image| New::own(change, before.clone());
    Some(match (choice, change, theirs) {
        (Choice::Theirs, ..) => Vec::new(),
        (Choice::Before, Change::Tag { key, .. }, _) => {
            let Image::Tag(was) = before else { return None };
            vec![own(Change::Tag { key: key.clone(), to: was.clone() }, theirs)]
        }
        (Choice::Mine, Change::Tag { .. } | Change::Delete { .. } | Change::Write(_), _) => {
            vec![own(change.clone(), theirs)]
        }
        (Choice::Mine, Change::Reword { comment, .. }, Image::Comment(is)) if is.resolved => {
            let reopened = Image::Comment(Comment { resolved: false, ..is.clone() });
            vec![
                own(Change::Resolve { comment: comment.clone(), resolved: false }, theirs),
                own(change.clone(), &reopened),
            ]
        }
        (Choice::Mine, Change::Reword { .. }, Image::Comment(_)) => vec![own(change.clone(), theirs)],
        (Choice::Mine, Change::Reword { text, .. }, Image::Nothing) => {
            let Image::Comment(was) = before else { return None };
            let again = Comment { text: text.clone(), resolved: false, ..was.clone() };
            vec![own(Change::Write(again), &Image::Nothing)]
        }
        _ => return None,
    })
}

impl Console {
    /// Answers the card of a change.
    ///
    /// # Errors
    /// A [`Problem`] when the card is not there any more, has no such answer, or the answer cannot be written down.
    pub async fn choose_side(&self, change: String, choice: Choice) -> Result<WorkView, Problem> {
        let session = self.signed_in()?;
        let answered = || Problem::new(ProblemCode::NotFound, "This question is answered already.");
        let id = EditId::from_number(change.parse().map_err(|_| answered())?);
        let _turn = session.outbox.recording.lock().await;
        let entry = held(&session.outbox.desk).entry(id).cloned().ok_or_else(answered)?;
        let Stage::NeedsYou(need) = &entry.stage else { return Err(answered()) };
        let now = (self.0.now)();
        match (need, choice) {
            (Need::Refused(_), Choice::Mine) => {
                self.with_store(&session, move |store| {
                    store.set_state(id, EditState::Waiting, now, "tried again by the reviewer", None)
                })
                .await?;
                session.outbox.change(|desk| {
                    for kept in desk.open.iter_mut().filter(|kept| kept.id == id) {
                        kept.stage = Stage::Waiting;
                    }
                    desk.touch(&entry.conversation);
                });
            }
            (need, choice) => {
                let nothing = Image::Nothing;
                let theirs = if let Need::Clash(theirs) = need { theirs } else { &nothing };
                let new = instead(&entry.change, &entry.before, theirs, choice).ok_or_else(|| {
                    Problem::new(ProblemCode::BadInput, "This cannot be chosen here. Choose another answer.")
                })?;
                let rows: Option<Vec<NewEdit>> =
                    new.iter().map(|new| new.to_store(&session, &entry.conversation, now)).collect();
                let rows = rows.ok_or_else(crate::storage::unkept)?;
                let outcome = match choice {
                    Choice::Before => "the reviewer chose what was before",
                    Choice::Mine => "the reviewer chose their own",
                    Choice::Theirs => "the reviewer gave it up for what the server has",
                };
                let ids = self.with_store(&session, move |store| store.replace(id, now, outcome, &rows)).await?;
                let entries: Vec<_> = new
                    .into_iter()
                    .zip(ids)
                    .map(|(new, id)| new.into_entry(id, &session, &entry.conversation, now))
                    .collect();
                session.outbox.change(|desk| {
                    desk.open.retain(|kept| kept.id != id);
                    desk.open.extend(entries);
                    desk.touch(&entry.conversation);
                });
            }
        }
        session.outbox.wake.notify_one();
        Ok(session.work_view(&entry.conversation))
    }
}
