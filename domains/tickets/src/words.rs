//! The closed sets of words of a ticket, and how people see them.

use std::borrow::Cow;

db::words! {
    /// Where a ticket stands.
    pub enum Status {
        /// Waits for staff.
        Open = "OPEN",
        /// Staff is at it.
        InProgress = "IN_PROGRESS",
        /// Waits for the customer.
        Pending = "PENDING",
        /// Waits for somebody else.
        OnHold = "ON_HOLD",
        /// Answered; closes after some days.
        Resolved = "RESOLVED",
        /// Over.
        Closed = "CLOSED",
    }
}

impl Status {
    /// Not resolved and not closed.
    pub const fn is_active(self) -> bool {
        !matches!(self, Self::Resolved | Self::Closed)
    }

    /// The glyph and colour of the design.
    const fn glyph(self) -> &'static str {
        match self {
            Self::Open | Self::InProgress => "open",
            Self::Pending => "pending",
            Self::OnHold => "hold",
            Self::Resolved => "solved",
            Self::Closed => "closed",
        }
    }

    /// As agents call it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::InProgress => "In progress",
            Self::Pending => "Waiting on customer",
            Self::OnHold => "On hold",
            Self::Resolved => "Solved",
            Self::Closed => "Closed",
        }
    }

    /// As agents see it; an open ticket that nobody answered or took is new.
    pub const fn for_agents(self, is_untouched: bool) -> ui::Status {
        if is_untouched && matches!(self, Self::Open) {
            return ui::Status { s: "new", label: Cow::Borrowed("New") };
        }
        ui::Status { s: self.glyph(), label: Cow::Borrowed(self.label()) }
    }

    /// As customers see it.
    pub const fn for_customers(self) -> ui::Status {
        let label = match self {
            Self::Open | Self::InProgress => "Open",
            Self::Pending => "Waiting on you",
            other => other.label(),
        };
        ui::Status { s: self.glyph(), label: Cow::Borrowed(label) }
    }
}

db::words! {
    /// How much hangs on it.
    pub enum Priority {
        /// A question.
        Low = "LOW",
        /// Work is slowed down.
        Medium = "MEDIUM",
        /// Work is blocked.
        High = "HIGH",
        /// Production is down.
        Urgent = "URGENT",
    }
}

impl Priority {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Low => "Low",
            Self::Medium => "Normal",
            Self::High => "High",
            Self::Urgent => "Urgent",
        }
    }

    /// The word of the design.
    pub const fn glyph(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }

    /// Rank and time in one number: sorts by priority, then by last change.
    pub const fn urgency(self, updated_at: db::Timestamp) -> i64 {
        self.rank() * RANK + updated_at.micros()
    }

    /// The numbers of `urgency` between which all tickets of these priorities lie: from the first, up to the second.
    pub(crate) fn urgencies(priorities: &[Self]) -> Option<(i64, i64)> {
        let ranks = priorities.iter().map(|priority| priority.rank());
        Some((ranks.clone().min()? * RANK, (ranks.max()? + 1) * RANK))
    }

    const fn rank(self) -> i64 {
        match self {
            Self::Low => 0,
            Self::Medium => 1,
            Self::High => 2,
            Self::Urgent => 3,
        }
    }
}

/// A priority is this far above the next lower one: more than any time in microseconds.
const RANK: i64 = 10_000_000_000_000_000;

db::words! {
    /// What it is about.
    pub enum Category {
        /// Something is broken.
        Bug = "BUG",
        /// Something is wished for.
        FeatureRequest = "FEATURE_REQUEST",
        /// Anything else.
        GeneralInquiry = "GENERAL_INQUIRY",
        /// How does it work.
        TechnicalSupport = "TECHNICAL_SUPPORT",
        /// Invoices, plans, payments.
        Billing = "BILLING",
    }
}

impl Category {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Bug => "Something is broken",
            Self::FeatureRequest => "Idea",
            Self::GeneralInquiry => "Something else",
            Self::TechnicalSupport => "How do I",
            Self::Billing => "Billing",
        }
    }
}

db::words! {
    /// How it came in.
    pub enum Channel {
        /// A form of the help center or the desk.
        Web = "web",
        /// Mail.
        Email = "email",
        /// Live chat.
        Chat = "chat",
        /// The JSON API.
        Api = "api",
        /// The community.
        Community = "community",
        /// A call.
        Call = "call",
    }
}

impl Channel {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Web => "Web form",
            Self::Email => "Email",
            Self::Chat => "Chat",
            Self::Api => "API",
            Self::Community => "Community",
            Self::Call => "Call",
        }
    }
}

db::words! {
    /// Why somebody listens to a ticket.
    pub enum Part {
        /// Asked.
        Requester = "REQUESTER",
        /// Gets copies of public replies.
        Cc = "CC",
        /// Staff who want to know.
        Follower = "FOLLOWER",
    }
}
