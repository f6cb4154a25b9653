//! Nothing a reviewer types or reads lies in plain text in any file.

use earmark_console::{ConversationFilter, DraftView};

use crate::desk::{Desk, unlimited};
use crate::outbox::tag;

#[tokio::test]
async fn two_hundred_phrases_typed_or_received_are_in_no_file() {
    let desk = Desk::set(unlimited()).await;
    desk.sent().await;
    let mut phrases: Vec<String> = Vec::new();
    let rows = desk.all(ConversationFilter::default()).await;
    for row in rows.iter().filter(|row| row.is_finished).take(12) {
        let messages = desk.messages(&row.id).await;
        phrases.extend(messages.iter().map(|message| message.text.clone()).filter(|text| text.len() > 24).take(10));
        desk.console.list_comments(row.id.clone()).await.unwrap();
    }
    let row = &rows[0];
    let interaction = desk.messages(&row.id).await[0].interaction_id.clone();
    for n in 0..40 {
        let typed = format!("typed and kept as a draft number {n}");
        let draft = DraftView {
            conversation_id: row.id.clone(),
            field: format!("field{n}"),
            text: typed.clone(),
            interaction_id: None,
            caret: 3,
        };
        desk.console.save_draft(draft).await.unwrap();
        let written = format!("written as a comment number {n}");
        desk.console.add_comment(row.id.clone(), Some(interaction.clone()), written.clone()).await.unwrap();
        phrases.extend([typed, written]);
    }
    for n in 0..10 {
        let value = format!("a value of a tag number {n}");
        desk.console.edit_tags(row.id.clone(), vec![tag("phrase", Some(&value))], vec![]).await.unwrap();
        phrases.push(value);
    }
    desk.sent().await;
    let credentials = desk.server.credentials().clone();
    phrases.push(credentials.api_key);
    assert!(phrases.len() >= 200, "{}", phrases.len());

    let desk = desk.restart().await;
    let files = desk.files();
    assert!(files.iter().any(|file| file.ends_with("work.db")) && files.iter().any(|file| file.ends_with("cache.db")));
    for file in files {
        let bytes = std::fs::read(&file).unwrap();
        for phrase in &phrases {
            let found = bytes.windows(phrase.len()).any(|window| window == phrase.as_bytes());
            assert!(!found, "a phrase lies in {:?}", file.file_name());
        }
    }
}
