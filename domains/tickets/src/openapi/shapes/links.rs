//! Shapes of merging, splitting and linking.
#![expect(dead_code, reason = "only their derives read these shapes")]

use crate::api::links::LinkJson;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Into which ticket.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct NewMerge {
    /// The ticket to go on in, by `id`. It is not closed, not in the trash and not merged itself.
    into: Uuid,
    /// True: people of another organization may see what they did not see before.
    across_organizations: Option<bool>,
}

/// Which message.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct NewSplit {
    /// A public message of the ticket, but not its first.
    message_id: Uuid,
    /// Subject of the new ticket; that of the old one when it is left out.
    #[schema(min_length = 1, max_length = 200)]
    title: Option<String>,
}

/// What this ticket is to another.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct NewLink {
    /// One of `RELATED`, `DUPLICATE_OF`, `DUPLICATED_BY`, `PARENT_OF`, `CHILD_OF`, `CAUSES`, `CAUSED_BY`.
    relation: String,
    /// The other ticket, by `id`.
    ticket_id: Uuid,
}

/// The links of a ticket.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
pub(crate) struct LinkList {
    /// The links, oldest first.
    items: Vec<LinkJson>,
    /// Always null.
    next_cursor: Option<String>,
}

/// The link in the path.
#[derive(IntoParams)]
#[into_params(parameter_in = Path)]
pub(crate) struct LinkPath {
    /// The ticket's `id`.
    #[param(example = "019a90c2-7d1e-7b7f-9a53-0c1b6f1f3f10")]
    id: Uuid,
    /// The link's `id`.
    #[param(example = "019a90d1-52ab-7c0e-8d11-9f20c3b7a6e4")]
    link: Uuid,
}
