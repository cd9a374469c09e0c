//! The language of the server's messages. Diesel keeps no error code of a time-out, so its text decides, and that must be English.

use diesel::{
    QueryResult,
    sql_types::{Nullable, Text},
};
use diesel_async::RunQueryDsl;

use super::Conn;
use crate::persistence::statement::Statement;

/// Says in the log when the server's messages are not English, and what the operator can do.
pub async fn warn_unless_english(conn: &mut Conn) -> QueryResult<()> {
    let asked: Statement<Nullable<Text>> =
        Statement::new("SELECT current_setting('lc_messages', TRUE)");
    let language: Option<String> = asked.get_result(conn).await?;
    let language = language.unwrap_or_default();
    if !is_english(&language) {
        tracing::warn!(
            lc_messages = language,
            "PostgreSQL's messages are not English, so some of its time-outs will look like faults of this program (500 instead of \
             503); to mend it, as a superuser: ALTER ROLE … SET lc_messages = 'C'"
        );
    }
    Ok(())
}

/// Whether a locale's messages are English; so are those of none.
fn is_english(locale: &str) -> bool {
    let language = locale.split(['_', '.', '@']).next().unwrap_or_default();
    ["", "c", "posix", "en", "english"].contains(&language.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::is_english;

    #[test]
    fn the_locales_without_a_language_and_those_of_english_are_english() {
        for locale in [
            "",
            "C",
            "C.UTF-8",
            "POSIX",
            "en_US.UTF-8",
            "en_GB",
            "English_United States.1252",
        ] {
            assert!(is_english(locale), "{locale}");
        }
    }

    #[test]
    fn others_are_not() {
        for locale in ["de_DE.UTF-8", "fr_FR@euro", "ca_ES", "German_Germany.1252"] {
            assert!(!is_english(locale), "{locale}");
        }
    }
}
