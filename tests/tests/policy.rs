//! `may` decides for one ticket and `visible_to` for many: they must agree on every row for everybody.

use crate::world::{Dice, World};
use accounts::{Organization, Team};
use db::{Query, sql};
use kernel::{Actor, PersonId, Role, Scope, Who};
use serde_json::json;
use tickets::{
    Ticket, TicketId,
    policy::{Action, may, visible_to},
};

struct Crowd {
    teams: Vec<Team>,
    organizations: Vec<Organization>,
    people: Vec<PersonId>,
    tickets: Vec<TicketId>,
}

async fn crowd(world: &World, dice: &mut Dice) -> Crowd {
    let mut teams = Vec::new();
    let mut organizations = Vec::new();
    for n in 0..3 {
        teams.push(world.team(&format!("Team {n}")).await);
        organizations.push(world.organization(&format!("Org {n}"), &format!("org{n}.test"), n != 1).await);
    }
    let sue = world.supervisor("Sue").await;
    let (mut staff, mut customers) = (vec![sue.id()], Vec::new());
    for n in 0..5 {
        staff.push(world.agent(&format!("Agent{n}")).await.id());
    }
    for n in 0..8 {
        customers.push(world.person(&format!("C{n}"), &format!("c{n}@org{}.test", n % 4), Role::Customer, None).await.id());
    }
    let people: Vec<PersonId> = staff.iter().chain(&customers).copied().collect();
    let mut tickets = Vec::new();
    for n in 0..60 {
        let mut wish = json!({ "title": format!("T{n}"), "description": "d", "userId": dice.pick(&people) });
        if dice.below(3) > 0 {
            wish["teamId"] = json!(dice.pick(&teams).id);
        }
        if dice.below(2) > 0 {
            wish["assignedTo"] = json!(dice.pick(&staff));
        }
        let id = sue.asks_with(wish).await["id"].as_str().unwrap().to_owned();
        if dice.below(3) == 0 {
            let follower = format!("agent{}@staff.test", dice.below(5));
            sue.post(&format!("/api/support/tickets/{id}/followers"), &json!({ "email": follower, "part": "FOLLOWER" })).await.is(201);
        }
        if dice.below(3) == 0 {
            let n = dice.below(8);
            sue.post(&format!("/api/support/tickets/{id}/followers"), &json!({ "email": format!("c{n}@org{}.test", n % 4) })).await.is(201);
        }
        if dice.below(6) == 0 {
            sue.delete(&format!("/api/support/tickets/{id}")).await.is(204);
        }
        tickets.push(id.parse().unwrap());
    }
    Crowd { teams, organizations, people, tickets }
}

fn somebody(dice: &mut Dice, crowd: &Crowd) -> Actor {
    let person = Some(*dice.pick(&crowd.people));
    let who = match dice.below(8) {
        0 => Who::Stranger,
        1 => Who::Guest(dice.pick(&crowd.tickets).uuid()),
        2 => Who::System,
        3 | 4 => Who::Token(vec![Scope::TicketsRead]),
        _ => Who::Session,
    };
    let role = *dice.pick(Role::ALL);
    let organization = (dice.below(3) > 0).then(|| dice.pick(&crowd.organizations));
    Actor {
        person: if matches!(who, Who::Stranger | Who::System) { None } else { person },
        role: if who == Who::System { Role::Admin } else { role },
        who,
        teams: crowd.teams.iter().filter(|_| dice.below(2) == 0).map(|team| team.id).collect(),
        shares_requests: organization.is_some_and(|organization| organization.shares_requests),
        organization: organization.map(|organization| organization.id),
        ..Actor::stranger()
    }
}

both! {
    async fn what_one_may_see_is_what_lists_show_for_everybody_on_every_row(world) {
        let mut dice = Dice(7);
        let crowd = crowd(world, &mut dice).await;
        let mut conn = world.read().await;
        let (system, mut seen, mut unseen) = (Actor::system("Test"), 0, 0);
        let mut rows = Vec::new();
        for id in &crowd.tickets {
            rows.push(Ticket::get(&mut conn, &system, *id, Action::See).await.unwrap());
        }

        for _ in 0..300 {
            let actor = somebody(&mut dice, &crowd);
            let mut query = Query::with("SELECT t.id FROM tickets t WHERE 1 = 1", Vec::new());
            visible_to(&actor, &mut query);
            let listed: Vec<TicketId> = conn.all(query).await.unwrap();
            let parts = tickets::seen_by_parts(&mut conn, &actor).await.unwrap();
            assert_eq!(parts.len(), listed.len(), "the parts share no ticket: {actor:?}");
            assert!(parts.iter().all(|id| listed.contains(id)), "the parts hold what all holds: {actor:?}");
            let listens: Vec<TicketId> = conn.all(sql!("SELECT ticket_id FROM ticket_people WHERE person_id = $1", actor.person)).await.unwrap();
            for ticket in rows.iter().filter(|ticket| ticket.trashed_at.is_none()) {
                let may_see = may(&actor, Action::See, ticket, listens.contains(&ticket.id));
                assert_eq!(may_see, listed.contains(&ticket.id), "{actor:?}\n{ticket:?}");
                if may_see { seen += 1 } else { unseen += 1 }
            }
            assert!(rows.iter().filter(|ticket| ticket.trashed_at.is_some()).all(|ticket| !listed.contains(&ticket.id)), "the trash is in no list: {actor:?}");
        }

        assert!(seen > 1_000 && unseen > 1_000, "the dice showed both sides: {seen} seen, {unseen} not");
    }

    async fn whoever_may_do_anything_to_a_ticket_may_see_it(world) {
        let mut dice = Dice(8);
        let crowd = crowd(world, &mut dice).await;
        let mut conn = world.read().await;

        for id in &crowd.tickets {
            let ticket = Ticket::get(&mut conn, &Actor::system("Test"), *id, Action::See).await.unwrap();
            for _ in 0..100 {
                let (actor, listens) = (somebody(&mut dice, &crowd), dice.below(2) == 0);
                for action in Action::ALL.into_iter().filter(|action| may(&actor, *action, &ticket, listens)) {
                    assert!(may(&actor, Action::See, &ticket, listens), "{action:?} without seeing: {actor:?}");
                    assert!(actor.is_staff() || !matches!(action, Action::Note | Action::Change | Action::Trash), "{action:?} is for staff: {actor:?}");
                }
            }
        }
    }
}
