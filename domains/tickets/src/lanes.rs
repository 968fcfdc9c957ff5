//! Lanes: a list is put together from parts that share no ticket, each of which an index gives in the list's order. So an
//! agent of a small team reads that team's rows alone, however many tickets others have, and counting stops early.

use crate::{
    Priority, TicketId,
    list::{COUNTED, Filter, Order, Sort, View},
    narrow::Fixed,
    policy::{self, Scope},
};
use db::{Conn, Query};
use kernel::{Actor, Result};

/// One part of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Lane {
    /// The part of what the actor may see.
    scope: Scope,
    /// In the lists of work or out of them; none reads both.
    active: Option<bool>,
    /// One of the words that the filter asks for.
    fixed: Option<Fixed>,
    /// Begins at the snoozed ones, which are few.
    is_snoozed: bool,
    /// An index of what the filter names gives few tickets: no other should lead.
    is_of_few: bool,
    /// The indexes of words do not lead.
    is_led: bool,
}

/// Statuses of a filter beyond these lanes are read in one piece.
const MOST: usize = 120;
/// A statement of several counts has about so many values; engines take some 30,000.
const VALUES: usize = 10_000;

impl Filter {
    /// The parts of this list for this actor. What has a label counts as few where no order is wanted: a common one is counted
    /// to its end soon, a rare one is found at once; a page of a common one would be sorted.
    pub(crate) fn lanes(&self, actor: &Actor, is_in_order: bool) -> Vec<Lane> {
        let is_of_few = self.is_about_few() || !is_in_order && !self.tags.is_empty();
        let whole = Lane { scope: Scope::Visible, active: None, fixed: None, is_snoozed: false, is_of_few, is_led: true };
        if !actor.is_staff() || self.is_set_aside(actor) {
            return vec![whole];
        }
        if self.view == Some(View::Snoozed) {
            return vec![Lane { is_snoozed: true, ..whole }];
        }
        if self.found.is_some() {
            // few, by their ids
            return vec![Lane { active: self.settled(), ..whole }];
        }
        let scopes = self.scopes(actor, is_of_few);
        let words = if is_of_few { Vec::new() } else { self.fixed() };
        // the index of a word is in the order of updates; that of a status is there in each order
        let is_sorted_else = is_in_order && self.sorted_by() != Sort::Updated;
        let mut lanes = Vec::new();
        for scope in scopes {
            let is_led = is_of_few || is_sorted_else || self.is_somebodys() || matches!(scope, Scope::Team(_) | Scope::Own);
            // several words are a lane each where their indexes lead; otherwise they only filter
            let leads = |fixed: &Fixed| fixed.column == "status" || !is_led && scope != Scope::Heard;
            let fixed = if words.first().is_some_and(leads) { words.iter().copied().map(Some).collect() } else { vec![None] };
            for fixed in fixed {
                let settled = self.settled().or(fixed.and_then(|fixed| fixed.settled));
                let narrow = matches!(scope, Scope::Team(_) | Scope::Own)
                    || self.assignee.is_some()
                    || !self.priority.is_empty()
                    || fixed.is_some()
                    || matches!(self.sorted_by(), Sort::Priority | Sort::Sla);
                let actives: &[Option<bool>] = match settled {
                    Some(true) => &[Some(true)],
                    Some(false) => &[Some(false)],
                    None if narrow && scope != Scope::Heard && !self.is_about_deadlines() => &[Some(true), Some(false)],
                    None => &[None],
                };
                lanes.extend(actives.iter().map(|active| Lane { scope, active: *active, fixed, is_led, ..whole }));
            }
        }
        if lanes.len() > MOST || lanes.is_empty() { vec![Lane { active: self.settled(), ..whole }] } else { lanes }
    }

    /// What the view says of being active.
    fn settled(&self) -> Option<bool> {
        match self.view {
            Some(View::Mine | View::Teams | View::Unassigned | View::Open | View::Pending | View::Hold) => Some(true),
            Some(View::Resolved) => Some(false),
            None | Some(View::All | View::Snoozed | View::Spam | View::Trash | View::Breaching | View::Breached) => None,
        }
    }

    /// Read from what is near or late alone, which few are.
    fn is_about_deadlines(&self) -> bool {
        matches!(self.view, Some(View::Breaching | View::Breached))
    }

    /// Of one customer or one organization, whose tickets an index of their own gives.
    fn is_about_few(&self) -> bool {
        self.requester.is_some() || self.requester_text.is_some() || self.organization.is_some()
    }

    /// Of one assignee.
    fn is_somebodys(&self) -> bool {
        self.view == Some(View::Mine) || self.assignee.is_some_and(|assignee| assignee.is_some())
    }

    fn scopes(&self, actor: &Actor, is_of_few: bool) -> Vec<Scope> {
        let mine = self.view == Some(View::Mine) || self.is_somebodys() && self.assignee == Some(actor.person);
        // what is one's own one may see; few people's tickets and one number are found by an index of their own
        let one_piece = mine || is_of_few || self.is_number();
        if one_piece {
            return vec![Scope::Visible];
        }
        if self.view == Some(View::Teams) {
            let mine = actor.teams.iter().filter(|team| self.team.is_none_or(|wanted| wanted == **team));
            return mine.map(|team| Scope::Team(Some(*team))).collect();
        }
        let all = match self.team {
            Some(team) if actor.is_supervisor() || actor.teams.contains(&team) => vec![Scope::Team(Some(team))],
            Some(_) => policy::scopes(actor).into_iter().filter(|scope| !matches!(scope, Scope::Team(_))).collect(),
            None => policy::scopes(actor),
        };
        let nobody = self.view == Some(View::Unassigned) || self.assignee == Some(None);
        all.into_iter().filter(|scope| !(nobody && *scope == Scope::Own)).collect()
    }

    /// Adds a lane from its `FROM` on: its part, the view, the filter.
    fn push_lane(&self, actor: &Actor, lane: Lane, query: &mut Query) {
        if lane.is_snoozed {
            query.push(" FROM snoozes z CROSS JOIN tickets t WHERE z.ticket_id = t.id AND z.woke_at IS NULL");
        } else {
            query.push(lane.scope.source());
        }
        if self.view == Some(View::Trash) && actor.is_staff() {
            query.push(" AND t.trashed_at IS NOT NULL");
        } else {
            query.push(" AND t.trashed_at IS NULL");
        }
        lane.scope.push(actor, query);
        if actor.is_staff() && !self.is_set_aside(actor) && lane.active != Some(true) {
            query.push(" AND t.spam_at IS NULL");
        }
        match lane.active {
            // as in `Fixed::push`: the index of what it is about leads, not that of all that is open
            Some(true) if lane.is_of_few => drop(query.push(" AND COALESCE(t.is_active, NULL) = TRUE")),
            Some(true) => drop(query.push(" AND t.is_active = TRUE")),
            Some(false) if lane.is_of_few => drop(query.push(" AND COALESCE(t.is_active, NULL) = FALSE")),
            Some(false) => drop(query.push(" AND t.is_active = FALSE")),
            None => {}
        }
        let by_team = matches!(lane.scope, Scope::Team(_));
        self.narrow_view(actor, by_team, query);
        if let Some(fixed) = lane.fixed {
            fixed.push(by_team, query);
        }
        self.narrow(actor, by_team, lane.is_led || lane.fixed.is_some(), lane.fixed, query);
    }

    /// Adds the `SELECT` of the tickets of one page: as one index gives them, or by their keys, gathered from every lane.
    pub(crate) fn push_found(&self, actor: &Actor, lanes: &[Lane], order: &Order, beyond: Option<(i64, uuid::Uuid)>, query: &mut Query) {
        let push_page = |lane: Lane, query: &mut Query| {
            self.push_lane(actor, lane, query);
            if self.sorted_by() == Sort::Priority && actor.is_staff() {
                self.push_urgencies(lane, query);
            }
            if let Some((value, id)) = beyond {
                query.push(order.beyond).bind(value).push(", ").bind(id).push(")");
            }
            query.push(order.by).limit(self.limit + 1);
        };
        if let [lane] = *lanes
            && !lane.is_snoozed
            && lane.scope != Scope::Heard
        {
            query.push("SELECT t.*");
            return push_page(lane, query);
        }
        query.push("SELECT t.* FROM (SELECT id FROM (");
        for (index, lane) in lanes.iter().enumerate() {
            query.push(if index == 0 { "SELECT * FROM (SELECT t.id, " } else { " UNION ALL SELECT * FROM (SELECT t.id, " });
            query.push(order.key).push(" AS k");
            push_page(*lane, query);
            query.push(") AS lane");
        }
        query.push(") AS lanes").push(order.of_keys).limit(self.limit + 1).push(") AS keys CROSS JOIN tickets t WHERE t.id = keys.id");
    }

    /// Adds the span of urgency of the priorities asked for, by which its index leads to rare ones.
    fn push_urgencies(&self, lane: Lane, query: &mut Query) {
        if let Some((from, below)) = Priority::urgencies(&self.priority).filter(|_| lane.active.is_some()) {
            query.push(" AND t.urgency >= ").bind(from).push(" AND t.urgency < ").bind(below);
        }
    }

    /// Adds a `SELECT` of the ids of all that match and that the actor may see, each once, in no order: for counting and
    /// for work on all of them. A limit may follow.
    pub fn push_ids(&self, actor: &Actor, query: &mut Query) {
        for (index, lane) in self.lanes(actor, false).into_iter().enumerate() {
            query.push(if index == 0 { "SELECT t.id" } else { " UNION ALL SELECT t.id" });
            self.push_lane(actor, lane, query);
            // no order is wanted here
            self.push_urgencies(lane, query);
        }
    }

    /// Adds `SELECT COUNT(*)` of them, which ends at `COUNTED`.
    fn push_count(&self, actor: &Actor, query: &mut Query) {
        query.push("COUNT(*) FROM (");
        self.push_ids(actor, query);
        query.limit(COUNTED).push(") AS counted");
    }

    /// How many there are, exact up to `COUNTED`.
    pub async fn count(&self, conn: &mut Conn, actor: &Actor) -> Result<i64> {
        Ok(conn.one(self.counting(actor)).await?)
    }

    /// The statement of `count`; tests look at its plan.
    pub fn counting(&self, actor: &Actor) -> Query {
        // not a whole statement yet, so not one for `sql!`
        let mut query = Query::with("SELECT ", Vec::new());
        self.push_count(actor, &mut query);
        query
    }

    /// The counts of several lists in their order, by as few statements as there can be.
    pub async fn counts(conn: &mut Conn, actor: &Actor, filters: &[Self]) -> Result<Vec<i64>> {
        let mut counts = vec![0; filters.len()];
        let mut rest = filters.iter().enumerate().peekable();
        while rest.peek().is_some() {
            let mut query = Query::with("SELECT CAST(", Vec::new());
            let mut before = "";
            while query.values().len() < VALUES
                && let Some((index, filter)) = rest.next()
            {
                query.push(before).bind(i64::try_from(index).unwrap_or_default()).push(" AS BIGINT), ");
                filter.push_count(actor, &mut query);
                before = " UNION ALL SELECT CAST(";
            }
            for (index, count) in conn.all::<(i64, i64)>(query).await? {
                if let Some(slot) = usize::try_from(index).ok().and_then(|index| counts.get_mut(index)) {
                    *slot = count;
                }
            }
        }
        Ok(counts)
    }
}

/// Whether an actor may see a ticket by the parts of `policy::scopes`; for the test that they agree with `may`.
pub async fn seen_by_parts(conn: &mut Conn, actor: &Actor) -> Result<Vec<TicketId>> {
    let mut found = Vec::new();
    for scope in policy::scopes(actor) {
        let mut query = Query::with("SELECT t.id", Vec::new());
        query.push(scope.source()).push(" AND t.trashed_at IS NULL");
        scope.push(actor, &mut query);
        found.extend(conn.all::<TicketId>(query).await?);
    }
    Ok(found)
}
