//! The roof: start, config, command line, the list of rooms.
