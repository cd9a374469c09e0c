//! Clock, ids and randomness of the operating system.
