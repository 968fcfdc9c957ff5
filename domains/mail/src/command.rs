//! What agents do by mail: lines at its head that begin with `#`, each one word of this list. They are taken out of what is
//! said; an unknown one stays, as it may be meant for people.

use tickets::Status;

/// What an agent's mail asks for beside its words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Commands {
    /// It is a note for staff.
    pub(crate) is_note: bool,
    /// The status to set with it.
    pub(crate) status: Option<Status>,
    /// The agent takes the ticket.
    pub(crate) takes: bool,
}

impl Commands {
    /// The commands of a mail and the rest of its text.
    pub(crate) fn of(text: &str) -> (Self, String) {
        let mut commands = Self::default();
        let mut rest = text.trim_start();
        while let Some((line, after)) = rest.split_once('\n').or_else(|| (!rest.is_empty()).then_some((rest, ""))) {
            match line.trim().to_lowercase().as_str() {
                "#note" => commands.is_note = true,
                "#mine" => commands.takes = true,
                "#open" => commands.status = Some(Status::Open),
                "#pending" => commands.status = Some(Status::Pending),
                "#hold" => commands.status = Some(Status::OnHold),
                "#solved" => commands.status = Some(Status::Resolved),
                _ => break,
            }
            rest = after.trim_start();
        }
        (commands, rest.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_stand_at_the_head_and_nowhere_else() {
        let (commands, rest) = Commands::of("#Solved\n #mine\n\nIt works again.\n#note");
        assert_eq!(commands, Commands { is_note: false, status: Some(Status::Resolved), takes: true });
        assert_eq!(rest, "It works again.\n#note");
        assert_eq!(Commands::of("#1042 is the same").1, "#1042 is the same");
        assert_eq!(Commands::of("#note"), (Commands { is_note: true, ..Commands::default() }, String::new()));
        assert_eq!(Commands::of(""), (Commands::default(), String::new()));
    }
}
