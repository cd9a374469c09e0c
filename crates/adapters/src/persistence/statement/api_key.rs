//! Statements about keys.

use latchkey_domain::id::ApiKeyId;

use super::Statement;

/// Gives these keys the places 0, 1, 2 …; at least one.
pub fn put_into_order(order: &[ApiKeyId]) -> Statement<()> {
    let mut places = Statement::new("UPDATE api_keys SET position = CAST(CASE api_keys.id");
    for (place, id) in (0..).zip(order) {
        places = places.sql(" WHEN ").uuid(*id).sql(" THEN ").number(place);
    }
    let mut named = places.sql(" END AS integer) WHERE api_keys.id IN (");
    for (number, id) in order.iter().enumerate() {
        if number > 0 {
            named = named.sql(", ");
        }
        named = named.uuid(*id);
    }
    named.sql(")")
}
