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

    let tags = edit(vec![tag(" quality ", Some("bad"))], vec![]).await.unwrap();
    assert!(tags.contains(&tag("quality", Some("bad"))), "trimmed: {tags:?}");
    let tags = edit(vec![tag("quality", None)], vec![]).await.unwrap();
    assert!(tags.contains(&tag("quality", None)));
    let on_server = desk.server.conversation(row.id.as_str()).await.unwrap();
    assert_eq!(on_server["tags"]["quality"], serde_json::Value::Null);
    assert!(on_server["tags"].as_object().unwrap().contains_key("quality"));
    let tags = edit(vec![], vec!["quality".into()]).await.unwrap();
    assert_eq!(tags, row.tags, "as it was");
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
    assert_eq!(desk.calls_to("/tags/").await, 0);

    let fill: Vec<TagView> = (row.tags.len()..20).map(|n| tag(&format!("filler {n}"), None)).collect();
    desk.console.edit_tags(row.id.clone(), fill, vec![]).await.unwrap();
    let problem = desk.console.edit_tags(row.id.clone(), vec![tag("one more", None)], vec![]).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::TagRefused);
    assert!(problem.message.contains("20"), "{problem}");
    assert_eq!(desk.calls_to("/tags/").await, 1, "the twenty-first was not sent");
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
    let tags = desk.console.edit_tags(row.id.clone(), vec![tag("third", None)], vec![]).await.unwrap();
    for key in ["first", "second", "third"] {
        assert!(tags.contains(&tag(key, None)), "{key} in {tags:?}");
    }
}
