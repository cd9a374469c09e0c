//! Lets cargo notice files that are new or gone: the compiler alone knows only those that it embedded last time.

fn main() {
    println!("cargo::rerun-if-changed=files");
}
