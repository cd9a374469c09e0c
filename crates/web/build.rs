//! Lets cargo notice files that are new or gone: the compiler alone knows only those that it embedded last time.
#![expect(
    clippy::print_stdout,
    reason = "it is how a build script speaks to cargo"
)]

fn main() {
    println!("cargo::rerun-if-changed=files");
}
