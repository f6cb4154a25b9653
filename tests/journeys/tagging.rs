use earmark_console::{ProblemCode, TagView};

use crate::desk::{Desk, unlimited};

fn tag(key: &str, value: Option<&str>) -> TagView {
    TagView { key: key.into(), value: value.map(Into::into) }
}

#[tokio::test]
async fn a_tag_is_set_changed_and_removed_on_the_server() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let edit = |set: Vec<TagView>, remove: Vec<String>| desk.console.edit_tags(row.id.clone(), set, remove);

    let work = edit(vec![tag(" quality ", Some("bad"))], vec![]).await.unwrap();
    assert!(work.tags.contains(&tag("quality", Some("bad"))), "trimmed: {work:?}");
    assert_eq!(work.changes[0].tag.as_deref(), Some("quality"), "it says that it is not sent yet");
    let work = edit(vec![tag("quality", None)], vec![]).await.unwrap();
    assert!(work.tags.contains(&tag("quality", None)));
    desk.sent().await;
    let on_server = desk.server.conversation(row.id.as_str()).await.unwrap();
    assert_eq!(on_server["tags"]["quality"], serde_json::Value::Null);
    assert!(on_server["tags"].as_object().unwrap().contains_key("quality"));
    let work = edit(vec![], vec!["quality".into()]).await.unwrap();
    assert_eq!(work.tags, row.tags, "as it was");
    desk.sent().await;
    let on_server = desk.server.conversation(row.id.as_str()).await.unwrap();
    assert!(!on_server["tags"].as_object().unwrap().contains_key("quality"));
}

#[tokio::test]
async fn what_the_server_would_refuse_is_refused_before_the_call() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    for bad in [tag("risk:high", None), tag("", None), tag("version", Some("1.2")), tag(&"x".repeat(101), None)] {
        let problem = desk.console.edit_tags(row.id.clone(), vec![bad], vec![]).await.unwrap_err();
        assert_eq!(problem.code, ProblemCode::TagRefused);
    }
    let fill: Vec<TagView> = (row.tags.len()..20).map(|n| tag(&format!("filler {n}"), None)).collect();
    let fills = fill.len();
    desk.console.edit_tags(row.id.clone(), fill, vec![]).await.unwrap();
    let problem = desk.console.edit_tags(row.id.clone(), vec![tag("one more", None)], vec![]).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::TagRefused);
    assert!(problem.message.contains("20"), "{problem}");
    desk.sent().await;
    assert_eq!(desk.calls_to("/tags/").await, fills, "the twenty-first was not sent");
}

#[tokio::test]
async fn two_edits_at_once_both_stay() {
    let desk = Desk::set(unlimited()).await;
    let row = desk.conversation_of("Daniel Reyes").await;
    let first = desk.console.edit_tags(row.id.clone(), vec![tag("first", None)], vec![]);
    let second = desk.console.edit_tags(row.id.clone(), vec![tag("second", None)], vec![]);
    let (first, second) = tokio::join!(first, second);
    first.unwrap();
    second.unwrap();
    let work = desk.console.edit_tags(row.id.clone(), vec![tag("third", None)], vec![]).await.unwrap();
    for key in ["first", "second", "third"] {
        assert!(work.tags.contains(&tag(key, None)), "{key} in {work:?}");
    }
}

#[tokio::test]
async fn tags_that_conversations_carry_are_known_for_completion() {
    let desk = Desk::set(unlimited()).await;
    desk.console.storage().await.unwrap();
    let rows = desk.all(Default::default()).await;
    let (key, value) = rows
        .iter()
        .flat_map(|row| &row.tags)
        .find_map(|tag| Some((tag.key.clone(), tag.value.clone()?)))
        .expect("the sample has a tag with a value");
    let known = tokio::time::timeout(std::time::Duration::from_secs(10), async {
        // What is listed is kept behind the reviewer's back.
        loop {
            let known = desk.console.known_tags().await.unwrap();
            if known.iter().any(|tag| tag.key == key) {
                return known;
            }
            tokio::task::yield_now().await;
        }
    });
    let known = known.await.unwrap();
    assert!(known.iter().any(|tag| tag.key == key && tag.values.contains(&value)), "{known:?}");
}
