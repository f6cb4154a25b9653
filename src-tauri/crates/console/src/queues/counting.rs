//! Which conversations there are for a queue: the list is read as far as it has to be, once for a rule.

use std::collections::HashSet;
use std::sync::Arc;

use earmark_review::ConversationId;
use jiff::{SignedDuration, Timestamp};

use crate::browse::read;
use crate::session::Session;
use crate::view::{ConversationFilter, ConversationRow, QueueForm, ReviewStep, Started};
use crate::{Console, Problem};

/// The most conversations that are looked at: twenty calls.
const LOOKED_AT: usize = 3_000;
/// For how long what was counted is good enough for another size, share or seed.
const FRESH: SignedDuration = SignedDuration::from_mins(10);

/// What there is for a rule.
pub(crate) struct Counted {
    /// What it was counted for.
    rule: QueueForm,
    /// What the rule lets through, in the order of the list.
    pub(super) matching: Vec<ConversationId>,
    /// All conversations with those, in the order of the list; absent where none is drawn from all else.
    pub(super) others: Option<Vec<ConversationId>>,
    /// Whether there are more than were looked at.
    pub(super) goes_on: bool,
    among: HashSet<ConversationId>,
    at: Timestamp,
}

impl Counted {
    /// Whether it was just counted for this form: size, seed and shares are drawn from the same.
    pub(super) fn is_of(&self, form: &QueueForm, now: Timestamp) -> bool {
        let is_fresh = now.duration_since(self.at) < FRESH;
        let is_enough = self.others.is_some() || !draws_from_others(form);
        is_same_rule(&self.rule, form) && is_enough && is_fresh
    }

    pub(super) fn all(&self) -> &[ConversationId] {
        self.others.as_deref().unwrap_or(&self.matching)
    }

    pub(super) fn is_matching(&self, id: &ConversationId) -> bool {
        self.among.contains(id)
    }
}

/// Whether what is counted for one form is of no use to another that is wanted by now.
pub(super) fn is_superseded(form: &QueueForm, by: &QueueForm) -> bool {
    !is_same_rule(form, by) || draws_from_others(by) && !draws_from_others(form)
}

fn is_same_rule(one: &QueueForm, other: &QueueForm) -> bool {
    one.narrowing == other.narrowing && one.started == other.started && one.unreviewed_only == other.unreviewed_only
}

fn draws_from_others(form: &QueueForm) -> bool {
    form.draw.is_some_and(|draw| draw.rule_percent < 100)
}

fn since(started: Started, now: Timestamp) -> Option<Timestamp> {
    let hours = match started {
        Started::AnyTime => return None,
        Started::LastDay => 24,
        Started::LastWeek => 7 * 24,
        Started::LastMonth => 30 * 24,
    };
    now.checked_sub(SignedDuration::from_hours(hours)).ok()
}

impl Console {
    pub(super) async fn count(&self, session: &Arc<Session>, form: &QueueForm) -> Result<Counted, Problem> {
        let at = (self.0.now)();
        let since = since(form.started, at);
        let is_wanted = |row: &ConversationRow| {
            let is_over = |step| matches!(step, ReviewStep::Done | ReviewStep::Skipped);
            !(form.unreviewed_only && row.review.as_ref().is_some_and(|review| is_over(review.step)))
        };
        let filter = form.narrowing.filter();
        let (matching, mut goes_on) = self.walk(session, &filter, since, is_wanted).await?;
        let others = if draws_from_others(form) {
            let everything = ConversationFilter { oldest_first: filter.oldest_first, ..ConversationFilter::default() };
            let (all, more) = self.walk(session, &everything, since, is_wanted).await?;
            goes_on |= more;
            Some(all)
        } else {
            None
        };
        let among = matching.iter().cloned().collect();
        // Counted from its end: the walk alone may take minutes.
        Ok(Counted { rule: form.clone(), matching, others, goes_on, among, at: (self.0.now)() })
    }

    /// The ids of what a filter lets through, each once, and whether there are more than were looked at.
    async fn walk(
        &self,
        session: &Arc<Session>,
        filter: &ConversationFilter,
        since: Option<Timestamp>,
        is_wanted: impl Fn(&ConversationRow) -> bool,
    ) -> Result<(Vec<ConversationId>, bool), Problem> {
        // The server knows no bounds of time: what began lately is found at once only from its own end of the list.
        let is_turned = filter.oldest_first && since.is_some();
        let filter = &ConversationFilter { oldest_first: filter.oldest_first && !is_turned, ..filter.clone() };
        let (mut found, mut known, mut looked_at) = (Vec::new(), HashSet::new(), 0);
        // Not as the list asks for its beginning: that one is not to be given up for this.
        let mut page = self.or_kept(session, filter, read(session, filter, None).await).await?;
        let goes_on = 'pages: loop {
            for row in &page.rows {
                let is_older = since.is_some_and(|since| row.created_at.parse().is_ok_and(|at: Timestamp| at < since));
                if is_older {
                    break 'pages false;
                }
                looked_at += 1;
                if is_wanted(row) && known.insert(row.id.clone()) {
                    found.push(row.id.clone());
                }
            }
            let Some(next) = page.next else { break false };
            if looked_at >= LOOKED_AT {
                break true;
            }
            page = self.list_conversations(filter.clone(), Some(next)).await?;
        };
        if is_turned {
            found.reverse();
        }
        Ok((found, goes_on))
    }
}
