//! The workspace's rules, each as a test. A rule that nobody has to remember.

mod dependencies;
mod files;
mod manifests;
mod migrations;
mod secrets;
mod workspace;
