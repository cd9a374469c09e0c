//! Limits, counted in memory.
