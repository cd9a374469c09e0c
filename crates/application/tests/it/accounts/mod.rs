//! Accounts, sessions and passwords.

mod authenticate;
mod delete_account;
mod login;
mod operate;
mod password;
mod refresh;
mod register;
mod sessions;
mod settings;
