//! `cache_control`: its shape, at most four of them, longer times first.

use super::place::{Object, Place};
use crate::error::ApiError;

const MOST: usize = 4;

/// The cache breakpoints of a request in the order of the prompt: tools, system, messages.
#[derive(Debug, Default)]
pub(crate) struct Breakpoints {
    count: usize,
    short_seen: bool,
    /// The top-level `cache_control`: the service sets the breakpoint itself.
    pub(crate) automatic: bool,
}

impl Breakpoints {
    pub(crate) fn any(&self) -> bool {
        self.automatic || self.count > 0
    }

    /// Takes note of a block's `cache_control`.
    pub(super) fn of_block(&mut self, block: &Object, place: &Place<'_>) -> Result<(), ApiError> {
        let Some(value) = block.get("cache_control").filter(|value| !value.is_null()) else {
            return Ok(());
        };
        let place = place.member("cache_control");
        let control = value
            .as_object()
            .ok_or_else(|| place.error("Input should be an object"))?;
        let is_long = check_shape(control, &place)?;
        if is_long && self.short_seen {
            return Err(place.member("ttl").error(
                "a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks \
                 are processed in the following order: `tools`, `system`, `messages`.",
            ));
        }
        self.short_seen |= !is_long;
        self.count += 1;
        if self.count > MOST {
            return Err(ApiError::invalid_request(&format!(
                "A maximum of {MOST} blocks with cache_control may be provided. Found {}.",
                self.count
            )));
        }
        Ok(())
    }

    pub(super) fn check_automatic(&mut self, body: &Object) -> Result<(), ApiError> {
        let Some(value) = body.get("cache_control").filter(|value| !value.is_null()) else {
            return Ok(());
        };
        let place = Place::Root.member("cache_control");
        check_shape(place.object(value)?, &place)?;
        self.automatic = true;
        Ok(())
    }
}

/// Whether the breakpoint lasts an hour.
fn check_shape(control: &Object, place: &Place<'_>) -> Result<bool, ApiError> {
    place.only(control, &["type", "ttl"])?;
    if control.get("type").and_then(serde_json::Value::as_str) != Some("ephemeral") {
        return Err(place.member("type").error("Input should be 'ephemeral'"));
    }
    match control
        .get("ttl")
        .map(|ttl| ttl.as_str().unwrap_or_default())
    {
        None | Some("5m") => Ok(false),
        Some("1h") => Ok(true),
        Some(_) => Err(place.member("ttl").error("Input should be '5m' or '1h'")),
    }
}
