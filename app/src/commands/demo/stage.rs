//! Plays the plan with the verbs that pages and API use, each at its time.

use super::{
    cast::Cast,
    chance::Chance,
    papers, people,
    plan::{Act, Asked, Deed, Plan, Voice},
    stories::Paper,
};
use crate::Error;
use db::{Clock, Db, Timestamp, Tx};
use kernel::{Actor, Fault, Result};
use std::{collections::VecDeque, time::Duration};
use tickets::{Body, Change, Message, NewMessage, NewTicket, Status, Ticket, TicketId, policy::Action};
use web::App;

/// Where the play is played.
pub(super) struct Stage<'a> {
    pub db: &'a Db,
    pub store: &'a files::Store,
    pub cast: Cast,
    pub chance: Chance,
    /// Tickets by their place in the plan; after a closed one was taken up again, the new one.
    ids: Vec<Option<TicketId>>,
    /// When resolved tickets close, in order.
    closing: VecDeque<Timestamp>,
    close_after: Duration,
    worker: jobs::Worker,
}

impl<'a> Stage<'a> {
    pub(super) fn new(app: &'a App, store: &'a files::Store, cast: Cast, chance: Chance, close_after_days: u32) -> Self {
        let db = &app.db;
        let mut worker = jobs::Worker::new(db.clone());
        tickets::register(&mut worker, db);
        let close_after = Duration::from_secs(u64::from(close_after_days) * 86_400);
        Self { db, store, cast, chance, ids: Vec::new(), closing: VecDeque::new(), close_after, worker }
    }

    /// Plays everything, in order, and then what would have happened until `end`.
    pub(super) async fn play(&mut self, plan: &Plan, end: Timestamp) -> std::result::Result<(), Error> {
        self.ids = vec![None; plan.asked.len()];
        for (at, deed) in &plan.deeds {
            self.let_time_pass(*at).await?;
            match deed {
                Deed::Join { customer } => {
                    let mut tx = self.db.write().await?;
                    self.cast.join(&mut tx, *customer).await?;
                    tx.commit().await?;
                }
                Deed::On { ticket, act } => Box::pin(self.act(*ticket, &plan.asked[*ticket], act)).await?,
            }
        }
        self.let_time_pass(end).await?;
        Ok(jobs::sweep(self.db).await?)
    }

    /// Moves the clock; on the way, resolved tickets close by the same jobs as ever.
    async fn let_time_pass(&mut self, until: Timestamp) -> std::result::Result<(), Error> {
        while let Some(due) = self.closing.front().copied().filter(|due| *due < until) {
            self.closing.pop_front();
            self.watch(due).await?;
            while self.worker.step().await? {}
        }
        self.watch(until).await?;
        Ok(sla::catch_up(self.db).await?)
    }

    /// Moves the clock and stops at each deadline on the way, where it is announced as ever.
    async fn watch(&self, until: Timestamp) -> std::result::Result<(), Error> {
        loop {
            let due = sla::next_due(&mut self.db.read().await?).await?;
            let Some(due) = due.filter(|due| *due < until) else { break };
            move_to(self.db.clock(), due);
            sla::catch_up(self.db).await?;
        }
        move_to(self.db.clock(), until);
        Ok(())
    }

    async fn act(&mut self, place: usize, asked: &Asked, act: &Act) -> Result<()> {
        let file = match act {
            Act::Ask(Some(paper)) | Act::Say { paper: Some(paper), .. } => Some(self.keep(asked, *paper).await?),
            _ => None,
        };
        let mut tx = self.db.write().await?;
        let ticket = match (act, self.ids[place]) {
            (Act::Ask(_), _) => self.ask(&mut tx, asked, file).await?,
            (_, Some(id)) => self.work(&mut tx, asked, id, act, file).await?,
            (_, None) => return Err(Fault::Broken("something happens to a ticket before it is made".to_owned())),
        };
        self.ids[place] = Some(ticket.id);
        if ticket.status == Status::Resolved && ticket.resolved_at == Some(tx.now()) {
            self.closing.push_back(tx.now().plus(self.close_after + Duration::from_secs(1)));
        }
        Ok(tx.commit().await?)
    }

    async fn keep(&mut self, asked: &Asked, paper: Paper) -> Result<files::Stored> {
        let (name, bytes) = papers::make(&mut self.chance, &asked.facts, paper);
        files::keep(self.store, &name, bytes).await
    }

    async fn ask(&self, tx: &mut Tx, asked: &Asked, file: Option<files::Stored>) -> Result<Ticket> {
        let Some((requester, actor)) = &self.cast.customers[asked.customer] else { return Err(Fault::Missing) };
        let ticket = Ticket::create(
            tx,
            actor,
            requester,
            NewTicket {
                title: asked.title.clone(),
                content: Body::markdown(asked.content.clone()),
                category: asked.category,
                priority: asked.priority,
                channel: asked.channel,
                cc: asked.cc.iter().map(|colleague| people::address(*colleague)).collect(),
                tags: Vec::new(),
                assignee: None,
                team: None,
                follows: None,
                file_keys: Vec::new(),
            },
        )
        .await?;
        if let Some(file) = file {
            ticket.attach(tx, actor, None, &[], vec![file]).await?;
        }
        Ok(ticket)
    }

    fn actor(&self, asked: &Asked, voice: Voice) -> Result<&Actor> {
        match voice {
            Voice::Staff(staff) => Ok(&self.cast.staff[staff]),
            Voice::Customer => self.cast.customers[asked.customer].as_ref().map(|(_, actor)| actor).ok_or(Fault::Missing),
        }
    }

    async fn work(&self, tx: &mut Tx, asked: &Asked, id: TicketId, act: &Act, file: Option<files::Stored>) -> Result<Ticket> {
        let by = match act {
            Act::Claim { by } | Act::Triage { by, .. } | Act::HandOver { by, .. } => Voice::Staff(*by),
            Act::Say { by, .. } | Act::Settle { by, .. } => *by,
            Act::Ask(_) => Voice::Customer,
        };
        let actor = self.actor(asked, by)?;
        let ticket = Ticket::get(tx, actor, id, Action::See).await?;
        let version = ticket.version;
        match act {
            Act::Claim { .. } => ticket.claim(tx, actor).await,
            Act::Triage { to, .. } => {
                let assignee = to.map(|staff| self.cast.staff[staff].person);
                let change = Change {
                    version,
                    assignee,
                    team: Some(Some(self.cast.teams[asked.story.desk as usize])),
                    priority: Some(asked.story.priority),
                    category: Some(asked.story.category),
                    tags: Some(asked.story.tags.iter().map(|tag| (*tag).to_owned()).collect()),
                    ..Change::default()
                };
                ticket.change(tx, actor, change).await
            }
            Act::HandOver { to, .. } => ticket.change(tx, actor, Change { version, assignee: Some(self.cast.staff[*to].person), ..Change::default() }).await,
            Act::Settle { status, .. } => ticket.change(tx, actor, Change { version, status: Some(*status), ..Change::default() }).await,
            Act::Say { text, is_internal, status, .. } => say(tx, actor, &ticket, asked, (text, *is_internal, *status), file).await,
            Act::Ask(_) => Ok(ticket),
        }
    }
}

async fn say(tx: &mut Tx, actor: &Actor, ticket: &Ticket, asked: &Asked, words: (&str, bool, Option<Status>), file: Option<files::Stored>) -> Result<Ticket> {
    let (text, is_internal, status) = words;
    let channel = if actor.is_staff() { tickets::Channel::Web } else { asked.channel };
    let new = NewMessage { content: Body::markdown(text), is_internal, channel, file_keys: Vec::new(), status, hold: Duration::ZERO };
    let (ticket, message): (Ticket, Message) = ticket.say(tx, actor, new).await?;
    if let Some(file) = file {
        ticket.attach(tx, actor, Some(message.id), &[], vec![file]).await?;
    }
    Ok(ticket)
}

/// Moves the clock forward to a moment; never back.
fn move_to(clock: &Clock, at: Timestamp) {
    clock.advance(at.since(clock.now()));
}
