//! The binary `support`.

fn main() -> std::process::ExitCode {
    support::commands::run()
}
