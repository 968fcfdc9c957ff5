//! A `Fault` as `application/problem+json` (RFC 9457): status, stable type, words.

use http::StatusCode;
use kernel::Fault;
use serde_json::{Value, json};

/// The status of a fault.
pub(crate) fn status(fault: &Fault) -> StatusCode {
    match fault {
        Fault::Missing => StatusCode::NOT_FOUND,
        Fault::SignIn => StatusCode::UNAUTHORIZED,
        Fault::Forbidden(_) => StatusCode::FORBIDDEN,
        Fault::Invalid(_) => StatusCode::UNPROCESSABLE_ENTITY,
        Fault::Stale(_) | Fault::Conflict { .. } => StatusCode::CONFLICT,
        Fault::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
        Fault::Unsupported(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Fault::Malformed(_) => StatusCode::BAD_REQUEST,
        Fault::TooMany(_) => StatusCode::TOO_MANY_REQUESTS,
        Fault::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Fault::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The stable word that ends `type`, and the title.
pub(crate) fn words(fault: &Fault) -> (&'static str, &'static str) {
    match fault {
        Fault::Missing => ("not-found", "Not found"),
        Fault::SignIn => ("unauthenticated", "Sign in first"),
        Fault::Forbidden(_) => ("forbidden", "Not allowed"),
        Fault::Invalid(_) => ("invalid-fields", "Some fields need another look"),
        Fault::Stale(_) => ("stale-version", "It has changed since you read it"),
        Fault::Conflict { kind, .. } => (kind, "Not possible as things stand"),
        Fault::TooLarge(_) => ("too-large", "Too large"),
        Fault::Unsupported(_) => ("unsupported-type", "This type is not taken"),
        Fault::Malformed(_) => ("malformed", "Not readable"),
        Fault::TooMany(_) => ("too-many-requests", "Too many tries"),
        Fault::Busy => ("busy", "Too much to do right now"),
        Fault::Broken(_) => ("broken", "Something broke on our side"),
    }
}

/// The sentence for people.
pub(crate) fn detail(fault: &Fault) -> String {
    match fault {
        Fault::Missing => "There is nothing here that you can see.".to_owned(),
        Fault::SignIn => "Sign in, or send a valid token as 'Authorization: Bearer …'.".to_owned(),
        Fault::Invalid(_) => "Correct the fields named in 'errors' and send it again.".to_owned(),
        Fault::Stale(_) => "Read 'current', apply your change to it and send it with its version.".to_owned(),
        Fault::TooMany(seconds) => format!("Wait {seconds} s, then try again."),
        Fault::Busy => "Try again in a few seconds.".to_owned(),
        Fault::Broken(_) => "It was logged. If it happens again, tell support the request id.".to_owned(),
        Fault::Forbidden(text) | Fault::TooLarge(text) | Fault::Unsupported(text) | Fault::Malformed(text) => text.clone(),
        Fault::Conflict { detail, .. } => detail.clone(),
    }
}

/// The whole problem.
pub(crate) fn problem(fault: &Fault, request_id: &str) -> Value {
    let (kind, title) = words(fault);
    let mut problem = json!({
        "type": format!("/problems/{kind}"), "title": title, "status": status(fault).as_u16(), "detail": detail(fault), "requestId": request_id,
    });
    match fault {
        Fault::Invalid(errors) => {
            problem["errors"] = errors.0.iter().map(|(field, sentence)| (field.clone(), json!([sentence]))).collect::<serde_json::Map<_, _>>().into();
        }
        Fault::Stale(current) => problem["current"] = (**current).clone(),
        _ => {}
    }
    problem
}
