//! People: staff and customers alike, one row each, known by their mail address.

use crate::{Organization, Password, policy};
use db::{Conn, Query, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, OrganizationId, PersonId, Result, Role};
use serde_json::json;

record! {
    /// Somebody we know.
    #[derive(Clone, Debug)]
    pub struct Person {
        /// The id.
        pub id: PersonId,
        /// Mail address, lower case; unique.
        pub email: String,
        /// Shown name.
        pub name: String,
        /// What they are.
        pub role: Role,
        /// Their organization.
        pub organization_id: Option<OrganizationId>,
        /// Its name.
        pub organization: Option<String>,
        /// IANA time zone.
        pub zone: String,
        /// BCP 47 language tag.
        pub language: String,
        /// Single-key shortcuts wanted.
        pub keys_on: bool,
        /// When the address was proven to be theirs.
        pub verified_at: Option<Timestamp>,
        /// Since when they may not sign in.
        pub disabled_at: Option<Timestamp>,
        /// Since when we know them.
        pub created_at: Timestamp,
        /// Counts changes.
        pub version: i64,
    }
}

macro_rules! person_from {
    () => {
        "SELECT p.id, p.email, p.name, p.role, p.organization_id, o.name, p.zone, p.language, p.keys_on, p.verified_at, p.disabled_at, p.created_at, p.version
         FROM people p LEFT JOIN organizations o ON o.id = p.organization_id"
    };
}

/// What is needed to add somebody.
pub struct NewPerson<'a> {
    /// Mail address, lower case.
    pub email: &'a str,
    /// Shown name.
    pub name: &'a str,
    /// What they will be.
    pub role: Role,
    /// Argon2id hash, if they have a password.
    pub password_hash: Option<String>,
    /// True when the address was proven to be theirs.
    pub is_verified: bool,
}

/// Which people are looked for.
pub struct Search<'a> {
    /// What the name or the address begins with; empty for all.
    pub q: &'a str,
    /// What they are.
    pub role: Option<Role>,
    /// The last one of the page before.
    pub after: Option<PersonId>,
    /// How many at most.
    pub limit: i64,
}

impl Person {
    /// Adds somebody. A second person of the same address is refused on the field `email`.
    pub async fn add(tx: &mut Tx, actor: &Actor, new: NewPerson<'_>) -> Result<Self> {
        let (id, now) = (PersonId::new(), tx.now());
        let organization = if new.role == Role::Customer { Organization::of_address(tx, new.email).await? } else { None };
        let verified_at = new.is_verified.then_some(now);
        let added = tx
            .run(sql!(
                "INSERT INTO people (id, email, name, folded, role, organization_id, password_hash, zone, language, keys_on, verified_at, created_at, version)
             VALUES ($1, $2, $3, $4, $5, $6, $7, 'UTC', 'en-GB', TRUE, $8, $9, 1) ON CONFLICT (email) DO NOTHING",
                id,
                new.email,
                new.name,
                fold(new.name, new.email),
                new.role,
                organization,
                new.password_hash,
                verified_at,
                now
            ))
            .await?;
        if added == 0 {
            return Err(Fault::field("email", "Somebody with this address exists already."));
        }
        tx.record(actor.event("person.added", ("person", id.uuid()), true, json!({ "role": new.role }))).await?;
        Self::get(tx, id).await
    }

    /// The customer with this address; added without a password when new. Used for guests and mail.
    pub async fn of_guest(tx: &mut Tx, actor: &Actor, email: &str, name: &str) -> Result<Self> {
        match Self::by_email(tx, email).await? {
            Some(person) => Ok(person),
            None => Self::add(tx, actor, NewPerson { email, name, role: Role::Customer, password_hash: None, is_verified: true }).await,
        }
    }

    /// By id, without asking for rights: see `policy` for the gate.
    pub async fn get(conn: &mut Conn, id: PersonId) -> Result<Self> {
        Ok(conn.one(sql!(concat!(person_from!(), " WHERE p.id = $1"), id)).await?)
    }

    /// By mail address.
    pub async fn by_email(conn: &mut Conn, email: &str) -> Result<Option<Self>> {
        Ok(conn.first(sql!(concat!(person_from!(), " WHERE p.email = $1"), email.to_lowercase())).await?)
    }

    /// Everybody on the staff who can sign in, by name.
    pub async fn staff(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn
            .all(sql!(concat!(
                person_from!(),
                " WHERE p.role IN ('AGENT', 'SUPERVISOR', 'ADMIN') AND p.disabled_at IS NULL ORDER BY p.folded, p.id LIMIT 1000"
            )))
            .await?)
    }

    /// A page of the people the actor may see, by name, after the last one seen.
    pub async fn find(conn: &mut Conn, actor: &Actor, search: &Search<'_>) -> Result<Vec<Self>> {
        Ok(conn.all(Self::query(actor, search)).await?)
    }

    fn query(actor: &Actor, search: &Search<'_>) -> Query {
        let mut query = sql!(concat!(person_from!(), " WHERE 1 = 1"));
        policy::visible_to(actor, &mut query);
        let q = search.q.trim().to_lowercase();
        if q.contains('@') {
            query.push(" AND p.email >= ").bind(&q).push(" AND p.email < ").bind(next_text(&q));
        } else if !q.is_empty() {
            query.push(" AND p.folded >= ").bind(&q).push(" AND p.folded < ").bind(next_text(&q));
        }
        if let Some(role) = search.role {
            query.push(" AND p.role = ").bind(role);
        }
        if let Some(after) = search.after {
            query.push(" AND (p.folded, p.id) > (SELECT folded, id FROM people WHERE id = ").bind(after).push(")");
        }
        query.push(" ORDER BY p.folded, p.id").limit(search.limit);
        query
    }

    /// The people of an organization, by name.
    pub async fn of_organization(conn: &mut Conn, organization: OrganizationId, limit: i64) -> Result<Vec<Self>> {
        Ok(conn.all(sql!(concat!(person_from!(), " WHERE p.organization_id = $1 ORDER BY p.folded, p.id LIMIT $2"), organization, limit)).await?)
    }

    /// How many there are of each role.
    pub async fn count(conn: &mut Conn) -> Result<Vec<(Role, i64)>> {
        Ok(conn.all(sql!("SELECT role, COUNT(*) FROM people GROUP BY role")).await?)
    }

    /// True when somebody can administer the installation.
    pub async fn has_admin(conn: &mut Conn) -> Result<bool> {
        let admins: i64 = conn.one(sql!("SELECT COUNT(*) FROM people WHERE role = 'ADMIN' AND disabled_at IS NULL AND password_hash IS NOT NULL")).await?;
        Ok(admins > 0)
    }

    /// Changes name, zone, language and shortcuts.
    pub async fn change_profile(&self, tx: &mut Tx, actor: &Actor, name: &str, zone: &str, language: &str, keys_on: bool) -> Result<()> {
        tx.run(sql!(
            "UPDATE people SET name = $2, folded = $3, zone = $4, language = $5, keys_on = $6, version = version + 1 WHERE id = $1",
            self.id,
            name,
            fold(name, &self.email),
            zone,
            language,
            keys_on
        ))
        .await?;
        self.changed(tx, actor, "person.profile_changed", json!({ "name": [self.name, name] })).await
    }

    /// Makes somebody something else. The last admin stays one.
    pub async fn change_role(&self, tx: &mut Tx, actor: &Actor, role: Role) -> Result<()> {
        if role == self.role {
            return Ok(());
        }
        if self.role == Role::Admin {
            self.keep_an_admin(tx).await?;
        }
        tx.run(sql!("UPDATE people SET role = $2, version = version + 1 WHERE id = $1", self.id, role)).await?;
        if role == Role::Customer {
            tx.run(sql!("DELETE FROM team_members WHERE person_id = $1", self.id)).await?;
        }
        crate::session::end_all(tx, self.id, None).await?; // rights changed: sign in anew
        self.changed(tx, actor, "person.role_changed", json!({ "role": [self.role, role] })).await
    }

    /// Puts somebody into an organization, or into none.
    pub async fn change_organization(&self, tx: &mut Tx, actor: &Actor, organization: Option<OrganizationId>) -> Result<()> {
        if let Some(id) = organization {
            Organization::get(tx, id).await?;
        }
        tx.run(sql!("UPDATE people SET organization_id = $2, version = version + 1 WHERE id = $1", self.id, organization)).await?;
        self.changed(tx, actor, "person.organization_changed", json!({})).await
    }

    /// Lets somebody in no more, or again. Their sessions end at once.
    pub async fn set_disabled(&self, tx: &mut Tx, actor: &Actor, is_disabled: bool) -> Result<()> {
        if is_disabled && self.role == Role::Admin {
            self.keep_an_admin(tx).await?;
        }
        let since = is_disabled.then(|| tx.now());
        tx.run(sql!("UPDATE people SET disabled_at = $2, version = version + 1 WHERE id = $1", self.id, since)).await?;
        if is_disabled {
            crate::session::end_all(tx, self.id, None).await?;
        }
        self.changed(tx, actor, if is_disabled { "person.disabled" } else { "person.enabled" }, json!({})).await
    }

    /// Stores a new password (hashed before the transaction) and ends all other sessions.
    pub async fn set_password_hash(&self, tx: &mut Tx, actor: &Actor, hash: &str) -> Result<()> {
        let now = tx.now();
        tx.run(sql!("UPDATE people SET password_hash = $2, verified_at = COALESCE(verified_at, $3), version = version + 1 WHERE id = $1", self.id, hash, now))
            .await?;
        crate::session::end_all(tx, self.id, actor.session).await?;
        self.changed(tx, actor, "person.password_changed", json!({})).await
    }

    /// This person as the one who acts, with no session yet: for what a one-time link lets them do.
    pub fn acting(&self) -> Actor {
        Actor { who: kernel::Who::Session, person: Some(self.id), name: self.name.clone(), email: self.email.clone(), role: self.role, ..Actor::stranger() }
    }

    /// The first word of the name, for greetings.
    pub fn first_name(&self) -> &str {
        self.name.split_whitespace().next().unwrap_or(&self.name)
    }

    /// Who this is when it signs in with this password. It takes as long when there is nobody or no password.
    pub async fn by_password(db: &db::Db, email: &str, password: &str) -> Result<Option<Self>> {
        let mut conn = db.read().await?;
        let stored: Option<Option<String>> =
            conn.first(sql!("SELECT password_hash FROM people WHERE email = $1 AND disabled_at IS NULL", email.to_lowercase())).await?;
        drop(conn);
        if !crate::password::verify(password.to_owned(), stored.flatten()).await? {
            return Ok(None);
        }
        Self::by_email(&mut db.read().await?, email).await
    }

    /// Adds or changes somebody from the command line.
    pub async fn put(tx: &mut Tx, actor: &Actor, email: &str, name: &str, role: Role, password: Option<String>) -> Result<Self> {
        let person = match Self::by_email(tx, email).await? {
            Some(person) => person,
            None => Self::add(tx, actor, NewPerson { email, name, role, password_hash: None, is_verified: true }).await?,
        };
        person.change_role(tx, actor, role).await?;
        if let Some(hash) = password {
            person.set_password_hash(tx, actor, &hash).await?;
        }
        Self::get(tx, person.id).await
    }

    async fn keep_an_admin(&self, tx: &mut Tx) -> Result<()> {
        let others: i64 = tx.one(sql!("SELECT COUNT(*) FROM people WHERE role = 'ADMIN' AND disabled_at IS NULL AND id <> $1", self.id)).await?;
        if others > 0 {
            return Ok(());
        }
        Err(Fault::Conflict { kind: "last-admin", detail: "This is the last admin. Make somebody else an admin first.".to_owned() })
    }

    async fn changed(&self, tx: &mut Tx, actor: &Actor, kind: &'static str, data: serde_json::Value) -> Result<()> {
        Ok(tx.record(actor.event(kind, ("person", self.id.uuid()), true, data)).await?)
    }
}

impl Person {
    /// Checks and hashes a password for this person.
    pub async fn hash_password(&self, text: &str) -> Result<String> {
        Password::new(text, &self.email, &self.name)?.hash().await
    }
}

fn fold(name: &str, email: &str) -> String {
    format!("{} {}", name.to_lowercase(), email.to_lowercase())
}

/// The first text after all that begin with `prefix`, for range scans that mean `prefix%`.
fn next_text(prefix: &str) -> String {
    format!("{prefix}\u{10FFFF}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use db::{Clock, Db, Options};

    #[tokio::test]
    async fn the_list_of_people_reads_an_index_and_sorts_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let db = Db::open(&Options::Sqlite(folder.path().join("support.db")), Clock::default()).await.unwrap();
        db.migrate(crate::MIGRATIONS).await.unwrap();
        let (actor, after) = (Actor::system("Test"), Some(PersonId::new()));
        let mut conn = db.read().await.unwrap();
        for (q, role, after) in [("", None, None), ("ana", None, None), ("", Some(Role::Agent), None), ("", None, after), ("ana", Some(Role::Agent), after)] {
            let plan = conn.plan(Person::query(&actor, &Search { q, role, after, limit: 50 })).await.unwrap();
            assert!(plan.contains("USING INDEX people_by_") && !plan.contains("TEMP B-TREE"), "{q} {role:?}: {plan}");
        }
    }
}
