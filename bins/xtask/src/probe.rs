//! Probes from outside with tools of other people's: random requests after the OpenAPI document, SQL injection, and a scanner of web pages.

use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{
    install,
    run::{self, Step},
    servers::Servers,
};

/// How long Schemathesis runs if nothing is said.
const SECONDS: u32 = 120;
/// What ends the token of who calls it; it is tried last.
const ENDS_THE_TOKEN: [&str; 4] = [
    "postApiAuthLogout",
    "postApiMePassword",
    "deleteApiMe",
    "deleteApiMeSessionsId",
];
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// `cargo xtask probe schemathesis [SECONDS]`, `cargo xtask probe sqlmap` and `cargo xtask probe wapiti`.
pub fn run(arguments: &[&str]) -> Step {
    match arguments {
        ["schemathesis"] => schemathesis(SECONDS),
        ["schemathesis", seconds] => match seconds.parse() {
            Ok(seconds) if seconds >= 3 => schemathesis(seconds),
            _ => Err(format!("`{seconds}` is no number of seconds")),
        },
        ["sqlmap"] => sqlmap(),
        ["wapiti"] => wapiti(),
        other => Err(format!("`probe` doesn't know `{}`", other.join(" "))),
    }
}

/// All of Schemathesis's checks against what `/openapi.json` promises, as somebody signed in, as nobody, and last
/// what ends the token.
fn schemathesis(seconds: u32) -> Step {
    let programs = installed("schemathesis")?;
    let mut servers = Servers::start()?;
    let token = sign_up(servers.url())?;
    let signed_in = format!("Authorization: Bearer {token}");
    let header = ["--header", &signed_in];
    let options = |option| ENDS_THE_TOKEN.into_iter().flat_map(move |id| [option, id]);
    let runs: [Vec<&str>; 3] = [
        header
            .into_iter()
            .chain(options("--exclude-operation-id"))
            .collect(),
        Vec::new(),
        header
            .into_iter()
            .chain(options("--include-operation-id"))
            .collect(),
    ];
    let mut results = Vec::new();
    for who in runs {
        let mut command = Command::new(programs.join("schemathesis"));
        command
            .current_dir(probes().join("schemathesis"))
            .args(["run", &format!("{}/openapi.json", servers.url())])
            .args(["--max-time", &(seconds / 3).to_string()])
            .args(who);
        results.push(run::check(command));
        servers.ensure_running()?;
    }
    ensure_no_server_error(&servers.log())?;
    results.into_iter().collect()
}

/// sqlmap, level 3, on each request of `probes/sqlmap/requests`: query, path, headers and bodies.
fn sqlmap() -> Step {
    let programs = installed("sqlmap")?;
    let mut servers = Servers::start()?;
    let token = sign_up(servers.url())?;
    let host = servers.url().trim_start_matches("http://").to_owned();
    let output = run::root()
        .join("target")
        .join("probes")
        .join("sqlmap-output");
    if output.exists() {
        fs::remove_dir_all(&output).map_err(|error| error.to_string())?;
    }
    for (name, request) in requests()? {
        let request = request
            .replace("{{host}}", &host)
            .replace("{{token}}", &token);
        let file = output.with_file_name("request.http");
        fs::write(&file, request).map_err(|error| error.to_string())?;
        let mut command = Command::new(programs.join("sqlmap"));
        command
            .arg("-r")
            .arg(&file)
            .args(["--batch", "--level=3", "--risk=1", "--technique=BEUS"])
            .args(["--ignore-code=*", "--flush-session", "--disable-coloring"])
            .arg("--output-dir")
            .arg(&output);
        println!("sqlmap: {name}");
        let said = run::output(command)?;
        ensure_nothing_found(&name, &said)?;
        servers.ensure_running()?;
    }
    ensure_no_server_error(&servers.log())
}

/// sqlmap ends in success whether it found something or not, also when it could not even begin.
fn ensure_nothing_found(name: &str, said: &str) -> Step {
    let injectable =
        said.contains("identified the following injection point") || said.contains("is vulnerable");
    let tested = said.contains("all tested parameters do not appear to be injectable");
    if tested && !injectable {
        return Ok(());
    }
    Err(format!("sqlmap on {name}:\n{said}"))
}

/// All that wapiti tries by itself (injection, XSS, file access, server-side requests, headers and cookies) on the pages and on what
/// `/openapi.json` names, signed in. Anything in its report is a fault.
fn wapiti() -> Step {
    let programs = installed("wapiti")?;
    let mut servers = Servers::start()?;
    let signed_in = format!("Authorization: Bearer {}", sign_up(servers.url())?);
    let environment = run::root().join("target").join("probes").join("wapiti");
    let report = environment.join("report.json");
    let mut command = Command::new(programs.join("wapiti"));
    command
        // It keeps its sessions there.
        .env("HOME", &environment)
        .args(["--url", &format!("{}/", servers.url())])
        .args(["--swagger", &format!("{}/openapi.json", servers.url())])
        .args(["--header", &signed_in])
        .args(["--flush-session", "--no-bugreport", "--verbose", "0"])
        .args(["--max-scan-time", "120", "--max-attack-time", "60"])
        .args(["--format", "json", "--output"])
        .arg(&report);
    run::check(command)?;
    servers.ensure_running()?;
    ensure_no_server_error(&servers.log())?;
    let found = fs::read_to_string(&report).map_err(|error| error.to_string())?;
    if found.contains("\"vulnerabilities\"") && !found.contains("\"level\":") {
        return Ok(());
    }
    Err(format!("wapiti found something:\n{found}"))
}

fn ensure_no_server_error(log: &str) -> Step {
    let faults: Vec<&str> = log
        .lines()
        .filter(|line| line.contains("\"level\":\"ERROR\"") && line.contains("latchkey"))
        .collect();
    if faults.is_empty() {
        return Ok(());
    }
    Err(format!("the server logged faults:\n{}", faults.join("\n")))
}

/// The requests for sqlmap, by name.
fn requests() -> Result<Vec<(String, String)>, String> {
    let folder = probes().join("sqlmap").join("requests");
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(|error| error.to_string())? {
        let path = entry.map_err(|error| error.to_string())?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let text = fs::read_to_string(&path).map_err(|error| error.to_string())?;
        found.push((name.into_owned(), text));
    }
    found.sort();
    Ok(found)
}

/// Installs a tool, in its pinned version, into an environment of its own; says where its programs are.
fn installed(tool: &str) -> Result<PathBuf, String> {
    install::missing(&install::PROBES)?;
    let environment = run::root().join("target").join("probes").join(tool);
    let programs = environment.join("bin");
    let wanted = probes().join(tool).join("requirements.txt");
    let seal = environment.join("requirements.txt");
    let is_same = |a: &Path, b: &Path| fs::read(a).ok() == fs::read(b).ok();
    if seal.is_file() && is_same(&seal, &wanted) {
        return Ok(programs);
    }
    let mut python = Command::new("python3");
    python.args(["-m", "venv", "--clear"]).arg(&environment);
    run::check(python)?;
    let mut pip = Command::new(programs.join("pip"));
    pip.args(["install", "--quiet", "--requirement"])
        .arg(&wanted);
    run::check(pip)?;
    fs::copy(&wanted, &seal).map_err(|error| error.to_string())?;
    Ok(programs)
}

fn probes() -> PathBuf {
    run::root().join("probes")
}

/// Makes an account with a key that the fake provider takes, and gives its access token.
fn sign_up(url: &str) -> Result<String, String> {
    let account = r#"{"email":"probe@example.org","password":"seven quiet harbours at dawn"}"#;
    let answer = post(url, "/api/auth/register", "", account)?;
    let token = answer
        .split_once("\"accessToken\":\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(token, _)| token.to_owned())
        .ok_or_else(|| format!("no token came:\n{answer}"))?;
    let key = r#"{"apiKey":"sk-ant-api03-for-probes-alone","name":"Probes"}"#;
    let answer = post(url, "/api/api-keys", &token, key)?;
    if answer.starts_with("HTTP/1.1 201") {
        Ok(token)
    } else {
        Err(format!("the key was not taken:\n{answer}"))
    }
}

/// The whole answer to a POST.
fn post(url: &str, path: &str, token: &str, body: &str) -> Result<String, String> {
    let host = url.trim_start_matches("http://");
    let authorization = if token.is_empty() {
        String::new()
    } else {
        format!("Authorization: Bearer {token}\r\n")
    };
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Type: application/json\r\n\
         {authorization}Content-Length: {}\r\n\r\n{body}",
        body.len()
    );
    let exchange = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(host)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(request.as_bytes())?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    exchange().map_err(|error| format!("POST {path}: {error}"))
}
