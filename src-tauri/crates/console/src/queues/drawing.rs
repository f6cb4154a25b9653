//! What is in a queue: all the rule lets through, or a sample of that and of all else.
//!
//! A conversation is drawn by its mark, which is made of the seed and its id alone: the same seed and filter draw the same
//! ones, in whatever order they were read, and one conversation more or fewer changes no more than one place.

use std::collections::HashSet;

use earmark_review::ConversationId;
use sha2::{Digest, Sha256};

use crate::view::{DrawView, ItemReason};

/// The most conversations in a queue.
pub(crate) const MOST: usize = 1_000;

/// How many of a sample are in it by the rule, and how many by chance.
fn shares(draw: DrawView) -> (usize, usize) {
    let size = (draw.size as usize).min(MOST);
    let percent = usize::from(draw.rule_percent.min(100));
    let by_rule = (size * percent + 50) / 100;
    (by_rule, size - by_rule)
}

/// Draws so many of these.
fn drawn<'a>(from: impl Iterator<Item = &'a ConversationId>, count: usize, seed: u32) -> HashSet<&'a ConversationId> {
    let mark =
        |id: &ConversationId| Sha256::new().chain_update(seed.to_le_bytes()).chain_update(id.as_str()).finalize();
    let mut marked: Vec<_> = from.map(|id| (mark(id), id)).collect();
    marked.sort_unstable();
    marked.into_iter().take(count).map(|(_, id)| id).collect()
}

/// The conversations of a queue in the order of the list, each with why it is there. `all` are those chance may draw from, with
/// `matching` among them; without a draw it is not looked at.
pub(crate) fn compose(
    matching: &[ConversationId],
    all: &[ConversationId],
    draw: Option<DrawView>,
) -> Vec<(ConversationId, ItemReason)> {
    let Some(draw) = draw else {
        return matching.iter().take(MOST).map(|id| (id.clone(), ItemReason::Rule)).collect();
    };
    let (by_rule, at_random) = shares(draw);
    let is_matching: HashSet<&ConversationId> = matching.iter().collect();
    let rule = drawn(matching.iter(), by_rule, draw.seed);
    let random = drawn(all.iter().filter(|id| !is_matching.contains(id)), at_random, draw.seed);
    let reason = |id: &ConversationId| {
        let by_rule = rule.contains(id).then_some(ItemReason::Rule);
        by_rule.or_else(|| random.contains(id).then_some(ItemReason::Random))
    };
    // What matches comes from an answer of its own, and may not be in the other.
    let in_all: HashSet<&ConversationId> = all.iter().collect();
    let only_matching = matching.iter().filter(|id| !in_all.contains(id));
    all.iter().chain(only_matching).filter_map(|id| Some((id.clone(), reason(id)?))).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::*;

    fn id(n: usize) -> ConversationId {
        ConversationId::new(format!("{n:024x}")).unwrap()
    }

    fn draw(size: u32, rule_percent: u8, seed: u32) -> Option<DrawView> {
        Some(DrawView { size, rule_percent, seed })
    }

    fn count(items: &[(ConversationId, ItemReason)], reason: ItemReason) -> usize {
        items.iter().filter(|(_, why)| *why == reason).count()
    }

    #[test]
    fn eighty_and_twenty_of_a_hundred() {
        let all: Vec<_> = (0..1_000).map(id).collect();
        let items = compose(&all[..300], &all, draw(100, 80, 7));
        assert_eq!((count(&items, ItemReason::Rule), count(&items, ItemReason::Random)), (80, 20));
        assert_ne!(items, compose(&all[..300], &all, draw(100, 80, 8)), "another seed draws others");
    }

    proptest! {
        #[test]
        fn the_same_seed_and_filter_draw_the_same(
            total in 1..300usize,
            matching in 0..300usize,
            size in 0..200u32,
            percent in 0..=100u8,
            seed: u32,
        ) {
            let all: Vec<_> = (0..total).map(id).collect();
            let matching: Vec<_> = all.iter().step_by(2).take(matching).cloned().collect();
            let items = compose(&matching, &all, draw(size, percent, seed));
            let mut backwards = compose(
                &matching.iter().rev().cloned().collect::<Vec<_>>(),
                &all.iter().rev().cloned().collect::<Vec<_>>(),
                draw(size, percent, seed),
            );
            backwards.reverse();
            prop_assert_eq!(&items, &backwards, "whatever order they were read in");

            let (by_rule, at_random) = shares(draw(size, percent, seed).unwrap());
            prop_assert_eq!(by_rule + at_random, size as usize);
            prop_assert_eq!(count(&items, ItemReason::Rule), by_rule.min(matching.len()));
            prop_assert_eq!(count(&items, ItemReason::Random), at_random.min(total - matching.len()));
            for (id, reason) in &items {
                prop_assert_eq!(matching.contains(id), *reason == ItemReason::Rule);
            }
            let order: Vec<_> = all.iter().filter(|id| items.iter().any(|(item, _)| item == *id)).collect();
            prop_assert_eq!(order, items.iter().map(|(id, _)| id).collect::<Vec<_>>(), "in the order of the list, each once");
        }

        #[test]
        fn one_more_conversation_changes_no_more_than_one_place(total in 2..200usize, size in 1..100u32, seed: u32) {
            let all: Vec<_> = (0..total).map(id).collect();
            let before = compose(&[], &all[1..], draw(size, 0, seed));
            let after = compose(&[], &all, draw(size, 0, seed));
            let lost = before.iter().filter(|item| !after.contains(item)).count();
            prop_assert!(lost <= 1, "{lost} went");
        }

        #[test]
        fn without_a_draw_it_is_what_the_rule_lets_through(total in 0..1_200usize) {
            let matching: Vec<_> = (0..total).map(id).collect();
            let items = compose(&matching, &[], None);
            prop_assert_eq!(items.len(), total.min(MOST));
            prop_assert!(items.iter().zip(&matching).all(|((item, _), id)| item == id));
        }
    }
}
