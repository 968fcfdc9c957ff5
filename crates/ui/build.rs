//! The bundle in `dist/` is embedded: look again when the bundler has written it anew.

fn main() {
    println!("cargo:rerun-if-changed=dist");
    println!("cargo:rerun-if-changed=templates");
}
