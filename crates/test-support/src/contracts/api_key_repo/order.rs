//! Keys change places.

use latchkey_domain::{
    api_key::{ApiKey, OrderApiKeysError},
    id::ApiKeyId,
    owner::Owner,
};

use super::{add, one_owner};
use crate::contracts::{Stores, all_at_once};

/// "Puts the keys of `owner` into this order of use and returns them in it. Touches nothing but their positions."
pub async fn keys_are_put_into_another_order(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let [first, second, third] = [
        add(stores, &samples, owner).await,
        add(stores, &samples, owner).await,
        add(stores, &samples, owner).await,
    ];
    let ordered = order(stores, owner, &[&third, &first, &second]).await;
    let expected =
        [(third, 0), (first, 1), (second, 2)].map(|(key, position)| ApiKey { position, ..key });
    assert_eq!(ordered.unwrap(), expected);
    assert_eq!(list(stores, owner).await, expected);
    let last = add(stores, &samples, owner).await;
    assert_eq!(list(stores, owner).await.last(), Some(&last));
}

/// "… when `order` isn't each key of `owner` exactly once. Then nothing changes."
pub async fn an_order_must_name_each_key_once(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let eve = Owner::User(stores.add_user(&samples, "eve").await.id);
    let key = add(stores, &samples, owner).await;
    let other = add(stores, &samples, owner).await;
    let foreign = add(stores, &samples, eve).await;
    for wrong in [
        &[][..],
        &[&other],
        &[&other, &other],
        &[&other, &key, &key],
        &[&other, &foreign],
        &[&other, &key, &foreign],
    ] {
        let refused = order(stores, owner, wrong).await;
        assert!(matches!(refused, Err(OrderApiKeysError::NotTheKeys)));
    }
    assert_eq!(list(stores, owner).await, [key, other]);
    assert_eq!(list(stores, eve).await, [foreign]);
    let nobody = Owner::User(stores.add_user(&samples, "no-keys").await.id);
    assert_eq!(order(stores, nobody, &[]).await.unwrap(), []);
}

/// "Every method is one transaction": what an order saw is what it orders.
pub async fn orders_and_inserts_at_once_leave_no_place_taken_twice(stores: &Stores) {
    let (samples, owner) = one_owner(stores).await;
    let first = add(stores, &samples, owner).await;
    let second = add(stores, &samples, owner).await;
    let new: Vec<ApiKey> = (0..5).map(|_| samples.api_key(owner)).collect();
    let swapped = [second.id, first.id];
    let outcomes = all_at_once(10, |n| {
        let (repo, key) = (stores.api_keys.clone(), new.get(n).cloned());
        async move {
            match key {
                Some(key) => repo.insert_api_key(&key).await.is_ok(),
                None => !matches!(
                    repo.order_api_keys(owner, &swapped).await,
                    Err(OrderApiKeysError::Store(_))
                ),
            }
        }
    })
    .await;
    assert_eq!(outcomes, [true; 10]);
    let places: Vec<i32> = list(stores, owner)
        .await
        .iter()
        .map(|key| key.position)
        .collect();
    assert!(places.is_sorted_by(|one, next| one < next), "{places:?}");
    assert_eq!(places.len(), 7);
}

async fn order(
    stores: &Stores,
    owner: Owner,
    keys: &[&ApiKey],
) -> Result<Vec<ApiKey>, OrderApiKeysError> {
    let ids: Vec<ApiKeyId> = keys.iter().map(|key| key.id).collect();
    stores.api_keys.order_api_keys(owner, &ids).await
}

async fn list(stores: &Stores, owner: Owner) -> Vec<ApiKey> {
    stores.api_keys.list_api_keys(owner).await.unwrap()
}
