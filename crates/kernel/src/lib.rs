//! The contract every room signs: `Actor` (who asks), `Fault` (what goes wrong, in words of the business)
//! and `Domain` (what a room offers to engines that must not import it).

mod actor;
mod domain;
mod fault;
mod notice;
mod offer;
mod report;
mod search;

pub use actor::{Actor, Organization, OrganizationId, Person, PersonId, Role, Scope, Team, TeamId, Who};
pub use domain::Domain;
pub use fault::{Fault, FieldErrors};
pub use notice::{Audience, Concern, Named, NoticeKind, Telling, Ways};
pub use offer::{
    Addition, Argument, Change, Choice, Coming, Command, Duty, EventKind, Facts, FactsOf, Field, FieldKind, Load, Made, OfTeam, Offer, Offers, Place, Thing,
    Told, Variables, Walk,
};
pub use report::{AskAbout, AskAs, Counted, Counting, Dimension, Promise, Promising, Shown};
pub use search::{Document, FileRef, Find, Finder, Found, Searchable, ShownHit, Sought};

/// What a verb answers.
pub type Result<T> = std::result::Result<T, Fault>;
