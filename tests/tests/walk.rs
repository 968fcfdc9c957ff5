//! The people and things of the permission walk, and how each route is asked.

use crate::{
    client::{Told, Visitor},
    incidents::Outage,
    later::at,
    walk_knowledge::Shelf,
    walk_mail::Post,
    walk_rows::{self, Work},
    walk_table::BODIES,
    world::World,
};
use accounts::{Session, Team, Token};
use db::{Id, sql};
use kernel::{Actor, Scope};
use serde_json::json;
use uuid::Uuid;

/// A part of the spare stage, or a new one.
macro_rules! either {
    ($spare:expr, $field:ident, $new:expr) => {
        match $spare {
            Some(spare) => spare.$field.clone(),
            None => $new.await,
        }
    };
}

pub const PASSWORD: &str = "correct horse battery";
/// A picture of one pixel.
pub const PIXEL: &[u8] = include_bytes!("pixel.png");

/// The people in the order of the table's columns.
pub struct Stage {
    pub people: Vec<Visitor>,
    team: Team,
    other: Visitor,
    ticket: String,
    outage: Outage,
    public: String,
    file: files::File,
    session: String,
    token: String,
    organization: String,
    job: String,
    guest: String,
    rule: String,
    /// A webhook that is off, and a delivery of its log.
    webhook: (String, String),
    /// A notice of the requester, and what could not be sent of it.
    notice: (String, String),
    /// A browser of the requester.
    browser: String,
    work: Work,
    named: String,
    bulk: String,
    view: String,
    scheduled: String,
    post: Post,
    shelf: Shelf,
}

impl Stage {
    /// Requester Cleo, another customer, an agent elsewhere, one of the team, a supervisor, an admin, and the agent's token for people only.
    /// What takes long to make is new for the line that names it, and that of `spare` for all others.
    pub async fn set(world: &World, password_hash: &str, line: &str, spare: Option<&Self>) -> Self {
        let body = BODIES.iter().find(|(known, _)| *known == line).map_or("", |(_, body)| body);
        let spare = |parts: &[&str]| spare.filter(|_| !parts.iter().any(|part| line.contains(part) || body.contains(part)));
        let n = Uuid::new_v4().simple().to_string();
        let named = |name: &str| format!("{name}{}", &n[..10]);
        let (team, foreign) = (world.team(&named("Team")).await, world.team(&named("Foreign")).await);
        let (cleo, ana) = (world.customer(&named("Cleo")).await, world.agent_of(&named("Ana"), &team).await);
        let people = vec![
            world.stranger(),
            cleo,
            world.customer(&named("Otto")).await,
            world.agent_of(&named("Fay"), &foreign).await,
            ana,
            world.supervisor(&named("Sue")).await,
            world.admin(&named("Ada")).await,
        ];
        let (cleo, ana) = (&people[1], &people[4]);
        let other = world.customer(&named("Else")).await;
        let token = world.token(ana, &[Scope::PeopleRead]).await;
        let ticket = people[5].asks_with(json!({ "title": "Walk", "description": "w", "userId": cleo.id(), "teamId": team.id })).await["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let outage = either!(
            spare(&["{link}", "{update}", "{second}", "{number}", "/incident", "/updates"]),
            outage,
            Outage::set(&people[5], ana, cleo, team.id, &ticket)
        );
        let public = ana.replies(&ticket, "Hello").await["id"].as_str().unwrap().to_owned();
        let file = either!(spare(&["/files/"]), file, walk_rows::file_of_a_note(world, ana, &ticket));
        let work = either!(spare(&["/checklist", "/time"]), work, Work::set(world, ana, &people[5], &ticket, &named("List")));
        if spare(&["{person}", "/followers"]).is_none() {
            cleo.post(&format!("/api/support/tickets/{ticket}/followers"), &json!({ "email": format!("{n}@copy.test") })).await.is(201);
        }
        let named_macro = either!(spare(&["macro"]), named, walk_rows::a_macro(&people[5], &named("Macro"), team.id));
        let bulk = either!(spare(&["/bulk/{id}"]), bulk, walk_rows::bulk(ana, &ticket));
        let scheduled = either!(spare(&["/scheduled", "/later/"]), scheduled, walk_rows::scheduled(ana, &ticket, &at(world, 1)));
        let view = either!(spare(&["/views"]), view, walk_rows::view(ana));
        let webhook = either!(spare(&["/webhooks"]), webhook, crate::receiver::quiet(world));
        let organization =
            either!(spare(&["/organizations"]), organization, async { world.organization("Walk", &format!("{n}.test"), false).await.id.to_string() });
        let post = either!(spare(&["/mail", "{sending}"]), post, Post::set(world, &people[6], &n, &ticket, line.contains("/mailboxes/")));
        let shelf = either!(spare(&["/knowledge", "/help/", "{slug}", "{category}"]), shelf, Shelf::set(&people[5], &n));
        let mut tx = world.write().await;
        Token::add(&mut tx, &Actor::system("Test"), cleo.id(), "theirs", &[], None).await.unwrap();
        tx.run(sql!("UPDATE people SET password_hash = $1 WHERE password_hash IS NULL", password_hash)).await.unwrap();
        let person = accounts::Person::get(&mut tx, cleo.id()).await.unwrap();
        Session::begin(&mut tx, &person, "127.0.0.1", "other browser").await.unwrap();
        walk_rows::made_by_admins(&mut tx).await;
        let (job, rule) = (walk_rows::job(&mut tx).await, walk_rows::rule(&mut tx).await);
        let notice = crate::notices::one(&mut tx, cleo.id(), ticket.parse().unwrap()).await;
        let browser = crate::push::quiet(&mut tx, cleo.id()).await;
        let guest = accounts::Link::add(&mut tx, accounts::Purpose::Guest, Some(cleo.id()), Some(ticket.parse().unwrap()), &json!({})).await.unwrap();
        let token_row = Token::of(&mut tx, cleo.id()).await.unwrap().remove(0).id.to_string();
        let session = Session::of(&mut tx, cleo.id()).await.unwrap().into_iter().find(|session| session.agent == "other browser").unwrap().id.to_string();
        tx.commit().await.unwrap();
        let people = people.into_iter().chain([token]).collect();
        Self {
            people,
            team,
            other,
            ticket,
            outage,
            public,
            file,
            session,
            token: token_row,
            organization,
            job: job.to_string(),
            guest,
            rule: rule.to_string(),
            webhook,
            notice,
            browser,
            work,
            named: named_macro,
            bulk,
            view,
            scheduled,
            post,
            shelf,
        }
    }

    /// The real address of a route for one person.
    pub async fn path(&self, world: &World, route: &str, who: &Visitor, upload: &str) -> String {
        let id = match route.split('/').nth(1).unwrap() {
            _ if route.contains("/knowledge/") => self.shelf.id(route),
            _ if route.starts_with("/help/files/") => return self.shelf.image.clone(),
            _ if route.contains("/mail/{id}") || route.contains("/mailboxes") => self.post.id(route),
            "api" if route.contains("people") => self.people[2].id().to_string(),
            "desk" | "api" if route.contains("/views") => self.view.clone(),
            "desk" | "api" if route.contains("/macros/{id}") => self.named.clone(),
            "desk" | "api" if route.contains("/bulk/{id}") => self.bulk.clone(),
            _ if route.contains("/webhooks/{id}") => self.webhook.0.clone(),
            _ if route.contains("/browsers/{id}") => self.browser.clone(),
            "admin" if route.contains("/notifications/") => self.notice.1.clone(),
            _ if route.contains("/notifications/{id}") => self.notice.0.clone(),
            "api" if route.contains("/rules/{id}") => self.rule.clone(),
            _ if ["/{id}/incident", "/{id}/updates", "/incidents/{id}"].iter().any(|part| route.contains(part)) => self.outage.second.0.clone(),
            // of a search that nobody asked, too: whether there was one is not told
            "requests" | "desk" | "api" | "search" => self.ticket.clone(),
            "admin" if route.contains("automations") => self.rule.clone(),
            "admin" if route.contains("assignment/people") => self.people[4].id().to_string(),
            "admin" if route.contains("people") => self.other.id().to_string(),
            "admin" if route.contains("teams") => self.team.id.to_string(),
            "admin" if route.contains("organizations") => self.organization.clone(),
            "admin" if route.contains("/sla/") || route.contains("/calendars/") => crate::deadlines::spare(world, route.contains("/sla/")).await,
            "admin" => self.job.clone(),
            "profile" if route.contains("sessions") => self.session.clone(),
            "profile" => self.token.clone(),
            "files" => return self.file_path(world, route, who).await.replace("{key}", upload),
            _ => String::new(),
        };
        let token = if route.starts_with("/r/") { &self.guest } else { "no-such-link" };
        let copy: Id<kernel::Person> = world
            .read()
            .await
            .one(sql!("SELECT person_id FROM ticket_people WHERE ticket_id = $1 AND part = 'CC'", self.ticket.parse::<Uuid>().unwrap()))
            .await
            .unwrap_or_default();
        route
            .replace("{id}", &id)
            .replace("{token}", token)
            .replace("{macro}", &self.named)
            .replace("{message}", &self.public)
            .replace("{link}", &self.outage.link)
            .replace("{update}", &self.outage.update)
            .replace("{delivery}", &self.webhook.1)
            .replace("{person}", &copy.to_string())
            .replace("{panel}", "own-requests")
            .replace("{item}", if route.contains("/checklist/") { &self.work.item } else { &self.scheduled })
            .replace("{entry}", &self.work.entry)
            .replace("{sending}", &self.post.sending)
            .replace("{kind}", "reply")
            .replace("{template}", &self.work.template.to_string())
            .replace("{key}", "walk")
            .replace("{number}", "1")
            .replace("{slug}", self.shelf.slug(route))
    }

    /// A link made for this very person, so that only the right decides.
    async fn file_path(&self, world: &World, route: &str, who: &Visitor) -> String {
        if route.contains("{key}") || !route.contains("{id}") {
            return route.to_owned();
        }
        let actor = match (who.token(), who.cookie("session")) {
            (Some(token), _) => (world.app.authenticate)(&world.app, web::Credential::Token(token)).await.unwrap().unwrap(),
            (None, Some(_)) => world.actor(who).await,
            _ => world.actor(&self.people[6]).await,
        };
        if route.ends_with("preview") { files::preview_link(&world.app, &actor, &self.file).unwrap() } else { files::link(&world.app, &actor, &self.file) }
    }

    pub async fn ask(&self, world: &World, method: &str, route: &str, who: &Visitor) -> Told {
        let body = BODIES.iter().find(|(known, _)| *known == format!("{method} {route}")).map_or("", |(_, body)| body);
        let mut whole = String::new();
        let part = if route.contains("/uploads/{key}") {
            self.people[1].begins_upload("walk.txt", 4).await.is(201).header("location").rsplit('/').next().unwrap().to_owned()
        } else {
            String::new()
        };
        if body.contains("{upload}") {
            let uploader = if who.token().is_some() || who.cookie("session").is_none() { &self.people[1] } else { who };
            whole = uploader.uploads("walk.txt", b"walk").await;
        }
        let path = self.path(world, route, who, &part).await;
        let version: i64 = world.count(sql!("SELECT version FROM tickets WHERE id = $1", self.ticket.parse::<Uuid>().unwrap())).await;
        let of_template: i64 = world.count(sql!("SELECT COALESCE(MAX(version), 0) FROM checklist_templates WHERE id = $1", self.work.template)).await;
        let fresh = format!("{}@fresh.test", Uuid::new_v4().simple());
        let body = [
            ("{version}", version.to_string()),
            ("{version-of-template}", of_template.to_string()),
            ("{version-of-shelf}", self.shelf.version(world, route).await.to_string()),
            ("{category}", self.shelf.category.clone()),
            ("{ticket}", self.ticket.clone()),
            ("{soon}", at(world, 1)),
            ("{fresh}", fresh),
            ("{upload}", whole),
            ("{other}", self.other.id().to_string()),
            ("{password}", PASSWORD.to_owned()),
            ("{email}", self.other.email.clone()),
            ("{agent}", self.people[4].id().to_string()),
            ("{team}", self.team.id.to_string()),
            ("{second}", self.outage.second.0.clone()),
            ("{number}", self.outage.second.1.to_string()),
            ("{public}", self.public.clone()),
        ]
        .into_iter()
        .fold(body.to_owned(), |body, (mark, value)| body.replace(mark, &value));
        match body.split_once(' ') {
            Some(("json", body)) => who.json(method, &path, &serde_json::from_str(body).unwrap()).await,
            Some(("form", body)) => {
                who.send(
                    who.request(method, &path).header("content-type", "application/x-www-form-urlencoded").body(body.replace('@', "%40").replace(' ', "+")),
                )
                .await
            }
            Some(("query", query)) => who.send(who.request(method, &format!("{path}?{query}"))).await,
            Some(("mail", raw)) => who.send(who.request(method, &path).header("content-type", "message/rfc822").body(raw.to_owned())).await,
            Some(("calendar", _)) => who.multipart(&path, &[], &[("days.ics", crate::deadlines::ICS)]).await,
            Some(("picture", _)) => who.multipart(&path, &[], &[("logo.png", PIXEL)]).await,
            Some(("headers", lines)) => {
                let request = lines
                    .split('|')
                    .map(|line| line.split_once(':').unwrap())
                    .fold(who.request(method, &path), |request, (name, value)| request.header(name, value));
                who.send(if method == "PATCH" { request.body("walk") } else { request }).await
            }
            _ => who.send(who.request(method, &path)).await,
        }
    }
}
