//! The stores on both databases: the contract suites, and what only a database can get wrong.

mod databases;
mod postgres;
mod sqlite;
