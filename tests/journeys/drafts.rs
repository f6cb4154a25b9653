//! What was typed and not sent outlives the program.

use std::sync::Arc;

use earmark_console::{ConversationFilter, ConversationId, DraftView, InteractionId, ProblemCode, ThisRun};

use crate::desk::{Desk, Locked, form, unlimited};

pub fn draft(conversation: &ConversationId, field: &str, text: &str) -> DraftView {
    DraftView {
        conversation_id: conversation.clone(),
        field: field.into(),
        text: text.into(),
        interaction_id: None,
        caret: 3,
    }
}

#[tokio::test]
async fn what_was_typed_is_there_after_the_program_has_ended() {
    let desk = Desk::set(unlimited()).await;
    let rows = desk.all(ConversationFilter::default()).await;
    let (one, other) = (rows[0].id.clone(), rows[1].id.clone());
    let about = InteractionId::new("0123456789abcdef01234567").unwrap();
    let comment = DraftView { interaction_id: Some(about), ..draft(&one, "comment", "She asked twice – “why?”") };
    desk.console.save_draft(draft(&other, "comment", "older")).await.unwrap();
    desk.console.save_draft(draft(&one, "tag", "quality: ba")).await.unwrap();
    desk.console.save_draft(draft(&one, "comment", "She asked")).await.unwrap();
    desk.console.save_draft(comment.clone()).await.unwrap();

    // Signed in by the environment this time: it is the same person.
    let desk = desk.restart().await;
    let next = &desk.console;
    assert_eq!(next.storage().await.unwrap().notice, None);
    let mut found = next.read_drafts(one.clone()).await.unwrap();
    found.sort_by(|a, b| a.field.cmp(&b.field));
    assert_eq!(found, [comment.clone(), draft(&one, "tag", "quality: ba")]);
    assert_eq!(next.latest_draft().await.unwrap(), Some(comment.clone()));

    next.save_draft(DraftView { text: String::new(), ..comment }).await.unwrap();
    assert_eq!(next.read_drafts(one).await.unwrap().len(), 1, "what was sent is forgotten");
    assert_eq!(next.read_drafts(other).await.unwrap().len(), 1);
}

#[tokio::test]
async fn without_a_keyring_it_is_said_that_nothing_lasts_and_nothing_is_left_behind() {
    let desk = Desk::set_with(unlimited(), Arc::new(Locked)).await;
    desk.console.sign_in(form(desk.server.credentials())).await.unwrap();
    let notice = desk.console.storage().await.unwrap().notice.unwrap();
    assert!(notice.contains("keyring is locked") && notice.contains("Earmark closes"), "{notice}");
    let id = desk.all(ConversationFilter::default()).await[0].id.clone();
    desk.console.save_draft(draft(&id, "comment", "only for now")).await.unwrap();
    assert_eq!(desk.console.read_drafts(id).await.unwrap().len(), 1);
    assert!(!desk.files().iter().any(|file| file.ends_with("work.db")), "{:?}", desk.files());
}

#[tokio::test]
async fn a_lost_key_leaves_what_was_kept_alone() {
    let desk = Desk::set(unlimited()).await;
    let id = desk.all(ConversationFilter::default()).await[0].id.clone();
    desk.console.save_draft(draft(&id, "comment", "kept")).await.unwrap();
    let next = desk.with_keyring(Arc::new(ThisRun::default()));
    next.sign_in(form(desk.server.credentials())).await.unwrap();
    let notice = next.storage().await.unwrap().notice.unwrap();
    assert!(notice.contains("not in the keyring any more"), "{notice}");
    assert_eq!(next.read_drafts(id.clone()).await.unwrap(), []);
    next.save_draft(draft(&id, "comment", "another")).await.unwrap();

    let desk = desk.restart().await;
    let found = desk.console.read_drafts(id).await.unwrap();
    assert_eq!(found[0].text, "kept");
}

#[tokio::test]
async fn a_text_that_is_too_long_is_refused_and_the_one_before_stands() {
    let desk = Desk::set(unlimited()).await;
    let id = desk.all(ConversationFilter::default()).await[0].id.clone();
    desk.console.save_draft(draft(&id, "comment", "kept")).await.unwrap();
    let problem = desk.console.save_draft(draft(&id, "comment", &"x".repeat((1 << 20) + 1))).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::BadInput);
    assert_eq!(desk.console.read_drafts(id).await.unwrap()[0].text, "kept");
}

#[tokio::test]
async fn nothing_typed_lies_readable_in_the_data_folder() {
    let desk = Desk::set(unlimited()).await;
    let id = desk.all(ConversationFilter::default()).await[0].id.clone();
    let phrases: Vec<String> = (0..200).map(|number| format!("confidential phrase {number} of a patient")).collect();
    for (number, phrase) in phrases.iter().enumerate() {
        desk.console.save_draft(draft(&id, &format!("field{number}"), phrase)).await.unwrap();
    }
    let files = desk.files();
    assert!(files.iter().any(|file| file.ends_with("work.db")));
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        let found = phrases.iter().find(|phrase| bytes.windows(phrase.len()).any(|window| window == phrase.as_bytes()));
        assert_eq!(found, None, "in {}", file.display());
    }
}
