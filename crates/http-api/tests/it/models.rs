//! The list of models.

use serde_json::{Value, json};

use crate::{client::Request, world::World};

fn listed(world: &World, query: &str) -> Vec<Value> {
    let path = format!("/api/models{query}");
    let list = world.send(Request::get(&path)).expect(200).json();
    list["items"].as_array().unwrap().clone()
}

fn of(models: &[Value], id: &str) -> Value {
    let found = models.iter().find(|model| model["id"] == id);
    found.unwrap_or_else(|| panic!("{id} is listed")).clone()
}

#[test]
fn it_says_what_each_costs_and_takes() {
    let world = World::new();
    let models = listed(&world, "");
    let opus = of(&models, "claude-opus-5-5");
    assert_eq!(
        opus["price"]["perMillionTokensUsd"],
        json!({"input": "4", "output": "20", "cacheRead": "0.2", "cacheWrite5m": "5", "cacheWrite1h": "8"})
    );
    assert_eq!(opus["price"]["cacheReadNanoUsd"], 200);
    assert_eq!(opus["price"]["longPrompt"], Value::Null);
    assert_eq!(
        (&opus["maxInputTokens"], &opus["maxOutputTokens"]),
        (&json!(1_000_000), &json!(128_000))
    );
    assert_eq!(opus["capabilities"]["thinking"], json!(["adaptive"]));
    let efforts = json!(["low", "medium", "high", "xhigh", "max"]);
    assert_eq!(opus["capabilities"]["efforts"], efforts);
    let features = opus["capabilities"]["features"].as_array().unwrap();
    assert!(features.contains(&json!("fast_mode")) && !features.contains(&json!("forced_tools")));
    let haiku = of(&models, "claude-haiku-5-5");
    let long = &haiku["price"]["longPrompt"];
    assert_eq!(long["overTokens"], 100_000);
    assert_eq!(long["outputNanoUsd"], 2_500);
    assert_eq!(long["perMillionTokensUsd"]["cacheWrite5m"], "0.625");
    let older = of(&models, "claude-haiku-4-5-20251001");
    assert_eq!(older["capabilities"]["efforts"], json!([]));
    let preview = of(&models, "claude-mythos-preview");
    assert_eq!(preview["capabilities"], Value::Null);
    assert_eq!(
        of(&models, "claude-fable-5-2")["maxOutputTokens"],
        Value::Null
    );
}

#[test]
fn it_says_which_are_leaving_and_what_to_use_instead() {
    let world = World::new();
    let models = listed(&world, "");
    let life = |models: &[Value], id: &str| of(models, id)["lifecycle"].clone();
    assert_eq!(
        life(&models, "claude-sonnet-5-5"),
        json!({"stage": "active", "deprecatedAt": null, "retiresAt": null, "replacement": null})
    );
    assert_eq!(
        life(&models, "claude-sonnet-4-5-20250929"),
        json!({
            "stage": "deprecated", "deprecatedAt": null, "retiresAt": "2026-11-30T00:00:00.000000Z",
            "replacement": "claude-sonnet-5-5",
        })
    );
    let stages = |models: &[Value]| -> std::collections::BTreeSet<String> {
        let stages = models.iter().map(|model| &model["lifecycle"]["stage"]);
        stages
            .map(|stage| stage.as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(
        stages(&models),
        ["active", "deprecated"].map(str::to_owned).into()
    );
    let gone = listed(&world, "?lifecycle=retired");
    assert_eq!(stages(&gone), ["retired".to_owned()].into());
    let opus = life(&gone, "claude-opus-4-1-20250805");
    assert_eq!(opus["retiresAt"], "2026-08-05T00:00:00.000000Z");
    assert_eq!(opus["replacement"], "claude-opus-5-5");
    let all = listed(&world, "?lifecycle=active,deprecated,retired");
    assert_eq!(all.len(), models.len() + gone.len());
    for query in [
        "lifecycle=gone",
        "lifecycle=",
        "stage=active",
        "lifecycle=active&lifecycle=retired",
    ] {
        world
            .send(Request::get(&format!("/api/models?{query}")))
            .expect_problem(422, "validation_failed");
    }
}
