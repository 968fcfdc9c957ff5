//! The bundle in `dist/` is embedded in a release: look again when the bundler has written it anew.
//! A debug build reads it from disk, so that a change of style compiles nothing.

fn main() {
    if std::env::var("PROFILE").is_ok_and(|profile| profile == "release") {
        println!("cargo:rerun-if-changed=dist");
    }
    println!("cargo:rerun-if-changed=templates");
}
