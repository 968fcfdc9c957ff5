//! The closed sets of words of mail, and how people see them.

db::words! {
    /// How a mail came.
    pub enum Via {
        /// Fetched from a mailbox.
        Imap = "imap",
        /// Handed over by a mail server (LMTP).
        Lmtp = "lmtp",
        /// Handed over by a mail server (SMTP).
        Smtp = "smtp",
        /// By the API.
        Api = "api",
        /// By the command line.
        Import = "import",
    }
}

db::words! {
    /// How a mail ended.
    pub enum Fate {
        /// A new ticket.
        NewTicket = "NEW_TICKET",
        /// A message in a ticket.
        Joined = "JOINED",
        /// Waits for somebody to look at it.
        Held = "HELD",
        /// Written by a program; kept, and nothing else.
        Automatic = "AUTOMATIC",
        /// Tells that a mail of ours did not arrive.
        Bounce = "BOUNCE",
        /// Has come already.
        Duplicate = "DUPLICATE",
        /// Marked as spam.
        Spam = "SPAM",
        /// Could not be worked on.
        Failed = "FAILED",
    }
}

impl Fate {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::NewTicket => "New ticket",
            Self::Joined => "Joined",
            Self::Held => "Held",
            Self::Automatic => "Automatic",
            Self::Bounce => "Bounce",
            Self::Duplicate => "Duplicate",
            Self::Spam => "Spam",
            Self::Failed => "Failed",
        }
    }

    /// The glyph and colour of the design.
    pub(crate) const fn glyph(self) -> &'static str {
        match self {
            Self::NewTicket | Self::Joined => "solved",
            Self::Held => "pending",
            Self::Failed | Self::Bounce => "hold",
            Self::Automatic | Self::Duplicate | Self::Spam => "closed",
        }
    }

    /// Nobody got an answer's worth of it yet: it can be let in.
    pub const fn can_be_let_in(self) -> bool {
        matches!(self, Self::Held | Self::Automatic | Self::Spam | Self::Failed)
    }
}

db::words! {
    /// How far the sender is trusted, from the most.
    pub enum Trust {
        /// Staff, by an authenticated mail.
        Agent = "AGENT",
        /// Takes part in the ticket.
        Participant = "PARTICIPANT",
        /// Somebody we know.
        Customer = "CUSTOMER",
        /// Nobody we know.
        Unknown = "UNKNOWN",
        /// Says to be somebody that it is not, or that it cannot prove to be.
        Failed = "FAILED",
    }
}

impl Trust {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Agent => "Agent",
            Self::Participant => "Takes part",
            Self::Customer => "Known customer",
            Self::Unknown => "Unknown",
            Self::Failed => "Not authentic",
        }
    }
}

db::words! {
    /// What found the ticket, in the order in which it is asked.
    pub enum Rule {
        /// The signed address it was sent to.
        Address = "ADDRESS",
        /// The signed id of a mail of ours that it answers.
        OwnId = "OWN_ID",
        /// The id of another mail of that ticket.
        ForeignId = "FOREIGN_ID",
        /// A signed marker in the quoted text.
        Marker = "MARKER",
        /// Number and check character in the subject.
        Subject = "SUBJECT",
    }
}

impl Rule {
    /// As shown, after “found by”.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Address => "the address it was sent to",
            Self::OwnId => "our mail that it answers",
            Self::ForeignId => "an earlier mail that it answers",
            Self::Marker => "the marker in the quotation",
            Self::Subject => "the number in the subject",
        }
    }
}

db::words! {
    /// Where a mail of ours stands.
    pub enum SendState {
        /// It waits.
        Queued = "QUEUED",
        /// Somebody talks to the server about it.
        Sending = "SENDING",
        /// The server took it.
        Sent = "SENT",
        /// It was given up.
        Failed = "FAILED",
        /// It came back.
        Bounced = "BOUNCED",
    }
}

impl SendState {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Queued | Self::Sending => "Sending",
            Self::Sent => "Sent",
            Self::Failed => "Failed",
            Self::Bounced => "Bounced",
        }
    }
}

db::words! {
    /// What a mail of ours is.
    pub enum SendKind {
        /// A public reply.
        Reply = "REPLY",
        /// “We have your request.”
        FirstAnswer = "FIRST_ANSWER",
        /// A letter of the program: links to sign in, surveys.
        System = "SYSTEM",
    }
}

impl SendKind {
    /// As shown.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Reply => "Reply",
            Self::FirstAnswer => "First answer",
            Self::System => "Letters of the program",
        }
    }
}

/// What the machine says of a connection, for people: without its numbers.
pub(crate) fn of_machine(text: &str) -> String {
    let text = text.split(" (os error").next().unwrap_or(text);
    if text.contains("lookup address information") { "there is no host of that name".to_owned() } else { text.to_owned() }
}
