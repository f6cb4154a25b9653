//! What a reviewer gave a name: views of the list, and queues.

use earmark_review::ConversationId;
use jiff::Timestamp;
use rusqlite::{Transaction, params};

use crate::{Store, StoreError, time};

/// What has a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NamedKind {
    /// What the list is narrowed by.
    View,
    /// Conversations to be reviewed in order.
    Queue,
}

impl NamedKind {
    fn table(self) -> &'static str {
        match self {
            Self::View => "views",
            Self::Queue => "queues",
        }
    }
}

/// One of them. Later ones have greater ids; an id is never used again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Its id, among those of its kind.
    pub id: i64,
    /// Its name.
    pub name: String,
    /// What it is, as JSON its owner writes.
    pub content: String,
}

/// One conversation of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueItem {
    /// The conversation.
    pub conversation: ConversationId,
    /// Why it is there, as its owner writes it.
    pub reason: String,
}

fn insert(
    transaction: &Transaction<'_>,
    kind: NamedKind,
    name: &str,
    content: &str,
    at: Timestamp,
) -> Result<i64, StoreError> {
    let sql = format!("INSERT INTO {} (name, content, at) VALUES (?1, ?2, ?3)", kind.table());
    transaction.prepare_cached(&sql)?.execute(params![name, content, time::to_column(at)])?;
    Ok(transaction.last_insert_rowid())
}

impl Store {
    /// All of a kind, in the order they were made.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn named(&self, kind: NamedKind) -> Result<Vec<Named>, StoreError> {
        let work = self.work();
        let sql = format!("SELECT id, name, content FROM {} WHERE NOT is_deleted ORDER BY id", kind.table());
        let mut asked = work.prepare_cached(&sql)?;
        let read = asked.query_map([], |row| Ok(Named { id: row.get(0)?, name: row.get(1)?, content: row.get(2)? }))?;
        Ok(read.collect::<Result<_, _>>()?)
    }

    /// Keeps a view; answers its id.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn add_view(&self, name: &str, content: &str, at: Timestamp) -> Result<i64, StoreError> {
        let mut work = self.work();
        let transaction = work.transaction()?;
        let id = insert(&transaction, NamedKind::View, name, content, at)?;
        transaction.commit()?;
        Ok(id)
    }

    /// Keeps a queue with its conversations, all or none; answers its id.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn add_queue(&self, name: &str, content: &str, items: &[QueueItem], at: Timestamp) -> Result<i64, StoreError> {
        let mut work = self.work();
        let transaction = work.transaction()?;
        let id = insert(&transaction, NamedKind::Queue, name, content, at)?;
        {
            let sql = "INSERT INTO queue_items (queue, conversation, reason) VALUES (?1, ?2, ?3)";
            let mut adding = transaction.prepare_cached(sql)?;
            for item in items {
                adding.execute(params![id, item.conversation.as_str(), item.reason])?;
            }
        }
        transaction.commit()?;
        Ok(id)
    }

    /// The conversations of a queue, in order; none where there is no such queue.
    ///
    /// # Errors
    /// That they cannot be read.
    pub fn queue_items(&self, queue: i64) -> Result<Vec<QueueItem>, StoreError> {
        let work = self.work();
        let mut asked =
            work.prepare_cached("SELECT conversation, reason FROM queue_items WHERE queue = ?1 ORDER BY id")?;
        asked
            .query_and_then([queue], |row| {
                let conversation = ConversationId::new(row.get::<_, String>(0)?).map_err(StoreError::unreadable)?;
                Ok(QueueItem { conversation, reason: row.get(1)? })
            })?
            .collect()
    }

    /// Gives one another name. Answers whether it is there.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn rename(&self, kind: NamedKind, id: i64, name: &str) -> Result<bool, StoreError> {
        let sql = format!("UPDATE {} SET name = ?2 WHERE id = ?1", kind.table());
        Ok(self.work().prepare_cached(&sql)?.execute(params![id, name])? == 1)
    }

    /// Deletes one, or takes that back for as long as [`Store::forget_deleted`] was not called. Answers whether it is there.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn set_deleted(&self, kind: NamedKind, id: i64, is_deleted: bool) -> Result<bool, StoreError> {
        let sql = format!("UPDATE {} SET is_deleted = ?2 WHERE id = ?1", kind.table());
        Ok(self.work().prepare_cached(&sql)?.execute(params![id, is_deleted])? == 1)
    }

    /// Lets go for good what was deleted.
    ///
    /// # Errors
    /// That it cannot be written.
    pub fn forget_deleted(&self) -> Result<(), StoreError> {
        let mut work = self.work();
        let transaction = work.transaction()?;
        transaction.execute("DELETE FROM views WHERE is_deleted", [])?;
        transaction.execute("DELETE FROM queues WHERE is_deleted", [])?;
        transaction.execute("DELETE FROM queue_items WHERE queue NOT IN (SELECT id FROM queues)", [])?;
        Ok(transaction.commit()?)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::sample::{at, store, talk};

    fn names(store: &Store, kind: NamedKind) -> Vec<String> {
        store.named(kind).unwrap().into_iter().map(|one| one.name).collect()
    }

    #[test]
    fn a_view_is_renamed_deleted_and_back() {
        let (_folder, store) = store();
        let id = store.add_view("Unfinished", "{}", at(1)).unwrap();
        let other = store.add_view("Finished", "{}", at(2)).unwrap();
        assert!(store.rename(NamedKind::View, id, "This week").unwrap());
        assert!(store.set_deleted(NamedKind::View, other, true).unwrap());
        assert_eq!(names(&store, NamedKind::View), ["This week"]);
        store.set_deleted(NamedKind::View, other, false).unwrap();
        assert_eq!(names(&store, NamedKind::View), ["This week", "Finished"]);
        store.set_deleted(NamedKind::View, other, true).unwrap();
        store.forget_deleted().unwrap();
        assert!(!store.set_deleted(NamedKind::View, other, false).unwrap(), "it is gone for good");
        assert!(store.add_view("Next", "{}", at(3)).unwrap() > other, "its id is not given again");
    }

    #[test]
    fn a_queue_keeps_its_conversations_in_order_and_takes_them_along() {
        let (_folder, store) = store();
        let item = |n: usize, reason: &str| QueueItem { conversation: talk(n), reason: reason.into() };
        let items = [item(3, "rule"), item(1, "random"), item(2, "rule")];
        let id = store.add_queue("Sample", "{}", &items, at(1)).unwrap();
        let other = store.add_queue("Other", "{}", &[item(3, "rule")], at(1)).unwrap();
        assert_eq!(store.queue_items(id).unwrap(), items);
        store.set_deleted(NamedKind::Queue, id, true).unwrap();
        store.forget_deleted().unwrap();
        assert_eq!(store.queue_items(id).unwrap(), []);
        assert_eq!(store.queue_items(other).unwrap().len(), 1);
    }

    #[test]
    fn what_is_taken_over_keeps_its_conversations() {
        let ((_a, here), (_b, there)) = (store(), store());
        let items = |n: usize| [QueueItem { conversation: talk(n), reason: "rule".into() }];
        here.add_queue("Here", "{}", &items(1), at(1)).unwrap();
        there.add_queue("There", "{}", &items(2), at(1)).unwrap();
        there.add_view("View", "{}", at(1)).unwrap();
        here.take_over(&there).unwrap();
        let queues = here.named(NamedKind::Queue).unwrap();
        let found: Vec<_> = queues.iter().map(|queue| here.queue_items(queue.id).unwrap()).collect();
        assert_eq!(found, [items(1), items(2)]);
        assert_eq!(names(&here, NamedKind::View), ["View"]);
    }
}
