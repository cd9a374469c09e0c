//! The OpenAPI document, made from the table of routes.

use latchkey_domain::personal_token::Scope;
use utoipa::{
    PartialSchema as _, ToSchema as _,
    openapi::{
        ArrayBuilder, ComponentsBuilder, Content, ContentBuilder, HttpMethod, InfoBuilder,
        ObjectBuilder, OpenApi, OpenApiBuilder, Paths, PathsBuilder, Ref, RefOr, Required,
        ResponseBuilder, Tag, Type,
        path::{Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem},
        request_body::{RequestBody, RequestBodyBuilder},
        schema::{AdditionalProperties, KnownFormat, Schema, SchemaFormat},
        security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
    },
};

use crate::{
    problem::{Code, FieldFault, PROBLEM_JSON, ProblemBody},
    routes::{Access, AnswerRule, HeaderParameter, ROUTES, Route, path_parameters},
    views::{AnswerErrorView, StartView},
};

/// The access token of a session.
const BEARER: &str = "bearer";
/// A personal access token.
const PERSONAL: &str = "personalToken";

const DESCRIPTION: &str = "Chat with Claude, everybody with an Anthropic key of their own.\n\n\
    Our members are camelCase; the provider's objects (content blocks, `usage`, `thinking`, events) are verbatim. Times are \
    RFC 3339 in UTC. A member without a value is `null`, never left out; only `refreshToken` is there only when it was asked \
    for. Unknown members of a request are refused. Errors are `application/problem+json` with a stable `code`. Every answer \
    carries `x-request-id`.";

/// The document.
pub fn document() -> OpenApi {
    let mut components = ComponentsBuilder::new()
        .security_scheme(
            BEARER,
            bearer_scheme("The access token of a session, good for 15 minutes."),
        )
        .security_scheme(
            PERSONAL,
            bearer_scheme("A personal access token (`lk_…`) that has the named scopes."),
        );
    for (name, schema) in schemas() {
        components = components.schema(name, schema);
    }
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("Latchkey")
                .version(env!("CARGO_PKG_VERSION"))
                .description(Some(DESCRIPTION)),
        )
        .tags(Some(tags()))
        .paths(paths())
        .components(Some(components.build()))
        .build()
}

fn bearer_scheme(description: &str) -> SecurityScheme {
    let mut scheme = Http::new(HttpAuthScheme::Bearer);
    scheme.description = Some(description.to_owned());
    SecurityScheme::Http(scheme)
}

fn tags() -> Vec<Tag> {
    let mut names: Vec<&str> = Vec::new();
    for route in ROUTES.iter() {
        if !names.contains(&route.tag) {
            names.push(route.tag);
        }
    }
    names.into_iter().map(Tag::new).collect()
}

/// Every schema that some route refers to, and what these refer to.
fn schemas() -> Vec<(String, RefOr<Schema>)> {
    let mut schemas = vec![
        (ProblemBody::name().into_owned(), ProblemBody::schema()),
        (FieldFault::name().into_owned(), FieldFault::schema()),
        (StartView::name().into_owned(), StartView::schema()),
        (
            AnswerErrorView::name().into_owned(),
            AnswerErrorView::schema(),
        ),
    ];
    for route in ROUTES.iter() {
        if let Some(body) = &route.takes {
            schemas.push((body.schema.name.clone(), closed(body.schema.schema.clone())));
            schemas.extend(body.schema.references.iter().cloned());
        }
        for schema in route
            .answers
            .iter()
            .filter_map(|answer| answer.body.as_ref()?.1.as_ref())
        {
            schemas.push((schema.name.clone(), schema.schema.clone()));
            schemas.extend(schema.references.iter().cloned());
        }
    }
    schemas
}

/// The same schema, which says that members beside its own are refused.
fn closed(mut schema: RefOr<Schema>) -> RefOr<Schema> {
    if let RefOr::T(Schema::Object(object)) = &mut schema {
        object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
    }
    schema
}

fn paths() -> Paths {
    let mut paths = PathsBuilder::new();
    for route in ROUTES.iter() {
        if let Some(method) = method_of(route) {
            paths = paths.path(route.path, PathItem::new(method, operation(route)));
        }
    }
    paths.build()
}

fn method_of(route: &Route) -> Option<HttpMethod> {
    Some(match route.method.as_str() {
        "GET" => HttpMethod::Get,
        "POST" => HttpMethod::Post,
        "PUT" => HttpMethod::Put,
        "PATCH" => HttpMethod::Patch,
        "DELETE" => HttpMethod::Delete,
        _ => return None,
    })
}

fn operation(route: &Route) -> Operation {
    let mut operation = OperationBuilder::new()
        .tag(route.tag)
        .summary(Some(route.summary))
        .operation_id(Some(operation_id(route)))
        .description((!route.description.is_empty()).then_some(route.description));
    for name in path_parameters(route.path) {
        operation = operation.parameter(path_parameter(name));
    }
    for parameter in route.query {
        operation = operation.parameter(query_parameter(parameter));
    }
    for header in route.headers {
        operation = operation.parameter(header_parameter(header));
    }
    if let Some(body) = &route.takes {
        let required = if body.optional {
            Required::False
        } else {
            Required::True
        };
        operation = operation.request_body(Some(
            RequestBodyBuilder::new()
                .content("application/json", reference_to(&body.schema.name))
                .required(Some(required))
                .build(),
        ));
    }
    if route.takes_export {
        operation = operation.request_body(Some(export_body()));
    }
    for requirement in securities(&route.access) {
        operation = operation.security(requirement);
    }
    with_answers(operation, route).build()
}

/// A list of conversations, in another service's form.
fn export_body() -> RequestBody {
    let conversation =
        ObjectBuilder::new().additional_properties(Some(AdditionalProperties::FreeForm(true)));
    let list = ArrayBuilder::new().items(conversation);
    RequestBodyBuilder::new()
        .description(Some(
            "The `conversations.json` of an export of ChatGPT or Claude.ai.",
        ))
        .content(
            "application/json",
            ContentBuilder::new().schema(Some(list)).build(),
        )
        .required(Some(Required::True))
        .build()
}

/// The method and the address, as one name: `getApiMeSessions`.
fn operation_id(route: &Route) -> String {
    let mut id = route.method.as_str().to_ascii_lowercase();
    for word in route.path.split(|c: char| !c.is_ascii_alphanumeric()) {
        let mut chars = word.chars();
        id.extend(chars.next().map(|first| first.to_ascii_uppercase()));
        id.extend(chars);
    }
    id
}

fn path_parameter(name: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

fn query_parameter(parameter: &crate::routes::QueryParameter) -> Parameter {
    let schema = match parameter.kind {
        "integer" => ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1)),
        "boolean" => ObjectBuilder::new().schema_type(Type::Boolean),
        "date" => ObjectBuilder::new()
            .schema_type(Type::String)
            .format(Some(SchemaFormat::KnownFormat(KnownFormat::Date))),
        _ => ObjectBuilder::new().schema_type(Type::String),
    };
    ParameterBuilder::new()
        .name(parameter.name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(parameter.description))
        .schema(Some(schema))
        .build()
}

fn header_parameter(header: &HeaderParameter) -> Parameter {
    let schema = ObjectBuilder::new()
        .schema_type(Type::String)
        .min_length(Some(1))
        .max_length(Some(header.max_length))
        .pattern(Some(header.pattern));
    ParameterBuilder::new()
        .name(header.name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(header.description))
        .schema(Some(schema))
        .build()
}

/// What must be presented; an empty requirement says that nothing need be.
fn securities(access: &Access) -> Vec<SecurityRequirement> {
    let bearer = || SecurityRequirement::new::<_, [&str; 0], &str>(BEARER, []);
    let personal = |scope: Scope| SecurityRequirement::new(PERSONAL, [scope.as_str()]);
    match access {
        Access::SignedIn(_) => vec![bearer()],
        Access::Scoped(scope, _) => vec![bearer(), personal(*scope)],
        Access::PublicOrSignedIn(scope, _) | Access::SignedInOrGivenKey(scope, _) => {
            vec![SecurityRequirement::default(), bearer(), personal(*scope)]
        }
        Access::Public(_) | Access::RefreshToken(_) => vec![SecurityRequirement::default()],
    }
}

fn with_answers(mut operation: OperationBuilder, route: &Route) -> OperationBuilder {
    let mut statuses: Vec<u16> = Vec::new();
    for answer in &route.answers {
        let status = answer.status.as_u16();
        if !statuses.contains(&status) {
            statuses.push(status);
            let alike = route
                .answers
                .iter()
                .filter(|other| other.status == answer.status);
            operation = operation.response(status.to_string(), success(alike));
        }
    }
    let mut problems: Vec<(u16, Vec<Code>)> = Vec::new();
    for code in route.all_errors() {
        let status = code.info().status;
        match problems.iter_mut().find(|(found, _)| *found == status) {
            Some((_, codes)) => codes.push(code),
            None => problems.push((status, vec![code])),
        }
    }
    problems.sort_by_key(|(status, _)| *status);
    for (status, codes) in problems {
        operation = operation.response(status.to_string(), problem(&codes));
    }
    operation
}

/// One response for all answers of one status.
fn success<'a>(answers: impl Iterator<Item = &'a AnswerRule>) -> utoipa::openapi::Response {
    let mut response = ResponseBuilder::new();
    let mut descriptions = Vec::new();
    for answer in answers {
        descriptions.push(answer.description);
        if let Some((media_type, schema)) = &answer.body {
            response = response.content(
                *media_type,
                schema
                    .as_ref()
                    .map_or_else(Content::default, |schema| reference_to(&schema.name)),
            );
        }
    }
    response.description(descriptions.join(" ")).build()
}

fn problem(codes: &[Code]) -> utoipa::openapi::Response {
    let names: Vec<String> = codes
        .iter()
        .map(|code| format!("`{}`", code.as_str()))
        .collect();
    ResponseBuilder::new()
        .description(names.join(", "))
        .content(PROBLEM_JSON, reference_to(&ProblemBody::name()))
        .build()
}

fn reference_to(name: &str) -> Content {
    ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(name)))
        .build()
}
