//! What our mails say: plain text, brief, with whole links.

use crate::access::Place;
use kernel::PersonId;

/// A mail's words.
pub(crate) struct Letter {
    pub(crate) subject: String,
    pub(crate) text: String,
}

fn letter(subject: &str, text: String) -> Letter {
    Letter { subject: subject.to_owned(), text }
}

/// To a new address: confirm it.
pub(crate) fn confirm(url: &str, name: &str, token: &str) -> Letter {
    letter(
        "Confirm your address",
        format!(
            "Hello {name},\n\nopen this link to finish your account:\n\n{url}/sign-up/{token}\n\nIt works once, for 24 hours. If you did not ask for an account, ignore this mail.\n"
        ),
    )
}

/// To a known address that signed up again.
pub(crate) fn known(url: &str, name: &str, token: &str) -> Letter {
    letter(
        "You have an account already",
        format!(
            "Hello {name},\n\nsomebody, probably you, tried to create an account with this address. You have one already:\n\n{url}/sign-in\n\n\
         If you do not know your password, choose a new one:\n\n{url}/reset/{token}\n\nThat link works once, for one hour. If it was not you, ignore this mail.\n"
        ),
    )
}

/// To somebody who may not sign in any more.
pub(crate) fn closed(url: &str) -> Letter {
    letter(
        "Your account is closed",
        format!("Hello,\n\nthe account with this address is closed. Write to us if you think this is wrong:\n\n{url}/requests/new\n"),
    )
}

/// To somebody who forgot the password.
pub(crate) fn reset(url: &str, name: &str, token: &str) -> Letter {
    letter(
        "Choose a new password",
        format!(
            "Hello {name},\n\nopen this link to choose a new password:\n\n{url}/reset/{token}\n\nIt works once, for one hour. If you did not ask for it, ignore this mail; your password stays as it is.\n"
        ),
    )
}

/// To an address nobody has an account with, when a new password was asked for.
pub(crate) fn unknown(url: &str) -> Letter {
    letter(
        "There is no account with this address",
        format!(
            "Hello,\n\nsomebody asked for a new password with this address, but there is no account for it. Perhaps you used another address. You can create an account here:\n\n{url}/sign-up\n\n\
         If it was not you, ignore this mail.\n"
        ),
    )
}

/// To the admins: somebody asks for a place that the own role does not open.
pub(crate) fn access(url: &str, name: &str, email: &str, place: Place, person: PersonId) -> Letter {
    let place = match place {
        Place::Desk => "the desk, where staff answers",
        Place::Admin => "the settings, which are for admins",
    };
    letter(
        &format!("{name} asks for access"),
        format!(
            "Hello,\n\n{name} <{email}> asks for access to {place}.\n\nTo give it, change the role here. To refuse, do nothing.\n\n{url}/admin/people/{person}\n"
        ),
    )
}

/// To somebody whom an admin added.
pub(crate) fn invitation(url: &str, name: &str, by: &str, token: &str) -> Letter {
    letter(
        "Your support account",
        format!(
            "Hello {name},\n\n{by} made an account for you. Choose your password here:\n\n{url}/reset/{token}\n\nThe link works once, for one hour. Later, ask for a new one:\n\n{url}/reset\n"
        ),
    )
}
