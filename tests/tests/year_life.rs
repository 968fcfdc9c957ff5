//! Random lives of tickets, and how they are written down as if they had happened.

use crate::world::{Dice, World};
use accounts::Team;
use db::{Query, Timestamp};
use kernel::PersonId;
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

pub const DAY: i64 = 86_400_000_000;
pub const CHANNELS: [&str; 6] = ["web", "email", "chat", "api", "community", "call"];
pub const CATEGORIES: [&str; 5] = ["BUG", "FEATURE_REQUEST", "GENERAL_INQUIRY", "TECHNICAL_SUPPORT", "BILLING"];
pub const PRIORITIES: [&str; 4] = ["LOW", "MEDIUM", "HIGH", "URGENT"];
pub const TAGS: [&str; 8] = ["refund", "login", "api", "slow", "invoice", "=1+1", "sso", "export"];
const METRICS: [&str; 2] = ["FIRST_RESPONSE", "FIRST_RESOLUTION"];

/// A ticket as it ends; what the plain calculation reads.
#[derive(Clone, Debug)]
pub struct Told {
    pub id: Uuid,
    pub created: i64,
    pub first_reply: Option<i64>,
    pub solved: Option<i64>,
    pub replies: usize,
    pub is_open: bool,
    pub is_reopened: bool,
    pub is_gone: bool,
    pub team: Option<usize>,
    pub agent: Option<usize>,
    pub channel: usize,
    pub category: usize,
    pub priority: usize,
    pub tags: Vec<usize>,
    /// Metric, whether it was met, when.
    pub promises: Vec<(usize, bool, i64)>,
    /// Entry, whose time, when it was written down, seconds.
    pub spent: Vec<(Uuid, usize, i64, i64)>,
}

/// Something that happens, with how the ticket is after it.
pub struct Step {
    pub at: i64,
    kind: &'static str,
    facts: Value,
    pub after: Told,
}

/// Who and what there is.
pub struct Cast {
    pub teams: Vec<Team>,
    pub agents: Vec<PersonId>,
    pub customer: PersonId,
}

pub fn life(dice: &mut Dice, cast: &Cast, number: usize, begin: i64) -> Vec<Step> {
    let jitter = i64::try_from(dice.below(1_000_000)).unwrap();
    let created = begin + i64::try_from(dice.below(365 * 86_400)).unwrap() * 1_000_000 + jitter;
    let some = |dice: &mut Dice, of: usize| (dice.below(5) > 0).then(|| dice.below(of));
    let mut told = Told {
        id: Uuid::from_u128(u128::from(dice.next()) << 64 | number as u128),
        created,
        first_reply: None,
        solved: None,
        replies: 0,
        is_open: true,
        is_reopened: false,
        is_gone: false,
        team: some(dice, cast.teams.len()),
        agent: some(dice, cast.agents.len()),
        channel: dice.below(6),
        category: dice.below(5),
        priority: dice.below(4),
        tags: (0..TAGS.len()).filter(|_| dice.below(6) == 0).collect(),
        promises: Vec::new(),
        spent: Vec::new(),
    };
    let mut steps = vec![Step { at: created, kind: "ticket.created", facts: json!({ "priority": PRIORITIES[told.priority] }), after: told.clone() }];
    let mut at = created;
    for _ in 0..dice.below(7) {
        at += 1 + i64::try_from(dice.next() % (4 * DAY as u64)).unwrap();
        let (kind, facts) = match dice.below(12) {
            0..=3 => {
                told.replies += usize::from(told.solved.is_none());
                if told.first_reply.is_none() {
                    told.first_reply = Some(at);
                    told.promises.push((0, dice.below(8) > 0, at));
                }
                ("ticket.replied", json!({}))
            }
            4 => ("ticket.customer_replied", json!({})),
            5 | 6 if told.is_open => {
                told.is_open = false;
                if told.solved.is_none() {
                    told.solved = Some(at);
                    told.promises.push((1, dice.below(5) > 0, at));
                }
                ("ticket.status_changed", json!({ "old": "OPEN", "new": if dice.below(3) == 0 { "CLOSED" } else { "RESOLVED" } }))
            }
            5 | 6 => {
                (told.is_open, told.is_reopened) = (true, true);
                ("ticket.status_changed", json!({ "old": "RESOLVED", "new": "OPEN" }))
            }
            7 => {
                told.agent = some(dice, cast.agents.len());
                ("ticket.assigned", json!({}))
            }
            8 if dice.below(8) == 0 => {
                told.is_gone = !told.is_gone;
                (if told.is_gone { "ticket.trashed" } else { "ticket.restored" }, json!({}))
            }
            10 => {
                let entry = (
                    Uuid::from_u128(u128::from(dice.next()) << 64 | u128::from(dice.next())),
                    dice.below(cast.agents.len()),
                    at,
                    60 + i64::try_from(dice.below(7_200)).unwrap(),
                );
                told.spent.push(entry);
                ("worklog.time_added", time(cast, &entry, entry.3))
            }
            11 if !told.spent.is_empty() => {
                let place = dice.below(told.spent.len());
                let (old, new) = (told.spent[place], if dice.below(3) == 0 { 0 } else { 1 + i64::try_from(dice.below(9_000)).unwrap() });
                told.spent[place].3 = new;
                if new == 0 {
                    told.spent.remove(place);
                }
                (if new == 0 { "worklog.time_removed" } else { "worklog.time_changed" }, time(cast, &old, new - old.3))
            }
            _ => {
                (told.team, told.priority) = (some(dice, cast.teams.len()), dice.below(4));
                ("ticket.team_changed", json!({}))
            }
        };
        steps.push(Step { at, kind, facts, after: told.clone() });
    }
    steps
}

/// The facts of an entry whose time grew by so much.
fn time(cast: &Cast, entry: &(Uuid, usize, i64, i64), seconds: i64) -> Value {
    json!({ "entry": entry.0, "person": cast.agents[entry.1], "seconds": seconds })
}

/// Writes steps as if they had happened: lines of the journal, and the tickets as they are after the last of them.
pub async fn happen(world: &World, steps: &[Step], cast: &Cast, numbers: &mut HashMap<Uuid, i64>) {
    let mut tx = world.write().await;
    let mut last: BTreeMap<Uuid, &Step> = BTreeMap::new();
    for some in steps.chunks(500) {
        let mut query =
            Query::with("INSERT INTO events (at, kind, subject_kind, subject_id, actor_kind, actor_id, actor_name, staff_only, data) VALUES ", Vec::new());
        for (place, step) in some.iter().enumerate() {
            query.push(if place == 0 { "(" } else { ", (" }).bind(step.at).push(", ").bind(step.kind).push(", 'ticket', ").bind(step.after.id);
            query.push(", 'person', ").bind(cast.customer).push(", 'Year', FALSE, ").bind(step.facts.to_string()).push(")");
            last.insert(step.after.id, step);
        }
        tx.run(query).await.unwrap();
    }
    let last: Vec<&Step> = last.into_values().collect();
    for some in last.chunks(400) {
        let mut query = Query::with(
            "INSERT INTO tickets (title, folded, urgency, requester_id, first_message_id, updated_at, version, id, number, status, is_active, priority, category, channel, assignee_id, team_id, trashed_at, created_at) VALUES ",
            Vec::new(),
        );
        for (place, step) in some.iter().enumerate() {
            let told = &step.after;
            let next = i64::try_from(numbers.len()).unwrap() + 2_000;
            let number = *numbers.entry(told.id).or_insert(next);
            query.push(if place == 0 { "('Year', 'year', 0, " } else { ", ('Year', 'year', 0, " }).bind(cast.customer).push(", ").bind(told.id);
            query.push(", ").bind(step.at).push(", 1, ").bind(told.id).push(", ").bind(number).push(", ");
            query.bind(if told.is_open { "OPEN" } else { "RESOLVED" }).push(", ").bind(told.is_open).push(", ").bind(PRIORITIES[told.priority]);
            query
                .push(", ")
                .bind(CATEGORIES[told.category])
                .push(", ")
                .bind(CHANNELS[told.channel])
                .push(", ")
                .bind(told.agent.map(|agent| cast.agents[agent]));
            query
                .push(", ")
                .bind(told.team.map(|team| cast.teams[team].id))
                .push(", ")
                .bind(told.is_gone.then_some(step.at))
                .push(", ")
                .bind(told.created)
                .push(")");
        }
        query.push(" ON CONFLICT (id) DO UPDATE SET status = excluded.status, is_active = excluded.is_active, priority = excluded.priority, assignee_id = excluded.assignee_id, team_id = excluded.team_id, trashed_at = excluded.trashed_at");
        tx.run(query).await.unwrap();
        rows_of(&mut tx, some).await;
    }
    tx.commit().await.unwrap();
}

/// Tags, and what the service levels came to.
async fn rows_of(tx: &mut db::Tx, steps: &[&Step]) {
    let mut tags = Query::with("INSERT INTO ticket_tags (ticket_id, tag) VALUES ", Vec::new());
    let mut clocks = Query::with(
        "INSERT INTO sla_clocks (version_id, policy_id, started_at, counted, target, warned, breached, ticket_id, metric, cycle, state, stopped_at, missed_at) VALUES ",
        Vec::new(),
    );
    let (mut has_tags, mut has_clocks) = (false, false);
    for told in steps.iter().map(|step| &step.after) {
        for tag in &told.tags {
            tags.push(if has_tags { ", (" } else { "(" }).bind(told.id).push(", ").bind(TAGS[*tag]).push(")");
            has_tags = true;
        }
        for (metric, is_met, at) in &told.promises {
            clocks
                .push(if has_clocks { ", (" } else { "(" })
                .bind(told.id)
                .push(", ")
                .bind(told.id)
                .push(", ")
                .bind(told.created)
                .push(", 0, 0, FALSE, FALSE, ");
            clocks.bind(told.id).push(", ").bind(METRICS[*metric]).push(", 0, ").bind(if *is_met { "MET" } else { "MISSED" }).push(", ").bind(*at);
            clocks.push(", ").bind((!is_met).then_some(*at)).push(")");
            has_clocks = true;
        }
    }
    tags.push(" ON CONFLICT (ticket_id, tag) DO NOTHING");
    clocks.push(" ON CONFLICT (ticket_id, metric, cycle) DO NOTHING");
    if has_tags {
        tx.run(tags).await.unwrap();
    }
    if has_clocks {
        tx.run(clocks).await.unwrap();
    }
}

/// The day of a moment.
pub fn day(at: i64) -> String {
    Timestamp::from_micros(at).to_jiff().strftime("%F").to_string()
}
