//! Requests for help: ticket, message, the inbox and the customer's side.
