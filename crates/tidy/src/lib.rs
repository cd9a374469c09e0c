//! Tests by which the workspace checks itself; see `tests/it`. Nothing here ships.
