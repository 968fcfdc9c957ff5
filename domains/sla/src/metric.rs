//! The seven figures that a service level can promise, and where a clock stands.

use tickets::Status;

db::words! {
    /// What is measured.
    pub enum Metric {
        /// From the request to the first public reply of staff.
        FirstResponse = "FIRST_RESPONSE",
        /// From the oldest unanswered message of the customer to the next public reply.
        NextResponse = "NEXT_RESPONSE",
        /// From the request to the first time it was solved.
        FirstResolution = "FIRST_RESOLUTION",
        /// From the request to the last time it was solved; a reopening goes on.
        TotalResolution = "TOTAL_RESOLUTION",
        /// From one public reply of staff to the next, while it is not solved.
        PeriodicUpdate = "PERIODIC_UPDATE",
        /// How long the requester waits: all but waiting on themselves.
        RequesterWait = "REQUESTER_WAIT",
        /// How long it lies with the agents.
        AgentWork = "AGENT_WORK",
    }
}

impl Metric {
    /// As agents call it.
    pub const fn label(self) -> &'static str {
        match self {
            Self::FirstResponse => "First reply",
            Self::NextResponse => "Next reply",
            Self::FirstResolution => "Resolve",
            Self::TotalResolution => "Resolve in total",
            Self::PeriodicUpdate => "Update",
            Self::RequesterWait => "Requester’s wait",
            Self::AgentWork => "Agents’ work",
        }
    }

    /// Its place in tables.
    pub const fn index(self) -> usize {
        match self {
            Self::FirstResponse => 0,
            Self::NextResponse => 1,
            Self::FirstResolution => 2,
            Self::TotalResolution => 3,
            Self::PeriodicUpdate => 4,
            Self::RequesterWait => 5,
            Self::AgentWork => 6,
        }
    }

    /// Begins when the ticket comes in.
    pub(crate) const fn starts_at_creation(self) -> bool {
        !matches!(self, Self::NextResponse | Self::PeriodicUpdate)
    }

    /// What waits for an answer of staff.
    pub(crate) const fn ends_by_reply(self) -> bool {
        matches!(self, Self::FirstResponse | Self::NextResponse | Self::PeriodicUpdate)
    }

    /// Nothing of it is counted in this status. `chosen`: the pauses of the policy.
    pub(crate) fn pauses_in(self, status: Status, chosen: &[Status]) -> bool {
        match self {
            Self::FirstResponse | Self::NextResponse | Self::FirstResolution | Self::TotalResolution => chosen.contains(&status),
            Self::PeriodicUpdate | Self::RequesterWait => status == Status::Pending,
            Self::AgentWork => matches!(status, Status::Pending | Status::OnHold),
        }
    }
}

db::words! {
    /// Where a clock stands.
    pub enum State {
        /// Counts down.
        Running = "RUNNING",
        /// Nothing is counted now.
        Paused = "PAUSED",
        /// Over, in time.
        Met = "MET",
        /// The deadline passed.
        Missed = "MISSED",
    }
}
