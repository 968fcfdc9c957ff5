//! Everything that people send, made safe: Markdown and foreign HTML through one door.
