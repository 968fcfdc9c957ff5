//! A browser that tells its person with no page open. It is added by itself, signed in, and stops with that session.

use base64::{
    Engine as _,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use db::{Conn, Id, Query, Timestamp, Tx, record, sql};
use fetch::Client;
use kernel::{Actor, Fault, PersonId, Result, Who};
use serde_json::json;
use std::collections::{HashMap, HashSet};
use uuid::Uuid;
use web_push_native::{Auth, p256::PublicKey};

/// Browsers of one person; a new one takes the place of the oldest.
const MOST: i64 = 10;
/// Browsers give base64url, some of them padded.
const BASE64: GeneralPurpose =
    GeneralPurpose::new(&base64::alphabet::URL_SAFE, GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent));

/// The id of a browser.
pub type BrowserId = Id<Browser>;

record! {
    /// A browser.
    #[derive(Clone, Debug)]
    pub struct Browser {
        /// The id.
        pub id: BrowserId,
        /// Whose.
        pub person_id: PersonId,
        /// As people know it: `Firefox on Linux`.
        pub name: String,
        /// Since when it tells.
        pub created_at: Timestamp,
    }
}

/// What a browser says of itself: where its push service takes what is for it, and for what it is to be encrypted.
pub(crate) struct Subscription {
    endpoint: String,
    public_key: String,
    auth: String,
}

impl web::Form for Subscription {
    fn read(fields: &mut web::Fields) -> Self {
        Self { endpoint: fields.text("endpoint", 2_000), public_key: fields.text("p256dh", 120), auth: fields.text("auth", 60) }
    }
}

/// Where to send, and the keys.
pub(crate) struct Way {
    pub endpoint: String,
    pub public_key: PublicKey,
    pub auth: Auth,
}

impl Browser {
    /// Those of a person, the oldest first.
    pub(crate) async fn of(conn: &mut Conn, person: PersonId) -> Result<Vec<Self>> {
        Ok(Self::of_people(conn, &HashSet::from([person])).await?.remove(&person).unwrap_or_default())
    }

    /// Those of many people. One whose session has ended tells nothing any more.
    pub(crate) async fn of_people(conn: &mut Conn, people: &HashSet<PersonId>) -> Result<HashMap<PersonId, Vec<Self>>> {
        let mut query = Query::with(
            "SELECT b.id, b.person_id, b.name, b.created_at FROM notice_browsers b JOIN sessions s ON s.id = b.session_id WHERE s.expires_at > ",
            Vec::new(),
        );
        query.bind(conn.now()).push(" AND b.person_id IN ").list(people.iter().copied()).push(" ORDER BY b.id");
        let mut of: HashMap<PersonId, Vec<Self>> = HashMap::new();
        for browser in conn.all::<Self>(query).await? {
            of.entry(browser.person_id).or_default().push(browser);
        }
        Ok(of)
    }

    /// Adds the browser with which the actor is signed in; the same one again is the actor's now.
    /// Refuses an endpoint that may not be asked, keys that are none, and who is not in a browser.
    pub(crate) async fn add(tx: &mut Tx, client: &Client, actor: &Actor, agent: &str, wish: Subscription) -> Result<Self> {
        let (Who::Session, Some(session)) = (&actor.who, actor.session) else {
            return Err(Fault::Forbidden("A browser is added by itself, signed in.".to_owned()));
        };
        let person = crate::policy::own(actor)?;
        client.check(&wish.endpoint).map_err(|refusal| Fault::field("endpoint", refusal.to_string()))?;
        let (public_key, auth) = (bytes("p256dh", &wish.public_key)?, bytes("auth", &wish.auth)?);
        keys(&public_key, &auth)?;
        let browser = Self { id: BrowserId::new(), person_id: person, name: accounts::browser(agent), created_at: tx.now() };
        tx.run(sql!("DELETE FROM notice_browsers WHERE endpoint = $1", &wish.endpoint)).await?;
        tx.run(sql!(
            "INSERT INTO notice_browsers (id, person_id, session_id, endpoint, public_key, auth, name, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
            browser.id,
            person,
            session,
            &wish.endpoint,
            public_key,
            auth,
            &browser.name,
            browser.created_at
        ))
        .await?;
        tx.run(sql!(
            "DELETE FROM notice_browsers WHERE person_id = $1 AND id NOT IN (SELECT id FROM notice_browsers WHERE person_id = $1 ORDER BY id DESC LIMIT $2)",
            person,
            MOST
        ))
        .await?;
        tx.record(actor.event("notices.browser_added", ("notices", person.uuid()), true, json!({ "browser": browser.name }))).await?;
        Ok(browser)
    }

    /// Removes one of the person's own.
    pub(crate) async fn remove(tx: &mut Tx, actor: &Actor, id: BrowserId) -> Result<()> {
        let person = crate::policy::own(actor)?;
        if tx.run(sql!("DELETE FROM notice_browsers WHERE id = $1 AND person_id = $2", id, person)).await? == 0 {
            return Err(Fault::Missing);
        }
        Ok(tx.record(actor.event("notices.browser_removed", ("notices", person.uuid()), true, json!({}))).await?)
    }

    /// Removes one whose push service does not know it any more.
    pub(crate) async fn forget(tx: &mut Tx, id: BrowserId) -> Result<()> {
        tx.run(sql!("DELETE FROM notice_browsers WHERE id = $1", id)).await?;
        Ok(())
    }

    /// Where to send to it; none once it is gone or its session has ended.
    pub(crate) async fn way(conn: &mut Conn, id: BrowserId) -> Result<Option<Way>> {
        let now = conn.now();
        let found: Option<(String, Vec<u8>, Vec<u8>)> = conn
            .first(sql!(
                "SELECT b.endpoint, b.public_key, b.auth FROM notice_browsers b JOIN sessions s ON s.id = b.session_id WHERE b.id = $1 AND s.expires_at > $2",
                id,
                now
            ))
            .await?;
        let Some((endpoint, public_key, auth)) = found else { return Ok(None) };
        let (public_key, auth) = keys(&public_key, &auth)?;
        Ok(Some(Way { endpoint, public_key, auth }))
    }
}

fn bytes(field: &'static str, text: &str) -> Result<Vec<u8>> {
    BASE64.decode(text).map_err(|_| Fault::field(field, "This is not base64url."))
}

fn keys(public_key: &[u8], auth: &[u8]) -> Result<(PublicKey, Auth)> {
    let public_key = PublicKey::from_sec1_bytes(public_key).map_err(|_| Fault::field("p256dh", "This is not a point of P-256."))?;
    let auth: [u8; 16] = auth.try_into().map_err(|_| Fault::field("auth", "It must have 16 bytes."))?;
    Ok((public_key, auth.into()))
}

/// An id as it stands in a path.
pub(crate) fn id(text: &str) -> Result<BrowserId> {
    text.parse::<Uuid>().map(BrowserId::from).map_err(|_| Fault::Missing)
}
