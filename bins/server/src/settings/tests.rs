//! Settings as a whole: what is refused, what goes before what, and that `.env.example` has them all.

use std::{collections::BTreeMap, time::Duration};

use clap::{CommandFactory, FromArgMatches};
use latchkey_domain::rate_limit::LimitName;

use super::{environment::known_variables, limits::variable, *};
use crate::cli::{Cli, command};

fn read_in(environment: &[&str], flags: &[&str]) -> Result<Settings, WrongSettings> {
    let arguments = std::iter::once("latchkey").chain(flags.iter().copied());
    let matches = command().try_get_matches_from(arguments).unwrap();
    let given = Cli::from_arg_matches(&matches).unwrap().given;
    let environment = Environment::with(environment.iter().map(|name| (*name).to_owned()));
    Settings::read(&given, &matches, &environment)
}

fn read(flags: &[&str]) -> Result<Settings, WrongSettings> {
    read_in(&[], flags)
}

#[test]
fn the_defaults_are_those_of_the_contract() {
    let settings = read(&[]).unwrap();
    assert_eq!(settings.listening.address.to_string(), "127.0.0.1:8080");
    assert_eq!(
        settings.storage.database.to_string(),
        "sqlite://./data/latchkey.db"
    );
    assert_eq!(settings.storage.database_max_connections, 16);
    assert_eq!(
        settings.storage.keyring.to_str(),
        Some("./data/keyring.json")
    );
    assert_eq!(
        settings.provider.client.url.to_string(),
        "https://api.anthropic.com"
    );
    assert_eq!(
        settings.provider.default_model.as_str(),
        "claude-sonnet-5-5"
    );
    assert_eq!(
        settings.provider.client.timeouts,
        latchkey_adapters::llm::ProviderTimeouts::default()
    );
    assert_eq!(
        settings.accounts.min_password_chars,
        latchkey_domain::user::DEFAULT_MIN_PASSWORD_CHARS
    );
    assert!(settings.accounts.anonymous && settings.limits.on);
    for name in LimitName::ALL {
        assert_eq!(
            settings.limits.max(name),
            name.default_max(),
            "{}",
            name.as_str()
        );
    }
}

#[test]
fn everything_wrong_is_named_at_once() {
    let wrong = read(&[
        "--listen=8080",
        "--public-url=chat.example.org",
        "--provider-url=http://10.0.0.1",
        "--database-url=mysql://root:CANARY@h/x",
        "--outbound-proxy=socks5://u:CANARY@h",
        "--signup=maybe",
        "--anonymous=perhaps",
        "--min-password-chars=7",
        "--password-memory-kib=1024",
        "--limit-chat=-1",
        "--provider-idle-timeout=soon",
        "--log=a=b=c",
        "--log-format=xml",
        "--trusted-proxies=10.0.0.0/40",
        "--cors-origins=*",
        "--default-model=",
        "--workers=0",
    ])
    .unwrap_err()
    .to_string();
    for name in [
        "LATCHKEY_LISTEN",
        "LATCHKEY_PUBLIC_URL",
        "LATCHKEY_PROVIDER_URL",
        "DATABASE_URL",
        "LATCHKEY_OUTBOUND_PROXY",
        "LATCHKEY_SIGNUP",
        "LATCHKEY_ANONYMOUS",
        "LATCHKEY_MIN_PASSWORD_CHARS",
        "LATCHKEY_PASSWORD_MEMORY_KIB",
        "LATCHKEY_LIMIT_CHAT",
        "LATCHKEY_PROVIDER_IDLE_TIMEOUT",
        "LATCHKEY_LOG",
        "LATCHKEY_LOG_FORMAT",
        "LATCHKEY_TRUSTED_PROXIES",
        "LATCHKEY_CORS_ORIGINS",
        "LATCHKEY_WORKERS",
    ] {
        assert!(wrong.contains(&format!("  {name} ")), "{name} in {wrong}");
    }
    assert!(!wrong.contains("CANARY"), "{wrong}");
    // A blank is the default.
    assert!(!wrong.contains("LATCHKEY_DEFAULT_MODEL"), "{wrong}");
}

#[test]
fn provider_addresses_that_could_send_keys_astray_are_refused() {
    for url in [
        "http://10.0.0.1",
        "https://10.0.0.1",
        "https://user:pass@h",
        "file:///etc/passwd",
        "https://h/#f",
        "http://2130706433",
        "http://0x7f000001",
        "http://[::ffff:7f00:1]",
        "http://localhost.",
    ] {
        assert!(read(&[&format!("--provider-url={url}")]).is_err(), "{url}");
    }
    assert!(
        read(&[
            "--provider-url=https://10.0.0.1",
            "--allow-private-upstream=on"
        ])
        .is_ok()
    );
}

#[test]
fn settings_of_later_versions_and_misspelt_ones_are_refused() {
    for name in ["REDIS_URL", "LATCHKEY_METRICS_LISTEN"] {
        let wrong = read_in(&[name], &[]).unwrap_err().to_string();
        assert!(wrong.contains("not supported in this version"), "{wrong}");
    }
    let wrong = read_in(&["LATCHKEY_LIMIT_CHATS"], &[])
        .unwrap_err()
        .to_string();
    assert!(
        wrong.contains("did you mean LATCHKEY_LIMIT_CHAT?"),
        "{wrong}"
    );
    let set_by_others = [
        "LATCHKEY_SERVICE_HOST",
        "LATCHKEY_PORT_8080_TCP",
        "ANTHROPIC_BASE_URL",
        "HTTP_PROXY",
        "ALL_PROXY",
    ];
    assert!(read_in(&set_by_others, &[]).is_ok());
}

#[test]
fn passwords_are_refused_as_flags() {
    let wrong = read(&["--database-url=postgres://ada:CANARY@h/db"])
        .unwrap_err()
        .to_string();
    assert!(
        wrong.contains("DATABASE_URL") && !wrong.contains("CANARY"),
        "{wrong}"
    );
    assert!(read(&["--database-url=postgres://ada@h/db"]).is_ok());
}

#[test]
fn flags_can_stand_before_and_behind_the_sub_command() {
    for flags in [
        &["serve", "--listen=127.0.0.1:9"][..],
        &["--listen=127.0.0.1:9", "serve"],
        &["--listen=127.0.0.1:9"],
    ] {
        assert_eq!(
            read(flags).unwrap().listening.address.port(),
            9,
            "{flags:?}"
        );
    }
}

#[test]
fn limits_can_be_turned_off_one_by_one_or_all() {
    let one = read(&["--limit-chat=0"]).unwrap().limits;
    assert_eq!(one.max(LimitName::Chat), 0);
    assert_eq!(one.max(LimitName::ChatParallel), 8);
    let all = read(&["--limits=off"]).unwrap().limits;
    assert!(LimitName::ALL.into_iter().all(|name| all.max(name) == 0));
}

#[test]
fn every_limit_has_a_setting() {
    let known = known_variables();
    for name in LimitName::ALL {
        assert!(known.contains(&variable(name)), "{}", variable(name));
    }
    let limits = known
        .iter()
        .filter(|name| name.starts_with("LATCHKEY_LIMIT_"));
    assert_eq!(limits.count(), LimitName::ALL.len());
}

#[test]
fn times_are_read_with_their_units() {
    let settings = read(&[
        "--provider-idle-timeout=2s",
        "--provider-connect-timeout=250ms",
    ])
    .unwrap();
    assert_eq!(
        settings.provider.client.timeouts.idle,
        Duration::from_secs(2)
    );
    assert_eq!(
        settings.provider.client.timeouts.connect,
        Duration::from_millis(250)
    );
}

#[test]
fn the_help_shows_every_setting_and_no_present_value() {
    let help = command().render_long_help().to_string();
    for name in known_variables() {
        assert!(help.contains(&format!("[env: {name}]")), "{name}");
    }
}

/// `.env.example` has each variable once, commented out, with the default that the code has.
#[test]
fn env_example_and_the_settings_agree() {
    let example = include_str!("../../../../.env.example");
    let mut listed: BTreeMap<&str, &str> = BTreeMap::new();
    for line in example.lines() {
        let Some(line) = line.strip_prefix('#').map(str::trim_start) else {
            assert_eq!(line.trim(), "", "nothing is set in the example itself");
            continue;
        };
        let Some((name, value)) = line.split_once('=') else {
            continue;
        };
        let is_name = name
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if is_name && !name.is_empty() {
            assert_eq!(listed.insert(name, value), None, "{name} is there twice");
        }
    }
    let command = Cli::command();
    let mut known = 0;
    for arg in command.get_arguments() {
        let Some(name) = arg.get_env().and_then(|name| name.to_str()) else {
            continue;
        };
        known += 1;
        let value = listed
            .get(name)
            .unwrap_or_else(|| panic!("{name} is missing in .env.example"));
        if let Some(default) = arg.get_default_values().first() {
            assert_eq!(Some(*value), default.to_str(), "{name} has another default");
        }
    }
    assert_eq!(listed.len(), known, "names that are no setting: {listed:?}");
}
