//! `cargo xtask tidy`: the code base tested against its own rules.

mod tidy;

fn main() -> std::process::ExitCode {
    let command = std::env::args().nth(1).unwrap_or_default();
    if command != "tidy" {
        eprintln!("usage: cargo xtask tidy");
        return std::process::ExitCode::from(2);
    }
    let broken = tidy::run(&tidy::root());
    for line in &broken {
        eprintln!("{line}");
    }
    eprintln!("tidy: {} broken", broken.len());
    if broken.is_empty() { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::FAILURE }
}
