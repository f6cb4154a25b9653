use std::fmt;
use std::marker::PhantomData;

use serde::Deserialize;
use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::parse_failure;
use crate::{Error, Page};

/// A page whose items stand under `list`.
///
/// # Errors
/// [`Error::Malformed`] when the page itself is no JSON, or has no such list.
pub(crate) fn page<'de, W, T>(bytes: &'de [u8], list: &'static str) -> Result<Page<T>, Error>
where
    W: Deserialize<'de>,
    T: From<W>,
{
    if let Ok(page) = read::<W, T>(bytes, list) {
        return page.finish(0);
    }
    let raw = read::<&RawValue, &RawValue>(bytes, list).map_err(|error| parse_failure(&error))?;
    let mut unreadable = 0;
    let items = raw.items.map(|items| items.into_iter().filter_map(|item| one(item, list, &mut unreadable)).collect());
    Envelope { items, has_more: raw.has_more, continuation: raw.continuation }.finish(unreadable)
}

fn one<'de, W: Deserialize<'de>, T: From<W>>(raw: &'de RawValue, list: &str, unreadable: &mut u32) -> Option<T> {
    let mut reader = serde_json::Deserializer::from_str(raw.get());
    match serde_path_to_error::deserialize::<_, W>(&mut reader) {
        Ok(item) => Some(item.into()),
        Err(error) => {
            *unreadable += 1;
            tracing::warn!(list, place = %error.path(), "an item could not be read");
            None
        }
    }
}

struct Envelope<T> {
    items: Option<Vec<T>>,
    has_more: bool,
    continuation: Option<i64>,
}

impl<T> Envelope<T> {
    fn finish(self, unreadable: u32) -> Result<Page<T>, Error> {
        let items = self.items.ok_or_else(|| Error::malformed("the list is missing"))?;
        Ok(Page { items, unreadable, continuation: self.continuation.filter(|_| self.has_more) })
    }
}

fn read<'de, W, T>(bytes: &'de [u8], list: &'static str) -> Result<Envelope<T>, serde_json::Error>
where
    W: Deserialize<'de>,
    T: From<W>,
{
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let envelope = EnvelopeSeed { list, reads: PhantomData::<(W, T)> }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(envelope)
}

/// Reads an envelope whose list has a name known only at run time, each item straight into what it becomes.
struct EnvelopeSeed<W, T> {
    list: &'static str,
    reads: PhantomData<(W, T)>,
}

impl<'de, W: Deserialize<'de>, T: From<W>> DeserializeSeed<'de> for EnvelopeSeed<W, T> {
    type Value = Envelope<T>;
    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<Envelope<T>, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de, W: Deserialize<'de>, T: From<W>> Visitor<'de> for EnvelopeSeed<W, T> {
    type Value = Envelope<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a page with {}", self.list)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Envelope<T>, A::Error> {
        let mut envelope = Envelope { items: None, has_more: false, continuation: None };
        while let Some(key) = map.next_key::<std::borrow::Cow<'de, str>>()? {
            match key.as_ref() {
                key if key == self.list => envelope.items = Some(map.next_value::<Items<W, T>>()?.0),
                "has_more" => envelope.has_more = map.next_value::<Option<bool>>()?.unwrap_or(false),
                "continuation_token" => envelope.continuation = map.next_value()?,
                _ => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(envelope)
    }
}

/// The list; `null` is an empty one.
struct Items<W, T>(Vec<T>, PhantomData<W>);

impl<'de, W: Deserialize<'de>, T: From<W>> Deserialize<'de> for Items<W, T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Self(Vec::new(), PhantomData))
    }
}

impl<'de, W: Deserialize<'de>, T: From<W>> Visitor<'de> for Items<W, T> {
    type Value = Self;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_unit<E>(self) -> Result<Self, E> {
        Ok(self)
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Self, A::Error> {
        while let Some(item) = list.next_element::<W>()? {
            self.0.push(item.into());
        }
        Ok(self)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::*;

    /// An item that reads only as a number.
    #[derive(Deserialize)]
    struct Number(i64);

    impl From<Number> for i64 {
        fn from(number: Number) -> Self {
            number.0
        }
    }

    fn numbers(body: &[u8]) -> Result<Page<i64>, Error> {
        page::<Number, i64>(body, "numbers")
    }

    fn item() -> impl Strategy<Value = Value> {
        prop_oneof![
            3 => any::<i64>().prop_map(Value::from),
            1 => any::<String>().prop_map(Value::from),
            1 => Just(Value::Null),
            1 => Just(json!({ "numbers": [1, 2] })),
        ]
    }

    proptest! {
        #[test]
        fn every_item_is_read_or_counted(items in proptest::collection::vec(item(), 0..20), next: Option<i64>) {
            let body = json!({ "extra": [1], "numbers": items, "has_more": next.is_some(), "continuation_token": next });
            let page = numbers(body.to_string().as_bytes()).unwrap();
            let good: Vec<i64> = items.iter().filter_map(Value::as_i64).collect();
            prop_assert_eq!(page.unreadable as usize, items.len() - good.len());
            prop_assert_eq!(page.items, good);
            prop_assert_eq!(page.continuation, next);
        }

        #[test]
        fn half_a_page_is_malformed_and_anything_at_all_is_survived(cut in 0usize..60, noise: Vec<u8>) {
            let body = br#"{"numbers":[1,2,"three"],"has_more":false,"other":{"a":1}}"#;
            prop_assert!(numbers(&body[..cut.min(body.len() - 1)]).is_err());
            let _ = numbers(&noise);
        }
    }

    #[test]
    fn a_list_may_be_null_but_not_missing() {
        assert_eq!(numbers(br#"{"numbers":null,"has_more":null}"#).unwrap().items, [0i64; 0]);
        assert!(matches!(numbers(br#"{"has_more":false}"#), Err(Error::Malformed(_))));
        assert!(matches!(numbers(br#"{"numbers":[]} {}"#), Err(Error::Malformed(_))), "more after the end");
    }

    #[test]
    fn a_token_without_more_is_no_next_page() {
        let body = br#"{"numbers":[],"has_more":false,"continuation_token":9}"#;
        assert_eq!(numbers(body).unwrap().continuation, None);
    }
}
