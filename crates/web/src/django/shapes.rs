//! The two shapes of a short answer.
#![expect(dead_code, reason = "only their schemas are used")]
use utoipa::ToSchema;

/// As the old framework answered.
#[derive(ToSchema)]
#[schema(as = Detail)]
pub(crate) struct DetailBody {
    detail: String,
}
