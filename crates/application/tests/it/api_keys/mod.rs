//! The users' own keys.

mod add;
mod owned;
mod test;
