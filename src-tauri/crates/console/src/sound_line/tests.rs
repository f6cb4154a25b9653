#![allow(clippy::unwrap_used)]
use earmark_review::{InteractionId, Message, MessageKind};
use jiff::Timestamp;
use proptest::prelude::*;

use super::*;
use crate::ProblemCode;

fn id(number: usize) -> MessageId {
    MessageId::new(format!("m{number}")).unwrap()
}

/// A line of voices (`true`) and texts, begun ten seconds after each other; each text is 30 characters, two seconds.
fn line(voices: &[bool]) -> SoundLine {
    let messages = voices.iter().enumerate().map(|(number, voice)| Message {
        id: id(number),
        interaction_id: InteractionId::new("i").unwrap(),
        created_at: Timestamp::from_second(10 * number as i64).unwrap(),
        sender: String::new(),
        text: "x".repeat(30),
        format: if *voice { MessageFormat::Voice } else { MessageFormat::Text },
        kind: MessageKind::Agent,
    });
    SoundLine::new(&Transcript::from_messages(messages.collect()), false)
}

fn known(seconds: u64) -> PieceState {
    PieceState::Known(Facts { frames: 8_000 * seconds, rate: 8_000, here: true, saved_ms: 400, notice: None })
}

fn failed() -> PieceState {
    PieceState::Failed(Problem::new(ProblemCode::AudioEmpty, "This recording is empty."))
}

fn wanted(line: &SoundLine, cursor: usize, soon_ms: u32) -> Option<(usize, bool)> {
    let wanted = line.wanted(cursor, soon_ms, false)?;
    Some((line.find(&wanted.id).unwrap(), wanted.soon))
}

#[test]
fn recordings_are_wanted_in_playing_order_and_those_before_at_last() {
    let mut line = line(&[true, false, true, true, true]);
    assert_eq!(wanted(&line, 0, 0), Some((0, false)), "nothing is urgent while nothing plays");
    // It plays from the third message on, which begins at 2 s: what begins within 3 s is urgent.
    assert_eq!(wanted(&line, 2, 5_000), Some((2, true)));
    line.note(&id(2), known(2));
    assert_eq!(wanted(&line, 2, 5_000), Some((3, true)));
    line.note(&id(3), failed());
    assert_eq!(wanted(&line, 2, 4_000), Some((4, false)));
    assert_eq!(line.wanted(2, 4_000, true), None, "nothing is fetched ahead when there is no room");
    line.note(&id(4), known(2));
    assert_eq!(wanted(&line, 2, 60_000), Some((0, false)));
    line.note(&id(0), known(2));
    assert_eq!(wanted(&line, 2, 60_000), None);
    line.forget(&id(4));
    assert_eq!(wanted(&line, 2, 60_000), Some((4, true)), "what was let go is fetched again when it is needed");
    assert_eq!(wanted(&line, 99, 0), Some((4, false)));
}

#[test]
fn a_line_tells_what_became_of_each_message() {
    let mut line = line(&[true, false, true]);
    line.note(&id(0), known(5));
    line.note(&id(1), known(5));
    line.note(&id(2), failed());
    let view = line.view(ConversationId::new("c").unwrap());
    let told: Vec<_> = view.parts.iter().map(|part| (part.kind, part.state, part.start_ms, part.duration_ms)).collect();
    assert_eq!(
        told,
        [
            (PartKind::Voice, PartState::Ready, 0, 5_000),
            (PartKind::Mark, PartState::Ready, 5_000, 0),
            (PartKind::Voice, PartState::Failed, 5_000, 0),
        ]
    );
    assert_eq!((view.total_ms, view.saved_ms), (5_000, 400));
    assert!(line.try_again(&id(2)) && !line.try_again(&id(0)));
    assert_eq!(line.view(view.conversation_id).total_ms, 7_000, "its length is a guess again");
}

#[test]
fn by_real_time_long_gaps_are_shortened_and_skipping_saves_of_them() {
    let mut line = line(&[true, true]);
    line.note(&id(0), known(5));
    line.note(&id(1), known(5));
    line.set_by_real_time(true);
    let view = line.view(ConversationId::new("c").unwrap());
    assert_eq!((view.parts[1].start_ms, view.total_ms), (7_000, 12_000));
    assert_eq!(view.saved_ms, 2 * 400 + 1_700);
}

#[test]
fn a_longer_transcript_keeps_what_is_known() {
    let mut before = line(&[true, true]);
    before.note(&id(0), known(5));
    before.note(&id(1), failed());
    let mut after = line(&[true, true, true]);
    assert!(!after.is_like(&before));
    after.carry(before);
    assert_eq!(after.pieces()[0].state, known(5));
    assert_eq!(after.pieces()[1].state, failed());
    assert_eq!(after.timeline().total_ms(), 7_000);
}

proptest! {
    #[test]
    fn whatever_is_missing_is_wanted_once_in_an_order_that_begins_at_the_cursor(
        voices in proptest::collection::vec(any::<bool>(), 0..30),
        cursor in 0_usize..30,
        soon_ms in 0_u32..60_000,
    ) {
        let mut line = line(&voices);
        let mut order = Vec::new();
        while let Some((index, _)) = wanted(&line, cursor, soon_ms) {
            order.push(index);
            line.note(&id(index), known(1));
        }
        let from = cursor.min(voices.len());
        let expected: Vec<usize> = (from..voices.len()).chain(0..from).filter(|index| voices[*index]).collect();
        prop_assert_eq!(order, expected);
    }
}
