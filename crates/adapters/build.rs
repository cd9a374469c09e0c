//! Builds again when a migration is added: `embed_migrations!` sees changed files, but no new folder.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations/postgres");
    println!("cargo:rerun-if-changed=../../migrations/sqlite");
    println!("cargo:rerun-if-changed=build.rs");
}
