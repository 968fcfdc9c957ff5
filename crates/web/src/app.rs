//! What every request can reach.

use crate::{
    Config, Limits, Live, Room, UploadLimit,
    room::{ActorCache, Authenticate},
};
use arc_swap::ArcSwap;
use db::Db;
use kernel::Domain;
use std::{
    any::{Any, TypeId},
    collections::HashMap,
    ops::Deref,
    sync::Arc,
};

/// The state of the program, cheap to copy.
#[derive(Clone)]
pub struct App(Arc<House>);

/// What stands behind `App`.
pub struct House {
    /// The database.
    pub db: Db,
    /// The operator's settings.
    pub config: Config,
    /// Who a cookie or token is; the room `accounts` gives it.
    pub authenticate: Authenticate,
    /// Actors seen in the last seconds.
    pub actors: ActorCache,
    /// Rate limits: one door, in memory now, a shared store later.
    pub limits: Limits,
    /// Live updates.
    pub live: Live,
    /// What the rooms own.
    pub domains: Vec<Domain>,
    /// What the rooms show in navigation.
    pub nav: Arc<Vec<ui::NavItem>>,
    /// Parts of pages that rooms fill for each other.
    pub panels: Arc<Vec<ui::Panel>>,
    /// Name, logo, texts; the room `settings` keeps it fresh.
    pub brand: ArcSwap<ui::Brand>,
    /// How much may be uploaded; the room `settings` keeps it fresh.
    pub upload: ArcSwap<UploadLimit>,
    /// Key for links that are signed.
    pub secret: [u8; 32],
    /// State of rooms, by type.
    pub states: HashMap<TypeId, Arc<dyn Any + Send + Sync>>,
}

impl App {
    /// Puts the house together from its rooms. The first room that offers `authenticate` is asked who comes.
    pub fn new(db: Db, config: Config, rooms: &[Room], secret: [u8; 32], states: Vec<Arc<dyn Any + Send + Sync>>) -> Self {
        let domains: Vec<Domain> = rooms.iter().flat_map(|room| room.domains.iter().copied()).collect();
        let nav: Vec<ui::NavItem> = rooms.iter().flat_map(|room| room.nav.iter().copied()).collect();
        let authenticate = rooms.iter().find_map(|room| room.authenticate).unwrap_or(crate::room::nobody);
        Self(Arc::new(House {
            live: Live::new(db.clone()),
            limits: Limits::new(config.rate_limits),
            db,
            config,
            authenticate,
            actors: ActorCache::default(),
            domains,
            nav: Arc::new(nav),
            panels: Arc::new(rooms.iter().flat_map(|room| room.panels.iter().copied()).collect()),
            brand: ArcSwap::from_pointee(ui::Brand::default()),
            upload: ArcSwap::from_pointee(UploadLimit::default()),
            secret,
            states: states.into_iter().map(|state| ((*state).type_id(), state)).collect(),
        }))
    }

    /// A room's own state; none when it was not given at start.
    pub fn state<T: Any + Send + Sync>(&self) -> Option<Arc<T>> {
        self.states.get(&TypeId::of::<T>()).and_then(|state| Arc::clone(state).downcast().ok())
    }

    /// The room's gate for a kind of thing.
    pub fn domain(&self, kind: &str) -> Option<&Domain> {
        self.domains.iter().find(|domain| domain.kind == kind)
    }
}

impl Deref for App {
    type Target = House;
    fn deref(&self) -> &House {
        &self.0
    }
}
