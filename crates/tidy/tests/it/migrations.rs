//! Migrations come in pairs: the same steps on both databases, each with its way back.

use std::{collections::BTreeSet, fs};

use crate::workspace::root;

fn steps(database: &str) -> BTreeSet<String> {
    let folder = root().join("migrations").join(database);
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn both_databases_have_the_same_steps() {
    let postgres = steps("postgres");
    assert!(!postgres.is_empty());
    assert_eq!(postgres, steps("sqlite"));
}

#[test]
fn every_step_has_a_way_back() {
    for database in ["postgres", "sqlite"] {
        for step in steps(database) {
            for file in ["up.sql", "down.sql"] {
                let path = root()
                    .join("migrations")
                    .join(database)
                    .join(&step)
                    .join(file);
                let text = fs::read_to_string(&path).unwrap_or_default();
                assert!(
                    !text.trim().is_empty(),
                    "{} is missing or empty",
                    path.display()
                );
            }
        }
    }
}
