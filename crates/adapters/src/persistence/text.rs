//! Texts in rows: any text at all, and JSON that stays as it came.

use diesel::{
    backend::Backend,
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    serialize::{self, Output, ToSql},
    sql_types::Text,
};
use latchkey_domain::RawJson;

/// Any text, with NUL in it or not. PostgreSQL's `text` can't hold NUL and SQLite's functions stop at it, but people and models
/// write it; so it is stored as ESC-like pairs: SUB `0` for NUL, SUB SUB for SUB.
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct AnyText {
    stored: String,
}

const ESCAPE: char = '\u{1A}';

impl AnyText {
    /// The text as it is stored.
    pub fn stored(&self) -> &str {
        &self.stored
    }

    /// The text as it is stored, without a copy.
    pub fn into_stored(self) -> String {
        self.stored
    }

    /// The text as it was given.
    pub fn into_text(self) -> String {
        if !self.stored.contains(ESCAPE) {
            return self.stored;
        }
        let mut text = String::with_capacity(self.stored.len());
        let mut rest = self.stored.chars();
        while let Some(c) = rest.next() {
            match (c, rest.clone().next()) {
                (ESCAPE, Some('0')) => {
                    rest.next();
                    text.push('\0');
                }
                (ESCAPE, Some(ESCAPE)) => {
                    rest.next();
                    text.push(ESCAPE);
                }
                _ => text.push(c),
            }
        }
        text
    }
}

impl From<String> for AnyText {
    fn from(text: String) -> Self {
        let stored = if text.contains(['\0', ESCAPE]) {
            text.replace(ESCAPE, "\u{1A}\u{1A}")
                .replace('\0', "\u{1A}0")
        } else {
            text
        };
        Self { stored }
    }
}

impl From<&str> for AnyText {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl<DB> ToSql<Text, DB> for AnyText
where
    DB: Backend,
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.stored.as_str().to_sql(out)
    }
}

impl<DB> FromSql<Text, DB> for AnyText
where
    DB: Backend,
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let stored = String::from_sql(value)?;
        Ok(Self { stored })
    }
}

/// JSON in a row, byte for byte as it came (escaped by JSON itself, so there is no NUL in it).
#[derive(Debug, Clone, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Text)]
pub struct JsonText(pub RawJson);

impl<DB> ToSql<Text, DB> for JsonText
where
    DB: Backend,
    str: ToSql<Text, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.as_str().to_sql(out)
    }
}

impl<DB> FromSql<Text, DB> for JsonText
where
    DB: Backend,
    String: FromSql<Text, DB>,
{
    fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let text = String::from_sql(value)?;
        Ok(Self(RawJson::from_trusted(text)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_comes_back(text in "[\0\u{1A}0a\u{E4}]{0,12}") {
            let stored = AnyText::from(text.clone());
            prop_assert!(!stored.stored.contains('\0'));
            prop_assert_eq!(stored.into_text(), text);
        }
    }
}
