//! Journeys: the real program, a real database, the fake provider over real HTTP, and a client that knows only the
//! contract.

mod database;
mod installation;
mod person;
mod server;
mod stream;
mod traces;

mod chatting;
mod client_gone;
mod crash;
mod database_down;
mod fixed_texts;
mod first_run;
mod keyring;
mod one_server;
mod operator;
mod process;
mod refusals;
mod secrets;
mod stop;
