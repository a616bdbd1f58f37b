//! The contract as an OpenAPI document, made from the routing table.

use axum::http::Method;
use report::{ErrorBody, ErrorCode};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        Components, ContentBuilder, Info, OpenApi, OpenApiBuilder, Paths, Ref, RefOr, ResponseBuilder, Schema,
        path::Operation,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityRequirement, SecurityScheme},
    },
};

use crate::{auth, config::LimitsSection, gate::Who, routes};

/// The document.
pub fn document() -> OpenApi {
    let mut paths = Paths::new();
    let mut components = Components::new();
    let mut schemas: Vec<(String, RefOr<Schema>)> = vec![
        (ErrorBody::name().into_owned(), ErrorBody::schema()),
        (ErrorCode::name().into_owned(), ErrorCode::schema()),
    ];
    for route in routes::table(&LimitsSection::default()) {
        schemas.extend(route.schemas);
        for (path, mut item) in route.paths.paths {
            let slot = match route.method {
                Method::GET => &mut item.get,
                Method::POST => &mut item.post,
                Method::PUT => &mut item.put,
                Method::DELETE => &mut item.delete,
                _ => continue,
            };
            if let Some(operation) = slot {
                complete(operation, route.who);
            }
            match paths.paths.get_mut(&path) {
                Some(known) => known.merge_operations(item),
                None => {
                    paths.paths.insert(path, item);
                }
            }
        }
    }
    components.schemas.extend(schemas);
    components.add_security_scheme("device", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    components.add_security_scheme("monitoring", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    let cookie = ApiKey::Cookie(ApiKeyValue::new(auth::COOKIE));
    components.add_security_scheme("staff", SecurityScheme::ApiKey(cookie));
    OpenApiBuilder::new()
        .info(Info::new("Redbutton collector", env!("CARGO_PKG_VERSION")))
        .paths(paths)
        .components(Some(components))
        .build()
}

/// The document as it is committed: indented, with a last line end.
pub fn text() -> serde_json::Result<String> {
    Ok(serde_json::to_string_pretty(&document())? + "\n")
}

/// Adds what every operation has: its errors, and who may.
fn complete(operation: &mut Operation, who: Who) {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name(ErrorBody::name()))).build();
    let refusal = ResponseBuilder::new().description("refused or failed").content("application/json", body).build();
    operation.responses.responses.insert("default".to_owned(), RefOr::T(refusal));
    let scheme = match who {
        Who::Anyone | Who::Visitor => return,
        Who::Device => "device",
        Who::Monitoring => "monitoring",
        Who::Staff(_) => "staff",
    };
    operation.security = Some(vec![SecurityRequirement::new(scheme, Vec::<String>::new())]);
}
