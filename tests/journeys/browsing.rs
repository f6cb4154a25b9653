use std::collections::HashSet;

use earmark_console::{ConversationFilter, PageToken, ProblemCode};
use earmark_sandbox::Options as Sandbox;

use crate::desk::{Desk, unlimited};

#[tokio::test]
async fn the_list_is_newest_first_with_names() {
    let desk = Desk::set(unlimited()).await;
    let rows = desk.all(ConversationFilter::default()).await;
    assert!(rows.len() >= 40, "{} conversations", rows.len());
    assert!(rows.is_sorted_by(|a, b| a.created_at >= b.created_at));
    for row in &rows {
        assert!(row.user.name.is_some() && row.service.name.is_some(), "{row:?} has no names");
    }
}

#[tokio::test]
async fn pages_follow_one_another_to_the_end_without_gap_or_repeat() {
    let desk = Desk::set(Sandbox { conversations: Some(1000), ..unlimited() }).await;
    let rows = desk.all(ConversationFilter::default()).await;
    let ids: HashSet<_> = rows.iter().map(|row| row.id.clone()).collect();
    assert_eq!((rows.len(), ids.len()), (1000, 1000));
    // Seven pages of at most 150; the first was asked for at sign-in and not again.
    assert_eq!(desk.calls_to("/conversation/").await, 7);
}

#[tokio::test]
async fn each_filter_keeps_exactly_what_it_says() {
    let desk = Desk::set(unlimited()).await;
    let all = desk.all(ConversationFilter::default()).await;
    let example = &all[all.len() / 2];
    let of = |filter: ConversationFilter| desk.all(filter);

    let user = ConversationFilter { user_ids: vec![example.user.id.clone()], ..Default::default() };
    let expected: Vec<_> = all.iter().filter(|row| row.user.id == example.user.id).collect();
    assert_eq!(of(user).await.iter().collect::<Vec<_>>(), expected);

    let service = ConversationFilter { service_ids: vec![example.service.id.clone()], ..Default::default() };
    let expected: Vec<_> = all.iter().filter(|row| row.service.id == example.service.id).collect();
    assert_eq!(of(service).await.iter().collect::<Vec<_>>(), expected);

    for finished in [true, false] {
        let filter = ConversationFilter { is_finished: Some(finished), ..Default::default() };
        let expected: Vec<_> = all.iter().filter(|row| row.is_finished == finished).collect();
        assert!(!expected.is_empty());
        assert_eq!(of(filter).await.iter().collect::<Vec<_>>(), expected);
    }

    let id = ConversationFilter { ids: vec![example.id.clone()], ..Default::default() };
    assert_eq!(of(id).await, std::slice::from_ref(example));

    let tagged = all.iter().find(|row| row.tags.iter().any(|tag| tag.value.is_some())).unwrap();
    let tag = tagged.tags.iter().find(|tag| tag.value.is_some()).unwrap();
    let filter =
        ConversationFilter { tags: vec![format!("{}:{}", tag.key, tag.value.as_ref().unwrap())], ..Default::default() };
    let expected: Vec<_> = all.iter().filter(|row| row.tags.contains(tag)).collect();
    assert_eq!(of(filter).await.iter().collect::<Vec<_>>(), expected);
}

#[tokio::test]
async fn a_tag_is_filtered_by_its_name_alone_and_by_having_no_value() {
    let desk = Desk::set(unlimited()).await;
    let all = desk.all(ConversationFilter::default()).await;
    let tagged = all.iter().find(|row| row.tags.iter().any(|tag| tag.value.is_some())).unwrap();
    let key = &tagged.tags[0].key;
    let with_key = ConversationFilter { tags: vec![key.clone()], ..Default::default() };
    let expected: Vec<_> = all.iter().filter(|row| row.tags.iter().any(|tag| &tag.key == key)).collect();
    assert_eq!(desk.all(with_key).await.iter().collect::<Vec<_>>(), expected);

    let bare = vec![earmark_console::TagView { key: "bare".into(), value: None }];
    desk.console.edit_tags(tagged.id.clone(), bare, vec![]).await.unwrap();
    desk.sent().await;
    let without_value = ConversationFilter { tags: vec!["bare:".into()], ..Default::default() };
    assert_eq!(desk.all(without_value).await.len(), 1);
}

#[tokio::test]
async fn names_are_told_for_people_and_services() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let unknown = earmark_console::UserId::new("nobody").unwrap();
    let named = desk.console.name_people(vec![row.user.id.clone(), unknown]).await.unwrap();
    assert_eq!(named[0].name.as_deref(), Some("Daniel Reyes"));
    assert_eq!(named[1].name.as_deref(), Some("nobody"), "whom the server does not know is shown by id");
    let services = desk.console.list_services().await.unwrap();
    assert!(services.iter().any(|service| service.id == row.service.id && service.name == row.service.name));
}

#[tokio::test]
async fn people_are_found_by_name() {
    let desk = Desk::set(unlimited()).await;
    let found = desk.console.search_people("reyes").await.unwrap();
    assert!(found.iter().any(|person| person.name.as_deref() == Some("Daniel Reyes")), "{found:?}");
}

#[tokio::test]
async fn a_page_token_from_elsewhere_is_refused() {
    let desk = Desk::set(unlimited()).await;
    let token = PageToken("not a number".into());
    let problem = desk.console.list_conversations(ConversationFilter::default(), Some(token)).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::BadInput);
}

#[tokio::test]
async fn what_a_key_may_not_know_is_blank_not_broken() {
    let denied = ["Conversation.GetMessage", "Service.GetVersionSet"].map(str::to_owned).to_vec();
    let desk = Desk::set(Sandbox { deny: denied, ..unlimited() }).await;
    let rows = desk.all(ConversationFilter::default()).await;
    assert!(rows.iter().all(|row| row.final_message.is_empty() && row.version.is_none()));
}
