//! Every route in one table, from which the router, the OpenAPI document and the access tests come.

mod access;
mod table;

use std::sync::LazyLock;

use actix_web::{
    dev::{Path, Url},
    http::{Method, StatusCode, header::HeaderValue},
};
use utoipa::{
    ToSchema,
    openapi::{RefOr, schema::Schema},
};

pub use access::Access;

use crate::{call::Call, json::ReadBody, problem::Code, reply::Answer};

/// Bodies of the routes for accounts.
pub const AUTH_BODY: usize = 16 * 1024;
/// Bodies of chat: as much as the provider takes.
pub const CHAT_BODY: usize = 32 * 1024 * 1024;
/// All other bodies.
pub const OTHER_BODY: usize = 2 * 1024 * 1024;

/// A route: one method at one address.
pub struct Route {
    /// The method.
    pub method: Method,
    /// The address, with parameters in braces.
    pub path: &'static str,
    /// Who may call it.
    pub access: Access,
    /// What it takes.
    pub takes: Option<BodyRule>,
    /// Whether it reads an export while it comes.
    pub takes_export: bool,
    /// The parameters of its query.
    pub query: &'static [QueryParameter],
    /// The headers of its own.
    pub headers: &'static [HeaderParameter],
    /// Under which heading it stands.
    pub tag: &'static str,
    /// What it does, in a line.
    pub summary: &'static str,
    /// More about that.
    pub description: &'static str,
    /// How it answers when all is well.
    pub answers: Vec<AnswerRule>,
    /// What can go wrong beside what can go wrong everywhere.
    pub errors: Vec<Code>,
}

/// What a route takes.
pub struct BodyRule {
    /// Most bytes.
    pub limit: usize,
    /// Whether it may be left out.
    pub optional: bool,
    /// Whether it, or the answer to it, can hold a key, a password or a token.
    pub secret: bool,
    /// Its schema.
    pub schema: SchemaOf,
    /// The members that its reader knows.
    pub members: fn() -> Vec<&'static str>,
}

/// A parameter of a query.
#[derive(Debug, Clone, Copy)]
pub struct QueryParameter {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub description: &'static str,
    /// `integer`, `boolean`, `string` or `date`.
    pub kind: &'static str,
}

/// A header that a route looks at beside those that all do.
#[derive(Debug, Clone, Copy)]
pub struct HeaderParameter {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub description: &'static str,
    /// Most characters.
    pub max_length: usize,
    /// Which characters, and how they may stand.
    pub pattern: &'static str,
}

/// An answer when all is well.
pub struct AnswerRule {
    /// The status.
    pub status: StatusCode,
    /// What it means.
    pub description: &'static str,
    /// The media type and schema; `None` when there is no body.
    pub body: Option<(&'static str, Option<SchemaOf>)>,
}

/// A schema and all that it refers to.
pub struct SchemaOf {
    /// The schema's name.
    pub name: String,
    /// The schema.
    pub schema: RefOr<Schema>,
    /// The schemas that it refers to.
    pub references: Vec<(String, RefOr<Schema>)>,
}

impl SchemaOf {
    fn of<T: ToSchema>() -> Self {
        let mut references = Vec::new();
        T::schemas(&mut references);
        Self {
            name: T::name().into_owned(),
            schema: T::schema(),
            references,
        }
    }
}

impl Route {
    fn new(method: Method, path: &'static str, access: Access) -> Self {
        Self {
            method,
            path,
            access,
            takes: None,
            takes_export: false,
            query: &[],
            headers: &[],
            tag: "",
            summary: "",
            description: "",
            answers: Vec::new(),
            errors: Vec::new(),
        }
    }

    /// What it does.
    fn does(mut self, tag: &'static str, summary: &'static str) -> Self {
        self.tag = tag;
        self.summary = summary;
        self
    }

    /// More about what it does.
    fn more(mut self, description: &'static str) -> Self {
        self.description = description;
        self
    }

    /// The body, of at most `limit` bytes.
    fn takes<T: ReadBody + 'static>(mut self, limit: usize) -> Self {
        self.takes = Some(BodyRule {
            limit,
            optional: false,
            secret: false,
            schema: SchemaOf::of::<T>(),
            members: members_of::<T>,
        });
        self
    }

    /// The body is another service's export, which is read while it comes: a JSON list of conversations.
    fn takes_export(mut self) -> Self {
        self.takes_export = true;
        self
    }

    /// The body may be left out.
    fn optionally(mut self) -> Self {
        if let Some(body) = &mut self.takes {
            body.optional = true;
        }
        self
    }

    /// The body, or the answer to it, can hold a key, a password or a token.
    fn with_secrets(mut self) -> Self {
        if let Some(body) = &mut self.takes {
            body.secret = true;
        }
        self
    }

    fn query(mut self, parameters: &'static [QueryParameter]) -> Self {
        self.query = parameters;
        self
    }

    fn headers(mut self, headers: &'static [HeaderParameter]) -> Self {
        self.headers = headers;
        self
    }

    /// Answers with JSON.
    fn answers<T: ToSchema>(mut self, status: StatusCode, description: &'static str) -> Self {
        self.answers.push(AnswerRule {
            status,
            description,
            body: Some(("application/json", Some(SchemaOf::of::<T>()))),
        });
        self
    }

    /// Answers with something else than JSON of ours.
    fn answers_as(mut self, media_type: &'static str, description: &'static str) -> Self {
        self.answers.push(AnswerRule {
            status: StatusCode::OK,
            description,
            body: Some((media_type, None)),
        });
        self
    }

    /// Answers with nothing.
    fn answers_empty(mut self, description: &'static str) -> Self {
        self.answers.push(AnswerRule {
            status: StatusCode::NO_CONTENT,
            description,
            body: None,
        });
        self
    }

    fn errors(mut self, errors: &[Code]) -> Self {
        self.errors.extend_from_slice(errors);
        self
    }

    /// Applies the access rule, then calls the handler.
    pub(crate) async fn run(&'static self, call: Call) -> Answer {
        if self.refuses_parameters() {
            call.query()?.finish()?;
        }
        self.access.admit(call).await
    }

    /// Whether nobody can be answered here who isn't signed in.
    pub(crate) fn needs_sign_in(&self) -> bool {
        matches!(self.access, Access::SignedIn(_) | Access::Scoped(..))
    }

    /// Whether it takes no query. Pages and health don't mind one; routes with parameters look at theirs themselves.
    fn refuses_parameters(&self) -> bool {
        self.query.is_empty() && !self.is_operational()
    }

    /// Most bytes of the body; `None` when none is read.
    pub(crate) fn body_limit(&self) -> Option<usize> {
        self.takes.as_ref().map(|body| body.limit)
    }

    /// Whether a key or a password can come in.
    pub(crate) fn carries_secrets(&self) -> bool {
        self.takes.as_ref().is_some_and(|body| body.secret)
    }

    /// Whether it answers also while the server is going down: health and pages.
    pub(crate) fn is_operational(&self) -> bool {
        !self.path.starts_with("/api/")
    }

    /// All codes of problems that it can answer with, each once.
    pub fn all_errors(&self) -> Vec<Code> {
        let mut codes = Vec::new();
        let is_api = !self.is_operational();
        if self.needs_sign_in()
            || matches!(
                self.access,
                Access::SignedInOrGivenKey(..) | Access::PublicOrSignedIn(..)
            )
        {
            codes.push(Code::Unauthenticated);
        }
        if matches!(self.access, Access::SignedIn(_)) {
            codes.push(Code::SessionRequired);
        }
        if self.access.scope().is_some() {
            codes.push(Code::InsufficientScope);
        }
        if let Some(body) = &self.takes {
            codes.extend([
                Code::MalformedJson,
                Code::UnsupportedMediaType,
                Code::PayloadTooLarge,
                Code::RequestTimeout,
                Code::ServerBusy,
            ]);
            if body.secret {
                codes.push(Code::HttpsRequired);
            }
        }
        if self.takes_export {
            codes.extend([
                Code::UnsupportedMediaType,
                Code::PayloadTooLarge,
                Code::RequestTimeout,
            ]);
        }
        codes.extend(&self.errors);
        if is_api {
            codes.extend([
                Code::ValidationFailed,
                Code::StoreUnavailable,
                Code::ServerStopping,
                Code::InternalError,
            ]);
        }
        let mut seen = Vec::new();
        for code in codes {
            if !seen.contains(&code) {
                seen.push(code);
            }
        }
        seen
    }
}

/// The members that a body's reader asks for.
fn members_of<T: ReadBody>() -> Vec<&'static str> {
    let Ok(empty) = crate::json::parse(b"{}") else {
        return Vec::new();
    };
    let mut fields = crate::json::Fields::of(empty);
    let _faulty = T::read(&mut fields);
    fields.known().to_vec()
}

/// All routes.
pub static ROUTES: LazyLock<Vec<Route>> = LazyLock::new(table::routes);

/// All addresses.
pub(crate) static PATHS: LazyLock<Vec<PathEntry>> = LazyLock::new(|| {
    let mut entries: Vec<PathEntry> = Vec::new();
    for route in ROUTES.iter() {
        match entries.iter_mut().find(|entry| entry.path == route.path) {
            Some(entry) => entry.routes.push(route),
            None => entries.push(PathEntry {
                path: route.path,
                routes: vec![route],
            }),
        }
    }
    entries
});

/// One address with its routes.
pub(crate) struct PathEntry {
    pub(crate) path: &'static str,
    routes: Vec<&'static Route>,
}

impl PathEntry {
    /// The route of this method; HEAD is a GET whose body isn't sent.
    pub(crate) fn route(&self, method: &Method) -> Option<&'static Route> {
        let wanted = if *method == Method::HEAD {
            &Method::GET
        } else {
            method
        };
        self.routes
            .iter()
            .copied()
            .find(|route| route.method == *wanted)
    }

    /// The methods that the address takes, as the `Allow` header has them.
    pub(crate) fn allow(&self) -> HeaderValue {
        let mut methods: Vec<&str> = Vec::new();
        for route in &self.routes {
            methods.push(route.method.as_str());
            if route.method == Method::GET {
                methods.push("HEAD");
            }
        }
        methods.push("OPTIONS");
        HeaderValue::try_from(methods.join(", ")).unwrap_or(HeaderValue::from_static("OPTIONS"))
    }

    /// The values of the address's parameters.
    pub(crate) fn parameters(&self, found: &Path<Url>) -> Vec<(String, String)> {
        let _ = self;
        found
            .iter()
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }
}

/// The names of the parameters of an address.
pub fn path_parameters(path: &str) -> impl Iterator<Item = &str> {
    path.split('/')
        .filter_map(|segment| segment.strip_prefix('{')?.strip_suffix('}'))
}
