//! People, organizations, teams, sign-in, sessions, tokens.
