//! The provider's list of models.

use latchkey_domain::{
    Timestamp,
    api_key::ApiKeySecret,
    llm::{LifecycleStage, LlmError, LlmErrorKind, ModelId, ModelInfo, ModelLifecycle},
};
use serde_json::value::RawValue;
use url::Url;

use super::{errors, wire};
use crate::json_text::inside_quotes;

/// Most bytes of one page.
pub(super) const MAX_PAGE: usize = 8 * 1024 * 1024;
/// Most models of one page: the provider's limit.
pub(super) const PAGE_LENGTH: u32 = 1_000;
/// More pages than any provider has; the end of one that never ends.
pub(super) const MAX_PAGES: usize = 20;
/// Most characters of a model's name for people.
const MAX_NAME: usize = 200;

/// One page of models, and where the next begins.
#[derive(Debug)]
pub(super) struct Page {
    pub(super) models: Vec<ModelInfo>,
    pub(super) next_after: Option<String>,
}

/// The address of a page.
pub(super) fn page_url(models: &Url, limit: u32, after: Option<&str>) -> Url {
    let mut url = models.clone();
    let mut query = url.query_pairs_mut();
    query.append_pair("limit", &limit.to_string());
    if let Some(after) = after {
        query.append_pair("after_id", after);
    }
    drop(query);
    url
}

/// Reads a page. Models whose id isn't one, or holds some of the key, are left out.
pub(super) fn read_page(body: &[u8], key: &ApiKeySecret) -> Result<Page, LlmError> {
    let page: wire::ModelPage<'_> = serde_json::from_slice(body).map_err(|_| {
        LlmError::new(LlmErrorKind::Malformed)
            .with_message("The provider's list of models can't be read.")
    })?;
    Ok(Page {
        models: page
            .data
            .iter()
            .filter_map(|found| model(found, key))
            .collect(),
        next_after: page
            .last_id
            .filter(|_| page.has_more)
            .map(std::borrow::Cow::into_owned),
    })
}

/// Reads a count of tokens.
pub(super) fn read_count(body: &[u8]) -> Result<u64, LlmError> {
    serde_json::from_slice::<wire::TokenCount>(body)
        .map(|count| count.input_tokens)
        .map_err(|_| {
            LlmError::new(LlmErrorKind::Malformed)
                .with_message("The provider's count of tokens can't be read.")
        })
}

fn model(model: &wire::Model<'_>, key: &ApiKeySecret) -> Option<ModelInfo> {
    let id = ModelId::parse(&model.id).ok()?;
    if errors::scrub(id.as_str(), key) != id.as_str() {
        return None;
    }
    Some(ModelInfo {
        id,
        display_name: model
            .display_name
            .as_deref()
            .map(|name| visible_name(&errors::scrub(name, key))),
        created_at: model
            .created_at
            .as_deref()
            .and_then(Timestamp::parse_rfc3339),
        max_input_tokens: model.max_input_tokens,
        max_output_tokens: model.max_tokens,
        lifecycle: lifecycle(model),
    })
}

/// Where the provider says that the model is in its life; a stage that is newer than this program is none.
fn lifecycle(model: &wire::Model<'_>) -> Option<ModelLifecycle> {
    let at = |date: Option<&RawValue>| {
        date.and_then(inside_quotes)
            .and_then(Timestamp::parse_rfc3339)
    };
    Some(ModelLifecycle {
        stage: LifecycleStage::parse(inside_quotes(model.lifecycle?)?)?,
        deprecated_at: at(model.deprecated_at),
        retires_at: at(model.retires_at),
    })
}

fn visible_name(name: &str) -> String {
    name.chars()
        .filter(|c| !c.is_control())
        .take(MAX_NAME)
        .collect()
}

/// Puts the newest first; those of unknown age come last, in the provider's order.
pub(super) fn newest_first(models: &mut [ModelInfo]) {
    models.sort_by_key(|model| std::cmp::Reverse(model.created_at));
}

#[cfg(test)]
mod tests {
    use super::*;
    use latchkey_domain::secret::SecretText;

    fn key() -> ApiKeySecret {
        let text = SecretText::new("sk-ant-api03-CANARYabcdefghijklmnop4f2A".into());
        ApiKeySecret::parse(&text).unwrap()
    }

    fn read_page(body: &[u8]) -> Result<Page, LlmError> {
        super::read_page(body, &key())
    }

    #[test]
    fn a_key_that_comes_back_is_not_shown() {
        let page = read_page(
            br#"{"data":[
                {"id":"sk-ant-api03-CANARYabcdefghijklmnop4f2A"},
                {"id":"claude-CANARYabcdefghijklmnop"},
                {"id":"claude-a","display_name":"For sk-ant-api03-CANARYabcdefghijklmnop4f2A"}
            ],"has_more":false,"last_id":null}"#,
        )
        .unwrap();
        let [model] = page.models.as_slice() else {
            panic!("one model");
        };
        assert_eq!(model.display_name.as_deref(), Some("For [key]"));
    }

    #[test]
    fn a_page_is_read_with_what_it_says() {
        let page = read_page(
            br#"{"data":[
                {"type":"model","id":"claude-sonnet-5-5","display_name":"Claude Sonnet\u0007 5.5","created_at":"2026-09-01T00:00:00Z",
                 "max_input_tokens":1000000,"max_tokens":128000,"capabilities":{"x":{}},
                 "lifecycle":"deprecated","deprecated_at":"2026-11-01T00:00:00Z","retires_at":"2027-11-01T00:00:00Z"},
                {"id":"not an id"},
                {"id":"claude-old","created_at":"long ago","max_tokens":null,"lifecycle":"asleep","retires_at":7},
                {"id":"claude-odd","lifecycle":{"stage":"active"}},
                {"id":"claude-new","lifecycle":"active","deprecated_at":null,"retires_at":"some day"}
            ],"has_more":true,"first_id":"a","last_id":"claude-old"}"#,
        )
        .unwrap();
        assert_eq!(page.next_after.as_deref(), Some("claude-old"));
        let [sonnet, old, odd, new] = page.models.as_slice() else {
            panic!("four models");
        };
        assert_eq!(sonnet.display_name.as_deref(), Some("Claude Sonnet 5.5"));
        assert_eq!(sonnet.max_output_tokens, Some(128_000));
        assert_eq!(sonnet.max_input_tokens, Some(1_000_000));
        assert!(sonnet.created_at.is_some());
        assert_eq!((old.created_at, old.max_output_tokens), (None, None));
        let leaving = sonnet.lifecycle.unwrap();
        assert_eq!(leaving.stage, LifecycleStage::Deprecated);
        assert!(leaving.deprecated_at < leaving.retires_at);
        assert_eq!((old.lifecycle, odd.lifecycle), (None, None));
        let staying = new.lifecycle.unwrap();
        assert_eq!(staying.stage, LifecycleStage::Active);
        assert_eq!((staying.deprecated_at, staying.retires_at), (None, None));
    }

    #[test]
    fn the_last_page_has_no_next_one() {
        let page = read_page(br#"{"data":[],"has_more":false,"last_id":"x"}"#).unwrap();
        assert_eq!(page.next_after, None);
        assert_eq!(
            read_page(b"<html>").unwrap_err().kind,
            LlmErrorKind::Malformed
        );
    }

    #[test]
    fn the_newest_stand_first() {
        let of = |id: &str, at| ModelInfo {
            id: ModelId::parse(id).unwrap(),
            display_name: None,
            created_at: at,
            max_input_tokens: None,
            max_output_tokens: None,
            lifecycle: None,
        };
        let at = |micros| Some(Timestamp::from_micros(micros));
        let mut models = [of("a", None), of("b", at(1)), of("c", at(2)), of("d", None)];
        newest_first(&mut models);
        let ids: Vec<_> = models.iter().map(|model| model.id.as_str()).collect();
        assert_eq!(ids, ["c", "b", "a", "d"]);
    }

    #[test]
    fn ids_cannot_leave_the_query() {
        let models = Url::parse("https://h.example/v1/models").unwrap();
        let url = page_url(&models, 5, Some("a&limit=1#x"));
        assert_eq!(url.query(), Some("limit=5&after_id=a%26limit%3D1%23x"));
    }
}
