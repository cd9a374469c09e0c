//! Recordings as they lie in a folder.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// What describes the connection instead of the answer; the fake has its own.
const OF_THE_CONNECTION: [&str; 6] = [
    "content-type",
    "content-encoding",
    "content-length",
    "transfer-encoding",
    "connection",
    "date",
];

/// One recorded answer.
pub struct Recording {
    /// Its file, from the folder on.
    pub name: String,
    /// The model that was asked.
    pub model: Option<String>,
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Body,
}

/// What was answered.
pub enum Body {
    /// A stream of events.
    Stream(String),
    /// A whole message.
    Message(Value),
    /// An error.
    Error(Value),
    /// A list of models.
    Models(Value),
    /// Nothing that is an answer to a message, and what it is.
    Left(String),
}

/// All recordings of a folder, by name.
pub fn find(folder: &Path) -> Result<Vec<Recording>, String> {
    let mut files = Vec::new();
    collect(folder, &mut files)?;
    files.sort();
    let mut found = Vec::new();
    for file in &files {
        let name = file.strip_prefix(folder).unwrap_or(file);
        let name = name.to_string_lossy().into_owned();
        if name.ends_with(".meta.json") {
            found.extend(with_meta(file, &name)?);
        } else if name.ends_with(".json") && !name.contains(".response.") {
            found.push(on_its_own(&read_json(file)?, name));
        }
    }
    if found.is_empty() {
        return Err(format!("{} has no recordings", folder.display()));
    }
    Ok(found)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), String> {
    let fault = |error| format!("{}: {error}", folder.display());
    for entry in fs::read_dir(folder).map_err(fault)? {
        let path = entry.map_err(fault)?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn read_json(path: &Path) -> Result<Value, String> {
    parse(&read(path)?).map_err(|error| format!("{}: {error}", path.display()))
}

fn parse(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| error.to_string())
}

/// A description with the body in another file. The results of a batch are several messages.
fn with_meta(file: &Path, name: &str) -> Result<Vec<Recording>, String> {
    let meta = read_json(file)?;
    let response = &meta["response"];
    let status = status_of(response);
    let recording = |name: String, body: Body| Recording {
        name,
        model: meta["model"].as_str().map(str::to_owned),
        status,
        headers: headers_of(response),
        body,
    };
    let Some(body_file) = response["body_file"].as_str() else {
        let why = Body::Left("it has no body".to_owned());
        return Ok(vec![recording(name.to_owned(), why)]);
    };
    let body = read(&file.with_file_name(body_file))?;
    let name = name.replace(".meta.json", "");
    let endpoint = meta["endpoint"].as_str().unwrap_or_default();
    Ok(match (endpoint, status) {
        ("/v1/messages", 200) if body_file.ends_with(".sse") => {
            vec![recording(name, Body::Stream(body))]
        }
        ("/v1/messages", 200) => vec![recording(name, Body::Message(parse(&body)?))],
        ("/v1/models", 200) => vec![recording(name, Body::Models(parse(&body)?))],
        ("/v1/messages", _) => vec![recording(name, Body::Error(parse(&body)?))],
        (_, 200) if body_file.ends_with(".jsonl") => body
            .lines()
            .enumerate()
            .map(|(line, text)| {
                let message = parse(text)?["result"]["message"].take();
                Ok(recording(format!("{name}:{line}"), Body::Message(message)))
            })
            .collect::<Result<_, String>>()?,
        (other, _) => {
            let why = format!("it answers {other}, not a message");
            vec![recording(name, Body::Left(why))]
        }
    })
}

/// An answer whose description has it inside.
fn on_its_own(file: &Value, name: String) -> Recording {
    let status = status_of(file);
    let body = match (&file["body"], file["sse"].as_str()) {
        (_, Some(stream)) => Body::Stream(stream.to_owned()),
        (body, None) if status >= 400 => Body::Error(body.clone()),
        _ => Body::Left("it has no body".to_owned()),
    };
    Recording {
        name,
        model: None,
        status,
        headers: headers_of(file),
        body,
    }
}

fn status_of(response: &Value) -> u16 {
    let status = response["status"].as_u64().unwrap_or_default();
    u16::try_from(status).unwrap_or_default()
}

fn headers_of(response: &Value) -> Vec<(String, String)> {
    let headers = response["headers"].as_object();
    headers
        .into_iter()
        .flatten()
        .filter(|(name, _)| !OF_THE_CONNECTION.contains(&name.to_lowercase().as_str()))
        .filter_map(|(name, value)| {
            let value = match value {
                Value::Array(values) => values.first()?.as_str()?,
                value => value.as_str()?,
            };
            Some((name.clone(), value.to_owned()))
        })
        .collect()
}
