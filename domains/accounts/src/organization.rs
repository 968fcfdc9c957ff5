//! Organizations: whose people share an address domain, and perhaps their requests.

use db::{Conn, Timestamp, Tx, record, sql};
use kernel::{Actor, Fault, OrganizationId, Result};
use serde_json::json;

record! {
    /// A company or group of customers.
    #[derive(Clone, Debug)]
    pub struct Organization {
        /// The id.
        pub id: OrganizationId,
        /// Shown name.
        pub name: String,
        /// True when its members see each other's requests.
        pub shares_requests: bool,
        /// Since when.
        pub created_at: Timestamp,
        /// Counts changes.
        pub version: i64,
        /// How many people belong to it.
        pub members: i64,
    }
}

macro_rules! organization_from {
    () => {
        "SELECT o.id, o.name, o.shares_requests, o.created_at, o.version, (SELECT COUNT(*) FROM people p WHERE p.organization_id = o.id) FROM organizations o"
    };
}

/// Domains at which anybody can have an address: they make nobody a colleague.
const PUBLIC_DOMAINS: &[&str] = &[
    "gmail.com",
    "googlemail.com",
    "outlook.com",
    "hotmail.com",
    "live.com",
    "msn.com",
    "yahoo.com",
    "icloud.com",
    "me.com",
    "aol.com",
    "gmx.de",
    "gmx.net",
    "web.de",
    "proton.me",
    "protonmail.com",
    "mail.ru",
    "yandex.ru",
    "qq.com",
    "163.com",
    "zoho.com",
    "fastmail.com",
    "t-online.de",
    "orange.fr",
    "free.fr",
];

impl Organization {
    /// Adds one with its mail domains; people with such an address join it.
    pub async fn add(tx: &mut Tx, actor: &Actor, name: &str, domains: &[String], shares_requests: bool) -> Result<Self> {
        let (id, now) = (OrganizationId::new(), tx.now());
        tx.run(sql!("INSERT INTO organizations (id, name, shares_requests, created_at, version) VALUES ($1, $2, $3, $4, 1)", id, name, shares_requests, now))
            .await?;
        tx.record(actor.event("organization.added", ("organization", id.uuid()), true, json!({ "name": name }))).await?;
        let organization = Self::get(tx, id).await?;
        organization.set_domains(tx, domains).await?;
        Self::get(tx, id).await
    }

    /// By id.
    pub async fn get(conn: &mut Conn, id: OrganizationId) -> Result<Self> {
        Ok(conn.one(sql!(concat!(organization_from!(), " WHERE o.id = $1"), id)).await?)
    }

    /// How many there are.
    pub async fn count(conn: &mut Conn) -> Result<i64> {
        Ok(conn.one(sql!("SELECT COUNT(*) FROM organizations")).await?)
    }

    /// What they are called, for choosing one; at most 1,000.
    pub async fn names(conn: &mut Conn) -> Result<Vec<(OrganizationId, String)>> {
        Ok(conn.all(sql!("SELECT id, name FROM organizations ORDER BY name, id LIMIT 1000")).await?)
    }

    /// All of them, by name; at most 1,000.
    pub async fn all(conn: &mut Conn) -> Result<Vec<Self>> {
        Ok(conn.all(sql!(concat!(organization_from!(), " ORDER BY o.name, o.id LIMIT 1000"))).await?)
    }

    /// Its mail domains.
    pub async fn domains(&self, conn: &mut Conn) -> Result<Vec<String>> {
        Ok(conn.all(sql!("SELECT domain FROM organization_domains WHERE organization_id = $1 ORDER BY domain", self.id)).await?)
    }

    /// Which organization an address belongs to.
    pub async fn of_address(conn: &mut Conn, email: &str) -> Result<Option<OrganizationId>> {
        let Some((_, domain)) = email.rsplit_once('@') else { return Ok(None) };
        Ok(conn.first(sql!("SELECT organization_id FROM organization_domains WHERE domain = $1", domain.to_lowercase())).await?)
    }

    /// Changes name, domains and sharing.
    pub async fn change(&self, tx: &mut Tx, actor: &Actor, name: &str, domains: &[String], shares_requests: bool) -> Result<()> {
        tx.run(sql!("UPDATE organizations SET name = $2, shares_requests = $3, version = version + 1 WHERE id = $1", self.id, name, shares_requests)).await?;
        self.set_domains(tx, domains).await?;
        tx.record(actor.event("organization.changed", ("organization", self.id.uuid()), true, json!({ "name": [self.name, name] }))).await?;
        Ok(())
    }

    async fn set_domains(&self, tx: &mut Tx, domains: &[String]) -> Result<()> {
        tx.run(sql!("DELETE FROM organization_domains WHERE organization_id = $1", self.id)).await?;
        for domain in domains {
            let domain = domain.trim().trim_start_matches('@').to_lowercase();
            let well_formed = domain.contains('.') && domain.len() <= 253 && domain.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '.');
            if !well_formed {
                return Err(Fault::field("domains", format!("{domain} is not a domain like company.com.")));
            }
            if PUBLIC_DOMAINS.contains(&domain.as_str()) {
                return Err(Fault::field("domains", format!("Anybody can have an address at {domain}, so it can't name an organization.")));
            }
            let added = tx
                .run(sql!("INSERT INTO organization_domains (domain, organization_id) VALUES ($1, $2) ON CONFLICT (domain) DO NOTHING", &domain, self.id))
                .await?;
            if added == 0 {
                return Err(Fault::field("domains", format!("{domain} belongs to another organization.")));
            }
            tx.run(sql!(
                "UPDATE people SET organization_id = $1, version = version + 1 WHERE organization_id IS NULL AND role = 'CUSTOMER' AND email LIKE $2",
                self.id,
                format!("%@{domain}")
            ))
            .await?;
        }
        Ok(())
    }
}
