//! Keeps what is computed: reads the journal of some tickets, counts, writes what changed, and announces what came
//! due. Whoever calls it holds the room's lock, so each deadline is announced once.

use crate::{
    Clock, Conditions, Mark, Metric, Ready, State, Term, Traits,
    announce::{self, News},
    clocks, marks,
    policies::{Policy, Version, read},
};
use db::{Conn, Event, Id, Query, Timestamp, Tx, record, sql};
use kernel::{Actor, PersonId, Result};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use tickets::{Deadline, Standing, Status, TicketId, deadline};
use uuid::Uuid;

/// What the journal calls the deadlines that lists show: all of them are one thing.
pub(crate) const DEADLINES: &str = "deadlines";
const SUBJECT: Uuid = Uuid::from_u128(0x51a0_1265_0000_7000_8000_0000_0000_0001);

record! {
    /// A ticket as this room reads it.
    #[derive(Clone, Debug)]
    pub(crate) struct Row {
        pub id: TicketId,
        pub status: Status,
        pub priority: String,
        pub category: String,
        pub channel: String,
        pub team: Option<Uuid>,
        pub organization: Option<Uuid>,
        pub assignee: Option<PersonId>,
        /// When it went into the trash or was marked as spam.
        pub aside_at: Option<Timestamp>,
        pub created_at: Timestamp,
        pub deadline: Deadline,
    }
}

record! {
    /// A clock as it is kept.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub(crate) struct Kept {
        pub ticket: TicketId,
        pub metric: Metric,
        pub cycle: i64,
        pub version: Id<Version>,
        pub policy: Id<Policy>,
        pub state: State,
        pub started: Timestamp,
        pub stopped: Option<Timestamp>,
        pub paused: Option<Timestamp>,
        pub due: Option<Timestamp>,
        pub warn: Option<Timestamp>,
        pub missed: Option<Timestamp>,
        pub counted: i64,
        pub target: i64,
        pub warned: bool,
        pub breached: bool,
        pub next: Option<Timestamp>,
    }
}

/// Which version counts for a ticket from when on.
pub(crate) type TermRow = (TicketId, Timestamp, Id<Version>, Id<Policy>);

/// All that is known of some tickets, each kind read by one statement.
pub(crate) struct Known {
    pub rows: Vec<Row>,
    pub marks: HashMap<Uuid, Vec<Mark>>,
    pub terms: HashMap<Uuid, Vec<TermRow>>,
    pub tags: HashMap<Uuid, Vec<String>>,
}

pub(crate) async fn rows(conn: &mut Conn, ids: &[TicketId]) -> Result<Vec<Row>> {
    let mut query = Query::with(
        "SELECT t.id, t.status, t.priority, t.category, t.channel, t.team_id, t.organization_id, t.assignee_id, COALESCE(t.trashed_at, t.spam_at),
         t.created_at, t.sla_state, t.sla_metric, t.sla_since, t.sla_due_at, t.sla_warn_at, t.sla_sort
         FROM tickets t WHERE t.id IN ",
        Vec::new(),
    );
    // rows are written in this order, as everybody does who writes several tickets at once, so that none waits in a circle
    query.list(ids.iter().copied()).push(" ORDER BY t.id");
    Ok(conn.all(query).await?)
}

/// Reads what is known of these tickets.
pub(crate) async fn known(conn: &mut Conn, ids: &[TicketId]) -> Result<Known> {
    let standing = standing(conn, ids).await?;
    let mut events = Query::with(concat!("SELECT ", db::event_columns!(), " FROM events WHERE subject_id IN "), Vec::new());
    events.list(ids.iter().copied()).push(" ORDER BY seq");
    let mut by_ticket: HashMap<Uuid, Vec<Event>> = HashMap::new();
    for event in conn.all::<Event>(events).await? {
        by_ticket.entry(event.subject_id).or_default().push(event);
    }
    let marks = by_ticket.into_iter().map(|(ticket, events)| (ticket, marks(&events))).collect();
    Ok(Known { marks, ..standing })
}

/// The same without what happened to them: enough to choose a policy.
pub(crate) async fn standing(conn: &mut Conn, ids: &[TicketId]) -> Result<Known> {
    let rows = rows(conn, ids).await?;
    let mut terms = Query::with(
        "SELECT s.ticket_id, s.since, s.version_id, v.policy_id FROM sla_terms s JOIN sla_versions v ON v.id = s.version_id WHERE s.ticket_id IN ",
        Vec::new(),
    );
    terms.list(ids.iter().copied()).push(" ORDER BY s.ticket_id, s.since");
    let mut terms_of: HashMap<Uuid, Vec<TermRow>> = HashMap::new();
    for term in conn.all::<TermRow>(terms).await? {
        terms_of.entry(term.0.uuid()).or_default().push(term);
    }
    let mut tags = Query::with("SELECT t.ticket_id, t.tag FROM ticket_tags t WHERE t.ticket_id IN ", Vec::new());
    // what came with a merge chooses no other promise
    tags.list(ids.iter().copied()).push(
        " AND NOT EXISTS (SELECT 1 FROM ticket_merges g JOIN merged_tags x ON x.merge_id = g.id WHERE g.target_id = t.ticket_id AND g.undone_at IS NULL AND x.tag = t.tag)",
    );
    let mut tags_of: HashMap<Uuid, Vec<String>> = HashMap::new();
    for (ticket, tag) in conn.all::<(TicketId, String)>(tags).await? {
        tags_of.entry(ticket.uuid()).or_default().push(tag);
    }
    Ok(Known { rows, marks: HashMap::new(), terms: terms_of, tags: tags_of })
}

impl Known {
    /// What conditions look at.
    pub(crate) fn traits(&self, row: &Row) -> Traits {
        Traits {
            priority: row.priority.clone(),
            category: row.category.clone(),
            channel: row.channel.clone(),
            team: row.team,
            organization: row.organization,
            tags: self.tags.get(&row.id.uuid()).cloned().unwrap_or_default(),
        }
    }
}

/// The rules of versions, ready to be counted with.
pub(crate) async fn versions(conn: &mut Conn, ids: &HashSet<Id<Version>>) -> Result<HashMap<Id<Version>, Ready>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let mut query = Query::with("SELECT id, body FROM sla_versions WHERE id IN ", Vec::new());
    query.list(ids.iter().copied());
    let found: Vec<(Id<Version>, String)> = conn.all(query).await?;
    found.into_iter().map(|(id, body)| Ok((id, read(&body)?.ready()))).collect()
}

/// Terms with their rules, for the pure function.
pub(crate) fn terms_of<'a>(terms: &[TermRow], rules: &'a HashMap<Id<Version>, Ready>) -> Vec<Term<'a>> {
    terms.iter().filter_map(|(_, since, version, _)| rules.get(version).map(|rules| Term { since: *since, rules })).collect()
}

/// Brings some tickets up to date. `choose`: those whose policy is to be chosen again, with the time of the change.
pub(crate) async fn refresh(tx: &mut Tx, ids: &[TicketId], choose: &HashMap<TicketId, Timestamp>) -> Result<()> {
    let now = tx.now();
    let mut known = known(tx, ids).await?;
    if !choose.is_empty() {
        choose_policies(tx, &mut known, choose).await?;
    }
    let used = known.terms.values().flatten().map(|term| term.2).collect();
    let rules = versions(tx, &used).await?;
    let mut kept = kept(tx, ids).await?;
    let (mut is_moved, mut is_told, mut changed) = (false, false, Vec::new());
    for row in &known.rows {
        let terms = known.terms.get(&row.id.uuid()).map_or(&[][..], Vec::as_slice);
        let (ready, marks) = (terms_of(terms, &rules), known.marks.get(&row.id.uuid()).map_or(&[][..], Vec::as_slice));
        let told = clocks(marks, &ready, now);
        let before = kept.remove(&row.id).unwrap_or_default();
        if let Some((_, _, version, policy)) = terms.last() {
            for (clock, news) in compare(tx, row.id, &told, &before, (*version, *policy), &mut changed).await? {
                announce::say(tx, row, clock, news).await?;
                is_told = true;
            }
        }
        let next = next_deadline(row, &told, now);
        if next != row.deadline {
            deadline::set(tx, row.id, &next).await?;
            is_moved = true;
        }
    }
    put(tx, &changed).await?;
    // what is left belongs to tickets that are gone for good
    for ticket in kept.into_keys() {
        forget(tx, ticket).await?;
    }
    if is_moved && !is_told {
        // lists were rung for the change of the ticket, and may have looked before its deadline stood
        tx.record(Actor::system("SLA").event("deadlines.moved", (DEADLINES, SUBJECT), true, json!({}))).await?;
    }
    Ok(())
}

async fn kept(conn: &mut Conn, ids: &[TicketId]) -> Result<HashMap<TicketId, Vec<Kept>>> {
    let mut query = Query::with(
        "SELECT ticket_id, metric, cycle, version_id, policy_id, state, started_at, stopped_at, paused_at, due_at, warn_at, missed_at, counted, target, warned, breached, next_at
         FROM sla_clocks WHERE ticket_id IN ",
        Vec::new(),
    );
    query.list(ids.iter().copied());
    let mut by_ticket: HashMap<TicketId, Vec<Kept>> = HashMap::new();
    for clock in conn.all::<Kept>(query).await? {
        by_ticket.entry(clock.ticket).or_default().push(clock);
    }
    Ok(by_ticket)
}

pub(crate) async fn forget(tx: &mut Tx, ticket: TicketId) -> Result<()> {
    tx.run(sql!("DELETE FROM sla_clocks WHERE ticket_id = $1", ticket)).await?;
    tx.run(sql!("DELETE FROM sla_terms WHERE ticket_id = $1", ticket)).await?;
    Ok(())
}

/// A policy that is switched on, as it is chosen by.
pub(crate) struct Choice {
    pub policy: Id<Policy>,
    pub version: Id<Version>,
    valid_from: Timestamp,
    conditions: Conditions,
}

/// Those that are switched on, in order.
pub(crate) async fn choices(conn: &mut Conn) -> Result<Vec<Choice>> {
    let kept: Vec<(Id<Policy>, Timestamp, String, Id<Version>)> = conn
        .all(sql!(
            "SELECT p.id, p.valid_from, p.body, v.id FROM sla_policies p JOIN sla_versions v ON v.policy_id = p.id AND v.version = p.version
             WHERE p.is_active = TRUE AND p.removed_at IS NULL ORDER BY p.position, p.id LIMIT 100"
        ))
        .await?;
    kept.into_iter().map(|(policy, valid_from, body, version)| Ok(Choice { policy, version, valid_from, conditions: read(&body)?.conditions })).collect()
}

/// The first match from the top. Those that a ticket `has` count for it whenever it came.
pub(crate) fn first_fit<'a>(choices: &'a [Choice], created: Timestamp, has: &[Option<Id<Policy>>], traits: &Traits) -> Option<&'a Choice> {
    choices.iter().find(|choice| (choice.valid_from <= created || has.contains(&Some(choice.policy))) && choice.conditions.fit(traits))
}

/// What was promised stays until another policy takes over.
async fn choose_policies(tx: &mut Tx, known: &mut Known, choose: &HashMap<TicketId, Timestamp>) -> Result<()> {
    let choices = choices(tx).await?;
    let (rows, mut begun) = (known.rows.clone(), Vec::new());
    for row in rows {
        let Some(changed) = choose.get(&row.id) else { continue };
        let traits = known.traits(&row);
        let last = known.terms.get(&row.id.uuid()).and_then(|terms| terms.last()).map(|last| last.3);
        let Some(Choice { policy, version, .. }) = first_fit(&choices, row.created_at, &[last], &traits).filter(|choice| last != Some(choice.policy)) else {
            continue;
        };
        let terms = known.terms.entry(row.id.uuid()).or_default();
        let since = terms.last().map_or(row.created_at, |last| (*changed).max(last.1.plus(std::time::Duration::from_micros(1))));
        begun.push([row.id.into(), since.into(), (*version).into()]);
        terms.push((row.id, since, *version, *policy));
    }
    Ok(tx.run_rows("INSERT INTO sla_terms (ticket_id, since, version_id) VALUES", &begun, " ON CONFLICT (ticket_id, since) DO NOTHING").await?)
}

/// Adds what changed of the clocks of a ticket to `changed`, and answers what is to be said of it, which it notes as said.
async fn compare<'a, 'b>(
    tx: &mut Tx,
    ticket: TicketId,
    told: &'a [Clock<'b>],
    before: &[Kept],
    (version, policy): (Id<Version>, Id<Policy>),
    changed: &mut Vec<Kept>,
) -> Result<Vec<(&'a Clock<'b>, News)>> {
    let (now, mut news) = (tx.now(), Vec::new());
    for clock in told {
        let old = before.iter().find(|old| old.metric == clock.metric && old.cycle == clock.cycle);
        let mut new = as_kept(ticket, clock, version, policy);
        let (warned, breached) = old.map_or((false, false), |old| (old.warned, old.breached));
        let must_warn = !warned && clock.state == State::Running && clock.warn.is_some_and(|warn| warn <= now);
        new.breached = breached || clock.missed.is_some();
        new.warned = warned || must_warn || new.breached;
        new.next = match clock.state {
            State::Running if new.warned => clock.due,
            State::Running => clock.warn,
            _ => None,
        };
        if let Some(old) = old {
            // while it runs, what was counted says nothing that the deadline does not; a closed one keeps its promise
            new.counted = if new.state == State::Running && old.state == State::Running && old.due == new.due { old.counted } else { new.counted };
            new.warn = if old.due == new.due && old.state == new.state { old.warn } else { new.warn };
            (new.version, new.policy) =
                if old.missed.is_some() || old.stopped.is_some() && new.stopped == old.stopped { (old.version, old.policy) } else { (new.version, new.policy) };
        }
        if new.breached && !breached {
            news.push((clock, News::Breached));
        } else if must_warn {
            news.push((clock, News::Warned));
        }
        if old != Some(&new) {
            changed.push(new);
        }
    }
    for gone in before.iter().filter(|old| !told.iter().any(|clock| clock.metric == old.metric && clock.cycle == old.cycle)) {
        tx.run(sql!("DELETE FROM sla_clocks WHERE ticket_id = $1 AND metric = $2 AND cycle = $3", gone.ticket, gone.metric, gone.cycle)).await?;
    }
    Ok(news)
}

fn micros(span: std::time::Duration) -> i64 {
    i64::try_from(span.as_micros()).unwrap_or(i64::MAX)
}

fn as_kept(ticket: TicketId, clock: &Clock<'_>, version: Id<Version>, policy: Id<Policy>) -> Kept {
    Kept {
        ticket,
        metric: clock.metric,
        cycle: clock.cycle,
        version,
        policy,
        state: clock.state,
        started: clock.started,
        stopped: clock.stopped,
        paused: clock.paused.map(|(since, _)| since),
        due: clock.due,
        warn: clock.warn,
        missed: clock.missed,
        counted: micros(clock.counted),
        target: micros(clock.target),
        warned: false,
        breached: false,
        next: None,
    }
}

async fn put(tx: &mut Tx, clocks: &[Kept]) -> Result<()> {
    let rows: Vec<_> = clocks.iter().map(values_of).collect();
    Ok(tx
        .run_rows(
            "INSERT INTO sla_clocks (ticket_id, metric, cycle, version_id, policy_id, state, started_at, stopped_at, paused_at, due_at, warn_at, missed_at, counted, target, warned, breached, next_at) VALUES",
            &rows,
            " ON CONFLICT (ticket_id, metric, cycle) DO UPDATE SET version_id = excluded.version_id, policy_id = excluded.policy_id, state = excluded.state,
              started_at = excluded.started_at, stopped_at = excluded.stopped_at, paused_at = excluded.paused_at, due_at = excluded.due_at, warn_at = excluded.warn_at,
              missed_at = excluded.missed_at, counted = excluded.counted, target = excluded.target, warned = excluded.warned, breached = excluded.breached, next_at = excluded.next_at",
        )
        .await?)
}

fn values_of(clock: &Kept) -> [db::Value; 17] {
    [
        clock.ticket.into(),
        clock.metric.into(),
        clock.cycle.into(),
        clock.version.into(),
        clock.policy.into(),
        clock.state.into(),
        clock.started.into(),
        clock.stopped.into(),
        clock.paused.into(),
        clock.due.into(),
        clock.warn.into(),
        clock.missed.into(),
        clock.counted.into(),
        clock.target.into(),
        clock.warned.into(),
        clock.breached.into(),
        clock.next.into(),
    ]
}

/// What lists show and sort by: the earliest deadline of what is wanted now.
fn next_deadline(row: &Row, told: &[Clock<'_>], now: Timestamp) -> Deadline {
    let is_gone = row.status == Status::Closed || row.aside_at.is_some();
    let open: Vec<&Clock<'_>> = told.iter().filter(|clock| clock.is_open() || !row.status.is_active()).collect();
    if open.is_empty() || is_gone {
        return Deadline::none();
    }
    let wanted = open.iter().filter(|clock| clock.is_open() && (clock.state == State::Running || clock.is_late()));
    let Some(clock) = wanted.min_by_key(|clock| (clock.due, clock.metric)) else {
        return Deadline { standing: Some(Standing::Paused), ..Deadline::none() };
    };
    let standing = match clock.state {
        State::Missed => Standing::Late,
        _ if clock.warn.is_some_and(|warn| warn <= now) => Standing::Warn,
        _ => Standing::Ok,
    };
    Deadline {
        standing: Some(standing),
        metric: Some(clock.metric.label().to_owned()),
        since: Some(clock.started),
        due_at: clock.due,
        warn_at: clock.warn.or(clock.due),
        sort: clock.due.map_or(deadline::LAST, Timestamp::micros),
    }
}
