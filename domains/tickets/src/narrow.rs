//! What a list asks of a ticket: its view, its filters, its text. Who may see it and which index leads is in `lanes`.

use crate::{
    Status,
    list::{Filter, View},
};
use db::Query;
use kernel::Actor;

impl Filter {
    /// The words that it asks for, by column.
    fn words(&self) -> [(&'static str, Vec<&'static str>); 4] {
        [
            ("status", self.status.iter().map(|word| word.word()).collect()),
            ("priority", self.priority.iter().map(|word| word.word()).collect()),
            ("category", self.category.iter().map(|word| word.word()).collect()),
            ("channel", self.channel.iter().map(|word| word.word()).collect()),
        ]
    }

    /// The words of one column, for a lane each; none where a view asks for a status or a deadline already.
    pub(crate) fn fixed(&self) -> Vec<Fixed> {
        if !matches!(self.view, None | Some(View::All | View::Open | View::Mine | View::Teams | View::Unassigned)) {
            return Vec::new();
        }
        if !self.status.is_empty() {
            return self.status.iter().copied().map(Fixed::status).collect();
        }
        let (column, words) = self.words().into_iter().find(|(_, words)| !words.is_empty()).unwrap_or_default();
        words.into_iter().map(|word| Fixed { column, word, settled: None }).collect()
    }

    /// The filter, without view and rights. `by_team`: the index of a team leads; `is_led`: some other does than those of words;
    /// `fixed`: the lane asked for it already.
    pub(crate) fn narrow(&self, actor: &Actor, by_team: bool, is_led: bool, fixed: Option<Fixed>, query: &mut Query) {
        for (column, words) in self.words() {
            match words.as_slice() {
                [] => {}
                _ if fixed.is_some_and(|fixed| fixed.column == column) => {}
                [word] => Fixed { column, word, settled: None }.push(is_led, query),
                // by its index they would be gathered and sorted
                many => drop(query.push(" AND COALESCE(t.").push(column).push(", NULL) IN ").list(many.iter().copied())),
            }
        }
        if let Some(key) = &self.custom_status {
            // customers don't know of them
            query.push(if actor.is_staff() { " AND t.custom_status = " } else { " AND 1 = 0 AND t.custom_status = " }).bind(key);
        }
        for tag in &self.tags {
            query.push(" AND t.id IN (SELECT g.ticket_id FROM ticket_tags g WHERE g.tag = ").bind(tag).push(")");
        }
        if let Some(team) = self.team.filter(|_| !by_team) {
            query.push(" AND t.team_id = ").bind(team);
        }
        match self.assignee {
            None => {}
            Some(None) => drop(query.push(nobody(by_team))),
            Some(person) if by_team => drop(query.push(" AND COALESCE(t.assignee_id, NULL) = ").bind(person)),
            Some(person) => drop(query.push(" AND t.assignee_id = ").bind(person)),
        }
        if let Some(requester) = self.requester {
            query.push(" AND t.requester_id = ").bind(requester);
        }
        if let Some(organization) = self.organization {
            query.push(" AND t.organization_id = ").bind(organization);
        }
        for (clause, time) in [
            (" AND t.created_at >= ", self.created.0),
            (" AND t.created_at < ", self.created.1),
            (if actor.is_staff() { " AND t.updated_at >= " } else { " AND COALESCE(t.public_at, t.created_at) >= " }, self.updated.0),
            (if actor.is_staff() { " AND t.updated_at < " } else { " AND COALESCE(t.public_at, t.created_at) < " }, self.updated.1),
        ] {
            if let Some(time) = time {
                query.push(clause).bind(time);
            }
        }
        crate::field::filter::narrow(&self.fields, actor, query);
        self.narrow_text(query);
    }

    /// What the view asks for beyond being active, which the lane says.
    pub(crate) fn narrow_view(&self, actor: &Actor, by_team: bool, query: &mut Query) {
        let Some(view) = self.view else { return };
        if !actor.is_staff() && matches!(view, View::Mine | View::Teams | View::Unassigned | View::Open) {
            // whether staff put it away or marked it is none of a customer's business
            query.push(" AND t.status IN ('OPEN', 'IN_PROGRESS', 'PENDING', 'ON_HOLD')");
        }
        match view {
            View::All | View::Trash | View::Open | View::Snoozed => {}
            View::Mine => drop(query.push(" AND t.assignee_id = ").bind(actor.person)),
            View::Teams if by_team => {}
            View::Teams => drop(query.push(" AND t.team_id IN ").list(actor.teams.iter().copied())),
            View::Unassigned => drop(query.push(nobody(by_team))),
            View::Spam | View::Breaching | View::Breached if !actor.is_staff() => {}
            View::Spam => drop(query.push(" AND t.spam_at IS NOT NULL")),
            View::Breaching => drop(query.push(PROMISED).push(" AND t.sla_state = 'warn'")),
            View::Breached => drop(query.push(PROMISED).push(" AND t.sla_state = 'late'")),
            View::Pending => Fixed::status(Status::Pending).push(by_team, query),
            View::Hold => Fixed::status(Status::OnHold).push(by_team, query),
            View::Resolved => Fixed::status(Status::Resolved).push(by_team, query),
        }
    }

    fn narrow_text(&self, query: &mut Query) {
        if let Some(text) = &self.requester_text {
            let text = text.to_lowercase();
            query
                .push(" AND t.requester_id IN (SELECT p.id FROM people p WHERE p.folded >= ")
                .bind(&text)
                .push(" AND p.folded < ")
                .bind(format!("{text}\u{10FFFF}"));
            query.push(" OR p.email >= ").bind(&text).push(" AND p.email < ").bind(format!("{text}\u{10FFFF}")).push(")");
        }
        self.narrow_words(query);
    }
}

/// A column that is one word, with an index that begins with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fixed {
    pub(crate) column: &'static str,
    word: &'static str,
    /// What it says of being active.
    pub(crate) settled: Option<bool>,
}

impl Fixed {
    pub(crate) fn status(status: Status) -> Self {
        Self { column: "status", word: status.word(), settled: (!status.is_active()).then_some(false) }
    }

    /// Adds it. `is_led`: another index leads, and an expression keeps an engine without statistics from taking this one.
    pub(crate) fn push(self, is_led: bool, query: &mut Query) {
        query.push(if is_led { " AND COALESCE(t." } else { " AND t." }).push(self.column).push(if is_led { ", NULL) = " } else { " = " }).bind(self.word);
    }
}

/// What is promised and not settled, snoozed or not: putting a ticket away does not put the promise away. The last part
/// is that of the partial indexes, word for word; as in `Fixed::push`, no other index should lead.
const PROMISED: &str = " AND COALESCE(t.status, NULL) IN ('OPEN', 'IN_PROGRESS', 'PENDING', 'ON_HOLD') AND t.sla_state IN ('warn', 'late')";

/// As in `Fixed::push`: within a team the index of the team leads.
const fn nobody(by_team: bool) -> &'static str {
    if by_team { " AND COALESCE(t.assignee_id, NULL) IS NULL" } else { " AND t.assignee_id IS NULL" }
}
